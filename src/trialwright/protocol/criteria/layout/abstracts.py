"""Old abstracts of cancer trials: whole lists that lost their line breaks.

    abstract := heading part* (heading part*)*      PATIENT CHARACTERISTICS: ...
    heading  := ("disease" | "patient") "characteristics" | "prior/concurrent therapy"
    part     := label sentence*                     Hepatic: Bilirubin ... Alkaline phosphatase ...

The labels are those of the National Cancer Institute's PDQ registry, whose entries all say what
must hold. A sentence ends only where the next one plainly begins: at `No`, `At least`, `Bilirubin`
and so on. Where a capital letter leaves a doubt, or a list opens, the words stay together as an
item of role `several`, which nobody may read as one criterion.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from trialwright.protocol.criteria.layout import remarks
from trialwright.protocol.criteria.layout.model import Item, Leftover, Role

_HEADING = re.compile(
    r"(?:^|(?<=\s)-{0,2})(?:(?:disease|patient) characteristics|prior[ /]concurrent therapy)"
    r"(?:\s?:|\s?--)\s*",
    re.IGNORECASE,
)
_FIRST_LETTERS = frozenset("DdPp")
_UNREAD = frozenset(("hormone receptor status", "menopausal status"))
# What follows these needs its label to be understood: `Age: Under 50`.
_CONTEXT = frozenset(("age", "sex", "performance status", "life expectancy"))
_LABEL = re.compile(
    r"(?:^|(?<=\s))(?P<label>Age|Sex|Menopausal [Ss]tatus|Performance [Ss]tatus|Life [Ee]xpectancy"
    r"|Hematopoietic|Hepatic|Renal|Cardiovascular|Pulmonary|Neurologic|Gastrointestinal|Immunologic"
    r"|Metabolic|Hormone receptor status|Biologic therapy|Chemotherapy|Endocrine therapy"
    r"|Radiotherapy|Surgery|Other)\s?:\s+"
)
_OPENS = re.compile(
    # a sentence, whatever stands before it
    r"(?<=[\w)%.;])\s+(?=(?P<free>No|Not|At least|Must|More than|Prior|Concurrent|Recovered"
    r"|Negative pregnancy|HIV (?:negative|positive)|Fertile patients|Adequate|Histologically"
    r"|Histologic|Measurable|Evaluable|See)(?:\s|$))"
    # the name of a measure, only behind a value
    r"|(?<=[\d)%LnNd])\s+(?=(?:Absolute (?:neutrophil|granulocyte)|Granulocyte|Neutrophil"
    r"|Platelets?|H[ae]?emoglobin|H[ae]?ematocrit|Testosterone|Bilirubin|Creatinine"
    r"|Alkaline phosphatase|Albumin|Calcium|WBC|ANC|AST|ALT|SGOT|SGPT|LDH|INR|PT|PTT|BUN|LVEF|FEV1"
    r"|DLCO)\b)"
)
_BEHIND_VALUE = re.compile(r"(?:[\d)%]|/(?:mm3|dL|L|min)|\b(?:mg|g|ULN|normal|required|allowed))$")
_GOES_ON = re.compile(
    r"\b(?:or|and|of|with|for|to|in|on|by|from|an?|the|if|at|than|as|that|which|who|is|are|be|no|not"
    r"|OR|AND|EXCEPT|except|unless|but|per|including|other|known|any|prior)$"
)
_RUNS_INTO = re.compile(r"(?<=[a-z0-9)%])\s(?=[A-Z][a-z])|:|\b(?:OR|AND|EXCEPT)\b")
_PROPER = re.compile(
    r"\s(?:Hodgkin|Kaposi|Crohn|Gleason|Karnofsky|Zubrod|Lansky|Child|Gilbert|Wilms|Ewing|Epstein"
    r"|Philadelphia|New York|Ann Arbor|Paget|Burkitt|Cushing|Clark|Breslow|Stage|Grade|Class)\b"
)
_LISTS = re.compile(r":|\b(?:OR|AND|EXCEPT)\b")

_LAST = 16  # characters of the word before a sentence
_LONGEST_LABEL = 30
_LONGEST = 8000  # characters of an abstract that is divided

Span = tuple[int, int]


def divided(item: Item, text: str) -> Iterator[Item | Leftover]:
    """Yield the sentences of an abstract, each an item; any other item as it stands."""
    spans = list(_headed(item)) if item.text[:1] in _FIRST_LETTERS else []
    start = text.rfind(item.text, *item.head) if spans else -1
    if start < 0 or any(behind == end for _, behind, end in spans):
        yield item
        return
    pieces = [piece for span in spans for piece in _part(item, start, *span)]
    rows = list(_permissions_below(pieces))
    ends = [*(piece.span[0] for piece in rows[1:]), item.span[1]]
    begins = [item.span[0], *ends]
    for piece, first, last in zip(rows, begins, ends, strict=False):
        yield _reaching(piece, first, last, text)


def _headed(item: Item) -> Iterator[tuple[int, int, int]]:
    """Yield where each heading of an abstract starts and ends, and where its part does."""
    if item.children or item.section != "inclusion" or len(item.text) > _LONGEST:
        return
    if not _HEADING.match(item.text):
        return
    headings = list(_HEADING.finditer(item.text))
    ends = [*(found.start() for found in headings[1:]), len(item.text)]
    for found, end in zip(headings, ends, strict=True):
        yield found.start(), found.end(), end


def is_heading(words: str) -> bool:
    """Say whether words are the heading of an abstract."""
    return _HEADING.fullmatch(f"{words}:") is not None


def begins_one(words: str) -> bool:
    """Say whether words begin a part of an abstract, heading first."""
    return words[:1] in _FIRST_LETTERS and _HEADING.match(words) is not None


def is_abstract_label(words: str) -> bool:
    """Say whether words are a label of an abstract (`Biologic therapy`)."""
    said = words.strip(" :*_")
    return len(said) < _LONGEST_LABEL and _LABEL.fullmatch(f"{said}: ") is not None


def _part(item: Item, start: int, at: int, behind: int, end: int) -> Iterator[Item | Leftover]:
    """Yield one heading and what stands below it."""
    labels = list(_LABEL.finditer(item.text, behind, end))
    places = [*(found.start() for found in labels), end]
    yield Leftover("subheader", (start + at, start + behind), "")
    yield from _sentences(item, start, behind, places[0])
    for found, last in zip(labels, places[1:], strict=True):
        yield from _labelled(item, start, found, last)


def _labelled(
    item: Item, start: int, found: "re.Match[str]", end: int
) -> Iterator[Item | Leftover]:
    at, behind = found.span()
    if remarks.answers_nothing(item.text[behind:end]):
        yield Leftover("note", (start + at, start + end), "")
    elif found["label"].lower() in _UNREAD:
        yield _made(item, start, (at, end), "several")
    elif found["label"].lower() in _CONTEXT:
        yield from _sentences(item, start, at, end)
    else:
        yield Leftover("subheader", (start + at, start + behind), "")
        yield from _sentences(item, start, behind, end)


def _sentences(item: Item, start: int, at: int, end: int) -> Iterator[Item | Leftover]:
    """Yield the sentences of a part; from the first list on all that is left is one."""
    said = item.text[at:end]
    inside = (found.end() for found in _OPENS.finditer(said) if _ended(said, found))
    for first, last in pairwise((0, *inside, len(said))):
        words = said[first:last].strip()
        if not words:
            continue
        label = _LABEL.match(words)
        if _LISTS.search(words, label.end() if label else 0):
            yield _made(item, start, (at + first, end), "several")
            return
        role = _role(words)
        if role == "note":
            yield Leftover("note", (start + at + first, start + at + last), "")
        else:
            yield _made(item, start, (at + first, at + last), role)


def _ended(said: str, opening: "re.Match[str]") -> bool:
    """Say whether a sentence ended before another begins: outside brackets, and complete."""
    before = said[: opening.start()]
    if before.count("(") != before.count(")") or _GOES_ON.search(before[-_LAST:]):
        return False
    return opening["free"] is not None or _BEHIND_VALUE.search(before[-_LAST:]) is not None


def _role(words: str) -> Role:
    label = _LABEL.match(words)
    rest = words[label.end() :] if label else words
    if is_abstract_label(rest) or remarks.answers_nothing(rest):
        return "note"
    into = (found.start() for found in _RUNS_INTO.finditer(rest))
    if any(not _PROPER.match(rest, at) for at in into):
        return "several"
    return "rescue" if remarks.rescues(rest) else "criterion"


def _made(item: Item, start: int, span: Span, role: Role) -> Item:
    at, end = span
    whole = (start + at, start + end)
    return Item(item.section, whole, whole, None, item.text[at:end].strip(), role=role)


def _permissions_below(pieces: Sequence[Item | Leftover]) -> Iterator[Item | Leftover]:
    """Put what is allowed below the item before it; where none precedes, it asks for nothing."""
    last: Item | Leftover | None = None
    for piece in pieces:
        if not isinstance(piece, Item) or piece.role != "rescue":
            if last is not None:
                yield last
            last = piece
        elif isinstance(last, Item):
            last = replace(last, children=(*last.children, piece))
        else:
            if last is not None:
                yield last
            last = Leftover("note", piece.span, "")
    if last is not None:
        yield last


def _reaching(piece: Item | Leftover, start: int, end: int, text: str) -> Item | Leftover:
    """Return a piece from where the one before it ended to where the next begins."""
    if isinstance(piece, Leftover):
        return Leftover(piece.kind, (start, end), text[start:end])
    places = [*(child.span[0] for child in piece.children), end]
    children = tuple(
        replace(child, span=(first, last), head=(first, last))
        for child, (first, last) in zip(piece.children, pairwise(places), strict=True)
    )
    return replace(piece, span=(start, end), head=(start, places[0]), children=children)
