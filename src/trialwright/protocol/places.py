"""What the model allows at a place of the file: the keys of an object, or the words of a choice."""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import inspect

from trialwright.protocol.model import Protocol

_STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?:\d+|\.\.\.)\]")


def keys_at(path: str, whole: type = Protocol) -> tuple[str, ...]:
    """Return the keys that an object at a path such as `$.cohorts[0]` can have.

    >>> keys_at("$.gate.stagger")
    ('value', 'source', 'assumed', 'reason', 'confirmed')
    """
    kinds = (kind for kind in _kinds_at(path, whole) if isinstance(kind, inspect.StructType))
    return tuple(field.encode_name for kind in kinds for field in kind.fields)


def words_at(path: str, whole: type = Protocol) -> tuple[str, ...]:
    """Return the words that the value at a path is chosen from, sorted; none where it is no choice.

    >>> words_at("$.endpoints[0].role")
    ('primary', 'secondary')
    """
    kinds = (kind for kind in _kinds_at(path, whole) if isinstance(kind, inspect.LiteralType))
    return tuple(str(word) for kind in kinds for word in kind.values)


def _kinds_at(path: str, whole: type) -> tuple[inspect.Type, ...]:
    kinds = tuple(_alternatives(_type(whole)))
    for step in _STEP.finditer(path.removeprefix("$")):
        inner = (_inside(kind, step["key"]) for kind in kinds)
        kinds = tuple(each for kind in inner if kind for each in _alternatives(kind))
    return kinds


def _inside(kind: inspect.Type, key: str | None) -> inspect.Type | None:
    if isinstance(kind, inspect.StructType) and key is not None:
        return next((field.type for field in kind.fields if field.encode_name == key), None)
    if isinstance(kind, inspect.DictType) and key is not None:
        return kind.value_type
    if isinstance(kind, inspect.VarTupleType) and key is None:
        return kind.item_type
    return None


def _alternatives(kind: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.UnionType):
        yield from kind.types
    elif isinstance(kind, inspect.Metadata):
        yield from _alternatives(kind.type)
    else:
        yield kind


@cache
def _type(whole: type) -> inspect.Type:
    return inspect.type_info(whole)
