"""An example: which files the main job takes, and the settings it is played with."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec

from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import YamlTree, read_tree

_MOST_BYTES = 64 * 1024
_AT = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>\$[^`]*)`)?", re.DOTALL)
_Rate = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of example.yaml; a key that it does not know is refused."""


class Screening(Part, frozen=True):
    """The patients to screen, on which day, and where silence of the record means no."""

    patients: str
    on: date
    closed_world: tuple[str, ...] = ()
    answers: str | None = None


class RehearsalSettings(Part, frozen=True):
    """The seed and the first day of the simulated trial."""

    seed: Annotated[int, msgspec.Meta(ge=0)]
    start: date


class Example(Part, frozen=True):
    """The file example.yaml, key for key."""

    record: str
    screening: Screening
    rehearsal: RehearsalSettings
    true_rates: tuple[tuple[_Rate, ...], ...]
    facts: str | None = None


def read_example(folder: Path) -> Example:
    """Read a folder's example.yaml; InputError names the key that is wrong."""
    path = folder / "example.yaml"
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(path), why, "an example's file") from error
    tree = read_tree(data, str(path), _MOST_BYTES)
    try:
        return msgspec.convert(tree.value, Example)
    except msgspec.ValidationError as error:
        raise _located(str(error), tree, path) from error


def _located(message: str, tree: YamlTree, path: Path) -> InputError:
    found = _AT.fullmatch(message)
    what, at = (found["what"], found["path"] or "$") if found else (message, "$")
    where = f"{path}, line {tree.line(at)}, {at.removeprefix('$').lstrip('.') or 'the document'}"
    return InputError(where, what, "the keys of an example")
