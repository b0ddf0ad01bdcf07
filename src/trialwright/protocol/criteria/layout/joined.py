"""Items of one level that a connective joins are one criterion.

Of an inclusion, `a`, `or`, `b` is one alternative of two; of an exclusion, `a`, `AND`, `b` excludes
together. The other connectives only end a list, as every list may.
"""

from collections.abc import Iterator, Sequence

from trialwright.protocol.criteria.layout.model import Item
from trialwright.protocol.criteria.layout.remarks import opening, tail


def joined(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items; those that a connective joins below one item without words."""
    if len(items) < 2:
        yield from items
        return
    ends = [_end(item) for item in items]
    if not any(_connected(items, ends, at) for at in range(1, len(items))):
        yield from items
        return
    run: list[int] = []
    for at in range(len(items)):
        if run and not _joins(items, ends, at):
            yield from _closed(items, ends, run)
            run = []
        run.append(at)
    if run:
        yield from _closed(items, ends, run)


def _closed(items: Sequence[Item], ends: Sequence[str], run: Sequence[int]) -> Iterator[Item]:
    """Yield a run of items as one, where one of its connectives joins; else one by one.

    `a; b; or c` are three alternatives, `a. b or c` a requirement and two.
    """
    first = next((k for k in run[1:] if _connected(items, ends, k)), None)
    if first is None:
        yield from (items[k] for k in run)
        return
    start = first - 1
    mark = _before_connective(ends[start])
    while start > run[0] and mark and ends[start - 1].endswith(mark):
        start -= 1
    yield from (items[k] for k in run if k < start)
    last = max(k for k in run if _connected(items, ends, k))
    yield _one(items[start : last + 1])
    yield from (items[k] for k in run if k > last)


def _joins(items: Sequence[Item], ends: Sequence[str], at: int) -> bool:
    """Say whether an item may belong to the run of the one before it."""
    before, item = items[at - 1], items[at]
    if before.span[1] != item.span[0] or before.section != item.section:
        return False
    if before.under != item.under or not before.role == item.role == "criterion":
        return False
    return ends[at - 1][-1:] in (";", ",") or _connected(items, ends, at)


def _connected(items: Sequence[Item], ends: Sequence[str], at: int) -> bool:
    before = tail(ends[at - 1])
    after = opening(items[at].text)
    said = before or after
    if said is None:
        return False
    word = said["word"]
    if items[at].section == "inclusion":
        return "or" in word.lower()
    return word == "AND" or (after is not None and word.lower() == "and")


def _before_connective(text: str) -> str:
    found = tail(text)
    return text[: found.start("word")].rstrip()[-1:].strip() if found else ""


def _end(item: Item) -> str:
    """Return the words that an item ends with."""
    while item.children:
        item = item.children[-1]
    return item.text.rstrip()


def _one(items: Sequence[Item]) -> Item:
    first, last = items[0], items[-1]
    start = first.span[0]
    return Item(
        first.section, (start, last.span[1]), (start, start), first.number, "", tuple(items),
        first.under, first.stated,
    )  # fmt: skip
