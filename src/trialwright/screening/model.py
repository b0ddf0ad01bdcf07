"""What screening reads and what it answers: patients as recorded, verdicts with their evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from trialwright.core.dates import PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Domain, Severity

DOMAINS: tuple[Domain, ...] = ("condition", "drug", "procedure", "allergy", "device")

# Why a verdict is unknown, the kinds that a measurement or a record can settle first.
UnknownKind = Literal[
    "no_data", "stale", "unit", "uncoded", "pending_answer", "judgement", "residue"
]  # fmt: skip
UNKNOWN_KINDS: tuple[UnknownKind, ...] = (
    "no_data", "stale", "unit", "uncoded", "pending_answer", "judgement", "residue",
)  # fmt: skip

Eligible = Literal["yes", "no", "undecided"]
Sex = Literal["male", "female", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a known system, named in short: loinc, snomed, icd10, rxnorm, atc."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A number as recorded; a `bound` says that the laboratory gave a limit, such as < 5."""

    quantity: Quantity
    recorded: str  # value and unit word for word
    bound: Literal["<", "<=", ">", ">="] | None = None

    @staticmethod
    def of(quantity: Quantity) -> "Measured":
        """Return a plain number that was recorded as it stands."""
        return Measured(quantity, str(quantity))


@dataclass(frozen=True, slots=True)
class Coded:
    """An answer from a list, by its codes, its words, or both."""

    codes: tuple[Code, ...]
    words: str
    displays: tuple[str, ...] = ()  # other words that the codes carry


@dataclass(frozen=True, slots=True)
class Observation:
    """One observation; `effective` may be partial or missing, `instant` is set where known."""

    id: str
    codes: tuple[Code, ...]
    words: str
    value: Measured | Coded | None
    effective: PartialDate | None
    instant: datetime | None = None
    upper_normal: Quantity | None = None  # the upper limit of normal given with the value
    lower_normal: Quantity | None = None  # the lower one

    @property
    def recorded(self) -> str | None:
        """The value word for word."""
        match self.value:
            case Measured(recorded=words) | Coded(words=words):
                return words
            case None:
                return None


@dataclass(frozen=True, slots=True)
class ClinicalFact:
    """A condition, drug, procedure, allergy or device on record.

    `holds` is FALSE for what was ruled out and UNKNOWN for what is only suspected. `ended` is
    TRUE for what is over (also where no end date is recorded) and UNKNOWN where nobody says.
    """

    id: str
    codes: tuple[Code, ...]
    words: str
    start: PartialDate | None
    end: PartialDate | None = None
    holds: Truth = Truth.TRUE
    ended: Truth = Truth.FALSE
    displays: tuple[str, ...] = ()  # other words that the codes carry
    severity: Severity | None = None  # as recorded


@dataclass(frozen=True, slots=True)
class Patient:
    """One person's record, as far as screening reads it."""

    id: str
    sex: Sex
    birth: PartialDate | None
    observations: tuple[Observation, ...] = ()
    conditions: tuple[ClinicalFact, ...] = ()
    medications: tuple[ClinicalFact, ...] = ()
    procedures: tuple[ClinicalFact, ...] = ()
    allergies: tuple[ClinicalFact, ...] = ()
    devices: tuple[ClinicalFact, ...] = ()
    deceased: bool = False
    died: PartialDate | None = None
    simulated: bool = False
    unread: tuple[str, ...] = ()  # what was recorded and cannot be used, one line each
    untold: frozenset[Domain] = frozenset()  # domains of which the source has no table

    def facts(self, domain: Domain) -> tuple[ClinicalFact, ...]:
        """Return what is on record in one domain."""
        return {
            "condition": self.conditions,
            "drug": self.medications,
            "procedure": self.procedures,
            "allergy": self.allergies,
            "device": self.devices,
        }[domain]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a verdict is what it is; `record` is None where nothing on record is the point."""

    record: str | None  # Observation/abc
    what: str
    recorded: str | None  # value and unit word for word
    conversion: str | None
    date: str | None
    rule: str
    truth: Truth  # what this piece says of the part of the criterion that it belongs to

    @property
    def in_doubt(self) -> bool:
        """Say whether this is a record that may decide, and does not."""
        return self.record is not None and self.truth is Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class Verdict:
    """The truth of one expression; `unknown` is set exactly where the truth is UNKNOWN."""

    truth: Truth
    unknown: UnknownKind | None
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        if (self.truth is Truth.UNKNOWN) != (self.unknown is not None):
            raise ValueError("an unknown verdict has a kind, and only an unknown one")


@dataclass(frozen=True, slots=True)
class Answer:
    """A named person's answer: does what the criterion's text says hold for this patient?

    For an exclusion `Truth.FALSE` therefore means that it does not apply.
    """

    truth: Truth
    by: str
    at: str  # the day or instant of the answer, ISO 8601


Answers = Mapping[str, Answer]  # criterion id: answer

# What can be found out: a value, a class on a scale, a record, birth or sex, a person's answer.
FactKind = Literal["person", "measure", "class", "record", "answer"]
# What people are asked: to confirm, to judge, or to read words that were not understood.
Question = Literal["confirm", "judge", "read"]


@dataclass(frozen=True, slots=True)
class OpenFact:
    """Something that is not known of a patient, as a person asks for it, and where it matters."""

    kind: FactKind
    name: str  # NT-proBNP, pg/mL or pmol/L, from 2024-06-02
    criteria: tuple[str, ...]  # the open criteria that it bears on
    question: Question | None = None  # of an answer


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """One criterion as eligibility demands it: an exclusion that applies is FALSE."""

    id: str
    section: Literal["inclusion", "exclusion"]
    text: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PatientScreening:
    """The answer for one patient.

    `deciding` names the criteria that are FALSE, in the protocol's order; `would_decide` the
    criteria that stay open where none is FALSE. `facts` is the smallest list of what is not known
    and could make the person eligible (no list is shorter where `facts_exact`); `facts_suffice` is
    False where no values of all that is open could, None where the search was cut short. Each of
    `could_exclude` could end it alone.
    """

    id: str
    eligible: Eligible
    criteria: tuple[CriterionVerdict, ...]
    deciding: tuple[str, ...]
    would_decide: tuple[str, ...]
    on: date
    policy: str  # the reading of silence, in words
    simulated: bool
    facts: tuple[OpenFact, ...] = ()
    could_exclude: tuple[OpenFact, ...] = ()
    facts_exact: bool = True
    facts_suffice: bool | None = True
