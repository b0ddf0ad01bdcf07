"""A population on a real PostgreSQL server: verdicts equal to `evaluate`, row by row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from tests.agreement.population_cases import (
    CLOSED,
    ON,
    assert_equal_to_evaluate,
    policies,
    several_expressions,
    several_patients,
)
from tests.agreement.population_servers import postgres, postgres_binaries
from tests.agreement.test_population_omop import QUESTIONS, generated

from trialwright.app.people import warehouse
from trialwright.app.population import connected, placed
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.population.gather import gather
from trialwright.screening.population.verdicts import meaning, verdicts
from trialwright.screening.setting import Setting


@pytest.fixture(scope="module")
def socket() -> Iterator[Path]:
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server programs (initdb, pg_ctl) on this machine")
    with postgres(binaries) as folder:
        yield folder


@pytest.fixture(scope="module")
def server(socket: Path) -> Iterator[Any]:
    connection = ibis.postgres.connect(host=str(socket), user="postgres", database="postgres")
    yield connection
    connection.disconnect()


@settings(max_examples=15, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(found=several_expressions, people=several_patients, policy=policies)
def test_verdicts_on_postgresql_equal_those_of_evaluate(server, found, people, policy) -> None:
    assert_equal_to_evaluate(lambda them: placed(server, gather(them)), found, people, policy)


def test_omop_on_postgresql_means_what_its_row_wise_reader_means(socket, server) -> None:
    server.raw_sql("create schema cdm")
    for name, rows in generated(40, seed=4).items():
        server.create_table(name, pa.Table.from_pylist(rows), database="cdm")
    address = f"postgresql://postgres@/postgres?host={socket}"
    people = {each.id: each for each in read_patients([address], ON, warehouse)}
    tables, terms = connected(address, ON), project_terms()
    found = verdicts(tables, QUESTIONS, ON, CLOSED, terms=terms).to_pyarrow().to_pylist()
    tables.persons.get_backend().disconnect()
    assert sorted(row["id"] for row in found) == sorted(people)
    for row in found:
        at = Setting(people[row["id"]], ON, CLOSED, terms)
        for name, node in QUESTIONS.items():
            wanted = evaluate(node, at)
            assert meaning(row[name]) == (wanted.truth, wanted.unknown), (name, at.patient)
