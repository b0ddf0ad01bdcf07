"""Records out of files, lists, lines and archives; what cannot be read is set aside by place."""

import gzip
import json
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


def study(number: int) -> dict[str, object]:
    return {"protocolSection": {"identificationModule": {"nctId": f"NCT{number:08d}"}}}


def lines(*numbers: int) -> bytes:
    return b"".join(json.dumps(study(number)).encode() + b"\n" for number in numbers)


def read(*paths: Path) -> list[Arrival]:
    return list(arrivals(files(paths)))


def numbers(found: list[Arrival]) -> list[str | None]:
    return [one.nct_id for one in found if isinstance(one, Record)]


def aside(found: list[Arrival]) -> list[SetAside]:
    return [one for one in found if isinstance(one, SetAside)]


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


TWO = ["NCT00000001", "NCT00000002"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("array.json", json.dumps([study(1), study(2)]).encode()),
        ("answer.json", json.dumps({"studies": [study(1), study(2)], "token": "x"}).encode()),
        ("lines.ndjson", lines(1, 2)),
        ("lines.json", lines(1, 2)),
        ("lines.ndjson.gz", gzip.compress(lines(1, 2), mtime=0)),
        ("array.json.gz", gzip.compress(json.dumps([study(1), study(2)]).encode(), mtime=0)),
    ],
)
def test_many_records_in_one_file(tmp_path: Path, name: str, data: bytes) -> None:
    assert numbers(read(write(tmp_path / name, data))) == TWO


def test_one_record_in_several_lines(tmp_path: Path) -> None:
    assert numbers(read(write(tmp_path / "one.json", json.dumps(study(1), indent=2).encode()))) == [
        "NCT00000001"
    ]


def test_a_zip_and_a_folder_in_order_of_names(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("in/2.json", json.dumps(study(2)))
        archive.writestr("in/3.ndjson", lines(3, 4))
    write(tmp_path / "a.json", json.dumps(study(1)).encode())
    write(tmp_path / "README.md", b"not a record")
    assert numbers(read(tmp_path)) == [f"NCT0000000{n}" for n in (1, 2, 3, 4)]
    assert not aside(read(tmp_path))


def test_a_bad_line_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    data = lines(1) + b'{"protocolSection": 3}\n\n{"broken\n' + lines(2)
    found = read(write(tmp_path / "x.ndjson", data))
    assert numbers(found) == TWO
    assert [one.at for one in aside(found)] == ["line 2", "line 4"]
    assert all(one.file == str(tmp_path / "x.ndjson") and one.why for one in aside(found))


def test_a_record_that_is_too_long_is_set_aside_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_MOST_BYTES_OF_A_RECORD", 200)
    long = json.dumps({**study(9), "much": "x" * 1000}).encode()
    found = read(write(tmp_path / "x.ndjson", lines(1) + long + b"\n" + lines(2)))
    assert numbers(found) == TWO
    assert [(one.at, one.why) for one in aside(found)] == [
        ("line 2", "a record of more than 200 bytes")
    ]
    found = read(write(tmp_path / "x.json", b"[" + long + b"," + lines(1).strip() + b"]"))
    assert numbers(found) == ["NCT00000001"]
    assert [one.at for one in aside(found)] == ["study 1"]


def test_a_bad_study_of_a_list_is_set_aside_by_its_position(tmp_path: Path) -> None:
    odd = {"protocolSection": {"identificationModule": {"nctId": "EU-1"}}}
    found = read(write(tmp_path / "x.json", json.dumps([study(1), odd, 7, study(2)]).encode()))
    assert numbers(found) == TWO
    assert [one.at for one in aside(found)] == ["study 2", "study 3"]
    assert "NCT and eight digits" in aside(found)[0].why


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.json", b""),
        ("page.txt", b"no page at all"),
        ("other.xml", b"<recipe><flour/></recipe>"),
        ("entity.xml", b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'),
        ("binary.json", bytes(range(256))),
        ("cut.ndjson.gz", gzip.compress(lines(*range(1, 500)))[:200]),
        ("not.gz", b"plain"),
        ("not.zip", b"plain"),
        ("cp1252.json", '{"protocolSection": {"a": "é"}}'.encode("cp1252")),
        ("nested.json", b"[" * 100_000),
    ],
)
def test_a_bad_file_is_one_record_set_aside(tmp_path: Path, name: str, data: bytes) -> None:
    found = read(write(tmp_path / name, data))
    assert [one.file for one in aside(found)] == [str(tmp_path / name)]
    assert "root:" not in str(found)


def test_a_missing_path_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        files([tmp_path, tmp_path / "nowhere"])


def test_seen_bytes_add_up_to_the_files(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "a.ndjson", lines(*range(1, 300))),
        write(tmp_path / "b.ndjson.gz", gzip.compress(lines(*range(300, 900)))),
        write(tmp_path / "c.xml", b"<none/>"),
    ]
    seen: list[int] = []
    list(arrivals(paths, seen.append))
    assert sum(seen) == sum(path.stat().st_size for path in paths)


def test_a_summary_that_does_not_add_up_cannot_be_made() -> None:
    LoadSummary(3, 1, 1, 0, (SetAside("f", "a", "w"),))
    with pytest.raises(ValueError, match="accounts for 2"):
        LoadSummary(3, 1, 1, 0)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([".json", ".ndjson", ".xml", ".page.txt", ".gz", ".zip"]),
    st.one_of(
        st.binary(max_size=80), st.binary(max_size=20).map(lambda tail: lines(1)[:40] + tail)
    ),
)
def test_any_bytes_are_read_or_set_aside(tmp_path: Path, suffix: str, data: bytes) -> None:
    for one in read(write(tmp_path / f"any{suffix}", data)):
        assert isinstance(one, Record) or "\n" not in one.at


def test_a_simulated_record_never_replaces_an_observed_one(tmp_path: Path) -> None:
    simulated = study(1) | {"hasResults": True, "trialwright": {"simulated": True}}
    data = json.dumps([simulated, study(2)]).encode()
    found = read(write(tmp_path / "a.json", data))
    assert numbers(found) == ["NCT00000002"]
    assert [one.why for one in aside(found)] == [
        "simulated; wanted an observed record, which this would replace"
    ]
