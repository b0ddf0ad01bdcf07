"""`trialwright funnel` and `population`: what a person and a program see, and what is refused."""

import json
import sys
from itertools import pairwise

import pytest

from trialwright.interfaces.cli.main import run

ON = ["--on", "2024-09-02"]


def test_a_funnel_names_every_criterion_and_marks_simulated_patients(example, capsys) -> None:
    protocol = str(example / "protocol.yaml")
    assert run(["funnel", protocol, str(example / "patients"), *ON]) == 0
    out = capsys.readouterr().out
    assert "(simulated)" in out
    assert "open world" in out
    rows = [line.split()[0] for line in out.splitlines() if line.strip()]
    assert {"I1", "I7", "E1", "E30"} <= set(rows)


def test_the_document_adds_up(example, capsys) -> None:
    protocol = str(example / "protocol.yaml")
    call = ["funnel", protocol, str(example / "patients"), *ON, "--relax", "age_max=85", "--json"]
    assert run(call) == 0
    found = json.loads(capsys.readouterr().out)
    steps = found["steps"]
    assert found["simulated"] == found["people"] > 0
    assert steps[-1]["left"] == found["eligible"]
    for before, after in pairwise(steps):
        assert after["before"] == before["left"]
    (moved,) = found["relaxed"]
    assert (moved["limit"], moved["from"], moved["to"]) == ("age_max", 80.0, 85.0)


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_figure_is_marked_and_drawn_alike_twice(example, tmp_path, ending) -> None:
    protocol = str(example / "protocol.yaml")
    one, two = tmp_path / f"one.{ending}", tmp_path / f"two.{ending}"
    for path in (one, two):
        call = ["funnel", protocol, str(example / "patients"), *ON, "--figure", str(path), "--json"]
        assert run(call) == 0
    assert one.read_bytes() == two.read_bytes()
    if ending == "svg":
        assert "SIMULATED DATA" in one.read_text()


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_packed_tables_give_the_same_document_as_the_files(example, tmp_path, capsys) -> None:
    pytest.importorskip("ibis")
    protocol, patients = str(example / "protocol.yaml"), str(example / "patients")
    tables = tmp_path / "tables"
    assert run(["population", "pack", patients, "--out", str(tables)]) == 0
    capsys.readouterr()
    options = [*ON, "--closed-world", "condition,drug", "--json"]
    assert run(["funnel", protocol, patients, *options]) == 0
    from_files = json.loads(capsys.readouterr().out)
    assert run(["funnel", protocol, "--database", str(tables), *options]) == 0
    assert json.loads(capsys.readouterr().out) == from_files


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ([], "wanted PATIENTS, or --database"),
        (["--database", "nowhere.duckdb"], "no such file or folder"),
        (["--database", "."], "no such file"),
        (["{patients}", "--relax", "nothing=3"], "no such limit"),
        (["{patients}", "--figure", "x.pdf"], ".svg or .png"),
        (["{patients}", "--on", "2024"], "a whole date"),
    ],
)
@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_bad_input_is_one_clear_line(example, capsys, options, wanted) -> None:
    given = [each.replace("{patients}", str(example / "patients")) for each in options]
    assert run(["funnel", str(example / "protocol.yaml"), *given]) == 2
    captured = capsys.readouterr()
    assert wanted in captured.err
    assert captured.err.count("\n") == 1


def test_a_missing_extra_is_one_line_that_says_how_to_get_it(
    example, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setitem(sys.modules, "ibis", None)
    call = ["funnel", str(example / "protocol.yaml"), "--database", str(tmp_path)]
    assert run(call) == 2
    err = capsys.readouterr().err
    assert "pip install 'trialwright[population]'" in err
    assert err.count("\n") == 1


def test_answers_move_people_as_they_do_in_screen(example, tmp_path, capsys) -> None:
    protocol, patients = str(example / "protocol.yaml"), str(example / "patients")
    assert run(["funnel", protocol, patients, *ON, "--json"]) == 0
    before = {each["id"]: each for each in json.loads(capsys.readouterr().out)["steps"]}
    assert run(["screen", protocol, patients, *ON, "--json"]) == 0
    people = [each["id"] for each in json.loads(capsys.readouterr().out)["patients"]]
    given = {p: {"I7": {"holds": False, "by": "Dr A", "at": "2024-09-02"}} for p in people}
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(given))
    assert run(["funnel", protocol, patients, *ON, "--answers", str(answers), "--json"]) == 0
    after = {each["id"]: each for each in json.loads(capsys.readouterr().out)["steps"]}
    assert before["I7"]["perhaps_out"] > 0
    assert after["I7"]["certainly_out"] == before["I7"]["before"]["most"]
    call = ["funnel", protocol, "--database", "x", "--answers", str(answers)]
    assert run(call) == 2
    assert "files of patients, not a database" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_a_warehouse_gives_the_same_document_as_its_patients(example, tmp_path, capsys) -> None:
    pytest.importorskip("ibis")
    from tests.agreement.test_population_omop import as_files, generated

    protocol = str(example / "protocol.yaml")
    folder = str(as_files(generated(40, seed=8), tmp_path / "cdm", "parquet"))
    assert run(["funnel", protocol, folder, *ON, "--json"]) == 0
    from_files = capsys.readouterr()
    assert run(["funnel", protocol, "--database", folder, *ON, "--json"]) == 0
    from_tables = capsys.readouterr()
    assert json.loads(from_tables.out) == json.loads(from_files.out)
    assert from_tables.err == from_files.err
    assert "Nebraska" in from_files.err
