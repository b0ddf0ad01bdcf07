"""An example: which files the main job takes, and the settings it is played with."""

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from trialwright.core.errors import InputError

_MOST_BYTES = 64 * 1024
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
            value = YAML(typ="safe").load(file.read(_MOST_BYTES))
        return msgspec.convert(value, Example)
    except OSError as error:
        raise InputError(str(path), error.strerror or "unreadable", "an example's file") from error
    except YAMLError as error:
        raise InputError(str(path), " ".join(str(error).split()), "YAML") from error
    except msgspec.ValidationError as error:
        raise InputError(str(path), str(error), "the keys of an example") from error
