"""The trial page: how far the trial is, who is where, what was decided, and the journal."""

from dataclasses import dataclass
from datetime import date

from trialwright.app import TrialInHand
from trialwright.conduct.events import Entry
from trialwright.conduct.journal import Verification
from trialwright.conduct.model import TrialState
from trialwright.interfaces.web.blocks import Badge, Block, Drawing, Section
from trialwright.interfaces.web.trial import journal_lines, safety, standing
from trialwright.interfaces.web.trial.gates import GateView, gates
from trialwright.results.decisions import AtTheEnd, at_the_end
from trialwright.results.words import plural


@dataclass(frozen=True, slots=True)
class Tile:
    """A number at a glance."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class TrialPage:
    """What the trial page shows. `on`: the day that clocks are read on."""

    nct_id: str
    title: str
    badges: tuple[Badge, ...]
    tiles: tuple[Tile, ...]
    on: date
    figures: tuple[Drawing, ...]
    gates: tuple[GateView, ...]
    at_the_end: AtTheEnd
    levels: tuple[Block, ...]
    sections: tuple[Section, ...]
    simulated: bool
    broken: str = ""  # where the journal's chain is broken


def trial_page(trial: TrialInHand, figures: tuple[Drawing, ...], today: date) -> TrialPage:
    """Return the page of one trial, its clocks read as `as_of` says."""
    state, entries, verification = trial.state, trial.entries, trial.verification
    on = as_of(state, entries, today)
    return TrialPage(
        nct_id=state.protocol.trial.nct_id,
        title=state.protocol.trial.title,
        badges=(*badges(state), journal_lines.whole(verification)),
        tiles=_tiles(state, on),
        on=on,
        figures=figures,
        gates=gates(state),
        at_the_end=at_the_end(state, on),
        levels=standing.levels(state, on),
        sections=_sections(state, entries, verification, on),
        simulated=state.simulated,
        broken=journal_lines.broken(verification),
    )


def as_of(state: TrialState, entries: tuple[Entry, ...], today: date) -> date:
    """Return the day that clocks are read on: a rehearsal has its own calendar."""
    if entries and (state.simulated or state.ended):
        return entries[-1].at.date()
    return today


def badges(state: TrialState) -> tuple[Badge, ...]:
    """Return how the trial stands, and whether it is a rehearsal."""
    if state.stopped:
        standing_badge = Badge("Stopped", "stop")
    elif state.ended:
        standing_badge = Badge("Ended", "plain")
    else:
        standing_badge = Badge("Running", "good")
    simulated = (Badge("Simulated data", "stop"),) if state.simulated else ()
    return (standing_badge, *simulated)


def progress(state: TrialState) -> str:
    """Say how many are enrolled of how many."""
    return f"{len(state.subjects)} of {state.protocol.enrolment_maximum.value} enrolled"


def _tiles(state: TrialState, on: date) -> tuple[Tile, ...]:
    watched = standing.clocks(state, on).values()
    given = sum(len(subject.given) for subject in state.subjects.values())
    opened = len(state.cohorts)
    events = safety.reported(state)
    return (
        Tile(str(len(state.screened)), "screened"),
        Tile(f"{len(state.subjects)} / {state.protocol.enrolment_maximum.value}", "enrolled"),
        Tile(f"{opened} / {len(state.protocol.cohorts)}", "cohorts opened"),
        Tile(str(given), "infusions given"),
        Tile(str(sum(clock.status == "dlt" for clock in watched)), "dose-limiting toxicities"),
        Tile(str(len(events)), f"adverse events, {sum(e.serious for e in events)} serious"),
    )


def _sections(
    state: TrialState, entries: tuple[Entry, ...], verification: Verification, on: date
) -> tuple[Section, ...]:
    open_ones = sum(len(subject.deviations) for subject in state.subjects.values())
    return (
        Section(
            "people", "Who Is Where", "Everyone enrolled, in order of enrolment.",
            standing.subjects(state, on),
        ),
        Section(
            "events", "Adverse Events", f"{safety.summary(state)}.", safety.adverse_events(state)
        ),
        Section(
            "deviations", "Deviations", f"{plural(open_ones, 'deviation')} from the protocol.",
            safety.deviations(state),
        ),
        Section(
            "journal", "Journal", "Every event, each sealed with the hash of the one before.",
            journal_lines.journal(entries, verification),
        ),
    )  # fmt: skip
