import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError, Refused
from trialwright.core.yaml_tree import read_tree
from trialwright.protocol.service import (
    criteria_of,
    load,
    open_assumptions,
    protocol_schema,
    require_confirmed,
    write_protocol,
)

TEXT = (Path(__file__).parents[2] / "examples/secret_hf/protocol.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> bytes:
    assert old in TEXT
    return TEXT.replace(old, new, 1).encode()


def line_of(words: str) -> int:
    return TEXT[: TEXT.index(words)].count("\n") + 1


def test_written_and_read_again_it_is_the_same_protocol() -> None:
    protocol = load(TEXT.encode(), "protocol.yaml")
    assert write_protocol(protocol) == TEXT
    assert load(write_protocol(protocol).encode(), "again") == protocol


def test_large_amounts_are_readable() -> None:
    assert "value: 2.0e+10\n" in TEXT
    assert "value: [0, 21, 42]\n" in TEXT


@pytest.mark.parametrize(
    ("old", "new", "at", "key", "wanted"),
    [
        ("2.0e+10", "-2.0e+10", "value: 2.0e+10", "dose_levels[0].amount.value",
         "a number above 0"),
        ("value: 8\n", "value: 9\n", "size:\n    value: 8", "cohorts[1].size", "enrolment of 12"),
        ("value: 8\n", "value: eight\n", "value: 8\n", "cohorts[1].size.value", "a whole number"),
        ("[0, 21, 42]", "[0, 42, 21]", "  days:\n", "infusions.days", "ascending"),
        ("[0, 21, 42]", "[0, 21]", "  days:\n", "infusions.days", "3 days"),
        ("lvef, nt", "lvf, nt", "assessments:", "visits[0].assessments[0]", "nearest: lvef"),
        ("id: E9", "id: E8", "id: E9", "criteria[15].id", "each id once"),
        ("\nversion:", "\nversio:", "version:", "versio", "only keys of the schema"),
        ("value: P70D", "value: 70 days", "value: P70D", "dlt.window.value", "ISO 8601"),
        ("value: 14\n", "value: 22\n", "minimum_interval_days:",
         "infusions.minimum_interval_days", "at most the 21 days between"),
        ("value: possible", "value: maybe", "value: possible", "dlt.relatedness_from.value",
         "possible"),
        ("value: 80.0", "value: 120.0", "value: 80.0", "dlt.minimum_exposure_percent.value",
         "a number of at most 100"),
        ("grade_from:\n    value: 3", "grade_from:\n    value: 6", "grade_from:",
         "dlt.grade_from.value", "a whole number of at most 5"),
        ("stop_after_dlt:\n    value: true", "stop_after_dlt:\n    value: maybe",
         "stop_after_dlt:", "infusions.stop_after_dlt.value", "true or false"),
        ("    - compare:", "    - compar:", "    - compare:", "criteria[3].expr.all[2]", "compare"),
        ("measure: lvef\n        op", "measure: lvefx\n        op", "measure: lvef\n        op",
         "criteria[3].expr.all[2].compare.measure", "nearest: lvef"),
        ("planned_level:\n    value: 2", "planned_level:\n    value: 3",
         "planned_level:\n    value: 2", "cohorts[1].planned_level", "from 1 to 2"),
        ("value: 4.0e+10", "value: 1.0e+10", "amount:\n    value: 4.0e+10",
         "dose_levels[1].amount", "above 2e+10"),
        ("visit: Month 6", "visit: Month 7", "visit: Month 6", "endpoints[2].visit", "Month 12"),
        ("    reason: The window around", "    why: x\n    reason: The window around",
         "reason: The window around", "infusions.window_days.why", "only keys"),
    ],
)  # fmt: skip
def test_an_error_names_line_and_key(old: str, new: str, at: str, key: str, wanted: str) -> None:
    with pytest.raises(InputError) as caught:
        load(changed(old, new), "protocol.yaml")
    place = re.fullmatch(r"protocol\.yaml, line (\d+), (.+)", caught.value.where)
    assert place, caught.value.where
    assert place[2] == key
    assert abs(int(place[1]) - line_of(at)) <= 1
    assert wanted in caught.value.wanted
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no keys and values"),
        (b"- 1\n", "no keys and values"),
        (b"just words", "no keys and values"),
        (b"trial: &x [1]\nversion: *x", "anchor or alias"),
        (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", "anchor or alias"),
        (b"<<: {a: 1}\na: 1", "missing|unknown key"),
        (b"a: 1\na: 2", "'a' a second time"),
        (b"a: !!python/object:os.system x", "tag"),
        (b"? [a]\n: 1", "no plain text"),
        (b"a: 1\n---\nb: 2", "second document"),
        (b"[" * 100_000, "nested too deeply"),
        (b"- " * 5000 + b"x", "nested too deeply"),
        (b"x" * 1_000_000, "1000000 bytes"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a: [1, 2", "expected"),
        (b"a: \x07", "not YAML"),
    ],
)
def test_what_is_no_protocol_is_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        load(data, "protocol.yaml")
    assert str(caught.value).startswith("protocol.yaml")
    assert "\n" not in str(caught.value)


def test_plain_values_follow_yaml_1_2() -> None:
    tree = read_tree(b"[yes, true, 1.5, 2.0e+10, 12, '12', 0x1f, ~, 2024-01-31]", "x")
    assert tree.value == ["yes", True, 1.5, 2e10, 12, "12", "0x1f", None, "2024-01-31"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_protocol_or_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError):
        load(data, "fuzz.yaml")


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_mutated_protocol_is_read_or_refused(data: st.DataObject) -> None:
    head = TEXT[: line_end(150)]
    at = data.draw(st.integers(0, len(head)))
    cut = data.draw(st.integers(0, 8))
    new = data.draw(st.text(alphabet="abz0-:[]{}'\"&*!|>#%\n\t é", max_size=6))
    try:
        load((head[:at] + new + head[at + cut :]).encode(), "fuzz.yaml")
    except InputError as error:
        assert "\n" not in str(error)


def line_end(number: int) -> int:
    return sum(len(line) for line in TEXT.splitlines(keepends=True)[:number])


def test_an_assumption_without_a_reason_is_refused() -> None:
    data = changed(
        "    assumed: true\n    reason: The window around",
        "    assumed: true\n    source: The window around",
    )
    with pytest.raises(InputError, match="assumed without a reason"):
        load(data, "protocol.yaml")


def test_a_live_trial_needs_every_assumption_confirmed() -> None:
    protocol = load(TEXT.encode(), "protocol.yaml")
    with pytest.raises(Refused, match="assumptions are open"):
        require_confirmed(protocol)
    text = re.sub(r"( +)assumed: true", r"\1assumed: true\n\1confirmed: Dr A, 2026-01-31", TEXT)
    confirmed = load(text.encode(), "protocol.yaml")
    assert open_assumptions(confirmed) == ()
    require_confirmed(confirmed)


def test_criteria_are_decoded() -> None:
    protocol = load(TEXT.encode(), "protocol.yaml")
    assert len(criteria_of(protocol)) == len(protocol.criteria) == 37


def test_the_schema_names_every_key_of_the_file() -> None:
    schema = protocol_schema()
    properties = schema["$defs"]["Protocol"]["properties"]
    keys = set(re.findall(r"(?m)^([a-z_]+):", TEXT))
    assert keys == set(properties)
