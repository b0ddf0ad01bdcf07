"""`trialwright record`: show, convert or complete one registry record."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import App, Parameter

from trialwright.interfaces.cli.files import write_whole
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.interfaces.cli.records import Home, load_record
from trialwright.record.formats.sections import SECTIONS
from trialwright.record.formats.v2 import to_value
from trialwright.record.record import Record
from trialwright.record.service import write_page, write_v2

app = App(name="record", help="Show, convert or complete one registry record.")

_HEADINGS = frozenset(section.heading for section in SECTIONS)
Facts = Annotated[Path | None, Parameter(help="facts.yaml: what other sources add, with them.")]


@app.command
def show(
    file: Annotated[
        str,
        Parameter(
            help="A file (API v2 JSON, legacy XML, portal page) or an NCT number of the catalogue."
        ),
    ],
    /,
    *,
    facts: Facts = None,
    home: Home = None,
    json: Annotated[bool, Parameter(help="Print one JSON document: API v2.", negative="")] = False,
) -> int:
    """Print a record as the portal's page, section by section; findings go to stderr."""
    record = load_record(file, facts, home)
    if json:
        print_json(to_value(record))
        return 0
    for line in write_page(record, labels=True).splitlines():
        style = "bold" if line in _HEADINGS else None
        console.print(line, style=style)
    _report(record)
    return 0


@app.command
def convert(
    file: Annotated[
        str,
        Parameter(
            help="A file (API v2 JSON, legacy XML, portal page) or an NCT number of the catalogue."
        ),
    ],
    /,
    *,
    facts: Facts = None,
    home: Home = None,
    to: Annotated[Literal["json", "page"], Parameter(help="API v2 JSON, or page text.")] = "json",
    out: Annotated[Path | None, Parameter(help="Where to write; stdout without it.")] = None,
) -> int:
    """Write a record in another format; what the source lost is listed on stderr."""
    record = load_record(file, facts, home)
    data = write_v2(record) if to == "json" else write_page(record).encode()
    _report(record)
    if out is None:
        sys.stdout.write(data.decode())
    else:
        write_whole(out, data)
        messages.print(f"wrote {out}")
    return 0


def _report(record: Record) -> None:
    """Say what the source lost or the reader could not place, and what was added from elsewhere."""
    if record.simulated:
        messages.print(
            "SIMULATED: part of this record was made by a rehearsal", style="bold yellow"
        )
    for finding in record.findings:
        if finding.answered_by is None:
            line = f"{finding.kind}: {finding.text} [{finding.where}]"
            messages.print(line, style="yellow")
    for row in record.provenance:
        messages.print(f"added: {row.field} <- {row.source}, {row.seen_on}")
    for fact in record.design_facts:
        value = (
            fact.value if isinstance(fact.value, str) else msgspec.json.encode(fact.value).decode()
        )
        line = f"design: {fact.topic} = {value} <- {fact.source}, {fact.seen_on}"
        messages.print(line)
