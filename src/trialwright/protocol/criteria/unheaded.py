"""Criteria that no heading stands above: what their own words make certain is read.

`Patients must ...`, `No X` and `X will be excluded` name their side themselves (`layout.sides`).
The rest has no certain side and stays residue, and so does everything that stands

- in a text that speaks of several groups of people: what is asked of one is not asked of others;
- behind a list whose end the text does not show, unless it is a sentence of its own: it may be a
  member of that list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.layout import Item, Section
from trialwright.protocol.criteria.layout.remarks import may_let_in, rescues
from trialwright.protocol.criteria.layout.sides import (
    is_sentence,
    names_groups,
    says_eligible,
    side,
    who_is_out,
    without_refusal,
)
from trialwright.protocol.criteria.layout.subheaders import COLONS, is_label
from trialwright.protocol.criteria.list_words import LONGEST
from trialwright.protocol.criteria.lists import Compose, expression
from trialwright.protocol.criteria.trees import every, tidy
from trialwright.protocol.criteria.unescape import unescaped

Reading = tuple[Section, nodes.Node]


@dataclass(frozen=True, slots=True)
class Whole:
    """What the rest of the text lets a criterion mean (see `layout.sides.side`)."""

    alone: bool
    only: bool


_END = re.compile(r"(?<=[\w)%\]])[.;]\s+(?=\(?[A-Z])")
_BACK = ("e.g", "i.e", "vs", "etc", "approx", "Dr", "St")  # a point that ends no sentence


def own_readings(items: Sequence[Item], compose: Compose) -> Iterator[Reading | None]:
    """Yield the side and the reading of each item; None where its words do not tell the side."""
    if all(item.stated for item in items):
        yield from (None for _ in items)
        return
    several = any(names_groups(f"{item.under or ''} {item.words}") for item in items)
    alone = sum(says_eligible(item.words) for item in items) == 1
    open_list = False
    for at, item in enumerate(items):
        if item.stated or several or (open_list and not is_sentence(unescaped(item.text))):
            yield None
            continue
        open_list = open_list or _opens(item)
        yield _own(item, compose, Whole(alone=alone and at == 0, only=len(items) == 1))


def _opens(item: Item) -> bool:
    """Say whether the items behind an item may belong to it."""
    last = item
    while last.children:
        last = last.children[-1]
    few = len(item.children) == 1 and item.text.rstrip(" *_\\").endswith(COLONS)
    return item.loose or few or last.text.rstrip(" *_\\").endswith(COLONS)


def _own(item: Item, compose: Compose, whole: Whole) -> Reading | None:
    if item.role != "criterion" or not item.text or len(item.text) > LONGEST:
        return None
    if item.under and not is_label(item.under, "inclusion"):
        return None
    below = [child for child in item.children if child.role not in ("note", "rescue")]
    if below:
        return _listed(item, below, compose)
    said = list(_sentences(unescaped(item.text)))
    if len(said) == 1:
        section = side(said[0], alone=whole.alone, only=whole.only)
        if section is None:
            return None
        words = who_is_out(said[0]) if section == "exclusion" else item.text
        return section, expression(replace(item, section=section, text=words), compose)
    return None if item.children else _several(said, compose, whole)


def _listed(item: Item, below: Sequence[Item], compose: Compose) -> Reading | None:
    """Read a list below words that name its side, where no item below names the other."""
    section = side(unescaped(item.text).rstrip(" *_:："))
    if section is None or _opens(item):
        return None
    others = (side(unescaped(child.text)) for child in below)
    if any(other not in (None, section) for other in others):
        return None
    words = without_refusal(item.text)
    return section, expression(replace(item, section=section, text=words), compose)


def _several(said: Sequence[str], compose: Compose, whole: Whole) -> Reading | None:
    """Read sentences, all of which must hold; those without a certain side are residue."""
    first = side(said[0], alone=whole.alone, only=whole.only)
    sides = [first, *(side(words, alone=whole.alone) for words in said[1:])]
    if not any(sides):
        return None
    unsure = [words for words, which in zip(said, sides, strict=True) if which is None]
    if any(rescues(words) or may_let_in(words.lower()) for words in unsure):
        return None
    return "inclusion", every(
        _sentence(words, which, compose) for words, which in zip(said, sides, strict=True)
    )


def _sentence(words: str, section: Section | None, compose: Compose) -> nodes.Node:
    if section is None:
        return nodes.Residue(tidy(words) or words)
    if section == "inclusion":
        return compose(words, "inclusion")
    return nodes.Not(compose(who_is_out(words), "exclusion"))


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; one that ends inside brackets is none."""
    start = 0
    for end in _END.finditer(text):
        words = text[start : end.start() + 1]
        if words.count("(") != words.count(")") or words.rstrip(".").endswith(_BACK):
            continue
        yield words.strip()
        start = end.end()
    yield text[start:].strip()
