"""The main job: one trial from its registry page to its results section, step by step.

Every step is the stage's own use case; nothing here knows a trial. The folder appears whole, at
the end, or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from trialwright.analysis.row import Row
from trialwright.analysis.service import analyse
from trialwright.app.example import Example, read_example
from trialwright.app.rehearsed_folder import require_free, whole_folder
from trialwright.conduct.escalation import design_of
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import Verification
from trialwright.conduct.model import TrialState
from trialwright.conduct.service import verify
from trialwright.core.errors import InputError
from trialwright.design.behaviour.paths import paths
from trialwright.protocol.draft import draft
from trialwright.protocol.model import Protocol
from trialwright.protocol.yaml_file import write_protocol
from trialwright.record.record import Record
from trialwright.record.service import complete, read, read_facts, write_v2
from trialwright.rehearsal.rehearse import rehearse
from trialwright.rehearsal.scenario import default_scenario
from trialwright.results.answers import Answer, answers
from trialwright.results.assumptions import assumptions
from trialwright.results.figures.every import figures
from trialwright.results.report import report
from trialwright.results.section import post, results_section
from trialwright.screening.answers import read_answers
from trialwright.screening.model import PatientScreening
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.policy import ClosedWorld, Policy
from trialwright.screening.service import criteria_of, document, screen_all
from trialwright.store.journal import SqlJournal
from trialwright.store.trial_folder import TrialFolder

Say = Callable[[str, str], None]  # the step's name, and what came out of it


@dataclass(frozen=True, slots=True)
class Finished:
    """What the main job leaves behind."""

    folder: TrialFolder
    answers: tuple[Answer, ...]
    verification: Verification


def run_main_job(example: Path, out: Path, say: Say, *, force: bool = False) -> Finished:
    """Run an example into a folder; InputError where the folder is taken and `force` is not set."""
    settings = read_example(example)
    require_free(out, force)
    with whole_folder(out, force=force) as place:
        folder = TrialFolder(place, simulated=True)
        record = _record(example, settings, say)
        protocol = _protocol(record, folder, say)
        _design(protocol, settings, folder, say)
        _screening(example, settings, protocol, folder, say)
        state, verification = _rehearsal(protocol, settings, folder, say)
        rows = _analysis(state, folder, say)
        _results(record, state, rows, folder, say)
    return Finished(TrialFolder(out, simulated=True), answers(rows, protocol), verification)


def _record(example: Path, settings: Example, say: Say) -> Record:
    path = example / settings.record
    record = read(_bytes(path), str(path))
    lost = sum(finding.kind == "lost" for finding in record.findings)
    say("Record", f"{record.nct_id}: {_sections(record)} read, the page lost {lost} things")
    if settings.facts is None:
        return record
    facts = example / settings.facts
    completed = complete(record, read_facts(_bytes(facts), str(facts)))
    added = len(completed.provenance) + len(completed.design_facts)
    say("Facts", f"{added} added from other public pages, each with its source")
    return completed


def _sections(record: Record) -> str:
    protocol = record.study.protocol_section
    modules = msgspec.structs.asdict(protocol) if protocol else {}
    return f"{sum(module is not None for module in modules.values())} modules"


def _protocol(record: Record, folder: TrialFolder, say: Say) -> Protocol:
    protocol = draft(record)
    folder.protocol.write_text(write_protocol(protocol), encoding="utf-8")
    unit = protocol.dosing.unit.replace("{", "").replace("}", "")
    doses = ", ".join(f"{dose.amount.value:.3g}" for dose in protocol.dose_levels)
    open_ones = sum(a.confirmed is None for a in assumptions(protocol))
    say(
        "Protocol",
        f"{protocol.infusions.count.value} infusions of {doses} {unit}, cohorts of "
        f"{' and '.join(map(str, protocol.schedule))}; {open_ones} values are assumed",
    )
    return protocol


def _design(protocol: Protocol, settings: Example, folder: TrialFolder, say: Say) -> None:
    design = design_of(protocol)
    graph = design.graph()
    courses = paths(graph, settings.true_rates)
    behaviour = graph.exact(settings.true_rates)
    _write_json(folder.design, {
        "summary": list(design.summary),
        "paths": courses,
        "true": settings.true_rates,
        "selection": behaviour.selection.tolist(),
        "treated": behaviour.treated.tolist(),
        "dlts": behaviour.dlts.tolist(),
        "stopped_early": behaviour.stopped_early.tolist(),
        "patients": behaviour.patients.tolist(),
    })  # fmt: skip
    say(
        "Design",
        f"{protocol.escalation.method.value.upper()} at target {protocol.escalation.target.value}: "
        f"{len(courses)} possible courses over {len(graph)} states, all exact",
    )


def _screening(
    example: Path, settings: Example, protocol: Protocol, folder: TrialFolder, say: Say
) -> tuple[PatientScreening, ...]:
    stated = settings.screening
    criteria = criteria_of(protocol)
    given = {}
    if stated.answers is not None:
        path = example / stated.answers
        given = read_answers(_bytes(path), str(path), [c.id for c in criteria], stated.on)
    patients = read_patients([example / stated.patients], stated.on)
    policy = Policy(ClosedWorld.parse(",".join(stated.closed_world), "example.yaml"))
    screened = screen_all(criteria, patients, stated.on, policy, answers=given)
    _write_json(folder.screening, document(screened))
    counts = {answer: sum(s.eligible == answer for s in screened) for answer in ("yes", "no")}
    say(
        "Screening",
        f"{len(screened)} simulated patients against {len(criteria)} criteria: "
        f"{counts['yes']} eligible, {counts['no']} not, "
        f"{len(screened) - sum(counts.values())} undecided",
    )
    return screened


def _rehearsal(
    protocol: Protocol, settings: Example, folder: TrialFolder, say: Say
) -> tuple[TrialState, Verification]:
    stated = settings.rehearsal
    with SqlJournal.create(folder.journal, durable=False) as journal:
        rng = np.random.default_rng(stated.seed)
        rehearse(protocol, default_scenario(), rng, journal, stated.start)
    with SqlJournal.open(folder.journal) as journal:
        verification = verify(journal)
        state = fold(journal.read(), journal.where)
    decisions = [d.opens_level for d in state.decisions]
    opened = ", ".join(f"level {level}" if level else "no further cohort" for level in decisions)
    opened = opened or "none"
    stopped = f"; the trial was stopped: {state.stop.why}" if state.stop else ""
    say(
        "Rehearsal",
        f"{len(state.subjects)} simulated people in {len(state.cohorts)} cohorts; the board "
        f"opened {opened}{stopped}",
    )
    whole = "whole" if verification.whole else f"broken: {verification.first_fault}"
    say("Journal", f"{verification.events} events, chain {whole}, head {verification.head[:12]}")
    return state, verification


def _analysis(state: TrialState, folder: TrialFolder, say: Say) -> tuple[Row, ...]:
    rows = analyse(state)
    _write_json(folder.rows, rows)
    say("Analysis", f"{len(rows)} rows, one per statistic")
    return rows


def _results(
    record: Record, state: TrialState, rows: tuple[Row, ...], folder: TrialFolder, say: Say
) -> None:
    section = results_section(state, rows)
    study = post(record.study, section)
    posted = msgspec.structs.replace(record, study=study, simulated=state.simulated)
    folder.record.write_bytes(write_v2(posted))
    outcomes = section.outcome_measures_module
    measures = len(outcomes.outcome_measures) if outcomes else 0
    say("Results", f"participant flow, baseline, {measures} outcome measures, adverse events")
    drawn = figures(state, rows)
    folder.figures.mkdir()
    for figure in drawn:
        (folder.figures / figure.file_name("svg")).write_text(figure.svg, encoding="utf-8")
        (folder.figures / figure.file_name("png")).write_bytes(figure.png)
    folder.report.write_text(report(state, rows, study, drawn), encoding="utf-8")
    say("Report", f"{folder.report.name}, {len(drawn)} figures")


def _bytes(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a folder, or a device without an end
            raise InputError(str(path), "no file", "a file of the example")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(path), why, "a file of the example") from error


def _write_json(path: Path, document: Any) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
