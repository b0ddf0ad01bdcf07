"""A file of answers: each said once, by somebody, on a day that has been."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.screening.answers import read_answers
from trialwright.screening.patients.fhir import read_bundle

TODAY = date(2024, 9, 2)
ENTRY = '{{"holds": {}, "by": "Dr A", "at": "{}"}}'


def entry(holds: str = "true", at: str = "2024-09-01") -> str:
    return ENTRY.format(holds, at)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'{{"p": {{"E4": {entry()}, "E4": {entry("false")}}}}}', "the key 'E4' a second time"),
        (f'{{"p": {{"E4": {entry()}}}, "p": {{}}}}', "the key 'p' a second time"),
        ('{"p": {"E4": {"holds": true, "holds": false, "by": "x", "at": "2024"}}}', "'holds'"),
        (f'{{"p": {{"E4": {entry(at="9999-01-01")}}}}}', r"p\.E4\.at: 9999-.* to 2024-09-02"),
        (f'{{"p": {{"E4": {entry(at="2024-09-04")}}}}}', "up to 2024-09-02, the day of screening"),
        (f'{{"p": {{"E4": {entry(at="0001-01-01")}}}}}', "from the year 1900 on"),
        (f'{{"p": {{"E4": {entry(at="2024-09-01Tnoon")}}}}}', "a date, or a date and time"),
        (f'{{"p": {{"E4": {entry(at="2024-13")}}}}}', "no such month"),
        (f'{{"p": {{"E3": {entry()}, "E4": {entry("7")}}}}}', r"^answers.json, p\.E4\.holds: E"),
        ('{"p": {"\\ud800": {}}}', "wanted {patient id"),
    ],
)
def test_an_answer_that_nobody_can_have_given_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_answers(text.encode(), "answers.json", ["E4"], TODAY)


def test_an_answer_of_today_and_of_tomorrow_further_east() -> None:
    for at in ("2024-09-02", "2024-09-03T01:00:00+14:00", "2024-09", "2024"):
        data = b"\xef\xbb\xbf" + f'{{"p": {{"E4": {entry(at=at)}}}}}'.encode()
        given = read_answers(data, "answers.json", ["E4"], TODAY)
        assert (given["p"]["E4"].truth, given["p"]["E4"].at) == (Truth.TRUE, at)


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60)
    | st.text(max_size=20).map(lambda at: f'{{"p": {{"E4": {entry(at=at)}}}}}'.encode())
)
def test_any_bytes_are_answers_or_an_input_error(data: bytes) -> None:
    try:
        given = read_answers(data, "answers.json", ["E4"], TODAY)
    except InputError:
        return
    assert all(answer.by for answers in given.values() for answer in answers.values())


def test_a_bundle_with_a_byte_order_mark_is_read() -> None:
    person = {"resource": {"resourceType": "Patient", "id": "a"}}
    bundle = json.dumps({"resourceType": "Bundle", "entry": [person]}).encode()
    read = read_bundle(bundle, "a.json", TODAY)
    assert read_bundle(b"\xef\xbb\xbf" + bundle, "a.json", TODAY) == read
    with pytest.raises(InputError, match="empty"):
        read_bundle(b"\xef\xbb\xbf", "a.json", TODAY)
