"""What the criteria pages show: each criterion beside its reading, and what people signed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.codec import decode
from trialwright.protocol.criteria.trees import walk, with_left
from trialwright.protocol.criteria.wording import wording
from trialwright.protocol.criteria_file.actions import STATUSES, Action, allowed
from trialwright.protocol.criteria_file.completeness import DEGREES, completeness
from trialwright.protocol.criteria_file.entries import entry_hash
from trialwright.protocol.criteria_file.expression import write_expression
from trialwright.protocol.model import CriterionEntry
from trialwright.results.words import sentence

Origin = Literal["trial", "file", "record"]

ORIGINS: dict[Origin, tuple[str, str]] = {
    "trial": (
        "The running trial's protocol",
        "These criteria are part of the trial's journal. They change by an amendment of the "
        "protocol, not here.",
    ),
    "file": ("The criteria file", "Every change is signed and kept in the history of the file."),
    "record": ("The record, as the program reads it", "Nobody has worked on these criteria yet."),
}
# A mark for each degree, so that no meaning is in the colour alone.
MARKS = {"full": "●", "asked": "◕", "uncoded": "◑", "part": "◔", "none": "○"}
_STATUS_WORDS = {
    "auto": "read by the program",
    "reviewed": "reviewed",
    "edited": "edited",
    "locked": "locked",
}
_GLIMPSE = 60
_LEFT = nodes.Residue | nodes.Attest | nodes.Judgement


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion as the page shows it."""

    id: str
    text: str
    reading: str
    left: tuple[str, ...]
    degree: str
    degree_words: str
    mark: str
    status: str
    status_words: str
    signed: str
    seen: str
    expr: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter: its value, its words, how many there are, and whether it is chosen."""

    value: str
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class CriteriaPage:
    """The whole page. `editor` is whoever may edit here; empty, nobody may."""

    nct_id: str
    title: str
    origin: Origin
    origin_words: str
    explanation: str
    others: tuple[tuple[Origin, str], ...]
    sections: tuple[tuple[str, tuple[CriterionView, ...]], ...]
    statuses: tuple[Choice, ...]
    degrees: tuple[Choice, ...]
    shown: int
    total: int
    leftover: tuple[tuple[str, str], ...]
    editor: str
    how_to_edit: str
    simulated: bool = False
    named: str = ""  # what the vocabularies know of what the criteria name


def criterion_view(entry: CriterionEntry) -> CriterionView:
    """Return one criterion; its reading is made from the expression, never taken from a file."""
    node = decode(entry.expr, entry.id)
    degree = completeness(node)
    words = (part.words for part in walk(node) if isinstance(part, _LEFT))
    left = () if isinstance(node, _LEFT) else tuple(dict.fromkeys(words))
    return CriterionView(
        id=entry.id,
        text=entry.text,
        # What is left to a person stands in full below the reading.
        reading=sentence(wording(with_left(node, _glimpse) if left else node)),
        left=left,
        degree=degree,
        degree_words=DEGREES[degree].capitalize(),
        mark=MARKS[degree],
        status=entry.status,
        status_words=_STATUS_WORDS[entry.status].capitalize(),
        signed=f"{entry.by}, {_readable(entry.at)}" if entry.by and entry.at else "",
        seen=entry_hash(entry),
        expr=write_expression(entry.expr),
        actions=tuple(a for a in ("review", "edit", "lock", "unlock") if allowed(a, entry.status)),
    )


def _glimpse(words: str) -> str:
    return words if len(words) <= _GLIMPSE else words[:_GLIMPSE].rsplit(" ", 1)[0] + " …"


def sections_of(
    entries: Sequence[CriterionEntry], statuses: Iterable[str], degrees: Iterable[str]
) -> tuple[tuple[str, tuple[CriterionView, ...]], ...]:
    """Return the criteria of each section that a filter lets through; an empty filter lets all."""
    wanted, read = frozenset(statuses), frozenset(degrees)
    views = [(entry.section, criterion_view(entry)) for entry in entries]
    kept = [
        (section, view)
        for section, view in views
        if (not wanted or view.status in wanted) and (not read or view.degree in read)
    ]
    names = (("inclusion", "Inclusion criteria"), ("exclusion", "Exclusion criteria"))
    found = ((words, tuple(v for s, v in kept if s == section)) for section, words in names)
    return tuple((words, listed) for words, listed in found if listed)


def choices(
    entries: Sequence[CriterionEntry], statuses: Iterable[str], degrees: Iterable[str]
) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Return the filters by status and by degree, with how many criteria each has."""
    of_status = Counter(entry.status for entry in entries)
    of_degree = Counter(completeness(decode(entry.expr, entry.id)) for entry in entries)
    chosen, read = frozenset(statuses), frozenset(degrees)
    return (
        tuple(
            Choice(key, _STATUS_WORDS[key].capitalize(), of_status[key], key in chosen)
            for key in STATUSES
        ),
        tuple(
            Choice(key, f"{MARKS[key]} {words.capitalize()}", of_degree[key], key in read)
            for key, words in DEGREES.items()
        ),
    )


def history_of(history: Sequence[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    """Return what was done to a criterion, a line each, the newest first."""
    lines = []
    for entry in reversed(history):
        before, after = entry.get("before"), entry.get("after")
        ids = {part.get("id") for part in (before, after) if isinstance(part, dict)}
        if name in ids:
            why = f": {entry['why']}" if entry.get("why") else ""
            now = after["status"] if isinstance(after, dict) else "gone"
            lines.append(f"{_readable(entry['at'])}, {entry['by']}: {entry['what']} ({now}){why}")
    return tuple(lines)


def _readable(at: str | None) -> str:
    """Return a moment as people read it.

    >>> _readable("2031-02-03T04:05:06Z")
    '2031-02-03 04:05 UTC'
    """
    if at is None or len(at) < 20:
        return at or ""
    return f"{at[:10]} {at[11:16]} UTC"
