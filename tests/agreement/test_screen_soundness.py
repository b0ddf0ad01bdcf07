"""Laws that screening keeps on generated expressions and patients, and FHIR there and back."""

import calendar
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.rehearsal.patients_fhir import simulated_bundle
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import (
    DOMAINS,
    Answer,
    ClinicalFact,
    Code,
    Coded,
    Domain,
    Measured,
    Observation,
    Patient,
)
from trialwright.screening.patients.fhir import read_bundle
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.screen import screen
from trialwright.screening.setting import Setting

ON = date(2024, 9, 2)
RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
CLOSED = Policy(ClosedWorld(frozenset(DOMAINS)))
quick = settings(max_examples=100, deadline=None)

days = st.dates(date(2024, 5, 1), date(2024, 10, 31))
truths = st.sampled_from(Truth)


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(days)
    kind = draw(st.integers(0, 3))
    return PartialDate(day.year, day.month if kind else None, day.day if kind > 1 else None)


LVEF, BNP, NYHA = Code("loinc", "10230-1"), Code("loinc", "30934-4"), Code("loinc", "88020-3")
measured = st.builds(
    lambda n, unit: Measured.of(Quantity(Decimal(n), unit)),
    st.integers(20, 60),
    st.sampled_from(["%", "pg/mL"]),
)
classes = st.sampled_from(["I", "II", "III"]).map(lambda name: Coded((), f"NYHA class {name}"))
observations = st.builds(
    Observation,
    id=st.integers(1, 10**6).map(lambda n: f"Observation/o{n}"),
    codes=st.sampled_from([(LVEF,), (BNP,), (NYHA,)]),
    words=st.just("a value"),
    value=measured | classes,
    effective=st.none() | partial_dates(),
)
STROKE, HIV, OTHER = Code("icd10", "I63.9"), Code("icd10", "B20"), Code("icd10", "Z00")
KINDS = [(Code("icd10", code),) for code in ("I42", "I42.0", "C34.9", "C50.9")]
facts = st.builds(
    ClinicalFact,
    id=st.integers(1, 10**6).map(lambda n: f"Condition/c{n}"),
    codes=st.sampled_from([(STROKE,), (HIV,), (OTHER,), (), *KINDS]),
    words=st.just("a condition"),
    start=st.none() | partial_dates(),
    holds=truths,
    ended=truths,
)
patients = st.builds(
    Patient,
    id=st.just("p"),
    sex=st.sampled_from(["male", "female", "other", "unknown"]),
    birth=st.none() | st.dates(date(1942, 1, 1), date(1946, 12, 31)).map(PartialDate.of)
    | st.integers(1942, 1946).map(PartialDate),
    observations=st.lists(observations, max_size=4, unique_by=lambda o: o.id).map(tuple),
    conditions=st.lists(facts, max_size=3, unique_by=lambda f: f.id).map(tuple),
    simulated=st.just(True),
)  # fmt: skip


def _of_kind(*names: str) -> st.SearchStrategy[nodes.Node]:
    return st.builds(nodes.Has, st.just("condition"), st.sampled_from(names), st.just("words"))


leaves = st.one_of(
    st.builds(nodes.Except, _of_kind("cardiomyopathy", "malignancy"),
              st.tuples(_of_kind("dilated_cardiomyopathy", "lung_cancer", "stroke"))),
    st.builds(nodes.Compare, st.just("lvef"), st.sampled_from(["<", "<=", ">", ">=", "="]),
              st.integers(20, 60).map(Decimal), st.just("%")),
    st.builds(nodes.Compare, st.just("bnp"), st.just(">"), st.just(Decimal(40)), st.just("pg/mL")),
    st.builds(nodes.Ordinal, st.just("nyha"), st.sampled_from([("III",), ("II", "III")])),
    st.builds(nodes.Has, st.just("condition"), st.sampled_from(["stroke", "hiv", None]),
              st.just("a condition")),
    st.builds(nodes.Demographic, st.none() | st.just(Duration(12 * 18)), st.just(Duration(12 * 80)),
              st.sampled_from([None, "female"])),
    st.sampled_from([nodes.Attest("a"), nodes.Judgement("j"), nodes.Residue("r")]),
)  # fmt: skip


def _inner(parts: st.SearchStrategy[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(nodes.All, several),
        st.builds(nodes.Any, several),
        st.builds(nodes.Not, parts),
        st.builds(nodes.AtLeast, st.integers(1, 2), several),
        st.builds(nodes.Except, parts, several),
        st.builds(nodes.IfThen, parts, parts, st.none() | parts),
        st.builds(nodes.Within, st.sampled_from([Duration(3), Duration(0, 30), Duration(1800)]),
                  st.sampled_from(["enrolment", "first_infusion"]), parts),
    )  # fmt: skip


expressions = st.recursive(leaves, _inner, max_leaves=6)


def truth(
    node: nodes.Node, patient: Patient, policy: Policy = OPEN_WORLD, answer: Answer | None = None
) -> Truth:
    return evaluate(node, Setting(patient, ON, policy, project_terms(), answer)).truth


@quick
@given(expressions, expressions, patients)
def test_de_morgan_and_double_negation(a: nodes.Node, b: nodes.Node, patient: Patient) -> None:
    neither = nodes.All((nodes.Not(a), nodes.Not(b)))
    assert truth(nodes.Not(nodes.Any((a, b))), patient) is truth(neither, patient)
    assert truth(nodes.Not(nodes.Not(a)), patient) is truth(a, patient)


@quick
@given(expressions, patients)
def test_every_verdict_names_evidence_and_unknowns_their_kind(
    node: nodes.Node, patient: Patient
) -> None:
    verdict = evaluate(node, Setting(patient, ON, CLOSED, project_terms()))
    assert (verdict.unknown is not None) == (verdict.truth is Truth.UNKNOWN)
    if verdict.truth is Truth.UNKNOWN:
        assert any(piece.truth is Truth.UNKNOWN for piece in verdict.evidence)


@quick
@given(expressions, patients)
def test_closing_the_world_decides_more_and_changes_nothing_decided(
    node: nodes.Node, patient: Patient
) -> None:
    opened = truth(node, patient)
    assert opened is Truth.UNKNOWN or truth(node, patient, CLOSED) is opened


@quick
@given(expressions, patients)
def test_an_answer_moves_a_criterion_its_own_way_and_never_overrules_the_record(
    node: nodes.Node, patient: Patient
) -> None:
    alone = truth(node, patient)
    yes, no = (truth(node, patient, answer=Answer(t, "Dr", "2024-09-02"))
               for t in (Truth.TRUE, Truth.FALSE))  # fmt: skip
    assert alone is Truth.UNKNOWN or (yes is alone and no is alone)
    assert RANK[no] <= RANK[alone] <= RANK[yes]


# Patients whose verdict hangs on dates: several values of one measure, or episodes of one kind.
dated_values = st.builds(
    Observation,
    id=st.just("Observation/o"),
    codes=st.just((LVEF,)),
    words=st.just(""),
    value=st.sampled_from(["30", "50"]).map(lambda n: Measured.of(Quantity(Decimal(n), "%"))),
    effective=st.none() | partial_dates(),
)
dated_facts = st.builds(
    ClinicalFact,
    id=st.just("Condition/c"),
    codes=st.sampled_from([(STROKE,), (HIV,)]),
    words=st.just(""),
    start=st.none() | partial_dates(),
)
dated_patients = st.builds(
    Patient,
    id=st.just("p"),
    sex=st.just("female"),
    birth=st.integers(1943, 1945).map(PartialDate),
    observations=st.lists(dated_values, min_size=1, max_size=3).map(tuple),
    conditions=st.lists(dated_facts, max_size=2).map(tuple),
)
dated_leaves = st.sampled_from([
    nodes.Compare("lvef", "<=", Decimal(40), "%"),
    nodes.Has("condition", "stroke", "stroke"),
    nodes.Has("condition", "hiv", "HIV"),
    nodes.Demographic(age_max=Duration(12 * 80)),
])  # fmt: skip
dated = dated_leaves | st.builds(
    nodes.Within, st.sampled_from([Duration(3), Duration(1)]), st.just("enrolment"), dated_leaves
)


@settings(max_examples=400, deadline=None)
@given(dated, dated_patients, st.data())
def test_a_decided_verdict_holds_for_every_day_that_a_partial_date_may_mean(
    node: nodes.Node, patient: Patient, data: st.DataObject
) -> None:
    decided = truth(node, patient, CLOSED)
    if decided is not Truth.UNKNOWN:
        exact = _completed(patient, lambda n: data.draw(st.integers(0, n - 1)))
        assert truth(node, exact, CLOSED) is decided


def _completed(patient: Patient, pick: Callable[[int], int]) -> Patient:
    def full(day: PartialDate | None) -> PartialDate | None:
        if day is None:
            return PartialDate.of(ON - timedelta(days=pick(400)))
        month = day.month or 1 + pick(12)
        last = calendar.monthrange(day.year, month)[1]
        return PartialDate(day.year, month, day.day or 1 + pick(last))

    return replace(
        patient,
        birth=patient.birth and full(patient.birth),
        observations=tuple(replace(o, effective=full(o.effective)) for o in patient.observations),
        conditions=tuple(replace(f, start=full(f.start)) for f in patient.conditions),
    )


# Records whose code no list knows: whatever they say, they prove nothing.
strangers = st.builds(
    ClinicalFact,
    id=st.just("Condition/x"),
    codes=st.sampled_from([(Code("snomed", "1"),), (Code("rxnorm", "1"),), (Code("icd10", "U9"),)]),
    words=st.text(max_size=30) | st.sampled_from(["Cerebral infarct", "Otitis", "AIDS", "?"]),
    start=st.none() | partial_dates(),
    displays=st.lists(st.text(max_size=20), max_size=2).map(tuple),
)
lists = st.sampled_from(sorted(project_terms().concepts))


@quick
@given(lists, st.lists(strangers, min_size=1, max_size=4).map(tuple))
def test_a_record_that_no_list_knows_is_never_a_hit_and_only_opens_what_was_closed(
    concept: tuple[Domain, str], facts: tuple[ClinicalFact, ...]
) -> None:
    node = nodes.Has(*concept, "words")
    patient = Patient("p", "female", None, conditions=facts, procedures=facts, devices=facts)
    nobody = Patient("p", "female", None)
    assert truth(node, nobody, CLOSED) is Truth.FALSE
    assert truth(node, patient, CLOSED) is not Truth.TRUE
    assert truth(node, patient) is Truth.UNKNOWN


@quick
@given(st.lists(expressions, min_size=1, max_size=4), patients)
def test_the_overall_answer_follows_from_the_criteria(
    found: list[nodes.Node], patient: Patient
) -> None:
    sections = ("inclusion", "exclusion")
    criteria = [
        nodes.Criterion(f"{'IE'[n % 2]}{n}", sections[n % 2], "text", (0, 4), expr)
        for n, expr in enumerate(found)
    ]
    result = screen(patient, criteria, ON, terms=project_terms())
    demanded = [
        truth(c.expr, patient) if c.section == "inclusion" else ~truth(c.expr, patient)
        for c in criteria
    ]
    assert [c.verdict.truth for c in result.criteria] == demanded
    names = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "undecided"}
    assert result.eligible == names[min(demanded, key=RANK.__getitem__)]
    open_ids = tuple(c.id for c, t in zip(criteria, demanded, strict=True) if t is Truth.UNKNOWN)
    assert result.would_decide == (() if Truth.FALSE in demanded else open_ids)
    assert bool(result.deciding) == (result.eligible == "no")


@quick
@given(patients)
def test_a_simulated_patient_survives_fhir_there_and_back(patient: Patient) -> None:
    again = read_bundle(simulated_bundle(patient), "p.json", date(2024, 12, 31))
    assert again == patient
    assert simulated_bundle(again) == simulated_bundle(patient)
