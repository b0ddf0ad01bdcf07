"""The starter catalogue: facts with their origin, and the lists of related trials it makes."""

import gzip
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from trialwright.record.formats import v2
from trialwright.record.record import Record
from trialwright.record.service import complete, read, read_facts
from trialwright.registry.cards import card
from trialwright.registry.intake import arrivals, files
from trialwright.registry.related import related
from trialwright.store.catalogue import CatalogueOnDisk

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "starter_catalogue"
# As a cardiologist would order them for the reference trial.
STRONG = {
    "NCT02467387", "NCT04476901", "NCT01392625", "NCT01739777", "NCT02057900", "NCT03797092",
    "NCT02509156", "NCT04982081",
}  # fmt: skip
MEDIUM = {
    "NCT04945018", "NCT04396899", "NCT05068674", "NCT03763136", "NCT02032004", "NCT02501811",
    "NCT01670981",
}  # fmt: skip
DECOYS = {"NCT04313647", "NCT04798716"}
ON_THE_PAGE = {"NCT00927784", "NCT01242891", "NCT00583661", "NCT01829750", "NCT05771987"}


@pytest.fixture(scope="module")
def records() -> dict[str, Record]:
    found = list(arrivals(files([FOLDER])))
    assert all(isinstance(one, Record) for one in found), found
    return {str(one.nct_id): one for one in found if isinstance(one, Record)}


@pytest.fixture(scope="module")
def page(example: Path) -> Record:
    path = example / "record.page.txt"
    return read(path.read_bytes(), path.name)


@pytest.fixture(scope="module")
def completed(page: Record, example: Path) -> Record:
    path = example / "facts.yaml"
    return complete(page, read_facts(path.read_bytes(), path.name))


def test_it_holds_the_trials_that_belong_to_the_question(records: dict[str, Record]) -> None:
    assert set(records) == STRONG | MEDIUM | DECOYS | ON_THE_PAGE
    assert {path.stem for path in FOLDER.glob("*.json")} == set(records)


def test_every_record_says_where_its_facts_and_its_summary_come_from(
    records: dict[str, Record],
) -> None:
    readme = (FOLDER / "README.md").read_text()
    for number, record in records.items():
        facts, summary = record.provenance
        assert number in facts.source
        assert re.search(r"as of (\d{4}-\d{2}-\d{2}|an unknown date)$", facts.seen_on)
        assert summary.field.endswith("briefSummary")
        row = f"| {number} | {card(record.study).brief_title} |"
        assert row in readme


def test_every_record_can_be_listed(records: dict[str, Record]) -> None:
    for number, record in records.items():
        facts = card(record.study)
        assert facts.brief_title, number
        assert facts.status, number
        summary = v2.to_value(record)["protocolSection"]["descriptionModule"]["briefSummary"]
        assert 10 < len(summary.split()) < 60, number


def dumped(shared: Path) -> dict[str, dict[str, Any]]:
    with gzip.open(shared / "registry" / "stem_cell_trials.ndjson.gz") as lines:
        studies = (json.loads(line)["protocolSection"] for line in lines)
        found = {study["identificationModule"]["nctId"]: study for study in studies}
    for path in (shared / "registry" / "named_on_the_page").glob("*.xml"):
        found[path.stem] = v2.to_value(read(path.read_bytes(), path.name))["protocolSection"]
    return found


def test_facts_are_those_of_the_stored_records(records: dict[str, Record], shared: Path) -> None:
    originals = dumped(shared)
    checked = 0
    for number in records.keys() & originals.keys():
        own = v2.to_value(records[number])["protocolSection"]
        original = originals[number]
        for module, names in (
            ("identificationModule", ("briefTitle", "officialTitle", "acronym")),
            ("statusModule", ("overallStatus",)),
            ("conditionsModule", ("conditions",)),
            ("designModule", ("phases", "studyType")),
            ("sponsorCollaboratorsModule", ("leadSponsor",)),
        ):
            for name in names:
                assert own.get(module, {}).get(name) == original[module].get(name), number
        interventions = original["armsInterventionsModule"]["interventions"]
        assert [(one["type"], one["name"]) for one in interventions] == [
            (one["type"], one["name"]) for one in own["armsInterventionsModule"]["interventions"]
        ]
        checked += 1
    assert checked == 13


def test_no_summary_repeats_the_registrys_text(records: dict[str, Record], shared: Path) -> None:
    originals = dumped(shared)
    for number in records.keys() & originals.keys():
        own = v2.to_value(records[number])["protocolSection"]["descriptionModule"]["briefSummary"]
        theirs = originals[number]["descriptionModule"].get("briefSummary", "")
        assert not runs_of(own, 6) & runs_of(theirs, 6), number


def runs_of(text: str, length: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


@pytest.mark.parametrize("whole", [False, True], ids=["the page alone", "with published facts"])
def test_strong_matches_come_before_decoys_devices_and_the_pages_own_list(
    whole: bool, page: Record, completed: Record, records: dict[str, Record]
) -> None:
    own = completed if whole else page
    studies = [record.study for record in records.values()]
    found = related(own.study, studies, [one.nct_id for one in own.related], limit=100)
    order = [entry.nct_id for entry in found.by_characteristics]
    assert set(order) >= STRONG
    last_strong = max(order.index(number) for number in STRONG)
    later = [order.index(number) for number in DECOYS | ON_THE_PAGE if number in order]
    assert all(last_strong < at for at in later)
    assert set(found.named_on_the_page) == ON_THE_PAGE
    assert all(entry.reasons for entry in found.by_characteristics)
    assert all(one.score >= other.score for one, other in pairwise(found.by_characteristics))


def test_search_on_the_starter_catalogue(records: dict[str, Record], tmp_path: Path) -> None:
    catalogue = CatalogueOnDisk(tmp_path)
    summary = catalogue.add(arrivals(files([FOLDER])))
    assert (summary.read, summary.new, summary.set_aside) == (22, 22, ())
    first = catalogue.search("umbilical cord", limit=1).hits[0]
    assert first.nct_id == "NCT01739777"
    exosomes = catalogue.search("exosomes").hits
    assert {hit.nct_id for hit in exosomes} == DECOYS
    assert catalogue.search("Menasché OR ESCORT").hits[0].nct_id == "NCT02057900"
