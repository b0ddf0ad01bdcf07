"""`trialwright screen`, end to end: for people, for programs, and with broken input."""

import gzip
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from trialwright.interfaces.cli.main import run

CLOSED = ("--closed-world", "condition,drug,procedure,allergy,device")
ON = ("--on", "2024-09-02")


@pytest.fixture
def protocol(example: Path) -> str:
    return str(example / "protocol.yaml")


@pytest.fixture
def patients(example: Path) -> str:
    return str(example / "patients")


def test_one_line_per_patient_for_people(
    protocol: str, patients: str, example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = str(example / "answers.json")
    assert run(["screen", protocol, patients, *ON, *CLOSED, "--answers", answers]) == 0
    *lines, total = capsys.readouterr().out.splitlines()
    assert len(lines) == 13
    assert lines[0] == "sim-01 (simulated)  eligible: every criterion is met"
    assert lines[6].startswith(
        "sim-07 (simulated)  not eligible: E16 applies; haematocrit 0.24 L/L"
    )
    assert "13 screened on 2024-09-02: 5 eligible, 5 not eligible, 3 undecided" in total
    assert "closed world for condition" in total


def test_one_document_for_programs(
    protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["screen", protocol, f"{patients}/07-haematocrit-0.24.json", *ON, "--json"]) == 0
    (patient,) = json.loads(capsys.readouterr().out)["patients"]
    assert (patient["id"], patient["eligible"], patient["deciding"]) == ("sim-07", "no", ["E16"])
    (verdict,) = [each for each in patient["criteria"] if each["id"] == "E16"]
    assert (verdict["verdict"], verdict["unknown"]) == ("false", None)
    assert verdict["evidence"][0]["recorded"] == "0.24 L/L"


def test_explain_shows_every_criterion(
    protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["screen", protocol, f"{patients}/02-lvef-40.json", *ON, "--explain"]) == 0
    out = capsys.readouterr().out
    assert "left ventricular ejection fraction 40 % on 2024-08-14: <= 40 %: holds" in out
    assert "read with: open world" in out
    assert "E30 unknown" in out


def test_one_bad_file_among_good_ones_prints_nothing_as_done(
    protocol: str, patients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json.gz"
    bad.write_bytes(gzip.compress(Path(patients, "01-eligible.json").read_bytes()[:-20]))
    assert run(["screen", protocol, patients, str(bad), *ON]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "bad.json.gz: broken JSON" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.yaml", "PATIENTS"], "none.yaml: No such file"),
        (["PROTOCOL", "none.json"], "none.json: No such file"),
        (["PROTOCOL", "PATIENTS", "--on", "2024-09"], "--on: '2024-09'; wanted a whole date"),
        (["PROTOCOL", "PATIENTS", "--on", "soon"], "--on: 'soon'; wanted a date"),
        (
            ["PROTOCOL", "PATIENTS", "--on", "1900-01-01"],
            "--on: 1900-01-01; wanted a day after",
        ),
        (["PROTOCOL", "PATIENTS", "--on", "2999-01-01"], "--on: 2999-01-01; wanted a day up to"),
        (["PROTOCOL", "PATIENTS", "--closed-world", "moon"], "--closed-world: moon; wanted any of"),
        (["PROTOCOL", "PATIENTS", "--answers", "none.json"], "none.json: No such file"),
        (["PROTOCOL"], "patients"),
    ],
)
def test_wrong_calls_end_in_one_line(
    arguments: list[str],
    says: str,
    protocol: str,
    patients: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = {"PROTOCOL": protocol, "PATIENTS": patients}
    assert run(["screen", *(names.get(each, each) for each in arguments)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says.lower() in err.lower()
    assert err.count("\n") == 1


def test_answers_about_somebody_else_are_refused(
    protocol: str, patients: str, example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = f"{patients}/01-eligible.json"
    assert run(["screen", protocol, one, *ON, "--answers", str(example / "answers.json")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "answers about patients that were not given: sim-02, sim-03" in printed.err


def test_explain_says_what_to_ask_or_measure_next(
    protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["screen", protocol, f"{patients}/08-no-lvef.json", *ON, *CLOSED, "--explain"]) == 0
    out = capsys.readouterr().out
    assert "  ask or measure next (" in out
    first = out.split("ask or measure next")[1].splitlines()[1]
    assert first == "      left ventricular ejection fraction, % (I4)"
    assert "one alone could exclude: left ventricular ejection fraction, %" in out


def test_the_document_lists_the_smallest_list_of_facts(
    protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [f"{patients}/07-haematocrit-0.24.json", f"{patients}/08-no-lvef.json"]
    assert run(["screen", protocol, *files, *ON, *CLOSED, "--json"]) == 0
    decided, undecided = json.loads(capsys.readouterr().out)["patients"]
    assert decided["facts"] == decided["could_exclude"] == []
    assert undecided["facts"][0]["kind"] == "measure"
    asked = {name for fact in undecided["facts"] for name in fact["criteria"]}
    assert asked == set(undecided["would_decide"])


def test_values_may_be_too_old_and_anchors_are_named(
    protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["screen", protocol, f"{patients}/01-eligible.json", *ON, "--explain",
            "--valid-for", "lvef=P1D", "--anchor", "first_infusion=2024-09-16"]  # fmt: skip
    assert run(call) == 0
    out = capsys.readouterr().out
    assert "lvef is valid for P1D; first_infusion is on 2024-09-16" in out
    assert "left ventricular ejection fraction: the values on record are too old to count" in out


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (["--valid-for", "zeal=P1M"], "--valid-for: 'zeal=P1M'; wanted name=value, and a measure"),
        (["--valid-for", "lvef=6"], "--valid-for lvef: '6'; wanted an ISO 8601 duration"),
        (["--anchor", "first_infusion=2024-05"], "--anchor first_infusion: '2024-05'; wanted a"),
        (["--anchor", "birthday=2024-05-01"], "--anchor: 'birthday=2024-05-01'; wanted name="),
    ],
)
def test_a_wrong_validity_or_anchor_is_refused(
    option: list[str], says: str, protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["screen", protocol, patients, *ON, *option]) == 2
    assert says in capsys.readouterr().err


def test_patients_in_csv_and_a_code_system_that_is_not_known(
    protocol: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "facts.csv").write_text(
        "patient,kind,name,code,value,unit,date\np1,measurement,EF,measure:lvef,45,%,2024-08-01\n"
        "p1,measurement,odd,,1,1,2024\n"
    )
    assert run(["screen", protocol, str(tmp_path / "facts.csv"), *ON]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("p1  not eligible: I4 not met; left ventricular ejection")
    assert "facts.csv, line 3, code: empty; wanted a code" in printed.err


def test_the_template_of_the_csv_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["screen", "--csv-template"]) == 0
    assert capsys.readouterr().out.startswith("patient,kind,name,code,value,unit,date")


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_patients_of_a_warehouse(
    protocol: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ibis")
    (tmp_path / "PERSON.csv").write_text(
        "person_id,gender_concept_id,year_of_birth\n11,8507,1930\n12,8532,1990\n"
    )
    assert run(["screen", protocol, str(tmp_path), *ON]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("11  not eligible: I1 not met; age born 1930")
    assert "12  undecided" in printed.out
    assert "no concept table; wanted the vocabulary's concept table" in printed.err


def test_a_criteria_file_is_screened_as_its_protocol_is(
    example: Path, patients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filed = tmp_path / "criteria.yaml"
    assert run(["criteria", "parse", str(example / "record.page.txt"), "--out", str(filed)]) == 0
    one = f"{patients}/07-haematocrit-0.24.json"
    assert run(["screen", str(filed), one, *ON]) == 0
    assert capsys.readouterr().out.startswith("sim-07 (simulated)  not eligible: ")
    assert run(["funnel", str(filed), one, *ON]) == 0
    assert "1 people on 2024-09-02" in capsys.readouterr().out
    assert run(["protocol", "check", str(filed)]) == 2
    assert "a criteria file; wanted a protocol (`trialwright protocol" in capsys.readouterr().err


def test_a_criteria_file_that_was_cut_off_screens_nobody(
    example: Path, patients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filed = tmp_path / "criteria.yaml"
    assert run(["criteria", "parse", str(example / "record.page.txt"), "--out", str(filed)]) == 0
    filed.write_text(filed.read_text().split("- id: I4")[0].rstrip() + "\n")
    assert run(["screen", str(filed), patients, *ON]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "of the text are in no criterion (after I3)" in printed.err


def test_swapped_arguments_are_named(
    protocol: str, patients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["screen", f"{patients}/01-eligible.json", protocol, *ON]) == 2
    assert "FHIR resources, which are patients; wanted the protocol" in capsys.readouterr().err
    table = tmp_path / "p.csv"
    table.write_text("patient;kind\n")
    assert run(["screen", str(table), protocol, *ON]) == 2
    assert "a table of patients; wanted the protocol" in capsys.readouterr().err


def test_answers_of_after_the_day_of_screening_are_refused(
    protocol: str, patients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "a.json"
    answers.write_text('{"sim-01": {"E4": {"holds": false, "by": "Dr A", "at": "2024-09-10"}}}')
    for command in ("screen", "funnel"):
        assert run([command, protocol, patients, *ON, "--answers", str(answers)]) == 2
        said = "a.json, sim-01.E4.at: 2024-09-10; wanted a day from the year 1900 on, up to 2024"
        assert said in capsys.readouterr().err


def test_a_day_ahead_is_said_to_be_a_rehearsal(
    protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ahead = (date.today() + timedelta(days=30)).isoformat()
    for command in ("screen", "funnel"):
        assert run([command, protocol, f"{patients}/01-eligible.json", "--on", ahead]) == 0
        assert f"--on {ahead} is after today" in capsys.readouterr().err


def test_what_is_similar_to_a_measure_is_named(
    protocol: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "facts.csv"
    facts.write_text(
        "patient,kind,name,code,value,unit,date\n"
        "p1,measurement,LVEF,loinc:99999-9,35,%,2024-08-01\n"
        "p1,measurement,Creatinine,loinc:99999-8,1,mg/dL,2024-08-01\n"
    )
    assert run(["screen", protocol, str(facts), *ON, "--explain"]) == 0
    out = capsys.readouterr().out
    said = "is it left ventricular ejection fraction? its words name this, and its code is not"
    assert said in " ".join(out.split())
    assert "is it left ventricular ejection fraction? its words name this" in " ".join(out.split())
    assert out.count("is it left ventricular") <= 3


def test_a_funnel_wants_either_patients_or_a_database(
    protocol: str, patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["funnel", protocol]) == 2
    assert "funnel: neither patients nor a database; wanted" in capsys.readouterr().err
    assert run(["funnel", protocol, patients, "--database", "x"]) == 2
    assert "funnel: patients and a database; wanted one of them" in capsys.readouterr().err
