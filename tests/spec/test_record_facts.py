"""Facts complete a record: each with its source, none in contradiction."""

from pathlib import Path

import msgspec
import pytest

from trialwright.core.errors import InputError
from trialwright.record import service
from trialwright.record.fields import get, parse_path
from trialwright.record.model import Study
from trialwright.record.record import DesignFact, Finding, Record

STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A trial"},
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n2. Consent\n4. Weight\n\n"
            "Exclusion Criteria:\n\n2. Stroke"
        },
        "armsInterventionsModule": {
            "armGroups": [{"label": "Arm", "interventionNames": ["Salt"]}],
            "interventions": [{"name": "Salt", "armGroupLabels": ["Arm"]}],
        },
    }
}
CONDITIONS = "protocolSection.conditionsModule.conditions"
RECORD = Record(
    study=msgspec.convert(STUDY, Study),
    findings=(
        Finding("lost", CONDITIONS, "no condition"),
        Finding(
            "unlabelled", "Study Design", "values without labels, read as: allocation, masking"
        ),
    ),
)
SOURCE = "    source: a paper\n    seen_on: a shelf\n"


def _complete(entry: str, record: Record = RECORD) -> Record:
    text = f"facts:\n  - {entry}\n{SOURCE}"
    return service.complete(record, service.read_facts(text.encode(), "facts.yaml"))


def _field(record: Record, path: str) -> object:
    return get(record.study, parse_path(path, "test"), "test")


def test_a_field_is_added_with_its_source_and_answers_its_finding() -> None:
    record = _complete(f"field: {CONDITIONS}\n    value: [Heart Failure]")
    assert _field(record, CONDITIONS) == ("Heart Failure",)
    row = record.provenance[0]
    assert (row.field, row.source, row.seen_on) == (CONDITIONS, "a paper", "a shelf")
    assert [f.answered_by for f in record.findings] == ["a paper (a shelf)", None]


@pytest.mark.parametrize(
    ("section", "number", "expected"),
    [
        ("inclusion", 1, "\n\n1. New\n2. Consent\n4. Weight\n\nExcl"),
        ("inclusion", 3, "\n\n2. Consent\n3. New\n4. Weight\n\nExcl"),
        ("inclusion", 5, "\n4. Weight\n5. New\n\nExcl"),
        ("exclusion", 1, "Exclusion Criteria:\n\n1. New\n2. Stroke"),
    ],
)
def test_a_criterion_goes_in_at_its_number(section: str, number: int, expected: str) -> None:
    entry = f"criterion: {{section: {section}, number: {number}}}\n    value: New"
    record = _complete(entry)
    criteria = str(_field(record, "protocolSection.eligibilityModule.eligibilityCriteria"))
    assert expected in criteria
    assert record.provenance[0].field.endswith(f"/{section}/{number}")


def test_an_interventions_type_reaches_the_arms_that_name_it() -> None:
    entry = "field: protocolSection.armsInterventionsModule.interventions[0].type"
    record = _complete(f"{entry}\n    value: BIOLOGICAL")
    names = "protocolSection.armsInterventionsModule.armGroups[0].interventionNames"
    assert _field(record, names) == ("Biological: Salt",)
    assert [row.field for row in record.provenance][1] == names


def test_a_topic_of_the_design_is_kept_for_the_protocol() -> None:
    record = _complete("design: infusion_days\n    value: [0, 21, 42]")
    assert record.design_facts == (DesignFact("infusion_days", (0, 21, 42), "a paper", "a shelf"),)


def test_a_date_is_the_text_that_it_is_written_as() -> None:
    record = _complete("design: start\n    value: 2024-01-31")
    assert record.design_facts[0].value == "2024-01-31"


def test_labels_confirm_how_bare_values_were_read() -> None:
    record = _complete("labels: Study Design\n    value: [Allocation, Masking]")
    assert record.findings[1].answered_by == "a paper (a shelf)"
    with pytest.raises(InputError, match="wanted labels allocation, masking"):
        _complete("labels: Study Design\n    value: [Masking, Allocation]")


TITLE = "field: protocolSection.identificationModule.briefTitle\n    value: Another"


def test_a_contradiction_is_refused_unless_it_says_what_it_replaces() -> None:
    with pytest.raises(InputError, match="briefTitle is already A trial"):
        _complete(TITLE)
    with pytest.raises(InputError, match="briefTitle is already A trial"):
        _complete(f"{TITLE}\n    replaces: A tale")
    record = _complete(f"{TITLE}\n    replaces: A trial")
    assert record.provenance[0].replaced == "A trial"
    with pytest.raises(InputError, match="is empty"):
        _complete(f"field: {CONDITIONS}\n    value: [X]\n    replaces: [Y]")


def test_a_criterion_that_differs_is_refused_unless_it_says_what_it_replaces() -> None:
    entry = "criterion: {section: inclusion, number: 2}\n    value: Other words"
    with pytest.raises(InputError, match="inclusion 2 is 'Consent'"):
        _complete(entry)
    record = _complete(f"{entry}\n    replaces: Consent")
    assert "2. Other words\n4. Weight" in str(
        _field(record, "protocolSection.eligibilityModule.eligibilityCriteria")
    )


def test_the_same_facts_again_change_nothing() -> None:
    entry = f"field: {CONDITIONS}\n    value: [Heart Failure]"
    once = _complete(entry)
    assert _complete(entry, once) == once


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("field: protocolSection.designModule.size\n    value: 3", "a field of the registry"),
        ("field: protocolSection..x\n    value: 3", "a field path"),
        (f"field: {CONDITIONS}\n    value: Heart", "Expected `array`"),
        (f"field: {CONDITIONS}[3]\n    value: Heart", "a position from 0 to 0"),
        ("field: protocolSection.eligibilityModule.sex\n    value: ANY", "FEMALE, MALE, ALL"),
        (
            "field: protocolSection.designModule.enrollmentInfo.count\n    value: twelve",
            "Expected `int",
        ),
        ("labels: Sponsors\n    value: [a]", "one of Basic Information"),
        ("criterion: {section: inclusion, number: 0}\n    value: x", "number: 0"),
        ("criterion: {section: other, number: 1}\n    value: x", "inclusion or exclusion"),
        ("criterion: inclusion\n    value: x", "section: inclusion"),
        ("design: start\n    value: 1e999", "a finite number"),
        ("design: a\n    field: b\n    value: 1", "exactly one of"),
        ("design: a\n    worth: 1", "line 3, facts.0..worth: 'worth'"),
        ("design: a", "no value"),
    ],
)
def test_a_fact_that_cannot_be_used_names_its_line(entry: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        _complete(entry)
    assert str(caught.value).startswith("facts.yaml, line ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "line 1"),
        (b"facts: 3", "a list of facts"),
        (b"facts:\n  - 3", "line 2"),
        (b"facts:\n  - {a: [}", "line 2"),
        (b"facts: []\nfacts: []", "line"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_a_facts_file_that_is_none_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        service.read_facts(text, "facts.yaml")


def test_the_reference_trial_is_completed_from_its_facts(example: Path) -> None:
    record = service.read((example / "record.page.txt").read_bytes(), "record.page.txt")
    facts = service.read_facts((example / "facts.yaml").read_bytes(), "facts.yaml")
    done = service.complete(record, facts)
    criteria = str(_field(done, "protocolSection.eligibilityModule.eligibilityCriteria"))
    assert "\n\n1. age 18 to 80 years\n2. Signed" in criteria
    assert "\n\n1. CRT device or ICD implanted in the preceding 3 months\n2. End-" in criteria
    assert len([1 for line in criteria.split("\n") if line[:1].isdigit()]) == 7 + 30
    assert _field(done, CONDITIONS) == ("Heart Failure With Reduced Ejection Fraction",)
    topics = {fact.topic: fact.value for fact in done.design_facts}
    assert topics["infusion_days"] == (0, 21, 42)
    assert str(topics["escalation_method"]).endswith("(BOIN)")
    assert all(row.source and row.seen_on for row in done.provenance)
    assert service.read(service.write_v2(done), "done.json") == done
    assert service.complete(done, facts) == done


def test_every_field_that_differs_has_its_provenance(example: Path) -> None:
    record = service.read((example / "record.page.txt").read_bytes(), "record.page.txt")
    facts = service.read_facts((example / "facts.yaml").read_bytes(), "facts.yaml")
    done = service.complete(record, facts)
    explained = {row.field.partition("/")[0] for row in done.provenance}
    before, after = (msgspec.to_builtins(r.study) for r in (record, done))
    changed = set(_changes(before, after, ""))
    assert changed
    assert all(any(path.startswith(field) for field in explained) for path in changed)


def _changes(before: object, after: object, path: str) -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        keys = before.keys() | after.keys()
        pairs = [(before.get(k), after.get(k), f"{path}.{k}".lstrip(".")) for k in keys]
    elif isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        pairs = [(b, a, f"{path}[{i}]") for i, (b, a) in enumerate(zip(before, after, strict=True))]
    else:
        if before is None and isinstance(after, dict):
            return _changes({}, after, path)
        return [] if before == after else [path]
    return [change for b, a, p in pairs for change in _changes(b, a, p)]
