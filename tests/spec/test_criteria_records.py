"""Every record's criteria: all characters are accounted for, and every reading round-trips."""

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from trialwright.core.errors import InputError
from trialwright.protocol.criteria.codec import decode, encode
from trialwright.protocol.criteria.layout import accounted, layout, walk
from trialwright.protocol.criteria.read import read_criteria
from trialwright.record.record import Record
from trialwright.record.service import read


def criteria(record: Record) -> str:
    section = record.study.protocol_section
    module = section.eligibility_module if section else None
    return (module.eligibility_criteria if module else None) or ""


def lines(path: Path) -> Iterator[str]:
    with gzip.open(path) as stream:
        for line in stream:
            yield criteria(read(line, "v2"))


def legacy(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            try:
                yield criteria(read(archive.read(name), "legacy-xml"))
            except InputError:
                continue  # fragments, and files that hold no study


def texts(registry: Path, name: str) -> Iterator[str]:
    return legacy(registry / name) if name.endswith(".zip") else lines(registry / name)


@pytest.mark.parametrize(("name", "least"), [
    ("v2.ndjson.gz", 13_000), ("stem_cell_trials.ndjson.gz", 20_000), ("legacy_xml.zip", 20_000),
])  # fmt: skip
def test_no_character_of_any_record_is_lost(shared: Path, name: str, least: int) -> None:
    items = 0
    for text in texts(shared / "registry", name):
        found = layout(text)
        assert accounted(found, text) == len(text)
        items += len(found.items)
        for item in found.items:
            for part in walk(item):
                head, words = "".join(text[slice(*part.head)].split()), "".join(part.text.split())
                assert head.endswith(words)
                assert len(head) - len(words) <= 12
    assert items > least


def test_readings_of_real_records_round_trip(shared: Path) -> None:
    items = 0
    for text in list(lines(shared / "registry" / "v2.ndjson.gz"))[::4]:
        reading = read_criteria(text)
        spans = [i.span for i in reading.items] + [piece.span for piece in reading.leftover]
        assert sum(end - start for start, end in spans) == len(text)
        for item in reading.items:
            assert decode(encode(item.expr)) == item.expr
        items += len(reading.items)
    assert items > 2000
