"""Items that ask nothing: fixed labels of old records with nothing below them, and empty answers.

Co-existing Condition:                        a label: a subheader
Biologic therapy: Not specified               an empty answer: a note
* Excluded within 30 days of study entry:     a subheader that the next lines stand under
* Donors:                                     another, for some people only
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from trialwright.protocol.criteria.layout.abstracts import is_abstract_label, is_heading
from trialwright.protocol.criteria.layout.model import Item, Leftover, LeftoverKind
from trialwright.protocol.criteria.layout.remarks import answers_nothing
from trialwright.protocol.criteria.layout.subheaders import labels_a_group

_LABEL = re.compile(
    r"\W*(?:(?:co-?existing|concurrent|concomitant|prior)"
    r" (?:conditions?|medications?|treatments?|therapy|therapies)|risk behaviou?r)\s*:\W*",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\W*excluded (?:within|during|for)\b[^.;:]{1,60}:\W*", re.IGNORECASE)
_LONGEST = 90


def sorted_out(pieces: Iterable[Item | Leftover], text: str) -> Iterator[Item | Leftover]:
    """Yield the pieces of a text; items that ask nothing as named leftovers."""
    since: str | None = None
    under: str | None = None
    for piece in pieces:
        if isinstance(piece, Leftover):
            since = since if piece.kind == "blank" else None
            yield piece
            continue
        if piece.under != under:
            since, under = None, piece.under
        kind = _asks_nothing(piece) if len(piece.text) < _LONGEST else None
        if kind is None:
            yield replace(piece, under=since) if since else piece
            continue
        if _SINCE.fullmatch(piece.text) or labels_a_group(piece.text):
            since = piece.text
        yield Leftover(kind, piece.span, text[slice(*piece.span)])


def _asks_nothing(item: Item) -> LeftoverKind | None:
    if item.children:
        only = item.children[0].text if len(item.children) == 1 else ""
        nothing = only and item.section == "inclusion" and answers_nothing(only)
        return "note" if nothing and is_abstract_label(item.text) else None
    if labels_a_group(item.text):
        return "subheader"
    label, colon, rest = item.text.partition(":")
    if colon:
        return _label_asks_nothing(item.text, label, rest.strip())
    if item.text.endswith("--"):
        return "subheader" if is_heading(item.text[:-2].strip()) else None
    asks = item.section != "inclusion" or not item.text or not answers_nothing(item.text)
    return None if asks else "note"


def _label_asks_nothing(text: str, label: str, rest: str) -> LeftoverKind | None:
    if not rest and (_LABEL.fullmatch(text) or _SINCE.fullmatch(text)):
        return "subheader"
    if rest and not answers_nothing(rest):
        return None
    if not is_heading(label.strip()) and not is_abstract_label(label):
        return None
    return "note" if rest else "subheader"
