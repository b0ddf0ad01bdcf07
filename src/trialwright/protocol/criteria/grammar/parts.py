"""One part of a criterion (between the connectives): its facts, and the words that narrow them.

    part   := lead* core tail*
    lead   := glue | "history of" | "active" | degree | test result | modifier
    core   := fact | noun phrase
    tail   := window | "(" aside ")" | method | bound words | negation part | example list

Sound in both directions: a word that may change the meaning turns the part into residue; a word
that can only narrow is ANDed, so that the part is never wrongly true.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.cues import (
    DEEPEST,
    DRUG_HINTS,
    EARLIER,
    EMPTY,
    MOVES_A_LIMIT,
    PROCEDURE_HINTS,
    SAME,
    SAME_DRUG,
    SEX_IMPLIED,
    SIGNIFICANT,
    STANDS_UNDER,
    TAILS,
    VALUE_NAMED,
    ends_neutral,
    is_kind,
    is_laboratory,
    is_participle,
    is_short,
    modifies,
    same_concept,
)
from trialwright.protocol.criteria.grammar.nouns import domain_of, is_judged, leaf
from trialwright.protocol.criteria.grammar.part import (
    Part,
    closing,
    concept_of,
    decidable,
    degrees,
    excepted,
    free_for,
    in_degree,
    is_measured,
    leaf_or_residue,
    leaves,
    measured_by,
    timed,
)
from trialwright.protocol.criteria.pieces import DEPTH, Piece
from trialwright.protocol.criteria.trees import either_way, every, some, tidy

_STOPPED = re.compile(
    r"\b(?:not|cannot|unable|stop\w*|discontinu\w+|wash\w*|withdr\w+|interrupt\w*|paus\w+|held)\b",
    re.IGNORECASE,
)
_COURSE = re.compile(r"dialysis|therap|treatment|transfusion|apheresis", re.IGNORECASE)


def read_part(pieces: Sequence[Piece], text: str, depth: int = 0) -> Part:
    """Read the pieces of one part; `text` is what they were scanned from.

    Parts stand inside parts (with ..., that ...); what stands too deep is not read.
    """
    if depth > DEEPEST:
        words = tidy(text[pieces[0].start : pieces[-1].end])
        return Part(leaf_or_residue(words), words, unsure=True)
    return _Reader(pieces, text, depth).read()


class _Reader:
    """Reads one part from left to right."""

    def __init__(self, pieces: Sequence[Piece], text: str, depth: int) -> None:
        self.depth = depth + 1
        self.pieces = tuple(pieces)
        self.text = text
        self.words = tidy(text[pieces[0].start : pieces[-1].end])
        self.i = 0
        self.when: nodes.When | None = None
        self.degree: tuple[nodes.Severity, ...] = ()
        self.window: Piece | None = None
        self.own_window = False
        self.window_leads = False
        self.hint: nodes.Domain | None = None
        self.clause = False
        self.lead: list[str] = []
        self.tail: list[nodes.Node] = []
        self.tail_words: list[str] = []
        self.tail_from = -1
        self.past = False
        self.unsure = False
        self.bare = False
        self.sex: str | None = None

    def read(self) -> Part:
        self._leads()
        core = self._core()
        if not core and self.i < len(self.pieces) and self.pieces[self.i].kind in TAILS:
            return self._nothing()
        node, words = self._meaning(core)
        examples: list[nodes.Node] = []
        while self.i < len(self.pieces):
            node = self._tail(node, examples)
        if self.unsure or self._to_come(node):
            return Part(leaf_or_residue(self.words), self.words, unsure=True)
        if self.past and is_measured(node) and not isinstance(node, nodes.Demographic):
            return Part(nodes.Residue(self.words), self.words, unsure=True)
        return self._finish(node, words, examples)

    def _finish(self, node: nodes.Node, words: str, examples: list[nodes.Node]) -> Part:
        lead = tidy(" ".join(self.lead))
        words = "" if examples else words  # what goes on is no head that neighbours share
        if self.window and self.window.gap and not self.window.last and _STOPPED.search(self.words):
            self.tail.append(nodes.Residue(self.window.text))  # the pause is meant, no past use
            self.window = None
        if self.window and (said := self._diagnosed()):
            self.tail.append(nodes.Residue(said))  # a state goes on; its beginning is meant
        if isinstance(node, nodes.Attest | nodes.Judgement | nodes.Residue):
            unread = isinstance(node, nodes.Residue)
            return Part(type(node)(self.words), self.words, unsure=True, clause=self.clause,
                        words="" if unread else words)  # fmt: skip
        if self.degree:
            graded = in_degree(node, self.degree)
            if graded == node:
                lead = tidy(f"{' '.join(self.degree)} {lead}")
            node = graded
        if self.sex and not SEX_IMPLIED.search(self.words):
            female = self.sex.lower().startswith(("f", "w"))
            sex = nodes.Demographic(sex="female" if female else "male")
            node = (
                sex if isinstance(node, nodes.Has) and node.words == "(sex)" else every((sex, node))
            )
        judged = [nodes.Judgement(lead) if lead.endswith(SIGNIFICANT) else nodes.Residue(lead)]
        node = every((node, *(judged if lead else ()), *self.tail))
        named = isinstance(node, nodes.Has) and node.concept is not None
        if isinstance(node, nodes.Has) and not named and _only_words(node, examples):
            node = replace(node, words=self.words) if examples else node
            examples = []  # examples in words only add words
        if isinstance(node, nodes.Has) and not named and self._is_positive():
            node = replace(node, words=self.words)
        if examples:
            node = some((node, *examples))
        return Part(
            node, self.words, lead, tidy(" ".join(self.tail_words)), self.window, self.own_window,
            self.window_leads, self.when, self.degree, words, self.hint,
            clause=self.clause, tail_from=self.tail_from,
            measured=is_measured(node), bare=self.bare and not self.tail,
        )  # fmt: skip

    def _to_come(self, node: nodes.Node) -> bool:
        """`Undergoing surgery`: no record of the past shows or denies it; a course goes on."""
        procedure = any(isinstance(n, nodes.Has) and n.domain == "procedure" for n in leaves(node))
        said = any("undergoing" in p.text.lower() for p in self.pieces if p.node is None)
        return procedure and said and not _COURSE.search(self.words)

    def _is_positive(self) -> bool:
        return any(piece.kind == "positive" for piece in self.pieces)

    def _diagnosed(self) -> str | None:
        glue = (piece.text for piece in self.pieces if piece.kind == "glue")
        return next((text for text in glue if "iagnos" in text), None)

    def _nothing(self) -> Part:
        return Part(leaf_or_residue(self.words), self.words, unsure=True)

    # --- what stands before -----------------------------------------------------------------

    def _leads(self) -> None:
        while self.i < len(self.pieces):
            piece = self.pieces[self.i]
            match piece.kind:
                case "ever":
                    self.when, self.clause, self.past = "ever", True, True
                case "current":
                    self.when = "current"
                case "degree":
                    self.degree = degrees(piece.text)
                case "window":
                    self.window, self.window_leads = piece, True
                case "sex":
                    self.sex, self.clause = piece.text, True
                case "glue" | "who" | "both" | "any" | "all" | "positive" | "negative":
                    self._hinted(piece)
                case "open" if self._parenthesised_window() or self._opens_a_value():
                    pass
                case "neutral":
                    self._until_tail()
                    continue
                case "bound" if piece.text.lower() in STANDS_UNDER and not self.window:
                    self.hint = "drug" if piece.text.lower() == "on" else self.hint
                case "other" if piece.text.lower() == "other" and self._ever_follows():
                    self.lead.append(piece.text)
                case "modifier" if self.window_follows():
                    pass
                case "modifier" if piece.text.lower().startswith("adult"):
                    self.lead.append(piece.text)
                case "modifier" if self._of_follows():
                    self.lead.append(piece.text)
                    self.i += 1
                case _:
                    return
            self.i += 1

    def _of_follows(self) -> bool:
        """`The end-stage of liver cirrhosis` is end-stage liver cirrhosis."""
        after = self.pieces[self.i + 1 : self.i + 3]
        return len(after) == 2 and after[0].text.lower() == "of" and after[1].node is not None

    def _ever_follows(self) -> bool:
        """`Other prior malignancy`: another than the one under study."""
        after = self.pieces[self.i + 1 : self.i + 2]
        return bool(after) and after[0].kind in ("ever", "current")

    def window_follows(self) -> bool:
        """`Recent (within the last 3 months) stroke`: the window says what recent means."""
        recent = self.pieces[self.i].text.lower() in ("recent", "recently")
        return recent and any(piece.kind == "window" for piece in self.pieces[self.i :])

    def _parenthesised_window(self) -> bool:
        inside = self.pieces[self.i + 1 : self.i + 3]
        if len(inside) == 2 and inside[0].kind == "window" and inside[1].kind == "close":
            self.window, self.window_leads = inside[0], True
            self.i += 2
            return True
        return False

    def _is_a_value(self, node: nodes.Node) -> bool:
        """`Anaemia (haematocrit < 25 %)`: the value is what the name means."""
        if self.lead or self.degree or not isinstance(node, nodes.Has):
            return False
        return node.concept is not None and VALUE_NAMED.search(node.words) is not None

    def _opens_a_value(self) -> bool:
        """`Adult patients (age 18 and above)`: nothing but the value is asked."""
        following = self.pieces[self.i + 1 : self.i + 2]
        return bool(following) and is_measured(following[0].node)

    def _hinted(self, piece: Piece) -> None:
        low = " ".join(piece.text.lower().split())
        self.clause = self.clause or piece.kind == "who" or low in ("a", "an", "the", "any")
        if low in DRUG_HINTS:
            self.hint = "drug"
        elif low in PROCEDURE_HINTS:
            self.hint = "procedure"

    # --- the core ---------------------------------------------------------------------------

    def _core(self) -> tuple[Piece, ...]:
        start = self.i
        while self.i < len(self.pieces):
            piece = self.pieces[self.i]
            if self.i > start and piece.kind == "other" and piece.text.lower().startswith("or "):
                break
            if piece.kind in TAILS or piece.kind in ("open", "close", "window", "method", "colon"):
                of = piece.kind == "bound" and piece.text.lower() in ("of", "in", "for", "to")
                plain = all(p.node is None for p in self.pieces[start : self.i])
                if not (of and plain and self.i > start and self._plain_ahead()):
                    break
            self.i += 1
        core = self.pieces[start : self.i]
        while core and core[-1].kind in ("glue", "who", "positive", "negative", "current", "sex"):
            self.sex = core[-1].text if core[-1].kind == "sex" else self.sex
            core = core[:-1]
        return core

    def _plain_ahead(self) -> bool:
        """Say whether only plain words follow up to the next boundary: `pain in the back`."""
        for piece in self.pieces[self.i + 1 :]:
            if piece.node is not None:
                return False
            if piece.kind not in ("word", "glue", "modifier", "bound", "hazard", "degree"):
                return True
        return True

    def _meaning(self, core: Sequence[Piece]) -> tuple[nodes.Node, str]:
        said = [piece for piece in core if piece.kind != "glue"]
        if not said and self.sex and self.i >= len(self.pieces):
            return nodes.Has("condition", None, "(sex)"), ""
        if not said:
            if self.window or self.when or self.degree or self.hint:
                return leaf_or_residue(self.words), ""
            return leaf(self.words, self.hint), ""
        atoms = [i for i, piece in enumerate(said) if piece.node is not None]
        words = tidy(self.text[core[0].start : core[-1].end])
        if any(piece.kind == "relation" for piece in said):
            return self._relation(said, words)
        if not atoms:
            if words.lower() in EMPTY:
                self.unsure = True
            self.bare = all(modifies(piece) for piece in said)
            return leaf(words, self.hint), words
        measured = [said[i].node for i in atoms if is_measured(said[i].node)]
        tested = any(piece.kind in ("positive", "negative") for piece in self.pieces)
        if not measured and not tested and is_laboratory(core):  # no drug taken: its level
            return _open(self.words, self.hint), ""
        if any(piece.kind == "hazard" for piece in said):
            self.unsure = True
            return leaf_or_residue(self.words), ""
        if measured:
            return self._values(said), ""
        return self._named(said, atoms[-1], words), ""

    def _relation(self, said: Sequence[Piece], words: str) -> tuple[nodes.Node, str]:
        node = leaf(words, self.hint)
        if isinstance(node, nodes.Has) and node.domain != "allergy" and any(p.node for p in said):
            return nodes.Residue(words), ""
        return node, ""

    def _values(self, said: Sequence[Piece]) -> nodes.Node:
        """Read numbers with words around them: the words narrow."""
        facts = [piece.node for piece in said if piece.node is not None]
        first = next(i for i, piece in enumerate(said) if piece.node is not None)
        before = [p.text for p in said[:first] if p.node is None]
        behind = [p.text for p in said[first:] if p.node is None]
        if any(p.text.lower() in EARLIER for p in said if p.node is None):
            self.unsure = True
        if any(isinstance(n, nodes.Demographic) for n in facts) and (before or behind):
            only_words = [leaf(" ".join(words), self.hint) for words in (before, behind) if words]
            return every((*facts, *only_words))
        self.lead += before
        if behind:
            self._behind(nodes.Residue(" ".join(behind)), " ".join(behind))
        return every(facts)

    def _named(self, said: Sequence[Piece], at: int, words: str) -> nodes.Node:
        """Read a named concept with words around it."""
        head = said[at]
        trailing = list(said[at + 1 :])
        while trailing and trailing[0].text.lower() in self._same(head):
            trailing = trailing[1:]
        if trailing and not is_participle(trailing[0].text):
            return _open(words, self.hint)  # a compound: its head is another word
        if trailing:
            text = self.text[trailing[0].start : trailing[-1].end]
            self._behind(nodes.Residue(tidy(text)), text)
        self.lead += [p.text for p in said[:at]]
        return head.node or leaf(words, self.hint)

    def _same(self, head: Piece) -> frozenset[str]:
        domains = {n.domain for n in leaves(head.node) if isinstance(n, nodes.Has)}
        return SAME_DRUG if domains <= {"drug", "procedure"} else SAME

    def _behind(self, node: nodes.Node, text: str) -> None:
        if not tidy(text):
            return
        self.tail.append(node)
        self.tail_words.append(text)

    # --- what stands behind -----------------------------------------------------------------

    def _tail(self, node: nodes.Node, examples: list[nodes.Node]) -> nodes.Node:
        piece = self.pieces[self.i]
        match piece.kind:
            case "window":
                self.window = piece
                self.i += 1
            case "open":
                return self._aside(node, examples)
            case "method":
                self.i += 1
                noted = measured_by(node, piece.text)
                if noted is None:
                    self._behind(nodes.Residue(piece.text), piece.text)
                return noted or node
            case "close" | "glue" | "positive" | "negative" | "colon" | "sex":
                self.i += 1
            case "example":
                self._examples(node, examples)
            case "other" if piece.text.lower().startswith(("or ", "and ")):
                text = self._span(self._until_tail())
                more = len(text) > len(piece.text)
                examples.append(leaf_or_open(text) if more else nodes.Residue(text))
            case "restate":
                return self._restated(node)
            case "not":
                self._negated()
            case "neutral":
                self._until_tail()
            case "current" | "ever" if self.i == len(self.pieces) - 1:
                self.when = self.when or ("current" if piece.kind == "current" else "ever")
                self.i += 1
            case _:
                if piece.kind in ("if", "unless") and is_measured(node):
                    self.unsure = True  # `ALT < 2.5 x ULN if ...`: for others it is another
                self._bound()
        return node

    def _span(self, taken: Sequence[Piece]) -> str:
        return tidy(self.text[taken[0].start : taken[-1].end])

    def _until_tail(self) -> tuple[Piece, ...]:
        """Take the pieces up to the next window, aside or clause of the same level."""
        start = self.i
        self.i += 1
        while self.i < len(self.pieces):
            piece = self.pieces[self.i]
            if piece.kind == "window" and self.pieces[start].kind in (
                "who",
                "bound",
                "dont",
                "neutral",
            ):
                break
            opens = piece.kind == "example" or (piece.kind == "not" and self.i > start + 1)
            if opens:
                break
            neutral = self.pieces[start].kind == "neutral"
            if neutral and (ends_neutral(piece) or is_measured(piece.node)):
                break
            if piece.kind == "open":
                self.i = closing(self.pieces, self.i)
            self.i += 1
        return self.pieces[start : self.i]

    def _bound(self) -> None:
        taken = self._until_tail()
        text = self.text[taken[0].start : taken[-1].end]
        if taken[0].kind == "who" and len(taken) > 1:
            inner = read_part(taken[1:], self.text, self.depth)
            if not inner.unsure and not inner.window:
                self._behind(timed(inner), text)
                self.tail_from = taken[0].start
                return
        if is_judged(text):
            self._behind(nodes.Judgement(tidy(text)), text)
            return
        self.tail_from = taken[0].start
        self._behind(nodes.Residue(tidy(text)), text)

    def _negated(self) -> None:
        """Read `asthma without stroke or diabetes`: neither of the two."""
        taken = self._until_tail()
        text = self.text[taken[0].start : taken[-1].end]
        if len(taken) == 1:
            self._behind(nodes.Residue(tidy(text)), text)
            return
        inner = listed(taken[1:], self.text, self.depth)
        unread = isinstance(inner, nodes.Residue)
        self._behind(nodes.Residue(tidy(text)) if unread else nodes.Not(free_for(inner)), text)

    def _restated(self, node: nodes.Node) -> nodes.Node:
        taken = self._until_tail()
        text = self.text[taken[0].start : taken[-1].end]
        rest = taken[1:]
        inner = read_part(rest, self.text, self.depth) if rest else None
        if inner is not None and not inner.unsure and inner.measured:
            if _defines(taken[0]) and concept_of(node) and not self.lead and not self.degree:
                return timed(inner)
            self._behind(timed(inner), text)
        else:
            self._behind(nodes.Residue(tidy(text)), text)
        return node

    def _examples(self, node: nodes.Node, examples: list[nodes.Node]) -> None:
        start = self.i
        self.i = len(self.pieces)
        taken = self.pieces[start:]
        if len(taken) > 2 and taken[-1].kind == "window" and taken[-2].kind == "close":
            self.window, taken = taken[-1], taken[:-1]  # behind the brackets: of the whole
        text = tidy(self.text[taken[0].start : taken[-1].end])
        self.tail_words.append(text)
        if self.tail_from >= 0:  # of the words before: due to a reversible cause, e.g. ...
            self.tail.append(nodes.Residue(text))
            return
        examples += exemplified(node, taken[1:], self.text, self._qualified(), text, self.depth)

    def _qualified(self) -> bool:
        return bool(self.lead or self.degree or self.tail)

    # --- parentheses ------------------------------------------------------------------------

    def _aside(self, node: nodes.Node, examples: list[nodes.Node]) -> nodes.Node:
        """Say what parentheses mean: a window, a definition, examples, nothing new, or unread."""
        end = closing(self.pieces, self.i)
        inside = self.pieces[self.i + 1 : end]
        self.i = min(end + 1, len(self.pieces))
        said = [piece for piece in inside if piece.kind not in ("glue", "open", "close")]
        if not said:
            return node
        text = tidy(self.text[inside[0].start : inside[-1].end])
        only = said[0] if len(said) == 1 else None
        if only is not None:
            if only.kind == "window":
                self.window, self.own_window = only, True
                return node
            if only.kind in ("positive", "negative", "current", "ever"):
                return node
            if only.kind == "method" and (noted := measured_by(node, only.text)):
                return noted
            closed = end < len(self.pieces)
            if (closed and is_short(only.text)) or same_concept(node, only.node):
                return node
            if isinstance(only.node, nodes.Compare) and self._is_a_value(node):
                return only.node
        if said[0].kind == "join" and "or" in said[0].text.lower():
            return some((node, listed(inside[1:], self.text, self.depth)))
        if said[0].kind == "example":
            examples += exemplified(node, said[1:], self.text, self._qualified(), text, self.depth)
            return node
        if said[0].kind == "except":
            inner = listed(said[1:], self.text, self.depth)
            return excepted(node, inner, text)
        if said[0].kind == "not" and len(said) > 1:
            self._behind(nodes.Not(listed(said[1:], self.text, self.depth)), text)
            return node
        measured = all(is_measured(p.node) for p in said if p.kind not in ("join", "restate"))
        if measured and not is_measured(node):
            defined = _defines(said[0]) and concept_of(node) and not self.lead and not self.degree
            said = said[1:] if said[0].kind == "restate" else said
            values = _together(said, self.text, self.depth)
            if defined:
                return values
            self._behind(values, text)
            return some((node, nodes.Residue("whether the value alone counts")))
        if is_measured(node) and MOVES_A_LIMIT.search(text):
            self.unsure = True  # `ALT < 2.5 x ULN (5 x ULN if ...)`: for some it is another
        self._behind(leaf(text) if is_judged(text) else nodes.Residue(text), text)
        return node


def _together(pieces: Sequence[Piece], text: str, depth: int) -> nodes.Node:
    """Read the values of a definition: all of them; whether one alone counts is in doubt."""
    parts = _listed(pieces, text, depth)
    if any("or" in p.text.lower() for p in pieces if p.kind == "join") or len(parts) < 2:
        return some(parts)
    if not any(isinstance(part, nodes.Any) for part in parts):
        return every(parts)
    return either_way(every(parts), some(parts), "whether one alone counts")


def _defines(piece: Piece) -> bool:
    """Say whether what follows is all that is meant: `hypotension (i.e., ...)`."""
    return piece.kind == "restate" and piece.text.lower().startswith(
        ("i.e", "ie", "that is", "namely", "meaning")
    )


def _only_words(node: nodes.Has, examples: Sequence[nodes.Node]) -> bool:
    """Say whether examples only add words to a phrase without a code."""
    named = [leaf_ for example in examples for leaf_ in leaves(example)]
    alike = all(isinstance(leaf_, nodes.Has) and leaf_.domain == node.domain for leaf_ in named)
    return alike and not any(map(decidable, examples))


def _open(words: str, hint: nodes.Domain | None) -> nodes.Node:
    node = leaf(words, hint)
    return node if not isinstance(node, nodes.Residue) else nodes.Residue(tidy(words))


def listed(pieces: Sequence[Piece], text: str, depth: int = 0) -> nodes.Node:
    """Read a plain list: each part alone counts."""
    parts = _listed(pieces, text, depth)
    return some(parts) if parts else nodes.Residue("(no words)")


def _listed(pieces: Sequence[Piece], text: str, depth: int) -> list[nodes.Node]:
    groups: list[list[Piece]] = [[]]
    depth = 0
    for piece in pieces:
        depth += DEPTH.get(piece.kind, 0)
        if piece.kind in ("join", "stop", "colon") and depth == 0:
            groups.append([])
        else:
            groups[-1].append(piece)
    return [timed(read_part(group, text, depth)) for group in groups if group]


def exemplified(
    node: nodes.Node, pieces: Sequence[Piece], text: str, narrowed: bool, words: str, depth: int
) -> tuple[nodes.Node, ...]:
    """Return the examples of something: they count with it where it is not narrowed itself."""
    if isinstance(node, nodes.Has) and node.domain == "allergy":
        return (nodes.Has("allergy", None, tidy(words)),)  # an example of what is not borne
    if not any(piece.node is not None for piece in pieces):
        return (leaf_or_open(words),)
    found = listed(pieces, text, depth)
    if narrowed or is_measured(node) or not (decidable(node) or is_kind(node)):
        return (every((found, nodes.Residue(f"whether this is meant: {words}"))),)
    return (found,)


def leaf_or_open(words: str) -> nodes.Node:
    """Return examples in words that no vocabulary knows."""
    return nodes.Has(domain_of(words), None, tidy(words))
