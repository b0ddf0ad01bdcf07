"""Names found in a text: longest first from the left, whole words, in one pass for any number.

The whole interface:

    matcher = Matcher((("heart failure", "heart_failure"), ("MS", "multiple_sclerosis")))
    matcher.find(text)     -> [Mention(start, end, value), ...] in order, none overlapping
    matcher.every(text)    -> the same, overlapping ones too
    matcher.whole(text)    -> the value of a text that is nothing but a name, or None

Spans are those of the text as it was given. A name is found in any case, as a plural, in British or
American spelling, with hyphens for spaces and the other way round (see `spelling`). A name of at
most four characters that is written in capitals is found only as it is written, with or without a
plural s: `MS` is no `ms`. A name does not begin behind a hyphen (`non-diabetic`, `pre-diabetes`).
Where two names have one spelling, the first keeps it.

Aho-Corasick by `ahocorasick_rs`; time is linear in the text, whatever the number of names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from trialwright.protocol.criteria.spelling import normal, spelled

T = TypeVar("T")
_SHORT = 4  # characters
_HYPHENS = "-‐‑"


class Mention(NamedTuple, Generic[T]):
    """A name in a text: its span, and the value that stands for it."""

    start: int
    end: int
    value: T


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    """What one normal form stands for: in any case, and as written in capitals."""

    any_case: "list[T]"  # none or one
    written: "dict[str, T]"


class Matcher(Generic[T]):
    """Names and their values, ready to be found; see the module for the rules."""

    def __init__(self, names: Iterable[tuple[str, T]]) -> None:
        entries: dict[str, _Entry[T]] = {}
        for name, value in names:
            if form := normal(name):
                entry = entries.setdefault(form, _Entry([], {}))
                if is_short_form(name):
                    entry.written.setdefault(name, value)
                elif not entry.any_case:
                    entry.any_case.append(value)
        self._entries = entries
        self._values = list(entries.values())
        self._automaton = AhoCorasick(
            list(entries), MatchKind.Standard, False, Implementation.ContiguousNFA
        )

    def __len__(self) -> int:
        return len(self._values)

    def find(self, text: str) -> list[Mention[T]]:
        """Return the mentions in a text: leftmost, then longest, none overlapping."""
        return self._mentions(text, overlapping=False)

    def every(self, text: str) -> list[Mention[T]]:
        """Return all mentions, overlapping ones too: by start, the longest first."""
        return self._mentions(text, overlapping=True)

    def whole(self, text: str) -> T | None:
        """Return the value of a text that is a name and nothing else."""
        entry = self._entries.get(normal(text))
        own = text.strip()
        return _value(entry, own, 0, len(own)) if entry else None

    def _mentions(self, text: str, *, overlapping: bool) -> list[Mention[T]]:
        form = spelled(text)
        found = self._automaton.find_matches_as_indexes(form.normal, overlapping=True)
        if not found:
            return []
        if len(found) > 1:
            found.sort(key=_from_left)
        mentions: list[Mention[T]] = []
        places = form.places()
        at = 0  # of the normal form
        for index, first, last in found:
            if first < at and not overlapping:
                continue
            start, end = places.span(first, last)
            value = _value(self._values[index], text, start, end)
            if value is not None and not _is_behind_hyphen(text, start):
                mentions.append(Mention(start, end, value))
                at = last
        return mentions


def _from_left(found: tuple[int, int, int]) -> tuple[int, int]:
    """Return what a match is sorted by: its start, the longest first."""
    return found[1], -found[2]


def is_short_form(name: str) -> bool:
    """Say whether a name is a short form in capitals, found only as it is written."""
    return len(name) <= _SHORT and name.upper() == name and name.lower() != name


def _value(entry: _Entry[T], text: str, start: int, end: int) -> T | None:
    if entry.written:
        written = text[start:end]
        for name in (written, written.removesuffix("s")):
            if name in entry.written:
                return entry.written[name]
    return entry.any_case[0] if entry.any_case else None


def _is_behind_hyphen(text: str, start: int) -> bool:
    return start > 1 and text[start - 1] in _HYPHENS and text[start - 2].isalnum()
