"""One patient against a catalogue: gates, tiers, reasons, and counts that add up."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Has
from trialwright.record.model import (
    ConditionsModule,
    EligibilityModule,
    IdentificationModule,
    ProtocolSection,
    StatusModule,
    Study,
)
from trialwright.record.record import Record
from trialwright.registry.model import Card
from trialwright.registry.query import MAX_LENGTH, parse
from trialwright.screening.lexicon import project_terms
from trialwright.screening.match.document import LEFT_OUT_WORDS, document
from trialwright.screening.match.model import MatchHit, MatchResult, Reach, Sought
from trialwright.screening.match.query import fitted, query_text, sought_of, sought_of_note
from trialwright.screening.match.service import cached_reader, judged, match_patient
from trialwright.screening.model import ClinicalFact, Code, Measured, Observation, Patient
from trialwright.screening.patients.narrative import read_note
from trialwright.screening.patients.narrative_terms import note_terms
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.setting import Setting
from trialwright.store.catalogue import CatalogueOnDisk

ON = date(2024, 9, 2)
TERMS = project_terms()
HEART_FAILURE = Code("snomed", "84114007")
LVEF = Code("loinc", "10230-1")


def person(lvef: str = "35", sex: str = "female", born: int = 1966) -> Patient:
    return Patient(
        "p1",
        "female" if sex == "female" else "male",
        PartialDate(born, 3, 14),
        observations=(
            Observation(
                "Observation/1",
                (LVEF,),
                "LVEF",
                Measured.of(Quantity(Decimal(lvef), "%")),
                PartialDate(2024, 8, 1),
            ),
        ),
        conditions=(
            ClinicalFact("Condition/1", (HEART_FAILURE,), "Heart failure", PartialDate(2020)),
        ),
    )


def record(
    number: int,
    criteria: str = "Inclusion Criteria:\n\n* LVEF <= 40 %",
    title: str = "Heart failure",
    status: str = "RECRUITING",
    low: str | None = None,
    high: str | None = None,
    sex: str | None = None,
) -> Record:
    section = ProtocolSection(
        identification_module=IdentificationModule(nct_id=f"NCT{number:08}", brief_title=title),
        status_module=StatusModule(overall_status=status),
        conditions_module=ConditionsModule(conditions=(title,)),
        eligibility_module=EligibilityModule(
            eligibility_criteria=criteria, minimum_age=low, maximum_age=high, sex=sex
        ),
    )
    return Record(Study(protocol_section=section))


STUDIES = (
    record(1),
    record(2, "Inclusion Criteria:\n\n* LVEF <= 40 %\n* Signed informed consent"),
    record(3, "Inclusion Criteria:\n\n* LVEF <= 30 %"),
    record(4, low="70 Years"),
    record(5, sex="MALE"),
    record(6, status="COMPLETED"),
    record(7, title="Psoriasis"),
    record(8, ""),
    record(9, "Exclusion Criteria:\n\n* LVEF < 40 %"),
)


@pytest.fixture
def catalogue(tmp_path: Path) -> CatalogueOnDisk:
    found = CatalogueOnDisk(tmp_path / "catalogue")
    found.add(STUDIES)
    return found


def matched(
    catalogue: CatalogueOnDisk, patient: Patient | None = None, reach: Reach | None = None
) -> MatchResult:
    sought = sought_of(patient or person(), TERMS)
    return match_patient(catalogue, sought, ON, TERMS, reach or Reach())


def verdicts(result: MatchResult) -> dict[int, str]:
    return {int(hit.card.nct_id[3:]): hit.eligible for hit in result.hits}


def hit_of(result: MatchResult, number: int) -> MatchHit:
    return next(hit for hit in result.hits if hit.card.nct_id == f"NCT{number:08}")


def test_verdicts_come_before_text_and_closed_gates_last(catalogue: CatalogueOnDisk) -> None:
    result = matched(catalogue)
    assert verdicts(result) == {
        1: "yes", 2: "undecided", 8: "undecided", 3: "no", 9: "no", 4: "no", 5: "no",
    }  # fmt: skip
    assert [hit.eligible for hit in result.hits] == ["yes", *["undecided"] * 2, *["no"] * 4]
    assert [hit.gate is not None for hit in result.hits][-3:] == [False, True, True]


def test_every_study_is_counted_once(catalogue: CatalogueOnDisk) -> None:
    result = matched(catalogue)
    assert dict(result.left_out) == {"status": 1, "text": 1, "beyond_candidates": 0}
    assert result.studies == len(STUDIES) == result.considered + sum(result.left_out.values())
    assert dict(result.tiers) == {"yes": 1, "undecided": 2, "no": 4}
    assert dict(result.gates) == {"age": 1, "sex": 1}
    assert set(result.left_out) == set(LEFT_OUT_WORDS)


def test_candidates_are_a_stated_number_and_the_rest_is_counted(
    catalogue: CatalogueOnDisk,
) -> None:
    result = matched(catalogue, reach=Reach(statuses=(), candidates=3, limit=2))
    assert (result.considered, len(result.hits)) == (3, 2)
    assert dict(result.left_out) == {"status": 0, "text": 1, "beyond_candidates": 5}


def test_each_hit_says_why(catalogue: CatalogueOnDisk) -> None:
    result = matched(catalogue)
    assert (
        hit_of(result, 1)
        .reasons()[0]
        .startswith("I1 met; left ventricular ejection fraction 35 % on 2024-08-01: <= 40 %: holds")
    )
    assert hit_of(result, 3).reasons()[0].startswith("I1 not met;")
    assert hit_of(result, 9).reasons()[0].startswith("E1 applies;")
    assert hit_of(result, 2).open_ids == ("I2",)
    gate = hit_of(result, 4).gate
    assert gate is not None
    assert gate.name == "age"
    assert gate.why == ("the record says minimum age 70 Years; the patient: 58 years on 2024-09-02")
    assert hit_of(result, 8).reasons() == ("no criteria could be read in the record",)


def test_a_gate_closes_only_where_it_is_sure(catalogue: CatalogueOnDisk) -> None:
    nobody = Patient("p2", "unknown", None, conditions=person().conditions)
    result = matched(catalogue, nobody)
    assert dict(result.gates) == {}
    assert verdicts(result)[4] == verdicts(result)[5] == "undecided"


def test_a_record_that_was_not_read_whole_is_never_a_fit(tmp_path: Path) -> None:
    found = CatalogueOnDisk(tmp_path / "other")
    text = "Read this first, whoever you are.\n\nInclusion Criteria:\n\n* LVEF <= 40 %"
    found.add([record(1, text), record(2, "")])
    result = matched(found)
    for hit in result.hits:
        if hit.unread:
            assert hit.eligible != "yes"
    assert hit_of(result, 2).unread == "no criteria could be read in the record"


def test_what_a_record_satisfies_beats_a_closer_text(tmp_path: Path) -> None:
    found = CatalogueOnDisk(tmp_path / "other")
    consent = "Inclusion Criteria:\n\n* Signed informed consent\n* Able to travel"
    ef = "Inclusion Criteria:\n\n* LVEF <= 40 %\n* Signed informed consent"
    found.add([record(1, consent), record(2, ef)])
    result = matched(found)
    assert [hit.card.nct_id for hit in result.hits] == ["NCT00000002", "NCT00000001"]
    assert result.hits[0].text_score == pytest.approx(result.hits[1].text_score)
    assert [hit.speaking for hit in result.hits] == [1, 0]


def test_a_text_is_read_once() -> None:
    read = cached_reader()
    assert read(record(1).study) is read(record(2).study)
    assert read(record(1).study) is not read(record(3, "x").study)
    assert read(record(1).study) is not read(record(4, low="70 Years").study)


def test_a_text_is_read_anew_with_other_words_of_its_own() -> None:
    """What one record calls its condition is a name in its criteria, and in no other record's."""
    text = "Inclusion Criteria:\n\n* Sleepless mornings"
    read = cached_reader()
    own, other = record(1, text, title="Sleepless mornings"), record(2, text, title="Psoriasis")
    said = {"registry:condition/sleepless mornings", None}
    found = [read(each.study).items[0].expr for each in (own, other)]
    assert {node.concept for node in found if isinstance(node, Has)} == said
    assert isinstance(found[0], Has)
    assert found[0].concept is not None


def test_a_record_s_own_words_prove_nothing(tmp_path: Path) -> None:
    """No patient's record carries them: an inclusion stays open, and so does an exclusion."""
    found = CatalogueOnDisk(tmp_path / "own")
    text = "Inclusion Criteria:\n\n* Heart failure\n\nExclusion Criteria:\n\n* Weary heart failure"
    found.add([record(1, text, title="Weary heart failure")])
    (hit,) = matched(found).hits
    assert hit.eligible == "undecided"
    assert hit.open_ids[-1] == "E1"


def test_a_closed_world_is_refused_where_the_source_has_no_table() -> None:
    card, closed = Card("NCT1", "a study"), Policy(ClosedWorld(frozenset({"device"})))
    patient = replace(person(), untold=frozenset({"device"}))
    with pytest.raises(InputError, match="the source of patient p1 has no table for device"):
        judged(Study(), card, 0.0, Setting(patient, ON, closed, TERMS), cached_reader())
    open_world = Setting(patient, ON, OPEN_WORLD, TERMS)
    assert judged(Study(), card, 0.0, open_world, cached_reader()).eligible == "undecided"


def test_progress_hears_of_every_candidate(catalogue: CatalogueOnDisk) -> None:
    heard: list[int] = []
    result = match_patient(catalogue, sought_of(person(), TERMS), ON, TERMS, Reach(), heard.append)
    assert sum(heard) == result.considered


def test_an_empty_catalogue_is_an_empty_answer(tmp_path: Path) -> None:
    result = matched(CatalogueOnDisk(tmp_path / "none"))
    assert (result.studies, result.considered, result.hits) == (0, 0, ())


def test_the_document_holds_what_the_result_holds(catalogue: CatalogueOnDisk) -> None:
    result = matched(catalogue)
    said = document(result, ON)
    hits = said["hits"]
    assert isinstance(hits, list)
    first = hits[0]
    assert (first["nctId"], first["eligible"], first["gate"]) == ("NCT00000001", "yes", None)
    assert [each["id"] for each in first["hold"]] == ["I1"]
    assert hits[-1]["gate"]["name"] == "sex"
    assert said["studies"] == len(STUDIES)


# --- the words to search by ----------------------------------------------------------------------


def fact(words: str, *codes: Code, holds: Truth = Truth.TRUE) -> ClinicalFact:
    return ClinicalFact(f"Condition/{words}", codes, words, None, holds=holds)


def test_a_coded_patient_is_searched_by_what_is_known_and_by_its_own_words() -> None:
    patient = Patient(
        "p",
        "male",
        None,
        conditions=(
            fact("Congestive cardiac disease (disorder)", HEART_FAILURE),
            fact("Full-time employment (finding)"),
            fact("Rare syndrome (disorder)"),
            fact("Asthma (disorder)", holds=Truth.FALSE),
        ),
    )
    terms = sought_of(patient, TERMS).terms
    assert terms[0] == "heart failure"
    assert "rare syndrome" in terms
    assert not {"employment", "asthma", "disorder"} & set(terms)


def test_a_value_outside_its_limits_of_normal_is_searched_for() -> None:
    def measured(high: str) -> tuple[str, ...]:
        value = Measured.of(Quantity(Decimal(35), "%"))
        limit = Quantity(Decimal(high), "%")
        seen = Observation("Observation/1", (LVEF,), "x", value, None, upper_normal=limit)
        return sought_of(Patient("p", "male", None, observations=(seen,)), TERMS).terms

    assert measured("30") == ("left ventricular ejection fraction",)
    assert measured("70") == ()


@given(st.lists(st.text(max_size=30), max_size=200))
def test_no_word_of_a_patient_is_an_operator(words: list[str]) -> None:
    sought = fitted(Sought(person(), tuple(words)))
    query = query_text(sought.terms)
    assert len(query) <= MAX_LENGTH
    parse(query)
    assert len(sought.terms) + sought.words_left_out <= len(words)


def test_words_that_do_not_fit_into_a_query_are_counted() -> None:
    words = tuple(f"word{n:04}" for n in range(300))
    sought = fitted(Sought(person(), words))
    assert 0 < len(sought.terms) < len(words) == len(sought.terms) + sought.words_left_out


# --- a patient in words --------------------------------------------------------------------------

NOTE = """A 58-year-old woman with dilated cardiomyopathy and heart failure. LVEF was 35 %.
No history of stroke. Her mother had diabetes."""


def test_a_note_is_matched_by_what_it_says(catalogue: CatalogueOnDisk) -> None:
    sought = sought_of_note(read_note(NOTE, ON))
    result = match_patient(catalogue, sought, ON, note_terms(TERMS))
    assert result.notes[0].startswith("read from words")
    assert hit_of(result, 4).gate is not None
    assert "stroke" not in result.query
    assert "diabetes" not in result.query
    assert hit_of(result, 3).eligible == "no"
    assert "[Note/" in hit_of(result, 3).reasons()[0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_note_can_be_searched_for(text: str) -> None:
    try:
        sought = sought_of_note(read_note("x " + text.replace("\0", ""), ON))
    except ValueError:
        pytest.fail("a note is a note")
    parse(query_text(sought.terms))
