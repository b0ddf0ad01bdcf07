"""Phrases that no vocabulary knows: which of them are facts, and what leads up to one."""

import gzip
import json
from pathlib import Path

import pytest

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.grammar.nouns import domain_of
from trialwright.protocol.criteria.grammar.open_facts import names_a_fact
from trialwright.protocol.criteria.grammar.part import leaves
from trialwright.protocol.criteria.grammar.parts import read_part, whole
from trialwright.protocol.criteria.grammar.scan import scan
from trialwright.protocol.criteria.trees import residue


@pytest.mark.parametrize(
    "words",
    ["vasculopathy", "systemic fungal infection", "dilated LV", "Diabetes type II", "Elevated PSA"],
)
def test_a_phrase_with_a_medical_head_is_a_fact(words: str) -> None:
    assert names_a_fact(words, "condition")


@pytest.mark.parametrize(
    "words",
    ["ureters", "M / F", "PT", "HLA-A", "photos", "affect the completion of the study",
     "Measurable", "stable dose for", "does", "diseases", "Failed", "height", "III",
     "Doctors evaluate the treatment", "Unstimulated salivary flow rate", "Off antiviral therapy",
     "biochemical evidence", "Medical treatment"],
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


@pytest.mark.parametrize(
    "text",
    ["Unstimulated salivary flow rate", "Doctors evaluate the benefits of treatment",
     "Off antiviral therapy", "biochemical evidence for insulinoma or other tumours of the gut",
     "Lesion level will be confirmed by ultrasound", "hypertension (HTN) medication",
     "Liver enzymes less than 3 (5 if known liver metastases) times institutional normal",
     "negative for human-anti-murine antibodies", "prior therapy", "both male and female",
     "intolerance with Aspirin Enteric-coated Tablets",
     "allergic or have a hypersensitive reaction to bovine-derived proteins"],
)  # fmt: skip
def test_what_names_no_state_of_a_person_is_left_to_a_person(text: str) -> None:
    assert isinstance(compose(text, "exclusion"), nodes.Residue)


@pytest.mark.parametrize(
    "text", ["Negative serum or urine pregnancy test within 7 days", "Pregnancy test negative"]
)
def test_a_pregnancy_test_is_asked_of_the_site_in_the_words_of_the_text(text: str) -> None:
    assert compose(text, "inclusion") == nodes.Attest(text)


def test_what_is_left_quotes_the_text() -> None:
    node = compose("proteinuria and active urinary sediments", "inclusion")
    assert "active urinary sediments" in residue(node)


def test_a_name_goes_on_behind_its_parentheses() -> None:
    words = "Hypersensitivity to phosphodiesterase type 5 (PDE-5) inhibitors"
    assert compose(words, "exclusion") == nodes.Has("allergy", None, words)


def test_a_label_leaves_out_its_connective_and_its_clause_may_reach_back() -> None:
    node = compose("asthma or other bone disorders which may impair function", "exclusion")
    asthma = compose("asthma", "exclusion")
    doubt = nodes.Residue("if meant here too: which may impair function")
    words = "other bone disorders which may impair function"
    assert node == nodes.Any((nodes.All((asthma, doubt)), nodes.Has("condition", None, words)))


def test_a_history_of_active_disease_is_a_history() -> None:
    node = compose("prior history of active tuberculosis", "exclusion")
    assert isinstance(node, nodes.Has)
    assert node.when == "ever"


def test_what_is_given_beside_a_drug_is_a_drug() -> None:
    node = compose("Treatment with corticosteroids, immunoglobulins or warfarin", "exclusion")
    assert all(isinstance(n, nodes.Has) and n.domain == "drug" for n in leaves(node))


def test_antibodies_are_a_drug_where_they_are_made() -> None:
    assert domain_of("HIV antibodies") == "condition"
    assert domain_of("bispecific antibodies") == "drug"


def test_words_that_only_say_taken_are_left_out() -> None:
    assert compose("Taking the medication metformin", "exclusion") == compose(
        "Taking metformin", "exclusion"
    )


def test_a_limit_stands_beside_what_the_site_confirms() -> None:
    text = "Healthy volunteers who are between 21 and 65 years"
    node = compose(text, "inclusion")
    assert isinstance(node, nodes.All)
    assert isinstance(node.of[0], nodes.Demographic)
    assert node.of[1:] == (nodes.Attest(text),)


def test_a_procedure_in_front_of_a_class_is_its_method() -> None:
    node = compose("X-ray Kellgren-Lawrence grade 2", "inclusion")
    assert isinstance(node, nodes.All)
    assert isinstance(node.of[0], nodes.Ordinal)
    assert node.of[1:] == (nodes.Residue("X-ray"),)


@pytest.mark.parametrize(
    ("text", "domain"),
    [("Clinical symptoms of pulmonary embolism", "condition"),
     ("Systemic therapy for Kaposi's sarcoma", "drug"),
     ("sensitivity to macrolide antibiotics", "allergy")],
)  # fmt: skip
def test_a_fact_told_by_another_is_one_fact(text: str, domain: nodes.Domain) -> None:
    assert compose(text, "exclusion") == nodes.Has(domain, None, text)


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
