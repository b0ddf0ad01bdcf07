"""The reference meaning of criteria: what every node says about one patient on one day.

Three-valued throughout (Kleene): what is not known stays unknown until something decides. Every
other way of screening (on a database, for instance) must agree with this module.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import assert_never

from trialwright.core.truth import Truth, all_of, any_of, at_least
from trialwright.protocol.criteria import nodes
from trialwright.screening.age import demographic
from trialwright.screening.compare import compare
from trialwright.screening.exceptions import Exceptions, exceptions, other_than
from trialwright.screening.history import has
from trialwright.screening.model import DOMAINS, UNKNOWN_KINDS, Evidence, UnknownKind, Verdict
from trialwright.screening.ordinal import ordinal
from trialwright.screening.setting import Setting, Window, settled, unknown


def evaluate(node: nodes.Node, at: Setting) -> Verdict:
    """Return the verdict on one expression with its evidence."""
    match node:
        case nodes.All(of=parts):
            return every(evaluate(part, at) for part in parts)
        case nodes.Any(of=parts):
            return some(evaluate(part, at) for part in parts)
        case nodes.Not(of=part):
            return opposite(evaluate(part, at.negated()))
        case nodes.AtLeast(n=n, of=parts):
            return _at_least(n, tuple(evaluate(part, at) for part in parts))
        case nodes.Except():
            return _except(node, at)
        case nodes.IfThen():
            return _if_then(node, at)
        case nodes.Compare():
            return compare(node, at)
        case nodes.Ordinal():
            return ordinal(node, at)
        case nodes.Has():
            return has(node, at)
        case nodes.Within():
            return _within(node, at)
        case nodes.Demographic():
            return every(demographic(node, at))
        case nodes.Attest(words=words):
            return settled(unknown("pending_answer", words, "the site confirms this"), at, words)
        case nodes.Judgement(words=words):
            return settled(unknown("judgement", words, "an investigator judges this"), at, words)
        case nodes.Residue(words=words):
            return settled(unknown("residue", words, "these words were not understood"), at, words)
        case _:
            assert_never(node)


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """Conjunction; a false part is the whole reason where there is one."""
    parts = tuple(verdicts)
    truth = all_of(part.truth for part in parts)
    return _joined(truth, parts, alone=Truth.FALSE)


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """Disjunction; a true part is the whole reason where there is one."""
    parts = tuple(verdicts)
    truth = any_of(part.truth for part in parts)
    return _joined(truth, parts, alone=Truth.TRUE)


def opposite(verdict: Verdict) -> Verdict:
    """Negation, on the same evidence."""
    return Verdict(~verdict.truth, verdict.unknown, verdict.evidence)


def _joined(truth: Truth, parts: tuple[Verdict, ...], alone: Truth | None = None) -> Verdict:
    """Join evidence; where one value decides alone, only the parts that have it are a reason."""
    reasons = tuple(p for p in parts if p.truth is truth) if truth is alone else parts
    evidence = tuple(dict.fromkeys(piece for part in reasons for piece in part.evidence))
    return Verdict(truth, _kind(parts) if truth is Truth.UNKNOWN else None, evidence)


def _kind(parts: tuple[Verdict, ...]) -> UnknownKind | None:
    """Return the kind that a measurement or a record settles first, where there are several."""
    kinds = {part.unknown for part in parts}
    return next((kind for kind in UNKNOWN_KINDS if kind in kinds), None)


def _at_least(n: int, parts: tuple[Verdict, ...]) -> Verdict:
    return _joined(at_least(n, (part.truth for part in parts)), parts)


def _if_then(node: nodes.IfThen, at: Setting) -> Verdict:
    """Follow the branch that applies; an unknown condition matters only if the branches differ.

    An answer is about the whole criterion, so it never picks the branch: where the condition is
    unknown, it settles what at least one branch allows.
    """
    when = evaluate(node.when, replace(at.negated(), answer=None))
    then = evaluate(node.then, at)
    nothing = Verdict(Truth.TRUE, None, ())
    otherwise = evaluate(node.otherwise, at) if node.otherwise else nothing
    if when.truth is Truth.TRUE:
        return _joined(then.truth, (when, then))
    if when.truth is Truth.FALSE:
        return _joined(otherwise.truth, (when, otherwise))
    parts = (then, otherwise, when)
    if then.truth is otherwise.truth:
        return _joined(then.truth, parts)
    undecided = _joined(Truth.UNKNOWN, parts)
    allowed = settled(undecided, at, "which part of the criterion applies")
    return allowed if allowed.truth in (then.truth, otherwise.truth) else undecided


def _except(node: nodes.Except, at: Setting) -> Verdict:
    """The base by what is no exception; nothing that clears the person; nothing left unsure."""
    found = exceptions(node, at.terms)
    base = _sparing(node.base, found, at) if found.kinds else evaluate(node.base, at)
    clearing = some(evaluate(part, at.negated()) for part in found.clearing)
    unsure = (_unsure(part, at) for part in found.unsure)
    return every((base, opposite(clearing), *unsure))


def _sparing(base: nodes.Node, found: Exceptions, at: Setting) -> Verdict:
    """Let records count that are no exception; certain where those that may be one change nothing.

    To count fewer records never makes a base truer, so the two bounds hold all that may be.
    """
    most = evaluate(base, at.sparing(found.kinds))
    fewest = evaluate(base, at.sparing(found.possible))
    words = other_than(found.kinds)
    spared = tuple(_spared(found, at))
    if fewest.truth is most.truth:
        beside = () if fewest.truth is Truth.TRUE else spared
        return Verdict(fewest.truth, fewest.unknown, fewest.evidence + beside)
    doubt = unknown("uncoded", words, "whether what is on record is an exception; a person decides")
    either = Verdict(Truth.UNKNOWN, "uncoded", doubt.evidence + most.evidence + spared)
    return settled(either, at, words)


def _spared(found: Exceptions, at: Setting) -> Iterator[Evidence]:
    """Name the records that are an exception."""
    for domain in DOMAINS:
        for fact in at.patient.facts(domain):
            kinds = [each.term for each in found.kinds if each.is_it(domain, fact) is Truth.TRUE]
            if kinds:
                day = str(fact.start) if fact.start else None
                rule = "an exception: it does not count"
                yield Evidence(fact.id, kinds[0].label, fact.words, None, day, rule, Truth.FALSE)


def _unsure(part: nodes.Node, at: Setting) -> Verdict:
    """Clear where an exception does not hold; where it does, there may be more than that."""
    words = "whether there is more than the exception"
    more = settled(unknown("judgement", words, "an investigator judges this"), at, words)
    return some((opposite(evaluate(part, at.negated())), more))


def _within(node: nodes.Within, at: Setting) -> Verdict:
    day = at.policy.anchor(node.anchor, at.on)
    if day is None:
        words = f"within {node.last or 'some time'} before {node.anchor}"
        missing = unknown("pending_answer", words, f"the day of {node.anchor} is not known")
        return settled(missing, at, words)
    if node.half_lives is None:
        return evaluate(node.of, at.within(Window.stated(node.last, node.gap, day)))
    parts = spread(node)
    return evaluate(parts, at) if parts else _longer(node, day, at)


def spread(node: nodes.Within) -> nodes.Node | None:
    """Return a time in half-lives moved to each part, as each drug has its own; None for one part.

    Only of a single part is it certain that a reach between two has no verdict of its own.
    """

    def each(parts: Iterable[nodes.Node]) -> tuple[nodes.Node, ...]:
        return tuple(replace(node, of=part) for part in parts)

    match node.of:
        case nodes.All(of) | nodes.Any(of):
            return type(node.of)(each(of))
        case nodes.AtLeast(n, of):
            return nodes.AtLeast(n, each(of))
        case nodes.Not(of):
            return nodes.Not(*each((of,)))
        case nodes.Except(base, but):
            (kept,) = each((base,))
            return nodes.Except(kept, each(but))
        case nodes.IfThen(when, then, otherwise):
            return nodes.IfThen(*each(p for p in (when, then, otherwise) if p is not None))
        case nodes.Within(half_lives=None) as inner:
            return replace(inner, of=replace(node, of=inner.of))
        case _:
            return None


def _longer(node: nodes.Within, day: date, at: Setting) -> Verdict:
    """Reach back by half-lives that no record states: certain where every reach says the same."""
    most = Window.stated(None, node.gap, day)
    least = Window.stated(node.last, node.gap, day) if node.last else Window(most.last, most.last)
    near, far = evaluate(node.of, at.within(least)), evaluate(node.of, at.within(most))
    if near.truth is far.truth:
        return near
    words = f"{node.half_lives} half-lives"
    open_reach = unknown("no_data", words, "the half-life is not on record")
    either = Verdict(Truth.UNKNOWN, "no_data", open_reach.evidence + far.evidence)
    return settled(either, at, words)
