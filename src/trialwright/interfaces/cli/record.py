"""`trialwright record`: show, convert or complete one registry record."""

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import App, Parameter

from trialwright.core.errors import InputError
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.record.formats.sections import SECTIONS
from trialwright.record.formats.v2 import to_value
from trialwright.record.record import Record
from trialwright.record.service import complete, read, read_facts, write_page, write_v2

app = App(name="record", help="Show, convert or complete one registry record.")

_NCT = re.compile(r"NCT\d{8}")
_HEADINGS = frozenset(section.heading for section in SECTIONS)
Facts = Annotated[Path | None, Parameter(help="facts.yaml: what other sources add, with them.")]


@app.command
def show(
    file: Annotated[str, Parameter(help="A record: API v2 JSON, legacy XML or a portal page.")],
    /,
    *,
    facts: Facts = None,
    json: Annotated[bool, Parameter(help="Print one JSON document: API v2.", negative="")] = False,
) -> int:
    """Print a record as the portal's page, section by section; findings go to stderr."""
    record = _load(file, facts)
    if json:
        print_json(to_value(record))
        return 0
    for line in write_page(record, labels=True).splitlines():
        style = "bold" if line in _HEADINGS else None
        console.print(line, style=style, markup=False)
    _report(record)
    return 0


@app.command
def convert(
    file: Annotated[str, Parameter(help="A record: API v2 JSON, legacy XML or a portal page.")],
    /,
    *,
    facts: Facts = None,
    to: Annotated[Literal["json", "page"], Parameter(help="API v2 JSON, or page text.")] = "json",
    out: Annotated[Path | None, Parameter(help="Where to write; stdout without it.")] = None,
) -> int:
    """Write a record in another format; what the source lost is listed on stderr."""
    record = _load(file, facts)
    data = write_v2(record) if to == "json" else write_page(record).encode()
    _report(record)
    if out is None:
        sys.stdout.write(data.decode())
    else:
        write_whole(out, data)
        messages.print(f"wrote {out}", markup=False)
    return 0


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(draft).chmod(0o644)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(
            str(path), error.strerror or "not written", "a path to write to"
        ) from error


def _load(file: str, facts: Path | None) -> Record:
    path = Path(file)
    if _NCT.fullmatch(file) and not path.exists():
        raise InputError(
            file, "an NCT number is looked up in the catalogue", "the path of a record's file"
        )
    record = read(_bytes(path), path.name)
    return record if facts is None else complete(record, read_facts(_bytes(facts), facts.name))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(path), why, "a file that can be read") from error


def _report(record: Record) -> None:
    """Say what the source lost or the reader could not place, and what was added from elsewhere."""
    if record.simulated:
        messages.print(
            "SIMULATED: part of this record was made by a rehearsal", style="bold yellow"
        )
    for finding in record.findings:
        if finding.answered_by is None:
            line = f"{finding.kind}: {finding.text} [{finding.where}]"
            messages.print(line, style="yellow", markup=False)
    for row in record.provenance:
        messages.print(f"added: {row.field} <- {row.source}, {row.seen_on}", markup=False)
    for fact in record.design_facts:
        value = (
            fact.value if isinstance(fact.value, str) else msgspec.json.encode(fact.value).decode()
        )
        line = f"design: {fact.topic} = {value} <- {fact.source}, {fact.seen_on}"
        messages.print(line, markup=False)
