"""Figures as they stand in a page: drawn once for each state of a trial, and kept.

Drawing takes a few tenths of a second and uses settings that all threads share, so one thread
draws at a time.
"""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from trialwright.analysis.row import Row
from trialwright.conduct.model import TrialState
from trialwright.interfaces.web.blocks import Drawing

if TYPE_CHECKING:
    from trialwright.results.figures import Drawn

_KEPT = 8


class Drawings:
    """Draws figures, and keeps the last few."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[Drawing, ...]] = {}
        self._lock = Lock()

    def path(self, state: TrialState) -> tuple[Drawing, ...]:
        """Return the dose path; nothing before anybody is enrolled."""
        if not state.subjects:
            return ()
        return self._once(("path", state.head), lambda: _path(state))

    def every(self, state: TrialState, rows: tuple[Row, ...]) -> tuple[Drawing, ...]:
        """Return all figures of a trial, in the report's order."""
        if not state.subjects:
            return ()
        return self._once(("every", state.head), lambda: _every(state, rows))

    def _once(
        self, key: tuple[str, str], draw: Callable[[], tuple[Drawing, ...]]
    ) -> tuple[Drawing, ...]:
        with self._lock:
            if key not in self._kept:
                while len(self._kept) >= _KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = draw()
            return self._kept[key]


# matplotlib takes a second to load, and only these pages need it: it is imported where it is used.


def _path(state: TrialState) -> tuple[Drawing, ...]:
    from trialwright.results.figures.dose_path import dose_path

    return (_drawing(dose_path(state)),)


def _every(state: TrialState, rows: tuple[Row, ...]) -> tuple[Drawing, ...]:
    from trialwright.results.figures import figures

    return tuple(map(_drawing, figures(state, rows)))


def _drawing(drawn: "Drawn") -> Drawing:
    from trialwright.results.figures import inline

    return Drawing(drawn.title, inline(drawn), drawn.caption)
