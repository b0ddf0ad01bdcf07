"""Where and when an expression is evaluated: the patient, the day, the window, who answered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.screening.model import (
    Answer,
    Code,
    Evidence,
    Observation,
    Patient,
    UnknownKind,
    Verdict,
)
from trialwright.screening.policy import Policy
from trialwright.screening.terms import Terms

if TYPE_CHECKING:
    from trialwright.screening.exceptions import Exempt


def back(span: Duration, day: date) -> date:
    """Return the day this long before another, or the calendar's first."""
    try:
        return span.before(day)
    except InputError:
        return date.min


@dataclass(frozen=True, slots=True)
class Window:
    """Days from first to last, both included."""

    first: date
    last: date

    @staticmethod
    def back(span: Duration, day: date) -> "Window":
        """Return the window that ends on a day and reaches back by a time."""
        return Window(back(span, day), day)

    @staticmethod
    def stated(last: Duration | None, gap: Duration | None, day: date) -> "Window":
        """Return the window that reaches back by `last` and ends `gap` before a day."""
        return Window(back(last, day) if last else date.min, back(gap, day) if gap else day)

    def meet(self, other: "Window") -> "Window":
        """Return the days that both windows contain; first > last where there are none."""
        return Window(max(self.first, other.first), min(self.last, other.last))

    def holds(self, day: PartialDate | None) -> Truth:
        """Say whether a date lies in the window; a date that nobody recorded may."""
        if self.last < self.first:
            return Truth.FALSE
        return Truth.UNKNOWN if day is None else day.between(self.first, self.last)

    def holds_day(self, day: date) -> bool:
        """Say whether a day lies in the window."""
        return self.first <= day <= self.last


ByCode = Mapping[Code, tuple[tuple[int, Observation], ...]]  # with its place on record


@dataclass(frozen=True, slots=True)
class Setting:
    """All that a verdict depends on beside the expression itself."""

    patient: Patient
    on: date
    policy: Policy
    terms: Terms
    answer: Answer | None = None
    window: Window | None = None  # None: any day on or before `on`
    affirmed: bool = True  # False under an odd number of negations
    by_code: ByCode | None = None  # the patient's observations, where `indexed`
    without: "tuple[Exempt, ...]" = ()  # kinds whose records do not count

    def indexed(self) -> "Setting":
        """Return the setting with the observations in order of their codes: one pass for all."""
        found: dict[Code, list[tuple[int, Observation]]] = {}
        for place, observation in enumerate(self.patient.observations):
            if observation.value is not None:
                for code in observation.codes:
                    found.setdefault(code, []).append((place, observation))
        return replace(self, by_code={code: tuple(each) for code, each in found.items()})

    def observed(self, codes: frozenset[Code]) -> tuple[Observation, ...]:
        """Return the observations of a value with one of the codes, as they stand on record."""
        if self.by_code is None:
            every = self.patient.observations
            return tuple(o for o in every if o.value and codes.intersection(o.codes))
        found = dict(each for code in codes for each in self.by_code.get(code, ()))
        return tuple(found[place] for place in sorted(found))

    @property
    def days(self) -> Window:
        """The days that count: the window's, and never one after `on`."""
        all_days = Window(date.min, self.on)
        return all_days if self.window is None else self.window.meet(all_days)

    def negated(self) -> "Setting":
        """Return the setting inside a negation, where every record counts again."""
        return replace(self, affirmed=not self.affirmed, without=())

    def sparing(self, kinds: "tuple[Exempt, ...]") -> "Setting":
        """Return the setting in which records of these kinds do not count either."""
        return replace(self, without=self.without + kinds)

    def within(self, window: Window) -> "Setting":
        """Return the setting inside one more window."""
        narrowed = window if self.window is None else self.window.meet(window)
        return replace(self, window=narrowed)


def unknown(kind: UnknownKind, what: str, rule: str) -> Verdict:
    """Return an unknown verdict whose only evidence is what is missing."""
    return Verdict(
        Truth.UNKNOWN, kind, (Evidence(None, what, None, None, None, rule, Truth.UNKNOWN),)
    )


def settled(verdict: Verdict, at: Setting, words: str) -> Verdict:
    """Let a person's answer decide what the record leaves open.

    The answer is about the criterion's text. Inside a negation the part therefore takes the
    opposite value, so that an answer always moves its criterion the way that was meant. Records
    that were in doubt stay beside it as evidence.
    """
    answer = at.answer
    if verdict.truth is not Truth.UNKNOWN or answer is None or answer.truth is Truth.UNKNOWN:
        return verdict
    truth = answer.truth if at.affirmed else ~answer.truth
    says = "holds" if answer.truth is Truth.TRUE else "does not hold"
    rule = f"{answer.by} answered that the criterion {says}"
    given = Evidence(None, words, None, None, answer.at, rule, truth)
    doubted = tuple(each for each in verdict.evidence if each.in_doubt)
    return Verdict(truth, None, (given, *doubted))
