"""What `trialwright trial verify` and `export` find: the chain, and the heads that were filed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trialwright.app import FiledHead, filed_heads, open_journal
from trialwright.conduct.filed import as_filed, as_made_from, entry_with, filed_hash
from trialwright.conduct.journal import Line, Verification
from trialwright.conduct.journal import verify as verify_lines
from trialwright.core.errors import Refused
from trialwright.interfaces.cli.output import console


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """A file of the trial's folder and the entry that was the last when it was made, if any is."""

    file: str
    head: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class Examined:
    """A journal's verification, held against the heads that were filed."""

    found: Verification
    filed_head: str | None
    made_from: tuple[MadeFrom, ...]


def examined(trial: Path, filed: str | None) -> Examined:
    """Verify a trial's journal, then hold its head against the one filed and the folder's files."""
    head = None if filed is None else filed_hash(filed, "--head")
    lines, found = read_and_verified(trial)
    hashes = [line.hash for line in lines[: found.events]]
    if head is not None:
        found = as_filed(found, hashes, head)
    files = filed_heads(trial)
    for made in files:
        found = as_made_from(found, hashes, made.head, made.file.name)
    return Examined(found, head, tuple(_made_from(made, hashes) for made in files))


def read_and_verified(trial: Path) -> tuple[tuple[Line, ...], Verification]:
    """Return a journal's lines, as far as they can be read, and what is to be said of them."""
    kept: list[Line] = []
    with open_journal(trial) as journal:
        found = verify_lines(_keeping(journal.lines(), kept), journal.faults())
    return tuple(kept), found


def require_whole(trial: Path, found: Verification) -> None:
    """Raise Refused, naming the fault, for a journal that is not whole."""
    if not found.whole:
        what = found.first_fault.what if found.first_fault else "its chain is broken"
        raise Refused("journal", what, f"`trialwright trial verify {trial}`")


def document(seen: Examined) -> dict[str, Any]:
    """Return what `--json` prints."""
    found, fault = seen.found, seen.found.first_fault
    return {
        "whole": found.whole,
        "events": found.events,
        "head": found.head,
        "first_fault": {"seq": fault.seq, "what": fault.what} if fault else None,
        "filed_head": seen.filed_head,
        "made_from": [
            {"file": made.file, "head": made.head, "entry": made.entry} for made in seen.made_from
        ],
    }


def show(seen: Examined) -> None:
    """Print it for people."""
    found = seen.found
    if found.whole:
        filed = ", as filed" if seen.filed_head else ""
        console.print(f"whole: {found.events} events, head {found.head}{filed}", style="green")
    else:
        fault = found.first_fault
        console.print(f"not whole: {fault.what if fault else ''}", style="bold red")
        console.print(f"{found.events} events hold, head {found.head}")
    for made in seen.made_from:
        if made.entry is not None and made.entry < found.events:
            console.print(
                f"{made.file} was made from entry {made.entry}; the journal has gone on since"
            )


def _keeping(lines: Iterable[Line], kept: list[Line]) -> Iterator[Line]:
    for line in lines:
        kept.append(line)
        yield line


def _made_from(made: FiledHead, hashes: Sequence[str]) -> MadeFrom:
    return MadeFrom(made.file.name, made.head, entry_with(hashes, made.head))
