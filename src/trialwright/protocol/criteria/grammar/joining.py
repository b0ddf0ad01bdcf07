"""How parts are joined: by and, by or, by both, or by nothing but commas."""

import re
from collections.abc import Sequence

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.alternatives import alternatives
from trialwright.protocol.criteria.grammar.groups import Join
from trialwright.protocol.criteria.grammar.part import Part, decidable, leaf_or_residue, timed
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.trees import either_way, every, some

_LIST_COMMA = re.compile(r",(?!\s*(?:and/)?or\b)", re.IGNORECASE)
_BOTH = re.compile(
    r"(?:(?:patients|subjects|participants|with|having|have|has)\s+)*both\b", re.IGNORECASE
)
_TREATMENT = re.compile(r"\w\s(?:medications?|treatments?)\Z", re.IGNORECASE)
_OPINION = re.compile(r"in\s+the\s+(?:opinion|judg\w+)\b", re.IGNORECASE)
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
    if kinds == {"or", ","} and section == "exclusion":
        return alternatives(parts, text)
    if kinds == {"or"}:
        if section == "inclusion" and _demands(parts, words):
            return all_or_some(tuple(map(timed, parts)), words)
        apart = any(commas) and not (all(commas) or parts[-1].tail or parts[-1].unsure)
        if apart and not _LIST_COMMA.search(words):
            return _cut(parts, joins, commas, "or", section, text, words)  # A or B, or C
        return alternatives(parts, text)
    if "or" in kinds and joins[-1] == "and" and isinstance(parts[-1].node, nodes.Judgement):
        row = joined(parts[:-1], joins[:-1], commas[:-1], section, text, words, both)
        return every((row, timed(parts[-1])))  # A or B, and in the opinion of ...
    if kinds == {"and"} and section == "exclusion":
        at = next((i for i, part in enumerate(parts) if i and _OPINION.match(part.text)), 0)
        if at and words.count(parts[at].text) == 1:  # A, and in the opinion of ...
            judged = nodes.Judgement(words[words.index(parts[at].text) :])
            return every((*map(timed, parts[:at]), judged))
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
    if any(map(_takes_the_next, parts, parts[1:])):
        return leaf_or_residue(words)
    if _treats_both(parts):
        return leaf_or_residue(words)  # angina and heart failure medication
    if _BOTH.match(words) and parts[0].unsure and any(part.measured for part in parts[1:]):
        return leaf_or_residue(words)  # both arm and leg scores >= 3
    read = tuple(timed(part) for part in parts)
    if len(parts) > 2 and all(map(_is_condition, read)):
        if kinds == {","}:
            return some(read)  # diseases in a row, and no word joins them: each is one
        return all_or_some(read, words)  # diseases of which a person may have one
    if "and" in kinds or any(part.measured for part in parts):
        return every(read)
    if any(isinstance(node, nodes.Attest | nodes.Judgement) for node in read):
        return leaf_or_residue(words)
    return all_or_some(read, words)


def _treats_both(parts: Sequence[Part]) -> bool:
    """Say whether a condition stands before another's treatment: it may be of both."""
    treats = isinstance(parts[-1].node, nodes.Has) and parts[-1].node.domain == "drug"
    named = treats and _TREATMENT.search(parts[-1].text) is not None
    return named and _is_condition(timed(parts[-2]))


def _takes_the_next(part: Part, other: Part) -> bool:
    """Say whether a member that was not understood may go on: `normal kidneys and ureters`."""
    timed_ = other.when or (other.window and _asked(part))
    named = not (other.clause or other.measured or other.unsure or timed_)
    return part.unsure and named and not isinstance(other.node, nodes.Not)


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
    if any(part.unsure and not _asked(part) for part in parts[:-1]):
        return leaf_or_residue(words)
    outer = {join for join, comma in zip(joins, commas, strict=True) if comma}
    inner = {join for join, comma in zip(joins, commas, strict=True) if not comma}
    if len(outer) == 1 and not outer & inner:
        (by,) = outer
        return _cut(parts, joins, commas, by, section, text, words)
    if not any(part.coded for part in parts):
        return _cut(parts, joins, commas, "or", section, text, words)
    read = tuple(timed(part) for part in parts)
    if section == "inclusion":
        if joins[0] == "or" and joins[-1] == "and":
            return leaf_or_residue(words)  # A or B and C: which belong together?
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
    alike = set(joins) == {by}  # then the commas part them
    for part, join, comma in zip(parts[1:], joins, commas, strict=True):
        if comma if alike else join == by:
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
    if by == "or":
        return some(read)
    if section == "inclusion" or not any(map(decidable, read)):
        return every(read) if section == "inclusion" else some(read)
    return either_way(every(read), some(read), "whether one of these alone excludes")


def _asked(part: Part) -> bool:
    return isinstance(part.node, nodes.Attest | nodes.Judgement)
