"""Vocabularies: the concepts that texts name, by the names that they go by.

A concept's id is a name in the project's lexicons (`stroke`), or a vocabulary and a code
(`icd10cm:I50`, `mesh:D006333`), behind a slash the words where the code alone says too little
(`icd10cm:K76.8/cyst of liver`: something that K76.8 holds beside other things).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.icd10cm import table
from trialwright.protocol.criteria.matcher import Matcher, Mention
from trialwright.protocol.criteria.nodes import Domain
from trialwright.protocol.criteria.other_sense import stands_for_other


@dataclass(frozen=True, slots=True)
class Named:
    """A concept that a text names: what it is, and the vocabulary that knows it."""

    id: str
    domain: Domain
    vocabulary: str


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Names and the concepts they stand for; of two names with one spelling the first counts."""

    name: str
    version: str
    names: tuple[tuple[str, Named], ...]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, eq=False)
class Finder:
    """Finds the concepts of some vocabularies in a text; of two that name a word the first."""

    vocabularies: tuple[Vocabulary, ...]
    matchers: tuple[Matcher[Named], ...]

    def mentions(self, text: str) -> list[Mention[Named]]:
        """Return the concepts that a text names: leftmost, then longest, none overlapping.

        What stands for something else is left out (see other_sense).
        """
        if len(self.matchers) == 1:
            found = self.matchers[0].find(text)
        else:
            every = [each for matcher in self.matchers for each in matcher.every(text)]
            found = list(_kept(sorted(every, key=lambda each: (each.start, -each.end))))
        return [
            each for each in found
            if not stands_for_other(text, each.start, each.end, each.value.domain)
        ]  # fmt: skip


def _kept(mentions: Iterable[Mention[Named]]) -> Iterator[Mention[Named]]:
    at = 0
    for mention in mentions:
        if mention.start >= at:
            yield mention
            at = mention.end


@cache
def base() -> Finder:
    """Return the finder of what comes with the program.

    First the lexicons' concepts with codes, then ICD-10-CM, then the lexicons' mere names.
    """
    vocabularies = (_lexicon("lexicon", coded=True), _icd10cm(), _lexicon("names", coded=False))
    return Finder(vocabularies, (_matcher(vocabularies),))


@lru_cache(maxsize=4)
def finder(*more: Vocabulary) -> Finder:
    """Return the finder of what comes with the program and of more vocabularies, in that order."""
    if not more:
        return base()
    own = base()
    every = (*own.vocabularies, *more)
    if sum(map(len, more)) > _MANY:
        return Finder(every, (_matcher(every),))
    return Finder(every, (*own.matchers, _matcher(more)))


_MANY = 1_000  # names that are worth the building of one matcher for all


def _matcher(vocabularies: Sequence[Vocabulary]) -> Matcher[Named]:
    return Matcher(pair for vocabulary in vocabularies for pair in vocabulary.names)


def _lexicon(vocabulary: str, *, coded: bool) -> Vocabulary:
    known = concepts()
    names = (
        (name, Named(key, concept.domain, vocabulary))
        for key, concept in known.concepts.items()
        if concept.has_codes == coded
        for name in concept.names
    )
    return Vocabulary(vocabulary, known.version, tuple(names))


def _icd10cm() -> Vocabulary:
    listed = table()
    names = (
        (name, Named(_icd_id(code, own, name), "condition", "icd10cm"))
        for code, own, name in listed.rows
    )
    return Vocabulary("icd10cm", listed.version, tuple(names))


def _icd_id(code: str, own: bool, name: str) -> str:
    return f"icd10cm:{code}" if own else f"icd10cm:{code}/{name}"
