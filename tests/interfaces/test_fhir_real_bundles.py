"""Every real bundle reads, and every verdict on it is explained (skipped without the data)."""

from datetime import date
from pathlib import Path

import pytest

from trialwright.core.truth import Truth
from trialwright.protocol.service import criteria_of, load
from trialwright.screening.model import DOMAINS, UNKNOWN_KINDS, Domain
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.policy import ClosedWorld, Policy
from trialwright.screening.service import screen_all

ON = date(2019, 6, 1)


@pytest.fixture(scope="module")
def people(shared: Path) -> tuple:
    return read_patients([shared / "patients" / "fhir_r4"], date(2026, 1, 1))


def test_all_real_bundles_read(people: tuple) -> None:
    assert len(people) == 181
    assert sum(len(person.observations) for person in people) > 30_000
    assert sum(len(person.conditions) for person in people) == 1494
    assert sum(len(person.medications) for person in people) == 1720
    assert not any(person.simulated for person in people)


@pytest.mark.parametrize("domains", [(), ("condition",), DOMAINS])
def test_every_verdict_on_them_is_explained(
    people: tuple, example: Path, domains: tuple[Domain, ...]
) -> None:
    file = example / "protocol.yaml"
    criteria = criteria_of(load(file.read_bytes(), str(file)))
    policy = Policy(ClosedWorld(frozenset(domains)))
    for screening in screen_all(criteria, people, ON, policy):
        for each in screening.criteria:
            assert all(piece.what and piece.rule for piece in each.verdict.evidence)
            assert each.verdict.evidence
            if each.verdict.truth is Truth.UNKNOWN:
                assert each.verdict.unknown in UNKNOWN_KINDS
                assert any(piece.truth is Truth.UNKNOWN for piece in each.verdict.evidence)
        decided = [each.verdict.truth for each in screening.criteria]
        assert (screening.eligible == "no") == (Truth.FALSE in decided)
        if screening.eligible == "undecided":
            asked = {name for fact in screening.facts for name in fact.criteria}
            assert screening.facts_suffice
            assert screening.facts_exact
            assert asked == set(screening.would_decide)
