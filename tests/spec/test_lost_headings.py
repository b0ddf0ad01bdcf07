"""A lost list heading is found by the numbers, and no protocol is drafted over it."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import InputError
from trialwright.protocol.assumptions import assumptions
from trialwright.protocol.draft import draft
from trialwright.protocol.draft_headings import require_headings
from trialwright.protocol.sources import Sources
from trialwright.record.criteria_text import unheaded
from trialwright.record.facts import FieldFact, Source, complete
from trialwright.record.model import Study
from trialwright.record.record import Finding, Record
from trialwright.record.service import read

CRITERIA = "protocolSection.eligibilityModule.eligibilityCriteria"


def sources(*findings: Finding) -> Sources:
    return Sources(Record(Study(), findings=findings), "r.json", assumptions(), {})


RIGHT = [  # texts of real records' kinds, whose numbers restart for a reason
    "Inclusion Criteria:\n\n1. Adults\n2. Consent\n\nExclusion Criteria:\n\n1. Stroke",
    "Inclusion Criteria:\n\n1. Either:\n\n   1. a\n   2. b\n2. Adult\n\nExclusion Criteria:\n\n* x",
    "Inclusion Criteria:\n\nPatients:\n\n1. a\n2. b\n\nHealthy people:\n\n1. c\n2. d",
    "Inclusion Criteria:\n\n* Patients\n1. a\n2. b\n* Donors\n1. c\n2. d",
    "All of these must hold:\n\nInclusion Criteria:\n\n2. a\n3. b\n\nExclusion Criteria:\n\n2. c",
    "Key Inclusion Criteria:\n\n1. a\n2. b\n\nMain Non-inclusion Criteria\n\n1. c",
    "",
]
WRONG = [  # text, the line that shows it, what to add
    ("Inclusion Criteria:\n\n1. a\n2. b\n1. c\n2. d", "line 5 ('1. c') follows number 2",
     "'Exclusion Criteria:'"),
    ("Inclusion Criteria:\n\n1. Adults\n1. Stroke", "line 4 ('1. Stroke') follows number 1",
     "'Exclusion Criteria:'"),
    ("1. a\n2. b\n\nExclusion Criteria:\n\n1. c", "line 1 ('1. a') stands under no heading",
     "'Inclusion Criteria:'"),
    ("* a\n* b", "line 1 ('* a') stands under no heading", "'Inclusion Criteria:'"),
    ("Adults who consent.", "line 1 stands under no heading", "'Inclusion Criteria:'"),
    ("Adults.\n\nExclusion Criteria:\n\n* x", "line 1 stands under no heading",
     "'Inclusion Criteria:'"),
    ("Inclusion Criteria:\n\n1. a\n\nExclusion Criteria:\n\n1. c\n2. d\n1. e",
     "line 9 ('1. e') follows number 2", "a heading of its own"),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_numbers_that_restart_for_a_reason_are_right(text: str) -> None:
    require_headings(text, sources())
    assert unheaded(text) == ()


@pytest.mark.parametrize(("text", "shown", "wanted"), WRONG)
def test_a_line_that_belongs_to_no_section_is_named(text: str, shown: str, wanted: str) -> None:
    with pytest.raises(InputError) as caught:
        require_headings(text, sources())
    assert caught.value.where == f"r.json, {CRITERIA}"
    assert caught.value.what.startswith(shown)
    assert wanted in caught.value.wanted


def test_what_the_pages_reader_found_lost_is_enough_to_refuse() -> None:
    text = "Inclusion Criteria:\n\n* Adults\n* Stroke"
    require_headings(text, sources())
    lost = Finding("lost", CRITERIA, "no heading 'Exclusion Criteria'")
    with pytest.raises(InputError, match="the line 'Exclusion Criteria:' above it"):
        require_headings(text, sources(lost))
    require_headings(text, sources(Finding("lost", CRITERIA, lost.text, answered_by="a paper")))


@pytest.mark.parametrize("heading", ["Inclusion Criteria", "Exclusion Criteria"])
def test_no_protocol_is_drafted_from_the_page_without_a_heading(
    example: Path, heading: str
) -> None:
    page = (example / "record.page.txt").read_text(encoding="utf-8")
    record = read(page.replace(f"\n{heading}\n", "\n").encode(), "page.txt")
    with pytest.raises(InputError, match=f"wanted the line '{heading}:' above it"):
        draft(record, "page.txt")


def test_a_fact_that_gives_the_criteria_again_mends_it(example: Path) -> None:
    page = (example / "record.page.txt").read_text(encoding="utf-8")
    whole = read(page.encode(), "page.txt")
    broken = read(page.replace("\nExclusion Criteria\n", "\n").encode(), "page.txt")

    def criteria(record: Record) -> str:
        return record.study.protocol_section.eligibility_module.eligibility_criteria  # type: ignore[union-attr,return-value]

    said = Source("the trial's page", "another day", "facts.yaml")
    fact = FieldFact(CRITERIA, criteria(whole), said, criteria(broken))
    mended = draft(complete(broken, (fact,)), "page.txt")
    assert [entry.id for entry in mended.criteria] == [
        entry.id for entry in draft(whole, "page.txt").criteria
    ]


def test_real_records_are_seldom_refused(shared: Path) -> None:
    """Of 1,059 texts 14 hold lines under no heading, and 3 restart inside a list."""
    refused: dict[bool, int] = {True: 0, False: 0}
    with gzip.open(shared / "registry" / "v2.ndjson.gz") as lines:
        for line in lines:
            module = json.loads(line)["protocolSection"].get("eligibilityModule", {})
            try:
                require_headings(module.get("eligibilityCriteria", ""), sources())
            except InputError as error:
                refused["follows number" in error.what] += 1
    assert refused == {True: 3, False: 14}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.lists(st.sampled_from(
    ["Inclusion Criteria:", "Exclusion Criteria", "1. a", "2. b", "* c", "  3. d", "two", "", "x:"]
), max_size=12).map("\n".join))  # fmt: skip
def test_any_text_is_accepted_or_refused_in_one_line(text: str) -> None:
    try:
        require_headings(text, sources())
    except InputError as error:
        assert "\n" not in str(error)
