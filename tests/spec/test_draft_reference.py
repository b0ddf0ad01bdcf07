"""The reference trial's protocol, drafted from its page and the facts beside it."""

from pathlib import Path

import pytest

from trialwright.core.errors import InputError
from trialwright.protocol.model import Protocol
from trialwright.protocol.service import draft, faults, load, open_assumptions, write_protocol
from trialwright.record.service import complete, read, read_facts


@pytest.fixture(scope="module")
def drafted(example: Path) -> Protocol:
    page, facts = example / "record.page.txt", example / "facts.yaml"
    record = complete(read(page.read_bytes(), page.name), read_facts(facts.read_bytes(), "facts"))
    return draft(record, page.name)


def test_doses_cohorts_and_infusions(drafted: Protocol) -> None:
    assert [dose.amount.value for dose in drafted.dose_levels] == [2e10, 4e10]
    assert drafted.dosing.unit == "{particles}/kg"
    assert drafted.schedule == (4, 8)
    assert drafted.enrolment_maximum.value == 12
    assert drafted.infusions.count.value == 3
    assert drafted.infusions.days.value == (0, 21, 42)
    assert drafted.escalation.method.value == "boin"


def test_what_is_published_is_not_assumed(drafted: Protocol) -> None:
    for stated in (
        drafted.dose_levels[0].amount, drafted.cohorts[1].size, drafted.infusions.days,
        drafted.escalation.method, drafted.enrolment_maximum, drafted.product,
    ):  # fmt: skip
        assert stated.source
        assert not stated.assumed


def test_the_window_is_twenty_eight_days_after_the_last_infusion(drafted: Protocol) -> None:
    assert drafted.dlt.window.value == "P70D"
    assert drafted.dlt.window.is_open
    assert drafted.dlt.days_after_last_infusion.value == 28


def test_what_keeps_people_safe_is_stated_and_open(drafted: Protocol) -> None:
    stated = {
        "grade": drafted.dlt.grade_from,
        "relatedness": drafted.dlt.relatedness_from,
        "exposure": drafted.dlt.minimum_exposure_percent,
        "interval": drafted.infusions.minimum_interval_days,
        "own dlt": drafted.infusions.stop_after_dlt,
        "evaluable": drafted.gate.minimum_evaluable,
    }
    assert {name: each.value for name, each in stated.items()} == {
        "grade": 3, "relatedness": "possible", "exposure": 80, "interval": 14,
        "own dlt": True, "evaluable": 3,
    }  # fmt: skip
    assert all(each.is_open for each in stated.values())


def test_all_criteria_are_there(drafted: Protocol) -> None:
    ids = [entry.id for entry in drafted.criteria]
    assert ids == [f"I{n}" for n in range(1, 8)] + [f"E{n}" for n in range(1, 31)]


def test_the_example_file_is_this_draft(drafted: Protocol, example: Path) -> None:
    path = example / "protocol.yaml"
    assert load(path.read_bytes(), path.name) == drafted
    assert path.read_text(encoding="utf-8") == write_protocol(drafted)


def test_the_draft_holds_together_and_is_not_yet_fit(drafted: Protocol) -> None:
    assert faults(drafted) == ()
    assert len(open_assumptions(drafted)) >= 15


def test_one_changed_number_in_the_arm_is_refused_with_its_line(example: Path) -> None:
    page = (example / "record.page.txt").read_text(encoding="utf-8")
    wrong = page.replace("cumulative dose of 60x10E9", "cumulative dose of 50x10E9")
    assert wrong != page
    with pytest.raises(InputError, match=r"line 2: 3 x 2e10 = 6e10, but .* 5e10"):
        draft(read(wrong.encode(), "page.txt"), "page.txt")
