from decimal import Decimal

import pytest

from trialwright.core.errors import InputError
from trialwright.protocol.check import faults, open_assumptions
from trialwright.protocol.draft import draft
from trialwright.record.model import (
    ArmGroup,
    ArmsInterventionsModule,
    ConditionsModule,
    DesignModule,
    EligibilityModule,
    EnrollmentInfo,
    IdentificationModule,
    Intervention,
    Outcome,
    OutcomesModule,
    ProtocolSection,
    Study,
)
from trialwright.record.record import DesignFact, Record

ARM = """* Cohort 1 (3 patients) will receive 1x10^6 cells/kg for each of 2 infusions, for a
cumulative dose of 2x10^6 cells/kg;
* Cohort 2: 3 patients will receive 3x10^6 cells/kg, with a total of 2 infusions."""


def record_of(
    arm: str | None = ARM,
    enrolment: int = 6,
    facts: tuple[DesignFact, ...] = (),
    outcomes: OutcomesModule | None = None,
    conditions: tuple[str, ...] = ("COPD",),
    intervention: str = "Intravenous infusion",
) -> Record:
    arms = (ArmGroup(label="Treated", description=arm),) if arm is not None else ()
    section = ProtocolSection(
        identification_module=IdentificationModule(nct_id="NCT00000001", brief_title="A trial"),
        conditions_module=ConditionsModule(conditions=conditions),
        design_module=DesignModule(enrollment_info=EnrollmentInfo(count=enrolment)),
        arms_interventions_module=ArmsInterventionsModule(
            arm_groups=arms, interventions=(Intervention(name="Cells", description=intervention),)
        ),
        eligibility_module=EligibilityModule(
            eligibility_criteria="Inclusion Criteria:\n\n* FEV1 < 50% predicted",
            minimum_age="40 Years",
        ),
        outcomes_module=outcomes,
    )
    return Record(study=Study(protocol_section=section), design_facts=facts)


def fact(topic: str, value: str | int | tuple[int, ...]) -> DesignFact:
    return DesignFact(topic=topic, value=value, source="abstract", seen_on="a meeting")


def test_published_values_name_their_source() -> None:
    protocol = draft(record_of())
    amount = protocol.dose_levels[1].amount
    assert amount.value == 3e6
    assert amount.source == (
        "record, protocolSection.armsInterventionsModule.armGroups[0].description"
    )
    assert not amount.assumed
    assert protocol.schedule == (3, 3)
    assert protocol.dosing.unit == "{cells}/kg"
    assert protocol.infusions.route.value == "intravenous"


def test_what_is_not_published_is_assumed_with_a_reason() -> None:
    protocol = draft(record_of())
    left = {item.path: item for item in open_assumptions(protocol)}
    for key in (
        "$.dlt.definition", "$.dlt.window", "$.escalation.target", "$.escalation.method",
        "$.escalation.cutoff_eli", "$.escalation.lowest_dose_stay", "$.gate.stagger",
        "$.escalation.lowest_dose_deescalate", "$.gate.board_quorum", "$.dosing.weight_kg",
        "$.dosing.tolerance_percent", "$.infusions.window_days", "$.follow_up",
        "$.infusions.minimum_interval_days", "$.infusions.stop_after_dlt", "$.dlt.grade_from",
        "$.dlt.relatedness_from", "$.dlt.days_after_last_infusion",
        "$.dlt.minimum_exposure_percent", "$.gate.minimum_evaluable",
    ):  # fmt: skip
        assert "not published" in left[key].reason, key
    assert faults(protocol) == ()


def test_the_window_covers_every_infusion_and_says_why() -> None:
    window = draft(record_of(facts=(fact("infusion_days", (0, 14)),))).dlt.window
    assert window.value == "P42D"
    assert "day 14" in str(window.reason)


@pytest.mark.parametrize(("days", "least"), [((0, 21, 42), 14), ((0, 7, 21), 7), ((0, 14), 14)])
def test_the_least_interval_is_never_above_the_planned_one(
    days: tuple[int, ...], least: int
) -> None:
    arm = ARM.replace("of 2 infusions", f"of {len(days)} infusions")
    arm = arm.replace("2x10^6", f"{len(days)}x10^6")
    protocol = draft(record_of(arm, facts=(fact("infusion_days", days),)))
    stated = protocol.infusions.minimum_interval_days
    assert stated.value == least
    assert f"{least} days are taken" in str(stated.reason)
    assert faults(protocol) == ()


def test_design_facts_are_published_values() -> None:
    protocol = draft(
        record_of(
            facts=(
                fact("escalation_method", "Bayesian optimal interval (BOIN)"),
                fact("infusion_interval", "two weeks apart"),
                fact("storage", "glass vials"),
            )
        )
    )
    assert (protocol.escalation.method.value, protocol.escalation.method.source) == (
        "boin",
        "abstract, a meeting",
    )
    assert protocol.infusions.days.value == (0, 14)
    assert [stated.value for stated in protocol.published] == ["storage: glass vials"]


def test_effects_follow_the_condition() -> None:
    assert {e.measure for e in draft(record_of()).endpoints} == {"dlt", "adverse_events", "fev1"}
    heart = draft(record_of(conditions=("Heart Failure",)))
    assert "lvef" in heart.visits[0].assessments
    unknown = draft(record_of(conditions=("Chagas disease",)))
    assert {e.measure for e in unknown.endpoints} == {"dlt", "adverse_events"}


def test_outcome_measures_of_the_record_come_first() -> None:
    outcomes = OutcomesModule(
        primary_outcomes=(Outcome(measure="Incidence of adverse events", time_frame="1 year"),),
        secondary_outcomes=(Outcome(measure="Change in LVEF", time_frame="6 months"),),
    )
    protocol = draft(record_of(outcomes=outcomes))
    safety, effect = protocol.endpoints
    assert (safety.role, safety.measure, safety.question.assumed) == (
        "primary", "adverse_events", False,
    )  # fmt: skip
    assert (effect.role, effect.measure, effect.visit) == ("secondary", "lvef", "Month 6")
    assert faults(protocol) == ()


@pytest.mark.parametrize("measure", ["The child's quality of life", "ASIA motor score"])
def test_a_short_name_of_a_scale_is_no_outcome_measure(measure: str) -> None:
    """`Child's` stands for Child-Pugh only beside a class."""
    outcomes = OutcomesModule(
        primary_outcomes=(Outcome(measure=measure), Outcome(measure="GMFCS level"))
    )
    (only,) = draft(record_of(outcomes=outcomes)).endpoints
    assert only.measure == "gmfcs"


def test_criteria_and_age_fields_are_in_the_protocol() -> None:
    entries = draft(record_of()).criteria
    assert [entry.id for entry in entries] == ["I0", "I1"]
    assert entries[0].expr == {"demographic": {"age": {"min": "P40Y"}}}


@pytest.mark.parametrize(
    ("arm", "enrolment", "said", "line"),
    [
        (
            ARM.replace("of 2x10^6", "of 3x10^6"),
            6,
            "2 x 1e6 = 2e6, but the text states",
            "line 2",
        ),
        ("A maximum of 7 patients:\n" + ARM, 6, "3 + 3 = 6, but the text states 7", "line 1"),
        (ARM, 12, "3 + 3 = 6, but the record's enrolment is 12", "line 1"),
        (ARM.replace("1x10^6", "1×106"), 6, "several ways", "line 1"),
        (ARM.replace("3x10^6 cells", "3x10^6 particles"), 6, "beside", "armGroups"),
        (ARM.replace("cells/kg", "cells"), 6, "'1x10^6 cells'", "armGroups"),
        (ARM.replace("(3 patients)", ""), 6, "cohort 1 states no number of patients", "line 1"),
        ("Cells are infused", 6, "no dose was read", "armGroups[0]"),
        ("0 mg/kg", 6, "0 mg/kg", "line 1"),
    ],
)
def test_what_does_not_hold_is_refused_by_its_place(
    arm: str, enrolment: int, said: str, line: str
) -> None:
    with pytest.raises(InputError) as caught:
        draft(record_of(arm, enrolment), "r.json")
    assert said in str(caught.value)
    assert line in caught.value.where
    assert caught.value.where.startswith("r.json, ")


def test_places_that_disagree_on_infusions_are_refused() -> None:
    with pytest.raises(InputError, match=r"2 infusions, but .*interventions\[0\].* states 3"):
        draft(record_of(intervention="Repeated (X3) infusions"))


def test_an_answer_settles_an_ambiguous_dose() -> None:
    arm = "6 patients receive 1.5×106 cells/kg"
    with pytest.raises(
        InputError, match=r"1\.5e6 cells/kg or 159 cells/kg, by --answer '1\.5×106 cells/kg=amount'"
    ):
        draft(record_of(arm))
    protocol = draft(record_of(arm), answers={"1.5×106 cells/kg": Decimal("1.5e6")})
    assert protocol.dose_levels[0].amount.value == 1.5e6


def test_a_record_without_arms_or_name_says_so() -> None:
    with pytest.raises(InputError, match="no arm"):
        draft(Record(study=Study(protocol_section=ProtocolSection())))
    with pytest.raises(InputError, match="no arm"):
        draft(Record(study=Study()))


def test_an_unknown_escalation_method_is_refused() -> None:
    with pytest.raises(InputError, match="escalation_method"):
        draft(record_of(facts=(fact("escalation_method", "by feel"),)))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("TITE-BOIN design", "tite_boin"),
        ("BOIN12", "boin12"),
        ("time-to-event continual reassessment method", "tite_crm"),
        ("the CRM", "crm"),
        ("a Bayesian logistic regression model with EWOC", "blrm"),
        ("mTPI-2", "mtpi2"),
        ("an i3+3 design", "i3_plus_3"),
        ("standard 3 + 3", "three_plus_three"),
    ],
)
def test_the_method_is_read_from_what_publications_call_it(words: str, name: str) -> None:
    stated = draft(record_of(facts=(fact("escalation_method", words),))).escalation.method
    assert stated.value == name
