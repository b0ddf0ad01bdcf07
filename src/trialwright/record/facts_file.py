"""Reader of `facts.yaml`: facts with their sources; every error names line and key."""

import math
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean

from trialwright.core.errors import InputError
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
MAX_BYTES = 1_000_000


def read_facts(data: bytes, name: str) -> tuple[Fact, ...]:
    """Read facts; raise InputError naming the line and the key that is wrong."""
    top = _load(data, name)
    if not isinstance(top, CommentedMap) or set(top) != {"facts"}:
        raise InputError(f"{name}, line 1", "no list 'facts'", "one key, facts, with a list")
    entries = top["facts"]
    if not isinstance(entries, CommentedSeq) or not entries:
        raise InputError(f"{name}, facts", "no list", "a list of facts")
    return tuple(_fact(entries, at, name) for at in range(len(entries)))


def _load(data: bytes, name: str) -> Any:
    if len(data) > MAX_BYTES:
        raise InputError(name, f"{len(data)} bytes", f"a facts file of at most {MAX_BYTES} bytes")
    yaml = YAML(typ="rt", pure=True)
    try:
        return yaml.load(data.decode("utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        at = f"{name}, line {mark.line + 1}" if mark else name
        raise InputError(at, str(error.problem or "not YAML"), "YAML") from error
    except YAMLError as error:
        raise InputError(name, " ".join(str(error).split()), "YAML") from error
    except UnicodeDecodeError as error:
        raise InputError(name, f"byte {error.start} is not UTF-8", "YAML in UTF-8") from error
    except Exception as error:  # the YAML library lets some faults of its scalars through
        why = " ".join(str(error).split())
        raise InputError(name, f"YAML that cannot be read ({why})", "YAML") from error


def _fact(entries: CommentedSeq, at: int, name: str) -> Fact:
    where = f"{name}, line {entries.lc.item(at)[0] + 1}, facts[{at}]"
    entry = entries[at]
    if not isinstance(entry, CommentedMap):
        raise InputError(
            where, "no mapping", f"one of {', '.join(_KINDS)} with {', '.join(_COMMON)}"
        )
    kinds = [kind for kind in _KINDS if kind in entry]
    if len(kinds) != 1:
        raise InputError(where, f"{len(kinds)} of its keys", f"exactly one of {', '.join(_KINDS)}")
    known = {kinds[0], *_COMMON} | ({"replaces"} if kinds[0] in ("field", "criterion") else set())
    for key in entry:
        if key not in known:
            wanted = f"one of {', '.join(sorted(known))}"
            raise InputError(_key_place(entry, key, where), repr(key), wanted)
    for key in _COMMON:
        if entry.get(key) is None:
            raise InputError(where, f"no {key}", f"a value for {key}")
    return _of_kind(kinds[0], entry, where)


def _of_kind(kind: str, entry: CommentedMap, where: str) -> Fact:
    source = Source(_text(entry, "source", where), _text(entry, "seen_on", where), where)
    if kind == "field":
        replaces = _plain(entry.get("replaces"), _key_place(entry, "replaces", where))
        value = _plain(entry["value"], _key_place(entry, "value", where))
        return FieldFact(_text(entry, "field", where), value, source, replaces)
    if kind == "criterion":
        return _criterion(entry, source, where)
    if kind == "labels":
        return LabelsFact(_text(entry, "labels", where), _texts(entry, "value", where), source)
    return TopicFact(_text(entry, "design", where), _topic_value(entry, where), source)


def _criterion(entry: CommentedMap, source: Source, where: str) -> CriterionFact:
    place = _key_place(entry, "criterion", where)
    criterion = entry["criterion"]
    if not isinstance(criterion, Mapping) or set(criterion) != {"section", "number"}:
        raise InputError(place, repr(criterion), "section: inclusion or exclusion, number: 1")
    section, number = criterion["section"], criterion["number"]
    if section not in _SECTIONS:
        raise InputError(f"{place}.section", repr(section), "inclusion or exclusion")
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 999:
        raise InputError(f"{place}.number", repr(number), "a whole number from 1 to 999")
    replaces = _text(entry, "replaces", where) if "replaces" in entry else None
    value = _text(entry, "value", where)
    return CriterionFact(str(section), int(number), value, source, replaces)


def _topic_value(entry: CommentedMap, where: str) -> str | int | float | tuple[Any, ...]:
    value = _plain(entry["value"], _key_place(entry, "value", where))
    if isinstance(value, tuple):
        if all(isinstance(v, str | int | float) and not isinstance(v, bool) for v in value):
            return value
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    wanted = "a text, a number, or a list of them"
    raise InputError(_key_place(entry, "value", where), repr(value), wanted)


def _text(entry: CommentedMap, key: str, where: str) -> str:
    """Return a key's text on one line."""
    value = entry[key]
    if not isinstance(value, str) or not value.strip():
        raise InputError(_key_place(entry, key, where), repr(value), "a text")
    return " ".join(value.split())


def _texts(entry: CommentedMap, key: str, where: str) -> tuple[str, ...]:
    value = entry[key]
    if not isinstance(value, CommentedSeq) or not all(isinstance(v, str) for v in value):
        raise InputError(_key_place(entry, key, where), repr(value), "a list of texts")
    return tuple(str(v) for v in value)


def _key_place(entry: CommentedMap, key: Any, where: str) -> str:
    try:
        line = entry.lc.key(key)[0] + 1
    except (KeyError, AttributeError):
        return f"{where}.{key}"
    head, _, item = where.rpartition(", ")
    return f"{head.partition(', line')[0]}, line {line}, {item}.{key}"


def _plain(value: Any, where: str, depth: int = 0) -> Any:
    """Return plain values for the YAML library's own; refuse what is no text, number or list."""
    if depth > 8:
        raise InputError(where, "a value nested too deep", "a value at most 8 levels deep")
    match value:
        case ScalarBoolean():
            return bool(value)
        case None | bool():
            return value
        case int():
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
        case str():
            return str(value).strip()
        case Mapping():
            return {str(k): _plain(v, where, depth + 1) for k, v in value.items()}
        case list() | tuple():
            return tuple(_plain(v, where, depth + 1) for v in value)
        case _:
            raise InputError(where, repr(value), "a text, a number or a list; quote a date")
