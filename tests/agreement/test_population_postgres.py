"""A population on a real PostgreSQL server: verdicts equal to `evaluate`, row by row."""

from collections.abc import Iterator
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from tests.agreement.population_cases import (
    assert_equal_to_evaluate,
    policies,
    several_expressions,
    several_patients,
)
from tests.agreement.population_servers import postgres, postgres_binaries

from trialwright.app.population import placed
from trialwright.screening.population.gather import gather


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server programs (initdb, pg_ctl) on this machine")
    with postgres(binaries) as socket:
        connection = ibis.postgres.connect(host=str(socket), user="postgres", database="postgres")
        yield connection
        connection.disconnect()


@settings(max_examples=15, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(found=several_expressions, people=several_patients, policy=policies)
def test_verdicts_on_postgresql_equal_those_of_evaluate(server, found, people, policy) -> None:
    assert_equal_to_evaluate(lambda them: placed(server, gather(them)), found, people, policy)
