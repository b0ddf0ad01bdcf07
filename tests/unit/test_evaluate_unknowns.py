"""Every node and every way of not knowing: the kind, and evidence that names record and rule."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import (
    DOMAINS,
    Answer,
    ClinicalFact,
    Code,
    Coded,
    Measured,
    Observation,
    Patient,
    Verdict,
)
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.setting import Setting

ON = date(2024, 9, 2)
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
CLOSED = Policy(ClosedWorld(frozenset(DOMAINS)))
NOBODY = Patient("p", "female", PartialDate(1960, 1, 1))


def verdict(
    node: nodes.Node, patient: Patient = NOBODY, policy: Policy = OPEN_WORLD, **more: object
) -> Verdict:
    return evaluate(node, replace(Setting(patient, ON, policy, project_terms()), **more))


def lab(value: str, unit: str, day: str | None = "2024-08-20", **more: object) -> Observation:
    quantity = Measured.of(Quantity(Decimal(value), unit))
    when = PartialDate.parse(day) if day else None
    fields = {"id": "Observation/1", "value": quantity, "effective": when} | more
    return Observation(codes=(Code("loinc", "10230-1"),), words="LVEF", **fields)  # type: ignore[arg-type]


def seen(*labs: Observation) -> Patient:
    return replace(NOBODY, observations=labs)


def asthma(start: str | None = "2020", **more: object) -> Patient:
    day = PartialDate.parse(start) if start else None
    fact = ClinicalFact("Condition/a", (Code("icd10", "J45"),), "Asthma", day)
    return replace(NOBODY, conditions=(replace(fact, **more),))  # type: ignore[arg-type]


LVEF = nodes.Compare("lvef", "<=", Decimal(40), "%")
NYHA = nodes.Ordinal("nyha", ("III",))
ASTHMA = nodes.Has("condition", "asthma", "asthma")
SEVERE = nodes.Has("condition", "asthma", "severe asthma", severity=("moderate", "severe"))
YEAR = Duration(12)
CHILD = nodes.Demographic(age_min=Duration(216))
nyha = replace(lab("1", "1"), codes=(Code("loinc", "88020-3"),), value=Coded((), "fair"))
LIMIT = nodes.Compare("lvef", "<", times_lln=Decimal("0.5"))

KINDS: list[tuple[nodes.Node, Patient, Policy, str, str | None, str]] = [
    (LVEF, NOBODY, OPEN_WORLD, "no_data", None, "nothing on record"),
    (LVEF, seen(lab("35", "%", None)), OPEN_WORLD, "stale", "Observation/1", "holds"),
    (nodes.Within(Duration(1), "enrolment", LVEF), seen(lab("35", "%", "2024-07-01")), OPEN_WORLD,
     "stale", None, "too old"),
    (LVEF, seen(lab("35", "mg/dL")), OPEN_WORLD, "unit", "Observation/1", "does not convert to %"),
    (LVEF, seen(lab("35", "")), OPEN_WORLD, "unit", "Observation/1", "no unit is recorded"),
    (LVEF, seen(lab("350", "%")), OPEN_WORLD, "unit", "Observation/1", "outside"),
    (LVEF, seen(replace(lab("1", "1"), value=Coded((), "low"))), OPEN_WORLD, "no_data",
     "Observation/1", "no number"),
    (LVEF, seen(lab("35", "%", "2024-08"), lab("45", "%", "2024-08-10", id="Observation/2")),
     OPEN_WORLD, "no_data", "Observation/1", "holds"),
    (replace(LVEF, unit_fault="no such unit"), seen(lab("35", "%")), OPEN_WORLD, "unit", None,
     "no such unit"),
    (nodes.Compare(None, "<", Decimal(1), "1", words="zeal"), NOBODY, CLOSED, "uncoded", None,
     "'zeal'"),
    (nodes.Compare("lvef", "<", percent_predicted=Decimal(50)), seen(lab("35", "%")), OPEN_WORLD,
     "no_data", None, "no predicted value"),
    (LIMIT, seen(lab("35", "%")), OPEN_WORLD, "no_data", "Observation/1", "no lower limit"),
    (NYHA, NOBODY, OPEN_WORLD, "no_data", None, "nothing on record"),
    (NYHA, seen(nyha), OPEN_WORLD, "uncoded", "Observation/1", "none of I, II"),
    (NYHA, seen(replace(nyha, value=Coded((), "III"), effective=None)), OPEN_WORLD, "stale",
     "Observation/1", "III"),
    (ASTHMA, NOBODY, OPEN_WORLD, "no_data", None, "no condition of this kind"),
    (ASTHMA, asthma(ended=T), CLOSED, "stale", "Condition/a", "over"),
    (ASTHMA, asthma(holds=U), CLOSED, "stale", "Condition/a", "suspected"),
    (SEVERE, asthma(), CLOSED, "no_data", "Condition/a", "recorded without a degree"),
    (nodes.Has("condition", None, "zeal"), asthma(), CLOSED, "uncoded", None, "'zeal'"),
    (CHILD, replace(NOBODY, birth=None), CLOSED, "no_data", None, "no birth date"),
    (CHILD, replace(NOBODY, birth=PartialDate(2006)), CLOSED, "no_data", "Patient/p", "open"),
    (nodes.Demographic(sex="male"), replace(NOBODY, sex="other"), CLOSED, "no_data", None, "asked"),
    (nodes.Attest("consent"), NOBODY, CLOSED, "pending_answer", None, "site"),
    (nodes.Judgement("fit"), NOBODY, CLOSED, "judgement", None, "investigator"),
    (nodes.Residue("words"), NOBODY, CLOSED, "residue", None, "not understood"),
    (nodes.Within(Duration(1), "first_infusion", ASTHMA), asthma(), CLOSED, "pending_answer", None,
     "the day of first_infusion is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "patient", "policy", "kind", "record", "rule"), KINDS)
def test_every_way_of_not_knowing(
    node: nodes.Node, patient: Patient, policy: Policy, kind: str, record: str | None, rule: str
) -> None:
    found = verdict(node, patient, policy)
    assert (found.truth, found.unknown) == (U, kind)
    assert any(
        piece.record == record and rule in f"{piece.what} {piece.rule}" for piece in found.evidence
    ), found.evidence


@pytest.mark.parametrize(("node", "patient", "policy", "kind", "record", "rule"), KINDS)
def test_an_unknown_part_keeps_its_kind_in_every_connective(
    node: nodes.Node, patient: Patient, policy: Policy, kind: str, record: str | None, rule: str
) -> None:
    for outer in (
        nodes.All((node, node)), nodes.Any((node, node)), nodes.Not(node),
        nodes.AtLeast(1, (node,)), nodes.Except(node, (nodes.Any(()),)),
        nodes.Except(nodes.All(()), (node,)),
        nodes.IfThen(nodes.Not(nodes.Any(())), node),
    ):  # fmt: skip
        found = verdict(outer, patient, policy)
        assert (found.truth, found.unknown) == (U, kind)
        assert found.evidence


def test_the_kind_that_a_record_can_settle_first_is_named() -> None:
    both = nodes.All((nodes.Residue("words"), nodes.Judgement("fit"), LVEF))
    assert verdict(both).unknown == "no_data"


@pytest.mark.parametrize(
    ("recorded", "expected"), [("mild", U), ("moderate", T), ("severe", T), (None, U)]
)
def test_severity_counts_where_the_text_asks_for_it(recorded: str | None, expected: Truth) -> None:
    assert verdict(SEVERE, asthma(severity=recorded)).truth is expected
    assert verdict(ASTHMA, asthma(severity=recorded)).truth is T


def test_a_milder_form_is_absence_in_a_closed_world_only() -> None:
    mild = asthma(severity="mild")
    found = verdict(SEVERE, mild, CLOSED)
    assert found.truth is F
    assert "asked moderate or severe; recorded mild" in found.evidence[0].rule


@pytest.mark.parametrize(
    ("when", "start", "ended", "expected"),
    [
        (None, "2020", F, T), (None, "2020", T, U), (None, None, U, U),
        ("ever", "2020", T, T), ("ever", None, T, T), ("ever", None, U, T), ("ever", "2025", U, U),
        ("current", "2020", F, T), ("current", "2020", T, U), ("current", "2020", U, U),
    ],
)  # fmt: skip
def test_ever_counts_what_is_over_and_current_does_not(
    when: nodes.When | None, start: str | None, ended: Truth, expected: Truth
) -> None:
    node = replace(ASTHMA, when=when)
    assert verdict(node, asthma(start, ended=ended)).truth is expected


def test_what_is_over_is_no_current_one_in_a_closed_world() -> None:
    node = replace(ASTHMA, when="current")
    assert verdict(node, asthma(ended=T), CLOSED).truth is F
    assert verdict(node, asthma(ended=U), CLOSED).truth is U


def test_ever_of_something_refuted_is_not_a_history_of_it() -> None:
    found = verdict(replace(ASTHMA, when="ever"), asthma(holds=F), CLOSED)
    assert found.truth is F
    assert found.evidence[0].rule.startswith("its status says that it was ruled out; ")
    assert found.evidence[0].record is not None


TRASTUZUMAB = nodes.Has("drug", "trastuzumab", "trastuzumab")


def drug(start: str, end: str | None = None) -> Patient:
    last = PartialDate.parse(end) if end else None
    fact = ClinicalFact("Medication/t", (Code("atc", "L01FD01"),), "trastuzumab",
                        PartialDate.parse(start), last, ended=T)  # fmt: skip
    return replace(NOBODY, medications=(fact,))


def within(last: Duration | None, **more: object) -> nodes.Within:
    return nodes.Within(last, "enrolment", TRASTUZUMAB, **more)  # type: ignore[arg-type]


def test_half_lives_are_the_longer_reach_and_nobody_guesses_how_long() -> None:
    either = within(Duration(0, 28), half_lives=Decimal(5))
    assert verdict(either, drug("2024-08-01", "2024-08-20"), CLOSED).truth is T
    open_reach = verdict(either, drug("2024-01-01", "2024-02-01"), CLOSED)
    assert (open_reach.truth, open_reach.unknown) == (U, "no_data")
    assert any("half-life is not on record" in piece.rule for piece in open_reach.evidence)
    assert verdict(either, NOBODY, CLOSED).truth is F
    answered = verdict(either, drug("2024-01-01", "2024-02-01"), CLOSED,
                       answer=Answer(F, "Dr A", "2024-09-01"))  # fmt: skip
    assert answered.truth is F


def test_half_lives_of_several_parts_are_each_their_own() -> None:
    """`A and not B` fails near (neither) and far (both), and may hold in between."""
    stroke = nodes.Has("condition", "stroke", "stroke")
    node = nodes.Within(None, "enrolment", nodes.All((TRASTUZUMAB, nodes.Not(stroke))),
                        half_lives=Decimal(5))  # fmt: skip
    old = ClinicalFact("Condition/s", (Code("icd10", "I63"),), "Stroke", PartialDate(2023, 1, 1),
                       ended=T)  # fmt: skip
    patient = replace(drug("2024-06-01", "2024-06-02"), conditions=(old,))
    assert verdict(node, patient, CLOSED).truth is U


def test_a_gap_ends_the_window_before_the_anchor() -> None:
    node = within(Duration(12), gap=Duration(0, 28))
    assert verdict(node, drug("2024-08-20", "2024-08-21"), CLOSED).truth is F
    assert verdict(node, drug("2024-06-01", "2024-06-02"), CLOSED).truth is T
    assert verdict(node, drug("2022-06-01", "2022-06-02"), CLOSED).truth is F
    older = within(None, gap=Duration(0, 28))
    assert verdict(older, drug("2010-06-01", "2010-06-02"), CLOSED).truth is T
    empty = within(Duration(0, 7), gap=Duration(0, 28))
    assert verdict(empty, drug("2024-08", "2024-09"), CLOSED).truth is F


def test_a_record_without_a_day_may_lie_in_the_gap() -> None:
    ever = nodes.Within(None, "enrolment", replace(ASTHMA, when=None), gap=Duration(0, 28))
    assert verdict(ever, asthma(None, ended=T), CLOSED).truth is U


@pytest.mark.parametrize(("value", "expected"), [("24", T), ("25", F), ("26", F)])
def test_a_multiple_of_the_lower_limit_of_normal(value: str, expected: Truth) -> None:
    low = lab(value, "%", lower_normal=Quantity(Decimal(50), "%"))
    found = verdict(LIMIT, seen(low))
    assert found.truth is expected
    assert "< 25 %" in found.evidence[0].rule


def test_the_latest_value_before_enrolment_decides_and_its_validity_ends() -> None:
    values = (lab("45", "%", "2023-01-01"), lab("35", "%", "2024-02-01", id="Observation/2"),
              lab("45", "%", "2024-10-01", id="Observation/3"))  # fmt: skip
    found = verdict(LVEF, seen(*values))
    assert (found.truth, found.evidence[0].record) == (T, "Observation/2")
    short = replace(OPEN_WORLD, valid_for={"lvef": Duration(6)})
    assert verdict(LVEF, seen(*values), short).unknown == "stale"
    long = replace(OPEN_WORLD, valid_for={"lvef": Duration(8)})
    assert verdict(LVEF, seen(*values), long).truth is T
    assert "lvef is valid for P6M" in str(short)


def test_a_conversion_stands_in_the_evidence() -> None:
    found = verdict(LVEF, seen(lab("0.35", "1")))
    (piece,) = found.evidence
    assert (piece.record, piece.recorded, piece.date) == ("Observation/1", "0.35 1", "2024-08-20")
    assert piece.conversion == "0.35 1 = 35 %"
    assert piece.rule == "<= 40 %: holds"


def test_policies_print_what_they_read() -> None:
    policy = Policy(CLOSED.closed_world, {"lvef": YEAR}, {"first_infusion": date(2024, 5, 1)})
    assert "lvef is valid for P1Y; first_infusion is on 2024-05-01" in str(policy)
