"""A logistic curve of two parameters with a mixture of bivariate normals as its prior.

    logit p(d) = alpha + exp(beta) x(d),  x(d) = log(d / reference dose)

In text a normal is `mean of alpha, mean of beta, sd of alpha, sd of beta, correlation`, and a
mixture `weight: normal; weight: normal; ...`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, log, pi, sqrt

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.parameters import counted, items, number, number_in, shown
from trialwright.design.states import Floats

MOST_NORMALS = 20
# Wider than any prior in use: a log slope of 5 turns a rate of 1 % into 99 % within 6 % of dose.
LARGEST_ALPHA, LARGEST_BETA = 20.0, 5.0
SMALLEST_SD, LARGEST_SD_ALPHA, LARGEST_SD_BETA = 0.01, 10.0, 5.0
LARGEST_CORRELATION = 0.99
_LARGEST_LOG_SLOPE = 300.0  # beyond it the curve is the same, and exp would overflow
_NORMAL = (
    "mean of alpha, mean of beta, sd of alpha, sd of beta, correlation, such as -0.7,-0.4,1.2,0.9,0"
)
_MIXTURE = "one normal, or `weight: normal` for each of several, separated by semicolons"


@dataclass(frozen=True, slots=True)
class Normal:
    """One component of the prior of (alpha, beta): its weight, means, sds and correlation."""

    weight: float
    alpha: float
    beta: float
    sd_alpha: float
    sd_beta: float
    correlation: float = 0.0

    def __str__(self) -> str:
        return (
            f"N(({self.alpha:g}, {self.beta:g}), sd ({self.sd_alpha:g}, {self.sd_beta:g}), "
            f"correlation {self.correlation:g})"
        )

    @property
    def sd_given_beta(self) -> float:
        """The standard deviation of alpha at a given beta."""
        return self.sd_alpha * sqrt(1 - self.correlation**2)

    def alpha_given(self, beta: float) -> float:
        """Return the mean of alpha at a given beta."""
        return self.alpha + self.correlation * self.sd_alpha * (beta - self.beta) / self.sd_beta

    def log_density(self, alpha: Floats, beta: Floats) -> Floats:
        """Return the log of the weighted density, elementwise."""
        across = (alpha - self.alpha) / self.sd_alpha
        along = (beta - self.beta) / self.sd_beta
        free = 1 - self.correlation**2
        square = (across - self.correlation * along) ** 2 / free + along**2
        scale = log(self.weight) - log(2 * pi * self.sd_alpha * self.sd_beta) - log(free) / 2
        return np.asarray(scale - square / 2)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A prior, and where the doses lie: x(d) = log(d / reference dose)."""

    prior: tuple[Normal, ...]
    x: tuple[float, ...]

    def log_prior(self, alpha: Floats, beta: Floats) -> Floats:
        """Return the log prior density, elementwise."""
        parts = [normal.log_density(alpha, beta) for normal in self.prior]
        return np.asarray(np.logaddexp.reduce(parts, axis=0))

    def log_rates(self, alpha: Floats, beta: Floats) -> tuple[Floats, Floats]:
        """Return log p and log(1 - p) at points (..., points), each (..., doses, points)."""
        logit = alpha[..., None, :] + slope(beta)[..., None, :] * np.array(self.x)[:, None]
        return -np.logaddexp(0, -logit), -np.logaddexp(0, logit)


def slope(beta: Floats) -> Floats:
    """Return exp(beta), short of overflow."""
    return np.asarray(np.exp(np.clip(beta, -_LARGEST_LOG_SLOPE, _LARGEST_LOG_SLOPE)))


def read_prior(stated: object) -> tuple[Normal, ...]:
    """Return a prior from text, from the five numbers of one normal, or from several of these.

    In a sequence of several each has its weight first. Raises InputError naming `prior`.

    >>> len(read_prior("0.7: -0.7,-0.4,1.2,0.9,0; 0.3: -3,0,0.5,0.5,0"))
    2
    >>> str(read_prior((-0.7, -0.4, 1.2, 0.9, 0))[0])
    'N((-0.7, -0.4), sd (1.2, 0.9), correlation 0)'
    """
    rows = _rows(stated)
    if not 1 <= len(rows) <= MOST_NORMALS:
        raise InputError("parameter prior", f"{len(rows)} normals", f"1 to {MOST_NORMALS}")
    normals = [_normal(_place(i, rows), row) for i, row in enumerate(rows)]
    total = sum(normal.weight for normal in normals)
    if abs(total - 1) > 1e-6:
        raise InputError("parameter prior", f"weights that sum to {total:g}", "a sum of 1")
    return tuple(normals)


def _rows(stated: object) -> list[Sequence[object]]:
    """Return six values for each normal, its weight first."""
    if isinstance(stated, str):
        parts = stated.split(";")
        return [_read(_place(i, parts), part, len(parts) == 1) for i, part in enumerate(parts)]
    given = items(stated)
    if not given:
        raise InputError("parameter prior", shown(stated), _NORMAL)
    if items(given[0]) is not None:
        return [items(row) or (row,) for row in given]
    return [(1.0, *given)]


def _read(where: str, text: str, alone: bool) -> Sequence[object]:
    weight, colon, numbers = text.rpartition(":")
    if not colon and not alone:
        raise InputError(where, repr(text.strip()[:40]), f"a weight: {_MIXTURE}")
    values = [number_in(part) for part in numbers[:400].split(",")]
    found = [number_in(weight) if colon else 1.0, *values]
    if any(isnan(value) for value in found):
        raise InputError(where, repr(text.strip()[:40]), _NORMAL)
    return found


def _normal(where: str, row: Sequence[object]) -> Normal:
    if len(row) != 6:
        raise InputError(where, counted(len(row) - 1, "number"), _NORMAL)
    weight, alpha, beta, sd_alpha, sd_beta, correlation = (number(value) for value in row)
    _check(where, "weight", weight, 1e-6, 1)
    _check(where, "mean of alpha", alpha, -LARGEST_ALPHA, LARGEST_ALPHA)
    _check(where, "mean of beta", beta, -LARGEST_BETA, LARGEST_BETA)
    _check(where, "sd of alpha", sd_alpha, SMALLEST_SD, LARGEST_SD_ALPHA)
    _check(where, "sd of beta", sd_beta, SMALLEST_SD, LARGEST_SD_BETA)
    _check(where, "correlation", correlation, -LARGEST_CORRELATION, LARGEST_CORRELATION)
    return Normal(weight, alpha, beta, sd_alpha, sd_beta, correlation)


def _check(where: str, what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(f"{where}, {what}", f"{value:g}", f"a number from {low:g} to {high:g}")


def _place(index: int, parts: Sequence[object]) -> str:
    return f"parameter prior, normal {index + 1}" if len(parts) > 1 else "parameter prior"
