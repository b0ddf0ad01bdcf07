"""The results section of a study: what was posted after it ended.

Field names are those of ClinicalTrials.gov API v2 (OpenAPI 2.0.5), in snake case; every field
may be absent. Enumerations stay text: a value that the registry adds later must not lose a record.
"""

from trialwright.record.model.base import Piece


class FlowGroup(Piece, frozen=True):
    id: str | None = None
    title: str | None = None
    description: str | None = None


class FlowStats(Piece, frozen=True):
    group_id: str | None = None
    comment: str | None = None
    num_subjects: str | None = None
    num_units: str | None = None


class FlowMilestone(Piece, frozen=True):
    type: str | None = None
    comment: str | None = None
    achievements: tuple[FlowStats, ...] = ()


class DropWithdraw(Piece, frozen=True):
    type: str | None = None
    comment: str | None = None
    reasons: tuple[FlowStats, ...] = ()


class FlowPeriod(Piece, frozen=True):
    title: str | None = None
    milestones: tuple[FlowMilestone, ...] = ()
    drop_withdraws: tuple[DropWithdraw, ...] = ()


class ParticipantFlowModule(Piece, frozen=True):
    pre_assignment_details: str | None = None
    recruitment_details: str | None = None
    type_units_analyzed: str | None = None
    groups: tuple[FlowGroup, ...] = ()
    periods: tuple[FlowPeriod, ...] = ()


class MeasureGroup(Piece, frozen=True):
    id: str | None = None
    title: str | None = None
    description: str | None = None


class DenomCount(Piece, frozen=True):
    group_id: str | None = None
    value: str | None = None


class Denom(Piece, frozen=True):
    units: str | None = None
    counts: tuple[DenomCount, ...] = ()


class Measurement(Piece, frozen=True):
    group_id: str | None = None
    value: str | None = None
    spread: str | None = None
    lower_limit: str | None = None
    upper_limit: str | None = None
    comment: str | None = None


class MeasureCategory(Piece, frozen=True):
    title: str | None = None
    measurements: tuple[Measurement, ...] = ()


class MeasureClass(Piece, frozen=True):
    title: str | None = None
    denoms: tuple[Denom, ...] = ()
    categories: tuple[MeasureCategory, ...] = ()


class BaselineMeasure(Piece, frozen=True):
    title: str | None = None
    description: str | None = None
    population_description: str | None = None
    param_type: str | None = None
    dispersion_type: str | None = None
    unit_of_measure: str | None = None
    calculate_pct: bool | None = None
    denom_units_selected: str | None = None
    denoms: tuple[Denom, ...] = ()
    classes: tuple[MeasureClass, ...] = ()


class BaselineCharacteristicsModule(Piece, frozen=True):
    population_description: str | None = None
    type_units_analyzed: str | None = None
    groups: tuple[MeasureGroup, ...] = ()
    denoms: tuple[Denom, ...] = ()
    measures: tuple[BaselineMeasure, ...] = ()


class MeasureAnalysis(Piece, frozen=True):
    param_type: str | None = None
    param_value: str | None = None
    dispersion_type: str | None = None
    dispersion_value: str | None = None
    statistical_method: str | None = None
    statistical_comment: str | None = None
    p_value: str | None = None
    p_value_comment: str | None = None
    ci_num_sides: str | None = None
    ci_pct_value: str | None = None
    ci_lower_limit: str | None = None
    ci_upper_limit: str | None = None
    ci_lower_limit_comment: str | None = None
    ci_upper_limit_comment: str | None = None
    estimate_comment: str | None = None
    tested_non_inferiority: bool | None = None
    non_inferiority_type: str | None = None
    non_inferiority_comment: str | None = None
    other_analysis_description: str | None = None
    group_description: str | None = None
    group_ids: tuple[str, ...] = ()


class OutcomeMeasure(Piece, frozen=True):
    type: str | None = None
    title: str | None = None
    description: str | None = None
    population_description: str | None = None
    reporting_status: str | None = None
    anticipated_posting_date: str | None = None
    param_type: str | None = None
    dispersion_type: str | None = None
    unit_of_measure: str | None = None
    calculate_pct: bool | None = None
    time_frame: str | None = None
    type_units_analyzed: str | None = None
    denom_units_selected: str | None = None
    groups: tuple[MeasureGroup, ...] = ()
    denoms: tuple[Denom, ...] = ()
    classes: tuple[MeasureClass, ...] = ()
    analyses: tuple[MeasureAnalysis, ...] = ()


class OutcomeMeasuresModule(Piece, frozen=True):
    outcome_measures: tuple[OutcomeMeasure, ...] = ()


class EventGroup(Piece, frozen=True):
    id: str | None = None
    title: str | None = None
    description: str | None = None
    deaths_num_affected: int | None = None
    deaths_num_at_risk: int | None = None
    serious_num_affected: int | None = None
    serious_num_at_risk: int | None = None
    other_num_affected: int | None = None
    other_num_at_risk: int | None = None


class EventStats(Piece, frozen=True):
    group_id: str | None = None
    num_events: int | None = None
    num_affected: int | None = None
    num_at_risk: int | None = None


class AdverseEvent(Piece, frozen=True):
    term: str | None = None
    organ_system: str | None = None
    source_vocabulary: str | None = None
    assessment_type: str | None = None
    notes: str | None = None
    stats: tuple[EventStats, ...] = ()


class AdverseEventsModule(Piece, frozen=True):
    frequency_threshold: str | None = None
    time_frame: str | None = None
    description: str | None = None
    all_cause_mortality_comment: str | None = None
    event_groups: tuple[EventGroup, ...] = ()
    serious_events: tuple[AdverseEvent, ...] = ()
    other_events: tuple[AdverseEvent, ...] = ()


class LimitationsAndCaveats(Piece, frozen=True):
    description: str | None = None


class CertainAgreement(Piece, frozen=True):
    pi_sponsor_employee: bool | None = None
    restriction_type: str | None = None
    restrictive_agreement: bool | None = None
    other_details: str | None = None


class PointOfContact(Piece, frozen=True):
    title: str | None = None
    organization: str | None = None
    email: str | None = None
    phone: str | None = None
    phone_ext: str | None = None


class MoreInfoModule(Piece, frozen=True):
    limitations_and_caveats: LimitationsAndCaveats | None = None
    certain_agreement: CertainAgreement | None = None
    point_of_contact: PointOfContact | None = None


class ResultsSection(Piece, frozen=True):
    participant_flow_module: ParticipantFlowModule | None = None
    baseline_characteristics_module: BaselineCharacteristicsModule | None = None
    outcome_measures_module: OutcomeMeasuresModule | None = None
    adverse_events_module: AdverseEventsModule | None = None
    more_info_module: MoreInfoModule | None = None
