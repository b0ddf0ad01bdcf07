"""What the mentions' measure asks: the concepts that are found in a section, with their places."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from measure.chia import Section
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.read import read_criteria
from trialwright.protocol.criteria.records_vocabulary import records_vocabulary
from trialwright.protocol.criteria.trees import walk
from trialwright.protocol.criteria.vocabulary import Vocabulary, finder
from trialwright.record.record import Record
from trialwright.registry.intake import arrivals, files

Found = list[tuple[str, int, int]]  # domain, start, end


def vocabulary(registry: Path) -> Vocabulary:
    """Return the vocabulary of the shared records: their MeSH headings, and their own words."""
    sources = files(sorted(registry.glob("*.gz")))
    return records_vocabulary(each.study for each in arrivals(sources) if isinstance(each, Record))


def coded_and_named(
    *more: Vocabulary, read: bool = True
) -> Callable[[Section], tuple[Found, Found]]:
    """Return the function that finds what vocabularies know, and what they only call by a name."""
    known = finder(*more)

    def find(section: Section) -> tuple[Found, Found]:
        coded = [(m.value.domain, m.start, m.end) for m in known.mentions(section.text)]
        return coded, list(_named(section)) if read else []

    return find


def _named(section: Section) -> Iterator[tuple[str, int, int]]:
    """Yield the phrases of facts that no vocabulary knows, where they stand in their line."""
    heading = {"inc": "Inclusion Criteria:", "exc": "Exclusion Criteria:"}[section.section]
    at = 0
    for line in section.text.splitlines(keepends=True):
        for item in read_criteria(f"{heading}\n\n* {line.strip()}").items:
            for node in walk(item.expr):
                if isinstance(node, nodes.Has) and node.concept is None:
                    place = _place(node.words, line)
                    domain = "condition" if node.domain == "allergy" else node.domain
                    if place:
                        yield domain, at + place[0], at + place[1]
        at += len(line)


def _place(words: str, line: str) -> tuple[int, int] | None:
    found = re.search(r"\W+".join(map(re.escape, re.findall(r"\w+", words))), line)
    return found.span() if found and found[0] else None


def microseconds(text: str, *more: Vocabulary) -> float:
    """Return the CPU time of finding the concepts of the lines of a text, for one line.

    The second time, when the words of the text have been met: a registry's are met early.
    """
    known = finder(*more)
    lines = [line for line in text.splitlines() if line.strip()]
    for _ in range(2):
        started = time.process_time()
        for line in lines:
            known.mentions(line)
        taken = time.process_time() - started
    return taken / max(len(lines), 1) * 1e6
