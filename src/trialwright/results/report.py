"""The report: one HTML page that needs nothing from outside, begins with the two answers.

The page forbids everything in its own content security policy but the style element it carries,
which is named by its hash. Every text is escaped; figures are inlined with their own ids.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from trialwright.analysis.adverse_events import emergent, latest_reports
from trialwright.analysis.populations import last_day, populations
from trialwright.analysis.row import Row
from trialwright.conduct.events import AdverseEventReported
from trialwright.conduct.model import Subject, TrialState
from trialwright.conduct.rulings import unruled
from trialwright.protocol.model import Protocol
from trialwright.record.model.study import Study
from trialwright.results import tables
from trialwright.results.answers import answers
from trialwright.results.assumptions import assumptions
from trialwright.results.decisions import (
    AtTheEnd,
    at_the_end,
    board_short,
    decision_of,
    recommendation,
)
from trialwright.results.figures.every import figures
from trialwright.results.figures.inline import inline
from trialwright.results.figures.render import Drawn
from trialwright.results.rows import Rows
from trialwright.results.section import limitations
from trialwright.results.section.events import organ_systems
from trialwright.results.section.flow import screening_words
from trialwright.results.tables import Line, Table
from trialwright.results.words import dose, duration, listed, percent, plural, sentence


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate as the report tells it."""

    number: int
    cohort: int
    outcomes: str
    recommended: str
    reasons: tuple[str, ...]
    decided: str
    signed_by: str
    meaning: str
    override: str
    cut: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the trial and its value."""

    name: str
    value: str
    assumed: bool = False


def report(
    state: TrialState,
    rows: Iterable[Row],
    study: Study | None = None,
    drawn: tuple[Drawn, ...] | None = None,
) -> str:
    """Return the whole report as HTML; figures are drawn where they are not given."""
    index = Rows(rows)
    pictures = drawn if drawn is not None else figures(state, index.all)
    protocol = state.protocol
    style = _style()
    return _template("report.html.jinja").render(
        title=protocol.trial.title,
        trial=protocol.trial.nct_id,
        simulated=state.simulated,
        style=Markup(style),  # noqa: S704 - the project's own file, not input
        style_hash=_style_hash(style),
        answers=answers(index.all, protocol),
        facts=trial_facts(protocol, study),
        limitations=limitations(state),
        screening=screening_words(state),
        figures={d.name: d for d in pictures},
        changes=tuple(d for d in pictures if d.name.startswith("change_")),
        inline=lambda d: Markup(inline(d)),  # noqa: S704 - escaped where it is built
        gates=gates(state),
        at_the_end=_at_the_end(state),
        participants=(tables.baseline(protocol, index), _left_out(state)),
        safety=_safety_tables(state, index),
        function=tuple(tables.function_tables(protocol, index)),
        deviations=_deviations(state),
        assumptions=assumptions(protocol),
        open_assumptions=sum(a.confirmed is None for a in assumptions(protocol)),
        methods=methods(index),
        state=state,
        last_day=last_day(state),
    )


def _style_hash(style: str) -> str:
    digest = hashlib.sha256(style.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@cache
def _style() -> str:
    return (files(__package__) / "templates" / "report.css").read_text(encoding="utf-8")


def _unbroken(value: object) -> object:
    """Keep a number and its percent sign on one line."""
    return value.replace(" %", "\u00a0%") if isinstance(value, str) else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("trialwright.results"),
        autoescape=True,
        finalize=_unbroken,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


def trial_facts(protocol: Protocol, study: Study | None) -> tuple[Fact, ...]:
    """Return what a reader wants to know first: from the record where given, and the protocol."""
    infusions, rule = protocol.infusions, protocol.escalation
    days = listed([str(day) for day in infusions.days.value])
    levels = listed([f"{dose(protocol, d.level)} (level {d.level})" for d in protocol.dose_levels])
    cohorts = listed([f"{c.size.value} people at level {c.planned_level.value}"
                      for c in protocol.cohorts])  # fmt: skip
    return (
        *_record_facts(study),
        Fact("Product", protocol.product.value, protocol.product.assumed),
        Fact("Dose per infusion", levels, any(d.amount.assumed for d in protocol.dose_levels)),
        Fact("Infusions", f"{infusions.count.value}, {infusions.route.value}, on days {days}",
             infusions.days.assumed),
        Fact("Cohorts", f"{cohorts}; at most {protocol.enrolment_maximum.value} in all"),
        Fact("Escalation", f"{rule.method.value.upper()}, target rate {percent(rule.target.value)}",
             rule.method.assumed or rule.target.assumed),
        Fact("Dose-limiting toxicity", protocol.dlt.definition.value,
             protocol.dlt.definition.assumed),
        Fact("Toxicity window", f"{duration(protocol.dlt.window.value)} from the first infusion",
             protocol.dlt.window.assumed),
        Fact("Follow-up", duration(protocol.follow_up.value), protocol.follow_up.assumed),
        Fact("Protocol version", protocol.version),
    )  # fmt: skip


def _record_facts(study: Study | None) -> tuple[Fact, ...]:
    section = study.protocol_section if study else None
    if section is None:
        return ()
    facts: list[Fact] = []
    sponsors, places = section.sponsor_collaborators_module, section.contacts_locations_module
    if sponsors and sponsors.lead_sponsor and sponsors.lead_sponsor.name:
        names = [sponsors.lead_sponsor.name, *(c.name or "" for c in sponsors.collaborators)]
        facts.append(Fact("Sponsor", ", with ".join(filter(None, names))))
    if section.conditions_module and section.conditions_module.conditions:
        facts.append(Fact("Condition", listed(list(section.conditions_module.conditions))))
    if section.design_module and section.design_module.phases:
        phases = [p.replace("PHASE", "phase ").lower() for p in section.design_module.phases]
        facts.append(Fact("Phase", sentence(listed(phases))))
    if places and places.locations:
        where = [", ".join(filter(None, (p.facility, p.city, p.country))) for p in places.locations]
        facts.append(Fact("Place", "; ".join(where)))
    return tuple(facts)


def gates(state: TrialState) -> tuple[Gate, ...]:
    """Return every gate with the design's recommendation and the board's decision."""
    found = []
    for held in state.gates:
        decision = decision_of(state, held)
        found.append(
            Gate(
                held.gate, held.cohort, held.outcomes, recommendation(held), held.reasons,
                board_short(decision),
                listed(list(decision.signed_by)) if decision else "",
                decision.meaning if decision else "",
                (decision.override_reason or "") if decision else "",
                held.cut_sha256[:12],
            )
        )  # fmt: skip
    return tuple(found)


def _at_the_end(state: TrialState) -> AtTheEnd | None:
    day = last_day(state)
    return at_the_end(state, day) if day else None


def _left_out(state: TrialState) -> Table:
    people = populations(state)
    out = [o for o in people.left_out if o.population != "enrolled"]
    names = {"treated": "treated", "dlt_evaluable": "evaluable for dose-limiting toxicity"}
    return Table(
        "left-out", "People enrolled and not counted in an analysis, with the reason", "Person",
        ("Not counted as", "Reason"),
        tuple(Line(o.who, (names.get(o.population, o.population), o.why)) for o in out),
        "" if out else "Everyone enrolled is counted in every population.", numbers=False,
    )  # fmt: skip


def _safety_tables(state: TrialState, rows: Rows) -> tuple[Table, ...]:
    protocol = state.protocol
    return (
        tables.toxicity(protocol, rows),
        tables.events_overview(protocol, rows),
        tables.events_by_term(protocol, rows, organ_systems(state)),
        tables.events_by_grade(protocol, rows),
        tables.events_by_relatedness(protocol, rows),
        _listing(state),
        tables.exposure(protocol, rows),
    )


def _listing(state: TrialState) -> Table:
    found = [
        (s, e)
        for s in state.subjects.values()
        for e in latest_reports(s)
        if e.serious or e.grade >= 3 or e.meets_dlt
    ]
    return Table(
        "listing", "Every event that was serious, of grade 3 or higher, or called dose-limiting",
        "Person", ("Term", "Study day", "Grade", "Serious", "Related", "DLT", "Outcome"),
        tuple(Line(s.number, _event_line(state.protocol, s, e)) for s, e in found),
        "" if found else "There was none.", numbers=False,
    )  # fmt: skip


def _event_line(
    protocol: Protocol, subject: Subject, event: AdverseEventReported
) -> tuple[str, ...]:
    first = subject.first_infusion
    day = str((event.onset - first).days) if first else "not treated"
    rulings = {r.event_id: r.is_dlt for r in subject.adjudications}
    waits = event.event_id in {e.event_id for e in unruled(protocol, subject)}
    toxic = "not adjudicated" if waits else "yes" if rulings.get(event.event_id) else "no"
    early = "" if event in emergent(subject) else " (before treatment)"
    return (
        event.term, day + early, str(event.grade), "yes" if event.serious else "no",
        event.relatedness.replace("_", " "), toxic, event.outcome.replace("_", " "),
    )  # fmt: skip


def _deviations(state: TrialState) -> Table:
    found = [d for s in state.subjects.values() for d in s.deviations]
    return Table(
        "deviations", "Deviations from the protocol", "Person",
        ("What", "Affects evaluability"),
        tuple(Line(d.subject, (d.what, "yes" if d.affects_evaluability else "no")) for d in found),
        plural(len(found), "deviation") + ".", numbers=False,
    )  # fmt: skip


def methods(rows: Rows) -> tuple[tuple[str, str], ...]:
    """Return each method with the analyses that used it."""
    used: dict[str, list[str]] = {}
    for row in rows.all:
        kinds = used.setdefault(row.method, [])
        if row.analysis not in kinds:
            kinds.append(row.analysis)
    return tuple((method, listed(kinds)) for method, kinds in used.items() if method)
