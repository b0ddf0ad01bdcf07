"""Rows against the journal itself: what was recorded, counted twice by different paths."""

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from trialwright.analysis.adverse_events import ANY
from trialwright.analysis.service import analyse
from trialwright.conduct.events import (
    AdverseEventReported,
    Entry,
    InfusionGiven,
    PatientEnrolled,
    PatientScreened,
)
from trialwright.conduct.fold import fold
from trialwright.conduct.model import TrialState
from trialwright.protocol.service import load
from trialwright.rehearsal.rehearse import rehearse
from trialwright.rehearsal.scenario import default_scenario
from trialwright.results.rows import Rows
from trialwright.results.section import results_section
from trialwright.store.memory import MemoryJournal


@pytest.fixture(scope="module", params=[1, 7])
def entries(request: pytest.FixtureRequest, example: Path) -> tuple[Entry, ...]:
    file = example / "protocol.yaml"
    journal = MemoryJournal()
    rng = np.random.default_rng(request.param)
    rehearse(load(file.read_bytes(), file.name), default_scenario(), rng, journal, date(2026, 1, 5))
    return tuple(journal.read())


@pytest.fixture(scope="module")
def state(entries: tuple[Entry, ...]) -> TrialState:
    return fold(entries)


@pytest.fixture(scope="module")
def rows(state: TrialState) -> Rows:
    return Rows(analyse(state))


def test_people_and_infusions_are_those_of_the_journal(
    entries: tuple[Entry, ...], rows: Rows
) -> None:
    kinds = Counter(type(entry.event) for entry in entries)
    counted = {
        PatientScreened: rows.count("populations", "pooled", "screened", "subjects"),
        PatientEnrolled: rows.count("populations", "pooled", "enrolled", "subjects"),
        InfusionGiven: rows.count("exposure", "pooled", "infusions", "given"),
    }
    assert counted == {kind: kinds[kind] for kind in counted}


def test_every_reported_event_is_counted_once(entries: tuple[Entry, ...], rows: Rows) -> None:
    reported = {
        entry.event.event_id for entry in entries if isinstance(entry.event, AdverseEventReported)
    }
    early = [r for r in rows.having("safety.adverse_events", population="enrolled")
             if r.statistic == "events"]  # fmt: skip
    counted = rows.count("safety.adverse_events", "pooled", ANY, "events", category="any")
    assert len(reported) == (counted or 0) + sum(int(row.value or 0) for row in early)


def test_the_dlt_rows_agree_with_the_outcomes_of_the_last_gate(
    state: TrialState, rows: Rows
) -> None:
    """The gate counted when it was held; nothing after it changes who had a toxicity in time."""
    for level in (1, 2):
        cohorts = [c for c in state.gates[-1].outcomes.split() if c.startswith(str(level))]
        known = Counter("".join(cohorts))
        found = rows.get("safety.dlt", f"level {level}", "dlt", "subjects")
        assert found is not None
        assert (found.value, found.n) == (known["T"], known["T"] + known["N"])


def test_the_section_starts_everyone_and_loses_nobody(state: TrialState, rows: Rows) -> None:
    section = results_section(state, rows.all)
    flow = section.participant_flow_module
    assert flow is not None
    sums = {
        m.type: sum(int(a.num_subjects or 0) for a in m.achievements)
        for m in flow.periods[0].milestones
    }
    assert sums["STARTED"] == len(state.subjects)
    assert sums["COMPLETED"] + sums["NOT COMPLETED"] == len(state.subjects)
