"""Codes that tell of an earlier event: they show that it was, and date nothing."""

from dataclasses import replace
from datetime import date

import pytest

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import concepts
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import ClinicalFact, Code, Patient, Verdict
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.setting import Setting

ON = date(2024, 9, 2)
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
CLOSED = Policy(ClosedWorld(frozenset({"condition", "drug"})))
MI = ("myocardial_infarction", "I25.2")
OLD = [
    MI, ("stroke", "I69.3"), ("stroke", "I69.354"), ("stroke", "I69.0"),
    ("pulmonary_embolism", "Z86.711"), ("tuberculosis", "B90.9"),
]  # fmt: skip


def verdict(node: nodes.Node, *facts: ClinicalFact, domain: str = "conditions") -> Verdict:
    patient = replace(Patient("p", "female", PartialDate(1960, 1, 1)), **{domain: facts})
    return evaluate(node, Setting(patient, ON, CLOSED, project_terms()))


def old(code: str, day: str = "2024-08-01", system: str = "icd10") -> ClinicalFact:
    return ClinicalFact("c", (Code(system, code),), "", PartialDate.parse(day), ended=F)


def within(name: str) -> nodes.Node:
    return nodes.Within(Duration(6), "inclusion", nodes.Has("condition", name, name))


@pytest.mark.parametrize(("name", "code"), OLD)
def test_within_a_window_a_person_is_asked(name: str, code: str) -> None:
    found = verdict(within(name), old(code))
    assert (found.truth, found.unknown) == (U, "stale")
    assert "not of its day" in found.evidence[0].rule


@pytest.mark.parametrize(("name", "code"), OLD)
def test_at_any_time_it_was(name: str, code: str) -> None:
    ever = nodes.Has("condition", name, name, when="ever")
    assert verdict(ever, old(code)).truth is T


@pytest.mark.parametrize(("name", "code"), OLD)
def test_today_it_is_over(name: str, code: str) -> None:
    node = nodes.Has("condition", name, name)
    assert verdict(node, old(code)).truth is U
    assert verdict(replace(node, when="current"), old(code)).truth is F


@pytest.mark.parametrize(("name", "code"), OLD)
def test_a_code_from_before_the_window_tells_of_an_event_before_it(name: str, code: str) -> None:
    assert verdict(within(name), old(code, "2020-05-05")).truth is F


def test_the_event_s_own_code_dates_it() -> None:
    assert verdict(within(MI[0]), old("I21.4")).truth is T
    assert verdict(within(MI[0]), old("I25.2"), old("I21.4")).truth is T


def test_snomed_s_old_infarction_dates_nothing() -> None:
    assert verdict(within(MI[0]), old("1755008", system="snomed")).truth is U


def test_the_sequela_of_an_injury_dates_nothing() -> None:
    named = [n for n, c in concepts().concepts.items() if "S06" in c.icd10]
    for name in named:
        assert verdict(within(name), old("S06.0X0S")).truth is U
        assert verdict(within(name), old("S06.0X0A")).truth is T


def test_no_code_of_an_earlier_event_is_one_of_the_event_itself() -> None:
    for name, each in concepts().concepts.items():
        hits = each.icd10
        assert not [c for c in each.past.icd10 if c.startswith(hits)] or not hits, name
        assert not each.episode or not [c for c in hits if c.startswith(("I25", "I69", "Z8"))], name


@pytest.mark.parametrize("policy", [OPEN_WORLD, CLOSED])
def test_a_drug_s_own_atc_code_is_certain(policy: Policy) -> None:
    taken = replace(old("B01AA03", system="atc"), id="m")
    warfarin = nodes.Has("drug", "warfarin", "warfarin")
    assert verdict(warfarin, taken, domain="medications").truth is T
    rivaroxaban = nodes.Has("drug", "rivaroxaban", "rivaroxaban")
    assert verdict(rivaroxaban, taken, domain="medications").truth is U
    heading = replace(old("B01AA", system="atc"), id="m")
    assert verdict(warfarin, heading, domain="medications").truth is U


def test_own_atc_codes_lie_in_their_class() -> None:
    for name, each in concepts().concepts.items():
        if each.broader and each.atc:
            wider = concepts().concepts[each.broader]
            groups = (*wider.atc, *wider.near.atc)
            assert all(code.startswith(groups) for code in each.atc), name
            assert all(len(code) == 7 for code in each.atc), name
