"""Related trials: what makes two trials alike, and that every entry says why."""

import itertools
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.record.formats import v2
from trialwright.record.model import Study
from trialwright.registry.fields import values
from trialwright.registry.kinds import kinds, routes
from trialwright.registry.model import RelatedEntry
from trialwright.registry.profile import key_words
from trialwright.registry.related import BOTH, CONDITION, DESIGN, INTERVENTION, TEAM, related
from trialwright.registry.words import cosine, folded, rarity, telling_words, weighted

NUMBERS = itertools.count(1)


def study(
    title: str = "",
    conditions: tuple[str, ...] = (),
    given: tuple[str, ...] = (),
    sponsor: str = "",
    phase: str = "PHASE1",
    number: int = 0,
) -> Study:
    protocol = {
        "identificationModule": {
            "nctId": f"NCT{number or next(NUMBERS):08d}",
            "briefTitle": title,
        },
        "conditionsModule": {"conditions": conditions},
        "designModule": {"phases": [phase]},
        "armsInterventionsModule": {
            "interventions": [{"type": "BIOLOGICAL", "name": name} for name in given]
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": sponsor}} if sponsor else {},
    }
    return v2.from_value({"protocolSection": protocol}, "test").study


OWN = study("Rest", ("Dilated cardiomyopathy",), ("Progenitor cells",), "Clinic of Rest")
SAME_BOTH = study("Sleep", ("Cardiomyopathy, Dilated",), ("Stem cells",))
SAME_CONDITION = study("Pump", ("Dilated cardiomyopathy",), ("Assist device",), phase="NA")
SAME_GIVEN = study("Breath", ("Asthma",), ("Progenitor cells",))
NEITHER = study("Drops", ("Glaucoma",), ("Timolol",), phase="PHASE3")
SAME_TEAM = study("Rest again", ("Cardiomyopathy",), ("Stem cells",), "CLINIC OF REST")
OTHERS = [SAME_BOTH, SAME_CONDITION, SAME_GIVEN, NEITHER]


def numbers(entries: Iterable[RelatedEntry]) -> list[str]:
    return [entry.nct_id for entry in entries]


def number_of(one: Study) -> str:
    return values(one, "protocol_section.identification_module.nct_id")[0]


def test_the_parts_of_the_likeness_sum_to_one() -> None:
    assert abs(CONDITION + INTERVENTION + BOTH + TEAM + DESIGN - 1) < 1e-9


def test_the_same_condition_and_the_same_product_together_come_first() -> None:
    found = numbers(related(OWN, OTHERS).by_characteristics)
    assert found[0] == number_of(SAME_BOTH)
    assert set(found[1:3]) == {number_of(SAME_CONDITION), number_of(SAME_GIVEN)}


def test_a_twin_is_as_close_as_can_be_but_for_team_and_unstated_design() -> None:
    twin = study("Rest", ("Dilated cardiomyopathy",), ("Progenitor cells",))
    (entry,) = related(OWN, [twin]).by_characteristics
    assert CONDITION + INTERVENTION + BOTH <= entry.score < 1 - TEAM


def test_the_same_team_comes_before_the_same_without_it() -> None:
    twin = study("Rest again", ("Cardiomyopathy",), ("Stem cells",), "Another clinic")
    found = related(OWN, [twin, SAME_TEAM, *OTHERS]).by_characteristics
    order = numbers(found)
    assert order.index(number_of(SAME_TEAM)) < order.index(number_of(twin))
    entry = found[order.index(number_of(SAME_TEAM))]
    assert "same team: Clinic of Rest" in entry.reasons


def test_reasons_are_in_words() -> None:
    (entry,) = related(OWN, [SAME_BOTH]).by_characteristics
    assert "same condition: Cardiomyopathy, Dilated" in entry.reasons
    assert "also gives: cells" in entry.reasons
    assert "same phase: phase 1" in entry.reasons
    assert "same type of intervention: biological" in entry.reasons
    (text,) = related(OWN, [SAME_BOTH]).by_text
    assert text.reasons == ("words in common: cardiomyopathy, cell, dilated",)


def test_what_shares_nothing_is_not_listed_by_text() -> None:
    assert numbers(related(OWN, [NEITHER]).by_text) == []


def test_a_study_is_not_related_to_itself_and_the_pages_list_is_passed_on() -> None:
    found = related(OWN, [OWN, SAME_BOTH], named=["NCT00000099"])
    assert numbers(found.by_characteristics) == numbers(found.by_text) == [number_of(SAME_BOTH)]
    assert found.named_on_the_page == ("NCT00000099",)


def test_no_candidates() -> None:
    found = related(OWN, [])
    assert (found.by_characteristics, found.by_text) == ((), ())


def test_the_limit_and_ties_bynumber_of() -> None:
    twins = [study("Sleep", ("Asthma",), ("Cells",), number=n) for n in (905, 903, 904)]
    own = study("Sleep", ("Asthma",), ("Cells",), number=900)
    found = related(own, twins, limit=2)
    assert numbers(found.by_characteristics) == ["NCT00000903", "NCT00000904"]
    assert numbers(found.by_text) == ["NCT00000903", "NCT00000904"]


def test_an_empty_study_is_compared_without_inventing() -> None:
    empty = v2.from_value(
        {"protocolSection": {"identificationModule": {"nctId": "NCT00000900"}}}, "test"
    ).study
    assert related(empty, OTHERS).by_characteristics == ()
    assert related(OWN, [empty]).by_characteristics == ()


TEXTS = st.lists(st.sampled_from(["heart", "cells", "lung", "iv", "dilated", "exosomes"]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=2, max_size=6))
def test_scores_lie_between_0_and_1_and_do_not_depend_on_the_order(
    drawn: list[tuple[list[str], list[str]]],
) -> None:
    studies = [
        study(" ".join(a), tuple(a), tuple(b), number=n) for n, (a, b) in enumerate(drawn, 1)
    ]
    own, *others = studies
    found = related(own, others)
    assert found == related(own, others[::-1])
    for entry in (*found.by_characteristics, *found.by_text):
        assert 0 < entry.score <= 1
        assert entry.reasons


def test_kinds_and_routes_are_whole_words() -> None:
    assert kinds("Exosomes of MSCs") == ("cells", "products that cells secrete")
    assert kinds("advadept pacemakers") == ("pacing",)
    assert routes("IV infusion, then tablets") == ("intravenous", "by mouth")
    assert routes("trivial") == ()


def test_words_are_folded_and_those_about_any_trial_left_out() -> None:
    assert folded("NON ISCHÆMIC") == "nonischemic"
    assert telling_words("A Phase 2 trial of Cells in Anaemia") == ["cell", "anemia"]


def test_rare_words_tell_more() -> None:
    tells = rarity([["heart", "rest"], ["heart"], ["heart"]])
    assert tells["rest"] > tells["heart"] > 0
    own = weighted({"heart": 1, "rest": 1}, tells)
    assert cosine(own, own) > 0.999
    rest, heart = weighted({"rest": 1}, tells), weighted({"heart": 1}, tells)
    assert cosine(own, rest) > cosine(own, heart)


def test_key_words_hold_no_headings() -> None:
    assert set(key_words(OWN)) == {"dilated", "cardiomyopathy", "rest", "progenitor", "cell"}
