"""A funnel from files and one from a database: equal numbers; and tables there and back."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.population_cases import ON, expressions, policies, several_patients
from tests.warehouse_files import as_files

from trialwright.app.people import warehouse
from trialwright.app.population import connected, in_memory, packed
from trialwright.core.errors import InputError
from trialwright.protocol.criteria import nodes
from trialwright.screening.attrition import Question, of_patients, of_tables
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import DOMAINS, Patient
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.policy import ClosedWorld, Policy
from trialwright.screening.population.ungather import patients as again

# Ibis 12 calls functions that DuckDB 2 has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


@settings(max_examples=25, deadline=None)
@given(st.lists(expressions, min_size=2, max_size=6), several_patients, policies)
def test_a_database_and_files_give_equal_funnels_and_gains(found, people, policy) -> None:
    criteria = tuple(
        nodes.Criterion(f"C{n}", ("inclusion", "exclusion")[n % 2], "text", (0, 4), expr)
        for n, expr in enumerate(found)
    )
    question = Question(criteria, ON, policy, project_terms())
    from_files = of_patients(question, people)
    from_tables = of_tables(question, in_memory(people))
    assert from_tables.funnel == from_files.funnel
    moved = [(g.limit.criterion, g.limit.name, g.to, g.gained) for g in from_files.gains]
    assert [(g.limit.criterion, g.limit.name, g.to, g.gained) for g in from_tables.gains] == moved


@settings(max_examples=25, deadline=None)
@given(several_patients)
def test_patients_survive_the_tables_there_and_back(people) -> None:
    found = again(in_memory(people), range(len(people)))
    for number, patient in enumerate(people):
        assert _plain(found[number]) == _plain(patient)


def _plain(patient):
    """Drop what the tables do not carry: ids of records, and the words of values."""
    changes = {
        name: tuple(replace(fact, id="") for fact in getattr(patient, name))
        for name in ("conditions", "medications", "procedures", "allergies", "devices")
    }
    seen = tuple(
        replace(o, id="", words="", value=_unworded(o.value)) for o in patient.observations
    )
    return replace(patient, observations=seen, **changes)


def _unworded(value):
    return replace(value, recorded="") if hasattr(value, "recorded") else value


def test_packed_files_are_read_as_they_were_written(tmp_path) -> None:
    from tests.agreement.test_screen_soundness import STROKE

    from trialwright.screening.model import ClinicalFact, Patient

    people = [Patient("p", "male", None, conditions=(ClinicalFact("c", (STROKE,), "s", None),))]
    packed(people, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "entries.parquet", "facts.parquet", "observations.parquet", "persons.parquet",
        "readings.parquet",
    ]  # fmt: skip
    assert _plain(again(connected(str(tmp_path)), [0])[0]) == _plain(people[0])


UNTOLD = frozenset({"drug", "procedure", "allergy", "device"})


def test_what_a_warehouse_has_no_table_for_is_still_known_after_packing(tmp_path: Path) -> None:
    folder = as_files(
        {
            "person": [{"person_id": 1, "gender_concept_id": 8507, "year_of_birth": 1950}],
            "condition_occurrence": [
                {"condition_occurrence_id": 1, "person_id": 1, "condition_concept_id": 0,
                 "condition_source_value": "gout", "condition_start_date": ON}
            ],
        },
        tmp_path / "cdm", "csv",
    )  # fmt: skip
    people = read_patients([str(folder)], ON, warehouse)
    packed(people, tmp_path / "tables")
    for tables in (connected(str(tmp_path / "tables")), in_memory(people)):
        assert tables.untold == people[0].untold == UNTOLD
        assert again(tables, [0])[0].untold == UNTOLD
        for domain in DOMAINS:
            _same_counts_or_the_same_refusal(frozenset({domain}), people, tables)


def _same_counts_or_the_same_refusal(domains, people, tables) -> None:
    stroke = nodes.Criterion("I1", "inclusion", "", (0, 0), nodes.Has("drug", "inotropes", "x"))
    question = Question((stroke,), ON, Policy(ClosedWorld(domains)), project_terms())
    if not domains & UNTOLD:
        assert of_tables(question, tables).funnel == of_patients(question, people).funnel
        return
    for count in (lambda: of_tables(question, tables), lambda: of_patients(question, people)):
        with pytest.raises(InputError, match="has no table for"):
            count()


def test_one_source_without_a_table_is_enough(tmp_path: Path) -> None:
    told = Patient("a", "male", None)
    people = [told, replace(told, id="b", untold=frozenset({"device"})), replace(told, id="c")]
    packed(people, tmp_path)
    assert connected(str(tmp_path)).untold == {"device"}


@pytest.mark.parametrize("text", [None, "devices", "device,", "device, drug"])
def test_a_domain_that_is_none_is_one_line(tmp_path: Path, text: str | None) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    packed([Patient("a", "male", None)], tmp_path)
    file = tmp_path / "persons.parquet"
    table = parquet.read_table(file).drop_columns(["untold"])
    parquet.write_table(table.append_column("untold", pa.array([text], pa.string())), file)
    with pytest.raises(InputError, match=re.escape("persons.untold: ")):
        connected(str(tmp_path))
