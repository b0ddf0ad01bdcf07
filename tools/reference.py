"""Write docs/reference from the program itself.

usage: python tools/reference.py [--check]

With --check nothing is written; the status is 1 where a page is out of date.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec

from trialwright.conduct.events import AnyEvent, Event
from trialwright.conduct.permissions import PERMITTED
from trialwright.interfaces.cli.main import COMMANDS, app
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.schema import protocol_schema

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"


def commands() -> Iterator[str]:
    """Every command with its options."""
    yield "# Commands\n"
    yield "Exit status: 0 done, 1 the answer is no or a check failed, 2 the input or the call was"
    yield "wrong. `--json` prints one JSON document on stdout; messages go to stderr.\n"
    for name in COMMANDS:
        text: str = app[name].generate_docs(heading_level=2, usage_name=f"trialwright {name}")
        yield _without_contents(text) + "\n"


def _without_contents(text: str) -> str:
    head, contents, tail = text.partition("## Table of Contents")
    return head + tail.partition("**Commands**")[2].partition("\n\n")[2] if contents else text


def protocol() -> Iterator[str]:
    """Every key of protocol.yaml."""
    yield "# protocol.yaml\n"
    yield "A key marked *stated* holds `value` with `source`, or `value` with `assumed: true` and"
    yield "`reason`. `trialwright protocol schema` prints the JSON schema.\n"
    parts = protocol_schema()["$defs"]
    for name, part in parts.items():
        if part.get("properties") and not name.startswith("Stated"):
            yield from _keys(name, part)


def _keys(name: str, part: dict[str, Any]) -> Iterator[str]:
    yield f"## {name}\n\n{part.get('description', '')}\n\n| Key | Kind | Required |\n|---|---|---|"
    required = part.get("required", ())
    for key, kind in part["properties"].items():
        yield f"| `{key}` | {_kind(kind)} | {'yes' if key in required else ''} |"
    yield ""


def _kind(kind: dict[str, Any]) -> str:
    if "$ref" in kind:
        name = kind["$ref"].rpartition("/")[2]
        return f"stated {_stated(name)}" if name.startswith("Stated") else name
    if "anyOf" in kind:
        return " or ".join(_kind(each) for each in kind["anyOf"])
    if "enum" in kind:
        return " or ".join(f"`{each}`" for each in kind["enum"])
    if kind.get("type") == "array":
        return f"list of {_kind(kind['items'])}" if kind.get("items") else "list"
    limits = [f"{word} {kind[key]}" for key, word in _LIMITS.items() if key in kind]
    return " ".join([str(kind.get("type", "any")), *limits])


_LIMITS = {
    "exclusiveMinimum": ">", "minimum": ">=", "exclusiveMaximum": "<", "maximum": "<=",
    "pattern": "like",
}  # fmt: skip


def _stated(name: str) -> str:
    value = protocol_schema()["$defs"][name]["properties"]["value"]
    return _kind(value)


def events() -> Iterator[str]:
    """Everything that can stand in a journal."""
    yield "# Events of the journal\n"
    yield "Each entry adds sequence number, UTC time, actor, role, reason, and the hash of the"
    yield "entry before.\n"
    for event in get_args(AnyEvent):
        yield f"## {event.__name__}\n\n{inspect.getdoc(event)}\n"
        yield f"Recorded by: {', '.join(sorted(PERMITTED[event])).replace('_', ' ')}.\n"
        yield from _fields(event)


def _fields(event: type[Event]) -> Iterator[str]:
    yield "| Field | Type |\n|---|---|"
    for field in msgspec.structs.fields(event):
        yield f"| `{field.name}` | {_type_name(field.type)} |"
    yield ""


def _type_name(kind: Any) -> str:
    named = getattr(kind, "__name__", None) if not get_args(kind) else None
    text = str(named or kind)
    for noise in ("typing.", "datetime.", "decimal.", "trialwright.conduct.events."):
        text = text.replace(noise, "")
    return f"`{text}`".replace("|", "\\|")


def measures() -> Iterator[str]:
    """Every measure and scale of the lexicon."""
    known = lexicon()
    yield f"# Measures and scales\n\nVersion {known.version} of `measures.yaml`.\n"
    yield "| Name | What | Unit | LOINC |\n|---|---|---|---|"
    for name, measure in known.measures.items():
        yield f"| `{name}` | {measure.label} | {measure.unit} | {', '.join(measure.loinc)} |"
    yield "\n| Scale | What | Classes | LOINC |\n|---|---|---|---|"
    for name, scale in known.scales.items():
        classes, codes = ", ".join(scale.classes), ", ".join(scale.loinc)
        yield f"| `{name}` | {scale.label} | {classes} | {codes} |"


PAGES = {
    "commands.md": commands,
    "protocol.md": protocol,
    "events.md": events,
    "measures.md": measures,
}


def main(check: bool) -> int:
    """Write the pages, or say which are out of date."""
    stale = []
    for name, page in PAGES.items():
        text = "\n".join(page()).rstrip() + "\n"
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    if stale:
        print(f"{'out of date' if check else 'written'}: {', '.join(stale)}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
