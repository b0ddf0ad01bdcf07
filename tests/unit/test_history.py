"""What a record of another domain proves, and what a silence may and may not conclude."""

from dataclasses import replace
from datetime import date

import pytest

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.evaluate import evaluate
from trialwright.screening.explain import headline
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import DOMAINS, Answer, ClinicalFact, Code, Patient, Verdict
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.screen import screen
from trialwright.screening.setting import Setting

ON = date(2024, 9, 2)
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
CLOSED = Policy(ClosedWorld(frozenset(DOMAINS)))
NOBODY = Patient("p", "female", PartialDate(1960, 1, 1))
CHEMOTHERAPY = nodes.Has("procedure", "chemotherapy", "chemotherapy")
DILATED = nodes.Has("condition", "dilated_cardiomyopathy", "dilated cardiomyopathy")


def closed(*domains: Domain) -> Policy:
    return Policy(ClosedWorld(frozenset(domains)))


def verdict(node: nodes.Node, patient: Patient = NOBODY, policy: Policy = CLOSED) -> Verdict:
    return evaluate(node, Setting(patient, ON, policy, project_terms()))


def last(span: str, node: nodes.Node) -> nodes.Node:
    return nodes.Within(Duration.parse(span), "enrolment", node)


def on_methotrexate(start: str, end: str | None = None, ended: Truth = F) -> Patient:
    days = [PartialDate.parse(each) if each else None for each in (start, end)]
    drug = ClinicalFact("Medication/1", (Code("atc", "L01BA01"),), "methotrexate", *days)
    return replace(NOBODY, medications=(replace(drug, ended=ended),))


# --- a treatment that is recorded by its drugs ---------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "ended", "expected"),
    [
        ("2024-05-02", None, F, T),  # begun four months ago, and going on
        ("2024-08-20", None, F, T),
        ("2024-05-02", "2024-08-10", T, T),  # it lasted into the four weeks
        ("2024-05-02", "2024-08-05", T, T),  # its last day is the window's first
        ("2024-05-02", None, Truth.UNKNOWN, U),  # nobody says whether it is over
        ("2024-05-02", None, T, U),  # over, and nobody says since when
        ("2024", None, F, U),  # it may begin after the screening
        ("2024-08-20", "2024-08-21", T, T),
    ],
)
def test_a_treatment_lasts_as_long_as_its_drugs_are_given(
    start: str, end: str | None, ended: Truth, expected: Truth
) -> None:
    patient = on_methotrexate(start, end, ended)
    assert verdict(last("P28D", CHEMOTHERAPY), patient).truth is expected


@pytest.mark.parametrize(
    ("when", "end", "ended", "expected"),
    [
        ("current", None, F, T),
        ("current", "2024-08-10", T, F),  # stopped: not "currently on chemotherapy"
        ("current", None, T, F),
        ("current", None, U, U),
        (None, None, F, T),
        (None, "2024-08-10", T, U),  # whether history counts, the criterion does not say
        (None, None, U, U),
        ("ever", "2024-08-10", T, T),
    ],
)
def test_a_treatment_is_current_while_its_drugs_are_given(
    when: nodes.When | None, end: str | None, ended: Truth, expected: Truth
) -> None:
    node = replace(CHEMOTHERAPY, when=when)
    found = verdict(node, on_methotrexate("2024-05-02", end, ended))
    assert (found.truth, found.evidence[0].truth) == (expected, expected)


def test_a_treatment_that_ended_before_the_time_asked_is_no_hit() -> None:
    before = on_methotrexate("2024-05-02", "2024-08-04", T)
    found = verdict(last("P28D", CHEMOTHERAPY), before)
    assert found.truth is F
    assert "outside 2024-08-05 to 2024-09-02" in found.evidence[0].rule
    assert verdict(last("P28D", CHEMOTHERAPY), before, closed("procedure")).truth is U


def test_a_procedure_itself_counts_on_its_day_and_not_for_as_long_as_it_is_open() -> None:
    code = next(iter(project_terms().concepts["procedure", "organ_transplant"].codes.codes))
    done = ClinicalFact("Procedure/1", (code,), "transplant", PartialDate(2024, 5, 2))
    node = nodes.Has("procedure", "organ_transplant", "organ transplant")
    patient = replace(NOBODY, procedures=(done,))
    assert verdict(last("P28D", node), patient).truth is F
    assert verdict(last("P6M", node), patient).truth is T


# --- silence needs every domain where the thing may be recorded ----------------------------------

RECORDED_IN: list[tuple[Domain, str]] = [
    ("procedure", "dialysis"), ("procedure", "organ_transplant"), ("device", "pacemaker"),
    ("allergy", "penicillin_allergy"), ("condition", "stroke"),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "concept"), RECORDED_IN)
def test_a_silence_is_absence_only_where_every_domain_is_closed(
    domain: Domain, concept: str
) -> None:
    node = nodes.Has(domain, concept, concept)
    needed = (domain, *project_terms().concepts[domain, concept].also)
    assert verdict(node, policy=closed(*needed)).truth is F
    for open_one in needed:
        some = closed(*(each for each in DOMAINS if each != open_one))
        found = verdict(node, policy=some)
        assert (found.truth, found.unknown) == (U, "no_data")


# --- an open world names what resembles ----------------------------------------------------------


def noted(words: str, *codes: Code, **more: object) -> Patient:
    fact = ClinicalFact("Condition/x", codes, words, PartialDate(2024, 8), **more)
    return replace(NOBODY, conditions=(fact,))


@pytest.mark.parametrize(
    "patient",
    [
        noted("Dilated cardiomyopathy"),
        noted("cardiomyopathie dilatée"),
        noted("Cardiomyopathy", Code("icd10", "I42")),
        noted("Dilated cardiomyopathy", Code("snomed", "999999999")),
    ],
)
def test_an_open_world_names_a_record_that_may_be_it(patient: Patient) -> None:
    found = verdict(DILATED, patient, OPEN_WORLD)
    assert (found.truth, found.unknown) == (U, "no_data")  # as on a database
    assert found.evidence[0].record == "Condition/x"
    assert found.evidence[0].rule.startswith("is it dilated cardiomyopathy?")
    assert found.evidence[0].in_doubt
    assert found.evidence[-1].rule == "no condition of this kind is on record by 2024-09-02"
    assert verdict(DILATED, patient).unknown == "uncoded"  # a closed world asks the same


@pytest.mark.parametrize(
    "patient",
    [
        noted("Fracture of the left forearm"),
        noted("what the patient told us"),
        noted("Dilated cardiomyopathy", holds=F),
    ],
)
def test_an_open_world_names_no_record_that_says_nothing_of_it(patient: Patient) -> None:
    found = verdict(DILATED, patient, OPEN_WORLD)
    assert [each.record for each in found.evidence] == [None]


def test_no_more_than_three_records_are_named() -> None:
    facts = tuple(
        ClinicalFact(f"Condition/{n}", (), "Dilated cardiomyopathy", None) for n in range(9)
    )
    found = verdict(DILATED, replace(NOBODY, conditions=facts), OPEN_WORLD)
    assert [each.record for each in found.evidence] == [
        "Condition/0", "Condition/1", "Condition/2", None,
    ]  # fmt: skip


def test_the_headline_names_the_record_and_an_answer_says_that_it_was_in_doubt() -> None:
    criterion = nodes.Criterion("I1", "inclusion", "dilated cardiomyopathy", (0, 4), DILATED)
    patient = noted("Dilated cardiomyopathy")
    asked = screen(patient, [criterion], ON, terms=project_terms())
    assert headline(asked).startswith(
        "undecided: I1 unknown; Dilated cardiomyopathy on 2024-08: is it dilated cardiomyopathy? "
    )
    yes = {"I1": Answer(T, "Dr A", "2024-09-01")}
    told = headline(screen(patient, [criterion], ON, terms=project_terms(), answers=yes))
    assert told.endswith("answered over records in doubt: I1 (Dilated cardiomyopathy)")
