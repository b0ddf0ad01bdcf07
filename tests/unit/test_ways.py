"""Units that convert for one measure alone: other standards of an assay, valences, degrees."""

from decimal import Decimal

import pytest

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity, UnitMismatch
from trialwright.core.truth import Truth
from trialwright.core.ways import Ways
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.measures import lexicon
from trialwright.screening.compare import judged
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import Code, Measured, Observation, Verdict


def converted(measure: str, value: str, unit: str, wanted: str) -> Decimal:
    return lexicon().measures[measure].ways.convert(Quantity(Decimal(value), unit), wanted).value


@pytest.mark.parametrize(
    ("measure", "value", "unit", "wanted", "found"),
    [
        ("hba1c", "86", "mmol/mol", "%", "10.01928"),
        ("hba1c", "48", "mmol/mol", "%", "6.54304"),
        ("hba1c", "86", "mmol/mol{Hb}", "%", "10.01928"),
        ("hba1c", "7", "%", "mmol/mol", "53.01"),
        ("hba1c", "7", "%", "%", "7"),
        ("potassium", "5.1", "mEq/L", "mmol/L", "5.1"),
        ("sodium", "140", "mmol/L", "meq/L", "140"),
        ("chloride", "101", "mEq/L", "mmol/L", "101"),
        ("bicarbonate", "24", "meq/L", "mmol/L", "24"),
        ("calcium", "5", "mEq/L", "mmol/L", "2.5"),
        ("calcium", "2.5", "mmol/L", "mEq/L", "5"),
        ("calcium", "5", "mEq/L", "mg/dL", "10.0195"),
        ("magnesium", "2", "mEq/L", "mg/dL", "2.4305"),
        ("urea_nitrogen", "28.014", "mg/dL", "mmol/L", "10"),
        ("temperature", "98.6", "[degF]", "Cel", "37"),
        ("temperature", "100.4", "degF", "Cel", "38"),
        ("temperature", "38", "Cel", "[degF]", "100.4"),
        ("temperature", "38", "degC", "Cel", "38"),
        ("creatinine", "1", "mg/dL", "mg/L", "10"),
    ],
)
def test_a_measure_converts_by_what_its_data_states(measure, value, unit, wanted, found) -> None:
    assert converted(measure, value, unit, wanted) == Decimal(found)


def test_urea_nitrogen_has_the_printed_factor() -> None:
    assert round(converted("urea_nitrogen", "1", "mg/dL", "mmol/L"), 3) == Decimal("0.357")


@pytest.mark.parametrize(
    ("measure", "unit", "wanted"),
    [
        ("hba1c", "mmol/mol", "1"),  # a ratio of what: IFCC or NGSP?
        ("hba1c", "umol/mol", "%"),
        ("albumin", "mEq/L", "g/dL"),
        ("temperature", "K", "Cel"),
        ("sodium", "mEq/L", "mg"),
    ],
)
def test_what_no_data_states_does_not_convert(measure: str, unit: str, wanted: str) -> None:
    with pytest.raises(InputError):
        converted(measure, "1", unit, wanted)


def test_only_an_equation_converts_where_there_is_one() -> None:
    assert Ways().convert(Quantity(Decimal(86), "mmol/mol"), "%").value == Decimal("8.6")
    with pytest.raises(UnitMismatch):
        converted("hba1c", "86", "mol/mol", "%")


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_no_number_is_an_input_error(value: str) -> None:
    with pytest.raises(InputError):
        converted("hba1c", value, "mmol/mol", "%")


@pytest.mark.parametrize("name", sorted(n for n, m in lexicon().measures.items() if m.equations))
def test_equations_lead_there_and_back(name: str) -> None:
    measure = lexicon().measures[name]
    for each in measure.ways.equations:
        assert each.times > 0  # a greater number stays the greater one
        middle = sum(measure.plausible) / 2
        there = measure.ways.convert(Quantity(middle, measure.unit), each.source)
        back = measure.ways.convert(there, measure.unit).value
        assert abs(back - middle) < Decimal("0.02"), each


def screened(node: nodes.Compare, code: str, value: str, unit: str) -> Verdict:
    quantity = Measured.of(Quantity(Decimal(value), unit))
    lab = Observation("o", (Code("loinc", code),), "", quantity, PartialDate.parse("2024-08-20"))
    return judged(node, project_terms().measures[node.measure or ""], lab)


def test_evidence_shows_the_rule() -> None:
    at_most = nodes.Compare("hba1c", "<=", Decimal(9), "%")
    found = screened(at_most, "4548-4", "86", "mmol/mol")
    assert found.truth is Truth.FALSE
    assert found.evidence[0].conversion == (
        "86 mmol/mol by the NGSP/IFCC master equation, NGSP % = 0.09148 x IFCC + 2.152 = 10.01928 %"
    )
    potassium = nodes.Compare("potassium", "<=", Decimal(5), "mmol/L")
    found = screened(potassium, "2823-3", "5.5", "mEq/L")
    assert found.evidence[0].conversion == "5.5 mEq/L with 1 mEq/mmol = 5.5 mmol/L"
    fever = nodes.Compare("temperature", ">", Decimal("38"), "Cel")
    found = screened(fever, "8310-5", "101.3", "[degF]")
    assert found.evidence[0].conversion == (
        "101.3 [degF] by the rule (degrees F - 32) x 5/9 = 38.5 Cel"
    )
