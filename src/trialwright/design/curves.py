"""True DLT rates by dose level: reading and checking them."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from trialwright.core.errors import InputError
from trialwright.design.states import Floats

Curves = Sequence[float] | Sequence[Sequence[float]] | npt.NDArray[np.float64]


def read_curve(text: str, doses: int, where: str = "true rates") -> tuple[float, ...]:
    """Read `0.05,0.1,0.2`; raise InputError for a wrong length or a rate outside 0..1."""
    parts = [part.strip() for part in text.split(",")]
    try:
        rates = tuple(float(part) for part in parts)
    except ValueError:
        raise InputError(where, repr(text[:60]), "rates separated by commas") from None
    check_curve(rates, doses, where)
    return rates


def check_curve(rates: Sequence[float], doses: int, where: str = "true rates") -> None:
    """Refuse a curve of the wrong length, or with a rate outside 0..1; raise InputError."""
    if len(rates) != doses:
        raise InputError(where, f"{len(rates)} rates", f"one for each of {doses} dose levels")
    for level, rate in enumerate(rates, 1):
        if not 0 <= rate <= 1:
            raise InputError(f"{where}, dose {level}", str(rate), "a rate from 0 to 1")


def is_monotone(rates: Sequence[float]) -> bool:
    """Say whether the rate never falls from a level to the next."""
    return all(low <= high for low, high in pairwise(rates))


def as_array(true: Curves, doses: int) -> Floats:
    """Return one curve or several as an array (curves, doses); raise InputError."""
    if len(true) == 0:
        raise InputError("true rates", "none", "at least one curve")
    rows = [true] if np.ndim(true[0]) == 0 else true
    for number, row in enumerate(rows, 1):
        check_curve(list(row), doses, f"true rates, curve {number}")
    return np.array(rows, dtype=np.float64)
