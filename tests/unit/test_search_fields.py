"""What a search sees of a study, and the filters that people write."""

import pytest

from trialwright.core.errors import InputError
from trialwright.record.formats import v2
from trialwright.registry.cards import card
from trialwright.registry.fields import enum_words, searched_texts
from trialwright.registry.filters import filters
from trialwright.registry.model import Card, Filters
from trialwright.registry.numbers import is_nct_id

STUDY = v2.from_value(
    {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000007", "briefTitle": "A trial of rest"},
            "statusModule": {"overallStatus": "NOT_YET_RECRUITING"},
            "designModule": {"phases": ["EARLY_PHASE1"], "enrollmentInfo": {"count": 9}},
            "eligibilityModule": {"eligibilityCriteria": "unsearched", "stdAges": ["ADULT"]},
            "armsInterventionsModule": {
                "interventions": [
                    {"type": "DRUG", "name": "rest", "otherNames": ["repose"]},
                    {"type": "OTHER", "name": "sleep"},
                ]
            },
            "contactsLocationsModule": {
                "locations": [
                    {"country": "France", "contacts": [{"name": "A. Nurse"}]},
                    {"country": "Japan"},
                    {"country": "France"},
                ]
            },
        }
    },
    "test",
).study


def test_searched_texts_by_field() -> None:
    texts = list(searched_texts(STUDY))
    assert ("BriefTitle", "A trial of rest") in texts
    assert [t for piece, t in texts if piece == "InterventionName"] == ["rest", "sleep"]
    assert ("InterventionOtherName", "repose") in texts
    assert ("Phase", "EARLY_PHASE1 early phase 1") in texts
    assert ("LocationContactName", "A. Nurse") in texts


def test_eligibility_text_is_not_searched() -> None:
    assert not any("unsearched" in text for _, text in searched_texts(STUDY))


def test_enum_words_are_those_that_people_write() -> None:
    assert enum_words("NOT_YET_RECRUITING").endswith("not yet recruiting")
    assert enum_words("PHASE2").endswith("phase 2")


def test_card_of_a_study() -> None:
    facts = card(STUDY)
    assert (facts.nct_id, facts.brief_title) == ("NCT00000007", "A trial of rest")
    assert facts.countries == ("France", "Japan")
    assert (facts.enrolment, facts.phases) == (9, ("EARLY_PHASE1",))
    assert (facts.sponsor, facts.last_update, facts.has_results) == (None, None, False)


def test_card_of_an_empty_study_invents_nothing() -> None:
    empty = v2.from_value(
        {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}, "test"
    )
    assert card(empty.study) == Card("NCT00000001", "")


def test_filters_read_what_people_write() -> None:
    assert filters(["Not yet recruiting"], ["1", "phase2", "na"], [" united  states "]) == Filters(
        ("NOT_YET_RECRUITING",), ("PHASE1", "PHASE2", "NA"), ("united states",)
    )


@pytest.mark.parametrize("bad", [{"status": ["open"]}, {"phase": ["5"]}, {"country": [" "]}])
def test_filters_refuse_what_the_registry_does_not_have(bad: dict[str, list[str]]) -> None:
    with pytest.raises(InputError) as caught:
        filters(**bad)
    assert caught.value.where in bad


@pytest.mark.parametrize(
    "text", [None, "", "NCT123", "nct00000001", "NCT0000000１", "NCT000000011"]
)
def test_numbers(text: str | None) -> None:
    assert not is_nct_id(text)
    assert is_nct_id("NCT00000001")
