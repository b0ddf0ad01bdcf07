"""YAML text into plain values, with the line of every key: no aliases, no tags, no duplicates.

Values are composed from the parser's events one by one, so that a hostile file (a million nested
brackets, a bomb of aliases) is refused at the first sign of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from trialwright.core.errors import InputError

LARGEST = 512 * 1024  # bytes; a protocol with forty criteria takes about 40,000
DEEPEST = 60

_BRACKETS = re.compile(rf"(?:[\[{{]\s*){{{DEEPEST}}}")
_INT = re.compile(r"[-+]?[0-9]{1,30}")
_HALF = re.compile(r"[\ud800-\udfff]")  # an escape such as "\ud800", which no file can hold
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class YamlTree:
    """A document's plain value, and the line of each path (`$.cohorts[0].size`), from 1."""

    value: object
    lines: Mapping[str, int]

    def line(self, path: str) -> int:
        """Return the line of a path, or of the nearest path that contains it."""
        while path not in self.lines and path != "$":
            path = path[: max(path.rfind("."), path.rfind("["), 1)]
        return self.lines.get(path, 1)


def read_tree(data: bytes, name: str) -> YamlTree:
    """Read one YAML document; raise InputError naming file and line for anything else."""
    if len(data) > LARGEST:
        raise InputError(name, f"{len(data)} bytes", f"a YAML file of at most {LARGEST} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}, byte {error.start}", "not UTF-8 text", "a YAML file") from error
    if _BRACKETS.search(text):
        raise InputError(name, "nested too deeply", f"at most {DEEPEST} levels")
    try:
        return _Composer(name, YAML(typ="rt", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise InputError(where, str(error.problem or "not YAML"), "a YAML file") from error
    except (YAMLError, ValueError) as error:
        raise InputError(name, "text that is not YAML", "a YAML file") from error


def _plain_value(text: str) -> object:
    """Return what a plain scalar means in YAML 1.2's core schema."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false") and text in (text.lower(), text.title(), text.upper()):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


class _Composer:
    """Builds values from events; one pass, and no deeper than DEEPEST."""

    def __init__(self, name: str, events: Iterator[Event]) -> None:
        self.name = name
        self.events = events
        self.lines: dict[str, int] = {}

    def document(self) -> YamlTree:
        started = False
        value: object = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if started:
                    raise self._error(event, "a second document", "one document")
                started = True
                value = self._value(next(self.events), "$", 0)
        return YamlTree(value, self.lines)

    def _value(self, event: Event, path: str, depth: int) -> object:
        if depth > DEEPEST:
            raise self._error(event, "nested too deeply", f"at most {DEEPEST} levels")
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._error(event, "an anchor or alias", "every value written out")
        if tag := getattr(event, "tag", None):
            raise self._error(event, f"the tag {tag}", "plain values without tags")
        self.lines.setdefault(path, self._line(event))
        match event:
            case ScalarEvent():
                return self._scalar(event)
            case SequenceStartEvent():
                return self._sequence(path, depth)
            case MappingStartEvent():
                return self._mapping(path, depth)
            case _:
                raise self._error(event, "no value", "a value")

    def _sequence(self, path: str, depth: int) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self.events), CollectionEndEvent):
            items.append(self._value(event, f"{path}[{len(items)}]", depth + 1))
        return items

    def _mapping(self, path: str, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := next(self.events), CollectionEndEvent):
            if not isinstance(event, ScalarEvent) or event.anchor or event.tag:
                raise self._error(event, "a key that is no plain text", "plain keys")
            key = self._text(event)
            if key in found:
                raise self._error(event, f"the key {key!r} a second time", "each key once")
            inside = f"{path}.{key}"
            self.lines[inside] = self._line(event)
            found[key] = self._value(next(self.events), inside, depth + 1)
        return found

    def _scalar(self, event: Any) -> object:
        plain = event.implicit[0]  # neither quoted nor a block of text
        text = self._text(event)
        return _plain_value(text) if plain else text

    def _text(self, event: ScalarEvent) -> str:
        text = str(event.value)
        if _HALF.search(text):
            raise self._error(event, "half a character", "whole text")
        return text

    def _line(self, event: Event) -> int:
        mark = event.start_mark
        return mark.line + 1 if mark else 1

    def _error(self, event: Event, what: str, wanted: str) -> InputError:
        return InputError(f"{self.name}, line {self._line(event)}", what, wanted)
