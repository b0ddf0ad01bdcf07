"""`catalogue`, `search` and `related` on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from trialwright.interfaces.cli.main import run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "home"
    monkeypatch.setenv("TRIALWRIGHT_HOME", str(place))
    return place


@pytest.fixture
def filled(home: Path, capsys: Capture, example: Path) -> Path:
    assert run(["catalogue", "add", "--starter", str(example / "record.page.txt")]) == 0
    capsys.readouterr()
    return home


def answer(capsys: Capture, *arguments: str) -> Any:
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_starter_catalogue_is_added_and_adds_up(home: Path, capsys: Capture) -> None:
    first = answer(capsys, "catalogue", "add", "--starter")
    counts = {"read": 23, "new": 23, "updated": 0, "unchanged": 0}
    assert first == counts | {"set_aside": [], "set_aside_more": 0}
    again = answer(capsys, "catalogue", "add", "--starter")
    assert again["unchanged"] == again["read"] == 23
    assert run(["catalogue", "info"]) == 0
    assert "23 studies" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [["search", "heart"], ["catalogue", "info"], ["catalogue", "list"]]
)
def test_an_empty_catalogue_says_how_to_fill_it(
    home: Path, capsys: Capture, command: list[str]
) -> None:
    assert run(command) == 0
    assert "trialwright catalogue add --starter" in capsys.readouterr().out
    assert not home.exists()


def test_home_says_where_the_catalogue_lies(tmp_path: Path, home: Path, capsys: Capture) -> None:
    other = tmp_path / "other"
    answer(capsys, "catalogue", "add", "--starter", "--home", str(other))
    assert answer(capsys, "catalogue", "info", "--home", str(other))["studies"] == 23
    assert answer(capsys, "catalogue", "info")["studies"] == 0


def test_search_prints_its_document(filled: Path, capsys: Capture) -> None:
    found = answer(capsys, "search", "dilated", "cardiomyopathy", "--limit", "3")
    assert set(found) == {"total", "hits", "facets", "left_out"}
    assert found["total"] > len(found["hits"]) == 3
    assert {"nctId", "briefTitle", "score"} <= set(found["hits"][0])
    assert sum(found["facets"]["status"].values()) == found["total"]


def test_search_narrowed(filled: Path, capsys: Capture) -> None:
    found = answer(capsys, "search", "--phase", "1", "--country", "chile", "--country", "France")
    assert {hit["nctId"] for hit in found["hits"]} == {"NCT01739777", "NCT02057900", "NCT05774509"}
    assert found["left_out"]["country"] == 3
    found = answer(capsys, "search", "heart", "--status", "withdrawn")
    assert (found["total"], found["hits"]) == (0, [])


def test_search_for_people(filled: Path, capsys: Capture) -> None:
    assert run(["search", '"heart failure" AND NOT exosomes', "--country", "Japan"]) == 0
    out = capsys.readouterr().out
    assert "status: " in out
    assert "state no country" in out
    assert run(["search", "zebra"]) == 0
    assert "no study matches" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["search", "heart AND"], "query, character 10: the query ends here"),
        (["search", "AREA[Phase]PHASE1"], "AREA[..] is not covered yet"),
        (["search", "x", "--status", "open"], "status: 'open'"),
        (["search", "x", "--limit", "-1"], "limit -1"),
        (["related", "5774509"], "wanted a number such as NCT00000000"),
        (["related", "NCT05774509", "--limit", "0"], "--limit: 0"),
        (["catalogue", "add"], "no path"),
        (["catalogue", "add", "nowhere.json"], "no such file or folder"),
        (["catalogue", "list", "--limit", "-1"], "--limit"),
    ],
)
def test_wrong_calls_end_in_one_line(
    home: Path, capsys: Capture, arguments: list[str], line: str
) -> None:
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert line in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert shown.out == ""
    assert not home.exists()


def test_related_prints_its_document(filled: Path, capsys: Capture) -> None:
    found = answer(capsys, "related", "nct05774509")
    assert set(found) == {"by_characteristics", "by_text", "named_on_the_page"}
    assert found["named_on_the_page"][0] == "NCT00927784"
    assert len(found["by_characteristics"]) == 10
    assert {"nctId", "score", "reasons"} <= set(found["by_text"][0])


def test_related_for_people(filled: Path, capsys: Capture) -> None:
    assert run(["related", "NCT05774509", "--limit", "2"]) == 0
    out = capsys.readouterr().out
    assert "by similarity of the text" in out
    assert "also gives: cells" in out
    assert "Named on the trial's own page: NCT00927784" in out


def test_an_unknown_number_is_one_line_and_exit_1(filled: Path, capsys: Capture) -> None:
    assert run(["related", "NCT00000001"]) == 1
    assert "NCT00000001 is not in the catalogue" in capsys.readouterr().err


def test_bad_records_are_named_while_the_rest_goes_on(
    home: Path, tmp_path: Path, capsys: Capture
) -> None:
    good = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}
    mixed = tmp_path / "mixed.ndjson"
    mixed.write_text(json.dumps(good) + "\n{oops\n")
    assert run(["catalogue", "add", str(mixed)]) == 0
    shown = capsys.readouterr()
    assert "2 read: 1 new, 0 updated, 0 unchanged, 1 set aside" in shown.out
    assert f"set aside: {mixed}, line 2" in shown.err
    empty = tmp_path / "empty.json"
    empty.write_text("")
    assert run(["catalogue", "add", str(empty)]) == 2
    assert f"set aside: {empty}" in capsys.readouterr().err


def test_a_folder_without_records_is_refused(home: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "nothing").mkdir()
    assert run(["catalogue", "add", str(tmp_path / "nothing")]) == 2
    assert "wanted a folder that holds records" in capsys.readouterr().err


def test_list_goes_page_by_page(filled: Path, capsys: Capture) -> None:
    first = answer(capsys, "catalogue", "list", "--limit", "20")["studies"]
    last = first[-1]["nctId"]
    rest = answer(capsys, "catalogue", "list", "--after", last.lower())["studies"]
    assert len(first) + len(rest) == 23
    assert rest[0]["nctId"] > last
    assert run(["catalogue", "list", "--limit", "1"]) == 0
    assert "more: trialwright catalogue list --after" in capsys.readouterr().out
