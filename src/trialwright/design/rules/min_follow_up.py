"""Everyone in the last cohort is followed for a part of the window before the next cohort."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from trialwright.design.model import Cohort, Outcomes, Resolved
from trialwright.design.parameters import by_name, cutoff
from trialwright.design.rules.model import Rule, Sees

if TYPE_CHECKING:
    from trialwright.design.design import Design

_ROUNDING = 1e-9  # of the window: a share worked out from days may fall short by this much


@dataclass(frozen=True, slots=True)
class MinFollowUp(Rule):
    """The next cohort waits until each patient of the last one was followed for `share`.

    A patient with a DLT, or whose window has passed, is not waited for. With complete outcomes the
    rule says nothing; on a calendar, and where follow-up is stated, it holds the next cohort back.
    """

    name: ClassVar[str] = "min_follow_up"
    in_time: ClassVar[bool] = True
    sees: ClassVar[Sees] = Sees.EVERYONE
    share: float

    @property
    def summary(self) -> str:
        return (
            f"the next cohort waits until each patient of the last one was followed for "
            f"{self.share:g} of the window, or had a DLT"
        )

    def too_short(self, cohort: Cohort) -> int:
        """Count the pending patients of a cohort who were followed for less."""
        shares = cohort.followed or (0.0,) * cohort.pending
        return sum(share < self.share - _ROUNDING for share in shares)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        return None


@by_name
def min_follow_up(share: float) -> MinFollowUp:
    """Return the rule; `share` is a part of the DLT window, above 0 and at most 1."""
    return MinFollowUp(cutoff("share", share))
