"""The latest observation on record, where dates may be partial: every one that may be the latest.

A value counts when it is dated on or before the day of screening and inside the window. Of those,
the latest decides. Where dates leave the order open, all values that may be the latest must agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trialwright.core.dates import PartialDate
from trialwright.core.truth import Truth
from trialwright.screening.model import Code, Evidence, Observation, UnknownKind, Verdict
from trialwright.screening.resemblance import fit, folded
from trialwright.screening.setting import Setting, Window, unknown
from trialwright.screening.terms import MeasureTerm

_NAMED = 3  # so many values are named as evidence


@dataclass(frozen=True, slots=True)
class Latest:
    """The observations that may be the latest; `sure` where at least one certainly counts."""

    candidates: tuple[Observation, ...]
    sure: bool
    older: bool  # values exist, but before the window


def latest(at: Setting, codes: frozenset[Code], window: Window) -> Latest:
    """Return what may be the latest observation with one of the codes in the window."""
    known = at.observed(codes)
    inside = tuple(o for o in known if window.holds(o.effective) is not Truth.FALSE)
    certain = tuple(o for o in inside if window.holds(o.effective) is Truth.TRUE)
    candidates = tuple(o for o in inside if not any(_precedes(o, other) for other in certain))
    older = any(o.effective and o.effective.latest() < window.first for o in known)
    return Latest(candidates, bool(certain), older)


def window_for(at: Setting, name: str) -> Window:
    """Return the days whose values of a measure or scale count: the window and its validity."""
    valid = at.policy.valid_for.get(name)
    if valid is None:
        return at.days
    return at.days.meet(Window.back(valid, at.on))


def agreed(verdicts: Iterable[Verdict], found: Latest, label: str) -> Verdict:
    """Return the verdict that all candidates share; unknown where they, or the dates, do not."""
    each = tuple(verdicts)
    if not each:
        return _nothing(found, label)
    evidence = tuple(piece for verdict in each for piece in verdict.evidence)
    kind: UnknownKind
    if len({verdict.truth for verdict in each}) > 1:
        kind = next((v.unknown for v in each if v.unknown), "no_data")
        note = unknown(kind, label, "the dates do not tell which value is the latest")
    elif not found.sure:
        kind, note = "stale", unknown("stale", label, "the date does not tell whether it counts")
    else:
        return Verdict(each[0].truth, each[0].unknown, evidence)
    return Verdict(Truth.UNKNOWN, kind, evidence + note.evidence)


def seen(
    observation: Observation, label: str, rule: str, truth: Truth, steps: str | None = None
) -> Evidence:
    """Return an observation as evidence: its value as recorded, converted in words, its date."""
    day = str(observation.effective) if observation.effective else None
    return Evidence(observation.id, label, observation.recorded, steps, day, rule, truth)


def nothing(term: MeasureTerm, at: Setting) -> Verdict:
    """Return that no value is on record, beside values that may be it although no code says so."""
    none = unknown("no_data", term.label, "nothing on record")
    named = [
        seen(each, each.words, f"is it {term.label}? {why}; a person decides", Truth.UNKNOWN)
        for each in at.patient.observations
        if (why := _resemblance(each, term, at))
    ]
    return Verdict(Truth.UNKNOWN, "no_data", (*named[:_NAMED], *none.evidence))


def _resemblance(observation: Observation, term: MeasureTerm, at: Setting) -> str | None:
    """Say why a value may be of a measure; None where it is not, or is known to be of another."""
    if observation.value is None or at.days.holds(observation.effective) is Truth.FALSE:
        return None
    if not fit(term.names, folded(observation.words)):
        return None
    if any(each.codes.intersection(observation.codes) for each in at.terms.measures.values()):
        return None
    return (
        "its words name this, and its code is not listed"
        if observation.codes
        else "its words name this, and it has no code"
    )


def _nothing(found: Latest, label: str) -> Verdict:
    if found.older:
        return unknown("stale", label, "the values on record are too old to count")
    return unknown("no_data", label, "nothing on record")


def _precedes(one: Observation, other: Observation) -> bool:
    if one is other:
        return False
    if one.instant and other.instant:
        return one.instant < other.instant
    return _last(one.effective) < _first(other.effective)


def _first(day: PartialDate | None) -> date:
    return day.earliest() if day else date.min


def _last(day: PartialDate | None) -> date:
    return day.latest() if day else date.max
