"""What a criterion can say: a closed union of frozen nodes.

The section's polarity stays outside: an exclusion's expression describes what excludes, and
screening applies the section once.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from trialwright.core.dates import Duration

Operator = Literal["<", "<=", ">", ">=", "="]
Domain = Literal["condition", "drug", "procedure", "allergy", "device"]
Severity = Literal["mild", "moderate", "severe"]
When = Literal["current", "ever"]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    of: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    of: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least n of the parts hold."""

    n: int
    of: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Except:
    """The base holds by something else than an exception, and no exception clears the person.

    Records that are an exception of the base's own kind do not count for it; other exceptions (a
    value, a judgement) must not hold. For "and it does not hold" write `All((base, Not(other)))`.
    """

    base: "Node"
    but: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class IfThen:
    """Where `when` holds, `then` must; elsewhere `otherwise` must (nothing, where it is None)."""

    when: "Node"
    then: "Node"
    otherwise: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Compare:
    """A measure against a limit: a quantity, or a multiple of a limit of normal, or of predicted.

    Exactly one of `value`, `times_uln`, `times_lln` and `percent_predicted` is set. A measure that
    no vocabulary knows has `measure` None and is named by `words`; it evaluates to unknown.
    """

    measure: str | None  # a name in measures.yaml
    op: Operator
    value: Decimal | None = None
    unit: str | None = None
    times_uln: Decimal | None = None
    times_lln: Decimal | None = None
    percent_predicted: Decimal | None = None
    unit_fault: str | None = None  # why the written unit cannot be right; evaluates to unknown
    method: str | None = None  # how the text wants it measured; a note, any recorded value counts
    words: str | None = None  # the text's name of a measure that no vocabulary knows


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A class on a scale, for example NYHA III."""

    scale: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """A condition, drug, procedure, allergy or device; `concept` is None where none is known.

    `when` is what the text says of time without a number: "ever" (history of) counts what is over,
    "current" (active, ongoing) does not, and None leaves open whether it does. `severity` names the
    degrees that count, mildest first; empty, any does.
    """

    domain: Domain
    concept: str | None
    words: str
    when: When | None = None
    severity: tuple[Severity, ...] = ()


@dataclass(frozen=True, slots=True)
class Within:
    """The part held within a time before an anchor (inclusion, first infusion).

    The time reaches back by `last` (any time, where it is None) or by so many half-lives of the
    drug, whichever is longer, and ends `gap` before the anchor. One of the three is set.
    """

    last: Duration | None
    anchor: str
    of: "Node"
    half_lives: Decimal | None = None
    gap: Duration | None = None


@dataclass(frozen=True, slots=True)
class Demographic:
    """Age in completed years, both ends included, and sex."""

    age_min: Duration | None = None
    age_max: Duration | None = None
    sex: Literal["male", "female"] | None = None


@dataclass(frozen=True, slots=True)
class Attest:
    """What the site confirms by itself: consent, insurance, contraception."""

    words: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an investigator judges."""

    words: str


@dataclass(frozen=True, slots=True)
class Residue:
    """Words that carry meaning and were not understood; always unknown."""

    words: str


Node = (
    All | Any | Not | AtLeast | Except | IfThen | Compare | Ordinal | Has | Within
    | Demographic | Attest | Judgement | Residue
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: where it stands in the text, and what was read."""

    id: str  # I4, E16: the section's letter and the number on the page
    section: Literal["inclusion", "exclusion"]
    text: str
    span: tuple[int, int]
    expr: Node
    status: Literal["auto", "reviewed", "edited", "locked"] = "auto"
