"""A funnel from files and one from a database: equal numbers; and tables there and back."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.population_cases import ON, expressions, policies, several_patients

from trialwright.app.population import connected, in_memory, packed
from trialwright.protocol.criteria import nodes
from trialwright.screening.attrition import Question, of_patients, of_tables
from trialwright.screening.lexicon import project_terms
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
