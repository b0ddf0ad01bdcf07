"""What a small trial can do and what its numbers can say: everything, because it can be listed.

Every situation that the trial can get into with its decision; every count of DLTs that it can see
at a dose with exact limits and the posterior under Beta(1, 1); and what seeing no event means:

    P(at least one event among n) = 1 - (1 - rate)^n
    the largest rate under which none of n is still seen with probability 5 %: 1 - 0.05^(1/n)

The second is the one-sided 95 % upper limit at zero events, about 3/n (Hanley and Lippman-Hand
1983, JAMA 249:1743).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trialwright.core.errors import Refused
from trialwright.core.limits import (
    Limits,
    clopper_pearson,
    equal_tailed,
    one_sided_lower,
    one_sided_upper,
)
from trialwright.design.behaviour.graph import Graph, compile_graph
from trialwright.design.behaviour.paths import Path, count_paths, paths
from trialwright.design.curves import Curves, TrueRates
from trialwright.design.design import Design
from trialwright.design.model import Course, Decision
from trialwright.design.notation import write_course
from trialwright.design.parameters import rate
from trialwright.design.posterior.beta import exceedance

MOST_SITUATIONS = 2_000
MOST_STATES = 50_000  # of the decision graph of a trial that is still called small
EVENT_RATES = (0.01, 0.05, 0.1, 0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the trial can stand after a cohort.

    `recommended` is the dose at the end, None for none or while the trial goes on (not
    `decision.stop`). `probability` of getting there has one entry per curve.
    """

    course: Course
    decision: Decision
    recommended: int | None
    probability: tuple[float, ...]

    @property
    def outcomes(self) -> str:
        """The course in canonical notation."""
        return write_course(self.course)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What `dlts` of `n` at one dose say about its DLT rate, without any model of the doses.

    All limits are at 95 %. `above` has P(rate > threshold) for each threshold of the trial, under
    the posterior Beta(1 + dlts, 1 + n - dlts).
    """

    n: int
    dlts: int
    levels: tuple[int, ...]  # dose levels at which the trial can see this count
    two_sided: Limits  # exact (Clopper-Pearson)
    one_sided_lower: float  # exact
    one_sided_upper: float  # exact
    posterior_mean: float  # (1 + dlts) / (2 + n)
    above: tuple[float, ...]
    jeffreys: Limits  # equal-tailed, prior Beta(0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Detection:
    """What `n` patients can show: at a dose, or in the whole trial."""

    n: int
    levels: tuple[int, ...]  # dose levels that can have n patients
    whole: bool  # the whole trial can have n patients
    at_least_one: tuple[float, ...]  # probability, for each of the trial's event rates
    none_seen: float  # the largest rate under which 0 of n still has probability 5 %


@dataclass(frozen=True, slots=True, eq=False)
class SmallTrial:
    """A design with everything that can happen in it."""

    design: Design
    true: TrueRates | None
    thresholds: tuple[float, ...]
    event_rates: tuple[float, ...]
    situations: tuple[Situation, ...]  # after cohort 1, then after cohort 2, ..
    evidence: tuple[Evidence, ...]
    detection: tuple[Detection, ...]


def small_trial(
    design: Design,
    true: Curves | None = None,
    *,
    thresholds: Sequence[float] | None = None,
    event_rates: Sequence[float] = EVENT_RATES,
) -> SmallTrial:
    """List everything that can happen in a trial of this design.

    `thresholds` are DLT rates that the posterior is compared with: the method's target where it has
    one and none is stated. Raises Refused where there are more than `MOST_SITUATIONS` situations,
    InputError for rates that are none.
    """
    limits = _target(design) if thresholds is None else thresholds
    above = tuple(rate("thresholds", value) for value in limits)
    events = tuple(rate("event_rates", value) for value in event_rates)
    truth = None if true is None else design.truth(true)
    graph = compile_graph(design, MOST_STATES)
    return SmallTrial(
        design,
        truth,
        above,
        events,
        tuple(_situations(graph, truth)),
        tuple(_evidence(graph, above)),
        tuple(_detection(graph, events)),
    )


def chance_of_any(event_rate: float, n: int) -> float:
    """Return the probability of at least one event among n.

    >>> round(chance_of_any(0.25, 4), 4)
    0.6836
    """
    return float(-np.expm1(n * np.log1p(-event_rate)))


def _target(design: Design) -> tuple[float, ...]:
    target = getattr(design.method, "target", None)  # not every method aims at a rate
    return (target,) if isinstance(target, float) else ()


def _situations(graph: Graph, truth: TrueRates | None) -> Iterator[Situation]:
    planned = len(graph.design.schedule)
    total = sum(count_paths(graph, depth) for depth in range(1, planned + 1))
    if total > MOST_SITUATIONS:
        raise Refused(
            "small trial",
            f"up to {total:,} situations",
            "fewer cohorts; exact and paths take larger ones",
        )
    for depth in range(1, planned + 1):
        found = paths(graph, truth, depth)
        yield from (_situation(graph, path) for path in found if len(path.course) == depth)


def _situation(graph: Graph, path: Path) -> Situation:
    decision = graph.decide(graph.design.state(path.course))
    return Situation(path.course, decision, path.final, path.probability)


def _evidence(graph: Graph, thresholds: Sequence[float]) -> Iterator[Evidence]:
    seen: dict[tuple[int, int], list[int]] = {}
    for level in range(graph.design.doses):
        pairs = np.stack([graph.states.treated[:, level], graph.states.dlts[:, level]], axis=1)
        for n, dlts in np.unique(pairs[pairs[:, 0] > 0], axis=0).tolist():
            seen.setdefault((n, dlts), []).append(level + 1)
    for (n, dlts), levels in sorted(seen.items()):
        yield evidence(n, dlts, tuple(levels), thresholds)


def evidence(
    n: int, dlts: int, levels: tuple[int, ...] = (), thresholds: Sequence[float] = ()
) -> Evidence:
    """Return what `dlts` DLTs among `n` patients at a dose say; n must be 1 or more."""
    counts = np.array([n]), np.array([dlts])
    return Evidence(
        n,
        dlts,
        levels,
        clopper_pearson(dlts, n),
        one_sided_lower(dlts, n),
        one_sided_upper(dlts, n),
        (1 + dlts) / (2 + n),
        tuple(float(exceedance(threshold, *counts)[0]) for threshold in thresholds),
        equal_tailed(dlts, n, 0.5),
    )


def _detection(graph: Graph, event_rates: Sequence[float]) -> Iterator[Detection]:
    treated = graph.states.treated
    of_level = {
        level: set(treated[:, level - 1].tolist()) for level in range(1, graph.design.doses + 1)
    }
    of_trial = set(treated[graph.final].sum(axis=1).tolist())
    for n in sorted(of_trial.union(*of_level.values()) - {0}):
        yield Detection(
            n,
            tuple(level for level, sizes in of_level.items() if n in sizes),
            n in of_trial,
            tuple(chance_of_any(event_rate, n) for event_rate in event_rates),
            one_sided_upper(0, n),
        )
