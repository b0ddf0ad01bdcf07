"""The results part of a legacy XML record: flow, baseline, outcomes, adverse events, contacts."""

import re

from lxml import etree

from trialwright.record.formats import legacy_words as words
from trialwright.record.formats.legacy_elements import Document, group_id
from trialwright.record.formats.legacy_events import adverse_events
from trialwright.record.formats.legacy_protocol import some
from trialwright.record.model import (
    BaselineCharacteristicsModule,
    BaselineMeasure,
    CertainAgreement,
    Denom,
    DenomCount,
    DropWithdraw,
    FlowGroup,
    FlowMilestone,
    FlowPeriod,
    FlowStats,
    LimitationsAndCaveats,
    MeasureAnalysis,
    MeasureCategory,
    MeasureClass,
    MeasureGroup,
    Measurement,
    MoreInfoModule,
    OutcomeMeasure,
    OutcomeMeasuresModule,
    ParticipantFlowModule,
    PointOfContact,
    ResultsSection,
)

Element = etree._Element
_NO_AGREEMENT = re.compile(r"There is NOT an agreement between", re.IGNORECASE)
_EMBARGO = re.compile(
    r"The only disclosure restriction on the PI .*? period that is (\w+)", re.DOTALL
)
_POSTING = re.compile(r"(?:(\d{2})/)?(\d{4})")


def results(doc: Document) -> ResultsSection | None:
    """Read the results; None where the record has none."""
    found = doc.one(doc.root, "clinical_results")
    if found is None:
        return None
    outcomes = tuple(_outcome(doc, e) for e in doc.all(found, "outcome_list/outcome"))
    return ResultsSection(
        participant_flow_module=_flow(doc, doc.one(found, "participant_flow")),
        baseline_characteristics_module=_baseline(doc, doc.one(found, "baseline")),
        outcome_measures_module=some(OutcomeMeasuresModule(outcomes)),
        adverse_events_module=adverse_events(doc, doc.one(found, "reported_events")),
        more_info_module=some(_more_info(doc, found)),
    )


def _flow(doc: Document, flow: Element | None) -> ParticipantFlowModule | None:
    if flow is None:
        return None
    groups = tuple(
        FlowGroup(
            group_id(e.get("group_id")), doc.text(e, "title"), doc.paragraphs(e, "description")
        )
        for e in doc.all(flow, "group_list/group")
    )
    return ParticipantFlowModule(
        pre_assignment_details=doc.paragraphs(flow, "pre_assignment_details"),
        recruitment_details=doc.paragraphs(flow, "recruitment_details"),
        groups=groups,
        periods=tuple(_period(doc, e) for e in doc.all(flow, "period_list/period")),
    )


def _period(doc: Document, period: Element) -> FlowPeriod:
    return FlowPeriod(
        title=doc.text(period, "title"),
        milestones=tuple(
            FlowMilestone(type=doc.text(e, "title"), achievements=_participants(doc, e))
            for e in doc.all(period, "milestone_list/milestone")
        ),
        drop_withdraws=tuple(
            DropWithdraw(type=doc.text(e, "title"), reasons=_participants(doc, e))
            for e in doc.all(period, "drop_withdraw_reason_list/drop_withdraw_reason")
        ),
    )


def _participants(doc: Document, owner: Element) -> tuple[FlowStats, ...]:
    return tuple(
        FlowStats(group_id(e.get("group_id")), _comment(e), e.get("count"))
        for e in doc.all(owner, "participants_list/participants")
    )


def _comment(element: Element) -> str | None:
    return " ".join((element.text or "").split()) or None


def _baseline(doc: Document, baseline: Element | None) -> BaselineCharacteristicsModule | None:
    if baseline is None:
        return None
    return BaselineCharacteristicsModule(
        population_description=doc.paragraphs(baseline, "population"),
        groups=_groups(doc, baseline),
        denoms=_denoms(doc, baseline),
        measures=tuple(
            _baseline_measure(doc, e) for e in doc.all(baseline, "measure_list/measure")
        ),
    )


def _groups(doc: Document, owner: Element) -> tuple[MeasureGroup, ...]:
    return tuple(
        MeasureGroup(
            group_id(e.get("group_id")), doc.text(e, "title"), doc.paragraphs(e, "description")
        )
        for e in doc.all(owner, "group_list/group")
    )


def _denoms(doc: Document, owner: Element | None) -> tuple[Denom, ...]:
    """Read how many were analysed; `scope` only repeats where the list stands."""
    found = []
    for analysed in doc.all(owner, "analyzed_list/analyzed"):
        doc.text(analysed, "scope")
        counts = tuple(
            DenomCount(group_id(e.get("group_id")), e.get("value"))
            for e in doc.all(analysed, "count_list/count")
        )
        found.append(Denom(doc.text(analysed, "units"), counts))
    return tuple(found)


def _baseline_measure(doc: Document, measure: Element) -> BaselineMeasure:
    return BaselineMeasure(
        title=doc.text(measure, "title"),
        description=doc.paragraphs(measure, "description"),
        population_description=doc.paragraphs(measure, "population"),
        param_type=doc.word(measure, "param", words.PARAM),
        dispersion_type=doc.word(measure, "dispersion", words.DISPERSION),
        unit_of_measure=doc.text(measure, "units"),
        denom_units_selected=doc.text(measure, "units_analyzed"),
        denoms=_denoms(doc, measure),
        classes=_classes(doc, measure),
    )


def _classes(doc: Document, measure: Element | None) -> tuple[MeasureClass, ...]:
    return tuple(
        MeasureClass(
            title=doc.text(e, "title"),
            denoms=_denoms(doc, e),
            categories=tuple(_category(doc, c) for c in doc.all(e, "category_list/category")),
        )
        for e in doc.all(measure, "class_list/class")
    )


def _category(doc: Document, category: Element) -> MeasureCategory:
    return MeasureCategory(
        title=doc.text(category, "title"),
        measurements=tuple(
            Measurement(
                group_id=group_id(e.get("group_id")),
                value=e.get("value"),
                spread=e.get("spread"),
                lower_limit=e.get("lower_limit"),
                upper_limit=e.get("upper_limit"),
                comment=_comment(e),
            )
            for e in doc.all(category, "measurement_list/measurement")
        ),
    )


def _outcome(doc: Document, outcome: Element) -> OutcomeMeasure:
    measure = doc.one(outcome, "measure")
    for repeated in ("title", "description", "population"):  # the outcome itself has them too
        doc.text(measure, repeated)
    return OutcomeMeasure(
        type=doc.word(outcome, "type", words.OUTCOME_TYPE),
        title=doc.text(outcome, "title"),
        description=doc.paragraphs(outcome, "description"),
        population_description=doc.paragraphs(outcome, "population"),
        reporting_status="NOT_POSTED" if measure is None else "POSTED",
        anticipated_posting_date=_posting_date(doc, outcome),
        param_type=doc.word(measure, "param", words.PARAM),
        dispersion_type=doc.text(measure, "dispersion"),
        unit_of_measure=doc.text(measure, "units"),
        time_frame=doc.text(outcome, "time_frame"),
        denom_units_selected=doc.text(measure, "units_analyzed"),
        groups=_groups(doc, outcome),
        denoms=_denoms(doc, measure),
        classes=_classes(doc, measure),
        analyses=tuple(_analysis(doc, e) for e in doc.all(outcome, "analysis_list/analysis")),
    )


def _posting_date(doc: Document, outcome: Element) -> str | None:
    """Read `03/2024` or `2024`."""
    wording = doc.text(outcome, "posting_date")
    match = _POSTING.fullmatch(wording or "")
    if wording and not match:
        doc.notes.unplaced("posting_date", wording)
    return "-".join(filter(None, (match[2], match[1]))) if match else None


def _analysis(doc: Document, analysis: Element) -> MeasureAnalysis:
    ids = (group_id(text) for text in doc.texts(analysis, "group_id_list/group_id"))
    return MeasureAnalysis(
        param_type=doc.text(analysis, "param_type"),
        param_value=doc.text(analysis, "param_value"),
        dispersion_type=doc.word(analysis, "dispersion_type", words.ANALYSIS_DISPERSION),
        dispersion_value=doc.text(analysis, "dispersion_value"),
        statistical_method=doc.text(analysis, "method"),
        statistical_comment=doc.paragraphs(analysis, "method_desc"),
        p_value=doc.text(analysis, "p_value"),
        p_value_comment=doc.paragraphs(analysis, "p_value_desc"),
        ci_num_sides=doc.word(analysis, "ci_n_sides", words.SIDES),
        ci_pct_value=doc.text(analysis, "ci_percent"),
        ci_lower_limit=doc.text(analysis, "ci_lower_limit"),
        ci_upper_limit=doc.text(analysis, "ci_upper_limit"),
        ci_upper_limit_comment=doc.text(analysis, "ci_upper_limit_na_comment"),
        estimate_comment=doc.paragraphs(analysis, "estimate_desc"),
        non_inferiority_type=doc.word(analysis, "non_inferiority_type", words.NON_INFERIORITY),
        non_inferiority_comment=doc.paragraphs(analysis, "non_inferiority_desc"),
        other_analysis_description=doc.paragraphs(analysis, "other_analysis_desc"),
        group_description=doc.paragraphs(analysis, "groups_desc"),
        group_ids=tuple(one for one in ids if one),
    )


def _more_info(doc: Document, found: Element) -> MoreInfoModule:
    limits = doc.paragraphs(found, "limitations_and_caveats")
    contact = doc.one(found, "point_of_contact")
    return MoreInfoModule(
        limitations_and_caveats=LimitationsAndCaveats(limits) if limits else None,
        certain_agreement=some(_agreement(doc, doc.one(found, "certain_agreements"))),
        point_of_contact=some(
            PointOfContact(
                title=doc.text(contact, "name_or_title"),
                organization=doc.text(contact, "organization"),
                email=doc.text(contact, "email"),
                phone=doc.text(contact, "phone"),
            )
        ),
    )


def _agreement(doc: Document, agreements: Element | None) -> CertainAgreement:
    """Read the agreement's set sentences; any other text is a restriction of its own."""
    employee = doc.word(agreements, "pi_employee", words.EMPLOYEE)
    text = doc.text(agreements, "restrictive_agreement")
    if text is None:
        return CertainAgreement(employee)
    if _NO_AGREEMENT.match(text):
        return CertainAgreement(employee, restrictive_agreement=False)
    embargo = _EMBARGO.match(text)
    if embargo and embargo[1] in ("less", "more"):
        kind = {"less": "LTE60", "more": "GT60"}[embargo[1]]
        return CertainAgreement(employee, kind, True)
    return CertainAgreement(employee, "OTHER", True, text)
