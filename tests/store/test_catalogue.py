"""The catalogue on disk: loads that add up, versions, and a load that is cut off at any moment."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from trialwright.core.errors import InputError, Refused
from trialwright.record.formats import v2
from trialwright.record.record import Record
from trialwright.registry.cards import card
from trialwright.registry.model import Filters, LoadSummary, SetAside
from trialwright.store import catalogue_batches
from trialwright.store.catalogue import CatalogueOnDisk


def record(number: int, title: str = "A trial of rest", **status: object) -> Record:
    protocol = {
        "identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": title},
        "statusModule": status,
    }
    return v2.from_value({"protocolSection": protocol, "odd": {"kept": [1, None]}}, "test")


@pytest.fixture
def catalogue(tmp_path: Path) -> CatalogueOnDisk:
    return CatalogueOnDisk(tmp_path / "catalogue")


def found(catalogue: CatalogueOnDisk, query: str = "") -> list[str]:
    return [hit.nct_id for hit in catalogue.search(query, limit=1000).hits]


def test_an_empty_catalogue_answers_and_writes_nothing(
    catalogue: CatalogueOnDisk, tmp_path: Path
) -> None:
    assert catalogue.search("rest").total == 0
    assert catalogue.get("NCT00000001") is None
    assert (catalogue.ids(), catalogue.cards(), catalogue.versions("NCT00000001")) == ((), (), ())
    assert catalogue.sharing(["rest"], 5) == ()
    assert catalogue.info().studies == 0
    assert list(tmp_path.iterdir()) == []


def test_what_goes_in_comes_out(catalogue: CatalogueOnDisk) -> None:
    one = record(1)
    catalogue.add([one])
    again = catalogue.get("NCT00000001")
    assert again is not None
    assert v2.to_value(again) == v2.to_value(one)
    assert v2.to_value(again)["odd"] == {"kept": [1, None]}


def test_loads_add_up_and_a_second_load_changes_nothing(catalogue: CatalogueOnDisk) -> None:
    bad = SetAside("file", "line 2", "no study")
    first = catalogue.add([record(1), bad, record(2)])
    assert first == LoadSummary(3, 2, 0, 0, (bad,))
    before = catalogue.info()
    assert catalogue.add([record(1), record(2)]) == LoadSummary(2, 0, 0, 2)
    assert catalogue.info().older_versions == before.older_versions == 0
    assert catalogue.add([record(1), record(2, "Other"), record(3)]) == LoadSummary(3, 1, 1, 1)


def test_older_versions_are_kept(catalogue: CatalogueOnDisk) -> None:
    titles = ["First", "Second", "Third"]
    for title in titles:
        catalogue.add([record(1, title, lastUpdatePostDateStruct={"date": "2024-01-01"})])
    versions = catalogue.versions("NCT00000001")
    assert [version.number for version in versions] == [1, 2, 3]
    assert {version.last_update for version in versions} == {"2024-01-01"}
    assert len({version.sha256 for version in versions}) == 3
    shown = [catalogue.version("NCT00000001", version.number) for version in versions]
    assert [title_of(one) for one in shown] == titles
    assert title_of(catalogue.get("NCT00000001")) == "Third"
    assert catalogue.version("NCT00000001", 4) is None


def title_of(one: Record | None) -> object:
    return one and v2.to_value(one)["protocolSection"]["identificationModule"]["briefTitle"]


def test_a_number_twice_in_one_load_makes_two_versions(catalogue: CatalogueOnDisk) -> None:
    summary = catalogue.add([record(1, "Old"), record(2), record(1, "New"), record(1, "New")])
    assert summary == LoadSummary(4, 2, 1, 1)
    assert found(catalogue, "new") == ["NCT00000001"]
    assert found(catalogue, "old") == []


def test_an_updated_study_is_found_by_its_new_words_only(catalogue: CatalogueOnDisk) -> None:
    catalogue.add([record(1, "Sleep"), record(2, "Sleep")])
    catalogue.add([record(1, "Wake")])
    assert found(catalogue, "sleep") == ["NCT00000002"]
    assert found(catalogue, "wake") == ["NCT00000001"]


def test_equal_scores_are_in_order_of_numbers(catalogue: CatalogueOnDisk) -> None:
    numbers = [(7 * n) % 211 + 1 for n in range(211)]
    catalogue.add([record(number) for number in numbers])
    assert found(catalogue, "rest") == found(catalogue) == sorted(f"NCT{n:08d}" for n in numbers)
    top = catalogue.search("rest", limit=5, offset=100)
    assert [hit.nct_id for hit in top.hits] == [f"NCT{n:08d}" for n in range(101, 106)]
    assert top.total == 211


def test_a_word_counts_by_the_weight_of_its_field(catalogue: CatalogueOnDisk) -> None:
    catalogue.add([sponsored(1, "Rest", "Sleep"), sponsored(2, "Sleep", "Rest")])
    title, sponsor = catalogue.search("sleep").hits
    assert (title.nct_id, sponsor.nct_id) == ("NCT00000002", "NCT00000001")
    assert title.score / sponsor.score == pytest.approx(0.89 / 0.4, rel=1e-4)


def sponsored(number: int, title: str, sponsor: str) -> Record:
    value = v2.to_value(record(number, title))
    value["protocolSection"]["sponsorCollaboratorsModule"] = {"leadSponsor": {"name": sponsor}}
    return v2.from_value(value, "test")


def test_words_found_as_a_phrase_come_first(catalogue: CatalogueOnDisk) -> None:
    catalogue.add([record(1, "Failure of the heart"), record(2, "Heart failure and rest")])
    assert found(catalogue, "heart failure") == ["NCT00000002", "NCT00000001"]
    assert found(catalogue, '"heart failure"') == ["NCT00000002"]


def test_words_are_found_by_their_stems_without_case_and_accents(
    catalogue: CatalogueOnDisk,
) -> None:
    catalogue.add([record(1, "Menière’s Diseases, 2022-001844-75")])
    for query in ("meniere disease", '"2022-001844-75"', "2022-001844-75", "NCT00000001"):
        assert found(catalogue, query) == ["NCT00000001"], query
    assert found(catalogue, "2022-001844-76") == []


def test_a_load_that_fails_half_way_leaves_whole_studies(
    catalogue: CatalogueOnDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_batches, "_BATCH", 10)

    def cut_off() -> Iterator[Record]:
        yield from (record(number) for number in range(1, 36))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catalogue.add(cut_off())
    # What was committed is there, found, and whole; the index was behind and was made up.
    for reopened in (catalogue, CatalogueOnDisk(tmp_path / "catalogue")):
        assert len(reopened.ids()) == 30
        assert len(found(reopened, "rest")) == 30
        assert all(reopened.get(number) is not None for number in reopened.ids())
    summary = catalogue.add(record(number) for number in range(1, 41))
    assert summary == LoadSummary(40, 10, 0, 30)
    assert len(found(catalogue, "rest")) == 40


def test_the_index_is_made_anew_from_the_records(
    catalogue: CatalogueOnDisk, tmp_path: Path
) -> None:
    catalogue.add([record(1), record(2)])
    for index in (tmp_path / "catalogue" / "index").iterdir():
        for file in index.iterdir():
            file.unlink()
    assert found(CatalogueOnDisk(tmp_path / "catalogue"), "rest") == ["NCT00000001", "NCT00000002"]


def test_a_damaged_index_is_made_anew(catalogue: CatalogueOnDisk, tmp_path: Path) -> None:
    catalogue.add([record(1)])
    (index,) = (tmp_path / "catalogue" / "index").iterdir()
    (index / "meta.json").write_text("x")
    (index / "trialwright.json").write_text("x")
    assert found(CatalogueOnDisk(tmp_path / "catalogue"), "rest") == ["NCT00000001"]


def test_records_put_back_to_an_earlier_state_are_what_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    CatalogueOnDisk(folder).add([record(1)])
    earlier = (folder / "catalogue.sqlite").read_bytes()
    CatalogueOnDisk(folder).add([record(2)])
    for file in folder.glob("catalogue.sqlite*"):
        file.unlink()
    (folder / "catalogue.sqlite").write_bytes(earlier)
    assert found(CatalogueOnDisk(folder)) == ["NCT00000001"]


def test_a_second_load_at_the_same_time_is_refused_and_harms_nothing(
    catalogue: CatalogueOnDisk, tmp_path: Path
) -> None:
    other = CatalogueOnDisk(tmp_path / "catalogue")

    def loading() -> Iterator[Record]:
        yield record(1)
        with pytest.raises(Refused, match="another load is running"):
            other.add([record(2)])
        assert other.search("rest").total == 0  # readers go on
        yield record(3)

    catalogue.add(loading())
    assert catalogue.ids() == ("NCT00000001", "NCT00000003")
    assert other.add([record(2)]).new == 1


def test_a_file_that_is_no_catalogue_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_text("not a database " * 100)
    for use in (lambda c: c.search("x"), lambda c: c.ids(), lambda c: c.add([record(1)])):
        with pytest.raises(InputError, match=r"catalogue\.sqlite"):
            use(CatalogueOnDisk(tmp_path))


def test_a_catalogue_of_a_newer_program_is_refused(
    catalogue: CatalogueOnDisk, tmp_path: Path
) -> None:
    catalogue.add([record(1)])
    with sqlite3.connect(tmp_path / "catalogue" / "catalogue.sqlite") as connection:
        connection.execute("UPDATE catalogue SET layout = 99")
    connection.close()
    with pytest.raises(InputError, match="layout 99"):
        CatalogueOnDisk(tmp_path / "catalogue").search("rest")


def test_a_record_without_a_number_is_refused(catalogue: CatalogueOnDisk) -> None:
    odd = v2.from_value({"protocolSection": {"identificationModule": {"nctId": "EU-1"}}}, "test")
    with pytest.raises(InputError, match="NCT and eight digits"):
        catalogue.add([odd])


def test_limits_of_a_search(catalogue: CatalogueOnDisk) -> None:
    catalogue.add([record(1)])
    assert catalogue.search("rest", limit=0).hits == ()
    assert catalogue.search("rest", limit=0).total == 1
    for bad in (-1, 10_001):
        with pytest.raises(InputError):
            catalogue.search("rest", limit=bad)
    with pytest.raises(InputError, match="not covered yet"):
        catalogue.search("AREA[Phase]1")
    assert catalogue.search("rest", Filters(country=("Nowhere",))).left_out == {"country": 1}


def test_studies_in_order_page_by_page(catalogue: CatalogueOnDisk) -> None:
    catalogue.add(record(number) for number in (3, 1, 2))
    first = catalogue.cards(limit=2)
    assert [card.nct_id for card in first] == ["NCT00000001", "NCT00000002"]
    assert [card.nct_id for card in catalogue.cards(after=first[-1].nct_id)] == ["NCT00000003"]


def test_studies_in_the_order_that_was_asked_for(catalogue: CatalogueOnDisk) -> None:
    catalogue.add(record(number) for number in (1, 2, 3))
    asked = ["NCT00000003", "NCT00000009", "NCT00000001"]
    assert [card(one).nct_id for one in catalogue.studies(asked)] == [asked[0], asked[2]]
    three = catalogue.get("NCT00000003")
    assert three is not None
    assert next(catalogue.studies(asked)) == three.study


def test_sharing_prefers_those_with_more_of_the_words(catalogue: CatalogueOnDisk) -> None:
    catalogue.add([record(1, "heart cells"), record(2, "heart"), record(3, "lung")])
    assert catalogue.sharing(["heart", "cell"], 10) == ("NCT00000001", "NCT00000002")
    assert catalogue.sharing(["-"], 10) == ()
