"""True rates by dose level, of DLTs and where wanted of responses: reading and checking them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from trialwright.core.errors import InputError
from trialwright.design.parameters import counted, items, number, number_in, shown
from trialwright.design.states import Floats


@dataclass(frozen=True, slots=True, eq=False)
class TrueRates:
    """True rates of one or several curves; axis 0 is the curve.

    `response` and `both` (a response and a DLT in one patient) have no columns, (curves, 0), for a
    design of toxicity alone. `true_rates` makes one.
    """

    dlt: Floats  # (curves, doses)
    response: Floats  # (curves, doses)
    both: Floats  # (curves, doses)

    def __len__(self) -> int:
        return len(self.dlt)

    def __getitem__(self, rows: slice) -> "TrueRates":
        """Return the curves of a slice."""
        return TrueRates(self.dlt[rows], self.response[rows], self.both[rows])

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


Curves: TypeAlias = (
    str | Sequence[float] | Sequence[Sequence[float]] | npt.NDArray[np.float64] | TrueRates
)


def true_rates(
    dlt: Curves, response: Curves | None = None, odds_ratio: float = 1.0, where: str = "true rates"
) -> TrueRates:
    """Return true rates of DLTs and, where given, of responses: one curve or as many of each.

    `odds_ratio` says how responses and DLTs go together within a patient: 1 for independence,
    above 1 for both in the same patients (Plackett 1965). A curve that falls from a level to the
    next is taken as it is: `is_monotone` tells. Raises InputError.

    >>> true_rates([0.1, 0.2], [0.3, 0.5]).both.round(3).tolist()
    [[0.03, 0.1]]
    """
    if isinstance(dlt, TrueRates):
        return dlt
    toxic = _rows(dlt, where)
    if response is None or isinstance(response, TrueRates):
        none = np.zeros((len(toxic), 0))
        return TrueRates(toxic, none, none)
    answers = _rows(response, f"{where}, responses")
    if answers.shape != toxic.shape:
        raise InputError(where, "other numbers of response rates than of DLT rates", "one of each")
    if not 0 < number(odds_ratio) < np.inf:
        raise InputError("odds_ratio", shown(odds_ratio), "a number above 0 (1: independent)")
    return TrueRates(toxic, answers, _both(toxic, answers, odds_ratio))


def as_truth(true: Curves, doses: int, responses: bool, where: str = "true rates") -> TrueRates:
    """Return one curve or several for a design; raise InputError where they are not its own.

    Text is read as `read_curve` does.
    """
    if isinstance(true, str):
        return read_curve(true, doses, where, responses)
    found = true_rates(true, where=where)
    if found.dlt.shape[1] != doses:
        what = counted(found.dlt.shape[1], "rate")
        raise InputError(where, what, f"one for each of {counted(doses, 'dose')}")
    if responses and found.response.shape[1] == 0:
        raise InputError(where, "no response rates", "DLT rates / response rates, for this method")
    if not responses and found.response.shape[1]:
        raise InputError(where, "response rates", "DLT rates alone, for this method")
    return found


def read_curve(
    text: str, doses: int, where: str = "true rates", responses: bool = False
) -> TrueRates:
    """Read `0.05,0.1,0.2`, or `0.05,0.1,0.2 / 0.2,0.4,0.5`: DLT rates, then response rates.

    Raises InputError for a wrong length or a rate outside 0..1.
    """
    return read_curves([(where, text)], doses, responses)


def read_curves(lines: Sequence[tuple[str, str]], doses: int, responses: bool = False) -> TrueRates:
    """Read several curves, each with the place that an error names; at least one."""
    read = [_read_line(text, doses, where, responses) for where, text in lines]
    toxic = np.array([dlt for dlt, _ in read], dtype=np.float64)
    if not responses:
        none = np.zeros((len(toxic), 0))
        return TrueRates(toxic, none, none)
    answers = np.array([response for _, response in read], dtype=np.float64)
    return TrueRates(toxic, answers, _both(toxic, answers, 1.0))


def _read_line(
    text: str, doses: int, where: str, responses: bool
) -> tuple[Sequence[float], Sequence[float]]:
    """Return the DLT rates of a line and its response rates, none where none are wanted."""
    dlt, slash, response = text.partition("/")
    if "/" in response or (slash and not responses):
        wanted = "DLT rates / response rates" if responses else "DLT rates, separated by commas"
        raise InputError(where, repr(text[:60]), wanted)
    toxic = _read_rates(dlt, where)
    check_curve(toxic, doses, where)
    if not responses:
        return toxic, ()
    if not slash:
        raise InputError(where, "no response rates", "DLT rates / response rates, for this method")
    answers = _read_rates(response, f"{where}, response rates")
    check_curve(answers, doses, f"{where}, response rates")
    return toxic, answers


def check_curve(rates: Sequence[float], doses: int, where: str = "true rates") -> None:
    """Refuse a curve of the wrong length, or with a rate outside 0..1; raise InputError."""
    if len(rates) != doses:
        # 0,1,0,2 for two doses is a decimal comma
        hint = ", with decimal points" if len(rates) == 2 * doses > 2 else ""
        wanted = f"one for each of {counted(doses, 'dose level')}{hint}"
        raise InputError(where, counted(len(rates), "rate"), wanted)
    for level, rate in enumerate(rates, 1):
        if not 0 <= rate <= 1:
            raise InputError(f"{where}, dose {level}", str(rate), "a rate from 0 to 1")


def is_monotone(rates: Sequence[float]) -> bool:
    """Say whether the rate never falls from a level to the next."""
    return all(low <= high for low, high in pairwise(rates))


def _read_rates(text: str, where: str) -> tuple[float, ...]:
    rates = tuple(number_in(part) for part in text.split(","))
    if any(isnan(rate) for rate in rates):
        wanted = "rates separated by commas, with decimal points"
        raise InputError(where, repr(text[:60]), wanted)
    return rates


def _rows(rates: Curves, where: str) -> Floats:
    """Return one curve or several as an array (curves, doses)."""
    if isinstance(rates, TrueRates):
        return rates.dlt
    wanted = "the rates of one curve, or of several"
    given = items(rates)
    if given is None:
        raise InputError(where, shown(rates), wanted)
    if not given:
        raise InputError(where, "none", "at least one curve")
    if not isinstance(rates, np.ndarray) or rates.ndim > 2 or rates.dtype.kind not in "fiu":
        curves = [items(row) for row in given]
        rows = [row for row in curves if row is not None] or [given]
        if None in curves and rows[0] is not given:
            raise InputError(where, "rates beside curves", wanted)
        for place, row in enumerate(rows, 1):
            _check_numbers(row, len(rows[0]), f"{where}, curve {place}")
        rates = np.array([[number(rate) for rate in row] for row in rows])
    found: Floats = np.atleast_2d(np.asarray(rates, dtype=np.float64))
    for place in np.flatnonzero(~((found >= 0) & (found <= 1)).all(axis=1))[:1].tolist():
        check_curve(found[place].tolist(), found.shape[1], f"{where}, curve {place + 1}")
    return found


def _check_numbers(row: Sequence[object], length: int, where: str) -> None:
    """Raise InputError for a curve of another length than the first, or with what is no number."""
    if len(row) != length:
        wanted = f"{counted(length, 'rate')}, as the first curve has"
        raise InputError(where, counted(len(row), "rate"), wanted)
    for level, rate in enumerate(row, 1):
        if isnan(number(rate)):
            raise InputError(f"{where}, dose {level}", shown(rate), "a rate from 0 to 1")


def _both(dlt: Floats, response: Floats, odds_ratio: float) -> Floats:
    """Return P(DLT and response) with a given odds ratio between them (Plackett 1965)."""
    if odds_ratio == 1:
        return dlt * response
    a = 1 + (dlt + response) * (odds_ratio - 1)
    root = np.sqrt(a * a - 4 * odds_ratio * (odds_ratio - 1) * dlt * response)
    found: Floats = (a - root) / (2 * (odds_ratio - 1))
    return found
