"""Tables of the report: views of the rows, a caption each, nothing computed here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from trialwright.analysis.adverse_events import ANY, RELATEDNESS
from trialwright.analysis.groups import POOLED, level_name
from trialwright.analysis.row import Row
from trialwright.analysis.service import SAFETY
from trialwright.protocol.model import Endpoint, Protocol
from trialwright.results.rows import Rows, change_places
from trialwright.results.section.shift import shift_count, shift_names
from trialwright.results.words import (
    change_unit,
    interval,
    label,
    number,
    percent,
    places_for,
    scientific,
    sentence,
    unit,
)

EVENTS = "safety.adverse_events"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its heading and its cells; an indented line belongs to the one above."""

    heading: str
    cells: tuple[str, ...]
    indented: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as readers see it. `numbers` says whether its cells are set as numbers."""

    id: str
    caption: str
    corner: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""
    numbers: bool = True


def group_names(protocol: Protocol) -> tuple[str, ...]:
    """Return the groups of every table: each level, then the pool."""
    return (*(level_name(dose.level) for dose in protocol.dose_levels), POOLED)


def _headings(protocol: Protocol, rows: Rows) -> tuple[str, ...]:
    return tuple(
        f"{'All' if name == POOLED else sentence(name)} "
        f"(n\u00a0=\u00a0{rows.count('populations', name, 'treated', 'subjects') or 0})"
        for name in group_names(protocol)
    )


def toxicity(protocol: Protocol, rows: Rows) -> Table:
    """Return dose-limiting toxicity by level."""
    return Table(
        "toxicity", "Dose-limiting toxicity by dose level given, exact limits", "Dose level",
        ("Evaluable", "With DLT", "Rate", "95 % interval", "One-sided 95 % upper limit"),
        tuple(_toxicity_line(rows, name) for name in group_names(protocol)),
        _note(rows.get("safety.dlt", POOLED, "dlt", "proportion")),
    )  # fmt: skip


def _toxicity_line(rows: Rows, group: str) -> Line:
    rate = rows.get("safety.dlt", group, "dlt", "proportion")
    upper = rows.get("safety.dlt", group, "dlt", "one_sided_upper_limit")
    heading = "All" if group == POOLED else sentence(group)
    if rate is None or upper is None or rate.value is None:
        return Line(heading, ("0", "–", "–", "–", "–"))
    events = str(rows.count("safety.dlt", group, "dlt", "subjects"))
    limits = f"{percent(rate.lower, 1)} to {percent(rate.upper, 1)}"
    cells = (str(rate.n), events, percent(rate.value, 1), limits, percent(upper.value, 1))
    return Line(heading, cells)


def _note(row: Row | None) -> str:
    return sentence(row.note) + "." if row is not None and row.note else ""


def events_overview(protocol: Protocol, rows: Rows) -> Table:
    """Return people with events of each kind, with events in brackets."""
    kinds = ("any", "related", "grade 3 or higher", "serious", "serious and related", "death")
    lines = (Line(_kind(kind), _event_cells(protocol, rows, ANY, kind)) for kind in kinds)
    return Table(
        "events", "Adverse events from the first infusion on: people [events]", "Kind of event",
        _headings(protocol, rows), tuple(lines),
        "Related: possible, probable or definite by the investigator's judgement.",
    )  # fmt: skip


def _kind(kind: str) -> str:
    return {"any": "Any adverse event", "death": "Death from any cause"}.get(kind, sentence(kind))


def _event_cells(protocol: Protocol, rows: Rows, term: str, category: str) -> tuple[str, ...]:
    return tuple(_event_cell(rows, group, term, category) for group in group_names(protocol))


def _event_cell(rows: Rows, group: str, term: str, category: str) -> str:
    people = rows.count(EVENTS, group, term, "subjects", category=category)
    events = rows.count(EVENTS, group, term, "events", category=category)
    if people is None:
        return "–"
    return str(people) if events is None else f"{people} [{events}]"


def events_by_term(protocol: Protocol, rows: Rows, systems: dict[str, str]) -> Table:
    """Return every term under its organ system as reported."""
    lines: list[Line] = []
    blank = ("",) * len(group_names(protocol))
    terms = terms_of(rows)
    for system in sorted({systems[term] for term in terms}):
        lines.append(Line(system, blank))
        for term in sorted(t for t in terms if systems[t] == system):
            lines.append(Line(term, _event_cells(protocol, rows, term, "any"), indented=True))
    return Table(
        "terms", "Adverse events by organ system and term as reported: people [events]", "Term",
        _headings(protocol, rows), tuple(lines),
        "" if lines else "No adverse event was reported.",
    )  # fmt: skip


def terms_of(rows: Rows) -> tuple[str, ...]:
    """Return the terms that were reported, without the line over all of them."""
    found = rows.having(EVENTS, group=POOLED, statistic="events", category="any")
    return tuple(row.variable for row in found if row.variable != ANY)


def events_by_grade(protocol: Protocol, rows: Rows) -> Table:
    """Return each term by grade over all levels: people at their worst grade [events]."""
    grades = tuple(f"grade {k}" for k in range(1, 6))
    return _crossed(rows, "grades", "Adverse events by term and worst grade, all dose levels: "
                    "people [events]", grades, tuple(map(sentence, grades)))  # fmt: skip


def events_by_relatedness(protocol: Protocol, rows: Rows) -> Table:
    """Return each term by relatedness over all levels: people at the strongest [events]."""
    names = tuple(name.replace("_", " ") for name in RELATEDNESS)
    keys = tuple(f"relatedness {name}" for name in names)
    return _crossed(rows, "relatedness", "Adverse events by term and strongest relatedness, all "
                    "dose levels: people [events]", keys, tuple(map(sentence, names)))  # fmt: skip


def _crossed(
    rows: Rows, name: str, caption: str, keys: tuple[str, ...], columns: tuple[str, ...]
) -> Table:
    lines = tuple(
        Line(sentence(term), tuple(_quiet(_event_cell(rows, POOLED, term, key)) for key in keys))
        for term in (ANY, *sorted(terms_of(rows)))
    )
    return Table(name, caption, "Term", columns, lines)


def _quiet(cell: str) -> str:
    """A zero among many cells is set as 0 alone, so that the eye finds the others."""
    return "0" if cell == "0 [0]" else cell


def exposure(protocol: Protocol, rows: Rows) -> Table:
    """Return what people were given."""
    groups = group_names(protocol)

    def counted(variable: str, statistic: str) -> tuple[str, ...]:
        counts = (rows.count("exposure", g, variable, statistic) for g in groups)
        return tuple("–" if n is None else str(n) for n in counts)

    def mean(variable: str, write: Callable[[float], str]) -> tuple[str, ...]:
        found = (rows.get("exposure", g, variable, "mean") for g in groups)
        return tuple(_mean_sd(row, write) for row in found)

    per_infusion = (
        Line(f"Given infusion {k}: people", counted(f"infusion {k}", "subjects"))
        for k in range(1, protocol.infusions.count.value + 1)
    )
    amount = f"Cumulative amount, {unit(protocol.dosing.unit)}: mean (SD)"
    return Table(
        "exposure", "Exposure by dose level given", "Measure", _headings(protocol, rows),
        (
            Line("Infusions given", counted("infusions", "given")),
            Line("Infusions planned", counted("infusions", "planned")),
            *per_infusion,
            Line("Given all infusions: people", counted("infusions", "subjects_with_all")),
            Line(amount, mean("cumulative_amount_per_kg", scientific)),
            Line("Given of planned amount, %: mean (SD)", mean("given_of_planned", number)),
        ),
    )  # fmt: skip


def _mean_sd(row: Row | None, write: Callable[[float], str]) -> str:
    if row is None or row.value is None:
        return "–"
    return f"{write(row.value)} ({write(row.sd)})" if row.sd is not None else write(row.value)


def baseline(protocol: Protocol, rows: Rows) -> Table:
    """Return age, sex and baseline values."""
    found = rows.having("baseline", group=POOLED)
    lines: list[Line] = []
    for row in found:
        if row.statistic == "median" and row.variable not in _skewed(protocol):
            continue
        if row.statistic == "mean" and row.variable in _skewed(protocol):
            continue
        if row.category in ("other", "unknown") and not row.value:
            continue
        lines.append(_baseline_line(protocol, rows, row))
    return Table("baseline", "Baseline of the people treated, by dose level given",
                 "Characteristic", _headings(protocol, rows), tuple(lines),
                 "Last value before the first infusion.")  # fmt: skip


def _skewed(protocol: Protocol) -> set[str]:
    return {e.measure for e in protocol.endpoints if e.summary == "geometric_ratio"}


def _baseline_line(protocol: Protocol, rows: Rows, row: Row) -> Line:
    key = (row.variable, row.statistic, None, row.category)
    own = [rows.get("baseline", group, *key) for group in group_names(protocol)]
    name, places = sentence(label(row.variable)), places_for((row.value or 0,))
    if row.statistic == "subjects":
        cells = tuple(_of(r) for r in own)
        return Line(f"{name} {row.category}: people", cells)
    kind = "mean (SD)" if row.statistic == "mean" else "median (range)"
    known = unit(row.unit)
    heading = (
        f"{name}: {kind}" if not known or known in name.split() else f"{name}, {known}: {kind}"
    )
    return Line(heading, tuple(_baseline_cell(r, places) for r in own))


def _of(row: Row | None) -> str:
    if row is None or row.value is None:
        return "–"
    return f"{row.value:.0f}" + (f" of {row.n}" if row.missing else "")


def _baseline_cell(row: Row | None, places: int) -> str:
    if row is None or row.value is None:
        return "–"
    value = number(row.value, places)
    if row.statistic == "median":
        return f"{value} ({number(row.lower, places)}–{number(row.upper, places)})"
    text = f"{value} ({number(row.sd, places)})" if row.sd is not None else value
    return text + (f" [n = {row.n}]" if row.missing else "")


def change(protocol: Protocol, rows: Rows, endpoint: Endpoint) -> Table:
    """Return means and mean change of an endpoint at every visit, by group."""
    measure = endpoint.measure
    found = rows.having("function.change", variable=measure, statistic="mean_change")
    lines = tuple(_change_line(rows, row) for row in found)
    name = sentence(label(measure))
    known = next((row.unit for row in found if row.unit), None)
    text = f" ({unit(known)})" if known else ""
    return Table(
        f"change-{measure}", f"{name}{text}: change from baseline, complete pairs",
        "Visit and group",
        ("n", "Missing", "Baseline mean", "Visit mean", f"Mean change{_in(known)}", "SD",
         "95 % interval"), lines, "No control group; levels are not compared.",
    )  # fmt: skip


def _in(known: str | None) -> str:
    return f", {change_unit(known)}" if known else ""


def _heading(row: Row) -> str:
    who = "all" if row.group == POOLED else row.group.replace(" ", "\u00a0")
    return f"{sentence(row.visit or '')}, {who}"


def _change_line(rows: Rows, row: Row) -> Line:
    firsts = rows.get(row.analysis, row.group, row.variable, "baseline_mean", row.visit)
    thens = rows.get(row.analysis, row.group, row.variable, "visit_mean", row.visit)
    places = change_places(row)
    cells = (
        str(row.n), str(row.missing),
        number(firsts.value if firsts else None), number(thens.value if thens else None),
        number(row.value, places, signed=True), number(row.sd, places),
        interval(row.lower, row.upper, places, signed=True),
    )  # fmt: skip
    return Line(_heading(row), cells)


def ratio(protocol: Protocol, rows: Rows, endpoint: Endpoint) -> Table:
    """Return geometric means and their ratio at every visit, by group."""
    measure = endpoint.measure
    found = rows.having("function.ratio", variable=measure, statistic="geometric_mean_ratio")
    base = rows.having("function.ratio", variable=measure, statistic="baseline_geometric_mean")
    known = next((unit(row.unit) for row in base if row.unit), "")
    text = f" ({known})" if known else ""
    return Table(
        f"ratio-{measure}",
        f"{sentence(label(measure))}{text}: ratio of geometric means to baseline, complete pairs",
        "Visit and group",
        ("n", "Missing", "Baseline", "Visit", "Ratio", "95 % interval"),
        tuple(_ratio_line(rows, row) for row in found),
        "A ratio below 1 is a fall. No control group; levels are not compared.",
    )  # fmt: skip


def _ratio_line(rows: Rows, row: Row) -> Line:
    firsts = rows.get(row.analysis, row.group, row.variable, "baseline_geometric_mean", row.visit)
    thens = rows.get(row.analysis, row.group, row.variable, "visit_geometric_mean", row.visit)
    cells = (
        str(row.n), str(row.missing),
        number(firsts.value if firsts else None, 0), number(thens.value if thens else None, 0),
        number(row.value, 2), interval(row.lower, row.upper, 2),
    )  # fmt: skip
    return Line(_heading(row), cells)


def shifts(protocol: Protocol, rows: Rows, endpoint: Endpoint) -> Iterable[Table]:
    """Return one shift table per visit, over all levels, with a line of those missing."""
    measure = endpoint.measure
    found = rows.having("function.shift", variable=measure, group=POOLED, statistic="missing")
    for row in found:
        visit = row.visit or ""
        names = shift_names(rows, measure, visit)
        name = sentence(label(measure))
        yield Table(
            f"shift-{measure}-{visit}".replace(" ", "-"),
            f"{name}: people by class at baseline and at {visit}, all dose levels",
            f"{name} at baseline", tuple(f"{after} at {visit}" for after in names),
            tuple(
                Line(before, tuple(str(shift_count(rows, POOLED, measure, visit, (before, after)))
                                   for after in names))
                for before in names
            ),
            f"{row.n} with both values, {row.missing} missing.",
        )  # fmt: skip


def function_tables(protocol: Protocol, rows: Rows) -> Iterable[Table]:
    """Return the tables of every functional endpoint, one per measure and summary."""
    done: set[tuple[str, str]] = set()
    for endpoint in protocol.endpoints:
        key = (endpoint.measure, endpoint.summary)
        if endpoint.measure in SAFETY or key in done:
            continue
        done.add(key)
        match endpoint.summary:
            case "mean_change":
                yield change(protocol, rows, endpoint)
            case "geometric_ratio":
                yield ratio(protocol, rows, endpoint)
            case "shift":
                yield from shifts(protocol, rows, endpoint)
            case "proportion" | "counts":
                pass  # said in the answers: not analysed


def every_table(protocol: Protocol, rows: Rows) -> tuple[Table, ...]:
    """Return the tables that rows alone suffice for, in the order of the report."""
    return (
        baseline(protocol, rows),
        toxicity(protocol, rows),
        events_overview(protocol, rows),
        events_by_grade(protocol, rows),
        events_by_relatedness(protocol, rows),
        exposure(protocol, rows),
        *function_tables(protocol, rows),
    )
