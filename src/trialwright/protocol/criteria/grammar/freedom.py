"""`At least two years of cancer-free state`: no cancer within a time, with its exceptions.

A star may point to the exceptions: `cancer-free state* ... (*exceptions to this are ...)`.
"""

import re
from collections.abc import Callable, Iterator

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.numbers import COUNT, TIME_UNIT, count, duration
from trialwright.protocol.criteria.pieces import Piece

_WHAT = r"(?:cancer|tumou?r|malignancy)[\s-]free"
_LEAST = r"(?:a\s+period\s+of\s+)?(?:at\s+least|≥|>=|a\s+minimum\s+of)\s*"
_FREE = re.compile(
    rf"(?:an?\s+)?{_LEAST}(?P<n1>{COUNT})[\s-]*(?P<u1>{TIME_UNIT})\s+(?:of\s+)?(?:clinical(?:ly)?\s+)?"
    rf"{_WHAT}(?:\s+(?:state|interval|period|status|survival))?(?P<s1>\*)?"
    rf"|{_WHAT}(?:\s+(?:state|interval|period|status))?\s+(?:for|of)\s+{_LEAST}(?P<n2>{COUNT})[\s-]*(?P<u2>{TIME_UNIT})(?P<s2>\*)?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\(\s*\*\s*exceptions?\s+(?:to\s+this\s+)?(?:are|is|include|being|:)\s*(?P<what>[^()]*)\)",
    re.IGNORECASE,
)
_BOUNDS = re.compile(  # how bounds are meant: as they stand
    r"[,;]?\s*\(?\b(?:including|inclusive of)\s+(?:the\s+)?(?:boundary|critical|border|threshold"
    r"|cut-?off|limit|end)\s+(?:values?|points?)\)?",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[\s-]free", re.IGNORECASE)


def without_note(text: str) -> str:
    """Return a text with the note blanked that lists the exceptions; every place stays."""
    if "nclu" in text:
        text = _BOUNDS.sub(lambda said: " " * len(said[0]), text)
    if "*" not in text or not _SIGN.search(text):
        return text
    starred = any(found["s1"] or found["s2"] for found in _FREE.finditer(text))
    return _NOTE.sub(lambda note: " " * len(note[0]), text) if starred else text


def freedom(text: str, kinds: Callable[[str], nodes.Node]) -> Iterator[Piece]:
    """Find times free of cancer; `kinds` reads the list of exceptions."""
    if "nclu" in text:
        yield from (Piece("glue", *said.span(), said[0]) for said in _BOUNDS.finditer(text))
    if not _SIGN.search(text):
        return
    for found in _FREE.finditer(text):
        which = "1" if found["n1"] else "2"
        last = duration(count(found[f"n{which}"]), found[f"u{which}"])
        cancer: nodes.Node = nodes.Has("condition", "malignancy", "cancer")
        note = _NOTE.search(text, found.end()) if found[f"s{which}"] else None
        if note:
            cancer = nodes.Except(cancer, (kinds(note["what"]),))
            yield Piece("glue", *note.span(), note[0])
        node = nodes.Not(nodes.Within(last, "enrolment", cancer))
        yield Piece("atom", *found.span(), found[0], node)
