"""Phrases that no vocabulary knows: which of them are facts, and what leads up to one."""

import gzip
import json
from pathlib import Path

import pytest

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.grammar.open_facts import names_a_fact
from trialwright.protocol.criteria.grammar.parts import read_part, whole
from trialwright.protocol.criteria.grammar.scan import scan


@pytest.mark.parametrize(
    "words",
    ["vasculopathy", "systemic fungal infection", "dilated LV", "Diabetes type II", "Elevated PSA"],
)
def test_a_phrase_with_a_medical_head_is_a_fact(words: str) -> None:
    assert names_a_fact(words, "condition")


@pytest.mark.parametrize(
    "words",
    ["ureters", "M / F", "PT", "HLA-A", "photos", "affect the completion of the study",
     "Measurable", "stable dose for", "does", "diseases", "Failed", "height", "III"],
)  # fmt: skip
def test_a_clause_a_place_or_a_loose_end_is_none(words: str) -> None:
    assert not names_a_fact(words, "condition")


def test_a_cue_in_front_makes_a_name_a_fact() -> None:
    assert not names_a_fact("Whiplash", "condition")
    assert names_a_fact("Whiplash", "condition", cued=True)
    assert names_a_fact("flurazepam", "drug")


def test_what_is_left_of_a_clause_stays_in_one_piece() -> None:
    text = "Recovered from prior grombling"
    assert compose(text, "inclusion") == nodes.Residue(text)


def test_how_somebody_is_is_no_time() -> None:
    assert compose("Sexually active", "inclusion") == nodes.Attest("Sexually active")


def test_untreated_with_a_drug_is_not_the_drug() -> None:
    assert isinstance(compose("untreated with methotrexate", "inclusion"), nodes.Residue)


def test_a_fact_that_stands_alone_is_read_like_any_other(shared: Path) -> None:
    with gzip.open(shared / "registry" / "v2.ndjson.gz") as records:
        for record in records:
            module = json.loads(record)["protocolSection"].get("eligibilityModule", {})
            for line in filter(str.strip, module.get("eligibilityCriteria", "").splitlines()):
                for piece in scan(line):
                    if piece.node is not None:
                        assert read_part((piece,), line) == whole((piece,), line)
