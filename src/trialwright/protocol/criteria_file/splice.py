"""Writing into a file that people edit: only the keys that change are written anew.

Every other line stays as it is, with its comments. A comment stands with the criterion or key
below it. What cannot be written so (a criterion on one line) is seen by reading the result back,
and the whole file is written anew instead.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import Branch
from trialwright.protocol.criteria_file.document import (
    LARGEST,
    CriteriaDocument,
    read_document,
    whole_text,
)
from trialwright.protocol.criteria_file.model import CriteriaFile
from trialwright.protocol.model import CriterionEntry, Protocol
from trialwright.protocol.yaml_file import written

_QUIET = re.compile(r"[ \t]*(?:#.*)?")  # a line without a value
_ODD_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")  # breaks that not all count as lines
_OPENING = re.compile(r"(?P<indent> *)-(?P<gap> +)(?=\S)")


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry, and the place in the old file of the criterion that it was."""

    entry: CriterionEntry
    was: int | None = None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The new text, and whether every comment of the old one is still where it was."""

    text: str
    spliced: bool


def rewritten(
    document: CriteriaDocument, filed: CriteriaFile | Protocol, kept: Sequence[Kept]
) -> Rewritten:
    """Return the file's text with a new value; `kept` are its criteria in their order.

    InputError where the file would grow beyond what is read back.
    """
    text = _spliced(document, filed, kept)
    if text is None or not _means(text, filed):
        text, spliced = whole_text(filed), False
    else:
        spliced = True
    size = len(text.encode())
    if size > LARGEST:
        raise InputError(document.name, f"{size} bytes of criteria", f"at most {LARGEST}")
    return Rewritten(text, spliced)


def _means(text: str, filed: CriteriaFile | Protocol) -> bool:
    """Say whether a text, read back, is the value."""
    try:
        return read_document(text.encode(), "the new file").filed == filed
    except InputError:
        return False


def _plain(value: object) -> Any:
    return _lists(msgspec.to_builtins(value))


def _lists(value: Any) -> Any:
    """Return plain values as YAML gives them back: lists and no tuples."""
    if isinstance(value, dict):
        return {key: _lists(inside) for key, inside in value.items()}
    return [_lists(inside) for inside in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand in the old text; lines count from 1, ends are the line after.

    `items` holds the lines of each criterion's keys (None where two share a line), and `blocks`
    where each begins, with the comments above it, and ends (None where one shares a line).
    """

    lines: list[str]
    keys: dict[str, int]
    items: tuple[dict[str, int] | None, ...]
    blocks: list[tuple[int, int]] | None


def _layout(document: CriteriaDocument) -> _Layout | None:
    top = document.tree.lines
    if not isinstance(top, Branch) or not isinstance(top.inside, Mapping):
        return None
    if _ODD_BREAK.search(document.text):
        return None
    lines = _lines_of(document.text)
    keys = {key: _line(at) for key, at in top.inside.items()}
    branch = top.inside["criteria"]
    if not isinstance(branch, Branch) or isinstance(branch.inside, Mapping):
        return _Layout(lines, keys, (), None)
    end = min((line for line in keys.values() if line > branch.line), default=len(lines) + 1)
    items = tuple(map(_key_places, branch.inside))
    starts = [_line(item) for item in branch.inside]
    return _Layout(lines, keys, items, _blocks(branch.line, starts, lines, end))


def _key_places(item: Branch | int) -> dict[str, int] | None:
    if not isinstance(item, Branch) or not isinstance(item.inside, Mapping):
        return None
    where = {key: _line(at) for key, at in item.inside.items()}
    return where if len(set(where.values())) == len(where) else None


def _blocks(
    opening: int, starts: Sequence[int], lines: Sequence[str], end: int
) -> list[tuple[int, int]] | None:
    if not starts or len(set(starts)) < len(starts) or starts[0] == opening:
        return None
    if any(_OPENING.match(lines[start - 1]) is None for start in starts):
        return None
    above = [_with_comments(start, lines, opening + 1) for start in starts]
    return list(pairwise([*above, _with_comments(end, lines, starts[-1] + 1)]))


def _with_comments(line: int, lines: Sequence[str], least: int) -> int:
    """Return the first of the quiet lines that stand right above a line."""
    while line > least and _QUIET.fullmatch(lines[line - 2].rstrip("\r\n")):
        line -= 1
    return line


def _spliced(
    document: CriteriaDocument, filed: CriteriaFile | Protocol, kept: Sequence[Kept]
) -> str | None:
    layout = _layout(document)
    criteria = _criteria(document, layout, kept) if layout else None
    if layout is None or criteria is None:
        return None
    old, new = _plain(document.filed), _plain(filed)
    changed = _changed(old, new, layout.keys, "") | {"criteria": criteria}
    return "".join(_with_keys(layout.lines, 1, layout.keys, changed, list(new)))


def _criteria(
    document: CriteriaDocument, layout: _Layout, kept: Sequence[Kept]
) -> list[str] | None:
    """Return the lines of the key `criteria`, its entries as they were where they can be."""
    if not kept:
        return ["criteria: []\n"]
    blocks = layout.blocks
    if blocks is None:
        fresh = [each.entry for each in kept]
        return ["criteria:\n", *_lines_of(written(_plain(fresh)))]
    out = layout.lines[layout.keys["criteria"] - 1 : blocks[0][0] - 1]
    for each in kept:
        block = _entry_lines(document, layout, blocks, each)
        if block is None:
            return None
        out += block
    return out


def _entry_lines(
    document: CriteriaDocument, layout: _Layout, blocks: Sequence[tuple[int, int]], kept: Kept
) -> list[str] | None:
    new = _plain(kept.entry)
    if kept.was is None:
        return [_indent(layout.lines, blocks) + line for line in _lines_of(written([new]))]
    start, end = blocks[kept.was]
    block = layout.lines[start - 1 : end - 1]
    old, where = _plain(document.criteria[kept.was]), layout.items[kept.was]
    if old == new:
        return block
    if where is None:
        return None
    first = min(where.values())
    opening = _OPENING.match(layout.lines[first - 1])
    if opening is None:
        return None
    changed = _changed(old, new, where, " " * len(opening[0]))
    out = _with_keys(block, start, where, changed, list(new))
    # The dash stands before the first key, whichever that is now.
    out[first - start] = opening[0] + out[first - start][len(opening[0]) :]
    return out


def _indent(lines: Sequence[str], blocks: Sequence[tuple[int, int]]) -> str:
    """Return the spaces before a criterion's dash."""
    start, end = blocks[0]
    found = next(filter(None, map(_OPENING.match, lines[start - 1 : end - 1])), None)
    return found["indent"] if found else ""


def _changed(
    old: Mapping[str, object], new: Mapping[str, object], where: Mapping[str, int], indent: str
) -> dict[str, list[str] | None]:
    """Return the new lines of every key whose value changes; None for one that is left out."""
    keys = dict.fromkeys((*new, *where))
    return {
        key: None
        if new.get(key) is None
        else [indent + line for line in _lines_of(written({key: new[key]}))]
        for key in keys
        if old.get(key) != new.get(key)
    }


def _with_keys(
    lines: Sequence[str],
    offset: int,
    where: Mapping[str, int],
    changed: Mapping[str, list[str] | None],
    order: Sequence[str],
) -> list[str]:
    """Return the lines of a mapping with some keys changed, added (in their order) or left out.

    `where` holds the lines of its keys and `offset` the number of the first line that is given.
    """
    keys = sorted(where, key=lambda key: where[key])
    out = list(lines[: where[keys[0]] - offset])
    waiting = [key for key in order if key in changed and key not in where]
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        begin = where[key] - offset
        end = len(lines) if following is None else where[following] - offset
        for new in [new for new in waiting if _before(new, key, order)]:
            out += changed[new] or []
            waiting.remove(new)
        if key in changed:
            out += changed[key] or []
            out += _trailing(lines[begin:end])
        else:
            out += lines[begin:end]
    tail = _trailing(out)
    body = out[: len(out) - len(tail)]
    return body + [line for new in waiting for line in changed[new] or []] + tail


def _before(new: str, key: str, order: Sequence[str]) -> bool:
    return key in order and order.index(new) < order.index(key)


def _trailing(lines: Sequence[str]) -> list[str]:
    """Return the quiet lines at the end: they belong to what follows."""
    at = len(lines)
    while at > 1 and _QUIET.fullmatch(lines[at - 1].rstrip("\r\n")):
        at -= 1
    return list(lines[at:])


def _lines_of(text: str) -> list[str]:
    """Return the lines of a text, each with its end; only a line feed ends one."""
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")]


def _line(at: Branch | int) -> int:
    return at.line if isinstance(at, Branch) else at
