"""Patients of a cohort are not treated all at once: the first alone, then the others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from trialwright.design.model import Outcomes, Resolved
from trialwright.design.parameters import by_name, rate
from trialwright.design.rules.model import Rule, Sees

if TYPE_CHECKING:
    from trialwright.design.design import Design

MOST_DAYS = 3660.0


@dataclass(frozen=True, slots=True)
class Stagger(Rule):
    """The second patient comes `days` after the first at least, each further one `between` days.

    The dose of the cohort does not change within it. The rule takes time and nothing else, so it
    speaks where a trial runs on a calendar.
    """

    name: ClassVar[str] = "stagger"
    in_time: ClassVar[bool] = True
    sees: ClassVar[Sees] = Sees.EVERYONE
    days: float
    between: float = 0.0

    @property
    def summary(self) -> str:
        further = f", each further one {self.between:g} days at least" if self.between else ""
        return (
            f"within a cohort the second patient is treated {self.days:g} days after the first "
            f"at least{further}"
        )

    def least_gap(self, place: int) -> float:
        """Return the least days between a patient of a cohort, counted from 0, and the one before.

        >>> [stagger(7, 1).least_gap(place) for place in (0, 1, 2)]
        [0.0, 7.0, 1.0]
        """
        if place == 0:
            return 0.0
        return self.days if place == 1 else self.between

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        return None


@by_name
def stagger(days: float, between: float = 0.0) -> Stagger:
    """Return the rule: the first patient of each cohort alone for `days`, then `between` days."""
    return Stagger(
        rate("days", days, 0, MOST_DAYS),
        rate("between", between, 0, MOST_DAYS) if between else 0.0,
    )
