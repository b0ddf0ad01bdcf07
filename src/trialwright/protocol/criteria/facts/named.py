"""The measures of the lexicon that a text names."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from trialwright.protocol.criteria.matcher import Matcher, Mention
from trialwright.protocol.criteria.measures import lexicon

# Alone, PT may be physical therapy or a patient; beside these it is the prothrombin time.
_PT = re.compile(r"\bPT(?=\s*(?:,|/|and|or|&)\s*(?:a?PTT|INR)\b)|(?<=[PI][TN][TR]/)PT\b")


class Names(NamedTuple):
    """The measures that a text names, by where their names end and begin."""

    by_end: Mapping[int, Mention[str]]
    by_start: Mapping[int, Mention[str]]


@cache
def matcher() -> Matcher[str]:
    """Return the names of all measures."""
    entries = lexicon().measures.items()
    return Matcher((name, entry) for entry, measure in entries for name in measure.names)


def names_in(text: str) -> Names:
    """Find the measures of the lexicon; of several names that end in one place, the longest."""
    by_end: dict[int, Mention[str]] = {}
    by_start: dict[int, Mention[str]] = {}
    for mention in matcher().every(text):  # by start, the longest first
        by_end.setdefault(mention.end, mention)
        by_start.setdefault(mention.start, mention)
    for mention in _prothrombin(text):
        by_end.setdefault(mention.end, mention)
        by_start.setdefault(mention.start, mention)
    return Names(by_end, by_start)


def _prothrombin(text: str) -> Iterator[Mention[str]]:
    if "PT" in text:
        for found in _PT.finditer(text):
            yield Mention(*found.span(), "prothrombin_time")
