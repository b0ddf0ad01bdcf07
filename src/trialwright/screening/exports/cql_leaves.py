"""Leaves of criteria in CQL: what each asks of a FHIR R4 record, true, false or null."""

from collections.abc import Iterable
from decimal import Decimal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.screening.codes import TREES
from trialwright.screening.exports.cql_text import decimal, string, strings
from trialwright.screening.exports.ledger import Unsaid
from trialwright.screening.exports.systems import ADDRESSES, by_system
from trialwright.screening.exports.units import unit_of
from trialwright.screening.model import Code
from trialwright.screening.terms import ConceptTerm, MeasureTerm, ScaleTerm, Terms

NULL = "(null as Boolean)"
ALL_DAYS = '"All days"'
_SEVERITIES: dict[nodes.Severity, str] = {
    "mild": "255604002", "moderate": "6736007", "severe": "24484000",
}  # fmt: skip
_SNOMED = "http://snomed.info/sct"


def leaf(node: nodes.Node, span: str, terms: Terms) -> str:
    """Return a leaf as an expression on the days of `span`; raise Unsaid where there is none."""
    match node:
        case nodes.Demographic():
            return _demographic(node)
        case nodes.Compare():
            return _compare(node, span, terms)
        case nodes.Ordinal():
            return _ordinal(node, span, terms)
        case nodes.Has():
            return _has(node, span, terms)
        case _:
            raise Unsaid("CQL has no such expression")


# --- the person ----------------------------------------------------------------------------------


def _demographic(node: nodes.Demographic) -> str:
    said = []
    if node.age_min is not None:
        said.append(_age(node.age_min, ">="))
    if node.age_max is not None:
        said.append(_age(node.age_max, "<="))
    if node.sex is not None:
        other = {"female": "male", "male": "female"}[node.sex]
        cases = f"when {string(node.sex)} then true when {string(other)} then false"
        said.append(f"case Patient.gender.value {cases} else null end")
    return " and ".join(f"({each})" for each in said) or "true"


def _age(limit: Duration, sign: str) -> str:
    if limit.months and limit.days:
        raise Unsaid("an age in months and days at once")
    if limit.days:
        return f'AgeInDaysAt("Day") {sign} {limit.days}'
    if limit.months % 12:
        return f'AgeInMonthsAt("Day") {sign} {limit.months}'
    return f'AgeInYearsAt("Day") {sign} {limit.months // 12}'


# --- measures and scales -------------------------------------------------------------------------


def _compare(node: nodes.Compare, span: str, terms: Terms) -> str:
    term = terms.measures.get(node.measure or "")
    if term is None or not term.codes:
        raise Unsaid("no code of this measure is known")
    limit = _limit(node, term)
    return _agreed(term, span, f'"Amount"(V.value as FHIR.Quantity) {node.op} {limit}')


def _limit(node: nodes.Compare, term: MeasureTerm) -> str:
    for times, end in ((node.times_uln, "high"), (node.times_lln, "low")):
        if times is not None:
            return f'{_number(times)} * "Amount"(First(V.referenceRange).{end})'
    if node.value is None:
        raise Unsaid("no limit is stated")
    return f"{_number(node.value)} {string(unit_of(node, term))}"


def _number(value: Decimal) -> str:
    written = decimal(value)
    if written is None:
        raise Unsaid(f"the number {value} is none that CQL holds")
    return written


def _agreed(term: MeasureTerm | ScaleTerm, span: str, said: str) -> str:
    """Return what all values of the latest day say, null where they do not agree."""
    asked = " or ".join(
        f'"Coded"(O.code, {strings(ADDRESSES[system])}, {strings(codes)})'
        for system, codes in by_system(term.codes)
    )
    latest = f'"Latest"([Observation] O where {asked}, {span})'
    return f'"Agreed"(({latest}) V return all ({said}))'


def _ordinal(node: nodes.Ordinal, span: str, terms: Terms) -> str:
    term = terms.scales.get(node.scale)
    if term is None or not term.codes:
        raise Unsaid("no code of this scale is known")
    answers = {c: each for c, each in term.answers.items() if c.system in ADDRESSES}
    wanted = [code for code, each in answers.items() if each in node.classes]
    others = [code for code, each in answers.items() if each not in node.classes]
    if not wanted:
        raise Unsaid("no code of these classes is known")
    value = "(V.value as FHIR.CodeableConcept)"
    false = f" when {_codes(value, others)} then false" if others else ""
    return _agreed(term, span, f"case when {_codes(value, wanted)} then true{false} else null end")


# --- history -------------------------------------------------------------------------------------


def _has(node: nodes.Has, span: str, terms: Terms) -> str:
    term = terms.concepts.get((node.domain, node.concept or ""))
    if term is None or not len(term.codes):
        raise Unsaid("no code of this is known")
    if node.severity and node.domain != "condition":
        raise Unsaid("FHIR records a severity of conditions only")
    found = " or ".join(_queries(node, term, span))
    return f"(if {found} then true else {NULL})"


def _queries(node: nodes.Has, term: ConceptTerm, span: str) -> list[str]:
    match node.domain:
        case "condition":
            return [_condition(node, term, span)]
        case "drug":
            return [_drug(resource, taken, node, term, span) for resource, taken in _TAKEN]
        case "procedure":
            done = f'"Happened in"("Performed"(R), {span})'
            if span == ALL_DAYS:
                done = f'"Counts on"("Performed"(R), {span})'
            return [f"exists ([Procedure] R where {_of('R.code', term)} and {done} "
                    "and R.status.value = 'completed')"]  # fmt: skip
        case "allergy":
            if span != ALL_DAYS:
                raise Unsaid("an allergy within a time")
            return [f"exists ([AllergyIntolerance] R where {_of('R.code', term)})"]
        case _:
            if span != ALL_DAYS:
                raise Unsaid("FHIR R4's Device does not say when it was implanted")
            return [f"exists ([Device] R where {_of('R.type', term)} "
                    "and R.status.value = 'active')"]  # fmt: skip


def _condition(node: nodes.Has, term: ConceptTerm, span: str) -> str:
    codes = term.codes_for(ever=node.when == "ever" and span == ALL_DAYS)
    said = [f"({_codes('R.code', codes)})", '"Is confirmed"(R)']
    if term.episode and span != ALL_DAYS:
        said.append(f'"Happened in"("Began"(R), {span})')
    elif span != ALL_DAYS or node.when == "ever":
        said.append(f'"Lasted into"(R, {span})')
    else:
        said.append(f'not "Is over"(R) and "Counts on"("Began"(R), {span})')
    if node.severity:
        degrees = [_SEVERITIES[each] for each in node.severity]
        said.append(f'"Coded"(R.severity, {strings([_SNOMED])}, {strings(degrees)})')
    return f"exists ([Condition] R where {' and '.join(f'({each})' for each in said)})"


# resource: when the drug was first ordered or taken. An order that began in the time asked counts;
# one that began earlier may have been over by then.
_TAKEN = (
    ("MedicationRequest", "R.authoredOn.value"),
    (
        "MedicationStatement",
        "Coalesce((R.effective as FHIR.dateTime).value, (R.effective as FHIR.Period).start.value)",
    ),
)


def _drug(resource: str, taken: str, node: nodes.Has, term: ConceptTerm, span: str) -> str:
    coded = _of("(R.medication as FHIR.CodeableConcept)", term)
    if span != ALL_DAYS:
        timely = f'"Happened in"(date from {taken}, {span})'
        valid = "R.status.value in {'active', 'completed', 'stopped'}"
        return f"exists ([{resource}] R where {coded} and {timely} and {valid})"
    current = "" if node.when == "ever" else " and R.status.value = 'active'"
    timely = f'"Counts on"(date from {taken}, {span})'
    return f"exists ([{resource}] R where {coded} and {timely}{current})"


def _of(concept: str, term: ConceptTerm) -> str:
    return f"({_codes(concept, term.codes.codes)})"


def _codes(concept: str, codes: Iterable[Code]) -> str:
    said = []
    for system, listed in by_system(codes):
        test = "Below" if system in TREES else "Coded"
        starts = _dotted(listed) if system == "icd10" else listed
        said.append(f'"{test}"({concept}, {strings(ADDRESSES[system])}, {strings(starts)})')
    if not said:
        raise Unsaid("none of its codes is of a system that FHIR names")
    return " or ".join(said)


def _dotted(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Write ICD-10 codes with their dot, and without it: records do both."""
    both = [spelling for code in codes for spelling in (code, _with_dot(code))]
    return tuple(dict.fromkeys(both))


def _with_dot(code: str) -> str:
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code
