"""What a database computes for an expression: leaves, each once, and the logic above them.

A leaf is a verdict on one measure, fact, age or sex in one window of days. Windows and anchors are
days by now: they hang on the day of screening and the policy alone, never on the person.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, assert_never

from trialwright.core.dates import Duration
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.evaluate import spread
from trialwright.screening.exceptions import Exempt, exceptions
from trialwright.screening.model import UNKNOWN_KINDS, Code, Patient, UnknownKind
from trialwright.screening.observed import window_for
from trialwright.screening.setting import Setting, Window
from trialwright.screening.terms import ConceptTerm

NOBODY = Patient("", "unknown", None)
NO_KIND = len(UNKNOWN_KINDS)  # behind every kind: the least of several is the first that counts
RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same verdict for everybody."""

    truth: Truth
    kind: UnknownKind | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The observations that may decide: those with one of the codes, in a window."""

    codes: frozenset[Code]
    window: Window


@dataclass(frozen=True, slots=True)
class Observed:
    """A verdict on the latest observation; `by` says how a single one is judged."""

    selection: Selection
    by: "nodes.Compare | nodes.Ordinal | ConceptTerm"
    absent: Literal["unknown", "false"] = "unknown"  # where no observation may count


@dataclass(frozen=True, slots=True)
class Recorded:
    """A verdict on the facts of the history."""

    node: nodes.Has
    term: ConceptTerm
    window: Window | None
    days: Window
    on: date
    closed: bool
    without: tuple[Exempt, ...] = ()  # kinds whose records do not count


@dataclass(frozen=True, slots=True)
class Aged:
    """A verdict on the age."""

    least: Duration | None
    most: Duration | None
    on: date


@dataclass(frozen=True, slots=True)
class Sexed:
    """A verdict on the sex."""

    sex: Literal["male", "female"]


Leaf = Observed | Recorded | Aged | Sexed


@dataclass(frozen=True, slots=True)
class At:
    """The leaf of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class Every:
    """All hold."""

    of: "tuple[Plan, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """One holds."""

    of: "tuple[Plan, ...]"


@dataclass(frozen=True, slots=True)
class Opposite:
    """It does not hold."""

    of: "Plan"


@dataclass(frozen=True, slots=True)
class Several:
    """At least n hold."""

    n: int
    of: "tuple[Plan, ...]"


@dataclass(frozen=True, slots=True)
class Branch:
    """`then` where `when` holds, `otherwise` elsewhere."""

    when: "Plan"
    then: "Plan"
    otherwise: "Plan"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the least and the most that may count agree on; open where they do not."""

    least: "Plan"
    most: "Plan"
    kind: UnknownKind


@dataclass(frozen=True, slots=True)
class Tested:
    """A fact of the history, or a laboratory test that shows it."""

    recorded: "Plan"
    test: "Plan"


@dataclass(frozen=True, slots=True)
class SoFar:
    """What did not happen yet, in a window that is still open."""

    of: "Plan"


Plan = Fixed | At | Every | Some | Opposite | Several | Branch | Agreed | Tested | SoFar


@dataclass(slots=True)
class Leaves:
    """The leaves met so far, each once."""

    number: dict[Leaf, int] = field(default_factory=dict)

    def at(self, leaf: Leaf) -> At:
        """Return a leaf's place, a new one where it is met for the first time."""
        return At(self.number.setdefault(leaf, len(self.number)))


def plan(node: nodes.Node, at: Setting, leaves: Leaves) -> Plan:
    """Return what to compute for a node; branch by branch as `evaluate` does."""
    match node:
        case nodes.All(of=parts):
            return Every(tuple(plan(part, at, leaves) for part in parts))
        case nodes.Any(of=parts):
            return Some(tuple(plan(part, at, leaves) for part in parts))
        case nodes.Not(of=part):
            return Opposite(plan(part, at.negated(), leaves))
        case nodes.AtLeast(n=n, of=parts):
            return Several(n, tuple(plan(part, at, leaves) for part in parts))
        case nodes.Except():
            return _except(node, at, leaves)
        case nodes.IfThen(when=when, then=then, otherwise=other):
            last = plan(other, at, leaves) if other else Fixed(Truth.TRUE)
            return Branch(plan(when, at.negated(), leaves), plan(then, at, leaves), last)
        case nodes.Compare():
            return _compare(node, at, leaves)
        case nodes.Ordinal():
            return _ordinal(node, at, leaves)
        case nodes.Has():
            return _has(node, at, leaves)
        case nodes.Within():
            return _within(node, at, leaves)
        case nodes.Demographic():
            return _demographic(node, at, leaves)
        case nodes.Attest():
            return Fixed(Truth.UNKNOWN, "pending_answer")
        case nodes.Judgement():
            return Fixed(Truth.UNKNOWN, "judgement")
        case nodes.Residue():
            return Fixed(Truth.UNKNOWN, "residue")
        case _:
            assert_never(node)


def _except(node: nodes.Except, at: Setting, leaves: Leaves) -> Plan:
    found = exceptions(node, at.terms)
    base = plan(node.base, at.sparing(found.kinds), leaves)
    if found.kinds:
        base = Agreed(plan(node.base, at.sparing(found.possible), leaves), base, "uncoded")
    clearing = tuple(plan(part, at.negated(), leaves) for part in found.clearing)
    unsure = (Opposite(plan(part, at.negated(), leaves)) for part in found.unsure)
    judged = Fixed(Truth.UNKNOWN, "judgement")
    cleared = (Opposite(Some(clearing)),) if clearing else ()
    return Every((base, *cleared, *(Some((each, judged)) for each in unsure)))


def _compare(node: nodes.Compare, at: Setting, leaves: Leaves) -> Plan:
    if node.unit_fault:
        return Fixed(Truth.UNKNOWN, "unit")
    term = at.terms.measures.get(node.measure) if node.measure else None
    if node.measure is None or term is None:
        return Fixed(Truth.UNKNOWN, "uncoded")
    if node.percent_predicted is not None:
        return Fixed(Truth.UNKNOWN, "no_data")
    return leaves.at(Observed(Selection(term.codes, window_for(at, node.measure)), node))


def _ordinal(node: nodes.Ordinal, at: Setting, leaves: Leaves) -> Plan:
    term = at.terms.scales.get(node.scale)
    if term is None:
        return Fixed(Truth.UNKNOWN, "uncoded")
    return leaves.at(Observed(Selection(term.codes, window_for(at, node.scale)), node))


def _has(node: nodes.Has, at: Setting, leaves: Leaves) -> Plan:
    if node.when == "ever" and at.window is None:
        at = at.within(Window(date.min, at.on))
    term = at.terms.concepts.get((node.domain, node.concept)) if node.concept else None
    if term is None:
        return Fixed(Truth.UNKNOWN, "uncoded")
    closed = at.policy.closed_world.closes(node.domain, *term.also)
    verdict: Plan = leaves.at(Recorded(node, term, at.window, at.days, at.on, closed, at.without))
    if term.tests:
        test = Observed(Selection(term.tests, at.days), term, "false")
        verdict = Tested(verdict, leaves.at(test))
    ahead = at.window is not None and at.window.last > at.on
    return SoFar(verdict) if ahead else verdict


def _demographic(node: nodes.Demographic, at: Setting, leaves: Leaves) -> Plan:
    parts: list[Plan] = []
    if node.age_min is not None or node.age_max is not None:
        parts.append(leaves.at(Aged(node.age_min, node.age_max, at.on)))
    if node.sex is not None:
        parts.append(leaves.at(Sexed(node.sex)))
    return Every(tuple(parts))


def _within(node: nodes.Within, at: Setting, leaves: Leaves) -> Plan:
    day = at.policy.anchor(node.anchor, at.on)
    if day is None:
        return Fixed(Truth.UNKNOWN, "pending_answer")
    if node.half_lives is None:
        return plan(node.of, at.within(Window.stated(node.last, node.gap, day)), leaves)
    if parts := spread(node):
        return plan(parts, at, leaves)
    most = Window.stated(None, node.gap, day)
    least = Window.stated(node.last, node.gap, day) if node.last else Window(most.last, most.last)
    near, far = (plan(node.of, at.within(each), leaves) for each in (least, most))
    return Agreed(near, far, "no_data")
