"""BOIN trials written again, plainly, from the papers: what the engine has to agree with.

One course at a time, no arrays, no merging: the trial loop and the selection of Liu and Yuan 2015
with the details of the R package BOIN 2.7.2 (`get.oc`, `select.mtd`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb, log


@dataclass(frozen=True)
class Plain:
    """A BOIN design's parameters."""

    target: float
    doses: int
    schedule: tuple[int, ...]
    start: int = 1
    cutoff: float = 0.95
    least: int = 3
    offset: float = 0.0
    stay: str = "continue"
    deescalate: str = "continue"


@dataclass(frozen=True)
class End:
    """How one course ended: DLTs per cohort, its probability, what it adds up to."""

    course: tuple[tuple[int, int, int], ...]  # (dose, treated, dlts)
    probability: float
    selected: int  # 0 for none
    treated: tuple[int, ...]
    dlts: tuple[int, ...]
    early: bool


def courses(plain: Plain, curve: Sequence[float]) -> Iterator[End]:
    """Yield every course that the trial can take."""
    empty = (0,) * plain.doses
    yield from _go_on(plain, curve, (), 1.0, plain.start, empty, empty, plain.doses)


def _go_on(
    plain: Plain,
    curve: Sequence[float],
    course: tuple[tuple[int, int, int], ...],
    probability: float,
    dose: int,
    treated: tuple[int, ...],
    dlts: tuple[int, ...],
    open_doses: int,
) -> Iterator[End]:
    if len(course) == len(plain.schedule):
        chosen = select(plain, treated, dlts, open_doses)
        yield End(course, probability, chosen, treated, dlts, False)
        return
    size = plain.schedule[len(course)]
    for y in range(size + 1):
        chance = comb(size, y) * curve[dose - 1] ** y * (1 - curve[dose - 1]) ** (size - y)
        n_after = _added(treated, dose, size)
        y_after = _added(dlts, dose, y)
        after = (*course, (dose, size, y))
        last = len(after) == len(plain.schedule)
        following, none, still_open = step(plain, dose, n_after, y_after, open_doses)
        if none or (following is None and not last):
            chosen = 0 if none else select(plain, n_after, y_after, still_open)
            yield End(after, probability * chance, chosen, n_after, y_after, not last)
        else:
            yield from _go_on(
                plain, curve, after, probability * chance, following, n_after, y_after, still_open
            )


def step(
    plain: Plain, dose: int, treated: Sequence[int], dlts: Sequence[int], open_doses: int
) -> tuple[int | None, bool, int]:
    """Return (next dose or None for an end, whether no dose is recommended, doses still open)."""
    n, y = treated[dose - 1], dlts[dose - 1]
    limit = plain.cutoff - plain.offset if dose == 1 else plain.cutoff
    if n >= plain.least and exceedance(plain.target, n, y) > limit:
        open_doses = min(open_doses, dose - 1)
    if open_doses == 0:
        return None, True, 0
    low, high = boundaries(plain.target)
    if y / n <= low:
        return min(dose + 1, plain.doses, open_doses), False, open_doses
    if y / n >= high:
        if dose > 1:
            return min(dose - 1, open_doses), False, open_doses
        stops = plain.deescalate == "stop"
        return None if stops else 1, stops, open_doses
    if dose == 1 and plain.stay == "stop":
        return None, False, open_doses
    return min(dose, open_doses), False, open_doses


def boundaries(target: float) -> tuple[float, float]:
    """Return lambda_e and lambda_d with phi1 = .6 and phi2 = 1.4 times the target."""
    low, high = 0.6 * target, 1.4 * target
    return (
        log((1 - low) / (1 - target)) / log(target * (1 - low) / (low * (1 - target))),
        log((1 - target) / (1 - high)) / log(high * (1 - target) / (target * (1 - high))),
    )


def exceedance(target: float, n: int, y: int) -> float:
    """Return P(rate > target) under Beta(1 + y, 1 + n - y), as a binomial sum."""
    return sum(comb(n + 1, k) * target**k * (1 - target) ** (n + 1 - k) for k in range(y + 1))


def select(plain: Plain, treated: Sequence[int], dlts: Sequence[int], open_doses: int) -> int:
    """Select the MTD by isotonic regression, 0 for none."""
    usable = [d for d in range(open_doses) if treated[d] > 0]
    if not usable:
        return 0
    rates = [(dlts[d] + 0.05) / (treated[d] + 0.1) for d in usable]
    weights = [_weight(treated[d], dlts[d]) for d in usable]
    pooled = pool_adjacent_violators(rates, weights)
    distances = [abs(p + (i + 1) * 1e-10 - plain.target) for i, p in enumerate(pooled)]
    return usable[distances.index(min(distances))] + 1


def pool_adjacent_violators(rates: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the weighted isotonic regression, by merging neighbours."""
    blocks: list[tuple[float, float, int]] = []
    for rate, weight in zip(rates, weights, strict=True):
        blocks.append((rate, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (r1, w1, n1), (r2, w2, n2) = blocks[-2:]
            blocks[-2:] = [((r1 * w1 + r2 * w2) / (w1 + w2), w1 + w2, n1 + n2)]
    return [rate for rate, _, count in blocks for _ in range(count)]


def _weight(n: int, y: int) -> float:
    a, b = y + 0.05, n - y + 0.05
    return (a + b) ** 2 * (a + b + 1) / (a * b)


def _added(counts: tuple[int, ...], dose: int, more: int) -> tuple[int, ...]:
    return tuple(c + more * (d == dose) for d, c in enumerate(counts, 1))
