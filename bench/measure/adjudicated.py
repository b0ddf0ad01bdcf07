"""Corrections to the annotators' comparisons, each with its reason, from the file beside this one.

Every pair of the test part on which the reader and the annotation differed was read once, by hand,
against its text; where it was in doubt the annotation stands. Pairs on which both agree were not
read. No rule of the reader was changed for what was seen there.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import md5
from pathlib import Path

from ruamel.yaml import YAML

from measure.comparisons import Stated
from measure.logic_pairs import Pair

_FILE = Path(__file__).with_suffix("").with_name("comparisons_adjudicated.yaml")


@dataclass(frozen=True, slots=True)
class Correction:
    """What an annotation has too much and what it lacks; neither, where it is right."""

    drop: tuple[Stated, ...]
    add: tuple[Stated, ...]

    def __call__(self, gold: tuple[Stated, ...]) -> tuple[Stated, ...]:
        """Return an annotation as it should be; ValueError where it is not what was read."""
        left = list(gold)
        for each in self.drop:
            left.remove(next((one for one in left if _is(one, each)), each))
        return (*left, *self.add)


def corrections() -> dict[str, Correction]:
    """Return the corrections by the digest of the pair's text."""
    entries = YAML(typ="safe").load(_FILE)
    return {
        entry["id"]: Correction(
            tuple(map(_stated, entry.get("drop", ()))), tuple(map(_stated, entry.get("add", ())))
        )
        for entry in entries
    }


def digest(pair: Pair) -> str:
    """Return what a pair goes by in the list."""
    return md5(pair.text.encode(), usedforsecurity=False).hexdigest()[:10]


def _is(one: Stated, other: Stated) -> bool:
    same = (one.op, one.value, one.unit) == (other.op, other.value, other.unit)
    return same and other.names <= one.names


def _stated(row: list[str]) -> Stated:
    name, op, value, *unit = row
    return Stated(frozenset({name}), op, _value(op, value), unit[0] if unit else None)


def _value(op: str, value: str) -> Decimal | str:
    if op == "in":
        return value
    try:
        return Decimal(value).normalize()
    except InvalidOperation:
        return value
