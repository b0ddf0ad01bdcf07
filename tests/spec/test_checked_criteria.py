"""Four hundred criteria of real records, checked by hand: how many are read wrongly.

Strict: a reading is wrong where a patient could be judged wrongly, where a phrase that is no fact
is demanded, and where a person's truthful answer would give the wrong verdict. Wanted are fewer
than 3 in 100; WRONG is what was reached, and may only fall.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from trialwright.protocol.criteria.read import read_criteria
from trialwright.protocol.criteria.wording import wording

CHECKED = Path(__file__).with_name("checked_criteria.yaml")
WRONG = 34
JUDGEMENTS = {"right", "part", "unread", "wrong"}


@pytest.fixture(scope="module")
def entries() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = YAML(typ="safe").load(CHECKED)
    return loaded


def test_every_reading_is_the_one_that_was_judged(entries: list[dict[str, Any]]) -> None:
    """A reading that changed is judged again: tools/checked_criteria.py lists it."""
    changed = [entry["nct"] for entry in entries if reading(entry) != entry["reading"]]
    assert not changed


def test_no_more_readings_are_wrong_than_were(entries: list[dict[str, Any]]) -> None:
    counts = Counter(entry["judged"] for entry in entries)
    assert set(counts) <= JUDGEMENTS
    assert len(entries) >= 400
    assert counts["wrong"] <= WRONG
    assert all("why" in entry for entry in entries if entry["judged"] == "wrong")


def reading(entry: dict[str, Any]) -> str:
    text = f"{entry['section'].capitalize()} Criteria:\n\n{entry['text']}"
    items = read_criteria(text).items
    return " || ".join(f"{item.section}: {wording(item.expr)}" for item in items)
