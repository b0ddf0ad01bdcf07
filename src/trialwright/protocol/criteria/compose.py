"""From one criterion's words to its expression: pieces, then the grammar.

`compose` is the entry. What it reads and how is said in the modules of `grammar`: `phrases` (the
words that carry structure), `scan` (text to pieces), `nouns` (what an unknown phrase is), `parts`,
`lists` and `clauses` (pieces to a tree). What is not certain stays residue.
"""

import re
from functools import lru_cache

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.clauses import read
from trialwright.protocol.criteria.grammar.doubts import settled
from trialwright.protocol.criteria.grammar.freedom import without_note
from trialwright.protocol.criteria.grammar.nouns import leaf
from trialwright.protocol.criteria.grammar.part import leaf_or_residue
from trialwright.protocol.criteria.grammar.scan import scan
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.trees import every, some, tidy, walk
from trialwright.protocol.criteria.vocabulary import Vocabulary

_MARK = re.compile(r"(?:\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})\)|\d{1,2}\.(?!\d)|[-•*·])\s*(?=\S)")
_TAIL = re.compile(
    r",?\s(?:(?:will|must|should|shall|can|may)\s+(?:also\s+)?be|are|is|were)\s+(?:also\s+|therefore\s+)?"
    r"(?:(?P<out>excluded|ineligible|not\s+(?:be\s+)?(?:eligible|included|recruited|enrolled))"
    r"|eligible|included|recruited|enrolled)"
    r"(?:\s+(?:from|in|for|to|into)\s+(?:(?:this|the)\s+(?:present\s+)?(?:study|trial)"
    r"|(?:study )?(?:inclusion|enrol+ment|participation)(?: in (?:this|the) (?:study|trial))?))?\Z"
    r"|,?\s(?P<out2>(?:will|must|should|shall|can|may)\s+not\s+be\s+(?:eligible|included|recruited|enrolled))\Z",
    re.IGNORECASE,
)
_LETS_IN = re.compile(
    r"(?:patients?|subjects?|participants?|women|men|those)\s+(?:with|who)\b.*\bare\s+eligible\Z",
    re.IGNORECASE,
)
_PERMITS = re.compile(r",?\s(?:can|may)\b", re.IGNORECASE)
_LONGEST_TAIL = 80  # characters of `... will be excluded from this study`
_LONG = 80  # characters from which a reading may be hard to check
_TIMES = 3  # as many characters left to a person as the text has
_LONGEST = 4000  # characters of one criterion; a longer one is not read
_REPEATS = 400  # characters of one that other records are likely to hold, too


def compose(text: str, section: Section, *more: Vocabulary) -> nodes.Node:
    """Return the expression of one criterion's words; `more` are vocabularies of its record."""
    words = tidy(text)
    words = words[mark.end() :] if (mark := _MARK.match(words)) else words
    if not words or len(words) > _LONGEST:
        return nodes.Residue(words or text.strip() or "(no words)")
    if more or len(words) > _REPEATS:
        return _composed(words, section, *more)
    return known(words, section)


def _composed(words: str, section: Section, *more: Vocabulary) -> nodes.Node:
    tail = _TAIL.search(words, max(0, len(words) - _LONGEST_TAIL)) if _may_end(words) else None
    if tail is None:
        return _read(words, section, *more)
    said, takes = words[: tail.start()], not (tail["out"] or tail["out2"])
    last = said.rfind(". ") + 2
    if takes and (last > 1 or _PERMITS.match(tail[0])):
        return _read(words, section, *more)  # a permission, and no demand
    if last > 1:  # it is said of its own sentence
        apart = (compose(words[: last - 1], section, *more), compose(words[last:], section, *more))
        return every(apart) if section == "inclusion" else some(apart)
    if "following" in said:  # a frame: what follows is not here
        return nodes.Residue(words)
    if section == "inclusion" and _LETS_IN.match(words):
        return nodes.Residue(words)  # one of a kind is let in; nobody must be one
    if (section == "inclusion") is takes:
        return _read(said, section, *more)
    if takes:  # an exclusion that lets in: what it takes back is not told
        return nodes.Residue(words)
    return nodes.Not(_read(said, "exclusion", *more))


known = lru_cache(maxsize=1 << 14)(_composed)  # one criterion in four stands in records before it


def _read(words: str, section: Section, *more: Vocabulary) -> nodes.Node:
    pieces = scan(words, *more)
    if not pieces:
        return leaf(words)
    node = read(pieces, without_note(words), section)
    if len(words) > _LONG and _outgrown(node, words):
        return leaf_or_residue(words)
    return settled(node, section)


def _may_end(words: str) -> bool:
    low = words[-_LONGEST_TAIL:].lower()
    return "clu" in low or "eligible" in low or "recruited" in low or "enrol" in low


def _outgrown(node: nodes.Node, words: str) -> bool:
    """Say whether a reading says so much more than its text that nobody can check it."""
    left = (part.words for part in walk(node) if isinstance(part, nodes.Residue))
    return sum(map(len, left)) > _TIMES * len(words)
