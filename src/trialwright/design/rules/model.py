"""What a rule may do to a method's wish: bar dose levels, or end the trial. Never raise the dose.

Rules only restrict, and restrictions combine by union (bars) and maximum (endings). So the result
does not depend on the order in which rules were added, and none overrides another silently:

1. an ending wins over everything; of two endings the higher `Ending` wins;
2. then bars: the next level is the highest that no rule bars and that is not above the wish, so
   that of two rules the stricter wins;
3. then the method's wish.

What would override instead of restrict is no rule: to demand patients at a dose before an end, or
to keep a trial from skipping levels on the way down.

A rule that asks about the next dose is asked about the level after all bars, where patients would
go. So a further bar never leads to a higher dose, but it may lead elsewhere than to the dose at
which such a rule would have ended the trial. `precedence` puts a disagreement into words.
"""

from abc import ABC, abstractmethod
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from trialwright.core.errors import InputError
from trialwright.design.model import Outcomes, Resolved
from trialwright.design.parameters import shown
from trialwright.design.states import Bools, Ints, States

if TYPE_CHECKING:
    from trialwright.design.design import Design


class Sees(Enum):
    """What a rule makes of patients whose window is still open; without them all mean the same.

    EVERYONE is for a rule about who was treated. KNOWN is for one that needs outcomes: it leaves
    pending patients out. BOTH is for a rule that protects: it looks once with pending patients
    left out, so that nobody counts as free of toxicity before the window has passed, and once with
    them as treated, so that what holds whatever their outcomes is not put off; the stricter holds.
    """

    EVERYONE = "everyone"
    KNOWN = "known"
    BOTH = "both"


class Rule(ABC):
    """One modifier of a design; a frozen value, of which a design holds one per name.

    `in_time` says that it speaks only where time counts: on a calendar, or while some are pending.
    Every question is asked with the design at hand: its method, doses, amounts and schedule.
    """

    name: ClassVar[str]
    protects: ClassVar[bool] = False  # as a method's own rule it is not replaced in passing
    sees: ClassVar[Sees] = Sees.BOTH
    in_time: ClassVar[bool] = False

    def check(self, design: "Design") -> None:
        """Raise InputError where the rule cannot be applied to the design."""
        return

    def eliminates(self, design: "Design", states: States) -> Bools | None:
        """Return levels (states, doses) found too toxic now; they stay eliminated for good."""
        return None

    def bars(self, design: "Design", states: States) -> Bools | None:
        """Return levels (states, doses) at which the next cohort may not be treated."""
        return None

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints | None:
        """Return an Ending (states,), given the method's wish and the level after all bars."""
        return None

    def keeps(self, design: "Design", state: Outcomes, verdict: Resolved) -> bool:
        """Say whether the rule asks that the trial go on, which an ending then overrules."""
        return False

    @property
    @abstractmethod
    def summary(self) -> str:
        """The rule and its parameters in one line."""

    @abstractmethod
    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str | None:
        """Return what the rule has to say about one state, with its numbers; None if nothing."""


def as_rule(stated: object) -> Rule:
    """Return a rule; raise InputError for anything else, such as a rule without its brackets."""
    if isinstance(stated, Rule):
        return stated
    name = getattr(stated, "__name__", None)
    if callable(stated) and isinstance(name, str):
        raise InputError(f"rule {name}", "stated without brackets", f"{name}(..)")
    raise InputError("rule", shown(stated), "a rule, such as no_skipping()")
