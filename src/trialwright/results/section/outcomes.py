"""The results section's outcome measures: each endpoint of the protocol, with its analyses."""

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from trialwright.analysis.adverse_events import ANY
from trialwright.analysis.groups import POOLED
from trialwright.analysis.row import Row
from trialwright.analysis.service import visits_of
from trialwright.protocol.model import Endpoint, Protocol
from trialwright.record.model.results_section import (
    Denom,
    MeasureAnalysis,
    MeasureCategory,
    MeasureClass,
    Measurement,
    OutcomeMeasure,
    OutcomeMeasuresModule,
)
from trialwright.results.missing import missing_words
from trialwright.results.rows import Rows
from trialwright.results.section.groups import (
    Column,
    columns,
    denoms,
    not_available,
    plain,
    sentence_of,
    treated,
)
from trialwright.results.section.shift import ANALYSIS as SHIFT
from trialwright.results.section.shift import shift_classes
from trialwright.results.words import change_unit, duration, label, places_for, sentence

ROLES = {"primary": "PRIMARY", "secondary": "SECONDARY"}
EVENT_CLASSES = {  # category of the rows: title of the class
    "any": "Any adverse event",
    "related": "Any related adverse event (possible, probable or definite)",
    "grade 3 or higher": "Any adverse event of grade 3 or higher",
    "serious": "Any serious adverse event",
    "death": "Death from any cause",
}


def outcome_measures(protocol: Protocol, rows: Rows) -> OutcomeMeasuresModule:
    """Return every endpoint of the protocol, in its order, primary ones first."""
    ordered = sorted(protocol.endpoints, key=lambda endpoint: endpoint.role != "primary")
    found = (outcome(protocol, endpoint, rows) for endpoint in ordered)
    return OutcomeMeasuresModule(tuple(found))


def outcome(protocol: Protocol, endpoint: Endpoint, rows: Rows) -> OutcomeMeasure:
    """Return one endpoint as an outcome measure."""
    match endpoint.measure:
        case "dlt":
            return _toxicity(protocol, endpoint, rows)
        case "adverse_events":
            return _events(protocol, endpoint, rows)
    match endpoint.summary:
        case "mean_change":
            return _change(protocol, endpoint, rows, "function.change", "mean_change")
        case "geometric_ratio":
            return _change(protocol, endpoint, rows, "function.ratio", "geometric_mean_ratio")
        case "shift":
            return _shift(protocol, endpoint, rows)
        case "proportion" | "counts":
            return _not_posted(protocol, endpoint)
        case _:
            assert_never(endpoint.summary)


def _outcome(
    protocol: Protocol, endpoint: Endpoint, title: str, frame: str, population: str
) -> OutcomeMeasure:
    table = columns(protocol, "OG")
    return OutcomeMeasure(
        type=ROLES[endpoint.role],
        title=title,
        description=endpoint.question.value,
        population_description=population,
        reporting_status="POSTED",
        time_frame=frame,
        groups=tuple(column.measure_group() for column in table),
    )


def _with(measure: OutcomeMeasure, **changes: object) -> OutcomeMeasure:
    return replace(measure, **changes)


def _not_posted(protocol: Protocol, endpoint: Endpoint) -> OutcomeMeasure:
    return OutcomeMeasure(
        type=ROLES[endpoint.role],
        title=sentence(label(endpoint.measure)),
        description=endpoint.question.value,
        reporting_status="NOT_POSTED",
        time_frame=_frame(protocol, endpoint),
    )


def _frame(protocol: Protocol, endpoint: Endpoint) -> str:
    visits = _visits(protocol, endpoint)
    return ", ".join(["Baseline", *visits]) if visits else "Not stated in the protocol"


def _visits(protocol: Protocol, endpoint: Endpoint) -> tuple[str, ...]:
    return (endpoint.visit,) if endpoint.visit else visits_of(protocol, endpoint)


def _toxicity(protocol: Protocol, endpoint: Endpoint, rows: Rows) -> OutcomeMeasure:
    table = columns(protocol, "OG")
    found = {c: rows.get("safety.dlt", c.group, "dlt", "subjects") for c in table}
    window = duration(protocol.dlt.window.value)
    base = _outcome(
        protocol, endpoint, "Number of Participants With a Dose-limiting Toxicity",
        f"{sentence(window)} from the first infusion",
        _evaluable(rows),
    )  # fmt: skip
    return _with(
        base,
        description=f"{endpoint.question.value} Definition: {protocol.dlt.definition.value}",
        param_type="COUNT_OF_PARTICIPANTS",
        unit_of_measure="Participants",
        denoms=denoms({c.id: row.n if row else 0 for c, row in found.items()}),
        classes=(MeasureClass(categories=(_count_category(None, found),)),),
        analyses=tuple(_share_analyses(table, rows, "safety.dlt", "dlt", None)),
    )


def _evaluable(rows: Rows) -> str:
    """Say who is evaluable for toxicity, and how many treated people are not."""
    who = "Treated people whose toxicity window is complete, or who had a dose-limiting toxicity."
    left = rows.having("populations", population="dlt_evaluable", statistic="left_out")
    count = sum(row.n for row in left)
    return f"{who} {count} treated without being evaluable." if count else who


def _events(protocol: Protocol, endpoint: Endpoint, rows: Rows) -> OutcomeMeasure:
    table = columns(protocol, "OG")
    follow_up = duration(protocol.follow_up.value)
    base = _outcome(
        protocol, endpoint, "Number of Participants With Adverse Events",
        f"From the first infusion until the end of follow-up ({follow_up})",
        "Everyone who was given any amount, by the dose level given.",
    )  # fmt: skip

    def cells(category: str) -> dict[Column, Row | None]:
        analysis, statistic = "safety.adverse_events", "subjects"
        return {c: rows.get(analysis, c.group, ANY, statistic, category=category) for c in table}

    return _with(
        base,
        param_type="COUNT_OF_PARTICIPANTS",
        unit_of_measure="Participants",
        denoms=denoms({c.id: treated(rows, c) for c in table}),
        classes=tuple(
            MeasureClass(title, categories=(_count_category(None, cells(category)),))
            for category, title in EVENT_CLASSES.items()
        ),
        analyses=tuple(
            analysis
            for category, title in EVENT_CLASSES.items()
            for analysis in _share_analyses(table, rows, "safety.adverse_events", ANY, category)
        ),
    )


def _count_category(title: str | None, found: dict[Column, Row | None]) -> MeasureCategory:
    cells = (Measurement(c.id, str(round(r.value or 0)) if r else "0") for c, r in found.items())
    return MeasureCategory(title, tuple(cells))


def _share_analyses(
    table: tuple[Column, ...], rows: Rows, analysis: str, variable: str, category: str | None
) -> Iterable[MeasureAnalysis]:
    about = EVENT_CLASSES.get(category or "", "Dose-limiting toxicity")
    every = tuple(column.id for column in table)
    for group, ids in (*((c.group, (c.id,)) for c in table), (POOLED, every)):
        row = rows.get(analysis, group, variable, "proportion", category=category)
        if row is not None and row.value is not None:
            yield _analysis(row, "Proportion", ids, about, 3)


def _analysis(
    row: Row, kind: str, ids: tuple[str, ...], about: str, places: int
) -> MeasureAnalysis:
    who = "all dose levels pooled" if row.group == POOLED else row.group
    has_limits = row.lower is not None and row.upper is not None
    return MeasureAnalysis(
        param_type=kind,
        param_value=plain(row.value or 0, places),
        ci_num_sides="TWO_SIDED" if has_limits else None,
        ci_pct_value=plain(100 * (row.level or 0.95), 0) if has_limits else None,
        ci_lower_limit=plain(row.lower, places) if row.lower is not None else None,
        ci_upper_limit=plain(row.upper, places) if row.upper is not None else None,
        estimate_comment=f"{about}: {who}, {row.n} analysed. {row.method}."
        + ("" if has_limits else f" {sentence_of(row.note)}"),
        group_description=f"{sentence(who)}. No comparison between groups, no hypothesis test.",
        group_ids=ids,
    )


def _change(
    protocol: Protocol, endpoint: Endpoint, rows: Rows, analysis: str, statistic: str
) -> OutcomeMeasure:
    table, name = columns(protocol, "OG"), label(endpoint.measure)
    visits = _visits(protocol, endpoint)
    ratio = statistic == "geometric_mean_ratio"
    cells = {
        visit: {c: rows.get(analysis, c.group, endpoint.measure, statistic, visit) for c in table}
        for visit in visits
    }
    values = [r.value for row in cells.values() for r in row.values() if r and r.value is not None]
    places = 3 if ratio else max(1, places_for(tuple(values)))
    title = f"Ratio of {name} to Baseline" if ratio else f"Change From Baseline in {name}"
    base = _outcome(
        protocol, endpoint, title, _frame(protocol, endpoint),
        _paired("Treated people with both the baseline and the later value.", rows,
                (analysis, endpoint.measure), visits),
    )  # fmt: skip
    found = [r for row in cells.values() for r in row.values() if r]
    recorded = next((change_unit(r.unit) for r in found if r.unit), "")
    return _with(
        base,
        param_type="GEOMETRIC_MEAN" if ratio else "MEAN",
        dispersion_type="95% Confidence Interval" if ratio else "Standard Deviation",
        unit_of_measure="ratio" if ratio else recorded or "units as recorded",
        denoms=_visit_denoms(cells[visits[-1]]) if visits else (),
        classes=tuple(
            MeasureClass(
                sentence(visit) if len(visits) > 1 else None,
                _visit_denoms(row) if len(visits) > 1 else (),
                (MeasureCategory(None, tuple(_cell(c, r, places) for c, r in row.items())),),
            )
            for visit, row in cells.items()
        ),
        analyses=tuple(_change_analyses(table, rows, endpoint, (analysis, statistic), places)),
    )


def _paired(who: str, rows: Rows, what: tuple[str, str], visits: tuple[str, ...]) -> str:
    """Say who is analysed, and for each visit why others are not."""
    told = ((visit, missing_words(rows, *what, visit)) for visit in visits)
    return " ".join([who, *(f"Without, at {visit}: {words}." for visit, words in told if words)])


def _visit_denoms(found: dict[Column, Row | None]) -> tuple[Denom, ...]:
    return denoms({column.id: row.n if row else 0 for column, row in found.items()})


def _cell(column: Column, row: Row | None, places: int) -> Measurement:
    if row is None or row.value is None:
        return not_available(column.id, row.note if row else None)
    value = plain(row.value, places)
    if row.statistic == "mean_change":
        spread = "NA" if row.sd is None else plain(row.sd, places)
        comment = "One person has no spread." if row.sd is None else None
        return Measurement(column.id, value, spread=spread, comment=comment)
    if row.lower is None or row.upper is None:
        why = sentence_of(row.note)
        return Measurement(column.id, value, lower_limit="NA", upper_limit="NA", comment=why)
    low, high = plain(row.lower, places), plain(row.upper, places)
    return Measurement(column.id, value, lower_limit=low, upper_limit=high)


def _change_analyses(
    table: tuple[Column, ...], rows: Rows, endpoint: Endpoint, key: tuple[str, str], places: int
) -> Iterable[MeasureAnalysis]:
    analysis, statistic = key
    kind = "Mean Change" if statistic == "mean_change" else "Geometric Mean Ratio"
    every = tuple(column.id for column in table)
    found = rows.having(analysis, variable=endpoint.measure, statistic=statistic)
    for row in found:
        if row.value is None or (endpoint.visit and row.visit != endpoint.visit):
            continue
        ids = tuple(c.id for c in table if c.group == row.group) or every
        yield _analysis(row, kind, ids, f"Baseline to {row.visit}", places)


def _shift(protocol: Protocol, endpoint: Endpoint, rows: Rows) -> OutcomeMeasure:
    table, name = columns(protocol, "OG"), label(endpoint.measure)
    visits = _visits(protocol, endpoint)
    base = _outcome(
        protocol, endpoint, f"Shift in {name} From Baseline", _frame(protocol, endpoint),
        _paired("Treated people with a class both at baseline and at the visit.", rows,
                (SHIFT, endpoint.measure), visits),
    )  # fmt: skip
    last = {c: rows.get(SHIFT, c.group, endpoint.measure, "missing", visits[-1], "missing")
            for c in table} if visits else {}  # fmt: skip
    return _with(
        base,
        param_type="COUNT_OF_PARTICIPANTS",
        unit_of_measure="Participants",
        denoms=_visit_denoms(last),
        classes=tuple(
            item for visit in visits for item in shift_classes(table, rows, endpoint, visit)
        ),
    )
