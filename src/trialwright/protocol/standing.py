"""Whether a number of a text stands for itself, or is a piece of what the reader cannot read.

`20x10 exp 9 particles/kg` must not be read as 9 particles/kg: a number that follows a digit, an
operator, a sign or a word of arithmetic is not the whole number. What may stand before it: words,
a bracket with words in it, a bullet, a dash between words, a name such as SK3530, or the number of
a cohort and a colon.
"""

import re
from dataclasses import dataclass

_WINDOW = 48  # characters before a number that are looked at
_DIGIT = r"[\d⁰¹²³⁴-⁹]"
_LABEL = (
    r"(?:cohorts?|groups?|levels?|arms?|steps?|stages?|phases?|parts?|days?|weeks?|months?|visits?"
    r"|cycles?|periods?|no\.?|n|°|#)"
)
_LABELLED = re.compile(rf"\b{_LABEL}\W{{0,3}}\d{{1,3}}(?:\s?[):\].,;]\s|\s?:|\s[-–—]\s)\s*$", re.I)
_BRACKET = re.compile(r"\([^()]*(?:[a-df-wyz]|=)[^()]*\)[:,;]?\s*$", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?<![^\W_])(?!exp)[a-z]{2,}-?\d+(?:\s*[(:]|\s)\s*$", re.IGNORECASE)
_AFTER_DIGIT = re.compile(
    rf"{_DIGIT}\s*(?:[^\w\s]+|\band\b|\bor\b|\bto\b|\bvs\b|&|[eE](?![a-z]))?\s*$"
)
_OPERATOR = re.compile(r"(?P<op>[-−–—+±^*·∙•×✕/÷<>≤≥'’′`´{]|(?<![A-Za-z])[xX])(?P<gap>[ \t]*)$")
_OPENED = re.compile(r"[(\[]\s*$|(?:(?<=[\s(])|^)['’`\"“]$")
_DASHES, _BULLETS = "-−–—+", "*·∙•"
_ARITHMETIC = re.compile(
    r"(?<![a-z])(?:exp(?:onent)?|power(?:\s+of)?|to\s+the|times|x?ten|minus|neg(?:ative)?|e)[^\w\n]*$",
    re.IGNORECASE,
)
_WORD_END = re.compile(r"(?:[^\W\d_]{2}|(?<![^\W_])[^\W\d_xXeE]|[)\]%])\s*$")
_PIECE = re.compile(
    rf"(?<![^\W_])(?:{_DIGIT}|[.,xX×✕*·∙^+\-−–±/÷'’′`´{{}}()<>≤≥\\#~&]|\s"
    r"|exp|power|to|the|of|and|or|times|ten|minus|[eE](?![a-z]))+$"
)
_NOT_BEGUN = re.compile(r"(?:\s|[*•)(,.]\s|\b(?:of|to|the|and|or|times)\s)+")


@dataclass(frozen=True, slots=True)
class Joined:
    """What joins a number to the text before it: why it does not stand alone, and from where."""

    why: str
    start: int
    sign: bool = False
    name: bool = False  # a number at the end of a name, such as CAR-7


def joined_before(text: str, start: int) -> Joined | None:
    """Say what joins the number at `start` to what is before it; None where it stands alone."""
    while opened := _OPENED.search(text, max(0, start - _WINDOW), start):
        if _stands_after_words(text[max(0, start - _WINDOW) : start]):
            return None
        start = opened.start()  # what stands before a bracket or a quotation counts
    before = text[max(0, start - _WINDOW) : start]
    if _stands_after_words(before):
        return None
    if _AFTER_DIGIT.search(before):
        return Joined("it follows another number", _piece_start(before, start))
    if _ARITHMETIC.search(before):
        return Joined("it follows a word of arithmetic", _piece_start(before, start))
    found = _OPERATOR.search(before)
    return _by_operator(found, before, start) if found else None


def _stands_after_words(before: str) -> bool:
    """Say whether a label, a bracket with words in it, or a name ends here."""
    return any(form.search(before) for form in (_LABELLED, _BRACKET, _IDENTIFIER))


def _by_operator(found: "re.Match[str]", before: str, start: int) -> Joined | None:
    operator, gap = found["op"], bool(found["gap"])
    before = before[: found.start()]
    at = start - len(found[0])
    if operator in _DASHES and not gap:
        if operator in "-–" and before[-1:].isalpha():
            return Joined("it is part of a name", at, name=True)
        return Joined("a sign stands before it", at, sign=True)
    stands_alone = (
        (operator in _DASHES and (_is_fresh(before) or _is_after_word(before)))
        or (operator in _BULLETS and (gap or operator == "•") and _is_fresh(before))
        or (operator == "/" and _is_after_word(before))
    )
    return None if stands_alone else Joined(f"{operator!r} stands before it", at)


def _is_fresh(before: str) -> bool:
    """Say whether a line, a bracket or a statement begins here, so that a mark is a bullet."""
    return before.rstrip(" \t\\")[-1:] in ("", "\n", "(", ":", ";")


def _is_after_word(before: str) -> bool:
    return _WORD_END.search(before) is not None


def _piece_start(before: str, start: int) -> int:
    """Return where the run of digits, operators and words of arithmetic before a number begins."""
    piece = _PIECE.search(before)
    if not piece:
        return start
    lead = _NOT_BEGUN.match(before, piece.start())
    begin = lead.end() if lead else piece.start()
    return start - len(before) + begin
