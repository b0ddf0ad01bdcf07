"""What an expression leaves open: its logic around the facts that nobody knows yet.

A criterion becomes a small tree of gates whose leaves are known truths or open facts. A fact is
asked for once, however many criteria need it: one ejection fraction settles every limit on it, and
one answer about a criterion settles all in it that a person may settle.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from trialwright.core.truth import Truth, all_of, any_of, at_least
from trialwright.protocol.criteria import nodes
from trialwright.screening.age import demographic
from trialwright.screening.evaluate import evaluate, spread
from trialwright.screening.exceptions import exceptions, other_than
from trialwright.screening.model import FactKind
from trialwright.screening.setting import Setting, Window


@dataclass(frozen=True, slots=True)
class Ask:
    """A fact to find out: what it is about, and the days that count (None: as of the screening)."""

    kind: FactKind
    about: str  # a measure, a scale, "condition stroke", "birth", "sex", a criterion's id
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A leaf that is unknown: a fact settles it, or the answer about its criterion, or neither."""

    ask: Ask | None
    key: Hashable  # how the values of the fact tell what this leaf becomes
    node: nodes.Node
    answer: Ask | None
    affirmed: bool
    since: date | None = None
    but: str = ""  # the kinds that do not count, in words


@dataclass(frozen=True, slots=True)
class Gate:
    """So many of the parts hold: all of them, or one, or n."""

    n: int
    of: "tuple[Logic, ...]"


@dataclass(frozen=True, slots=True)
class Opposite:
    """The part does not hold."""

    of: "Logic"


@dataclass(frozen=True, slots=True)
class Choice:
    """The branch that applies; an answer about the criterion settles what one branch allows."""

    when: "Logic"
    then: "Logic"
    otherwise: "Logic"
    answer: Ask | None
    affirmed: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the least and the most that may count agree on; an answer settles the rest."""

    least: "Logic"
    most: "Logic"
    answer: Ask | None
    affirmed: bool


Logic = Truth | Open | Gate | Opposite | Choice | Agreed

# What a fact turns out to be: the truth of each leaf that hangs on it.
Value = Mapping[Hashable, Truth]
Found = Mapping[Ask, Value]
ANSWERED = "answered"  # the key of an answer's own value


def logic_of(node: nodes.Node, at: Setting, answer: Ask | None) -> Logic:
    """Return the logic of an expression with all that is known of the patient filled in.

    `answer` is the question about the whole criterion, or None where it may not be asked.
    """
    match node:
        case nodes.All(of=parts):
            return _gate(len(parts), tuple(logic_of(part, at, answer) for part in parts))
        case nodes.Any(of=parts):
            return _gate(1, tuple(logic_of(part, at, answer) for part in parts))
        case nodes.AtLeast(n=n, of=parts):
            return _gate(n, tuple(logic_of(part, at, answer) for part in parts))
        case nodes.Not(of=part):
            return _opposite(logic_of(part, at.negated(), answer))
        case nodes.Except():
            return _except(node, at, answer)
        case nodes.IfThen(when=when, then=then, otherwise=otherwise):
            return Choice(
                logic_of(when, replace(at.negated(), answer=None), None),
                logic_of(then, at, answer),
                logic_of(otherwise, at, answer) if otherwise else Truth.TRUE,
                answer,
                at.affirmed,
            )
        case nodes.Within():
            return _within(node, at, answer)
        case nodes.Demographic():
            asked = tuple(_demographic(node, at))
            return _gate(len(asked), asked)
        case (
            nodes.Compare() | nodes.Ordinal() | nodes.Has()
            | nodes.Attest() | nodes.Judgement() | nodes.Residue()
        ):  # fmt: skip
            return _leaf(node, at, answer)
        case _:
            assert_never(node)


def truth_of(logic: Logic, found: Found) -> Truth:
    """Return the truth of a criterion's logic once some facts are found."""
    match logic:
        case Truth():
            return logic
        case Open():
            return _leaf_truth(logic, found)
        case Gate(n=n, of=parts):
            truths = [truth_of(part, found) for part in parts]
            if n == len(parts):
                return all_of(truths)
            return any_of(truths) if n == 1 else at_least(n, truths)
        case Opposite(of=part):
            return ~truth_of(part, found)
        case Choice():
            return _chosen(logic, found)
        case Agreed():
            return _agreed(logic, found)
        case _:
            assert_never(logic)


def leaves(logic: Logic) -> Iterator[Open]:
    """Yield the open leaves, from left to right."""
    match logic:
        case Truth():
            return
        case Open():
            yield logic
        case Gate(of=parts):
            for part in parts:
                yield from leaves(part)
        case Opposite(of=part):
            yield from leaves(part)
        case Choice(when=when, then=then, otherwise=otherwise):
            for part in (when, then, otherwise):
                yield from leaves(part)
        case Agreed(least=least, most=most):
            yield from leaves(least)
            yield from leaves(most)
        case _:
            assert_never(logic)


def asks_of(logic: Logic) -> Iterator[Ask]:
    """Yield every fact that could move the logic, some more than once."""
    match logic:
        case Truth():
            return
        case Open(ask=ask, answer=answer):
            yield from (each for each in (ask, answer) if each is not None)
        case Gate(of=parts):
            for part in parts:
                yield from asks_of(part)
        case Opposite(of=part):
            yield from asks_of(part)
        case Choice(when=when, then=then, otherwise=otherwise, answer=answer):
            for part in (when, then, otherwise):
                yield from asks_of(part)
            if answer is not None:
                yield answer
        case Agreed(least=least, most=most, answer=answer):
            yield from asks_of(least)
            yield from asks_of(most)
            if answer is not None:
                yield answer
        case _:
            assert_never(logic)


def turns(logic: Logic) -> bool:
    """Say whether an answer stands in for a condition that a record may still settle otherwise."""
    match logic:
        case Choice() | Agreed():
            return True
        case Gate(of=parts):
            return any(turns(part) for part in parts)
        case Opposite(of=part):
            return turns(part)
        case Truth() | Open():
            return False
        case _:
            assert_never(logic)


def _gate(n: int, parts: tuple[Logic, ...]) -> Logic:
    return parts[0] if n == len(parts) == 1 else Gate(n, parts)


def _opposite(part: Logic) -> Logic:
    return ~part if isinstance(part, Truth) else Opposite(part)


def _leaf_truth(leaf: Open, found: Found) -> Truth:
    if leaf.ask is not None and leaf.ask in found:
        return found[leaf.ask][leaf.key]
    if leaf.answer is not None and leaf.answer in found:
        said = found[leaf.answer][ANSWERED]
        return said if leaf.affirmed else ~said
    return Truth.UNKNOWN


def _agreed(logic: Agreed, found: Found) -> Truth:
    least, most = truth_of(logic.least, found), truth_of(logic.most, found)
    if least is most:
        return least
    if logic.answer is None or logic.answer not in found:
        return Truth.UNKNOWN
    said = found[logic.answer][ANSWERED]
    return said if logic.affirmed else ~said


def _chosen(choice: Choice, found: Found) -> Truth:
    when = truth_of(choice.when, found)
    then, otherwise = truth_of(choice.then, found), truth_of(choice.otherwise, found)
    if when is not Truth.UNKNOWN:
        return then if when is Truth.TRUE else otherwise
    if then is otherwise:
        return then
    if choice.answer is None or choice.answer not in found:
        return Truth.UNKNOWN
    said = found[choice.answer][ANSWERED]
    said = said if choice.affirmed else ~said
    return said if said in (then, otherwise) else Truth.UNKNOWN


def _except(node: nodes.Except, at: Setting, answer: Ask | None) -> Logic:
    found = exceptions(node, at.terms)
    base = logic_of(node.base, at.sparing(found.kinds), answer)
    if found.kinds:
        least = logic_of(node.base, at.sparing(found.possible), answer)
        same = isinstance(base, Truth) and least is base
        base = base if same else Agreed(least, base, answer, at.affirmed)
    clearing = tuple(logic_of(part, at.negated(), answer) for part in found.clearing)
    more = Open(None, None, nodes.Judgement("whether there is more"), answer, at.affirmed)
    unsure = [
        Gate(1, (_opposite(logic_of(part, at.negated(), answer)), more)) for part in found.unsure
    ]
    cleared = [_opposite(_gate(1, clearing))] if clearing else []
    parts = (base, *cleared, *unsure)
    return _gate(len(parts), parts)


def _within(node: nodes.Within, at: Setting, answer: Ask | None) -> Logic:
    day = at.policy.anchor(node.anchor, at.on)
    if day is None:
        return _leaf(node, at, answer)
    if node.half_lives is None:
        return logic_of(node.of, at.within(Window.stated(node.last, node.gap, day)), answer)
    parts = spread(node)
    if parts is not None:
        return logic_of(parts, at, answer)
    measured = isinstance(node.of, nodes.Compare | nodes.Ordinal | nodes.Demographic)
    return _leaf(node, at, None if measured else answer)


def _demographic(node: nodes.Demographic, at: Setting) -> Iterator[Logic]:
    """Yield a part for the age and one for the sex, where they are asked for."""
    age, sex = replace(node, sex=None), nodes.Demographic(sex=node.sex)
    for part, about in ((age, "birth"), (sex, "sex")):
        for verdict in demographic(part, at):
            known = verdict.truth is not Truth.UNKNOWN
            ask = Ask("person", about)
            yield verdict.truth if known else Open(ask, part, part, None, at.affirmed)


def _leaf(node: nodes.Node, at: Setting, answer: Ask | None) -> Logic:
    truth = evaluate(node, at).truth
    if truth is not Truth.UNKNOWN:
        return truth
    ask, key = _ask(node, at)
    by_answer = None if ask and ask.kind in ("measure", "class") else answer
    since = at.window.first if at.window and at.window.first > date.min else None
    return Open(ask, key, node, by_answer, at.affirmed, since, other_than(at.without))


def _ask(node: nodes.Node, at: Setting) -> tuple[Ask | None, Hashable]:
    """Return the fact that settles a leaf, where it is one that a record can hold."""
    match node:
        case nodes.Compare(measure=str(measure), unit_fault=None, percent_predicted=None):
            if measure in at.terms.measures:
                return Ask("measure", measure, _past(at)), replace(node, words=None, method=None)
        case nodes.Ordinal(scale=scale) if scale in at.terms.scales:
            return Ask("class", scale, _past(at)), node
        case nodes.Has(domain=domain, concept=str(concept)):
            if (domain, concept) in at.terms.concepts:
                degree = " or ".join(node.severity)
                but = other_than(at.without)
                about = " ".join(filter(None, (domain, concept, node.when, degree, but)))
                return Ask("record", about, at.window), True
        case _:
            pass
    return None, None


def _past(at: Setting) -> Window | None:
    """Return the days that count where they are over: a value of today falls in all the others."""
    window = at.window
    return window if window and not window.holds_day(at.on) else None
