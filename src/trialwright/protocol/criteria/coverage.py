"""How much of what criteria name has a code: reported, never assumed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.nodes import Criterion, Domain
from trialwright.protocol.criteria.trees import walk
from trialwright.protocol.criteria.vocabulary import Vocabulary, finder


@dataclass(frozen=True, slots=True)
class VocabularyUsed:
    """A vocabulary that criteria were read with: how many names it has, and mentions it met."""

    name: str
    version: str
    names: int
    mentions: int


@dataclass(frozen=True, slots=True)
class DomainCoverage:
    """The mentions of one domain: with a code, known by name only, and unknown to all.

    A record can show a mention with a code, or bring it into question; of the others a person is
    asked.
    """

    domain: Domain
    coded: int
    known: int
    unknown: int

    @property
    def mentions(self) -> int:
        """Return how many there are."""
        return self.coded + self.known + self.unknown

    @property
    def share_coded(self) -> float | None:
        """Return the share that has a code; None where nothing is mentioned."""
        return self.coded / self.mentions if self.mentions else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the vocabularies know of some criteria."""

    vocabularies: tuple[VocabularyUsed, ...]
    domains: tuple[DomainCoverage, ...]
    unknown: tuple[str, ...]  # the words that no vocabulary knows, the commonest first


def coverage(criteria: Iterable[Criterion], *more: Vocabulary) -> Coverage:
    """Return what the vocabularies know of criteria that were read with them (and with `more`)."""
    mentions = tuple(
        node for each in criteria for node in walk(each.expr) if isinstance(node, nodes.Has)
    )
    met = Counter(_vocabulary(node.concept) for node in mentions if node.concept)
    used = finder(*more).vocabularies
    unknown = Counter(node.words.lower() for node in mentions if node.concept is None)
    return Coverage(
        tuple(VocabularyUsed(v.name, v.version, len(v), met[v.name]) for v in used),
        tuple(_domain(domain, mentions) for domain in _domains(mentions)),
        tuple(words for words, _ in unknown.most_common()),
    )


def said(covered: Coverage) -> str:
    """Return the coverage in words.

    >>> domains = (DomainCoverage("condition", 3, 1, 2), DomainCoverage("drug", 0, 1, 0))
    >>> said(Coverage((), domains, ()))
    '6 conditions (3 with a code, 2 in no vocabulary), 1 drug (0 with a code)'
    """
    return ", ".join(_domain_said(each) for each in covered.domains)


def _domain_said(each: DomainCoverage) -> str:
    name = each.domain if each.mentions == 1 else _PLURALS.get(each.domain, f"{each.domain}s")
    lost = f", {each.unknown} in no vocabulary" if each.unknown else ""
    return f"{each.mentions} {name} ({each.coded} with a code{lost})"


_PLURALS = {"allergy": "allergies"}


def _domains(mentions: Iterable[nodes.Has]) -> tuple[Domain, ...]:
    return tuple(sorted({node.domain for node in mentions}))


def _domain(domain: Domain, mentions: Iterable[nodes.Has]) -> DomainCoverage:
    kinds = Counter(_kind(node.concept) for node in mentions if node.domain == domain)
    return DomainCoverage(domain, kinds["coded"], kinds["known"], kinds["unknown"])


def _kind(concept: str | None) -> str:
    found = concepts().concepts.get(concept) if concept else None
    return "unknown" if found is None else "coded" if found.has_codes else "known"


def _vocabulary(concept: str) -> str:
    """Return the vocabulary of a concept's id."""
    system, colon, _ = concept.partition(":")
    if colon:
        return "icd10cm" if system == "icd10cm" else "records"
    return "lexicon" if _kind(concept) == "coded" else "names"
