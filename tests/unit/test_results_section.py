"""The registry's results section of a small trial: totals, marks, the registry's own words."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ruamel.yaml import YAML
from tests.unit.analysis_trial import example, subject, trial

from trialwright.analysis.service import analyse
from trialwright.conduct.model import TrialState
from trialwright.core.errors import InputError
from trialwright.record.model.protocol_section import IdentificationModule, ProtocolSection
from trialwright.record.model.results_section import (
    BaselineMeasure,
    Denom,
    MeasureClass,
    OutcomeMeasure,
    ResultsSection,
)
from trialwright.record.model.study import Study
from trialwright.results.section import is_simulated, post, results_section
from trialwright.results.section.marking import TEXT_MARK, TITLE_MARK

STUDY = Study(
    protocol_section=ProtocolSection(
        identification_module=IdentificationModule(nct_id="NCT99999999", brief_title="A trial")
    )
)


def section_of(state: TrialState) -> ResultsSection:
    return results_section(state, analyse(state))


@pytest.fixture(scope="module")
def section() -> ResultsSection:
    return section_of(example())


def counts(denoms: tuple[Denom, ...]) -> dict[str, int]:
    return {c.group_id or "": int(c.value or 0) for d in denoms for c in d.counts}


def test_started_is_completed_and_not_completed_and_every_reason_is_given(
    section: ResultsSection,
) -> None:
    flow = section.participant_flow_module
    assert flow is not None
    period = flow.periods[0]
    by_type = {
        m.type: [int(a.num_subjects or 0) for a in m.achievements] for m in period.milestones
    }
    assert by_type["STARTED"] == [2, 3]
    added = [a + b for a, b in zip(by_type["COMPLETED"], by_type["NOT COMPLETED"], strict=True)]
    assert added == by_type["STARTED"]
    reasons = [[int(r.num_subjects or 0) for r in d.reasons] for d in period.drop_withdraws]
    assert [sum(column) for column in zip(*reasons, strict=True)] == by_type["NOT COMPLETED"]


def test_a_person_still_in_follow_up_is_a_reason_of_its_own() -> None:
    flow = section_of(trial(subject(1, left=None))).participant_flow_module
    assert flow is not None
    assert flow.periods[0].drop_withdraws[0].type == "Still in Follow-up at the Data Cut"


def test_baseline_groups_add_up_to_the_total(section: ResultsSection) -> None:
    baseline = section.baseline_characteristics_module
    assert baseline is not None
    own = counts(baseline.denoms)
    assert own == {"BG000": 2, "BG001": 3, "BG002": 5}
    for measure in baseline.measures:
        n = counts(measure.denoms)
        assert n["BG000"] + n["BG001"] == n["BG002"]
        if measure.param_type == "COUNT_OF_PARTICIPANTS":
            assert _category_sums(measure) == n


def _category_sums(measure: BaselineMeasure | OutcomeMeasure | MeasureClass) -> dict[str, int]:
    classes = measure.classes if not isinstance(measure, MeasureClass) else (measure,)
    sums: dict[str, int] = {}
    for cell in (m for k in classes for c in k.categories for m in c.measurements):
        sums[cell.group_id or ""] = sums.get(cell.group_id or "", 0) + int(cell.value or 0)
    return sums


def test_shift_classes_add_up_to_the_people_with_both_values(section: ResultsSection) -> None:
    outcome = _outcome(section, "Shift in class")
    assert _category_sums(outcome) == counts(outcome.denoms) == {"OG000": 2, "OG001": 2}
    for part in outcome.classes:
        assert _category_sums(part) == counts(part.denoms)


def _outcome(section: ResultsSection, title: str) -> OutcomeMeasure:
    module = section.outcome_measures_module
    assert module is not None
    return next(o for o in module.outcome_measures if (o.title or "").startswith(title))


def test_an_endpoint_carries_value_spread_and_interval(section: ResultsSection) -> None:
    change = _outcome(section, "Change From Baseline in pump")
    cells = change.classes[0].categories[0].measurements
    assert [(c.value, c.spread) for c in cells] == [("4.5", "0.7"), ("10.0", "NA")]
    assert change.unit_of_measure == "percentage points"
    pooled = change.analyses[-1]
    assert pooled.group_ids == ("OG000", "OG001")
    assert (pooled.ci_lower_limit, pooled.ci_upper_limit) == ("-1.7", "14.3")
    alone = change.analyses[1]
    assert (alone.ci_num_sides, alone.ci_lower_limit) == (None, None)


def test_what_nobody_has_is_not_available_with_the_reason(section: ResultsSection) -> None:
    ratio = _outcome(section, "Ratio of marker")
    cell = ratio.classes[0].categories[0].measurements[1]
    assert (cell.value, cell.comment) == ("NA", "Nobody with both values.")


def test_no_subject_number_reaches_the_public_record(section: ResultsSection) -> None:
    text = msgspec.json.encode(section)
    assert not any(f"S0{k}".encode() in text for k in range(1, 6))


def test_affected_people_never_exceed_those_at_risk_and_events(section: ResultsSection) -> None:
    module = section.adverse_events_module
    assert module is not None
    assert module.frequency_threshold == "0"
    for group in module.event_groups:
        assert (group.serious_num_affected or 0) <= (group.serious_num_at_risk or 0)
    stats = [s for e in (*module.serious_events, *module.other_events) for s in e.stats]
    assert sum(s.num_events or 0 for s in stats) == 4
    assert all((s.num_affected or 0) <= min(s.num_events or 0, s.num_at_risk or 0) for s in stats)


def pieces(value: object) -> Iterator[msgspec.Struct]:
    if isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from pieces(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from pieces(item)


def test_every_group_that_is_used_is_declared(section: ResultsSection) -> None:
    declared = {getattr(p, "id", None) for p in pieces(section)}
    used = {getattr(p, "group_id", None) for p in pieces(section)}
    listed = {name for p in pieces(section) for name in getattr(p, "group_ids", ())}
    assert (used | listed) - {None} <= declared


INSIDE_A_MEASURE = ("MeasureClass", "MeasureCategory")


def test_every_title_and_description_says_that_it_is_simulated(section: ResultsSection) -> None:
    for piece in pieces(section):
        title, text = getattr(piece, "title", None), getattr(piece, "description", None)
        if title is not None and type(piece).__name__ not in INSIDE_A_MEASURE:
            assert title.endswith(TITLE_MARK)
        if text is not None:
            assert text.startswith(TEXT_MARK)


def test_an_observed_trial_carries_no_mark() -> None:
    text = msgspec.json.encode(section_of(example(simulated=False)))
    assert b"SIMULATED" not in text.upper()


def test_rows_of_another_cut_are_refused() -> None:
    state = example()
    with pytest.raises(InputError, match="another data cut"):
        results_section(replace(state, head="0" * 64), analyse(state))


def test_posting_gives_a_new_study_with_marked_titles(section: ResultsSection) -> None:
    posted = post(STUDY, section)
    assert (STUDY.has_results, posted.has_results) == (None, True)
    names = posted.protocol_section.identification_module if posted.protocol_section else None
    assert names is not None
    assert names.brief_title == "A trial [SIMULATED]"
    assert post(posted, section) == posted
    assert msgspec.json.decode(msgspec.json.encode(posted), type=Study) == posted


def test_simulated_results_never_replace_observed_ones(section: ResultsSection) -> None:
    observed = post(STUDY, section_of(example(simulated=False)))
    assert observed.results_section is not None
    assert not is_simulated(observed.results_section)
    with pytest.raises(InputError, match="observed results"):
        post(observed, section)


def test_an_empty_trial_has_a_section_of_zeros_and_reasons() -> None:
    section = section_of(trial())
    assert (
        _outcome(section, "Change From Baseline").classes[0].categories[0].measurements[0].value
        == "NA"
    )


def test_all_enumerations_are_the_registrys_own(section: ResultsSection, shared: Path) -> None:
    """Every value of an enumerated field is in the OpenAPI document, and every field is known."""
    document = (shared / "registry_api" / "ctg-oas-v2.0.5.yaml").read_text(encoding="utf-8")
    schemas = YAML(typ="safe").load(document)["components"]["schemas"]
    checked = set(_checked(msgspec.to_builtins(section), schemas["ResultsSection"], schemas))
    assert {"MeasureParam", "OutcomeMeasureType", "ReportingStatus", "MeasureDispersionType",
            "ConfidenceIntervalNumSides"} <= checked  # fmt: skip


def _checked(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    schema = schemas[name] if name else schema
    if "enum" in schema:
        assert value in schema["enum"], f"{name}: {value}"
        yield name
    elif schema.get("type") == "array":
        for item in value:
            yield from _checked(item, schema["items"], schemas)
    elif "properties" in schema:
        for key, part in value.items():
            assert key in schema["properties"], f"{key} is no field of the registry"
            yield from _checked(part, schema["properties"][key], schemas)
