"""The protocol as one value: what the trial promised, where each promise comes from.

Every fact is `Stated`: it names its source, or it is marked as assumed with a reason. The file
`protocol.yaml` is this value, key for key; its JSON schema is generated from here.
"""

from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec

T = TypeVar("T")

Positive = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Size = Annotated[int, msgspec.Meta(ge=1, le=1000)]  # people of one cohort
Quorum = Annotated[int, msgspec.Meta(ge=1, le=100)]
Weight = Annotated[float, msgspec.Meta(gt=0, le=1000)]  # kg
Rate = Annotated[float, msgspec.Meta(gt=0, lt=1)]
Day = Annotated[int, msgspec.Meta(ge=-365, le=3650)]  # study day; the first infusion is day 0
Text = Annotated[str, msgspec.Meta(min_length=1)]
# `$` alone would let a line break at the end pass; this way of saying so is also JSON Schema's.
_END = r"(?!\n)$"
_PARTS = r"([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?"  # how long they may be is checked later
IsoDuration = Annotated[str, msgspec.Meta(pattern=rf"^P{_PARTS}{_END}")]

Sha256 = Annotated[str, msgspec.Meta(pattern=rf"^[0-9a-f]{{64}}{_END}")]
_DAY, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
Moment = Annotated[str, msgspec.Meta(pattern=rf"^{_DAY}({_TIME})?{_END}")]

Share = Annotated[float, msgspec.Meta(gt=0, le=100)]  # percent
Grade = Annotated[int, msgspec.Meta(ge=1, le=5)]  # CTCAE
Span = Annotated[int, msgspec.Meta(ge=0, le=3650)]  # days
EitherWay = Annotated[int, msgspec.Meta(ge=0, le=365)]  # days before and after the planned one

# What a parameter of a method or a rule may be, as the design's own pages list them.
ParameterValue = bool | int | float | str | tuple[float, ...]

Relatedness = Literal["not_related", "unlikely", "possible", "probable", "definite"]  # ascending
Summary = Literal["proportion", "counts", "mean_change", "geometric_ratio", "shift"]


class Promise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of the protocol; a key that it does not know is refused."""


class Stated(Promise, Generic[T], frozen=True):
    """A value with where it was published, or assumed with the reason for the assumption."""

    value: T
    source: Text | None = None
    assumed: bool = False
    reason: Text | None = None
    confirmed: Text | None = None  # who confirmed an assumption, and when

    def __post_init__(self) -> None:
        if self.assumed and not self.reason:
            raise ValueError("assumed without a reason; wanted `reason:` beside `assumed: true`")
        if not self.assumed and not self.source:
            raise ValueError("no origin; wanted `source:`, or `assumed: true` with `reason:`")

    @property
    def is_open(self) -> bool:
        """Say whether this is an assumption that nobody confirmed yet."""
        return self.assumed and self.confirmed is None


class Identity(Promise, frozen=True):
    """Which trial this protocol belongs to."""

    nct_id: Annotated[str, msgspec.Meta(pattern=rf"^NCT[0-9]{{8}}{_END}")]
    title: Text
    record_sha256: Sha256


class DoseLevel(Promise, frozen=True):
    """One dose level, counted from 1; the amount is per kilogram and infusion."""

    level: Count
    amount: Stated[Positive]


class Cohort(Promise, frozen=True):
    """A cohort, its size, and the level that it is planned at."""

    number: Count
    size: Stated[Size]
    planned_level: Stated[Count]


class Infusions(Promise, frozen=True):
    """How often, when and how the product is given; days count from the first infusion (day 0)."""

    count: Stated[Count]
    days: Stated[tuple[Day, ...]]
    window_days: Stated[EitherWay]
    minimum_interval_days: Stated[Span]  # from one given infusion to the next, at the least
    stop_after_dlt: Stated[bool]  # nobody is dosed after a dose-limiting toxicity of their own
    route: Stated[Text]


class Dosing(Promise, frozen=True):
    """Limits of the dose arithmetic."""

    unit: Text  # UCUM, per kilogram: {particles}/kg
    weight_kg: Stated[tuple[Weight, Weight]]  # hard range
    tolerance_percent: Stated[Positive]  # given against planned; outside it is a deviation


class Escalation(Promise, frozen=True):
    """The escalation method, what it leaves open at the lowest dose, and rules that restrict it.

    `parameters` are further ones of the method, `rules` further rules with theirs, each by name.
    """

    method: Stated[Text]
    target: Stated[Rate]
    cutoff_eli: Stated[Rate]
    lowest_dose_stay: Stated[Literal["continue", "stop"]]
    lowest_dose_deescalate: Stated[Literal["continue", "stop"]]
    parameters: dict[Text, Stated[ParameterValue]] = {}
    rules: dict[Text, Stated[dict[Text, ParameterValue]]] = {}


class DoseLimitingToxicity(Promise, frozen=True):
    """What counts as a dose-limiting toxicity, how long each patient is watched, and who counts.

    An adverse event of both `grade_from` and `relatedness_from` or above is adjudicated. The watch
    ends with the window's last day, or later: some days after the last infusion given.
    """

    definition: Stated[Text]
    grade_from: Stated[Grade]
    relatedness_from: Stated[Relatedness]
    window: Stated[IsoDuration]  # from the first infusion; the day that it ends on is inside
    days_after_last_infusion: Stated[Span]  # the last of these days is inside
    minimum_exposure_percent: Stated[Share]  # of the planned amount; below it "no DLT" says nothing


class Gate(Promise, frozen=True):
    """What has to hold before the next cohort opens."""

    stagger: Stated[IsoDuration]  # between the first and the second patient of a cohort
    board_quorum: Stated[Quorum]
    minimum_evaluable: Stated[Size]  # people of a cohort, or all of a cohort that is smaller


class Visit(Promise, frozen=True):
    """A planned visit and the measures taken at it (names of measures.yaml)."""

    name: Text
    day: Stated[Day]
    window_days: EitherWay
    assessments: tuple[Text, ...]


class Endpoint(Promise, frozen=True):
    """A question, and the rows that answer it."""

    id: Text
    role: Literal["primary", "secondary"]
    question: Stated[Text]
    measure: Text  # "dlt", "adverse_events", or a name in measures.yaml
    visit: Text | None = None
    summary: Summary = "counts"


class CriterionEntry(Promise, frozen=True, kw_only=True):
    """One eligibility criterion; `expr` is the one-key object of the criteria language.

    `sha256` is of the text, so that a change of it is seen. Whoever reviewed, edited or locked it
    signs `by` and `at` (UTC). `residue` and `reading` are made from `expr` and never believed.
    """

    id: Annotated[str, msgspec.Meta(pattern=rf"^[IE][0-9]{{1,4}}{_END}")]
    section: Literal["inclusion", "exclusion"]
    text: Text
    sha256: Sha256 | None = None
    span: tuple[int, int]
    status: Literal["auto", "reviewed", "edited", "locked"]
    by: Text | None = None
    at: Moment | None = None
    expr: dict[str, Any]
    residue: tuple[Text, ...] | None = None  # words of the text that were not understood
    reading: Text | None = None  # the expression in plain English


class Protocol(Promise, frozen=True):
    """The whole protocol."""

    trial: Identity
    version: Text
    enrolment_maximum: Stated[Count]
    dose_levels: Annotated[tuple[DoseLevel, ...], msgspec.Meta(min_length=1)]
    dosing: Dosing
    infusions: Infusions
    cohorts: Annotated[tuple[Cohort, ...], msgspec.Meta(min_length=1)]
    escalation: Escalation
    dlt: DoseLimitingToxicity
    gate: Gate
    visits: Annotated[tuple[Visit, ...], msgspec.Meta(min_length=1)]
    follow_up: Stated[IsoDuration]
    endpoints: Annotated[tuple[Endpoint, ...], msgspec.Meta(min_length=1)]
    criteria: tuple[CriterionEntry, ...]
    product: Stated[Text]
    published: tuple[Stated[Text], ...] = ()  # design facts that are published and used nowhere yet

    def amount(self, level: int) -> Decimal:
        """Return the exact amount per kilogram and infusion; KeyError for no such level."""
        amounts = {dose.level: dose.amount.value for dose in self.dose_levels}
        return Decimal(str(amounts[level]))

    @property
    def schedule(self) -> tuple[int, ...]:
        """The cohorts' sizes in order."""
        return tuple(cohort.size.value for cohort in self.cohorts)
