"""A recorded journal, and a trial's folder made from it."""

import json
from pathlib import Path

import pytest
from tests.store.forging import (
    NAME,
)
from tests.trials import Trial, protocol

from trialwright.analysis.service import analyse
from trialwright.conduct.fold import fold
from trialwright.results.report import report
from trialwright.store.journal import SqlJournal


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> bytes:
    """A closed journal: two cohorts, a toxicity, a missed infusion, a gate, a board decision."""
    path = tmp_path_factory.mktemp("recorded") / NAME
    with SqlJournal.create(path, durable=False) as journal:
        trial = Trial(journal, protocol=protocol(sizes=(2, 3), days=(0,)))
        trial.cohort("S1", "S2")
        trial.dlt("S2", "AE1")
        trial.clock.forward(days=40)
        trial.board(trial.gate(), 1, override="the board wants to see more")
        trial.enrolled("S3")
        trial.missed("S3")
    return path.read_bytes()


@pytest.fixture
def path(recorded, tmp_path) -> Path:
    place = tmp_path / "trial" / NAME
    place.parent.mkdir()
    place.write_bytes(recorded)
    return place


@pytest.fixture
def folder(path) -> Path:
    """A trial's folder with the analysis and the report made from its journal."""
    with SqlJournal.open(path) as journal:
        state = fold(journal.read())
    rows = analyse(state)
    analysis = json.dumps([{"data_cut": row.data_cut} for row in rows])
    (path.parent / "analysis.simulated.json").write_text(analysis)
    (path.parent / "report.simulated.html").write_text(report(state, rows, drawn=()))
    return path.parent
