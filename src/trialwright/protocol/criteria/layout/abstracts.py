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
from trialwright.protocol.criteria.layout.model import Item, Role

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


def divided(item: Item, text: str) -> Item:
    """Return an item with the parts of the abstract that it is; any other item as it stands."""
    if item.children or item.section != "inclusion" or len(item.text) > _LONGEST:
        return item
    if item.text[:1] not in _FIRST_LETTERS or not _HEADING.match(item.text):
        return item
    start = text.rfind(item.text, *item.head)
    headings = list(_HEADING.finditer(item.text))
    ends = [*(found.start() for found in headings[1:]), len(item.text)]
    spans = [(found.start(), found.end(), end) for found, end in zip(headings, ends, strict=True)]
    if start < 0 or any(start_ == end for _, start_, end in spans):
        return item
    first, *others = (_part(item, text, start, *span) for span in spans)
    children = _tiled((*first.children, *others), item.span[1])
    if not first.children:
        return item
    head = (item.head[0], children[0].head[0])
    words = text[start : head[1]].strip()
    made = replace(item, head=head, text=words, children=children, stated=True)
    return made if made.words == item.words else item


def is_heading(words: str) -> bool:
    """Say whether words are the heading of an abstract."""
    return _HEADING.fullmatch(f"{words}:") is not None


def is_abstract_label(words: str) -> bool:
    """Say whether words are a label of an abstract (`Biologic therapy`)."""
    said = words.strip(" :*_")
    return len(said) < _LONGEST_LABEL and _LABEL.fullmatch(f"{said}: ") is not None


def _part(item: Item, text: str, start: int, at: int, behind: int, end: int) -> Item:
    """Return one heading with what stands below it."""
    labels = list(_LABEL.finditer(item.text, behind, end))
    places = [behind, *(found.start() for found in labels), end]
    below = [*_sentences(item, start, places[0], places[1])]
    for found, last in zip(labels, places[2:], strict=True):
        below += _labelled(item, start, found, last)
    return _made(item, start, (at, behind), below)


def _labelled(item: Item, start: int, found: "re.Match[str]", end: int) -> Iterator[Item]:
    at, behind = found.span()
    if remarks.answers_nothing(item.text[behind:end]):
        yield _made(item, start, (at, end), (), "note")
    elif found["label"].lower() in _UNREAD:
        yield _made(item, start, (at, end), (), "several")
    elif found["label"].lower() in _CONTEXT:
        yield from _sentences(item, start, at, end)
    else:
        below = list(_sentences(item, start, behind, end))
        yield _made(item, start, (at, behind), below)


def _sentences(item: Item, start: int, at: int, end: int) -> Iterator[Item]:
    """Yield the sentences of a part; from the first list on all that is left is one."""
    said = item.text[at:end]
    inside = (found.end() for found in _OPENS.finditer(said) if _ended(said, found))
    for first, last in pairwise((0, *inside, len(said))):
        words = said[first:last].strip()
        if not words:
            continue
        label = _LABEL.match(words)
        if _LISTS.search(words, label.end() if label else 0):
            yield _made(item, start, (at + first, end), (), "several")
            return
        yield _made(item, start, (at + first, at + last), (), _role(words))


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


def _made(
    item: Item, start: int, span: Span, children: Sequence[Item], role: Role = "criterion"
) -> Item:
    at, end = span
    whole = (start + at, children[-1].span[1] if children else start + end)
    words = item.text[at:end].strip()
    head = (start + at, start + end)
    return Item(
        item.section, whole, head, None, words, tuple(children), item.under, item.stated, role
    )


def _tiled(items: Sequence[Item], end: int) -> tuple[Item, ...]:
    """Return items that reach to where the next begins, the last to the end."""
    ends = [*(item.head[0] for item in items[1:]), end]
    return tuple(_reaching(item, last) for item, last in zip(items, ends, strict=True))


def _reaching(item: Item, end: int) -> Item:
    if not item.children:
        return replace(item, span=(item.span[0], end), head=(item.head[0], end))
    children = _tiled(item.children, end)
    return replace(
        item, span=(item.span[0], end), head=(item.head[0], children[0].head[0]), children=children
    )
