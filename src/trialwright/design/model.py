"""The values of dose escalation: cohorts, outcomes so far, and a decision with its reasons.

Dose levels count from 1. Nothing here knows a method, a rule or a graph.
"""

from dataclasses import dataclass
from enum import IntEnum

MOST_DOSES = 20  # levels in one design
MOST_PATIENTS = 1000  # patients in one course or schedule


class Ending(IntEnum):
    """Whether a trial goes on. Where rules disagree the highest wins, whatever their order."""

    GOES_ON = 0
    COMPLETE = 1  # every planned cohort was treated, or the design has its answer
    STOPPED = 2  # ended early; a dose may still be recommended
    NO_DOSE = 3  # ended, and no dose is recommended


@dataclass(frozen=True, slots=True)
class Cohort:
    """Patients treated together at one dose level, and what is known of them.

    `treated` counts everyone, `pending` those whose window is still open, `dlts` those with a
    dose-limiting toxicity, `responses` those with a response, `both` those counted in either.
    `followed` is the share of the window that each pending patient was followed without a DLT, 0
    to below 1, ascending; empty where nothing is known of it, which counts as 0.
    `beside` marks backfilled patients: they are in the data, and in no cohort of the schedule.
    """

    dose: int
    treated: int
    dlts: int = 0
    pending: int = 0
    responses: int = 0
    both: int = 0
    followed: tuple[float, ...] = ()
    beside: bool = False

    @property
    def neither(self) -> int:
        """Patients known to have neither a DLT nor a response."""
        return self.treated - self.pending - self.dlts - self.responses + self.both

    def __str__(self) -> str:
        letters = (
            "N" * self.neither
            + "E" * (self.responses - self.both)
            + "T" * (self.dlts - self.both)
            + "B" * self.both
            + "".join(_pending(share) for share in self.followed or (0.0,) * self.pending)
        )
        return f"{'+' if self.beside else ''}{self.dose}{letters}"


def _pending(share: float) -> str:
    digits = min(round(share, 6), 0.999999)
    return f"P{digits:.6f}".rstrip("0") if digits else "P"


Course = tuple[Cohort, ...]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a design looks at: one entry per dose level in `treated` and `dlts`.

    `current` is the level of the last cohort (0 before the first), `eliminated` the levels that
    were found too toxic at any decision so far, `cohorts` how many cohorts were treated.
    `responses` and `both` (a response with a DLT) are empty in a design of toxicity alone.
    """

    treated: tuple[int, ...]
    dlts: tuple[int, ...]
    current: int = 0
    eliminated: tuple[int, ...] = ()
    cohorts: int = 0
    pending: int = 0
    responses: tuple[int, ...] = ()
    both: tuple[int, ...] = ()

    @property
    def patients(self) -> int:
        """Everyone treated so far."""
        return sum(self.treated)


@dataclass(frozen=True, slots=True)
class Resolved:
    """How one state was resolved, for a rule that explains itself.

    `wish` is the method's: 0 means below the lowest level, one more than the number of levels
    means above the highest. `proposed` is the level after the bars, 0 where none is left. Where
    the method `draws` the next dose, `wish` is the highest level that it would draw. `allocation`
    is the probability of each level after the bars, empty where nothing is left to be drawn.
    """

    wish: int
    proposed: int
    next_dose: int  # 0 where the trial ends, states.DRAWN where the dose is drawn
    ending: Ending
    admissible: tuple[int, ...]
    allocation: tuple[float, ...] = ()
    draws: bool = False

    @property
    def highest_next(self) -> int:
        """The highest level that may be treated next, 0 where the trial ends."""
        return self.proposed if self.allocation else self.next_dose


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that spoke, and what it said."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class CohortShort:
    """The last cohort has fewer patients than planned: the answer is for closing it as it is."""

    cohort: int  # its number, backfilled patients not counted as one
    treated: int
    planned: int


@dataclass(frozen=True, slots=True)
class Decision:
    """May the trial go on, and where?

    `next_dose` is None when the trial stops, when it has to wait for pending patients (then
    `stop` is False), or when the next dose is drawn: then `allocation` is the probability of each
    level, and empty otherwise. `method_wish` is None when the method wishes to go below the lowest
    level, finds none acceptable, or would draw, whatever the rules leave of the draw.
    `admissible` are the levels that no rule forbids now; `overruled` says that a rule kept the
    trial from following the method's wish. `next_size` is the next cohort's size, None where the
    trial does not go on or no schedule was stated. `cohort_short` is there where the last cohort
    has fewer patients than its schedule. `backfill` is the level at which a patient may be
    backfilled now, None where there is none or no rule provides for it.
    """

    next_dose: int | None
    stop: bool
    admissible: tuple[int, ...]
    method_wish: int | None
    reasons: tuple[Reason, ...]
    pending: int = 0
    overruled: bool = False
    next_size: int | None = None
    allocation: tuple[float, ...] = ()
    cohort_short: CohortShort | None = None
    backfill: int | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The dose that the trial would recommend if it ended with these outcomes, or None."""

    dose: int | None
    reasons: tuple[Reason, ...]
    pending: int = 0
