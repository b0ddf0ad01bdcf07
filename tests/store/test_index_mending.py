"""A search index that lost something is made anew from the records: never "no study matches"."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.store.test_catalogue import record

from trialwright.core.errors import InputError
from trialwright.store.catalogue import CatalogueOnDisk
from trialwright.store.search_index import SearchIndex

Damage = Callable[[Path], None]


def without_segments(index: Path) -> None:
    meta = json.loads((index / "meta.json").read_bytes())
    (index / "meta.json").write_text(json.dumps(meta | {"segments": []}))


def without_meta(index: Path) -> None:
    (index / "meta.json").unlink()


def with_meta_of_nothing(index: Path) -> None:
    (index / "meta.json").write_text("")


def only_the_note(index: Path) -> None:
    for file in index.iterdir():
        if file.name != "trialwright.json":
            file.unlink()


def without(ending: str) -> Damage:
    def damage(index: Path) -> None:
        files = list(index.glob(f"*.{ending}"))
        assert files
        for file in files:
            file.unlink()

    return damage


def halved(ending: str) -> Damage:
    def damage(index: Path) -> None:
        files = list(index.glob(f"*.{ending}"))
        assert files
        for file in files:
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        without_segments, without_meta, with_meta_of_nothing, only_the_note, without("pos"),
        without("idx"), without("fast"), halved("term"), halved("pos"),
    ],
)  # fmt: skip
def test_whatever_is_damaged_all_studies_are_found(tmp_path: Path, damage: Damage) -> None:
    folder = tmp_path / "catalogue"
    CatalogueOnDisk(folder).add([record(number) for number in (1, 2, 3)])
    (index,) = (folder / "index").iterdir()
    damage(index)
    again = CatalogueOnDisk(folder)
    assert again.search("rest").total == 3
    assert again.sharing(["rest"], 5) == ("NCT00000001", "NCT00000002", "NCT00000003")
    assert CatalogueOnDisk(folder).search('"rest"').total == 3


def test_a_load_into_a_catalogue_whose_index_lost_its_studies(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    CatalogueOnDisk(folder).add([record(1), record(2)])
    (index,) = (folder / "index").iterdir()
    without_segments(index)
    again = CatalogueOnDisk(folder)
    again.add([record(3)])
    assert again.search("rest").total == 3


def test_an_index_is_made_anew_once_and_then_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = CatalogueOnDisk(tmp_path / "catalogue")
    catalogue.add([record(1)])
    made: list[None] = []
    empty = "trialwright.store.search_index.IndexWriting.empty"
    monkeypatch.setattr(empty, lambda index: made.append(None))

    def failing(*_: object) -> None:
        raise ValueError("data corrupted")

    monkeypatch.setattr(SearchIndex, "search", failing)
    for _ in range(3):
        with pytest.raises(InputError, match=r"damaged \(data corrupted\)"):
            catalogue.search("rest")
    assert len(made) == 1
