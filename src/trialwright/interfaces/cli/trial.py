"""`trialwright trial`: what a trial's journal says, whether it is whole, and its export."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.table import Table

from trialwright.app import open_app
from trialwright.conduct.clocks import dlt_clock
from trialwright.conduct.escalation import load_with_design
from trialwright.conduct.events import BoardDecided, GateHeld
from trialwright.conduct.fold import expect_trial, fold
from trialwright.conduct.gate import (
    Standing,
    final_recommendation,
    is_decided,
    overtaken,
    standing,
)
from trialwright.conduct.journal import entry_of, to_ndjson
from trialwright.conduct.model import Subject, TrialState
from trialwright.core.canonical import digest
from trialwright.core.errors import InputError
from trialwright.design import Recommendation
from trialwright.interfaces.cli import verification
from trialwright.interfaces.cli.days import whole_day
from trialwright.interfaces.cli.files import read_bytes, write_whole
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.protocol.model import Protocol

app = App(name="trial", help="A trial's journal: status, gate, verify, export.")

Trial = Annotated[Path, Parameter(help="The trial's folder, or its SQLite file.")]
On = Annotated[
    str | None, Parameter(help="The day to look from; a rehearsal's default is its last day.")
]
Json = Annotated[bool, Parameter(help="Print one JSON document.", negative="")]


@app.command
def status(trial: Trial, /, *, on: On = None, json: Json = False) -> None:
    """Show cohorts, people, lots and gates as the journal tells them."""
    state, day = _load(trial, on)
    if json:
        print_json(_status_document(state, day))
    else:
        _print_status(state, day)


@app.command
def gate(
    trial: Trial,
    /,
    *,
    protocol: Annotated[
        Path | None,
        Parameter(
            help="Refuse a journal of another trial, and warn where its protocol is another."
        ),
    ] = None,
    on: On = None,
    json: Json = False,
) -> None:
    """Show the open cohort's gate: outcomes, who is pending, and what the design says."""
    state, day = _load(trial, on)
    if protocol is not None:
        plan, _, _ = load_with_design(read_bytes(protocol), str(protocol), date.today())
        expect_trial(state, plan.trial.nct_id, str(trial))
        _warn_of_another_version(state, plan, protocol)
    now = standing(state, day)
    if json:
        print_json(_gate_document(state, now, day))
    else:
        _print_gate(state, now, day)


@app.command
def verify(
    trial: Trial,
    /,
    *,
    head: Annotated[
        str | None,
        Parameter(help="The head hash that was filed elsewhere, or its first 12 characters."),
    ] = None,
    json: Json = False,
) -> int:
    """Recompute the journal's chain and fold; exit 1 where an entry does not hold.

    The head is held against the one given, and against those that the folder's analysis and report
    were made from: only they tell a journal from one that was written anew.
    """
    seen = verification.examined(trial, head)
    if json:
        print_json(verification.document(seen))
    else:
        verification.show(seen)
    return 0 if seen.found.whole else 1


@app.command
def export(
    trial: Trial,
    /,
    *,
    to: Annotated[str, Parameter(help="The format: ndjson, one entry a line.")] = "ndjson",
    out: Annotated[Path | None, Parameter(help="The file to write; else stdout.")] = None,
) -> None:
    """Write the whole audit trail, hashes included; nothing of a journal that is not whole."""
    if to != "ndjson":
        raise InputError("--to", to, "ndjson (further formats are not covered yet)")
    lines, found = verification.read_and_verified(trial)
    verification.require_whole(trial, found)
    data = b"".join(to_ndjson(map(entry_of, lines)))
    if out is None:
        sys.stdout.buffer.write(data)
    else:
        write_whole(out, data)


def _warn_of_another_version(state: TrialState, plan: Protocol, file: Path) -> None:
    given = digest(plan)
    if given != state.protocol_sha256:
        messages.print(
            f"warning: {file} is not the protocol in force: its sha256 is {given}, the journal's "
            f"is {state.protocol_sha256}; the gate is that of the journal's protocol",
            style="yellow",
        )


def _load(trial: Path, on: str | None) -> tuple[TrialState, date]:
    """Fold a journal that is whole; Refused for any other."""
    lines, found = verification.read_and_verified(trial)
    verification.require_whole(trial, found)
    entries = tuple(map(entry_of, lines))
    state = fold(entries, str(trial))
    if on is not None:
        return state, whole_day(on, "--on")
    return state, entries[-1].at.date() if state.simulated else open_app().today()


def _status_document(state: TrialState, day: date) -> dict[str, Any]:
    return {
        "trial": state.protocol.trial.nct_id,
        "simulated": state.simulated,
        "on": day,
        "events": state.seq,
        "head": state.head,
        "screened": len(state.screened),
        "enrolled": len(state.subjects),
        "stopped": state.stopped,
        "stop": state.stop,
        "ended": state.ended,
        "final_recommendation": _recommendation(final_recommendation(state, day)),
        "changed_behind_gates": overtaken(state, day),
        "cohorts": [
            {
                "cohort": c.number,
                "level": c.level,
                "size": c.size,
                "decided": is_decided(state, c.number),
            }
            for c in state.cohorts
        ],
        "subjects": [_subject(state, s, day) for s in state.subjects.values()],
        "lots": [
            {
                "lot": name,
                "released": lot.released,
                "expires": lot.received.expires,
                "vials": lot.received.vials,
                "used": lot.used_vials,
            }
            for name, lot in state.lots.items()
        ],
    }


def _recommendation(found: Recommendation) -> dict[str, Any]:
    return {
        "dose": found.dose,
        "pending": found.pending,
        "reasons": [{"rule": r.rule, "text": r.text} for r in found.reasons],
    }


def _subject(state: TrialState, subject: Subject, day: date) -> dict[str, Any]:
    clock = dlt_clock(state.protocol, subject, day)
    return {
        "subject": subject.number,
        "cohort": subject.enrolled.cohort,
        "level": subject.enrolled.level,
        "infusions_given": len(subject.given),
        "dlt_window": clock.status,
        "window_ends": clock.ends,
        "why": clock.why,
        "adverse_events": len(subject.adverse_events),
        "deviations": len(subject.deviations),
        "left": subject.left.how if subject.left else None,
    }


def _print_status(state: TrialState, day: date) -> None:
    _print_head(state, day)
    table = Table(box=None, pad_edge=False)
    for name in ("subject", "cohort", "level", "infusions", "DLT window", "events", "status"):
        table.add_column(name)
    for subject in state.subjects.values():
        row = _subject(state, subject, day)
        table.add_row(
            row["subject"], str(row["cohort"]), str(row["level"]), str(row["infusions_given"]),
            row["dlt_window"].replace("_", " "), str(row["adverse_events"]),
            (row["left"] or "in the trial").replace("_", " "),
        )  # fmt: skip
    console.print(table)
    _print_changed(state, day)
    _print_recommendation(state, day)
    for name, lot in state.lots.items():
        released = "released" if lot.released else "not released"
        left = lot.received.vials - lot.used_vials
        console.print(
            f"lot {name}: {left} of {lot.received.vials} vials left, {released}, "
            f"expires {lot.received.expires}",
        )


def _print_head(state: TrialState, day: date) -> None:
    if state.simulated:
        console.print("Simulated data: nothing here was observed in people.", style="bold yellow")
    ending = "ended" if state.ended else "stopped" if state.stopped else "running"
    console.print(
        f"{state.protocol.trial.nct_id} on {day}: {ending}; {len(state.screened)} screened, "
        f"{len(state.subjects)} enrolled, {state.seq} events",
    )
    if state.stop is not None:
        by, on = ", ".join(state.stop.by), state.stop.at.date()
        console.print(f"stopped by {by} on {on}: {state.stop.why}")


def _print_changed(state: TrialState, day: date) -> None:
    for changed in overtaken(state, day):
        console.print(f"changed behind a gate: {changed}", style="bold red")


def _print_recommendation(state: TrialState, day: date) -> None:
    found = final_recommendation(state, day)
    answer = f"level {found.dose}" if found.dose else "no dose"
    if not found.dose and any(reason.rule == "pending" for reason in found.reasons):
        answer = "not yet"
    closing = "" if state.ended else ", if the trial ended now"
    console.print(f"final recommendation{closing}: {answer}", style="bold")
    for reason in found.reasons:
        console.print(f"  {reason.rule}: {reason.text}")


def _gate_document(state: TrialState, now: Standing, day: date) -> dict[str, Any]:
    held, board = _last_gate(state, now.cohort.number)
    decision = now.decision
    return {
        "on": day,
        "cohort": now.cohort.number,
        "level": now.cohort.level,
        "size": now.cohort.size,
        "enrolled": now.enrolled,
        "outcomes": now.outcomes,
        "evaluable": now.evaluable,
        "evaluable_wanted": now.wanted,
        "halted": {"rule": now.halted.rule, "text": now.halted.text} if now.halted else None,
        "ready": now.ready,
        "pending": [{"subject": c.subject, "until": c.ends, "why": c.why} for c in now.pending],
        "left_out": [{"subject": c.subject, "why": c.why} for c in now.left_out],
        "next_dose": decision.next_dose,
        "stop": decision.stop,
        "admissible": decision.admissible,
        "method_wish": decision.method_wish,
        "reasons": [{"rule": r.rule, "text": r.text} for r in decision.reasons],
        "held": held,
        "board": board,
        "final_recommendation": _recommendation(final_recommendation(state, day)),
        "changed_behind_gates": now.overtaken,
        "protocol_sha256": state.protocol_sha256,
        "simulated": state.simulated,
    }


def _last_gate(state: TrialState, cohort: int) -> tuple[GateHeld | None, BoardDecided | None]:
    """Return the cohort's last gate and the board's decision on it, where there are any."""
    held = next((g for g in reversed(state.gates) if g.cohort == cohort), None)
    board = next((d for d in state.decisions if held and d.gate == held.gate), None)
    return held, board


def _print_gate(state: TrialState, now: Standing, day: date) -> None:
    _print_head(state, day)
    cohort = now.cohort
    console.print(
        f"cohort {cohort.number} at level {cohort.level}: {now.enrolled} of {cohort.size} in, "
        f"outcomes {now.outcomes or 'none yet'}",
    )
    for clock in now.pending:
        until = f"until {clock.ends}" if clock.ends else "no end is known yet"
        console.print(f"  pending: {clock.subject}, {until}: {clock.why}")
    for clock in now.left_out:
        console.print(f"  left out: {clock.subject}: {clock.why}")
    if now.halted is not None and not now.decided:
        console.print(f"nobody is enrolled or dosed at this level: {now.halted.text}")
    console.print(f"the design says: {_answer(now)}", style="bold")
    for reason in now.decision.reasons:
        console.print(f"  {reason.rule}: {reason.text}")
    _print_board(state, now)
    _print_changed(state, day)
    _print_recommendation(state, day)


def _answer(now: Standing) -> str:
    if now.decision.next_dose is not None:
        return f"next cohort at level {now.decision.next_dose}"
    return "no further cohort" if now.decision.stop else "wait for the pending outcomes"


def _not_ready(now: Standing) -> str:
    if now.stopped:
        return "is not held: the trial was stopped"
    if now.full and not now.pending and not now.enough:
        return f"cannot be held: {now.evaluable} evaluable, {now.wanted} are wanted"
    return "cannot be held yet"


def _print_board(state: TrialState, now: Standing) -> None:
    held, board = _last_gate(state, now.cohort.number)
    if held is None:
        console.print(f"the gate {'may be held' if now.ready else _not_ready(now)}")
    elif board is None:
        console.print(f"gate {held.gate} was held on {held.outcomes}; the board has not decided")
    else:
        opened = f"level {board.opens_level}" if board.opens_level else "no further cohort"
        stopped = ", and stopped the trial" if board.stops_trial else ""
        console.print(
            f"gate {held.gate}: the board opened {opened}{stopped}; signed by "
            f"{', '.join(board.signed_by)}",
        )
        if board.override_reason:
            console.print(f"  against the recommendation: {board.override_reason}")
