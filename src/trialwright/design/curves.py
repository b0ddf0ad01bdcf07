"""True rates by dose level, of DLTs and where wanted of responses: reading and checking them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from trialwright.core.errors import InputError
from trialwright.design.states import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """True rates of one or several curves; axis 0 is the curve.

    `response` and `both` (a response and a DLT in one patient) have no columns, (curves, 0), for a
    design of toxicity alone. `true_rates` makes one.
    """

    dlt: Floats  # (curves, doses)
    response: Floats  # (curves, doses)
    both: Floats  # (curves, doses)

    def __len__(self) -> int:
        return len(self.dlt)

    def __getitem__(self, rows: slice) -> "Truth":
        """Return the curves of a slice."""
        return Truth(self.dlt[rows], self.response[rows], self.both[rows])

    def kinds(self, treated: Any, dlts: Any, responses: Any, both: Any) -> tuple[Any, ...]:
        """Return (rate (curves, doses), patients) for each kind of outcome of a patient."""
        if self.response.shape[1] == 0:
            return ((self.dlt, dlts), (1.0 - self.dlt, treated - dlts))
        neither = np.clip(1.0 - self.dlt - self.response + self.both, 0.0, 1.0)
        return (
            (self.dlt - self.both, dlts - both),
            (self.response - self.both, responses - both),
            (self.both, both),
            (neither, treated - dlts - responses + both),
        )


Curves: TypeAlias = Sequence[float] | Sequence[Sequence[float]] | npt.NDArray[np.float64] | Truth


def true_rates(
    dlt: Curves, response: Curves | None = None, odds_ratio: float = 1.0, where: str = "true rates"
) -> Truth:
    """Return true rates of DLTs and, where given, of responses: one curve or as many of each.

    `odds_ratio` says how responses and DLTs go together within a patient: 1 for independence,
    above 1 for both in the same patients (Plackett 1965). Raises InputError.

    >>> true_rates([0.1, 0.2], [0.3, 0.5]).both.round(3).tolist()
    [[0.03, 0.1]]
    """
    if isinstance(dlt, Truth):
        return dlt
    toxic = _rows(dlt, where)
    if response is None or isinstance(response, Truth):
        none = np.zeros((len(toxic), 0))
        return Truth(toxic, none, none)
    answers = _rows(response, f"{where}, responses")
    if answers.shape != toxic.shape:
        raise InputError(where, "other numbers of response rates than of DLT rates", "one of each")
    if not 0 < odds_ratio < np.inf:
        raise InputError("odds_ratio", str(odds_ratio), "a number above 0 (1: independent)")
    return Truth(toxic, answers, _both(toxic, answers, odds_ratio))


def as_truth(true: Curves, doses: int, responses: bool, where: str = "true rates") -> Truth:
    """Return one curve or several for a design; raise InputError where they are not its own."""
    found = true_rates(true, where=where)
    if found.dlt.shape[1] != doses:
        raise InputError(where, f"{found.dlt.shape[1]} rates", f"one for each of {doses} doses")
    if responses and found.response.shape[1] == 0:
        raise InputError(where, "no response rates", "DLT rates / response rates, for this method")
    if not responses and found.response.shape[1]:
        raise InputError(where, "response rates", "DLT rates alone, for this method")
    return found


def read_curve(text: str, doses: int, where: str = "true rates", responses: bool = False) -> Truth:
    """Read `0.05,0.1,0.2`, or `0.05,0.1,0.2 / 0.2,0.4,0.5`: DLT rates, then response rates.

    Raises InputError for a wrong length or a rate outside 0..1.
    """
    parts = text.split("/")
    if len(parts) > 1 + responses:
        wanted = "DLT rates / response rates" if responses else "DLT rates, separated by commas"
        raise InputError(where, repr(text[:60]), wanted)
    curves = [_read_rates(part, where) for part in parts]
    for curve in curves:
        check_curve(curve, doses, where)
    return as_truth(
        true_rates(curves[0], curves[1] if curves[1:] else None), doses, responses, where
    )


def stack_truths(parts: Sequence[Truth]) -> Truth:
    """Put several curves under one another; at least one."""
    return Truth(
        np.concatenate([part.dlt for part in parts]),
        np.concatenate([part.response for part in parts]),
        np.concatenate([part.both for part in parts]),
    )


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


def _read_rates(text: str, where: str) -> tuple[float, ...]:
    try:
        return tuple(float(part.strip()) for part in text.split(","))
    except ValueError:
        raise InputError(where, repr(text[:60]), "rates separated by commas") from None


def _rows(rates: Curves, where: str) -> Floats:
    """Return one curve or several as an array (curves, doses)."""
    if isinstance(rates, Truth):
        return rates.dlt
    if len(rates) == 0:
        raise InputError(where, "none", "at least one curve")
    rows = [rates] if np.ndim(rates[0]) == 0 else rates
    for number, row in enumerate(rows, 1):
        check_curve(list(row), len(rows[0]), f"{where}, curve {number}")  # type: ignore[arg-type]
    return np.array(rows, dtype=np.float64)


def _both(dlt: Floats, response: Floats, odds_ratio: float) -> Floats:
    """Return P(DLT and response) with a given odds ratio between them (Plackett 1965)."""
    if odds_ratio == 1:
        return dlt * response
    a = 1 + (dlt + response) * (odds_ratio - 1)
    root = np.sqrt(a * a - 4 * odds_ratio * (odds_ratio - 1) * dlt * response)
    found: Floats = (a - root) / (2 * (odds_ratio - 1))
    return found
