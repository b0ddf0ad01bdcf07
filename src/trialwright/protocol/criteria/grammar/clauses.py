"""From pieces to the expression of one criterion.

    criterion := [heading ":"] segment ((";" | ".") segment)*
    segment   := condition "," clause | count list | clause
    clause    := list ["except" list | "unless" list]
    condition := "if" list | "in case of" list

Each segment must hold; of an exclusion, each alone excludes.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.clause_words import (
    APPLIES,
    ASKED,
    ASKED_SIGNS,
    BOTH_SEXES,
    BRACKETS,
    COHORT,
    CONSENT_AS_TIME,
    DEFINES,
    ELABORATES,
    ELIGIBLE,
    IN_FRAME,
    INELIGIBLE,
    INSTRUCTS,
    JUDGED_FIRST,
    LABEL,
    MUST,
    NO_OR_LITTLE,
    OF_SOME,
    OF_THOSE,
    OPEN_LIST,
    OTHER_PERSON,
    PERMIT_SIGNS,
    PERMITS,
    PERSONS,
    SEX,
    STOPS,
    UNSAID,
    UNSAID_SIGNS,
)
from trialwright.protocol.criteria.grammar.demands import Demand, demand_on_some, end_of_condition
from trialwright.protocol.criteria.grammar.exceptions import exception
from trialwright.protocol.criteria.grammar.groups import split
from trialwright.protocol.criteria.grammar.lists import read_list
from trialwright.protocol.criteria.grammar.nouns import is_judged, leaf
from trialwright.protocol.criteria.grammar.one_piece import TELLS, in_one_piece
from trialwright.protocol.criteria.grammar.open_facts import facts_only
from trialwright.protocol.criteria.grammar.part import (
    decidable,
    is_measured,
    leaf_or_residue,
    timed,
)
from trialwright.protocol.criteria.grammar.parts import read_part
from trialwright.protocol.criteria.grammar.results import tested
from trialwright.protocol.criteria.grammar.spans import first_outside, words_of
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.numbers import count
from trialwright.protocol.criteria.pieces import DEPTH, Piece, kinds_of
from trialwright.protocol.criteria.trees import every, some, tidy

_OF_PERSONS = re.compile(
    r"(?:(?:all|any|these|such|eligible|the|no)\s+)*(?:patients?|subjects?|participants?|individuals"
    r"|volunteers|candidates|women|men|females?|males?|they|he|she|must|should|children|adults)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


def read(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    """Return the expression of a criterion's pieces."""
    head, rest = _heading(pieces, text)
    if head is None:
        return facts_only(_segments(rest, text, section), text)
    return facts_only(_headed(head, rest, text, section), text)


# --- headings ----------------------------------------------------------------------------------


def is_label(words: str) -> bool:
    """Say whether a heading only names what follows: `Renal function:`, `For women:`."""
    return any(label.fullmatch(words) for label in (LABEL, SEX, IN_FRAME))


def _heading(pieces: Sequence[Piece], text: str) -> tuple[Sequence[Piece] | None, Sequence[Piece]]:
    if "colon" not in kinds_of(pieces):
        return None, pieces
    depth = 0
    for i, piece in enumerate(pieces):
        if piece.start > 200 or piece.kind == "stop":
            break
        depth += DEPTH.get(piece.kind, 0)
        if piece.kind == "colon" and depth == 0 and 0 < i < len(pieces) - 1:
            return pieces[:i], pieces[i + 1 :]
    return None, pieces


def _headed(
    head: Sequence[Piece], rest: Sequence[Piece], text: str, section: Section
) -> nodes.Node:
    """Read `head: list`. A mere label adds nothing; another head narrows the list."""
    words = words_of(head, text)
    if head[-1].kind in ("count", "any", "all"):
        return _segments((*head, *rest), text, section)
    if head[0].kind == "if":
        return _condition(head[1:], rest, text, section)
    if (sex := SEX.fullmatch(words)) is not None:
        one = nodes.Demographic(sex="female" if sex["female"] else "male")
        what = _segments(rest, text, section)
        return every((one, what)) if section == "exclusion" else nodes.IfThen(one, what)
    if is_label(words) and not (section == "inclusion" and "exclude" in words):
        return _segments(rest, text, section)
    whole = (*head, *rest)
    values = [p for p in rest if p.kind not in ("glue", "join", "open", "close")]
    if values and all(is_measured(p.node) for p in values):
        if len(head) == 1 and head[0].node and not is_measured(head[0].node):
            return _segments(rest, text, section)  # the values say what is meant by the name
        if not any(is_measured(p.node) or p.kind in ("not", "dont", "open") for p in head):
            return _values_under(words, rest, text, section)
    if any(p.node is not None for p in head) or any(p.kind in ("not", "dont") for p in head):
        return leaf_or_residue(words_of(whole, text))
    listed = _segments(rest, text, section)
    if not decidable(listed):
        return leaf(words_of(whole, text))
    named = leaf(words)
    opened = any(p.kind in ("hazard", "bound", "example", "other", "relation") for p in head)
    if section == "inclusion" and opened:
        return leaf_or_residue(words_of(whole, text))
    if opened:
        listed = some((listed, nodes.Residue("others of this kind")))
    if not isinstance(named, nodes.Attest | nodes.Judgement):
        named = nodes.Residue(words)
    return every((named, listed))


def _values_under(words: str, rest: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    """Read `Track II, at randomization: ANC >= 1500`: whose values they are, a person says."""
    listed = _segments(rest, text, section)
    named = nodes.Residue(words)
    if section == "exclusion":
        return every((named, listed))
    return nodes.IfThen(named, listed, nodes.Residue(f"whether all must: {words}"))


# --- segments ------------------------------------------------------------------------------------


def _segments(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    runs = [run for run in _cut(pieces) if run]
    if not runs:
        return nodes.Residue(tidy(text) or "(no words)")
    if ("ts" in text or "TS" in text) and _DIGIT.search(text) and COHORT.search(text):
        return leaf_or_residue(text)  # of how many it is asked
    if runs[0][0].kind == "count" or (runs[0][0].kind in ("any", "all") and len(runs) > 1):
        return _counted(runs, text)
    if len(runs) > 1 and runs[0][0].kind == "if" and (comma := end_of_condition(runs[0])):
        return _guarded(runs, comma, text, section)
    node = _segment(runs[0], text, section)
    for run in runs[1:]:
        node = _with_next(node, run, text, section)
    return node


def _cut(pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
    if "stop" not in kinds_of(pieces):
        return [tuple(pieces)]
    runs: list[list[Piece]] = [[]]
    depth = 0
    for piece in pieces:
        depth = max(0, depth + DEPTH.get(piece.kind, 0))
        if piece.kind == "stop" and depth == 0:
            runs.append([])
        else:
            runs[-1].append(piece)
    return [tuple(run) for run in runs]


def _with_next(node: nodes.Node, run: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    """Join a segment to those before it."""
    words = words_of(run, text)
    sentence = text[: run[0].start].rstrip().endswith(".")
    permits = sentence or "remain eligible" in words
    if permits and ELIGIBLE.search(words) and not INELIGIBLE.search(words):
        rescue = nodes.Residue(f"whether this lets in: {words}")
        return some((node, rescue)) if section == "inclusion" else nodes.Except(node, (rescue,))
    if APPLIES.match(words):  # whom the words before are about
        whom = nodes.Residue(words)
        return nodes.IfThen(whom, node) if section == "inclusion" else every((node, whom))
    tells = sentence and not _OF_PERSONS.match(words) and INSTRUCTS.search(words) is not None
    tells = tells or (sentence and DEFINES.match(words) is not None)
    if section == "inclusion" and tells and not _holds_a_limit(run):
        return every((node, nodes.Residue(words)))
    if sentence and (DEFINES.match(words) or ELABORATES.match(words)):
        more = nodes.Residue(words)
        if section == "inclusion":
            return every((node, more))
        return some((every((node, more)), nodes.Residue(f"what else is meant: {words}")))
    if run[0].kind == "join" and "or" in run[0].text.lower():
        if section == "inclusion" and isinstance(node, nodes.All):
            return nodes.Residue(tidy(text[: run[-1].end]))  # or: instead of which of these?
        return some((node, _segment(run[1:] or run, text, section)))
    if section == "exclusion" and sentence and (INSTRUCTS.search(words) or TELLS.match(words)):
        return nodes.Residue(tidy(text[: run[-1].end]))  # what the trial does excludes nobody
    read_ = _segment(run, text, section)
    return every((node, read_)) if section == "inclusion" else some((node, read_))


def _counted(runs: Sequence[Sequence[Piece]], text: str) -> nodes.Node:
    """Read `at least two of the following: a, b or c`."""
    first = runs[0][0]
    pieces = [piece for run in runs for piece in (*run, _STOP)]
    listed = [piece for piece in pieces[1:-1] if piece.kind != "colon"]
    groups = split(tuple(_as_join(piece) for piece in listed)).groups
    parts = tuple(timed(read_part(group.pieces, text)) for group in groups if group.pieces)
    if not parts:
        return nodes.Residue(tidy(text))
    if any(group.negation for group in groups):
        return nodes.Residue(tidy(text))
    if first.kind == "any":
        return some(parts)
    if first.kind == "all":
        return every(parts)
    number = re.search(r"two|three|four|five|[2-5]", first.text, re.IGNORECASE)
    n = count(number[0]) if number else 1
    if not 1 <= n <= len(parts) or (
        any(piece.kind == "open" for piece in listed) and len(runs) == 1 and n > len(parts)
    ):
        return nodes.Residue(tidy(text))
    return nodes.AtLeast(n, parts)


_STOP = Piece("stop", 0, 0, ";")


def _as_join(piece: Piece) -> Piece:
    return Piece("join", piece.start, piece.end, ",") if piece.kind == "stop" else piece


# --- one segment ---------------------------------------------------------------------------------


def _segment(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    while pieces and pieces[0].kind in ("join", "stop", "colon", "close"):
        pieces = pieces[1:]
    if not pieces:
        return nodes.Residue("(no words)")
    words = words_of(pieces, text)
    low = words.lower()
    if said := _rule(words, low, section):
        return said
    if section == "inclusion" and words.endswith(")") and (whom := OF_SOME.search(words)):
        return _of_some(pieces, whom["whom"], text)
    kinds = kinds_of(pieces)
    if any(_is_of_one_sex(one, other) for one, other in pairwise(pieces)):
        return leaf_or_residue(words)  # postmenopausal females and males: of whom is it said?
    named = _holds_a_fact(pieces)
    if not named:
        judged = is_judged(words)
        if judged and ("join" not in kinds or is_judged(words[:60])):
            return nodes.Judgement(words)
    if named and "available" in low:
        return leaf_or_residue(words)
    if "whose " in low and any(piece.kind in ("not", "dont") for piece in pieces):
        return leaf_or_residue(words)  # whose follow-up is not complete
    if "sex" in kinds and len({p.text[0].lower() in "fw" for p in pieces if p.kind == "sex"}) > 1:
        return leaf_or_residue(words)  # which value is whose?
    if named and "informed consent" in low and not any(is_measured(p.node) for p in pieces):
        low = CONSENT_AS_TIME.sub("", low)
        if "informed consent" in low:
            return nodes.Attest(words)
    if named and any(map(low.__contains__, PERSONS)) and OTHER_PERSON.search(words):
        return leaf_or_residue(words)  # whose fact is it?
    if any(map(low.__contains__, UNSAID_SIGNS)) and UNSAID[section].search(words):
        return nodes.Residue(words) if section == "exclusion" else leaf_or_residue(words)
    if _is_about_contraception(pieces, words) or (
        not named
        and not is_judged(words)
        and any(map(low.__contains__, ASKED_SIGNS))
        and ASKED.search(words)
    ):
        return nodes.Attest(words)
    if pieces[0].kind == "count" or (pieces[0].kind in ("any", "all") and len(pieces) > 1):
        return _counted([pieces], text)
    if section == "inclusion" and (demand := demand_on_some(pieces, words)):
        return _on_some(demand, text)
    if pieces[0].kind == "if":
        comma = end_of_condition(pieces)
        if comma is None:
            return leaf_or_residue(words)
        return _condition(pieces[1:comma], pieces[comma + 1 :], text, section)
    if "example" in kinds and "except" in kinds and first_outside(pieces, "except") is None:
        return leaf_or_residue(words)  # in brackets: an exception to the examples, or to all?
    if section == "inclusion" and (limits := _limit_of_some(pieces)):
        return _of_those(pieces, limits, text)
    for kind in ("unless", "except"):
        at = first_outside(pieces, kind) if kind in kinds else None
        if at is not None and 0 < at < len(pieces) - 1:
            return exception(pieces, at, text, section)
    return tested(pieces, text, section)


def _is_of_one_sex(one: Piece, other: Piece) -> bool:
    """Say whether a fact of women stands before both sexes."""
    both = other.kind == "glue" and BOTH_SEXES.fullmatch(other.text) is not None
    return both and isinstance(one.node, nodes.Has)


def _rule(words: str, low: str, section: Section) -> nodes.Node | None:
    """Read a segment that is a rule of the trial, or a judgement, whatever facts stand in it."""
    if "will " in low and STOPS.search(words):
        return nodes.Residue(words)
    if section == "exclusion" and ("must" in low or "shall" in low or "should" in low):
        return nodes.Residue(words) if MUST.search(words) else None
    if section == "inclusion" and any(map(low.__contains__, PERMIT_SIGNS)):
        outside = BRACKETS.sub("", words)  # what brackets permit loosens what they stand behind
        if PERMITS.match(outside):
            return nodes.Residue(words)
    if "limited to" in low and OPEN_LIST.search(words):
        return nodes.Residue(words)  # examples: which others, and whether one is enough?
    if "no" in low and NO_OR_LITTLE.search(words):
        return nodes.Residue(words)  # what is denied is one of two
    if JUDGED_FIRST.match(words) and is_judged(words):
        return nodes.Judgement(words)
    return in_one_piece(words, low, section)


def _of_some(pieces: Sequence[Piece], whom: str, text: str) -> nodes.Node:
    """Read `LVEF at least 45 % (for patients who ...)`: a demand on some."""
    at = next((i for i, piece in enumerate(pieces) if piece.kind == "open"), 0)
    if not at or any(piece.kind == "join" for piece in pieces[:at]):
        return leaf_or_residue(words_of(pieces, text))
    return nodes.IfThen(nodes.Residue(whom), _segment(pieces[:at], text, "inclusion"))


def _limit_of_some(pieces: Sequence[Piece]) -> int:
    """Return where a limit turns to those it is asked of: `INR <= 1.5 in patients on warfarin`."""
    for at, piece in enumerate(pieces):
        if piece.kind == "open" or (piece.kind == "join" and piece.text != "/"):
            break
        if at and (piece.kind == "if" or OF_THOSE.fullmatch(piece.text)):
            limits = (is_measured(p.node) or _DIGIT.search(p.text) for p in pieces[:at])
            return at if any(limits) else 0
    return 0


def _of_those(pieces: Sequence[Piece], at: int, text: str) -> nodes.Node:
    limit = read_list(pieces[:at], text, "inclusion")
    whom = words_of(pieces[at:], text)
    if (
        at == len(pieces) - 1
        or not is_measured(limit)
        or any(p.kind == "join" for p in pieces[at:])
    ):
        return leaf_or_residue(words_of(pieces, text))
    return nodes.IfThen(nodes.Residue(whom), limit)


def _is_about_contraception(pieces: Sequence[Piece], words: str) -> bool:
    """Say whether a requirement is one of contraception: the drugs in it are its methods."""
    if not ("ontrace" in words or "ONTRACE" in words or "irth control" in words):
        return False
    facts = [piece.node for piece in pieces if _is_fact(piece.node)]
    return all(isinstance(node, nodes.Has) and node.domain in ("drug", "device") for node in facts)


def _holds_a_fact(pieces: Sequence[Piece]) -> bool:
    return any(piece.node is not None and _is_fact(piece.node) for piece in pieces)


def _holds_a_limit(pieces: Sequence[Piece]) -> bool:
    return any(is_measured(piece.node) for piece in pieces)


def _is_fact(node: nodes.Node | None) -> bool:
    return node is not None and not isinstance(node, nodes.Attest | nodes.Judgement)


# --- conditions ----------------------------------------------------------------------------------


def _on_some(demand: Demand, text: str) -> nodes.Node:
    """Read a demand on some; whether it asks of everybody to be one of them, a person decides."""
    when = read_list(demand.whom, text, "inclusion")
    then = _segment(demand.what, text, "inclusion")
    if not demand.of_all:
        return nodes.IfThen(when, then)
    doubt = nodes.Residue(f"whether all must: {words_of(demand.whom, text)}")
    return nodes.IfThen(when, then, doubt)


def _guarded(
    runs: Sequence[Sequence[Piece]], comma: int, text: str, section: Section
) -> nodes.Node:
    first = runs[0]
    rest: list[Piece] = list(first[comma + 1 :])
    for run in runs[1:]:
        rest += [Piece("stop", run[0].start, run[0].start, ";"), *run]
    return _condition(first[1:comma], rest, text, section)


def _condition(
    when: Sequence[Piece], then: Sequence[Piece], text: str, section: Section
) -> nodes.Node:
    """Read `if when, then`: a requirement on some; what excludes some needs both."""
    if any(piece.kind == "if" for piece in then):
        return leaf_or_residue(words_of((*when, *then), text))
    if section == "exclusion" and "must" in words_of(then, text):
        return nodes.Residue(words_of((*when, *then), text))  # it excludes who does not
    condition = read_list(when, text, "inclusion") if when else nodes.Residue("(no words)")
    what = _segments(then, text, section)
    if section == "exclusion":
        return every((condition, what))
    return nodes.IfThen(condition, what)
