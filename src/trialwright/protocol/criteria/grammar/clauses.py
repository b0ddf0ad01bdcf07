"""From pieces to the expression of one criterion.

    criterion := [heading ":"] segment ((";" | ".") segment)*
    segment   := condition "," clause | count list | clause
    clause    := list ["except" list | "unless" list]
    condition := "if" list | "in case of" list

Each segment must hold; of an exclusion, each alone excludes.
"""

import re
from collections.abc import Sequence

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.clause_words import (
    ASKED,
    ASKED_SIGNS,
    COHORT,
    CONSENT_AS_TIME,
    DEFINES,
    ELABORATES,
    ELIGIBLE,
    INELIGIBLE,
    JUDGED_FIRST,
    LABEL,
    MUST,
    OF_SOME,
    OTHER_PERSON,
    PERMITS,
    PERSONS,
    REQUIRED,
    SEX,
    STOPS,
    UNSAID,
    UNSAID_SIGNS,
)
from trialwright.protocol.criteria.grammar.demands import (
    Demand,
    demand_on_some,
    end_of_condition,
)
from trialwright.protocol.criteria.grammar.groups import split
from trialwright.protocol.criteria.grammar.lists import read_list
from trialwright.protocol.criteria.grammar.nouns import is_judged, leaf
from trialwright.protocol.criteria.grammar.open_facts import facts_only
from trialwright.protocol.criteria.grammar.part import (
    decidable,
    excepted,
    is_measured,
    leaf_or_residue,
    timed,
    within,
)
from trialwright.protocol.criteria.grammar.parts import read_part
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.numbers import count
from trialwright.protocol.criteria.pieces import DEPTH, Piece
from trialwright.protocol.criteria.serology import shown_by_test
from trialwright.protocol.criteria.trees import either_way, every, some, tidy

_DIGIT = re.compile(r"\d")


def read(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    """Return the expression of a criterion's pieces."""
    head, rest = _heading(pieces, text)
    if head is None:
        return facts_only(_segments(rest, text, section), text)
    return facts_only(_headed(head, rest, text, section), text)


def _words(pieces: Sequence[Piece], text: str) -> str:
    return tidy(text[pieces[0].start : pieces[-1].end]) if pieces else ""


# --- headings ----------------------------------------------------------------------------------


def is_label(words: str) -> bool:
    """Say whether a heading only names what follows: `Renal function:`, `For women:`."""
    return LABEL.fullmatch(words) is not None or SEX.fullmatch(words) is not None


def _heading(pieces: Sequence[Piece], text: str) -> tuple[Sequence[Piece] | None, Sequence[Piece]]:
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
    words = _words(head, text)
    if head[-1].kind in ("count", "any", "all"):
        return _segments((*head, *rest), text, section)
    if head[0].kind == "if":
        return _condition(head[1:], rest, text, section)
    if (sex := SEX.fullmatch(words)) is not None:
        one = nodes.Demographic(sex="female" if sex["female"] else "male")
        what = _segments(rest, text, section)
        return every((one, what)) if section == "exclusion" else nodes.IfThen(one, what)
    if is_label(words):
        return _segments(rest, text, section)
    whole = (*head, *rest)
    if len(head) == 1 and head[0].node and not is_measured(head[0].node):
        values = [p for p in rest if p.kind not in ("glue", "join", "open", "close")]
        if values and all(is_measured(p.node) for p in values):
            return _segments(rest, text, section)  # the values say what is meant by the name
    if any(p.node is not None for p in head) or any(p.kind in ("not", "dont") for p in head):
        return leaf_or_residue(_words(whole, text))
    listed = _segments(rest, text, section)
    if not decidable(listed):
        return leaf(_words(whole, text))
    named = leaf(words)
    opened = any(p.kind in ("hazard", "bound", "example", "other", "relation") for p in head)
    if section == "inclusion" and opened:
        return leaf_or_residue(_words(whole, text))
    if opened:
        listed = some((listed, nodes.Residue("others of this kind")))
    if not isinstance(named, nodes.Attest | nodes.Judgement):
        named = nodes.Residue(words)
    return every((named, listed))


# --- segments ------------------------------------------------------------------------------------


def _segments(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    runs = [run for run in _cut(pieces) if run]
    if not runs:
        return nodes.Residue(tidy(text) or "(no words)")
    if _DIGIT.search(text) and COHORT.search(text):
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
    if all(piece.kind != "stop" for piece in pieces):
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
    words = _words(run, text)
    sentence = text[: run[0].start].rstrip().endswith(".")
    if sentence and ELIGIBLE.search(words) and not INELIGIBLE.search(words):
        rescue = nodes.Residue(f"whether this lets in: {words}")
        return some((node, rescue)) if section == "inclusion" else nodes.Except(node, (rescue,))
    if sentence and DEFINES.match(words):
        return every((node, nodes.Residue(words)))
    if sentence and ELABORATES.match(words):
        more = nodes.Residue(words)
        if section == "inclusion":
            return every((node, more))
        return some((every((node, more)), every((nodes.Residue(f"what else is meant: {words}"),))))
    if run[0].kind == "join" and "or" in run[0].text.lower():
        if section == "inclusion" and isinstance(node, nodes.All):
            return nodes.Residue(tidy(text[: run[-1].end]))  # or: instead of which of these?
        return some((node, _segment(run[1:] or run, text, section)))
    read_ = _segment(run, text, section)
    return every((node, read_)) if section == "inclusion" else some((node, read_))


def _counted(runs: Sequence[Sequence[Piece]], text: str) -> nodes.Node:
    """Read `at least two of the following: a, b or c`."""
    first = runs[0][0]
    pieces = [piece for run in runs for piece in (*run, _STOP)]
    listed = [piece for piece in pieces[1:-1] if piece.kind != "colon"]
    groups = split(tuple(_asend_of_condition(piece) for piece in listed)).groups
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


def _asend_of_condition(piece: Piece) -> Piece:
    return Piece("join", piece.start, piece.end, ",") if piece.kind == "stop" else piece


# --- one segment ---------------------------------------------------------------------------------


def _segment(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    while pieces and pieces[0].kind in ("join", "stop", "colon", "close"):
        pieces = pieces[1:]
    if not pieces:
        return nodes.Residue("(no words)")
    words = _words(pieces, text)
    low = words.lower()
    if said := _rule(words, low, section):
        return said
    if section == "inclusion" and words.endswith(")") and (whom := OF_SOME.search(words)):
        return _of_some(pieces, whom["whom"], text)
    named = any(_is_fact(piece.node) for piece in pieces)
    if not named:
        listed = any(piece.kind == "join" for piece in pieces)
        judged = is_judged(words)
        if judged and (not listed or is_judged(words[:60])):
            return nodes.Judgement(words)
    if named and "available" in low:
        return leaf_or_residue(words)
    if len({piece.text[0].lower() in "fw" for piece in pieces if piece.kind == "sex"}) > 1:
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
        not any(_is_fact(piece.node) for piece in pieces)
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
    kinds = {piece.kind for piece in pieces}
    for kind in ("unless", "except"):
        at = _first(pieces, kind) if kind in kinds else None
        if at is not None and 0 < at < len(pieces) - 1:
            return _exception(pieces, at, text, section)
    return _tested(pieces, text, section)


def _rule(words: str, low: str, section: Section) -> nodes.Node | None:
    """Read a segment that is a rule of the trial, or a judgement, whatever facts stand in it."""
    if "will " in low and STOPS.search(words):
        return nodes.Residue(words)
    if section == "exclusion" and ("must" in low or "shall" in low or "should" in low):
        return nodes.Residue(words) if MUST.search(words) else None
    permits = "allowed" in low or "permitted" in low or "acceptable" in low or "eligible" in low
    if section == "inclusion" and permits and PERMITS.match(words):
        return nodes.Residue(words)
    if JUDGED_FIRST.match(words) and is_judged(words):
        return nodes.Judgement(words)
    return None


def _of_some(pieces: Sequence[Piece], whom: str, text: str) -> nodes.Node:
    """Read `LVEF at least 45 % (for patients who ...)`: a demand on some."""
    at = next((i for i, piece in enumerate(pieces) if piece.kind == "open"), 0)
    if not at or any(piece.kind == "join" for piece in pieces[:at]):
        return leaf_or_residue(_words(pieces, text))
    return nodes.IfThen(nodes.Residue(whom), _segment(pieces[:at], text, "inclusion"))


def _is_about_contraception(pieces: Sequence[Piece], words: str) -> bool:
    """Say whether a requirement is one of contraception: the drugs in it are its methods."""
    if not ("ontrace" in words or "ONTRACE" in words or "irth control" in words):
        return False
    facts = [piece.node for piece in pieces if _is_fact(piece.node)]
    return all(isinstance(node, nodes.Has) and node.domain in ("drug", "device") for node in facts)


def _is_fact(node: nodes.Node | None) -> bool:
    return node is not None and not isinstance(node, nodes.Attest | nodes.Judgement)


def _tested(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    words = _words(pieces, text)
    named = any(_is_named(piece.node) for piece in pieces)
    if section == "exclusion" and named and REQUIRED.match(words):
        return nodes.Residue(words)  # what an exclusion forbids to lack, or to have?
    kinds = {piece.kind for piece in pieces}
    if "colon" in kinds and any(piece.kind == "colon" for piece in _outside(pieces)):
        return leaf_or_residue(words)  # a label in the middle: what does it stand over?
    results: tuple[str, ...] = ()
    if "positive" in kinds:
        if "negative" in kinds:
            return nodes.Residue(words)  # which of them is negative?
        results = tuple(piece.text for piece in _outside(pieces) if piece.kind == "positive")
    if named and "negative" in kinds and _is_negative(pieces):
        apart = sum(p.kind == "who" for p in pieces) > 1  # whose result is negative?
        if results or section == "exclusion" or apart or any(_unlike(p) for p in pieces):
            return nodes.Residue(words)
        asked = any(isinstance(p.node, nodes.Attest | nodes.Judgement) for p in pieces)
        tested = _with_aside(pieces, text, "exclusion")
        if asked or not decidable(tested):
            return leaf_or_residue(words)  # `negative` stands in the words
        return nodes.Not(shown_by_test(tested, ("positive test",)))
    if named and "negative" in kinds:
        return leaf_or_residue(words)  # the result of one of them, and not of all
    node = _with_aside(pieces, text, section)
    return shown_by_test(node, results) if results and named else node


def _outside(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces outside parentheses."""
    outside: list[Piece] = []
    depth = 0
    for piece in pieces:
        depth += DEPTH.get(piece.kind, 0)
        if depth == 0:
            outside.append(piece)
    return outside


def _is_negative(pieces: Sequence[Piece]) -> bool:
    """Say whether a negative result opens or closes the segment."""
    said = [piece for piece in pieces if piece.kind not in ("glue", "who", "close", "open")]
    return bool(said) and "negative" in (said[0].kind, said[-1].kind)


def _unlike(piece: Piece) -> bool:
    return is_measured(piece.node) or piece.kind in ("not", "dont")


def _with_aside(pieces: Sequence[Piece], text: str, section: Section) -> nodes.Node:
    """Read `list aside`: in spite of ..., unexplained by ..., defined as ..."""
    at = _first(pieces, "aside") if any(p.kind == "aside" for p in pieces) else None
    if not at or at == len(pieces) - 1:
        return read_list(pieces, text, section)
    head, aside = pieces[:at], pieces[at:]
    while head and head[-1].kind == "join":
        head = head[:-1]
    words = _words(aside, text)
    if not head or _reaches_further(aside) or any(p.kind in ("not", "dont") for p in head):
        return leaf_or_residue(_words(pieces, text))
    node = read_list(head, text, section)
    if isinstance(node, nodes.Residue):
        return nodes.Residue(_words(pieces, text))
    if "defined" in aside[0].text.lower() or "character" in aside[0].text.lower():
        return _defined(node, head, aside, text, section)
    judged = is_judged(words)
    return every((node, nodes.Judgement(words) if judged else nodes.Residue(words)))


def _defined(
    node: nodes.Node, head: Sequence[Piece], aside: Sequence[Piece], text: str, section: Section
) -> nodes.Node:
    """Read `A defined as B`: values say what is meant by A, other words narrow it."""
    at = _first(aside[1:], "aside")
    rest, further = (aside[1:], ()) if at is None else (aside[1 : at + 1], aside[at + 1 :])
    more = (nodes.Residue(_words(further, text)),) if further else ()
    words = _words((aside[0], *rest), text)
    listed = any(p.kind == "join" and "or" in p.text.lower() for p in rest)
    inexact = any(p.kind in ("example", "except", "unless", "not", "dont") for p in rest)
    plain = [p for p in rest if p.kind not in ("glue", "join", "open", "close")]
    if all(is_measured(p.node) for p in plain) and plain:
        what = read_list(rest, text, "inclusion")
        if section == "exclusion" and len(split(head).groups) == 1:
            if not decidable(node):
                return every((what, *more))
            doubt = nodes.Residue("whether this alone counts: " + _words(head, text))
            return every((some((what, every((node, doubt)))), *more))
        return every((node, what, *more)) if decidable(node) else every((what, *more))
    if listed or inexact or not any(is_measured(p.node) for p in rest):
        judged = is_judged(words)
        if judged:  # a diagnosis on record neither meets what a person judges, nor is it needed
            return nodes.Judgement(_words((*head, *aside), text))
        left = nodes.Residue(words)
        return every((node, left, *more))
    return every((node, read_list(rest, text, "inclusion"), *more))


def _reaches_further(aside: Sequence[Piece]) -> bool:
    """Say whether an aside may hold an alternative to what precedes it."""
    if "defined" in aside[0].text.lower():
        return False
    joined = any(p.kind == "join" and "or" in p.text.lower() for p in aside)
    return joined and any(is_measured(p.node) for p in aside)


def _is_named(node: nodes.Node | None) -> bool:
    return node is not None and not is_measured(node)


def _first(pieces: Sequence[Piece], kind: str) -> int | None:
    depth = 0
    for i, piece in enumerate(pieces):
        depth += DEPTH.get(piece.kind, 0)
        if piece.kind == kind and depth == 0:
            return i
    return None


def _exception(pieces: Sequence[Piece], at: int, text: str, section: Section) -> nodes.Node:
    """Read `base except exceptions`, `base unless condition`."""
    while at > 1 and pieces[at - 1].kind == "join":
        pieces = (*pieces[: at - 1], *pieces[at:])
        at -= 1
    base_pieces = pieces[:at]
    words = _words(pieces[at:], text)
    if not any(p.kind not in ("join", "glue") for p in base_pieces):
        return leaf_or_residue(_words(pieces, text))
    behind = pieces[-1]
    alone = not any(p.kind in ("window", "open") for p in pieces[:-1])
    if behind.kind == "window" and alone and pieces[at].kind == "except" and at < len(pieces) - 2:
        return _timed_somewhere(_exception(pieces[:-1], at, text, section), behind)
    base = _tested(base_pieces, text, section)
    if isinstance(base, nodes.Residue | nodes.Judgement | nodes.Attest):
        return type(base)(_words(pieces, text))
    but = _exempt(pieces[at + 1 :], text, words)
    if section == "inclusion" and (pieces[at].kind == "unless" or is_measured(base)):
        return some((base, but))  # who is exempt need not meet it
    several = isinstance(base, nodes.Any) and len(base.of) > 1 and decidable(base)
    if isinstance(base, nodes.Not) and pieces[at].kind == "except":
        return nodes.Not(excepted(base.of, but, words))
    if several and pieces[at].kind == "except":
        return _of_the_last(base, but, words)
    if pieces[at].kind == "unless":
        return nodes.Except(base, (but,))
    return excepted(base, but, words)


def _timed_somewhere(node: nodes.Node, window: Piece) -> nodes.Node:
    """A time behind an exception may be that of the whole, or of the exception."""
    match node:
        case nodes.Except(base, but):
            timed_ = nodes.Except(within(window, base), but)
            return either_way(timed_, node, f"whether this is of the exception: {window.text}")
        case _:
            return every((node, nodes.Residue(window.text)))


def _of_the_last(base: nodes.Node, but: nodes.Node, words: str) -> nodes.Node:
    """An exception behind a list may belong to its last part only."""
    whole = excepted(base, but, words)
    others = some(base.of[:-1]) if isinstance(base, nodes.Any) else base
    doubt = nodes.Residue(f"whether this is of the last only: {words}")
    return some((whole, every((others, doubt))))


def _exempt(pieces: Sequence[Piece], text: str, words: str) -> nodes.Node:
    if not pieces:
        return nodes.Residue(words)
    if any(piece.kind == "example" for piece in pieces):
        return nodes.Residue(words)  # examples of the exception, or of the rest?
    node = read_list(pieces, text, "exclusion")
    if isinstance(node, nodes.Residue):
        return nodes.Residue(words)
    return node


# --- conditions ----------------------------------------------------------------------------------


def _on_some(demand: Demand, text: str) -> nodes.Node:
    """Read a demand on some; whether it asks of everybody to be one of them, a person decides."""
    when = read_list(demand.whom, text, "inclusion")
    then = _segment(demand.what, text, "inclusion")
    if not demand.of_all:
        return nodes.IfThen(when, then)
    doubt = nodes.Residue(f"whether all must: {_words(demand.whom, text)}")
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
        return leaf_or_residue(_words((*when, *then), text))
    if section == "exclusion" and "must" in _words(then, text):
        return nodes.Residue(_words((*when, *then), text))  # it excludes who does not
    condition = read_list(when, text, "inclusion") if when else nodes.Residue("(no words)")
    what = _segments(then, text, section)
    if section == "exclusion":
        return every((condition, what))
    return nodes.IfThen(condition, what)
