"""What a criterion can say: a closed union of frozen nodes.

The section's polarity stays outside: an exclusion's expression describes what excludes, and
screening applies the section once.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from trialwright.core.dates import Duration

Operator = Literal["<", "<=", ">", ">=", "="]


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
    """The base holds, and none of the exceptions does."""

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
    """A measure against a limit: a quantity, or a multiple of the upper limit of normal."""

    measure: str  # a name in measures.yaml
    op: Operator
    value: Decimal | None = None
    unit: str | None = None
    times_uln: Decimal | None = None
    percent_predicted: Decimal | None = None
    unit_fault: str | None = None  # why the written unit cannot be right; evaluates to unknown
    method: str | None = None  # how the text wants it measured; a note, any recorded value counts


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A class on a scale, for example NYHA III."""

    scale: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """A condition, drug, procedure or allergy; `concept` is None where no vocabulary knows it."""

    domain: Literal["condition", "drug", "procedure", "allergy", "device"]
    concept: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Within:
    """The part held within a time before an anchor (inclusion, first infusion)."""

    last: Duration
    anchor: str
    of: "Node"


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
