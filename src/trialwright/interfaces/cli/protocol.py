"""`trialwright protocol`: draft, check and describe a protocol."""

import sys
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from trialwright.conduct.escalation import design_of, load_with_design, unused
from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import YamlTree
from trialwright.interfaces.cli.files import read_bytes, write_whole
from trialwright.interfaces.cli.output import console, messages, print_json
from trialwright.interfaces.cli.records import Home, RecordName, load_record
from trialwright.protocol.check import OpenAssumption
from trialwright.protocol.fault import Doubt
from trialwright.protocol.model import Protocol
from trialwright.protocol.service import (
    doubts,
    draft,
    open_assumptions,
    protocol_schema,
    write_protocol,
)

app = App(name="protocol", help="Draft and check a protocol.")

Json = Annotated[bool, Parameter(help="Print one JSON document.", negative="")]


@app.command(name="draft")
def draft_command(
    record: RecordName,
    /,
    *,
    facts: Annotated[Path | None, Parameter(help="facts.yaml: what other sources add.")] = None,
    out: Annotated[Path | None, Parameter(help="Where to write; stdout without it.")] = None,
    answer: Annotated[
        tuple[str, ...],
        Parameter(help="Settle a dose that was asked about: 'its words=amount'.", negative=""),
    ] = (),
    force: Annotated[bool, Parameter(help="Replace the file.", negative="")] = False,
    home: Home = None,
) -> int:
    """Draft a protocol; what the record does not publish is assumed, with a reason."""
    completed = load_record(record, facts, home)
    protocol = draft(completed, Path(record).name, dict(map(_answer, answer)))
    text = write_protocol(protocol)
    if out is not None and out.exists() and not force:
        wanted = "--force, or another --out; an edited protocol is not overwritten"
        raise InputError(str(out), "already there", wanted)
    if out is None:
        sys.stdout.write(text)
    else:
        write_whole(out, text.encode())
    count = len(open_assumptions(protocol))
    written = f"wrote {out}: " if out else ""
    messages.print(f"{written}{len(protocol.criteria)} criteria; {count} assumptions to confirm")
    return 0


@app.command
def check(
    file: Annotated[Path, Parameter(help="A protocol file.")], /, *, json: Json = False
) -> int:
    """List the assumptions that are open. Exit 0: fit for a live trial; 1: some are open.

    What cannot be right is refused (exit 2); what is merely unusual is a warning.
    """
    protocol, tree, _ = load_with_design(read_bytes(file), str(file), date.today())
    left, warnings = open_assumptions(protocol), (*doubts(protocol), *_unused(protocol))
    if json:
        print_json(_document(left, warnings, tree))
    else:
        _show(left, tree, str(file))
        _warn(warnings, tree, str(file))
    return 1 if left else 0


def _unused(protocol: Protocol) -> tuple[Doubt, ...]:
    method = protocol.escalation.method.value
    keys = [
        Doubt(f"$.escalation.{key}", f"the method {method} makes no use of it")
        for key in unused(protocol)
    ]
    waits = "a running trial waits for whole windows; only design simulate shows what it does"
    in_time = design_of(protocol).in_time
    timed = [Doubt("$.escalation", f"{name} looks at time: {waits}") for name in in_time]
    return (*keys, *timed)


@app.command
def schema() -> int:
    """Print the JSON Schema of protocol files."""
    print_json(protocol_schema())
    return 0


def _show(left: tuple[OpenAssumption, ...], tree: YamlTree, name: str) -> None:
    for item in left:
        place = f"{_key(item)} = {_value(item.value)}"
        console.print(place, style="bold")
        console.print(f"  line {tree.line(item.path)}: {item.reason}")
    if left:
        said = f"{len(left)} assumptions are open; no live trial until confirmed"
    else:
        said = "every value is published or confirmed"
    console.print(f"{name}: {said}")


def _warn(warnings: tuple[Doubt, ...], tree: YamlTree, name: str) -> None:
    for doubt in warnings:
        place = f"{name}, line {tree.line(doubt.path)}, {_key(doubt)}"
        messages.print(f"warning: {place}: {doubt.what}", style="yellow")


def _document(
    left: tuple[OpenAssumption, ...], warnings: tuple[Doubt, ...], tree: YamlTree
) -> dict[str, object]:
    return {
        "fit": not left,
        "open": [_as_json(item, tree) for item in left],
        "warnings": [
            {"key": _key(doubt), "line": tree.line(doubt.path), "what": doubt.what}
            for doubt in warnings
        ],
    }


def _as_json(item: OpenAssumption, tree: YamlTree) -> dict[str, object]:
    return {
        "key": _key(item),
        "line": tree.line(item.path),
        "value": item.value,
        "reason": item.reason,
    }


def _key(item: OpenAssumption | Doubt) -> str:
    return item.path.removeprefix("$.")


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


def _answer(text: str) -> tuple[str, Decimal]:
    words, equals, amount = text.rpartition("=")
    try:
        value = Decimal(amount)
    except InvalidOperation:
        value = Decimal(0)
    if not equals or not value.is_finite() or value <= 0:
        raise InputError("--answer", repr(text), "the dose's words, =, and an amount above 0")
    return words, value
