"""Which concepts a text names, and what their codes may prove."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.dates import PartialDate
from trialwright.core.truth import Truth
from trialwright.protocol.check_criteria import entry_faults
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.coverage import coverage
from trialwright.protocol.criteria.facts import named_concepts
from trialwright.protocol.criteria.icd10cm import table
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.criteria.of_study import read_study, study_vocabulary
from trialwright.protocol.criteria.read import read_criteria
from trialwright.protocol.criteria.records_vocabulary import records_vocabulary
from trialwright.protocol.criteria.vocabulary import base, finder
from trialwright.protocol.criteria.wording import wording
from trialwright.protocol.model import CriterionEntry
from trialwright.record.model.other_sections import BrowseModule, DerivedSection, Mesh
from trialwright.record.model.protocol_section import (
    ArmsInterventionsModule,
    ConditionsModule,
    EligibilityModule,
    Intervention,
    ProtocolSection,
)
from trialwright.record.model.study import Study
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import DOMAINS, ClinicalFact, Code, Patient
from trialwright.screening.policy import ClosedWorld, Policy
from trialwright.screening.setting import Setting
from trialwright.screening.silence import doubt


def found(text: str) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.value.id) for m in finder().mentions(text)]


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Heart failure", "heart_failure"),
        ("HFrEF", "heart_failure"),
        ("Ischaemic heart disease", "coronary_artery_disease"),
        ("asthmatics", "asthma"),
        ("Hodgkin's lymphomas", "hodgkin_lymphoma"),
        ("SGLT2 inhibitors", "sglt2_inhibitors"),
        ("empagliflozin", "empagliflozin"),
        ("β-blockers", "beta_blockers"),
        ("non-steroidal anti-inflammatory drugs", "nsaids"),
        ("Tuberculous meningitis", "icd10cm:A17.0"),
        ("gout", "icd10cm:M10"),
        ("MRI", "mri"),
        ("kidney transplantation", "kidney_transplantation"),
    ],
)
def test_a_name_finds_its_concept(text: str, concept: str) -> None:
    assert found(f"Patients with {text}, or none") == [(text, concept)]


@pytest.mark.parametrize(
    "text",
    [
        "patients may die of the disease",
        "a cold place, a fall or an accident",
        "all patients as at is or was in",
        "death of any cause",
        "insulin-naive",
        "TIA-like episode",
        "cancer-free for 5 years",
        "non-diabetic, pre-diabetic",
        "vaccination against hepatitis",
    ],
)
def test_ordinary_words_and_other_words_are_no_facts(text: str) -> None:
    named = [piece.text for piece in named_concepts(text)]
    assert [words for words in named if words not in ("hepatitis",)] == []


def test_the_longest_name_counts() -> None:
    assert found("small cell lung cancer or lung cancer") == [
        ("small cell lung cancer", "small_cell_lung_cancer"), ("lung cancer", "lung_cancer"),
    ]  # fmt: skip


def test_a_drug_of_a_class_is_itself_and_not_the_class() -> None:
    """Warfarin is an anticoagulant; an anticoagulant on record need not be warfarin."""
    warfarin = concepts().concepts["warfarin"]
    assert warfarin.broader == "anticoagulants"
    assert warfarin.atc == ("B01AA03",)  # of its own, which is certain
    assert "B01AA" in warfarin.near.atc
    assert project_terms().concepts["drug", "anticoagulants"].codes.covers(Code("atc", "B01AA03"))


def test_a_category_of_icd_is_a_hit_and_what_lies_deeper_is_asked_about() -> None:
    gout = project_terms().concepts["condition", "icd10cm:M10"]
    assert gout.matches([Code("icd10", "M10.9")])
    meningitis = project_terms().concepts["condition", "icd10cm:A17.0"]
    assert not meningitis.matches([Code("icd10", "A17.0")])
    assert meningitis.near.covers(Code("icd10", "A17.0"))
    assert not gout.complete
    assert not meningitis.complete


def test_what_a_code_only_includes_is_never_a_hit() -> None:
    """K66.0 holds adhesions of the intestine beside other adhesions."""
    included = [(code, name) for code, own, name in table().rows if not own]
    assert ("K66.0", "adhesions intestine") in included
    for code, name in included:
        concept = concepts().concepts[f"icd10cm:{code}/{name}"]
        assert (concept.icd10, concept.near.icd10, concept.complete) == ((), (code,), False)


def test_a_vocabulary_s_concept_is_written_and_checked() -> None:
    node = nodes.Has("condition", "icd10cm:M10", "gouty")
    assert wording(node) == "gout"
    assert faults("icd10cm:M10") == []
    assert faults("mesh:D006333") == []
    assert faults("icd10cm:Q99999") == ["exclusion.expr.has.concept"]
    assert faults("mesh:heart") == ["exclusion.expr.has.concept"]
    assert faults("hart_failure") == ["exclusion.expr.has.concept"]


def faults(concept: str) -> list[str]:
    expr = {"has": {"domain": "condition", "concept": concept, "words": "w"}}
    entry = CriterionEntry(
        id="E1", section="exclusion", text="w", span=(0, 1), status="auto", expr=expr
    )
    return [fault.path for fault in entry_faults(entry, "exclusion")]


# --- no list is complete -----------------------------------------------------------------------


@given(st.sampled_from(sorted({n.id for v in base().vocabularies for _, n in v.names})))
def test_only_a_list_that_says_so_is_complete(name: str) -> None:
    concept = concepts().concepts[name]
    term = project_terms().concepts[concept.domain, name]
    assert term.complete == concept.complete
    assert concept.has_codes or not concept.complete
    for code in concept.icd10:
        assert term.matches([Code("icd10", f"{code}9")])


def test_a_wide_heading_tells_no_record_apart() -> None:
    """A record of an infection that no list knows may still be tuberculosis."""
    term = project_terms().concepts["condition", "tuberculosis"]
    assert not term.elsewhere.covers(Code("icd10", "B99"))
    assert project_terms().concepts["condition", "infection"].matches([Code("icd10", "A15.0")])


def test_a_member_s_name_brings_a_record_into_question() -> None:
    term = project_terms().concepts["drug", "anticoagulants"]
    fact = ClinicalFact("m/1", (Code("rxnorm", "0"),), "Edoxaban 30 mg", PartialDate(2024, 1, 1))
    asked = doubt(fact, term)
    assert asked is not None
    assert asked.telling


@pytest.mark.parametrize(
    ("words", "concept", "own", "other"),
    [
        ("opioid abuse", "opioid_disorder", "F11.2", "F14.2"),
        ("narcotic addiction", "opioid_disorder", "F11.2", "F12.1"),
        ("cocaine dependence", "cocaine_disorder", "F14.2", "F11.2"),
        ("cannabis use disorder", "cannabis_disorder", "F12.1", "F10.2"),
        ("benzodiazepine dependence", "sedative_disorder", "F13.2", "F11.2"),
        ("methamphetamine abuse", "amphetamine_disorder", "F15.1", "F14.1"),
        ("alcohol abuse", "alcohol_disorder", "F10.1", "F11.1"),
    ],
)
def test_one_substance_is_not_any_substance(words: str, concept: str, own: str, other: str) -> None:
    assert [m.value.id for m in base().mentions(words)] == [concept]
    term = project_terms().concepts["condition", concept]
    assert term.near.covers(Code("icd10", own))
    assert not term.near.covers(Code("icd10", other))


@pytest.mark.parametrize("code", ["F10.2", "F11.2", "F14.1", "F19.1"])
@pytest.mark.parametrize("words", ["substance abuse", "drug or alcohol abuse"])
def test_any_substance_is_asked_about_each(words: str, code: str) -> None:
    (mention,) = base().mentions(words)
    term = project_terms().concepts["condition", mention.value.id]
    asked = doubt(ClinicalFact("c/1", (Code("icd10", code),), "", None), term)
    assert asked is not None
    assert asked.telling


def test_one_substance_in_words_brings_any_into_question() -> None:
    term = project_terms().concepts["condition", "substance_disorder"]
    asked = doubt(ClinicalFact("c/1", (), "Cocaine dependence", None), term)
    assert asked is not None
    assert asked.telling


@pytest.mark.parametrize("words", ["alcohol withdrawal", "alcohol intoxication"])
def test_a_state_of_an_hour_is_no_use_disorder(words: str) -> None:
    assert "alcohol_disorder" not in [m.value.id for m in base().mentions(words)]


# --- the records' own vocabulary ---------------------------------------------------------------


def study(conditions: tuple[str, ...], kind: str = "DRUG") -> Study:
    drug = Intervention(type=kind, name="Levosulpiride")
    return Study(
        protocol_section=ProtocolSection(
            conditions_module=ConditionsModule(conditions=conditions),
            arms_interventions_module=ArmsInterventionsModule(interventions=(drug,)),
        ),
        derived_section=DerivedSection(
            condition_browse_module=BrowseModule(
                meshes=(
                    Mesh(id="D999991", term="Dyspepsia, Imaginary"),
                    Mesh(id="D1", term="Death"),
                )
            ),
            intervention_browse_module=BrowseModule(
                meshes=(Mesh(id="D999992", term="Levosulpiride"),),
                ancestors=(Mesh(id="D999993", term="Hydrocarbons"),),
            ),
        ),
    )


def test_headings_of_records_are_a_vocabulary() -> None:
    more = records_vocabulary((study(("Sleepless mornings",)), study(("sleepless mornings",))))
    text = "imaginary dyspepsia, levosulpiride, hydrocarbons, death, sleepless mornings"
    assert [(m.value.id, m.value.domain) for m in finder(more).mentions(text)] == [
        ("mesh:D999991/dyspepsia, imaginary", "condition"),
        ("mesh:D999992/levosulpiride", "drug"),
        ("registry:condition/sleepless mornings", "condition"),
    ]
    for mention in finder(more).mentions(text):
        assert concepts().concepts[mention.value.id].complete is False
        assert (mention.value.domain, mention.value.id) in project_terms().concepts


def test_a_heading_of_an_intervention_that_is_no_drug_is_left_out() -> None:
    more = records_vocabulary((study((), kind="DEVICE"),))
    assert [m.value.id for m in finder(more).mentions("Levosulpiride")] == []


def test_words_of_one_record_alone_are_no_vocabulary_for_others() -> None:
    more = records_vocabulary((study(("Sleepless mornings",)),))
    assert [name for name, _ in more.names if "morning" in name] == []


def test_a_record_s_own_words_are_a_vocabulary_for_itself() -> None:
    """What it calls its condition and its intervention, it means in its criteria too."""
    own = study(("Sleepless mornings", "Healthy"), kind="PROCEDURE")
    found = finder(*study_vocabulary(own)).mentions("healthy, sleepless mornings, levosulpiride")
    assert [(m.value.id, m.value.domain) for m in found] == [
        ("registry:condition/sleepless mornings", "condition"),
        ("registry:procedure/levosulpiride", "procedure"),
    ]


def test_a_record_is_read_with_the_headings_it_is_filed_under() -> None:
    text = "Exclusion Criteria:\n\n* Imaginary dyspepsia"
    filed = study(())
    section = msgspec.structs.replace(
        filed.protocol_section, eligibility_module=EligibilityModule(eligibility_criteria=text)
    )
    (item,) = read_study(msgspec.structs.replace(filed, protocol_section=section)).items
    assert item.expr == nodes.Has(
        "condition", "mesh:D999991/dyspepsia, imaginary", "Imaginary dyspepsia"
    )
    assert read_criteria(text).items[0].expr != item.expr


def test_a_record_without_headings_or_criteria_is_read_as_well() -> None:
    assert read_study(Study()).items == ()
    assert study_vocabulary(Study()) == ()


# --- coverage ----------------------------------------------------------------------------------


def test_coverage_says_what_has_a_code() -> None:
    def criterion(*parts: nodes.Node) -> Criterion:
        return Criterion("E1", "exclusion", "", (0, 0), nodes.Any(parts))

    said = coverage(
        (
            criterion(
                nodes.Has("condition", "stroke", "stroke"),
                nodes.Has("condition", "icd10cm:M10", "gout"),
                nodes.Has("condition", "vertigo", "vertigo"),
                nodes.Has("condition", None, "Wobbly knees"),
                nodes.Has("drug", "mesh:D999992/levosulpiride", "levosulpiride"),
            ),
        )
    )
    by_domain = {each.domain: (each.coded, each.known, each.unknown) for each in said.domains}
    assert by_domain == {"condition": (2, 1, 1), "drug": (0, 1, 0)}
    assert said.domains[0].share_coded == 0.5
    assert said.unknown == ("wobbly knees",)
    assert {v.name: v.mentions for v in said.vocabularies} == {
        "lexicon": 1, "icd10cm": 1, "names": 1,
    }  # fmt: skip


def test_nothing_mentioned_has_no_share() -> None:
    assert coverage(()).domains == ()


# --- bad input ---------------------------------------------------------------------------------


@given(st.text(max_size=200))
def test_any_text_yields_spans_inside_it(text: str) -> None:
    at = 0
    for mention in finder().mentions(text):
        assert at <= mention.start < mention.end <= len(text)
        assert mention.value.id in concepts().concepts
        at = mention.end


@given(st.text(max_size=40))
def test_any_name_is_known_or_not(name: str) -> None:
    for text in (name, f"icd10cm:{name}", f"mesh:{name}", f"registry:{name}"):
        known = concepts().concepts.get(text)
        assert known is None or not known.complete or text in set(concepts().concepts)


@pytest.mark.parametrize(
    "text",
    [
        "reviewed by the transplant centre",
        "on the kidney transplant waiting list",
        "MRI conditional",
        "pain score",
        "a depression scale",
        "colon cancer screening",
        "serum testosterone",
        "insulin levels",
        "elevated growth hormone",
        "first dose of study vaccine",
        "six weeks before surgery",
        "insulin-naive",
    ],
)
def test_a_name_that_serves_another_word_is_no_fact(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("heart failure, transplant", "heart_failure"),
        ("high-dose insulin", "insulins"),
        ("after kidney transplantation", "kidney_transplantation"),
        ("depression", "depression"),
    ],
)
def test_the_same_name_alone_is_one(text: str, concept: str) -> None:
    assert concept in {each for _, each in found(text)}


@pytest.mark.parametrize("text", ["MS", "UC", "OA", "HbS", "contraindication", "vaccination"])
def test_what_stands_for_several_things_is_not_taken(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("chemotherapy", "chemotherapy"),
        ("adjuvant chemotherapy", "adjuvant_chemotherapy"),
        ("immunotherapy", "immunotherapy"),
        ("anticoagulant therapy", "anticoagulant_therapy"),
        ("oxygen therapy", "oxygen_therapy"),
    ],
)
def test_a_treatment_is_a_procedure_that_the_drugs_on_record_may_be(
    text: str, concept: str
) -> None:
    """Nobody is cleared of chemotherapy by a list of procedures while a drug is on record."""
    known = concepts().concepts[concept]
    assert found(text) == [(text, concept)]
    assert (known.domain, known.complete) == ("procedure", False)
    assert "drug" in known.also


def test_chemotherapy_has_the_codes_of_its_drugs() -> None:
    known = concepts().concepts
    assert known["chemotherapy"].atc == known["cytotoxic_drugs"].atc
    assert known["cisplatin"].broader == "cytotoxic_drugs"
    assert known["adjuvant_chemotherapy"].atc == ()
    assert known["adjuvant_chemotherapy"].near.atc == known["chemotherapy"].atc


@pytest.mark.parametrize("text", ["acute or chronic leukaemia", "acute and chronic leukemia"])
def test_all_kinds_of_leukaemia_are_leukaemia(text: str) -> None:
    assert found(text) == [(text, "leukaemia")]


@pytest.mark.parametrize("text", ["chronic leukemia", "CLL", "B-ALL", "acute myeloid leukaemia"])
def test_a_kind_of_leukaemia_may_be_any_record_of_its_block(text: str) -> None:
    ((_, name),) = found(text)
    kind = concepts().concepts[name]
    assert not kind.icd10
    assert set(kind.near.icd10) <= set(concepts().concepts["leukaemia"].icd10)
    assert kind.vaguer == ("leukaemia",)


@pytest.mark.parametrize("text", ["psychosis", "fluid retention", "osteochondrosis"])
def test_a_general_word_is_not_the_code_for_what_nobody_specified(text: str) -> None:
    """F29 is a psychosis that nobody named; a criterion that says psychosis means F20 too."""
    ((_, name),) = found(text)
    known = concepts().concepts[name]
    assert known.icd10 == ()
    assert known.label == text


@pytest.mark.parametrize("text", ["peanut allergy", "latex allergy", "statin intolerance"])
def test_an_allergy_is_looked_for_among_diagnoses_too(text: str) -> None:
    ((_, name),) = found(text)
    assert concepts().concepts[name].domain == "allergy"
    assert concepts().concepts[name].also == ("condition",)


@pytest.mark.parametrize("text", ["drug-eluting stent", "cochlear implant", "mechanical valve"])
def test_a_device_is_looked_for_among_operations_too(text: str) -> None:
    ((_, name),) = found(text)
    assert concepts().concepts[name].domain == "device"
    assert concepts().concepts[name].also == ("procedure", "condition")


def test_drinking_is_not_the_disorder() -> None:
    assert found("alcohol intake") == [("alcohol intake", "alcohol_intake")]
    assert found("corticosteroid drug use") == [("corticosteroid", "corticosteroids")]


@pytest.mark.parametrize(
    ("words", "concept", "code"),
    [
        ("immunotherapy", "immunotherapy", "L01FF02"),
        ("chemotherapy", "chemotherapy", "L01XA01"),
        ("oxygen therapy", "oxygen_therapy", "V03AN01"),
        ("dialysis", "dialysis", "B05DA"),
    ],
)
def test_a_drug_on_record_keeps_a_treatment_open(words: str, concept: str, code: str) -> None:
    """Pembrolizumab on record: a closed list of procedures does not say `no immunotherapy`."""
    drug = ClinicalFact("m1", (Code("atc", code),), "", PartialDate(2024, 2, 1))
    person = Patient("p", "unknown", None, medications=(drug,))
    closed = Policy(closed_world=ClosedWorld(frozenset(DOMAINS)))
    asked = nodes.Has("procedure", concept, words)
    at = Setting(person, date(2024, 6, 1), closed, project_terms())
    assert evaluate(asked, at).truth is Truth.UNKNOWN
    assert evaluate(asked, replace(at, patient=Patient("q", "unknown", None))).truth is Truth.FALSE


@pytest.mark.parametrize(
    ("text", "concept", "code"),
    [
        ("basal cell carcinoma", "basal_cell_carcinoma", "C44.311"),
        ("nonmelanomatous skin cancer", "nonmelanoma_skin_cancer", "C44.92"),
        ("in situ carcinoma of the cervix", "cervical_carcinoma_in_situ", "D06.9"),
        ("unstable angina", "unstable_angina", "I20.0"),
        ("spondylolisthesis", "spondylolisthesis", "M43.16"),
        ("kidney failure", "renal_failure", "N19"),
        ("hepatitis B or C infection", "hepatitis_b_or_c", "B18.2"),
        ("type 1 or 2 diabetes", "diabetes_type_1_or_2", "E11.9"),
        ("basal cell or squamous cell skin cancer", "basal_or_squamous_skin_cancer", "C44.42"),
    ],
)
def test_a_frequent_condition_has_codes(text: str, concept: str, code: str) -> None:
    assert found(text) == [(text, concept)]
    assert any(code.startswith(prefix) for prefix in concepts().concepts[concept].icd10)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("colony-stimulating factors", "growth_factors"),
        ("antipyretics", "antipyretic"),
        ("carmustine", "carmustine"),
        ("ddC", "zalcitabine"),
        ("NNRTI", "nnrti"),
        ("folinic acid", "leucovorin"),
        ("H2 blockers", "h2_blockers"),
    ],
)
def test_a_drug_of_old_and_new_records_is_known(text: str, concept: str) -> None:
    assert found(text) == [(text, concept)]
    assert concepts().concepts[concept].domain == "drug"


@pytest.mark.parametrize(
    ("text", "concept", "not_it"),
    [
        ("inhaled corticosteroids", "inhaled_corticosteroids", "salbutamol"),
        ("immunomodulating agents", "immunomodulators", "denosumab"),
        ("testosterone", "testosterone", "dydrogesterone"),
        ("growth hormone", "growth_hormone", "oxytocin"),
        ("anti-CTLA-4", "ctla_4_inhibitor", "nivolumab"),
    ],
)
def test_a_name_is_no_wider_class(text: str, concept: str, not_it: str) -> None:
    """Where a patient takes another drug of the wider class, that is no hit."""
    assert found(text) == [(text, concept)]
    assert concepts().concepts[not_it].broader != concept


def test_a_corticosteroid_may_be_inhaled_or_on_the_skin() -> None:
    anywhere = concepts().concepts[found("corticosteroids")[0][1]]
    systemic = concepts().concepts[found("systemic corticosteroids")[0][1]]
    assert {"R03BA", "D07"} <= set(anywhere.near.atc)
    assert not systemic.near.any()


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("antiplatelet therapy", "antiplatelet_therapy"),
        ("antibiotic treatment", "antibiotic_therapy"),
        ("anti-TNF therapy", "anti_tnf_therapy"),
    ],
)
def test_what_is_done_with_a_class_is_a_procedure_with_its_codes(text: str, concept: str) -> None:
    assert found(text) == [(text, concept)]
    done = concepts().concepts[concept]
    assert done.domain == "procedure"
    assert done.atc
    assert "drug" in done.also


@pytest.mark.parametrize(
    "text",
    [
        "chemotherapy induced nausea",
        "at the time of transplantation",
        "transplant candidates",
        "infection at the site of surgery",
        "COPD medication",
        "stroke volume",
    ],
)
def test_a_name_that_stands_for_something_else_is_not_found(text: str) -> None:
    assert not {"chemotherapy", "transplantation", "transplant", "surgery", "copd", "stroke"} & {
        name for _, name in found(text)
    }


def test_what_a_treatment_brought_about_is_not_lost_with_to_or_by() -> None:
    assert found("toxicity related to chemotherapy")[-1] == ("chemotherapy", "chemotherapy")
    assert found("malignancy associated with HIV")[0] == ("malignancy", "malignancy")


@pytest.mark.parametrize(
    "text", ["bone marrow depression", "respiratory depression", "ST segment depression"]
)
def test_a_depression_of_an_organ_is_not_the_illness(text: str) -> None:
    ((whole, _),) = found(text)
    assert whole == text
