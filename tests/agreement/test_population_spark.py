"""A population on a real local Spark session: verdicts equal to `evaluate` (`make deep`)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.agreement.population_cases import (
    assert_equal_to_evaluate,
    policies,
    several_expressions,
    several_patients,
)

# Spark, its Python part and Ibis warn about each other's old names.
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif("TRIALWRIGHT_DEEP" not in os.environ, reason="a deep run: make deep"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    pyspark = pytest.importorskip("pyspark.sql")
    ibis = pytest.importorskip("ibis")
    session = (
        pyspark.SparkSession.builder.master("local[2]").appName("population")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false").config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC").getOrCreate()
    )  # fmt: skip
    yield ibis.pyspark.connect(session)
    session.stop()


@settings(max_examples=10,
    phases=[Phase.generate],  # a query takes seconds: a failing example is shown as it was drawn
 deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(found=several_expressions, people=several_patients, policy=policies)
def test_verdicts_on_spark_equal_those_of_evaluate(spark, found, people, policy) -> None:
    from trialwright.app.population import placed
    from trialwright.screening.population.gather import gather

    assert_equal_to_evaluate(lambda them: placed(spark, gather(them)), found, people, policy)
