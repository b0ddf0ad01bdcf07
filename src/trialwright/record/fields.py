"""Fields of a study by their v2 path, such as `protocolSection.designModule.phases[0]`."""

import re
from typing import Any, get_args

import msgspec

from trialwright.core.errors import InputError
from trialwright.record.model import Study
from trialwright.record.model.base import Piece
from trialwright.record.vocabulary import FIELD_WORDS

_STEP = re.compile(r"([A-Za-z][A-Za-z0-9]*)((?:\[[0-9]{1,4}\])*)")
Step = str | int
_LONGEST_PATH = 300
_LONGEST_SHOWN = 200


def parse_path(text: str, where: str) -> tuple[Step, ...]:
    """Split a path into names and positions; raise InputError where it is none."""
    steps: list[Step] = []
    for part in text.split("."):
        match = _STEP.fullmatch(part) if len(text) <= _LONGEST_PATH else None
        if not match:
            wanted = "a field path such as protocolSection.designModule"
            raise InputError(where, _shown(text), wanted)
        steps += [match[1], *(int(n) for n in re.findall(r"[0-9]+", match[2]))]
    return tuple(steps)


def path_text(path: tuple[Step, ...]) -> str:
    """Write a path as `parse_path` reads it."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).lstrip(".")


def get(study: Study, path: tuple[Step, ...], where: str) -> Any:
    """Return what stands at a path (None where nothing does); InputError where no field is."""
    value: Any = study
    kind: Any = Study
    for at, step in enumerate(path):
        kind = _kind_at(kind, step, path[: at + 1], where)
        value = _value_at(value, step)
    return value


def put(study: Study, path: tuple[Step, ...], value: Any, where: str) -> Study:
    """Return the study with `value` at the path, checked against the field's type and words."""
    placed: Study = _put(study, Study, path, 0, value, where)
    return placed


def _put(at: Any, kind: Any, path: tuple[Step, ...], depth: int, value: Any, where: str) -> Any:
    if depth == len(path):
        return _typed(kind, value, path, where)
    step = path[depth]
    inner_kind = _kind_at(kind, step, path[: depth + 1], where)
    inner = _put(_value_at(at, step), inner_kind, path, depth + 1, value, where)
    if isinstance(step, int):
        return _with_item(at or (), step, inner, path[: depth + 1], where)
    owner = _piece(kind)
    name = _field(owner, step, path[: depth + 1], where).name
    if depth + 1 == len(path):
        _check_words(owner, name, inner, path, where)
    return (
        msgspec.structs.replace(at, **{name: inner}) if at is not None else owner(**{name: inner})
    )


def _with_item(
    items: tuple[Any, ...], at: int, item: Any, path: tuple[Step, ...], where: str
) -> tuple[Any, ...]:
    if at > len(items):
        raise InputError(where, path_text(path), f"a position from 0 to {len(items)}")
    return (*items[:at], item, *items[at + 1 :])


def _typed(kind: Any, value: Any, path: tuple[Step, ...], where: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise InputError(where, f"{path_text(path)} = {_shown(value)}", str(error)) from error


def _check_words(
    owner: type[Piece], name: str, value: Any, path: tuple[Step, ...], where: str
) -> None:
    words = FIELD_WORDS.get((owner, name))
    given = value if isinstance(value, tuple) else (value,)
    for word in given:
        if words and word not in words:
            wanted = "one of " + ", ".join(words)
            raise InputError(where, f"{path_text(path)} = {_shown(word)}", wanted)


def _value_at(value: Any, step: Step) -> Any:
    if value is None:
        return None
    if isinstance(step, int):
        return value[step] if step < len(value) else None
    names = {f.encode_name: f.name for f in msgspec.structs.fields(value)}
    return getattr(value, names[step])


def _kind_at(kind: Any, step: Step, path: tuple[Step, ...], where: str) -> Any:
    """Return the type of the field or item that a step leads to."""
    if isinstance(step, int):
        inner = get_args(_present(kind))
        if not inner:
            raise InputError(where, path_text(path), "a field that is a list")
        return inner[0]
    return _field(_piece(kind), step, path, where).type


def _field(
    owner: type[Piece] | None, step: Step, path: tuple[Step, ...], where: str
) -> msgspec.structs.FieldInfo:
    for field in msgspec.structs.fields(owner) if owner else ():
        if field.encode_name == step:
            return field
    raise InputError(where, path_text(path), "a field of the registry's API v2")


def _piece(kind: Any) -> Any:
    present = _present(kind)
    return present if isinstance(present, type) and issubclass(present, Piece) else None


def _present(kind: Any) -> Any:
    """Drop `| None` from a type."""
    kinds = [k for k in get_args(kind) if k is not type(None)]
    return kinds[0] if kinds and type(None) in get_args(kind) else kind


def _shown(value: Any) -> str:
    """Return a value of any size on one short line."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
