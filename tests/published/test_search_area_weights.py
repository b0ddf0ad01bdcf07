"""The fields of a search and their weights, as the registry publishes them."""

import json
from pathlib import Path

import msgspec

from trialwright.record.model import Study
from trialwright.registry.fields import BASIC_SEARCH


def test_basic_search_of_the_registrys_search_areas_page(shared: Path) -> None:
    areas = json.loads((shared / "registry_api" / "search_areas.json").read_text())["areas"]
    basic = next(area for area in areas if area["area"] == "BasicSearch")
    published = {field["piece"]: field["weight"] for field in basic["fields"]}
    assert {field.piece: field.weight for field in BASIC_SEARCH} == published
    assert len(BASIC_SEARCH) == basic["declared"] == 57
    enums = {field["piece"] for field in basic["fields"] if field["type"] == "enum"}
    # The page gives no type for these fields, but their values come from closed lists.
    assert {field.piece for field in BASIC_SEARCH if field.enum} == enums | {"OverallOfficialRole"}


def test_every_path_stands_in_the_model() -> None:
    for field in BASIC_SEARCH:
        kind: object = Study
        for step in field.path.split("."):
            fields = {f.name: f.type for f in msgspec.structs.fields(_struct(kind))}
            assert step in fields, f"{field.piece}: no {step} in {kind}"
            kind = fields[step]


def _struct(kind: object) -> type[msgspec.Struct]:
    """Return the piece inside `Piece | None` or `tuple[Piece, ...]`."""
    while not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        kind = next(arg for arg in kind.__args__ if arg not in (type(None), ...))  # type: ignore[attr-defined]
    return kind
