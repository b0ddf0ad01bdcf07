"""What a small file may unpack to, how much of a file that holds no records is looked at."""

import gzip
import io
import json
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.record.record import Record
from trialwright.registry import intake
from trialwright.registry.intake import Arrival, arrivals, files
from trialwright.registry.model import LoadSummary, SetAside
from trialwright.registry.unpacked import Allowance, UnpacksTooFar
from trialwright.store import catalogue_batches
from trialwright.store.catalogue import CatalogueOnDisk


def study(number: int) -> bytes:
    value = {"protocolSection": {"identificationModule": {"nctId": f"NCT{number:08d}"}}}
    return json.dumps(value).encode()


def read(path: Path, data: bytes) -> list[Arrival]:
    path.write_bytes(data)
    return list(arrivals(files([path])))


def aside(found: list[Arrival]) -> list[tuple[str, str]]:
    return [(one.at, one.why) for one in found if isinstance(one, SetAside)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list.json.gz", b"[" + b"1," * 12_000_000 + b"1]"),
        ("lines.json.gz", b"{}\n" + b"{\n" * 12_000_000),
        ("spaces.json.gz", b" " * 24_000_000),
    ],
)
def test_a_file_that_unpacks_too_far_is_set_aside_at_once(
    tmp_path: Path, name: str, data: bytes
) -> None:
    packed = gzip.compress(data, 6, mtime=0)
    assert len(packed) * 300 < len(data)
    tracemalloc.start()
    try:
        assert aside(read(tmp_path / name, packed)) == [
            ("the file", "it unpacks to more than 200 times its size; wanted records")
        ]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000


def test_the_allowance_is_that_of_the_archive_not_of_each_member(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.json", b" " * 9_000_000)
    found = aside(list(arrivals([path])))
    assert found[-1][1].startswith("it unpacks to more than 200 times its size")
    assert len(found) < 4


def test_an_allowance_ends() -> None:
    allowance = Allowance(10)
    allowance.take(16_000_000)
    allowance.take(2_000)
    with pytest.raises(UnpacksTooFar):
        allowance.take(1)


@pytest.mark.parametrize("name", ["x.ndjson", "x.json", "list.json", "x.zip"])
def test_a_file_that_holds_no_records_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(intake, "_MOST_BAD_RECORDS", 20)
    lines = b"{}\n" * 500
    if name == "x.zip":
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for number in range(500):
                archive.writestr(f"{number}.json", "{}")
        found = list(arrivals([tmp_path / name]))
    else:
        found = read(tmp_path / name, b"[" + b"{}," * 500 + b"0]" if "list" in name else lines)
    assert len(found) == 22
    assert aside(found)[-1] == (
        "the rest of the file",
        "not looked at: 21 of its first 21 parts are no records",
    )


def test_a_file_with_more_records_than_faults_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_MOST_BAD_RECORDS", 2)
    data = b"".join(study(number) + b"\n{}\n" for number in range(1, 101))
    found = read(tmp_path / "x.ndjson", data)
    assert (len(found), len(aside(found))) == (200, 100)


def test_a_catalogue_keeps_the_first_faults_and_counts_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_batches, "_MOST_SET_ASIDE", 3)
    bad = [SetAside("x", f"line {number}", "no study") for number in range(10)]
    summary = CatalogueOnDisk(tmp_path / "catalogue").add(bad)
    assert summary == LoadSummary(10, 0, 0, 0, tuple(bad[:3]), 7)
    assert summary.all_set_aside == 10
    with pytest.raises(ValueError, match="accounts for 9"):
        LoadSummary(10, 0, 0, 0, tuple(bad[:3]), 6)


def test_a_list_goes_on_after_a_broken_item_and_says_where_it_breaks_off(tmp_path: Path) -> None:
    found = read(tmp_path / "x.json", b"[" + study(1) + b', {"a": }, ' + study(2) + b", {")
    assert [one.nct_id for one in found if isinstance(one, Record)] == [
        "NCT00000001",
        "NCT00000002",
    ]
    assert [at for at, _ in aside(found)] == ["study 2", "after study 3"]


@pytest.mark.parametrize("start", [b"[", b'{"nextPageToken": "x", "studies": ['])
def test_a_byte_order_mark_before_a_list_is_no_part_of_it(tmp_path: Path, start: bytes) -> None:
    end = b"]" if start == b"[" else b"]}"
    found = read(tmp_path / "x.json", b"\xef\xbb\xbf" + start + study(1) + end)
    assert [one.nct_id for one in found if isinstance(one, Record)] == ["NCT00000001"]


METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def packed(method: int) -> bytearray:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        archive.writestr("a.json", b"{}" * 1000)
    return bytearray(memory.getvalue())


def broken_lzma() -> bytes:
    data = packed(zipfile.ZIP_LZMA)
    at = data.find(b"a.json") + 6
    data[at + 12 : at + 30] = b"\xff" * 18
    return bytes(data)


def name_that_is_no_utf8() -> bytes:
    data = packed(zipfile.ZIP_DEFLATED)
    at = data.rfind(b"PK\x01\x02")
    data[at + 8 : at + 10] = struct.pack("<H", 0x800)
    data[at + 46 : at + 48] = b"\xff\xfe"
    return bytes(data)


def name_that_is_lost() -> bytes:
    data = packed(zipfile.ZIP_DEFLATED)
    data[data.rfind(b"a.json")] = 0
    return bytes(data)


@pytest.mark.parametrize("data", [broken_lzma(), name_that_is_no_utf8(), name_that_is_lost()])
def test_a_broken_archive_is_set_aside(tmp_path: Path, data: bytes) -> None:
    assert len(aside(read(tmp_path / "x.zip", data))) == 1


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(METHODS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
)
def test_an_archive_with_any_bytes_changed_is_read_or_set_aside(
    tmp_path: Path, method: int, changes: list[tuple[float, int]]
) -> None:
    data = packed(method)
    for place, value in changes:
        data[int(place * len(data))] = value
    assert all(isinstance(one, SetAside) for one in read(tmp_path / "x.zip", bytes(data)))


def test_a_device_and_a_name_with_a_nul_are_no_files() -> None:
    for path in (Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(InputError, match="no such file or folder"):
            files([path])
