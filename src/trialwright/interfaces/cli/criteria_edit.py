"""`trialwright criteria check | status | review | lock | unlock | set | update`."""

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from trialwright import __version__
from trialwright.app import CriteriaInHand, open_criteria
from trialwright.core.canonical import digest
from trialwright.core.errors import InputError, Refused
from trialwright.interfaces.cli.criteria_text import criteria_text
from trialwright.interfaces.cli.files import read_bytes, read_stream
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.interfaces.cli.records import Home
from trialwright.protocol.criteria.codec import decode
from trialwright.protocol.criteria_file.actions import STATUSES, Action, Signed
from trialwright.protocol.criteria_file.completeness import DEGREES, completeness
from trialwright.protocol.criteria_file.expression import read_expression
from trialwright.protocol.criteria_file.merge import OUTCOMES, Change
from trialwright.protocol.criteria_file.service import (
    Edit,
    Update,
    doubts,
    faults,
    require_sound,
    uncovered,
)
from trialwright.protocol.model import CriterionEntry, Protocol

File = Annotated[Path, Parameter(help="A criteria file, or a protocol.")]
Ids = Annotated[str, Parameter(help="The criteria: I4, E16.")]
By = Annotated[str, Parameter(help="Who signs, by name.")]
Why = Annotated[str, Parameter(help="Why, in a sentence; kept in the history.")]
Json = Annotated[bool, Parameter(help="Print one JSON document.", negative="")]


def check(
    file: File,
    /,
    *,
    locked: Annotated[
        bool, Parameter(help="Also ask that every criterion is locked.", negative="")
    ] = False,
    json: Json = False,
) -> int:
    """List what does not hold, each with its line. Exit 0: sound; 1: not all locked; 2: a fault.

    A reading that does not fit its expression is a warning: the expression counts.
    """
    held = open_criteria(file)
    document = held.document
    wrong = (*faults(document), *uncovered(document), *held.strayed(), *held.lost())
    stale = () if wrong else doubts(document)
    unaccounted = held.unaccounted()
    left = [e.id for e in document.criteria if e.status != "locked"] if locked else []
    if json:
        print_json(
            {
                "faults": [
                    {"line": document.tree.line(f.path), "key": f.path.removeprefix("$."),
                     "what": f.what, "wanted": f.wanted} for f in wrong
                ],
                "warnings": [
                    {"line": document.tree.line(d.path), "key": d.path.removeprefix("$."),
                     "what": d.what} for d in stale
                ] + ([{"line": 1, "key": "", "what": unaccounted}] if unaccounted else []),
                "open": left,
            }
        )  # fmt: skip
    else:
        for fault in wrong:
            where = document.place(fault.path)
            messages.print(f"error: {where}: {fault.what}; wanted {fault.wanted}", style="red")
        for doubt in stale:
            messages.print(f"warning: {document.place(doubt.path)}: {doubt.what}", style="yellow")
        if unaccounted:
            messages.print(f"warning: {file}: {unaccounted}", style="yellow")
        for name in left:
            console.print(f"{name} is not locked")
        console.print(
            f"{file}: {len(document.criteria)} criteria, {len(wrong)} faults, "
            f"{len(stale)} readings out of date"
        )
    if wrong:
        return 2
    return 1 if left else 0


def status(file: File, /, *, json: Json = False) -> int:
    """Show each criterion's status, who signed it, and how completely it was read."""
    document = require_sound(open_criteria(file).document)
    degrees = {entry.id: completeness(decode(entry.expr)) for entry in document.criteria}
    counts = Counter(entry.status for entry in document.criteria)
    if json:
        print_json(
            {
                "statuses": {status: counts[status] for status in STATUSES},
                "criteria": [
                    {"id": e.id, "status": e.status, "by": e.by, "at": e.at,
                     "understood": degrees[e.id]} for e in document.criteria
                ],
            }
        )  # fmt: skip
        return 0
    for entry in document.criteria:
        signed = f", {entry.by}, {entry.at}" if entry.by else ""
        console.print(f"{entry.id:5} {entry.status}{signed}; {DEGREES[degrees[entry.id]]}")
    said = ", ".join(f"{counts[status]} {status}" for status in STATUSES)
    console.print(f"{len(document.criteria)} criteria: {said}")
    return 0


def review(file: File, /, *ids: Ids, by: By, why: Why = "") -> int:
    """Sign that text and reading were laid side by side, and agree."""
    return _act(file, ids, "review", _signed(by, why))


def lock(file: File, /, *ids: Ids, by: By, why: Why = "") -> int:
    """Sign, and let nothing change a criterion until it is unlocked."""
    return _act(file, ids, "lock", _signed(by, why))


def unlock(file: File, /, *ids: Ids, by: By, why: Why) -> int:
    """Open a locked criterion again, with the reason."""
    return _act(file, ids, "unlock", _signed(by, why))


def set_expression(
    file: File,
    name: Annotated[str, Parameter(help="The criterion: I4, E16.")],
    /,
    *,
    expr: Annotated[
        str,
        Parameter(
            help="A file with the expression (YAML or JSON); - reads standard input.",
            allow_leading_hyphen=True,
        ),
    ],
    by: By,
    why: Why = "",
) -> int:
    """Give a criterion another expression; its status becomes edited."""
    held = open_criteria(file)
    source = "standard input" if expr == "-" else expr
    data = read_stream(sys.stdin.buffer, source) if expr == "-" else read_bytes(Path(expr))
    value = read_expression(data, held.document.entry(name), source)
    return _told(held, held.acted([name], "edit", _signed(by, why), value))


def update(
    file: File,
    record: Annotated[
        str, Parameter(help="The record, its text, or an NCT number.", allow_leading_hyphen=True)
    ],
    /,
    *,
    by: By = f"trialwright {__version__}",
    why: Why = "",
    dry_run: Annotated[bool, Parameter(help="Say what would change only.", negative="")] = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Read a record anew, by this version of the parser, without losing what people signed.

    What is locked, reviewed or edited stays unless its own text changed; then it is open again.
    """
    held = open_criteria(file)
    found = criteria_text(record, home)
    filed = held.document.filed
    same = (
        isinstance(filed, Protocol)
        and found.record is not None
        and digest(found.record.study) == filed.trial.record_sha256
    )
    if found.record and held.nct_id and found.record.nct_id not in (held.nct_id, None):
        raise InputError(record, f"a record of {found.record.nct_id}", f"one of {held.nct_id}")
    signed = _signed(by, why)
    done = held.updated(found.filed, signed, same, save=False)
    if not dry_run:
        _require_some_kept(done, file)
        done = held.updated(found.filed, signed, same, save=True)
    if json:
        print_json(_summary(done))
        return 0
    for change in done.merge.changes:
        if line := _line(change):
            console.print(line)
    console.print(_counted(done))
    if dry_run:
        messages.print("nothing was written")
    elif not done.edit.comments_kept:
        messages.print(f"{file} was written anew: its comments are not kept", style="yellow")
    return 0


def _require_some_kept(done: Update, file: Path) -> None:
    """Refuse a text in which nothing of the file is left, where somebody signed some of it."""
    before = [change for change in done.merge.changes if change.before]
    signed = [c for c in before if c.before and c.before.status != "auto"]
    if signed and all(change.outcome == "gone" for change in before):
        why = f"none of the {len(before)} criteria is in this text, and {len(signed)} are signed"
        needs = "the text of the same study, or another file (`criteria parse`)"
        raise Refused(f"update {file}", why, needs)


def _line(change: Change) -> str:
    entry = change.after or change.before
    if entry is None:
        return ""
    was = change.before
    signed = f" (was {was.status}, {was.by}, {was.at})" if was and was.status != "auto" else ""
    if change.differs:
        return f"{entry.id}: kept{signed}; this parser would read: {change.differs}"
    match change.outcome:
        case "kept":
            return ""
        case "moved":
            return f"{entry.id}: was {was.id if was else ''}"
        case "read anew" | "re-opened" | "new" | "gone":
            return f"{entry.id}: {change.outcome}{signed}"


def _counted(done: Update) -> str:
    said = ", ".join(f"{done.merge.count(outcome)} {outcome}" for outcome in OUTCOMES)
    before = sum(change.before is not None for change in done.merge.changes)
    text = "the same text" if done.same_text else "another text"
    return f"{text}: {before} criteria before, {len(done.merge.criteria)} now: {said}"


def _summary(done: Update) -> dict[str, object]:
    return {
        "same_text": done.same_text,
        "before": sum(change.before is not None for change in done.merge.changes),
        "after": len(done.merge.criteria),
        "counts": {outcome: done.merge.count(outcome) for outcome in OUTCOMES},
        "changes": [
            {
                "outcome": change.outcome,
                "before": change.before.id if change.before else None,
                "after": change.after.id if change.after else None,
                "was": _signature(change.before),
                "would_read": change.differs or None,
            }
            for change in done.merge.changes
        ],
    }


def _signature(entry: CriterionEntry | None) -> dict[str, str | None] | None:
    if entry is None or entry.status == "auto":
        return None
    return {"status": entry.status, "by": entry.by, "at": entry.at}


def _act(file: Path, ids: tuple[str, ...], action: Action, signed: Signed) -> int:
    held = open_criteria(file)
    return _told(held, held.acted(ids, action, signed))


def _told(held: CriteriaInHand, edit: Edit) -> int:
    for _, after in edit.changes:
        if after is not None:
            console.print(f"{after.id}: {after.status}, {after.by}, {after.at}")
            console.print(f"    {after.reading}")
    if not edit.comments_kept:
        messages.print(f"{held.path} was written anew: its comments are not kept", style="yellow")
    return 0


def _signed(by: str, why: str) -> Signed:
    return Signed(by, datetime.now(UTC), why)


COMMANDS: dict[str, Callable[..., int]] = {
    "check": check,
    "status": status,
    "review": review,
    "set": set_expression,
    "lock": lock,
    "unlock": unlock,
    "update": update,
}
