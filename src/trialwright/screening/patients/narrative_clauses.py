"""A note in clauses: which are denied, suspected, past, or about a relative.

After NegEx (Chapman et al., J Biomed Inform 2001;34:301): a phrase that denies governs what follows
it up to the end of the sentence or a word that turns round (but, however), and some phrases govern
what precedes them (is ruled out). The phrases are our own list.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STOP = re.compile(r"(?<=[^\d\s])[.!?](?=\s|$)|(?<=\d)[.!?](?=\s+[A-Z]|\s*$)|[;\n]+(?=\s*\S)")
_TURN = re.compile(
    r"\b(?:but|however|although|though|except(?: for)?|nevertheless|yet|which|who|now|presents?"
    r"|presented|found to|due to|secondary to|because)\b",
    re.IGNORECASE,
)
_DENY = re.compile(
    r"\b(?:no|not|none|never|denies|denied|denying|deny|without|w/o|absence of|absent|negative for"
    r"|free of|lack of|lacks|neither|nor|rules? out|ruled out|excluded|unremarkable for|non)\b"
    r"(?!\s+(?:only|sure|known why))",
    re.IGNORECASE,
)
_DENY_BACK = re.compile(
    r"\b(?:(?:was|were|is|are|has been|have been)\s+(?:ruled out|negative|absent|excluded|denied"
    r"|unlikely)|(?<=[a-z] )negative(?=[.,;]|$))",
    re.IGNORECASE,
)
_SUSPECT = re.compile(
    r"\b(?:possibl[ey]|probabl[ey]|suspect(?:ed|s)?|suspicious|suspicion|concern(?:ing)? for|likely"
    r"|presumed|questionable|differential|versus|vs|may have|might have|could be|evaluate for"
    r"|risk of|at risk for|family is worried)\b|\?",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:history|h/o|hx|pmh|pmhx|s/p|status[ -]post|previous(?:ly)?|prior|past|former(?:ly)?"
    r"|remote|resolved|treated in|ago|in (?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:family (?:medical )?history|family hx|fhx?|mother|father|brothers?|sisters?|siblings?"
    r"|parents?|grand(?:mother|father|parents?)|aunt|uncle|cousins?|maternal|paternal|son|daughter"
    r"|husband|wife|relatives?)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:reports?|reported|states?|stated|says|said|notes?|noted|noticed|brought|brings|denies"
    r"|describes?|described|observed|found|gives|called|accompanied|concerned)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the note and how it is meant; `start` is its place in the note."""

    text: str
    start: int
    denied: bool = False
    suspected: bool = False
    past: bool = False
    of_relative: bool = False


def clauses(text: str) -> Iterator[Clause]:
    """Yield the note's clauses in order; every character belongs to one of them.

    >>> [(c.text.strip(), c.denied) for c in clauses("Fever but no cough. LVEF 35.5 %.")]
    [('Fever', False), ('but', False), ('no cough.', True), ('LVEF 35.5 %.', False)]
    """
    begin = 0
    for stop in _STOP.finditer(text):
        yield from _sentence(text[begin : stop.end()], begin)
        begin = stop.end()
    if begin < len(text):
        yield from _sentence(text[begin:], begin)


def _sentence(text: str, start: int) -> Iterator[Clause]:
    relative = bool(_RELATIVE.search(text)) and not _TELLS.search(text)
    begin = 0
    for turn in _TURN.finditer(text):
        yield from _part(text[begin : turn.start()], start + begin, relative)
        begin = turn.start()
    yield from _part(text[begin:], start + begin, relative)


def _part(text: str, start: int, relative: bool) -> Iterator[Clause]:
    """Cut a part where denial begins; a phrase that denies backwards takes in all of it."""
    if not text:
        return
    if _DENY_BACK.search(text):
        yield _clause(text, start, relative, denied=True)
        return
    deny = _DENY.search(text)
    cut = deny.start() if deny else len(text)
    if cut:
        yield _clause(text[:cut], start, relative, denied=False)
    if cut < len(text):
        yield _clause(text[cut:], start + cut, relative, denied=True)


def _clause(text: str, start: int, relative: bool, *, denied: bool) -> Clause:
    return Clause(
        text,
        start,
        denied,
        suspected=_SUSPECT.search(text) is not None,
        past=_PAST.search(text) is not None,
        of_relative=relative,
    )
