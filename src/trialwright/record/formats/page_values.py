"""The page's bare values, told apart by what they look like, or by their label."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from trialwright.record.formats.notes import Notes
from trialwright.record.formats.sections import ALIKE, LABELLED_ONLY, MISSING, Slot

Value = tuple[str | None, str]  # its label, where it has one, and the text


class Placed(NamedTuple):
    """Values by label, and the labels whose values stood bare, in order."""

    values: dict[str, list[str]]
    bare: tuple[str, ...]

    def one(self, label: str) -> str | None:
        """Return a label's only value."""
        return next(iter(self.values.get(label, ())), None)


def labelled(line: str, label: str) -> str | None:
    """Return what follows `label:` on a line; an absent value's dash is None too."""
    head, colon, rest = line.partition(":")
    matches = colon and head.strip().casefold() == label.casefold()
    return (rest.strip() or None) if matches and rest.strip() != MISSING else None


def has_label(line: str, label: str) -> bool:
    """Say whether a line is `label: ...`."""
    head, colon, _ = line.partition(":")
    return bool(colon) and head.strip().casefold() == label.casefold()


def place(lines: Sequence[str], slots: Sequence[Slot], where: str, notes: Notes) -> Placed:
    """Give every line to the first slot, from where the last one was, that it fits.

    A line that fits nowhere, and a bare value that two slots could mean, become findings.
    """
    values: dict[str, list[str]] = {}
    bare: list[str] = []
    at = 0
    for label, text in _with_labels(lines, slots):
        fitting = None if label else _slot(slots, at, text, values)
        if label:
            values.setdefault(label, []).append(text)
        elif fitting is None:
            notes.unplaced(where, text)
        else:
            at = fitting
            values.setdefault(slots[at].label, []).append(text)
            bare.append(slots[at].label)
    for first, second in ALIKE:
        if first in bare and second not in bare:
            _withdraw(first, second, values, where, notes)
            bare.remove(first)
    return Placed(values, tuple(bare))


def _withdraw(
    first: str, second: str, values: dict[str, list[str]], where: str, notes: Notes
) -> None:
    text = values.pop(first)[0]
    notes.add("unplaced", where, f"{text}: {first.lower()} or {second.lower()}, not said which")


def _slot(slots: Sequence[Slot], start: int, text: str, values: dict[str, list[str]]) -> int | None:
    for at in range(start, len(slots)):
        if slots[at].fits(text) and (slots[at].many or slots[at].label not in values):
            return at
    return None


def _with_labels(lines: Sequence[str], slots: Sequence[Slot]) -> Iterator[Value]:
    """Pair values with their labels; a label stands before its value, or on the line above."""
    names = {n.casefold(): n for n in (*(slot.label for slot in slots), *LABELLED_ONLY)}
    waiting: str | None = None
    for line in lines:
        head, colon, rest = line.partition(":")
        label = names.get(head.strip().casefold())
        if label and not rest.strip():
            waiting = label
        elif label and colon:
            yield label, rest.strip()
        else:
            yield waiting, line.strip()
            waiting = None
