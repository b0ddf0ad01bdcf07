"""Values of a match: who looks for a trial, by which words, and what each study came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from trialwright.core.truth import Truth
from trialwright.registry.model import Card
from trialwright.screening.explain import reason
from trialwright.screening.model import CriterionVerdict, Eligible, Patient, PatientScreening

# Statuses under which a study may still take people.
OPEN_STATUSES = (
    "RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE",
)  # fmt: skip
CANDIDATES = 500
GateName = Literal["age", "sex"]


@dataclass(frozen=True, slots=True)
class Sought:
    """A patient, and the words by which the catalogue is searched for them.

    terms: each a word, or several that belong together, the most telling first. words_left_out: how
    many of the patient's words the search did not take. notes: what a person should know of how
    the patient was read.
    """

    patient: Patient
    terms: tuple[str, ...]
    words_left_out: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a match looks.

    statuses: the registry's own values; empty, any. candidates: how many studies, the best by text,
    are read. limit: how many hits are returned.
    """

    statuses: tuple[str, ...] = OPEN_STATUSES
    candidates: int = CANDIDATES
    limit: int = 20


USUAL_REACH = Reach()


@dataclass(frozen=True, slots=True)
class Gate:
    """A registry field that keeps the patient out before any criterion is read."""

    name: GateName
    why: str


@dataclass(frozen=True, slots=True)
class MatchHit:
    """One study: its verdict, the gate that closed or the criteria, and its text score.

    screening is None where a gate closed: its criteria were not read. unread says what keeps an
    otherwise met study undecided: a record without criteria, passages that were read as no
    criterion.
    """

    card: Card
    text_score: float
    gate: Gate | None
    screening: PatientScreening | None
    unread: str | None = None

    @property
    def eligible(self) -> Eligible:
        """Return the verdict."""
        if self.screening is None:
            return "no"
        if self.unread and self.screening.eligible == "yes":
            return "undecided"
        return self.screening.eligible

    def those(self, truth: Truth) -> tuple[CriterionVerdict, ...]:
        """Return the criteria with one truth, as eligibility demands them."""
        if self.screening is None:
            return ()
        return tuple(each for each in self.screening.criteria if each.verdict.truth is truth)

    @property
    def open_ids(self) -> tuple[str, ...]:
        """Name the criteria that nothing on record decides."""
        return tuple(each.id for each in self.those(Truth.UNKNOWN))

    @property
    def speaking(self) -> int:
        """Count the inclusions that something on record, beyond age and sex, satisfies."""
        return sum(
            any(_is_clinical(piece.record) for piece in each.verdict.evidence)
            for each in self.those(Truth.TRUE)
            if each.section == "inclusion"
        )

    def reasons(self) -> tuple[str, ...]:
        """Return one line for the gate, or for each criterion that decides or speaks for it."""
        if self.gate is not None:
            return (f"{self.gate.name}: {self.gate.why}",)
        told = tuple(
            f"{each.id} {reason(each)}"
            for truth in (Truth.FALSE, Truth.TRUE)
            for each in self.those(truth)
        )
        return (*told, self.unread) if self.unread else told


def _is_clinical(record: str | None) -> bool:
    return record is not None and not record.startswith("Patient/")


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What a match came to. It adds up: every study of the catalogue is counted once.

    studies = considered + the sum of left_out. left_out: by reason, how many studies were not
    read. hits: the best of the considered ones, at most the limit. tiers: all of the considered
    ones by verdict; gates: how many of the ineligible a gate closed for.
    """

    patient: str
    hits: tuple[MatchHit, ...]
    studies: int
    considered: int
    left_out: Mapping[str, int]
    tiers: Mapping[Eligible, int]
    gates: Mapping[GateName, int]
    query: str
    words_left_out: int = 0
    notes: tuple[str, ...] = ()
