"""Leaves of criteria as Circe's criteria: occurrences, measurements with a number, demographics."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.screening.exports.circe_sets import ConceptSets
from trialwright.screening.exports.ledger import Unsaid
from trialwright.screening.exports.units import unit_of
from trialwright.screening.model import Code
from trialwright.screening.terms import ConceptTerm, MeasureTerm, Terms

_Json = dict[str, object]

ALL_TIME: _Json = {"Start": {"Coeff": -1}, "End": {"Days": 0, "Coeff": 1}, "UseEventEnd": False}
_OPS: dict[nodes.Operator, str] = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq"}
_TABLES = {
    "condition": "ConditionOccurrence", "drug": "DrugExposure",
    "procedure": "ProcedureOccurrence", "device": "DeviceExposure",
}  # fmt: skip
_SOURCE = {
    "condition": "ConditionSourceConcept", "drug": "DrugSourceConcept",
    "procedure": "ProcedureSourceConcept", "device": "DeviceSourceConcept",
}  # fmt: skip
_BY_DOMAIN = {
    "Condition": "ConditionOccurrence", "Drug": "DrugExposure", "Procedure": "ProcedureOccurrence",
    "Device": "DeviceExposure", "Observation": "Observation",
}  # fmt: skip
_GENDERS = {"male": (8507, "MALE", "M"), "female": (8532, "FEMALE", "F")}  # OMOP's own
_MOST_MONTHS = 1200
_EXACT = 15  # significant digits that a JSON number holds


@dataclass(frozen=True, slots=True)
class Asked:
    """Criteria and demographics of one leaf: any of them, or all."""

    kind: str
    criteria: list[_Json]
    demographic: list[_Json]


def leaf(node: nodes.Node, span: _Json, terms: Terms, sets: ConceptSets) -> Asked:
    """Return a leaf; raise Unsaid where Circe has nothing for it."""
    match node:
        case nodes.Demographic():
            return Asked("ALL", [], _demographic(node))
        case nodes.Compare():
            return Asked("ALL", [_compare(node, span, terms, sets)], [])
        case nodes.Has():
            return Asked("ANY", _has(node, span, terms, sets), [])
        case nodes.Ordinal():
            raise Unsaid("the answers of this scale have no OMOP concept here")
        case _:
            raise Unsaid("Circe has no such criterion")


def window(last: Duration | None, gap: Duration | None) -> _Json:
    """Return the days before the index that a time reaches over; raise Unsaid where it cannot."""
    start: _Json = {"Coeff": -1} if last is None else {"Days": _most_days(last), "Coeff": -1}
    end: _Json = {"Days": 0, "Coeff": 1}
    if gap is not None:
        end = {"Days": _least_days(gap), "Coeff": -1}
    return {"Start": start, "End": end, "UseEventEnd": False}


def _most_days(span: Duration) -> int:
    return max(_days(span))


def _least_days(span: Duration) -> int:
    return min(_days(span))


def _days(span: Duration) -> list[int]:
    """Return how many days a calendar time has, back from each month's ends over a leap cycle."""
    if span.months > _MOST_MONTHS:
        raise Unsaid("more than a hundred years")
    days = [date(y, m, d) for y in range(2021, 2026) for m in range(1, 13) for d in (1, 15, 28)]
    ends = [date(2021, 1, 31), date(2023, 3, 31), date(2024, 3, 31), date(2024, 12, 31)]
    whole = Duration(months=span.months)
    return [(day - whole.before(day)).days + span.days for day in (*days, *ends)]


# --- demographics --------------------------------------------------------------------------------


def _demographic(node: nodes.Demographic) -> list[_Json]:
    said: _Json = {}
    if ages := _ages(node):
        said["Age"] = ages
    if node.sex:
        number, name, code = _GENDERS[node.sex]
        said["Gender"] = [
            {"CONCEPT_ID": number, "CONCEPT_NAME": name, "CONCEPT_CODE": code,
             "DOMAIN_ID": "Gender", "VOCABULARY_ID": "Gender"}
        ]  # fmt: skip
    return [said] if said else []


def _ages(node: nodes.Demographic) -> _Json:
    low, high = _years(node.age_min), _years(node.age_max)
    match low, high:
        case int(), int():
            return {"Value": low, "Extent": high, "Op": "bt"}
        case int(), None:
            return {"Value": low, "Op": "gte"}
        case None, int():
            return {"Value": high, "Op": "lte"}
        case _:
            return {}


def _years(age: Duration | None) -> int | None:
    if age is None:
        return None
    if age.days or age.months % 12:
        raise Unsaid("Circe counts ages in whole years")
    return age.months // 12


# --- measures and history ------------------------------------------------------------------------


def _compare(node: nodes.Compare, span: _Json, terms: Terms, sets: ConceptSets) -> _Json:
    term = terms.measures.get(node.measure or "")
    codeset = _measure_set(term, sets) if term else None
    if term is None or codeset is None:
        raise Unsaid("no code of this measure is known")
    op = _OPS[node.op]
    body: _Json = {"CodesetId": codeset, "MeasurementTypeExclude": False}
    if node.times_uln is not None:
        body["RangeHighRatio"] = {"Value": _number(node.times_uln), "Op": op}
    elif node.times_lln is not None:
        body["RangeLowRatio"] = {"Value": _number(node.times_lln), "Op": op}
    elif node.value is not None:
        unit = unit_of(node, term)
        body["ValueAsNumber"] = {"Value": _number(node.value), "Op": op}
        body["Unit"] = [sets.unit(unit)]
    else:
        raise Unsaid("no limit is stated")
    return _occurs({"Measurement": body}, span)


def _measure_set(term: MeasureTerm, sets: ConceptSets) -> int | None:
    if sets.concepts is None:
        return sets.of(term.label, term.codes, "measure")
    return dict(sets.by_domain(term.label, term.codes)).get("Measurement")


def _number(value: Decimal) -> int | float:
    if not value.is_finite() or len(value.as_tuple().digits) > _EXACT or abs(value) > 10**_EXACT:
        raise Unsaid(f"the number {value} is none that JSON holds")
    return int(value) if value == value.to_integral_value() else float(value)


def _has(node: nodes.Has, span: _Json, terms: Terms, sets: ConceptSets) -> list[_Json]:
    term = terms.concepts.get((node.domain, node.concept or ""))
    if term is None or not len(term.codes):
        raise Unsaid("no code of this is known")
    if node.severity:
        raise Unsaid("OMOP records no severity")
    if node.domain not in _TABLES:
        raise Unsaid("OMOP has no table of allergies")
    said = _placed(term, node, span, sets) if sets.concepts else _unplaced(term, node, span, sets)
    if not said:
        raise Unsaid("none of its codes is of a vocabulary that OMOP holds")
    return said


def _coded(term: ConceptTerm, node: nodes.Has, span: _Json) -> frozenset[Code]:
    return term.codes_for(ever=node.when == "ever" and span is ALL_TIME)


def _placed(term: ConceptTerm, node: nodes.Has, span: _Json, sets: ConceptSets) -> list[_Json]:
    """Ask each table in which a release puts the concepts of these codes."""
    return [
        _occurs({_BY_DOMAIN[domain]: {"CodesetId": codeset}}, span)
        for domain, codeset in sets.by_domain(term.label, _coded(term, node, span))
        if domain in _BY_DOMAIN  # that something was measured does not mean that it was found
    ]


def _unplaced(term: ConceptTerm, node: nodes.Has, span: _Json, sets: ConceptSets) -> list[_Json]:
    """Ask the table of the domain, by standard codes and by those of the source."""
    table = _TABLES[node.domain]
    standard, source = _split(_coded(term, node, span))
    said = []
    for field, codes, label in (
        ("CodesetId", standard, term.label),
        (_SOURCE[node.domain], source, f"{term.label} (source codes)"),
    ):
        codeset = sets.of(label, codes, node.domain)
        if codeset is not None:
            said.append(_occurs({table: {field: codeset}}, span))
    return said


def _split(codes: Iterable[Code]) -> tuple[list[Code], list[Code]]:
    """Part codes that are OMOP's standard, or lead to them, from those of the source."""
    listed = list(codes)
    return (
        [code for code in listed if code.system != "icd10"],
        [code for code in listed if code.system == "icd10"],
    )


def _occurs(criteria: _Json, span: _Json) -> _Json:
    return {"Criteria": criteria, "StartWindow": span, "Occurrence": {"Type": 2, "Count": 1}}
