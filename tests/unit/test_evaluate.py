"""What every node of a criterion says about a patient: the reference meaning, case by case."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.bounds import holds
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import (
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
CLOSED = Policy(ClosedWorld(frozenset({"condition", "drug", "procedure", "device"})))
NOBODY = Patient("p", "female", PartialDate(1960, 1, 1))
RESIDUE = nodes.Residue("words")


def verdict(
    node: nodes.Node, patient: Patient = NOBODY, policy: Policy = OPEN_WORLD, **more: object
) -> Verdict:
    setting = Setting(patient, ON, policy, project_terms())
    return evaluate(node, replace(setting, **more))


def lab(loinc: str, value: str, unit: str, day: str = "2024-08-20", **more: object) -> Observation:
    quantity = Measured.of(Quantity(Decimal(value), unit))
    when = PartialDate.parse(day) if day else None
    fields = {"id": f"Observation/{loinc}-{day}", "value": quantity, "effective": when} | more
    return Observation(codes=(Code("loinc", loinc),), words=loinc, **fields)


def with_labs(*labs: Observation) -> Patient:
    return replace(NOBODY, observations=labs)


def stroke(day: str | None, **more: object) -> ClinicalFact:
    start = PartialDate.parse(day) if day else None
    return ClinicalFact("Condition/s", (Code("snomed", "230690007"),), "Stroke", start, **more)


def with_stroke(day: str | None, **more: object) -> Patient:
    return replace(NOBODY, conditions=(stroke(day, **more),))


LVEF_AT_MOST_40 = nodes.Compare("lvef", "<=", Decimal(40), "%")
BNP_OVER_150 = nodes.Compare("bnp", ">", Decimal(150), "pg/mL")
NT_PROBNP_FROM_400 = nodes.Compare("nt_probnp", ">=", Decimal(400), "pg/mL")
HAEMATOCRIT_UNDER_25 = nodes.Compare("haematocrit", "<", Decimal(25), "%")
STROKE = nodes.Has("condition", "stroke", "recent stroke")
RECENT_STROKE = nodes.Within(Duration.parse("P3M"), "inclusion", STROKE)


@pytest.mark.parametrize(
    ("node", "loinc", "value", "unit", "expected"),
    [
        (LVEF_AT_MOST_40, "10230-1", "40", "%", T),
        (LVEF_AT_MOST_40, "10230-1", "40.1", "%", F),
        (LVEF_AT_MOST_40, "10230-1", "0.4", "1", T),
        (BNP_OVER_150, "30934-4", "150", "pg/mL", F),
        (BNP_OVER_150, "30934-4", "150.01", "ng/L", T),
        (NT_PROBNP_FROM_400, "33762-6", "47", "pmol/L", F),
        (NT_PROBNP_FROM_400, "33762-6", "47.3", "pmol/L", T),
        (NT_PROBNP_FROM_400, "33762-6", "400", "pg/mL", T),
        (HAEMATOCRIT_UNDER_25, "4544-3", "0.24", "L/L", T),
        (HAEMATOCRIT_UNDER_25, "4544-3", "0.25", "L/L", F),
    ],
)
def test_numbers_meet_limits_exactly(
    node: nodes.Node, loinc: str, value: str, unit: str, expected: Truth
) -> None:
    assert verdict(node, with_labs(lab(loinc, value, unit))).truth is expected


def test_evidence_shows_the_value_as_recorded_and_every_step() -> None:
    found = verdict(NT_PROBNP_FROM_400, with_labs(lab("33762-6", "47", "pmol/L")))
    (evidence,) = found.evidence
    assert evidence.record == "Observation/33762-6-2024-08-20"
    assert evidence.recorded == "47 pmol/L"
    assert evidence.conversion == "47 pmol/L with 8460 g/mol = 397.62 pg/mL"
    assert evidence.date == "2024-08-20"
    assert evidence.rule == ">= 400 pg/mL: does not hold"


def test_bnp_and_nt_probnp_never_stand_for_each_other() -> None:
    only_nt = with_labs(lab("33762-6", "4000", "pg/mL"))
    assert verdict(BNP_OVER_150, only_nt).unknown == "no_data"
    either = nodes.Any((BNP_OVER_150, NT_PROBNP_FROM_400))
    assert verdict(either, only_nt).truth is T
    low = verdict(either, with_labs(lab("33762-6", "47", "pmol/L")))
    assert (low.truth, low.unknown) == (U, "no_data")  # BNP may still be high


def test_the_latest_value_on_or_before_the_day_counts() -> None:
    old, new, later = (
        lab("10230-1", "45", "%", "2024-01-10"),
        lab("10230-1", "35", "%", "2024-09-02"),
        lab("10230-1", "50", "%", "2024-09-03"),
    )
    for order in ((old, new, later), (later, new, old)):
        assert verdict(LVEF_AT_MOST_40, with_labs(*order)).truth is T
    assert verdict(LVEF_AT_MOST_40, with_labs(later)).unknown == "no_data"


def test_a_partial_date_is_unknown_only_where_the_order_matters() -> None:
    january, sometime = lab("10230-1", "45", "%", "2024-01-10"), lab("10230-1", "35", "%", "2024")
    assert verdict(LVEF_AT_MOST_40, with_labs(january, sometime)).truth is U
    agreeing = lab("10230-1", "30", "%", "2024-01-10")
    assert verdict(LVEF_AT_MOST_40, with_labs(agreeing, sometime)).truth is T
    assert verdict(LVEF_AT_MOST_40, with_labs(sometime)).unknown == "stale"
    assert verdict(LVEF_AT_MOST_40, with_labs(lab("10230-1", "35", "%", ""))).unknown == "stale"


def test_two_values_of_one_day_are_told_apart_by_their_time() -> None:
    morning, evening = (
        lab("10230-1", value, "%", id=value, instant=datetime(2024, 8, 20, hour, tzinfo=UTC))
        for value, hour in (("45", 8), ("35", 18))
    )
    assert verdict(LVEF_AT_MOST_40, with_labs(evening, morning)).truth is T
    untimed = lab("10230-1", "45", "%")
    assert verdict(LVEF_AT_MOST_40, with_labs(evening, untimed)).truth is U


def test_a_window_and_a_validity_make_old_values_stale() -> None:
    patient = with_labs(lab("10230-1", "35", "%", "2024-01-10"))
    recent = nodes.Within(Duration.parse("P3M"), "screening", LVEF_AT_MOST_40)
    assert verdict(recent, patient).unknown == "stale"
    policy = Policy(valid_for={"lvef": Duration.parse("P6M")})
    assert verdict(LVEF_AT_MOST_40, patient, policy).unknown == "stale"
    assert verdict(LVEF_AT_MOST_40, patient).truth is T


@pytest.mark.parametrize("unit", ["g/L", "", "{score}", "furlongs", "%%%"])
def test_a_unit_that_does_not_fit_is_unknown(unit: str) -> None:
    found = verdict(LVEF_AT_MOST_40, with_labs(lab("10230-1", "35", unit)))
    assert (found.truth, found.unknown) == (U, "unit")


def test_a_value_that_nobody_has_points_at_its_unit() -> None:
    found = verdict(LVEF_AT_MOST_40, with_labs(lab("10230-1", "0.35", "%")))
    assert found.unknown == "unit"
    assert "check the unit" in found.evidence[0].rule


def test_units_of_clearance_are_the_same_however_they_are_written() -> None:
    node = nodes.Compare("egfr", "<", Decimal(30), "mL/min/1.73m2")
    assert verdict(node, with_labs(lab("33914-3", "29", "mL/min/{1.73_m2}"))).truth is T
    assert verdict(node, with_labs(lab("33914-3", "29", "mL/min"))).unknown == "unit"


def test_multiples_of_the_upper_limit_of_normal() -> None:
    node = nodes.Compare("alt", ">", times_uln=Decimal(3))
    upper = Quantity(Decimal(40), "U/L")
    assert verdict(node, with_labs(lab("1742-6", "121", "U/L", upper_normal=upper))).truth is T
    assert verdict(node, with_labs(lab("1742-6", "120", "U/L", upper_normal=upper))).truth is F
    assert verdict(node, with_labs(lab("1742-6", "121", "U/L"))).unknown == "no_data"


def test_a_limit_from_the_laboratory_decides_where_it_can() -> None:
    below = Measured(Quantity(Decimal(10), "pg/mL"), "< 10 pg/mL", "<")
    bnp = lab("30934-4", "0", "pg/mL")
    assert verdict(BNP_OVER_150, with_labs(replace(bnp, value=below))).truth is F
    above = Measured(Quantity(Decimal(100), "pg/mL"), "> 100 pg/mL", ">")
    found = verdict(BNP_OVER_150, with_labs(replace(bnp, value=above)))
    assert (found.truth, found.unknown) == (U, "no_data")


@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "="])
@pytest.mark.parametrize("bound", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("limit", [3, 5, 7])
def test_bounds_agree_with_the_numbers_that_they_stand_for(op, bound, limit) -> None:
    meant = {"<": range(-9, 5), "<=": range(-9, 6), ">": range(6, 20), ">=": range(5, 20)}[bound]
    points = [Decimal(n) + fraction for n in meant for fraction in (Decimal(0), Decimal("0.5"))]
    inside = {"<": lambda n: n < 5, "<=": lambda n: n <= 5, ">": lambda n: n > 5}
    points = [n for n in points if inside.get(bound, lambda n: n >= 5)(n)]
    points += {">": [Decimal("5.001")], "<": [Decimal("4.999")]}.get(bound, [])
    truths = {holds(op, n, None, Decimal(limit)) for n in points}
    expected = truths.pop() if len(truths) == 1 else U
    assert holds(op, Decimal(5), bound, Decimal(limit)) is expected


def test_a_faulty_unit_in_the_criterion_is_unknown_until_a_person_settles_it() -> None:
    node = nodes.Compare("fev1", "<", Decimal(1), "L/min", unit_fault="FEV1 is in litres")
    assert verdict(node).unknown == "unit"
    assert verdict(node, answer=Answer(F, "Dr A", "2024-09-02")).truth is F


def test_classes_by_code_and_by_words() -> None:
    third = nodes.Ordinal("nyha", ("III",))
    values = {
        Coded((Code("loinc", "LA28406-9"),), ""): T,
        Coded((Code("snomed", "420913000"),), ""): T,
        Coded((Code("snomed", "421704003"),), ""): F,
        Coded((), "NYHA class III"): T,
        Coded((), "class II"): F,
        Coded((), "between II and III"): U,
        Coded((Code("loinc", "LA28406-9"), Code("snomed", "421704003")), ""): U,
    }
    for value, expected in values.items():
        patient = with_labs(replace(lab("88020-3", "0", "1"), value=value))
        assert verdict(third, patient).truth is expected, value
    assert verdict(third).unknown == "no_data"
    ecog = lab("89247-1", "1", "{score}")
    assert verdict(nodes.Ordinal("ecog", ("0", "1")), with_labs(ecog)).truth is T


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("1944-09-02", T),  # 80 today
        ("1943-09-03", T),  # 80, the day before the 81st birthday
        ("1943-09-02", F),  # 81 today
        ("2006-09-02", T),  # 18 today
        ("2006-09-03", F),
        ("1943", U),
        ("1944", T),
        ("1942", F),
    ],
)
def test_ages_include_both_ends(birth: str, expected: Truth) -> None:
    node = nodes.Demographic(Duration.parse("P18Y"), Duration.parse("P80Y"))
    assert verdict(node, replace(NOBODY, birth=PartialDate.parse(birth))).truth is expected


def test_ages_in_months_and_days() -> None:
    def born(day: str) -> Patient:
        return replace(NOBODY, birth=PartialDate.parse(day))

    six_months = nodes.Demographic(age_max=Duration.parse("P6M"))
    assert verdict(six_months, born("2024-02-03")).truth is T  # 6 months, 30 days
    assert verdict(six_months, born("2024-02-02")).truth is F  # 7 months
    four_weeks = nodes.Demographic(age_max=Duration.parse("P28D"))
    assert verdict(four_weeks, born("2024-08-05")).truth is T
    assert verdict(four_weeks, born("2024-08-04")).truth is F


def test_age_and_sex_that_nobody_recorded_are_unknown() -> None:
    stranger = Patient("p", "other", None)
    assert verdict(nodes.Demographic(Duration.parse("P18Y")), stranger).unknown == "no_data"
    assert verdict(nodes.Demographic(sex="female"), stranger).unknown == "no_data"
    assert verdict(nodes.Demographic(sex="female")).truth is T
    assert verdict(nodes.Demographic(sex="male")).truth is F


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-07-02", T),
        ("2024-06-02", T),  # the window's first day
        ("2024-06-01", F),
        ("2024-05-02", F),
        ("2024-06", U),  # the first of June is outside
        ("2024-07", T),
        ("2024-02", F),
        ("2024", U),
        (None, U),
        ("2024-09-03", F),  # after the day of screening
    ],
)
def test_a_stroke_in_the_last_three_months(day: str | None, expected: Truth) -> None:
    assert verdict(RECENT_STROKE, with_stroke(day), CLOSED).truth is expected


def test_an_old_episode_that_is_still_listed_as_active_is_not_recent() -> None:
    assert verdict(RECENT_STROKE, with_stroke("2024-01-02", ended=F), CLOSED).truth is F


def test_a_state_counts_in_a_window_while_it_lasts() -> None:
    hiv = Code("icd10", "B20")
    node = nodes.Within(Duration.parse("P1M"), "inclusion", nodes.Has("condition", "hiv", "HIV"))
    chronic = ClinicalFact("Condition/h", (hiv,), "HIV", PartialDate(2001))
    assert verdict(node, replace(NOBODY, conditions=(chronic,)), CLOSED).truth is T
    over = replace(chronic, ended=T, end=PartialDate(2023, 5))
    assert verdict(node, replace(NOBODY, conditions=(over,)), CLOSED).truth is F
    undated = replace(chronic, ended=T)
    assert verdict(node, replace(NOBODY, conditions=(undated,)), CLOSED).truth is U


def test_no_record_is_unknown_unless_the_policy_closes_the_domain() -> None:
    assert verdict(STROKE).unknown == "no_data"
    closed = verdict(STROKE, policy=CLOSED)
    assert closed.truth is F
    assert "closed world: absent" in closed.evidence[0].rule
    other = Policy(ClosedWorld(frozenset({"drug"})))
    assert verdict(STROKE, policy=other).unknown == "no_data"


def test_uncoded_records_keep_a_closed_world_open() -> None:
    note = ClinicalFact("Condition/x", (), "apoplexie", PartialDate(2024, 8))
    found = verdict(STROKE, replace(NOBODY, conditions=(note,)), CLOSED)
    assert (found.truth, found.unknown) == (U, "uncoded")
    assert found.evidence[0].recorded == "apoplexie"
    assert "its words resemble this" in found.evidence[0].rule
    coded = replace(note, codes=(Code("snomed", "38341003"),))
    assert verdict(STROKE, replace(NOBODY, conditions=(coded,)), CLOSED).truth is F


def test_a_product_code_does_not_tell_which_drug_it_contains() -> None:
    node = nodes.Has("drug", "inotropes", "inotropic agents")
    tablet = ClinicalFact("MedicationRequest/1", (Code("rxnorm", "310325"),), "?", None)
    assert verdict(node, replace(NOBODY, medications=(tablet,)), CLOSED).unknown == "uncoded"
    atc = replace(tablet, codes=(Code("atc", "C07AB07"),))
    assert verdict(node, replace(NOBODY, medications=(atc,)), CLOSED).truth is F
    dobutamine = replace(tablet, codes=(Code("atc", "C01CA07"),))
    assert verdict(node, replace(NOBODY, medications=(dobutamine,)), CLOSED).truth is T


def test_suspected_refuted_and_past_conditions() -> None:
    assert verdict(STROKE, with_stroke("2020", holds=U)).unknown == "stale"
    assert verdict(STROKE, with_stroke("2020", holds=F), CLOSED).truth is F
    assert verdict(STROKE, with_stroke("2020", holds=F)).unknown == "no_data"
    assert verdict(STROKE, with_stroke("2020", ended=T)).unknown == "stale"
    assert verdict(STROKE, with_stroke("2020")).truth is T
    assert verdict(STROKE, with_stroke(None)).truth is T


def test_concepts_that_no_vocabulary_knows() -> None:
    """Their domain is only what the words suggest: no silence of it proves anything."""
    node = nodes.Has("condition", None, "Tako-Tsubo")
    for asked in (node, nodes.Within(Duration.parse("P3M"), "screening", node)):
        for patient in (NOBODY, with_stroke("2020")):
            for policy in (OPEN_WORLD, CLOSED):
                found = verdict(asked, patient, policy)
                assert (found.truth, found.unknown) == (U, "uncoded")
                assert found.evidence[0].rule == "no vocabulary knows 'Tako-Tsubo'"
    unlisted = nodes.Has("condition", "no such concept", "Tako-Tsubo")
    assert verdict(unlisted, policy=CLOSED).unknown == "uncoded"
    assert verdict(nodes.Compare("zeal", ">", Decimal(1), "1")).unknown == "uncoded"
    assert verdict(nodes.Ordinal("zeal", ("1",))).unknown == "uncoded"


def test_an_anchor_that_is_not_known_yet_is_unknown_until_the_policy_names_its_day() -> None:
    node = nodes.Within(Duration.parse("P30D"), "first_infusion", STROKE)
    patient = with_stroke("2024-08-20")
    assert verdict(node, patient, CLOSED).unknown == "pending_answer"
    policy = replace(CLOSED, anchors={"first_infusion": date(2024, 9, 15)})
    assert verdict(node, patient, policy).truth is T
    later = replace(CLOSED, anchors={"first_infusion": date(2024, 9, 25)})
    ahead = verdict(node, patient, later)
    assert (ahead.truth, ahead.unknown) == (U, "no_data")
    assert "still to come" in ahead.evidence[0].rule
    past = replace(CLOSED, anchors={"first_infusion": date(2024, 8, 1)})
    assert verdict(node, patient, past).truth is F


def test_windows_inside_windows_narrow() -> None:
    inner = nodes.Within(Duration.parse("P1Y"), "inclusion", STROKE)
    node = nodes.Within(Duration.parse("P1M"), "inclusion", inner)
    assert verdict(node, with_stroke("2024-05-02"), CLOSED).truth is F
    endless = nodes.Within(Duration.parse("P9999Y"), "inclusion", STROKE)
    assert verdict(endless, with_stroke("2024-05-02"), CLOSED).truth is T


def test_what_only_people_know_is_unknown_with_its_kind() -> None:
    assert verdict(nodes.Attest("consent")).unknown == "pending_answer"
    assert verdict(nodes.Judgement("likely to comply")).unknown == "judgement"
    assert verdict(RESIDUE).unknown == "residue"
    assert verdict(RESIDUE).evidence[0].what == "words"


YES, NO = Answer(T, "Dr A", "2024-09-02"), Answer(F, "Dr A", "2024-09-02")


@pytest.mark.parametrize(
    "node",
    [
        RESIDUE,
        nodes.All((RESIDUE, nodes.Judgement("x"))),
        nodes.Any((RESIDUE, nodes.Attest("x"))),
        nodes.Not(RESIDUE),
        nodes.Not(nodes.Not(RESIDUE)),
        nodes.Except(nodes.Residue("base"), (RESIDUE,)),
        nodes.AtLeast(2, (RESIDUE, nodes.Judgement("x"), nodes.Attest("y"))),
        nodes.IfThen(nodes.Residue("when"), RESIDUE),
        nodes.Has("condition", None, "rare"),
        nodes.Has("condition", "stroke", "stroke"),
        nodes.Within(Duration.parse("P30D"), "first_infusion", RESIDUE),
    ],
)
def test_an_answer_settles_the_criterion_the_way_it_was_meant(node: nodes.Node) -> None:
    assert verdict(node).truth is U
    assert verdict(node, answer=YES).truth is T
    assert verdict(node, answer=NO).truth is F
    assert verdict(node, answer=replace(YES, truth=U)).truth is U
    assert "Dr A answered" in verdict(node, answer=YES).evidence[0].rule


def test_an_answer_never_stands_for_a_measurement() -> None:
    node = nodes.All((LVEF_AT_MOST_40, RESIDUE))
    assert verdict(node, answer=YES).unknown == "no_data"
    assert verdict(nodes.Ordinal("nyha", ("III",)), answer=YES).unknown == "no_data"
    assert verdict(node, with_labs(lab("10230-1", "50", "%")), answer=YES).truth is F


def known(truth: Truth) -> nodes.Node:
    """Return a node that has this truth for NOBODY, who is female and 64."""
    ages = {T: nodes.Demographic(sex="female"), F: nodes.Demographic(sex="male")}
    return ages.get(truth, RESIDUE)


@pytest.mark.parametrize("when", list(Truth))
@pytest.mark.parametrize("then", list(Truth))
@pytest.mark.parametrize("other", list(Truth))
def test_if_then_takes_the_branch_that_applies(when: Truth, then: Truth, other: Truth) -> None:
    expected = {T: then, F: other}.get(when, then if then is other else U)
    node = nodes.IfThen(known(when), known(then), known(other))
    assert verdict(node).truth is expected


def test_if_then_without_an_alternative_asks_nothing_elsewhere() -> None:
    assert verdict(nodes.IfThen(known(F), known(F))).truth is T
    assert verdict(nodes.IfThen(known(U), known(T))).truth is T
    assert verdict(nodes.IfThen(known(U), known(F))).truth is U


def test_an_answer_never_picks_a_branch_that_the_record_denies() -> None:
    """Yes to `if stroke then NYHA III, else BNP > 150` cannot fail the criterion."""
    node = nodes.IfThen(STROKE, nodes.Ordinal("nyha", ("III",)), BNP_OVER_150)
    patient = with_labs(lab("30934-4", "20", "pg/mL"))
    assert verdict(node, patient).truth is U
    assert verdict(node, patient, answer=YES).truth is U
    assert verdict(node, patient, answer=NO).truth is F


@pytest.mark.parametrize("base", list(Truth))
@pytest.mark.parametrize("but", list(Truth))
def test_except_is_the_base_without_the_exception(base: Truth, but: Truth) -> None:
    assert verdict(nodes.Except(known(base), (known(but),))).truth is base & ~but


def test_the_reason_of_a_decided_verdict_is_what_decided_it() -> None:
    patient = with_labs(lab("10230-1", "50", "%"))
    failed = verdict(nodes.All((RESIDUE, LVEF_AT_MOST_40)), patient)
    assert [e.record for e in failed.evidence] == ["Observation/10230-1-2024-08-20"]
    open_ = verdict(nodes.Any((RESIDUE, LVEF_AT_MOST_40)), patient)
    assert (open_.unknown, len(open_.evidence)) == ("residue", 2)
    mixed = verdict(nodes.All((RESIDUE, LVEF_AT_MOST_40)))
    assert mixed.unknown == "no_data"  # a measurement is what can be had first
