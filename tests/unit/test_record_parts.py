"""Small parts of the record package, each by itself."""

import doctest
import importlib

import pytest

from trialwright.core.errors import InputError
from trialwright.record import vocabulary
from trialwright.record.criteria_text import missing_numbers, numbered_items
from trialwright.record.fields import get, parse_path, path_text, put
from trialwright.record.formats.page_text import _BODIES
from trialwright.record.formats.sections import SECTIONS
from trialwright.record.linking import linked
from trialwright.record.model import (
    ArmGroup,
    ArmsInterventionsModule,
    Intervention,
    Reference,
    Study,
)
from trialwright.record.references import doi


@pytest.mark.parametrize(
    "name",
    [
        "criteria_text",
        "references",
        "formats.legacy_elements",
        "formats.legacy_text",
        "formats.page_split",
    ],
)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(f"trialwright.record.{name}"))
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_every_section_has_a_writer_and_no_writer_lacks_a_section() -> None:
    assert set(_BODIES) == {section.key for section in SECTIONS}


def test_every_field_with_a_vocabulary_is_a_field_of_the_model() -> None:
    for owner, name in vocabulary.FIELD_WORDS:
        assert name in owner.__struct_fields__  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["a", "a.b", "a.b[0].c", "a[0][12]"])
def test_a_path_is_written_as_it_was_read(text: str) -> None:
    assert path_text(parse_path(text, "x")) == text


@pytest.mark.parametrize("text", ["", ".", "a.", "[0]", "a[-1]", "a[x]", "a b", "a[99999]"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_path(text, "x")


def test_put_builds_what_is_missing_on_the_way() -> None:
    path = parse_path("protocolSection.armsInterventionsModule.armGroups[0].label", "x")
    study = put(Study(), path, "Arm", "x")
    assert get(study, path, "x") == "Arm"
    assert get(Study(), path, "x") is None
    assert Study().protocol_section is None


@pytest.mark.parametrize("path", ["protocolSection.nctId", "hasResults.x", "hasResults[0]", "nope"])
def test_a_path_to_no_field_is_refused(path: str) -> None:
    with pytest.raises(InputError):
        put(Study(), parse_path(path, "x"), "value", "x")
    with pytest.raises(InputError):
        get(Study(), parse_path(path, "x"), "x")


def test_interventions_of_one_name_and_two_types_stay_apart() -> None:
    module = ArmsInterventionsModule(
        (ArmGroup("A", intervention_names=("Drug: X",)), ArmGroup("B")),
        (Intervention("DRUG", "X"), Intervention("OTHER", "X", arm_group_labels=("B",))),
    )
    again = linked(module)
    assert [arm.intervention_names for arm in again.arm_groups] == [("Drug: X",), ("Other: X",)]
    assert [one.arm_group_labels for one in again.interventions] == [("A",), ("B",)]
    assert linked(again) == again


def test_an_intervention_that_is_not_listed_keeps_its_name_on_the_arm() -> None:
    module = ArmsInterventionsModule((ArmGroup("A", intervention_names=("Drug: Y",)),))
    assert linked(module) == module


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        ("J. 2018. doi: 10.1093/eurheartj/ehy012.", "10.1093/eurheartj/ehy012"),
        ("J. (doi:10.1/x)", None),
        ("J. https://doi.org/10.1000/182), 2nd", "10.1000/182"),
        (None, None),
    ],
)
def test_a_doi_is_read_without_what_surrounds_it(citation: str | None, expected: str) -> None:
    assert doi(Reference(citation=citation)) == expected


def test_numbers_outside_the_two_lists_are_not_criteria() -> None:
    text = "1. Before\nInclusion criteria\n1) One\n 2. Two\n2.5 mg\nEXCLUSION CRITERIA:\n1. No"
    found = [(item.section, item.number, item.text) for item in numbered_items(text)]
    assert found == [("inclusion", 1, "One"), ("inclusion", 2, "Two"), ("exclusion", 1, "No")]
    assert missing_numbers(text, "inclusion") == ()
