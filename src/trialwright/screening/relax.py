"""Limits of criteria that could be moved, and each criterion with one of them moved.

A limit is relaxed in the direction that lets more people in: upwards for an inclusion `<= 40`,
downwards for an exclusion `< 25`; a negation turns it round.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal

from trialwright.core.dates import Duration
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.protocol.criteria import nodes
from trialwright.screening.compare import converted
from trialwright.screening.terms import MeasureTerm, Terms

End = Literal["age_min", "age_max"]
AGES: tuple[End, End] = ("age_min", "age_max")
_PLACES = Decimal("0.0001")
_ROUNDED = Decimal("0.01")  # of a month: 0.0833 years are one
STEPS = 8  # so many observed steps at most, evenly by rank
_Rebuild = Callable[[nodes.Node], nodes.Node]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit inside a criterion; `upwards` says where relaxing moves it."""

    criterion: str
    name: str  # a measure, age_min or age_max
    node: nodes.Compare | nodes.Demographic
    upwards: bool
    moved: Callable[[Decimal], nodes.Node]  # the whole expression with this limit moved

    @property
    def value(self) -> Decimal:
        """The limit as it stands, ages in years."""
        match self.node:
            case nodes.Compare():
                node = self.node
                given = (node.value, node.times_uln, node.times_lln, node.percent_predicted)
                return next(each for each in given if each is not None)
            case nodes.Demographic():
                age = self.node.age_min if self.name == "age_min" else self.node.age_max
                return in_years(age) if age else Decimal(0)

    @property
    def unit(self) -> str:
        """The limit's unit in words."""
        if isinstance(self.node, nodes.Demographic):
            return "years"
        if self.node.times_uln is not None:
            return "x ULN"
        return "x LLN" if self.node.times_lln is not None else self.node.unit or ""


@dataclass(frozen=True, slots=True)
class Moved:
    """One limit moved to one value: the name of its expression, and the expression."""

    key: str
    limit: Limit
    to: Decimal
    expr: nodes.Node


def limits(criteria: Iterable[nodes.Criterion]) -> tuple[Limit, ...]:
    """Return every limit that can be moved, in the protocol's order."""
    return tuple(
        limit for criterion in criteria
        for limit in _limits(criterion.id, criterion.expr, criterion.section == "inclusion",
                             lambda node: node)
    )  # fmt: skip


def given_moves(texts: Iterable[str], known: Sequence[Limit]) -> tuple[tuple[Limit, Decimal], ...]:
    """Read `lvef=45` or `I4:lvef=45`; InputError for a name that is none of the limits, or two."""
    return tuple(_given(text, known) for text in texts)


def moves(pairs: Iterable[tuple[Limit, Decimal]]) -> tuple[Moved, ...]:
    """Return the moved expressions."""
    return tuple(
        Moved(f"moved_{n}", limit, to, limit.moved(to)) for n, (limit, to) in enumerate(pairs)
    )


def steps(limit: Limit, observed: Iterable[Decimal], most: int = STEPS) -> tuple[Decimal, ...]:
    """Return the observed values beyond a limit, nearest first; evenly by rank where many."""
    beyond = {v for v in observed if (v > limit.value if limit.upwards else v < limit.value)}
    ordered = sorted(beyond, reverse=not limit.upwards)
    if len(ordered) <= most:
        return tuple(ordered)
    return tuple(ordered[(k + 1) * len(ordered) // most - 1] for k in range(most))


def observed_in(limit: Limit, values: Iterable[Quantity], terms: Terms) -> Iterator[Decimal]:
    """Yield recorded values of a limit's measure in its unit; what does not convert is left out."""
    node = limit.node
    if not isinstance(node, nodes.Compare) or node.value is None:
        return
    term: MeasureTerm = terms.measures[node.measure or ""]
    for quantity in values:
        try:
            yield converted(quantity, node.unit or term.unit, term.ways).value
        except InputError:
            continue


def _limits(criterion: str, node: nodes.Node, lets_in: bool, put: _Rebuild) -> Iterator[Limit]:
    match node:
        case nodes.All(of) | nodes.Any(of):
            kind = type(node)
            yield from _parts(criterion, of, lets_in, lambda parts: put(kind(parts)))
        case nodes.AtLeast(n, of):
            yield from _parts(criterion, of, lets_in, lambda parts: put(nodes.AtLeast(n, parts)))
        case nodes.Not(of):
            yield from _limits(criterion, of, not lets_in, lambda new: put(nodes.Not(new)))
        case nodes.Except(base, but):
            yield from _limits(criterion, base, lets_in, lambda new: put(nodes.Except(new, but)))
            yield from _parts(criterion, but, not lets_in, lambda new: put(nodes.Except(base, new)))
        case nodes.IfThen():
            yield from _branches(criterion, node, lets_in, put)
        case nodes.Within():
            yield from _limits(criterion, node.of, lets_in, lambda new: put(replace(node, of=new)))
        case nodes.Compare(measure=str(), unit_fault=None, percent_predicted=None, op=op):
            if op != "=":
                yield _of_measure(criterion, node, (op in ("<", "<=")) == lets_in, put)
        case nodes.Demographic():
            yield from (_of_age(criterion, node, end, lets_in, put) for end in AGES
                        if getattr(node, end) is not None)  # fmt: skip
        case _:
            return


def _branches(criterion: str, node: nodes.IfThen, lets_in: bool, put: _Rebuild) -> Iterator[Limit]:
    yield from _limits(criterion, node.when, not lets_in, lambda new: put(replace(node, when=new)))
    yield from _limits(criterion, node.then, lets_in, lambda new: put(replace(node, then=new)))
    if node.otherwise:
        yield from _limits(
            criterion, node.otherwise, lets_in, lambda new: put(replace(node, otherwise=new))
        )


def _parts(
    criterion: str, of: tuple[nodes.Node, ...], lets_in: bool,
    put: Callable[[tuple[nodes.Node, ...]], nodes.Node],
) -> Iterator[Limit]:  # fmt: skip
    for place, part in enumerate(of):

        def within(new: nodes.Node, place: int = place) -> nodes.Node:
            return put((*of[:place], new, *of[place + 1 :]))

        yield from _limits(criterion, part, lets_in, within)


def _of_measure(criterion: str, node: nodes.Compare, upwards: bool, put: _Rebuild) -> Limit:
    given = ("value", "times_uln", "times_lln")
    name = next(each for each in given if getattr(node, each) is not None)

    def moved(to: Decimal) -> nodes.Node:
        return put(replace(node, **{name: to}))  # type: ignore[arg-type]

    return Limit(criterion, node.measure or "", node, upwards, moved)


def _of_age(
    criterion: str, node: nodes.Demographic, end: End, lets_in: bool, put: _Rebuild
) -> Limit:
    def moved(to: Decimal) -> nodes.Node:
        age = Duration(months=round(to * 12))
        return put(replace(node, age_min=age) if end == "age_min" else replace(node, age_max=age))

    return Limit(criterion, end, node, (end == "age_max") == lets_in, moved)


def _given(text: str, known: Sequence[Limit]) -> tuple[Limit, Decimal]:
    where = f"--relax {text[:60]}"
    name, _, value = text.partition("=")
    criterion, _, measure = name.rpartition(":")
    named = [each for each in known if each.name == measure]
    found = [each for each in named if criterion in ("", each.criterion)]
    if not found:
        names = ", ".join(dict.fromkeys(f"{each.criterion}:{each.name}" for each in known))
        raise InputError(where, "no such limit", f"name=value with one of {names or 'no limits'}")
    if len(found) > 1:
        names = ", ".join(f"{each.criterion}:{each.name}" for each in found)
        raise InputError(where, "more than one limit", f"one of {names}")
    try:
        to = Decimal(value)
    except InvalidOperation:
        to = Decimal("NaN")
    if not to.is_finite() or not 0 <= to < 10**12 or to.adjusted() < -12:
        raise InputError(where, repr(value), "a number from 0 on")
    if found[0].name in AGES:
        return found[0], _age(value, to, where)
    return found[0], to


def _age(value: str, to: Decimal, where: str) -> Decimal:
    """Return an age in years that is a whole number of months: 17.5, or 6 months as 0.5."""
    months = to * 12
    if to > 200 or abs(months - round(months)) > _ROUNDED:
        wanted = "an age in years, at most 200: whole months, for example 17.5"
        raise InputError(where, repr(value), wanted)
    return in_years(Duration(months=round(months)))


def in_years(age: Duration) -> Decimal:
    """Return an age in years; what is not a whole year, to four places, days by their number."""
    years = Decimal(age.months) / 12 + Decimal(age.days) / Decimal("365.25")
    return years if years == years.to_integral_value() else years.quantize(_PLACES).normalize()
