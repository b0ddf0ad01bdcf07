"""Reader of `facts.yaml`: facts with their sources; every error names line and key."""

import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import YamlTree, read_tree
from trialwright.record.facts import (
    CriterionFact,
    Fact,
    FieldFact,
    LabelsFact,
    Source,
    TopicFact,
)

_KINDS = ("field", "criterion", "labels", "design")
_COMMON = ("value", "source", "seen_on")
_SECTIONS = ("inclusion", "exclusion")

_short = reprlib.Repr()
_short.maxstring = 80


@dataclass(frozen=True, slots=True)
class _Entry:
    """One fact of the file as it stands there, and the names of its places."""

    value: Any
    at: int
    tree: YamlTree
    name: str

    def place(self, key: str = "") -> str:
        """Name the entry, or one of its keys, with its line."""
        step = f"facts[{self.at}]" + (f".{key}" if key else "")
        return f"{self.name}, line {self.tree.line(f'$.{step}')}, {step}"


def read_facts(data: bytes, name: str) -> tuple[Fact, ...]:
    """Read facts; raise InputError naming the line and the key that is wrong."""
    tree = read_tree(data, name)
    top = tree.value
    if not isinstance(top, dict) or set(top) != {"facts"}:
        raise InputError(f"{name}, line 1", "no list 'facts'", "one key, facts, with a list")
    entries = top["facts"]
    if not isinstance(entries, list) or not entries:
        raise InputError(f"{name}, facts", "no list", "a list of facts")
    return tuple(_fact(_Entry(entry, at, tree, name)) for at, entry in enumerate(entries))


def _fact(entry: _Entry) -> Fact:
    if not isinstance(entry.value, Mapping):
        wanted = f"one of {', '.join(_KINDS)} with {', '.join(_COMMON)}"
        raise InputError(entry.place(), "no mapping", wanted)
    kinds = [kind for kind in _KINDS if kind in entry.value]
    if len(kinds) != 1:
        what = f"{len(kinds)} of its keys"
        raise InputError(entry.place(), what, f"exactly one of {', '.join(_KINDS)}")
    known = {kinds[0], *_COMMON} | ({"replaces"} if kinds[0] in ("field", "criterion") else set())
    for key in entry.value:
        if key not in known:
            raise InputError(entry.place(key), repr(key), f"one of {', '.join(sorted(known))}")
    for key in _COMMON:
        if entry.value.get(key) is None:
            raise InputError(entry.place(), f"no {key}", f"a value for {key}")
    return _of_kind(kinds[0], entry)


def _of_kind(kind: str, entry: _Entry) -> Fact:
    source = Source(_text(entry, "source"), _text(entry, "seen_on"), entry.place())
    if kind == "field":
        return FieldFact(
            _text(entry, "field"), _plain(entry, "value"), source, _plain(entry, "replaces")
        )
    if kind == "criterion":
        return _criterion(entry, source)
    if kind == "labels":
        return LabelsFact(_text(entry, "labels"), _texts(entry, "value"), source)
    return TopicFact(_text(entry, "design"), _topic_value(entry), source)


def _criterion(entry: _Entry, source: Source) -> CriterionFact:
    place = entry.place("criterion")
    criterion = entry.value["criterion"]
    if not isinstance(criterion, Mapping) or set(criterion) != {"section", "number"}:
        wanted = "section: inclusion or exclusion, number: 1"
        raise InputError(place, _short.repr(criterion), wanted)
    section, number = criterion["section"], criterion["number"]
    if section not in _SECTIONS:
        raise InputError(f"{place}.section", _short.repr(section), "inclusion or exclusion")
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 999:
        raise InputError(f"{place}.number", _short.repr(number), "a whole number from 1 to 999")
    replaces = _text(entry, "replaces") if "replaces" in entry.value else None
    return CriterionFact(section, number, _text(entry, "value"), source, replaces)


def _topic_value(entry: _Entry) -> str | int | float | tuple[Any, ...]:
    value = _plain(entry, "value")
    if isinstance(value, tuple):
        if all(isinstance(v, str | int | float) and not isinstance(v, bool) for v in value):
            return value
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    wanted = "a text, a number, or a list of them"
    raise InputError(entry.place("value"), _short.repr(value), wanted)


def _text(entry: _Entry, key: str) -> str:
    """Return a key's text on one line."""
    value = entry.value[key]
    if not isinstance(value, str) or not value.strip():
        raise InputError(entry.place(key), _short.repr(value), "a text")
    return " ".join(value.split())


def _texts(entry: _Entry, key: str) -> tuple[str, ...]:
    value = entry.value[key]
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise InputError(entry.place(key), _short.repr(value), "a list of texts")
    return tuple(value)


def _plain(entry: _Entry, key: str) -> Any:
    """Return a key's value with lists as tuples; None where the entry has no such key."""
    return _frozen(entry.value.get(key), entry.place(key))


def _frozen(value: Any, where: str, depth: int = 0) -> Any:
    if depth > 8:
        raise InputError(where, "a value nested too deep", "a value at most 8 levels deep")
    match value:
        case str():
            return value.strip()
        case float() if not math.isfinite(value):
            raise InputError(where, str(value), "a finite number")
        case dict():
            return {key: _frozen(inside, where, depth + 1) for key, inside in value.items()}
        case list():
            return tuple(_frozen(inside, where, depth + 1) for inside in value)
        case _:
            return value
