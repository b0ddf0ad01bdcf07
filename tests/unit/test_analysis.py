"""Rows of a small trial, worked out by hand."""

from dataclasses import replace
from datetime import timedelta
from math import exp, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed
from tests.unit.analysis_trial import (
    HEAD,
    START,
    assessments,
    event,
    example,
    infusion,
    missed,
    protocol,
    ruling,
    subject,
    trial,
)

from trialwright.analysis.adverse_events import ANY
from trialwright.analysis.measurements import number
from trialwright.analysis.populations import populations
from trialwright.analysis.row import Row
from trialwright.analysis.service import analyse
from trialwright.conduct.events import AssessmentRecorded
from trialwright.conduct.model import Subject

ENDPOINT = {"id": "dlt", "role": "primary", "question": {"value": "?", "source": "s"},
            "measure": "dlt", "summary": "proportion"}  # fmt: skip


def changed_subject(person: Subject, records: tuple[AssessmentRecorded, ...]) -> Subject:
    """Return the person with other assessments."""
    return replace(person, assessments=records)


def one(rows: tuple[Row, ...], **wanted: object) -> Row:
    """Return the only row that has these values."""
    found = [r for r in rows if all(getattr(r, k) == v for k, v in wanted.items())]
    assert len(found) == 1, f"{len(found)} rows for {wanted}"
    return found[0]


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return analyse(example())


def test_every_row_carries_the_mark_and_the_cut(rows: tuple[Row, ...]) -> None:
    assert {(row.simulated, row.data_cut) for row in rows} == {(True, HEAD)}
    assert not any(row.simulated for row in analyse(example(simulated=False)))


def test_every_row_without_a_value_says_why(rows: tuple[Row, ...]) -> None:
    assert all(row.note for row in rows if row.value is None)


def test_no_two_rows_answer_the_same_question(rows: tuple[Row, ...]) -> None:
    keys = [(r.analysis, r.population, r.group, r.variable, r.statistic, r.visit, r.category)
            for r in rows]  # fmt: skip
    assert len(keys) == len(set(keys))


def test_dlt_rate_by_level_given(rows: tuple[Row, ...]) -> None:
    pooled = one(rows, analysis="safety.dlt", group="pooled", statistic="proportion")
    assert (pooled.value, pooled.n, pooled.missing) == (0.25, 4, 1)
    assert pooled.note == (
        "S05: left on 2031-07-11 (withdrawn), before the window's end; "
        "received 33.3 % of the planned amount, 80 % are wanted"
    )
    first = one(rows, analysis="safety.dlt", group="level 1", statistic="one_sided_upper_limit")
    assert first.value == pytest.approx(1 - sqrt(0.05))
    assert "one-sided" in first.method


def test_change_from_baseline(rows: tuple[Row, ...]) -> None:
    row = one(rows, statistic="mean_change", group="pooled", variable="pump", visit="month 6")
    # changes 5, 4, 10: mean 19/3, SD sqrt(31/3), t(0.975, 2) = 4.302653
    half = 4.302652729911275 * sqrt(31 / 3) / sqrt(3)
    assert row.value == pytest.approx(19 / 3)
    assert row.sd == pytest.approx(sqrt(31 / 3))
    assert (row.lower, row.upper) == pytest.approx((19 / 3 - half, 19 / 3 + half))
    assert (row.n, row.missing, row.unit) == (3, 2, "%")
    assert row.note == "missing: S03 (visit missed), S05 (left: withdrawn)"


def test_one_person_has_a_change_and_no_interval(rows: tuple[Row, ...]) -> None:
    row = one(rows, statistic="mean_change", group="level 2", variable="pump", visit="month 6")
    assert (row.value, row.lower, row.upper, row.sd, row.n) == (10, None, None, None, 1)
    assert row.note is not None
    assert row.note.startswith("one person: no spread")


def test_ratio_of_geometric_means(rows: tuple[Row, ...]) -> None:
    row = one(rows, statistic="geometric_mean_ratio", group="level 1", visit="month 6")
    assert row.value == pytest.approx(0.5)
    assert (row.lower, row.upper) == pytest.approx((0.5, 0.5))  # both ratios are one half
    month_3 = one(rows, statistic="geometric_mean_ratio", group="pooled", visit="month 3")
    assert month_3.value == pytest.approx(exp((log(0.75) + 0 + log(1100 / 1200)) / 3))


def test_shift_cells_and_missing_add_up(rows: tuple[Row, ...]) -> None:
    cells = [r for r in rows if r.analysis == "function.shift" and r.visit == "month 6"]
    for group in ("level 1", "level 2", "pooled"):
        own = [r for r in cells if r.group == group]
        total = sum(r.value or 0 for r in own if r.statistic in ("subjects", "missing"))
        assert total == {"level 1": 2, "level 2": 3, "pooled": 5}[group]
    assert one(tuple(cells), group="pooled", category="III to IV").value == 1
    assert one(tuple(cells), group="pooled", category="lower class").value == 2


def test_events_are_counted_once_per_person_and_each(rows: tuple[Row, ...]) -> None:
    assert one(rows, statistic="subjects", category="any", variable=ANY, group="pooled").value == 3
    assert one(rows, statistic="events", category="any", variable=ANY, group="pooled").value == 4
    worst = one(rows, variable=ANY, category="grade 1", statistic="subjects", group="pooled")
    assert worst.value == 1
    related = one(rows, variable=ANY, category="related", statistic="proportion", group="pooled")
    assert related.value == 0.2


def test_grades_and_relatedness_add_up_to_all_people_and_events(rows: tuple[Row, ...]) -> None:
    safety = [r for r in rows if r.analysis == "safety.adverse_events"]
    for variable in {r.variable for r in safety}:
        for group in ("level 1", "level 2", "pooled"):
            for statistic in ("subjects", "events"):
                key = (variable, group, statistic)
                own = {
                    r.category: r.value for r in safety if (r.variable, r.group, r.statistic) == key
                }
                for kind in ("grade ", "relatedness "):
                    parts = [v or 0 for c, v in own.items() if c and c.startswith(kind)
                             and "or higher" not in c]  # fmt: skip
                    assert sum(parts) == own["any"]


def test_a_later_report_replaces_the_earlier_one() -> None:
    first, second = event(1, grade=1), event(1, grade=3, serious=True)
    found = analyse(trial(subject(1, events=(first, second))))
    assert one(found, variable=ANY, category="any", statistic="events", group="pooled").value == 1
    assert (
        one(found, variable=ANY, category="serious", statistic="events", group="pooled").value == 1
    )


def test_an_event_before_the_first_infusion_is_counted_apart() -> None:
    early = event(1, onset=START - timedelta(2), resolved=None)
    found = analyse(trial(subject(1, events=(early,))))
    assert one(found, variable=ANY, category="any", statistic="events", group="pooled").value == 0
    apart = one(found, category="before the first infusion", statistic="events")
    assert (apart.value, apart.population, apart.note) == (
        1,
        "enrolled",
        "before the first infusion: S01",
    )


def test_a_death_before_the_first_infusion_leaves_the_treated() -> None:
    fatal = event(1, onset=START - timedelta(2), grade=5, outcome="fatal", resolved=None)
    people = populations(trial(subject(1, infusions=0, events=(fatal,), left=(-2, "died"))))
    assert people.treated == ()
    assert people.left_out[0].why == "left before the first infusion (died)"
    assert analyse(trial(subject(1, infusions=0, events=(fatal,), left=(-2, "died"))))


def test_exposure(rows: tuple[Row, ...]) -> None:
    given = one(rows, variable="infusions", statistic="given", group="level 2")
    assert given.value == 7
    total = one(rows, variable="cumulative_amount_per_kg", group="level 1")
    assert (total.value, total.unit) == (3e9, "{particles}/kg")
    share = one(rows, variable="given_of_planned", group="level 2")
    assert share.value == pytest.approx((100 + 100 + 100 / 3) / 3)


def test_a_person_belongs_to_the_level_that_was_given() -> None:
    person = subject(1, level=1)
    raised = (*person.infusions[:2], infusion("S01", 3, 2e9))
    other = Subject(person.enrolled, person.screened, raised, left=person.left)
    found = analyse(trial(other))
    assert one(found, analysis="populations", variable="treated", group="level 2").value == 1
    assert one(found, analysis="populations", variable="enrolled", group="level 1").value == 1


def test_a_claimed_toxicity_that_nobody_ruled_on_is_neither_yes_nor_no() -> None:
    claimed = event(1, meets_dlt=True)
    open_question = populations(trial(subject(1, events=(claimed,))))
    assert open_question.dlt_evaluable == ()
    assert "not adjudicated" in open_question.left_out[0].why
    no = populations(trial(subject(1, events=(claimed,), rulings=(ruling("AE1", "S01", False),))))
    assert len(no.dlt_evaluable) == 1


def test_nobody_is_evaluable_before_the_window_ends() -> None:
    state = trial(subject(1, left=None))
    assert (
        "the toxicity window runs until 2031-05-12"
        in populations(state, START + timedelta(70)).left_out[0].why
    )
    assert len(populations(state, START + timedelta(71)).dlt_evaluable) == 1


def test_an_empty_trial_says_so_and_counts_nothing_silently() -> None:
    found = analyse(trial())
    assert one(found, analysis="safety.dlt", group="pooled", statistic="proportion").value is None
    change = one(found, statistic="mean_change", group="pooled", visit="month 6")
    assert (change.value, change.n, change.note) == (None, 0, "nobody with both values")
    zeros = [r for r in found if r.value == 0 and r.analysis != "populations"]
    assert all(row.note or row.statistic == "missing" for row in zeros)


def test_a_value_in_another_unit_is_converted_or_left_out_by_name() -> None:
    person = subject(1, values={"marker": ("2000", "1000", "1000")})
    records = person.assessments
    same = changed(records[2], value="1", unit="ng/mL")
    other = changed(records[2], unit="mm")
    for record, expected in ((same, 0.5), (other, None)):
        state = trial(Subject(person.enrolled, person.screened, person.infusions,
                              assessments=(*records[:2], record)))  # fmt: skip
        row = one(analyse(state), statistic="geometric_mean_ratio", group="pooled", visit="month 6")
        assert row.value == (None if expected is None else pytest.approx(expected))
    assert row.note is not None
    assert "unit mm does not convert to pg/mL" in row.note


def test_a_measure_of_the_lexicon_is_reported_in_its_unit() -> None:
    """NT-proBNP of 47.28 pmol/L is 400 pg/mL (8460 g/mol); NYHA classes follow their scale."""
    visit = {"name": "baseline", "day": {"value": 0, "source": "s"}, "window_days": 0}
    plan = protocol(visits=[visit | {"assessments": ["nt_probnp", "nyha"]}], endpoints=[ENDPOINT])
    person = subject(1, values={"nt_probnp": ("47.28",), "nyha": ("IV",)})
    records = tuple(
        changed(r, unit="pmol/L" if r.measure == "nt_probnp" else None, measured_on=START)
        for r in person.assessments
    )
    found = analyse(trial(changed_subject(person, records), plan=plan))
    level = one(found, analysis="baseline", variable="nt_probnp", group="pooled", statistic="mean")
    assert (level.value, level.unit) == (pytest.approx(400, abs=0.05), "pg/mL")
    assert one(found, analysis="baseline", variable="nyha", group="pooled").category == "IV"


def test_a_zero_has_no_logarithm_and_a_late_baseline_is_none() -> None:
    zero = subject(1, values={"marker": ("2000", "0", "1000")})
    row = one(
        analyse(trial(zero)), statistic="geometric_mean_ratio", group="pooled", visit="month 3"
    )
    assert (row.value, row.missing) == (None, 1)
    late = assessments("S01", {"pump": ("30", "33", "35")}, START + timedelta(30))
    person = Subject(zero.enrolled, zero.screened, zero.infusions, assessments=late)
    row = one(analyse(trial(person)), statistic="mean_change", group="pooled", visit="month 6")
    assert row.note is not None
    assert "baseline measured after the first infusion" in row.note


def test_a_correction_replaces_the_record_before_it() -> None:
    person = subject(1, values={"pump": ("30", "33", "35")})
    fixed = changed(person.assessments[2], value="40")
    other = Subject(person.enrolled, person.screened, person.infusions,
                    assessments=(*person.assessments, fixed))  # fmt: skip
    row = one(analyse(trial(other)), statistic="mean_change", group="pooled", visit="month 6")
    assert row.value == 10


def test_a_missed_first_infusion_is_a_reason() -> None:
    person = subject(1, infusions=0, left=None)
    state = trial(Subject(person.enrolled, person.screened, (missed("S01", 1),)))
    assert populations(state).left_out[0].why == "first infusion missed: fever"


def test_an_endpoint_that_is_not_covered_says_so() -> None:
    odd = {"id": "x", "role": "secondary", "question": {"value": "?", "source": "s"},
           "measure": "pump", "summary": "counts"}  # fmt: skip
    found = analyse(trial(subject(1), plan=protocol(endpoints=[odd])))
    row = one(found, analysis="function.counts", group="pooled")
    assert row.value is None
    assert "not covered yet" in str(row.note)


@given(st.one_of(st.none(), st.text(max_size=12), st.floats().map(str)))
@settings(max_examples=200, deadline=None)
def test_any_recorded_text_is_a_number_or_a_reason(text: str | None) -> None:
    record = changed(assessments("S01", {"pump": ("30",)})[0], value=text)
    found = number(record, "%")
    assert not isinstance(found, float) or abs(found) < float("inf")


@given(st.lists(st.tuples(st.integers(1, 2), st.integers(0, 3),
                          st.sampled_from([None, "10", "20.5", "x", "NaN", "-1", "1e400"])),
                max_size=6))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_no_set_of_people_breaks_the_analysis(people: list[tuple[int, int, str | None]]) -> None:
    state = trial(*(
        subject(k, level, infusions=count, values={"pump": ("30", value, value),
                                                   "marker": (value, "5", value)})
        for k, (level, count, value) in enumerate(people)
    ))  # fmt: skip
    found = analyse(state)
    assert all(row.note for row in found if row.value is None)
    treated = sum(count > 0 for _, count, _ in people)
    change = one(found, statistic="mean_change", group="pooled", visit="month 6")
    assert change.n + change.missing == treated
