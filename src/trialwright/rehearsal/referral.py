"""A person as screening sees them: a record with today's values, and the investigator's answers.

Screening itself is the product's own. A criterion on a measure that the population has no numbers
for is met by a made-up value that the criteria accept, so that any protocol can be rehearsed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from trialwright.conduct.events import PatientScreened
from trialwright.core.dates import PartialDate, age_range
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.nodes import Compare, Criterion, Node, Ordinal
from trialwright.protocol.model import Protocol
from trialwright.protocol.service import criteria_of
from trialwright.rehearsal.person import Person, classed, measured
from trialwright.rehearsal.scenario import Scenario
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import (
    Answer,
    Coded,
    Measured,
    Observation,
    Patient,
    PatientScreening,
)
from trialwright.screening.screen import screen
from trialwright.screening.terms import MeasureTerm, ScaleTerm


@dataclass(frozen=True, slots=True)
class Site:
    """What a rehearsed site screens by: the criteria and every measure and scale in them."""

    protocol: Protocol
    criteria: tuple[Criterion, ...]
    compares: Mapping[str, tuple[tuple[Compare, bool], ...]]  # measure: (node, must hold)
    classes: Mapping[str, str]  # scale: a class that the criteria ask for


def site_of(protocol: Protocol) -> Site:
    """Read the protocol's criteria once."""
    criteria = criteria_of(protocol)
    leaves = [leaf for c in criteria for leaf in _leaves(c.expr, c.section == "inclusion")]
    compares: dict[str, tuple[tuple[Compare, bool], ...]] = {}
    classes: dict[str, str] = {}
    for leaf, wanted in leaves:
        if isinstance(leaf, Compare) and leaf.measure:
            compares[leaf.measure] = (*compares.get(leaf.measure, ()), (leaf, wanted))
        elif isinstance(leaf, Ordinal) and wanted:
            classes.setdefault(leaf.scale, leaf.classes[0])
    return Site(protocol, criteria, compares, classes)


def _leaves(node: Node, wanted: bool) -> Iterator[tuple[Node, bool]]:
    """Yield the leaves, each with whether eligibility would have it hold."""
    match node:
        case nodes.All(of=parts) | nodes.Any(of=parts) | nodes.AtLeast(of=parts):
            for part in parts:
                yield from _leaves(part, wanted)
        case nodes.Not(of=part):
            yield from _leaves(part, not wanted)
        case nodes.Within(of=part):
            yield from _leaves(part, wanted)
        case nodes.Except(base=base, but=but):
            yield from _leaves(base, wanted)
            for part in but:
                yield from _leaves(part, not wanted)
        case nodes.IfThen(when=when, then=then, otherwise=otherwise):
            for branch in (when, then, otherwise):
                if branch is not None:
                    yield from _leaves(branch, wanted)
        case _:
            yield node, wanted


def refer(
    site: Site, scenario: Scenario, person: Person, number: str, on: date, investigator: str
) -> tuple[PatientScreened, PatientScreening]:
    """Screen a person on a day, as the site would; the event and the screening behind it."""
    patient = _patient(site, scenario, person, number, on)
    answers = _answers(site, scenario, person.rng, on, investigator)
    result = screen(patient, site.criteria, on, terms=project_terms(), answers=answers)
    # Demographics are read from the birth date by screening; the log keeps the year and the age.
    age = age_range(PartialDate.of(person.born), on)[0]
    event = PatientScreened(
        screening_no=number,
        sex=person.sex,
        birth_year=person.born.year,
        screened_on=on,
        age_years=age,
        eligible=result.eligible,
        deciding=result.deciding or result.would_decide,
        verdicts={c.id: c.verdict.truth.value for c in result.criteria},
        protocol_version=site.protocol.version,
    )
    return event, result


def _patient(site: Site, scenario: Scenario, person: Person, number: str, on: date) -> Patient:
    terms = project_terms()
    measures = [
        _measure(site, scenario, person, term, on)
        for name, term in terms.measures.items()
        if name in site.compares and term.codes
    ]
    scales = [_scale(site, scenario, person, term, on) for term in terms.scales.values()]
    return Patient(
        id=number,
        sex=person.sex,
        birth=PartialDate.of(person.born),
        observations=tuple(o for o in (*measures, *scales) if o is not None),
        simulated=True,
    )


def _measure(
    site: Site, scenario: Scenario, person: Person, term: MeasureTerm, on: date
) -> Observation | None:
    law = scenario.population.measures.get(term.name)
    value = measured(person, scenario, term.name, -1)
    if value is None:
        value = _accepted(site.compares[term.name], term)
    upper = law.upper_normal if law and law.upper_normal else None
    if upper is None and any(node.times_uln is not None for node, _ in site.compares[term.name]):
        upper = float(value * 2)
    return Observation(
        id=f"{term.name}",
        codes=tuple(sorted(term.codes, key=lambda c: c.code))[:1],
        words=term.label,
        value=Measured.of(Quantity(value, term.unit)),
        effective=PartialDate.of(on),
        upper_normal=Quantity(Decimal(str(upper)), term.unit) if upper else None,
    )


def _accepted(compares: tuple[tuple[Compare, bool], ...], term: MeasureTerm) -> Decimal:
    """Return a value that as many comparisons as possible accept; ties to the plausible middle."""
    least, most = term.plausible or (Decimal(1), Decimal(100))
    limits = [node.value for node, _ in compares if node.value is not None]
    near = [limit * factor for limit in limits for factor in (Decimal("0.8"), Decimal("1.2"))]
    candidates = [c for c in ((least + most) / 2, *limits, *near) if least <= c <= most]
    return max(
        candidates or [(least + most) / 2],
        key=lambda c: sum(_holds(node, c) is wanted for node, wanted in compares),
    )


def _holds(node: Compare, value: Decimal) -> bool | None:
    if node.value is None:
        return None
    limit = node.value
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
    }[node.op]


def _scale(
    site: Site, scenario: Scenario, person: Person, term: ScaleTerm, on: date
) -> Observation | None:
    found = classed(person, scenario, term.name, -1) or site.classes.get(term.name)
    if found is None or not term.codes:
        return None
    return Observation(
        id=term.name,
        codes=tuple(sorted(term.codes, key=lambda c: c.code))[:1],
        words=term.label,
        value=Coded((), found),
        effective=PartialDate.of(on),
    )


def _answers(
    site: Site, scenario: Scenario, rng: np.random.Generator, on: date, investigator: str
) -> dict[str, Answer]:
    """Answer every criterion in the patient's favour, but for a few: unknown is not yes."""
    answers = {}
    for criterion in site.criteria:
        fits = bool(rng.random() >= scenario.assumptions.open_answer_fails)
        holds = fits == (criterion.section == "inclusion")
        answers[criterion.id] = Answer(Truth.of(holds), investigator, on.isoformat())
    return answers
