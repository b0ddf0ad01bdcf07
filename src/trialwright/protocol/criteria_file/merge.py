"""A new reading brought into a file that people have worked on.

| What is new      | auto        | reviewed, edited          | locked                    |
|------------------|-------------|---------------------------|---------------------------|
| the parser       | read anew   | kept; told if it differs  | kept; told if it differs  |
| the place or id  | follows     | follows                   | follows                   |
| the text of it   | read anew   | re-opened: read anew, auto| re-opened: read anew, auto|
| it is gone       | gone        | gone, told with its status| gone, told with its status|

A text is the same where section and hash agree: a criterion that moves to the other section means
the opposite, so it is re-opened. What a person had made of a text that changed is kept in the
history of the file. Where the whole text is the same and only the parser is new, what a person
signed keeps its cut of the text as well, and what is cut differently around it stays too.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from trialwright.protocol.criteria_file.entries import explained
from trialwright.protocol.criteria_file.splice import Kept
from trialwright.protocol.model import CriterionEntry

Outcome = Literal["kept", "moved", "read anew", "re-opened", "gone", "new"]
OUTCOMES: tuple[Outcome, ...] = ("kept", "moved", "read anew", "re-opened", "gone", "new")
_MOST_PAIRS = 100_000  # of criteria that are held against one another by their words
_ALIKE = 0.3  # share of words in common from which one text counts as the other, changed


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one criterion."""

    outcome: Outcome
    before: CriterionEntry | None
    after: CriterionEntry | None
    differs: str = ""  # what the parser would read now, where a signed expression was kept


@dataclass(frozen=True, slots=True)
class Merge:
    """The new criteria in their order, and what became of every old and every new one."""

    kept: tuple[Kept, ...]
    changes: tuple[Change, ...]

    @property
    def criteria(self) -> tuple[CriterionEntry, ...]:
        """The new criteria."""
        return tuple(each.entry for each in self.kept)

    def count(self, outcome: Outcome) -> int:
        """Return how many criteria this became of."""
        return sum(change.outcome == outcome for change in self.changes)


def merged(old: Sequence[CriterionEntry], new: Sequence[CriterionEntry], same_text: bool) -> Merge:
    """Bring a new reading (`new`, all auto) into criteria that people worked on (`old`).

    `same_text`: the whole text is known to be unchanged, so only the parser is new.
    """
    new = [explained(entry) for entry in new]
    stay, left = _recut(old, new) if same_text else (set(), new)
    pairs = _by_hash(old, left, stay)
    pairs |= _by_likeness(old, left, stay, pairs)
    return _assembled(old, left, pairs, stay)


def _assembled(
    old: Sequence[CriterionEntry],
    new: Sequence[CriterionEntry],
    pairs: dict[int, int],
    stay: set[int],
) -> Merge:
    was = {j: i for i, j in pairs.items()}
    found = [_followed(old, was.get(j), entry) for j, entry in enumerate(new)]
    found += [(Kept(explained(old[i]), i), Change("kept", old[i], explained(old[i])))
              for i in sorted(stay)]  # fmt: skip
    found.sort(key=lambda each: (each[0].entry.id[1:] != "0", each[0].entry.span))
    gone = [Change("gone", entry, None) for i, entry in enumerate(old)
            if i not in pairs and i not in stay]  # fmt: skip
    kept = _unique([each for each, _ in found])
    changes = [_renamed(change, each.entry) for each, (_, change) in zip(kept, found, strict=True)]
    return Merge(tuple(kept), (*changes, *gone))


def _followed(
    old: Sequence[CriterionEntry], i: int | None, new: CriterionEntry
) -> tuple[Kept, Change]:
    if i is None:
        return Kept(new), Change("new", None, new)
    before = old[i]
    if not _same(before, new):
        return Kept(new, i), Change("re-opened" if _signed(before) else "read anew", before, new)
    if _signed(before):
        after = explained(msgspec.structs.replace(before, id=new.id, span=new.span))
        differs = (new.reading or "") if before.expr != new.expr else ""
    else:
        after, differs = new, ""
    outcome: Outcome = "moved" if before.id != new.id else "kept"
    return Kept(after, i), Change(
        "read anew" if before.expr != after.expr else outcome, before, after, differs
    )


def _signed(entry: CriterionEntry) -> bool:
    return entry.status != "auto"


def _same(one: CriterionEntry, other: CriterionEntry) -> bool:
    return one.section == other.section and one.text == other.text


# --- which is which ----------------------------------------------------------------------------


def _by_hash(
    old: Sequence[CriterionEntry], new: Sequence[CriterionEntry], stay: set[int]
) -> dict[int, int]:
    """Pair the same texts of one section; among equal ones the same id first, then in order."""
    named = {(entry.section, entry.text, entry.id): j for j, entry in enumerate(new)}
    pairs = {
        i: named[entry.section, entry.text, entry.id]
        for i, entry in enumerate(old)
        if i not in stay and (entry.section, entry.text, entry.id) in named
    }
    taken = set(pairs.values())
    waiting: defaultdict[tuple[str, str], deque[int]] = defaultdict(deque)
    for j, entry in enumerate(new):
        if j not in taken:
            waiting[entry.section, entry.text].append(j)
    for i, entry in enumerate(old):
        if i not in pairs and i not in stay and (queue := waiting[entry.section, entry.text]):
            pairs[i] = queue.popleft()
    return pairs


def _by_likeness(
    old: Sequence[CriterionEntry],
    new: Sequence[CriterionEntry],
    stay: set[int],
    pairs: dict[int, int],
) -> dict[int, int]:
    """Pair what is left by the share of words in common; the same id counts a little more."""
    taken = set(pairs.values())
    left = [i for i in range(len(old)) if i not in pairs and i not in stay]
    free = [j for j in range(len(new)) if j not in taken]
    if len(left) * len(free) > _MOST_PAIRS:
        ids = {new[j].id: j for j in free}
        return {i: ids[old[i].id] for i in left if old[i].id in ids}
    scored = sorted(((_likeness(old[i], new[j]), -i, -j) for i in left for j in free), reverse=True)
    found: dict[int, int] = {}
    used: set[int] = set()
    for score, i, j in scored:
        if score >= _ALIKE and -i not in found and -j not in used:
            found[-i] = -j
            used.add(-j)
    return found


def _likeness(one: CriterionEntry, other: CriterionEntry) -> float:
    a, b = set(one.text.lower().split()), set(other.text.lower().split())
    shared = len(a & b) / len(a | b) if a | b else 0.0
    return shared + (0.15 if one.id == other.id else 0.0)


# --- the same text, cut in another way ---------------------------------------------------------


def _recut(
    old: Sequence[CriterionEntry], new: Sequence[CriterionEntry]
) -> tuple[set[int], list[CriterionEntry]]:
    """Return the old criteria that stay as they are cut, and the new ones that do not touch them.

    Where old and new criteria overlap, they stand or fall together: a part of a text that somebody
    signed would otherwise be read twice, or not at all.
    """
    stay: set[int] = set()
    taken: list[CriterionEntry] = []
    for olds, news in _overlapping(old, new):
        same = len(olds) == len(news) == 1 and _same(old[olds[0]], new[news[0]])
        if not same and any(_signed(old[i]) and _has_place(old[i]) for i in olds):
            stay |= set(olds)
        else:
            taken += [new[j] for j in news]
    return stay, taken


def _has_place(entry: CriterionEntry) -> bool:
    """Say whether it stands in the text; what the registry's fields say does not."""
    return entry.span[0] < entry.span[1]


def _overlapping(
    old: Sequence[CriterionEntry], new: Sequence[CriterionEntry]
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield groups of criteria whose places overlap, directly or through others."""
    places = sorted(
        [(*entry.span, 0, i) for i, entry in enumerate(old)]
        + [(*entry.span, 1, j) for j, entry in enumerate(new)]
    )
    group: tuple[list[int], list[int]] = ([], [])
    reach = 0
    for start, end, side, index in places:
        empty = start == end  # what the registry's fields say has no place; it stands alone
        if any(group) and start >= reach and not (empty and reach == end):
            yield group
            group = ([], [])
        group[side].append(index)
        reach = max(reach, end)
    if any(group):
        yield group


def _unique(kept: Sequence[Kept]) -> list[Kept]:
    """Give a free number to what has an id that something signed, or something before it, has."""
    taken = {each.entry.id for each in kept if _signed(each.entry)}
    highest = {letter: max((int(k.entry.id[1:]) for k in kept if k.entry.id[0] == letter),
                           default=0) for letter in "IE"}  # fmt: skip
    out: list[Kept] = []
    seen: set[str] = set()
    for each in kept:
        entry = each.entry
        if entry.id in seen or (entry.id in taken and not _signed(entry)):
            highest[entry.id[0]] += 1
            name = f"{entry.id[0]}{highest[entry.id[0]]}"
            each = Kept(msgspec.structs.replace(entry, id=name), each.was)
        seen.add(each.entry.id)
        out.append(each)
    return out


def _renamed(change: Change, after: CriterionEntry) -> Change:
    if change.after is None or change.after.id == after.id:
        return change
    return Change(change.outcome, change.before, after, change.differs)
