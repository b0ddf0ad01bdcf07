"""Whatever the bytes, a reader returns a record or one InputError in one line."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.record import service
from trialwright.record.formats import page_text, v2

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "secret_hf"
XML = (
    b"<clinical_study><id_info><nct_id>NCT00000001</nct_id></id_info>"
    b"<brief_summary><textblock>\n  -  a\n\n    1. b\n</textblock></brief_summary>"
    b"<phase>Phase 1</phase><start_date type='Actual'>May 2007</start_date>"
    b"<enrollment>12</enrollment><clinical_results><participant_flow><group_list>"
    b"<group group_id='P1'><title>A</title></group></group_list></participant_flow>"
    b"<reported_events><serious_events><category_list><category><title>Total</title><event_list>"
    b"<event><sub_title>Total, serious adverse events</sub_title>"
    b"<counts group_id='E1' subjects_affected='1' subjects_at_risk='2'/></event></event_list>"
    b"</category></category_list></serious_events></reported_events></clinical_results>"
    b"</clinical_study>"
)


@cache
def _samples() -> dict[str, bytes]:
    page = (EXAMPLE / "record.page.txt").read_bytes()
    record = service.read(page, "page")
    labelled = page_text.write(record, labels=True).encode()
    return {"page": page, "labelled": labelled, "json": service.write_v2(record), "xml": XML}


def _only_input_error(data: bytes) -> None:
    try:
        record = service.read(data, "x")
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert service.read(service.write_v2(record), "again") == record
        service.write_page(record)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes(data: bytes) -> None:
    _only_input_error(data)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([b"<", b"{", b"[", b"\xef\xbb\xbf<", b"NCT ID: "]), st.binary(max_size=60))
def test_random_bytes_after_a_plausible_start(start: bytes, rest: bytes) -> None:
    _only_input_error(start + rest)


EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(["cut", "insert", "swap", "repeat"]),
        st.sampled_from([b"\n", b"<", b"]]>", b'"', b"\\", b"\x00", b"\xff", b"-", b"NA\n", b"{"]),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("kind", ["page", "labelled", "json", "xml"])
@settings(max_examples=60, deadline=None)
@given(edits=EDITS)
def test_mutated_records(kind: str, edits: list[tuple[float, str, bytes]]) -> None:
    data = _samples()[kind]
    for at, edit, piece in edits:
        data = _edited(data, int(at * len(data)), edit, piece)
    _only_input_error(data)


def _edited(data: bytes, at: int, edit: str, piece: bytes) -> bytes:
    match edit:
        case "cut":
            return data[:at] + data[at + 20 :]
        case "insert":
            return data[:at] + piece + data[at:]
        case "swap":
            return data[at:] + data[:at]
        case _:
            return data[: at + 40] + data[at:]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 5000), st.integers(0, 5000))
def test_pages_with_lines_moved(first: int, second: int) -> None:
    lines = _samples()["page"].split(b"\n")
    first, second = first % len(lines), second % len(lines)
    lines[first], lines[second] = lines[second], lines[first]
    _only_input_error(b"\n".join(lines))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.sampled_from(["designModule", "eligibilityModule", "news", "conditionsModule"]))
def test_json_of_other_shapes_comes_out_as_it_went_in(value: object, module: str) -> None:
    identity = {"identificationModule": {"nctId": "NCT00000001"}, module: value}
    study = {"protocolSection": identity, "more": value}
    try:
        record = v2.from_value(study, "x")
    except InputError:
        return
    assert v2.from_value(v2.to_value(record), "again") == record


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="facts:-[]{}&*!|> \n\t'\"#0123abc,%@~", max_size=60))
def test_facts_of_any_text(text: str) -> None:
    for data in (text.encode(), f"facts:\n  - {text}".encode()):
        try:
            service.read_facts(data, "x")
        except InputError as error:
            assert "\n" not in str(error)
