"""YAML text into plain values, with the line of every key: no aliases, no tags, no duplicates.

Values are composed from the parser's events one by one, so that a hostile file (a million nested
brackets, a bomb of aliases) is refused at the first sign of it, and time and memory grow with the
file's length alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

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
LONGEST_KEY = 200  # characters

_BRACKETS = re.compile(rf"(?:[\[{{]\s*){{{DEEPEST}}}")
_INT = re.compile(r"[-+]?[0-9]{1,30}")
_HALF = re.compile(r"[\ud800-\udfff]")  # an escape such as "\ud800", which no file can hold
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_KEY = re.compile(r"\.([^.\[]*)")
_ITEM = re.compile(r"\[([0-9]{1,9})\]")


class Branch(NamedTuple):
    """The line of a mapping or a list, and the lines of what is in it, by key or in order."""

    line: int
    inside: "Mapping[str, Lines] | Sequence[Lines]"


Lines: TypeAlias = int | Branch


@dataclass(frozen=True, slots=True)
class YamlTree:
    """A document's plain value, and the lines (from 1) of what it holds, in the same shape."""

    value: object
    lines: Lines

    def line(self, path: str) -> int:
        """Return the line of a path (`$.cohorts[0].size`), or of the nearest one around it."""
        at, rest = self.lines, path.removeprefix("$")
        while isinstance(at, Branch) and (step := _step(at, rest)):
            at, rest = step
        return at.line if isinstance(at, Branch) else at


def read_tree(data: bytes, name: str, largest: int = LARGEST) -> YamlTree:
    """Read one YAML document; raise InputError naming file and line for anything else.

    `largest` is the most bytes that the file may have.
    """
    if len(data) > largest:
        raise InputError(name, f"{len(data)} bytes", f"a YAML file of at most {largest} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}, byte {error.start}", "not UTF-8 text", "a YAML file") from error
    if _BRACKETS.search(text):
        raise InputError(name, "nested too deeply", f"at most {DEEPEST} levels")
    try:
        return _Composer(name, YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise InputError(where, str(error.problem or "not YAML"), "a YAML file") from error
    except (YAMLError, ValueError) as error:
        raise InputError(name, "text that is not YAML", "a YAML file") from error


def _step(at: Branch, rest: str) -> tuple[Lines, str] | None:
    """Return what the path's next step leads to, and the rest of the path."""
    if isinstance(at.inside, Mapping):
        key = _KEY.match(rest)
        if rest[1:] in at.inside:  # a key with dots of its own, which no schema knows
            return at.inside[rest[1:]], ""
        return (at.inside[key[1]], rest[key.end() :]) if key and key[1] in at.inside else None
    item = _ITEM.match(rest)
    if item and int(item[1]) < len(at.inside):
        return at.inside[int(item[1])], rest[item.end() :]
    return None


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

    def document(self) -> YamlTree:
        tree: YamlTree | None = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if tree:
                    raise self._error(event, "a second document", "one document")
                tree = YamlTree(*self._value(next(self.events), 0))
        return tree or YamlTree(None, 1)

    def _value(self, event: Event, depth: int) -> tuple[object, Lines]:
        if depth > DEEPEST:
            raise self._error(event, "nested too deeply", f"at most {DEEPEST} levels")
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._error(event, "an anchor or alias", "every value written out")
        if tag := getattr(event, "tag", None):
            raise self._error(event, f"the tag {tag}", "plain values without tags")
        match event:
            case ScalarEvent():
                return self._scalar(event), _line(event)
            case SequenceStartEvent():
                return self._sequence(event, depth)
            case MappingStartEvent():
                return self._mapping(event, depth)
            case _:
                raise self._error(event, "no value", "a value")

    def _sequence(self, start: Event, depth: int) -> tuple[list[object], Branch]:
        items: list[object] = []
        lines: list[Lines] = []
        while not isinstance(event := next(self.events), CollectionEndEvent):
            item, line = self._value(event, depth + 1)
            items.append(item)
            lines.append(line)
        return items, Branch(_line(start), lines)

    def _mapping(self, start: Event, depth: int) -> tuple[dict[str, object], Branch]:
        found: dict[str, object] = {}
        lines: dict[str, Lines] = {}
        while not isinstance(event := next(self.events), CollectionEndEvent):
            key = self._key(event)
            if key in found:
                raise self._error(event, f"the key {key!r} a second time", "each key once")
            found[key], line = self._value(next(self.events), depth + 1)
            # A key's line stands for its value's, which may begin further down.
            lines[key] = (
                line._replace(line=_line(event)) if isinstance(line, Branch) else (_line(event))
            )
        return found, Branch(_line(start), lines)

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent) or event.anchor or event.tag:
            raise self._error(event, "a key that is no plain text", "plain keys")
        key = self._text(event)
        if len(key) > LONGEST_KEY:
            wanted = f"keys of at most {LONGEST_KEY} characters"
            raise self._error(event, f"a key of {len(key)} characters", wanted)
        return key

    def _scalar(self, event: Any) -> object:
        plain = event.implicit[0]  # neither quoted nor a block of text
        text = self._text(event)
        return _plain_value(text) if plain else text

    def _text(self, event: ScalarEvent) -> str:
        text = str(event.value)
        if _HALF.search(text):
            raise self._error(event, "half a character", "whole text")
        return text

    def _error(self, event: Event, what: str, wanted: str) -> InputError:
        return InputError(f"{self.name}, line {_line(event)}", what, wanted)


def _line(event: Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 1
