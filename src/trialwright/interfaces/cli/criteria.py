"""`trialwright criteria`: read eligibility text into criteria."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from trialwright.core.errors import InputError
from trialwright.interfaces.cli.files import read_bytes, read_stream
from trialwright.interfaces.cli.output import console, print_json
from trialwright.protocol.criteria.codec import encode
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.criteria.read import CriteriaReading, read_criteria
from trialwright.protocol.criteria.trees import residue
from trialwright.protocol.criteria.wording import wording

app = App(name="criteria", help="Read eligibility text into criteria.")

_LARGEST = 4 * 1024 * 1024


@app.command
def parse(
    file: Annotated[
        str, Parameter(help="Eligibility text; - reads standard input.", allow_leading_hyphen=True)
    ],
    /,
    *,
    min_age: Annotated[str | None, Parameter(help="The registry's field, `18 Years`.")] = None,
    max_age: Annotated[str | None, Parameter(help="The registry's field, `80 Years`.")] = None,
    sex: Annotated[str | None, Parameter(help="The registry's field, `FEMALE`.")] = None,
    json: Annotated[bool, Parameter(help="Print one JSON document.", negative="")] = False,
) -> int:
    """Show each criterion, and in plain English what was understood of it."""
    name = "standard input" if file == "-" else Path(file).name
    text = _text(_bytes(file, name), name)
    reading = read_criteria(text, min_age, max_age, sex)
    if json:
        print_json(criteria_document(reading))
        return 0
    for item in reading.items:
        console.print(f"{item.id}  {' '.join(item.text.split())}", style="bold")
        console.print(f"    {wording(item.expr)}")
    full = sum(not residue(item.expr) for item in reading.items)
    console.print(f"{len(reading.items)} criteria, {full} without residue")
    return 0


def _bytes(file: str, name: str) -> bytes:
    return read_stream(sys.stdin.buffer, name) if file == "-" else read_bytes(Path(file))


def criteria_document(reading: CriteriaReading) -> dict[str, object]:
    """Return the reading as the command's JSON document."""
    leftover = [
        {"text": piece.text, "span": piece.span, "kind": piece.kind} for piece in reading.leftover
    ]
    return {"items": [_item(item) for item in reading.items], "leftover": leftover}


def _item(item: Criterion) -> dict[str, object]:
    return {
        "id": item.id,
        "section": item.section,
        "text": item.text,
        "span": item.span,
        "expr": encode(item.expr),
        "residue": residue(item.expr),
        "reading": wording(item.expr),
    }


def _text(data: bytes, name: str) -> str:
    wanted = "the text of inclusion and exclusion criteria"
    if len(data) > _LARGEST:
        raise InputError(name, f"{len(data)} bytes", f"at most {_LARGEST} bytes of text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}, byte {error.start}", "not UTF-8 text", wanted) from error
    if "\0" in text:
        raise InputError(name, "binary data", wanted)
    if not text.strip():
        raise InputError(name, "nothing but white space", wanted)
    return text.replace("\r\n", "\n")
