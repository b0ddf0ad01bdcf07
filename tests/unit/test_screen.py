"""From verdicts to an answer: polarity once, what decides, what would decide, in plain words."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.answers import read_answers
from trialwright.screening.explain import explanation, headline, shortened
from trialwright.screening.model import (
    Answer,
    ClinicalFact,
    Code,
    Measured,
    Observation,
    Patient,
    PatientScreening,
    Verdict,
)
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.service import check_lifetime, document, screen_all

ON = date(2024, 9, 2)
CLOSED = Policy(ClosedWorld(frozenset({"condition"})))
STROKE = ClinicalFact("Condition/s", (Code("icd10", "I63"),), "Stroke", PartialDate(2024, 7))
PATIENT = Patient(
    "p1",
    "male",
    PartialDate(1960, 1, 1),
    observations=(
        Observation(
            "Observation/ef",
            (Code("loinc", "10230-1"),),
            "LVEF",
            Measured.of(Quantity(Decimal(35), "%")),
            PartialDate(2024, 8, 1),
        ),
    ),
)


def criterion(id_: str, expr: nodes.Node, text: str = "text") -> nodes.Criterion:
    section = "inclusion" if id_.startswith("I") else "exclusion"
    return nodes.Criterion(id_, section, text, (0, 4), expr)


LVEF = criterion("I1", nodes.Compare("lvef", "<=", Decimal(40), "%"), "LVEF at most 40 %")
CONSENT = criterion("I2", nodes.Attest("signed consent"))
NO_STROKE = criterion("E1", nodes.Has("condition", "stroke", "stroke"), "Stroke")
ALL = (LVEF, CONSENT, NO_STROKE)
SIGNED = {"p1": {"I2": Answer(Truth.TRUE, "Dr A", "2024-09-01")}}


def one(patient: Patient = PATIENT, policy: Policy = CLOSED, **more: object) -> PatientScreening:
    (screening,) = screen_all(ALL, [patient], ON, policy, **more)
    return screening


def test_eligible_when_every_demand_is_known_to_hold() -> None:
    screening = one(answers=SIGNED)
    assert (screening.eligible, screening.deciding, screening.would_decide) == ("yes", (), ())
    assert headline(screening) == "eligible: every criterion is met"


def test_the_headline_of_an_eligible_person_names_a_value_of_over_a_year_ago() -> None:
    (old,) = (replace(o, effective=PartialDate(2023, 8)) for o in PATIENT.observations)
    (recent,) = (replace(o, effective=PartialDate(2023, 9)) for o in PATIENT.observations)
    said = headline(one(replace(PATIENT, observations=(old,)), answers=SIGNED))
    assert said == (
        "eligible: every criterion is met; the oldest value that counted is over 12 months old:"
        " left ventricular ejection fraction 35 % on 2023-08"
    )
    assert "oldest" not in headline(one(replace(PATIENT, observations=(recent,)), answers=SIGNED))


def test_a_day_before_somebodys_birth_is_refused() -> None:
    check_lifetime([PATIENT], date(1960, 1, 1))
    with pytest.raises(InputError, match=r"--on: 1959-12-31; wanted a day after the birth of"):
        check_lifetime([PATIENT], date(1959, 12, 31), "--on")


def test_an_exclusion_that_applies_is_false_and_decides() -> None:
    screening = one(replace(PATIENT, conditions=(STROKE,)), answers=SIGNED)
    assert (screening.eligible, screening.deciding) == ("no", ("E1",))
    assert screening.criteria[2].verdict.truth is Truth.FALSE
    assert headline(screening) == (
        "not eligible: E1 applies; Stroke on 2024-07: on record and current [Condition/s]"
    )


def test_undecided_names_what_would_decide_and_a_no_needs_nothing_more() -> None:
    screening = one(policy=OPEN_WORLD)
    assert (screening.eligible, screening.would_decide) == ("undecided", ("I2", "E1"))
    assert headline(screening).startswith("undecided: E1 unknown; stroke: no")
    assert headline(screening).endswith("for people to answer: I2")
    refused = one(replace(PATIENT, conditions=(STROKE,)))
    assert (refused.eligible, refused.would_decide) == ("no", ())


def asked(*expressions: nodes.Node) -> PatientScreening:
    """Screen somebody of whom little is known; the text of each criterion is its id."""
    each = [criterion(f"I{n}", expr, f"text of I{n}") for n, expr in enumerate(expressions, 1)]
    return screen_all(each, [replace(PATIENT, observations=())], ON)[0]


EF = nodes.Compare("lvef", "<=", Decimal(40), "%")
HEART_FAILURE = nodes.Has("condition", "heart_failure", "heart failure")
FIT = nodes.Judgement("fit for surgery")
WORDS = nodes.Residue("of the usual kind")


def test_what_must_be_measured_stands_first_in_the_headline() -> None:
    nyha = nodes.Ordinal("nyha", ("III",))
    told = headline(asked(HEART_FAILURE, nodes.All((HEART_FAILURE, EF)), FIT, nyha, WORDS))
    assert told == (
        "undecided: I2 unknown; left ventricular ejection fraction: nothing on record; "
        "also to measure: NYHA class (I4); also open on record: I1; "
        "for people to answer: I3, I5"
    )


def test_where_nothing_is_measured_a_record_stands_before_words_that_nobody_knows() -> None:
    unlisted = nodes.Has("condition", None, "a rare thing")
    told = headline(asked(nodes.All((unlisted, HEART_FAILURE)), HEART_FAILURE, WORDS))
    assert told.startswith("undecided: I1 unknown; heart failure: no condition of this kind")


def test_what_people_answer_is_one_line_for_each_kind_of_question() -> None:
    screening = asked(WORDS, FIT, nodes.Attest("consent"), WORDS, EF, FIT)
    lines = explanation(screening)
    first = lines.index("  ask or measure next (6 could decide):") + 1
    assert lines[first : first + 5] == (
        "      left ventricular ejection fraction, % (I5)",
        "      the site's answer to I3",
        "      an investigator's judgement of I2, I6",
        "      a person's reading of I1, I4",
        "  one alone could exclude: left ventricular ejection fraction, %; "
        "a person's reading of I1: text of I1; an investigator's judgement of I2: text of I2; "
        "the site's answer to I3: text of I3; a person's reading of I4: text of I4; and 1 more",
    )


def test_the_document_says_what_people_are_asked() -> None:
    (patient,) = document([asked(WORDS, FIT, nodes.Attest("consent"), EF)])["patients"]
    questions = [fact.get("question") for fact in patient["facts"]]
    assert questions == [None, "read", "judge", "confirm"]
    assert patient["facts"][1]["name"] == "a person's reading of I1: text of I1"


def test_the_policy_is_printed() -> None:
    assert "open world: what is not on record is unknown" in explanation(one(policy=OPEN_WORLD))[1]
    assert "closed world for condition: what is not on record there" in explanation(one())[1]
    aged = Policy(valid_for={"lvef": Duration.parse("P6M")})
    assert str(aged).endswith("; lvef is valid for P6M")


def test_the_explanation_has_every_criterion_with_its_evidence() -> None:
    lines = explanation(one(replace(PATIENT, simulated=True), answers=SIGNED))
    assert lines[0].startswith("p1 (simulated) on 2024-09-02: eligible")
    assert "  I1 met: LVEF at most 40 %" in lines
    found = "      left ventricular ejection fraction 35 % on 2024-08-01: <= 40 %: holds"
    assert f"{found} [Observation/ef]" in lines
    assert "      signed consent on 2024-09-01: Dr A answered that the criterion holds" in lines
    assert "  E1 does not apply: Stroke" in lines


def test_an_answer_against_the_record_is_noted_and_the_record_stands() -> None:
    contrary = {"p1": SIGNED["p1"] | {"I1": Answer(Truth.FALSE, "Dr A", "2024-09-01")}}
    verdict = one(answers=contrary).criteria[0].verdict
    assert verdict.truth is Truth.TRUE
    assert "Dr A answered otherwise; the record stands" in verdict.evidence[-1].rule


@pytest.mark.parametrize(
    ("died", "eligible"),
    [
        (PartialDate(2024, 1), "no"),
        (PartialDate(2024, 9), "undecided"),
        (None, "no"),  # dead, on a day that nobody recorded
        (PartialDate(2024, 10), "yes"),
    ],
)
def test_nobody_is_eligible_after_death(died: PartialDate | None, eligible: str) -> None:
    screening = one(replace(PATIENT, deceased=True, died=died), answers=SIGNED)
    assert screening.eligible == eligible
    assert screening.criteria[0].id == "alive"


def test_the_document_has_the_promised_fields() -> None:
    (patient,) = document([one(policy=OPEN_WORLD)])["patients"]
    assert patient["id"] == "p1"
    assert patient["eligible"] == "undecided"
    assert patient["would_decide"] == ["I2", "E1"]
    by_id = {each["id"]: each for each in patient["criteria"]}
    assert (by_id["I1"]["verdict"], by_id["I1"]["unknown"]) == ("true", None)
    assert by_id["I1"]["evidence"][0]["recorded"] == "35 %"
    assert (by_id["I2"]["verdict"], by_id["I2"]["unknown"]) == ("unknown", "pending_answer")
    assert json.loads(json.dumps(patient)) == patient


def test_an_unknown_verdict_has_a_kind_and_only_an_unknown_one() -> None:
    with pytest.raises(ValueError, match="has a kind"):
        Verdict(Truth.UNKNOWN, None, ())
    with pytest.raises(ValueError, match="has a kind"):
        Verdict(Truth.TRUE, "no_data", ())


def test_long_texts_are_cut_at_a_word() -> None:
    assert shortened("two   words") == "two words"
    assert shortened("one two three", 10) == "one two …"


@pytest.mark.parametrize("text", ["conditon", "condition,drugs", "all"])
def test_a_domain_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--closed-world: .* wanted any of condition, drug"):
        ClosedWorld.parse(text)


def test_answers_are_read_by_patient_and_criterion() -> None:
    data = b'{"p1": {"I2": {"holds": true, "by": "Dr A", "at": "2024-09-01"}}}'
    assert read_answers(data, "a.json", ["I2"]) == SIGNED
    unknown = read_answers(data.replace(b"true", b"null"), "a.json", ["I2"])
    assert unknown["p1"]["I2"].truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "a.json: "),
        (b"[]", "a.json: "),
        (b'{"p1": {"I2": {"holds": "yes", "by": "Dr A", "at": "2024"}}}', "a.json, p1.I2.holds: "),
        (b'{"p1": {"I2": {"holds": true, "by": "Dr A"}}}', "a.json, p1.I2: "),
        (b'{"p1": {"X9": {"holds": true, "by": "Dr A", "at": "2024"}}}', "a.json, p1.X9: no such"),
        (b'{"p1": {"I2": {"holds": true, "by": " ", "at": "2024"}}}', "a.json, p1.I2.by: empty"),
        (b'{"p1": {"I2": {"holds": true, "by": "A", "at": "soon"}}}', "a.json, p1.I2.at: 'soon'"),
    ],
)
def test_broken_answers_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_answers(data, "a.json", ["I2"])
    assert str(caught.value).startswith(says)


def bundle(id_: str) -> str:
    person = {"resourceType": "Patient", "id": id_}
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": person}]})


def test_folders_are_read_in_order_and_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.json").write_text(bundle("b"))
    (tmp_path / "a.json").write_text(bundle("a"))
    (tmp_path / "README.md").write_text("not a bundle")
    people = read_patients([tmp_path, tmp_path / "a.json"], ON)
    assert [person.id for person in people] == ["a", "b"]


def test_one_patient_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(bundle("same"))
    with pytest.raises(InputError, match=r"b\.json: patient same again; wanted each patient once"):
        read_patients([tmp_path], ON)


def test_a_folder_without_bundles_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no bundle inside"):
        read_patients([tmp_path], ON)
    with pytest.raises(InputError, match="No such file"):
        read_patients([tmp_path / "none.json"], ON)
