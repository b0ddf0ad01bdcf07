"""What is worked out once and kept, within a limit of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The last answers by question; the longest unused go where all exceed `most` bytes.

    The last one asked for stays, however large.
    """

    def __init__(self, work: Callable[[K], V], size: Callable[[V], int], most: int) -> None:
        self._work, self._size, self._most = work, size, most
        self._answers: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def __call__(self, question: K) -> V:
        """Return the answer, worked out if it is not at hand."""
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
                return self._answers[question]
        answer = self._work(question)
        with self._lock:
            self._answers[question] = answer
            # The size is asked each time: some answers grow while they are kept.
            sizes = {key: self._size(one) for key, one in self._answers.items()}
            held = sum(sizes.values())
            while held > self._most and len(self._answers) > 1:
                oldest, _ = self._answers.popitem(last=False)
                held -= sizes[oldest]
        return answer


def grown(array: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
    """Return an array with room for so many rows, at least doubled where it must grow."""
    if rows <= len(array):
        return array
    larger = np.empty((max(rows, 2 * len(array)), *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger
