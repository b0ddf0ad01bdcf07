"""A population on DuckDB: verdicts equal to `evaluate`, row by row."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.population_cases import (
    CLOSED,
    ON,
    assert_equal_to_evaluate,
    policies,
    several_expressions,
    several_patients,
)

from trialwright.app.population import in_memory
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.ways import Ways
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.measures import lexicon
from trialwright.screening.compare import converted
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import Measured, Observation, Patient
from trialwright.screening.population.cuts import cuts_at, pieces
from trialwright.screening.population.kinds import reading_of
from trialwright.screening.population.verdicts import verdicts
from trialwright.screening.screen import ALIVE, screen

# Ibis 12 calls functions that DuckDB 2 has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


@settings(max_examples=40, deadline=None)
@given(several_expressions, several_patients, policies)
def test_verdicts_on_duckdb_equal_those_of_evaluate(found, people, policy) -> None:
    assert_equal_to_evaluate(in_memory, found, people, policy)


@settings(max_examples=30, deadline=None)
@given(several_patients)
def test_the_standing_criterion_equals_that_of_screen(people) -> None:
    rows = verdicts(in_memory(people), {}, ON, terms=project_terms()).to_pyarrow().to_pylist()
    codes = {row["person"]: row["alive"] for row in rows}
    for number, patient in enumerate(people):
        standing = [c for c in screen(patient, (), ON, terms=project_terms()).criteria
                    if c.id == ALIVE]  # fmt: skip
        wanted = standing[0].verdict.truth.value if standing else "true"
        assert {0: "false", 8: "true"}.get(codes[number], "unknown") == wanted


@settings(max_examples=150, deadline=None)
@given(
    st.decimals(Decimal("0.001"), 1000, places=3),
    st.sampled_from(
        [
            ("mg/dL", "umol/L"),
            ("umol/L", "mg/dL"),
            ("L/L", "%"),
            ("%", "%"),
            ("g", "mL"),
            ("mmol/mol", "%"),
            ("%", "mmol/mol"),
            ("mEq/L", "mg/dL"),
            ("mg/dL", "mEq/L"),
        ]
    ),
    st.floats(1e-6, 1e6),
)
def test_a_number_stands_on_the_side_of_a_cut_where_its_conversion_puts_it(
    limit, units, value
) -> None:
    recorded, unit = units
    ways = Ways(Decimal("113.12"))
    if "mmol/mol" in units:
        ways = lexicon().measures["hba1c"].ways
    if "mEq/L" in units:
        ways = lexicon().measures["magnesium"].ways
    cuts = cuts_at(limit, unit, recorded, ways)
    try:
        number = converted(Quantity(Decimal(repr(value)), recorded), unit, ways).value
    except InputError:
        assert cuts == ()
        return
    least, more = cuts
    assert (value >= least) == (number >= limit)
    assert (value >= more) == (number > limit)
    on_the_cut = converted(Quantity(Decimal(repr(least)), recorded), unit, ways).value
    assert on_the_cut >= limit


@given(st.lists(st.floats(-1e300, 1e300), max_size=5), st.floats(-1e300, 1e300))
def test_every_number_lies_in_exactly_one_piece(cuts, value) -> None:
    assert sum(low <= value <= high for low, high in pieces(cuts)) == 1


@pytest.mark.parametrize("text", ["0.1", "40", "1E+400", "40.00000000000000000001", "-0"])
def test_a_number_is_kept_exactly_in_the_table_or_in_its_reading(text) -> None:
    value = Measured.of(Quantity(Decimal(text), "%"))
    reading, number = reading_of(Observation("o", (), "", value, None))
    again = reading.observation(number).value
    assert isinstance(again, Measured)
    assert str(again.quantity.value) == str(Decimal(text)) or again.quantity.value == Decimal(text)
    assert again.quantity.value.is_signed() == Decimal(text).is_signed()


def test_an_expression_too_large_for_one_query_is_a_wrong_input() -> None:
    node: nodes.Node = nodes.Residue("r")
    for _ in range(40):
        node = nodes.AtLeast(1, (node, nodes.Attest("a")))
    with pytest.raises(InputError, match="too deeply nested"):
        verdicts(in_memory([Patient("p", "male", None)]), {"E1": node}, ON, CLOSED,
                 terms=project_terms())  # fmt: skip


def test_deeply_nested_exceptions_stay_one_query() -> None:
    node: nodes.Node = nodes.Compare("lvef", "<=", Decimal(40), "%")
    for _ in range(20):
        node = nodes.IfThen(
            node, nodes.Judgement("j"), nodes.Compare("lvef", ">", Decimal(35), "%")
        )
    people = [Patient("p", "male", None), Patient("q", "female", None)]
    assert_equal_to_evaluate(in_memory, [node], people, CLOSED)


def test_nobody_is_no_fault() -> None:
    table = verdicts(in_memory([]), {"c": nodes.Attest("a")}, date(2024, 1, 1),
                     terms=project_terms())  # fmt: skip
    assert table.to_pyarrow().num_rows == 0
