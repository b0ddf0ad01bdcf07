"""`trialwright criteria`: read eligibility text into criteria; check, correct and sign them."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from trialwright.app import start_criteria
from trialwright.core.errors import InputError
from trialwright.interfaces.cli import criteria_edit, criteria_export
from trialwright.interfaces.cli.criteria_text import CriteriaText, criteria_text
from trialwright.interfaces.cli.files import write_whole
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.interfaces.cli.records import Home
from trialwright.protocol.criteria.codec import encode
from trialwright.protocol.criteria.coverage import said
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.criteria.read import CriteriaReading
from trialwright.protocol.criteria.trees import residue
from trialwright.protocol.criteria.wording import wording
from trialwright.protocol.criteria_file.entries import text_hash
from trialwright.protocol.criteria_file.service import whole_text

app = App(name="criteria", help="Read eligibility text into criteria; check, correct, sign them.")


@app.command
def parse(
    file: Annotated[
        str,
        Parameter(
            help="Eligibility text, a record in any format, or an NCT number of the catalogue; "
            "- reads text from standard input.",
            allow_leading_hyphen=True,
        ),
    ],
    /,
    *,
    out: Annotated[
        Path | None,
        Parameter(
            help="Write a criteria file (YAML) here; - prints it.", allow_leading_hyphen=True
        ),
    ] = None,
    force: Annotated[bool, Parameter(help="Replace the file.", negative="")] = False,
    min_age: Annotated[str | None, Parameter(help="The registry's field, `18 Years`.")] = None,
    max_age: Annotated[str | None, Parameter(help="The registry's field, `80 Years`.")] = None,
    sex: Annotated[str | None, Parameter(help="The registry's field, `FEMALE`.")] = None,
    json: Annotated[bool, Parameter(help="Print one JSON document.", negative="")] = False,
    home: Home = None,
) -> int:
    """Show each criterion, and in plain English what was understood of it.

    A record states age and sex itself; the options are for a text alone.
    """
    found = criteria_text(file, home, min_age, max_age, sex)
    if out is not None:
        _write(found, out, force)
    if json:
        covered = {"coverage": msgspec.to_builtins(found.coverage.domains)}
        print_json(criteria_document(found.reading) | covered | _head(found))
    elif out is None:
        _show(found.reading)
        if found.coverage.domains:
            console.print(f"named: {said(found.coverage)}")
    return 0


def _show(reading: CriteriaReading) -> None:
    for item in reading.items:
        console.print(f"{item.id}  {' '.join(item.text.split())}", style="bold")
        console.print(f"    {wording(item.expr)}")
    full = sum(not residue(item.expr) for item in reading.items)
    console.print(f"{len(reading.items)} criteria, {full} without residue")


def _write(found: CriteriaText, out: Path, force: bool) -> None:
    if str(out) == "-":
        sys.stdout.write(whole_text(found.filed))
        return
    if out.exists() and not force:
        wanted = "`trialwright criteria update`, --force, or another --out; no edit is overwritten"
        raise InputError(str(out), "already there", wanted)
    if out.exists():
        write_whole(out, whole_text(found.filed).encode())
    else:
        start_criteria(out, found.filed)
    messages.print(f"wrote {out}: {len(found.reading.items)} criteria")


def criteria_document(reading: CriteriaReading) -> dict[str, object]:
    """Return the reading as the command's JSON document."""
    leftover = [
        {"text": piece.text, "span": piece.span, "kind": piece.kind} for piece in reading.leftover
    ]
    return {"items": [_item(item) for item in reading.items], "leftover": leftover}


def _head(found: CriteriaText) -> dict[str, object]:
    filed = found.filed
    return {
        "source": msgspec.to_builtins(filed.source),
        "parser": filed.parser,
        "vocabularies": filed.vocabularies,
    }


def _item(item: Criterion) -> dict[str, object]:
    return {
        "id": item.id,
        "section": item.section,
        "text": item.text,
        "sha256": text_hash(item.text),
        "span": item.span,
        "status": item.status,
        "expr": encode(item.expr),
        "residue": residue(item.expr),
        "reading": wording(item.expr),
    }


for _name, _command in criteria_edit.COMMANDS.items():
    app.command(_command, name=_name)
app.command(criteria_export.export, name="export")
