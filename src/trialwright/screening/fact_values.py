"""What an open fact may turn out to be, and so what becomes of each leaf that hangs on it.

A measure stands for one value: limits of 10 and 20 are never met below and above at once. Every
interval between two limits, and every limit itself, is one case.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.age import demographic
from trialwright.screening.bounds import holds
from trialwright.screening.compare import converted
from trialwright.screening.open_facts import ANSWERED, Ask, Open, Value
from trialwright.screening.setting import Setting, back
from trialwright.screening.terms import MeasureTerm

_MOST_CASES = 400  # of one fact: beyond it, its limits are taken one by one
_OLDEST = 125  # years


def values_of(ask: Ask, hanging: Iterable[Open], at: Setting) -> tuple[Value, ...]:
    """Return the cases of a fact, each as the truth of every leaf that hangs on it."""
    parts = tuple(dict.fromkeys((leaf.key, leaf.node) for leaf in hanging if leaf.ask == ask))
    match ask.kind:
        case "answer":
            return ({ANSWERED: Truth.TRUE}, {ANSWERED: Truth.FALSE})
        case "record":
            return ({True: Truth.TRUE}, {True: Truth.FALSE})
        case "class":
            return _unique(_classes(parts, at.terms.scales[ask.about].classes))
        case "measure":
            compares = [(key, n) for key, n in parts if isinstance(n, nodes.Compare)]
            return _measured(compares, at.terms.measures[ask.about])
        case "person":
            asked = [n for _, n in parts if isinstance(n, nodes.Demographic)]
            people = _births(asked, at) if ask.about == "birth" else _sexes(at)
            return _unique({n: demographic(n, each)[0].truth for n in asked} for each in people)


def _unique(cases: Iterable[Value]) -> tuple[Value, ...]:
    return tuple({tuple(case.items()): case for case in cases}.values())


def _classes(parts: Iterable[tuple[object, nodes.Node]], classes: Iterable[str]) -> Iterator[Value]:
    asked = [(key, n) for key, n in parts if isinstance(n, nodes.Ordinal)]
    for name in classes:
        yield {key: Truth.of(name in n.classes) for key, n in asked}


def _measured(compares: list[tuple[object, nodes.Compare]], term: MeasureTerm) -> tuple[Value, ...]:
    """Return the cases of a number: limits in its unit, in multiples of normal, or alone."""
    groups = [
        _cases(((key, n, _limit(n, term)) for key, n in compares), term.plausible),
        _cases(((key, n, n.times_uln) for key, n in compares), None),
        _cases(((key, n, n.times_lln) for key, n in compares), None),
        *(
            ({key: Truth.TRUE}, {key: Truth.FALSE})
            for key, n in compares
            if n.value is not None and _limit(n, term) is None
        ),
    ]
    sizes = 1
    for group in groups:
        sizes *= max(1, len(group))
    if sizes > _MOST_CASES:  # what one case says of the others is lost, and none is missed
        groups = [_extremes(group) for group in groups]
    return tuple(_joined(each) for each in product(*(g for g in groups if g)))


def _extremes(group: tuple[Value, ...]) -> tuple[Value, ...]:
    return (group[0], group[-1]) if len(group) > 2 else group


def _joined(parts: Iterable[Value]) -> Value:
    return {key: truth for part in parts for key, truth in part.items()}


def _limit(node: nodes.Compare, term: MeasureTerm) -> Decimal | None:
    """Return a limit in the measure's own unit; None where it has none, or does not convert."""
    if node.value is None:
        return None
    limit = Quantity(node.value, node.unit or term.unit)
    try:
        return converted(limit, term.unit, term.ways).value
    except InputError:
        return None


def _cases(
    limits: Iterable[tuple[object, nodes.Compare, Decimal | None]],
    plausible: tuple[Decimal, Decimal] | None,
) -> tuple[Value, ...]:
    known = [(key, node, limit) for key, node, limit in limits if limit is not None]
    if not known:
        return ()
    points = _points(sorted({limit for _, _, limit in known}))
    if plausible is not None:
        least, most = plausible
        points = [point for point in points if least <= point <= most] or points
    return _unique(
        {key: holds(node.op, point, None, limit) for key, node, limit in known} for point in points
    )


def _points(limits: list[Decimal]) -> list[Decimal]:
    """Return every limit, and a number in each gap between, below and above them."""
    between = [(one + other) / 2 for one, other in pairwise(limits)]
    below = limits[0] / 2 if limits[0] > 0 else limits[0] - 1
    return sorted([below, *limits, *between, limits[-1] + abs(limits[-1]) / 100 + 1])


def _sexes(at: Setting) -> Iterator[Setting]:
    yield replace(at, patient=replace(at.patient, sex="male"))
    yield replace(at, patient=replace(at.patient, sex="female"))


def _births(asked: Iterable[nodes.Demographic], at: Setting) -> Iterator[Setting]:
    """Yield the patient with every birth date that may tell the ages apart."""
    recorded = at.patient.birth
    first = recorded.earliest() if recorded else back(Duration(_OLDEST * 12), at.on)
    last = min(recorded.latest(), at.on) if recorded else at.on
    days = {first, last}
    for node in asked:
        for age in (node.age_min, node.age_max):
            if age is not None:
                beyond = Duration(age.months + 12, age.days)
                turns = (back(age, at.on), back(beyond, at.on))
                days |= {each for turn in turns for each in _around(turn)}
    for day in sorted(days):
        if first <= day <= last:
            yield replace(at, patient=replace(at.patient, birth=PartialDate.of(day)))


def _around(day: date) -> Iterator[date]:
    for step in (-2, -1, 0, 1, 2):
        if 1 <= day.toordinal() + step <= date.max.toordinal():
            yield day + timedelta(days=step)
