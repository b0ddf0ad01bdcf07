"""How parts are joined: and, or, and what one part says that may reach its neighbours.

Where the reach is certain it is applied; where it is in doubt, a part that it may reach is narrowed
by the doubt.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.groups import Join
from trialwright.protocol.criteria.grammar.part import (
    Part,
    decidable,
    leaf_or_residue,
    timed,
    within,
)
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.trees import either_way, every, mapped, some, tidy

_DONE_THEN = re.compile(
    r"\b(?:implanted|performed|received|placed|administered|given|used|undergone|occurring"
    r"|diagnosed|taken|initiated|occurred)\s*$",
    re.IGNORECASE,
)


_OTHERS = ("those ", "patients ", "subjects ", "participants ")  # more people, not more demands


def joined(
    parts: Sequence[Part],
    joins: Sequence[Join],
    commas: Sequence[bool],
    section: Section,
    text: str,
    words: str,
    both: bool,
) -> nodes.Node:
    kinds = set(joins)
    if kinds == {"or"}:
        if section == "inclusion" and _demands(parts, words):
            return all_or_some(tuple(map(timed, parts)), words)
        return alternatives(parts, text)
    if "or" in kinds:
        return _mixed(parts, joins, commas, section, text, words)
    if any(part.text.lower().startswith(_OTHERS) for part in parts[1:]):
        if section == "exclusion":  # patients with A and those with B
            return alternatives(parts, text)
        return all_or_some(tuple(map(timed, parts)), words)
    if section == "inclusion":
        return _together(parts, kinds, words)
    if "," in kinds or len(parts) > 2:
        return alternatives(parts, text)
    read = tuple(timed(part) for part in parts)
    if _contradict(read):
        return some(read)
    if both or not any(part.coded for part in parts):
        return (
            every(read)
            if both or any(part.measured for part in parts)
            else alternatives(parts, text)
        )
    return either_way(every(read), some(read), "whether one alone excludes")


def _demands(parts: Sequence[Part], words: str) -> bool:
    """Say whether an age stands in a list of other things: a row of demands, no alternatives."""
    aged = [isinstance(part.node, nodes.Demographic) for part in parts]
    listed = len(parts) > 2 or (
        "," in words and any(isinstance(part.node, nodes.Not) for part in parts)
    )
    return listed and any(aged) and not all(aged)


def _together(parts: Sequence[Part], kinds: set[Join], words: str) -> nodes.Node:
    """Join what an inclusion lists; commas alone join nothing for certain."""
    read = tuple(timed(part) for part in parts)
    if len(parts) > 2 and all(map(_is_condition, read)):
        return all_or_some(read, words)  # diseases of which a person may have one
    if "and" in kinds or any(part.measured for part in parts):
        return every(read)
    if any(isinstance(node, nodes.Attest | nodes.Judgement) for node in read):
        return leaf_or_residue(words)
    return all_or_some(read, words)


def all_or_some(read: Sequence[nodes.Node], words: str) -> nodes.Node:
    """Return what is certain of a list that says neither `and` nor `or` of all its parts."""
    if not any(map(decidable, read)):
        return leaf_or_residue(words)
    return either_way(every(read), some(read), "whether one of these alone is enough")


def _is_condition(node: nodes.Node) -> bool:
    match node:
        case nodes.Has(domain="condition"):
            return True
        case nodes.All((first, *rest)):
            return _is_condition(first) and all(isinstance(n, nodes.Residue) for n in rest)
        case _:
            return False


def _contradict(read: Sequence[nodes.Node]) -> bool:
    """Say whether nobody can meet all: `under 18 and over 40` names two that are excluded."""
    match tuple(read):
        case (nodes.Demographic(low, None), nodes.Demographic(None, high)):
            pass
        case (nodes.Demographic(None, high), nodes.Demographic(low, None)):
            pass
        case _:
            return False
    return low is not None and high is not None and _days(low) > _days(high)


def _days(age: Duration) -> float:
    return age.months * 30.4 + age.days


def _mixed(
    parts: Sequence[Part],
    joins: Sequence[Join],
    commas: Sequence[bool],
    section: Section,
    text: str,
    words: str,
) -> nodes.Node:
    """Join parts by both words: a comma before one of them makes it the outer one."""
    outer = {join for join, comma in zip(joins, commas, strict=True) if comma}
    inner = {join for join, comma in zip(joins, commas, strict=True) if not comma}
    if len(outer) == 1 and not outer & inner:
        (by,) = outer
        return _cut(parts, joins, commas, by, section, text, words)
    if not any(part.coded for part in parts):
        return _cut(parts, joins, commas, "or", section, text, words)
    read = tuple(timed(part) for part in parts)
    if section == "inclusion":
        return all_or_some(read, words)
    return either_way(every(read), some(read), "whether one of these alone excludes")


def _cut(
    parts: Sequence[Part],
    joins: Sequence[Join],
    commas: Sequence[bool],
    by: Join,
    section: Section,
    text: str,
    words: str,
) -> nodes.Node:
    rows: list[tuple[list[Part], list[Join], list[bool]]] = [([parts[0]], [], [])]
    for part, join in zip(parts[1:], joins, strict=True):
        if join == by:
            rows.append(([part], [], []))
        else:
            rows[-1][0].append(part)
            rows[-1][1].append(join)
            rows[-1][2].append(False)
    read = [
        timed(inside[0])
        if len(inside) == 1
        else joined(inside, left, marks, section, text, words, False)
        for inside, left, marks in rows
    ]  # fmt: skip
    return some(read) if by == "or" or section == "exclusion" else every(read)


def alternatives(parts: Sequence[Part], text: str) -> nodes.Node:
    """Join alternatives; a window or `history of` that stands once may reach all of them."""
    parts = _distributed(parts)
    last = parts[-1]
    shared = last.window if last.window and not last.window_leads else None
    if shared is None or any(part.window for part in parts[:-1]):
        return _narrowed(parts)
    inside = _narrowed(tuple(replace(part, window=None) for part in parts))
    together = within(shared, inside)
    if not any(p.coded for p in parts[:-1]) or _DONE_THEN.search(text[: shared.start]):
        return together
    apart = _narrowed(parts)
    return either_way(together, apart, f"whether this reaches all: {shared.text}")


def _distributed(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Let `history of` reach the parts behind it that say nothing else of time."""
    done: list[Part] = []
    when: nodes.When | None = None
    for part in parts:
        own = part.when or (
            "ever" if when == "ever" and not part.window and not part.unsure else None
        )
        when = part.when or when
        done.append(replace(part, when=own) if own else part)
    return tuple(done)


def _narrowed(parts: Sequence[Part]) -> nodes.Node:
    """Join alternatives; those that the narrowing words of another may reach share the doubt."""
    at = next((i for i, part in enumerate(parts[:-1]) if part.tail_from >= 0), None)
    if at is not None and not any(p.unsure or p.clause or p.window for p in parts[at + 1 :]):
        return _under_tail(parts, at)
    joined: list[nodes.Node] = []
    said: dict[str, list[nodes.Node]] = {}
    for i, part in enumerate(parts):
        reach = _reaching(parts, i) if part.coded else ()
        node = timed(part)
        if not reach:
            joined.append(node)
            continue
        said.setdefault(" | ".join(reach), []).append(node)
    held = [
        every((some(nodes_), nodes.Residue(f"whether this reaches the others: {words}")))
        for words, nodes_ in said.items()
    ]
    return some((*joined, *held))


def _under_tail(parts: Sequence[Part], at: int) -> nodes.Node:
    """Read `A due to B, C or D`: they are causes, and it stays open whether one alone counts."""
    owner, rest = parts[at], parts[at + 1 :]
    tail = tidy(f"{owner.tail} or {' or '.join(part.text for part in rest)}")
    cause = replace(owner, node=retold(owner.node, owner.tail, tail), tail=tail, tail_from=-1)
    doubt = nodes.Residue(f"whether this counts without: {owner.text}")
    apart = every((some(timed(part) for part in rest), doubt))
    before = (*parts[:at], cause)
    return some((_narrowed(before) if len(before) > 1 else timed(cause), apart))


def retold(node: nodes.Node, old: str, new: str) -> nodes.Node:
    def change(part: nodes.Node) -> nodes.Node:
        if isinstance(part, nodes.Residue | nodes.Judgement) and old.endswith(part.words):
            return type(part)(new)
        return part

    return mapped(node, change)


def _reaching(parts: Sequence[Part], at: int) -> tuple[str, ...]:
    """Return the words of other parts that may also narrow the part at a place."""
    found: list[str] = []
    for i, other in enumerate(parts):
        if i == at:
            continue
        before = other.lead or (tidy(" ".join(other.degree)) if other.degree else "")
        own = parts[at].lead or parts[at].measured
        if before and i < at and not own and not _says_itself(parts[at], other):
            found.append(before)
        if other.window_leads and other.window and i < at and not parts[at].window:
            found.append(other.window.text)
        if other.tail and (i > at or (i < at and other.tail_from >= 0)):
            found.append(other.tail)
        asked = isinstance(other.node, nodes.Attest | nodes.Judgement)
        if other.unsure and (i < at or not asked):
            found.append(other.text)
    return tuple(dict.fromkeys(tidy(word) for word in found))


def _says_itself(part: Part, other: Part) -> bool:
    return bool(part.degree) and part.degree == other.degree and not other.lead
