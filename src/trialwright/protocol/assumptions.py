"""What a draft assumes where the record is silent: one data file, every value with its reason."""

from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec
from ruamel.yaml import YAML

from trialwright.protocol.model import Stated, Summary

T = TypeVar("T")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the file of assumptions."""


class Assumption(Entry, frozen=True):
    """A value and why it is taken; words in braces are filled in from the trial."""

    value: object
    reason: str


class VisitPlan(Entry, frozen=True):
    """A customary visit."""

    name: str
    day: int
    window_days: int


class EffectPlan(Entry, frozen=True):
    """A customary measure of effect."""

    measure: str
    summary: Summary
    question: str


class Effects(Entry, frozen=True):
    """What is customary for one condition."""

    endpoints: tuple[EffectPlan, ...]
    also_taken: tuple[str, ...]


class Assumptions(Entry, frozen=True):
    """The whole file."""

    version: str
    values: dict[str, Assumption]
    visits: tuple[VisitPlan, ...]
    effect_visit: str
    effects: dict[str, Effects]

    def taken(self, key: str, kind: type[T], **said: object) -> Stated[T]:
        """Return an assumed value with its reason."""
        value = msgspec.convert(self.values[key].value, kind)
        return Stated(value=value, assumed=True, reason=self.reason(key, **said))

    def reason(self, key: str, **said: object) -> str:
        """Return the reason of an assumption."""
        return self.values[key].reason.format(**said)


@cache
def assumptions() -> Assumptions:
    """Return the project's assumptions for first trials in humans."""
    text = (files(__package__) / "assumptions.yaml").read_text(encoding="utf-8")
    return msgspec.convert(YAML(typ="safe", pure=True).load(text), Assumptions)
