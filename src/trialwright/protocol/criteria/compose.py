"""From one criterion's words to its expression: pieces, then the grammar.

`compose` is the entry. What it reads and how is said in the modules of `grammar`: `phrases` (the
words that carry structure), `scan` (text to pieces), `nouns` (what an unknown phrase is), `parts`,
`lists` and `clauses` (pieces to a tree). What is not certain stays residue.
"""

import re

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.clauses import read
from trialwright.protocol.criteria.grammar.freedom import without_note
from trialwright.protocol.criteria.grammar.nouns import leaf
from trialwright.protocol.criteria.grammar.scan import scan
from trialwright.protocol.criteria.layout import Section
from trialwright.protocol.criteria.trees import tidy

_MARK = re.compile(r"(?:\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})\)|\d{1,2}\.(?!\d)|[-•*·])\s*(?=\S)")
_LONGEST = 4000  # characters of one criterion; a longer one is not read


def compose(text: str, section: Section) -> nodes.Node:
    """Return the expression of one criterion's words."""
    words = tidy(text)
    words = words[mark.end() :] if (mark := _MARK.match(words)) else words
    if not words or len(words) > _LONGEST:
        return nodes.Residue(words or text.strip() or "(no words)")
    pieces = scan(words)
    return read(pieces, without_note(words), section) if pieces else leaf(words)
