"""The terms by which a note is judged: the project's own names stand beside the codes.

A note carries no code. The reader finds a thing by the project's name for it, and writes that name
down as a code of a system of its own. A concept then also covers the names of all concepts whose
codes lie inside its own: dilated cardiomyopathy is a cardiomyopathy.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.codes import TREES, CodeSet
from trialwright.screening.model import Code
from trialwright.screening.terms import ConceptTerm, Terms

SYSTEM = "trialwright"

_Key = tuple[Domain, str]


def note_terms(terms: Terms) -> Terms:
    """Return terms that also know the names that a note was read by."""
    names = _names(terms.concepts)
    return replace(
        terms,
        measures=MappingProxyType(
            {
                name: replace(term, codes=term.codes | {Code(SYSTEM, name)})
                for name, term in terms.measures.items()
            }
        ),
        concepts=MappingProxyType(
            {key: _with(term, names[key]) for key, term in terms.concepts.items()}
        ),
    )


def _with(term: ConceptTerm, names: frozenset[Code]) -> ConceptTerm:
    return replace(term, codes=CodeSet(term.codes.codes | names, term.codes.above))


def _names(concepts: Mapping[_Key, ConceptTerm]) -> dict[_Key, frozenset[Code]]:
    """Return, for each concept, its own name and those of all that lie inside it."""
    holders: dict[Code, set[_Key]] = defaultdict(set)
    for key, term in concepts.items():
        for code in term.codes.codes:
            holders[code].add(key)
    names: dict[_Key, set[Code]] = {key: {Code(SYSTEM, key[1])} for key in concepts}
    for key, term in concepts.items():
        for wider in _wider(term, holders):
            if wider[0] == key[0]:
                names[wider].add(Code(SYSTEM, key[1]))
    return {key: frozenset(found) for key, found in names.items()}


def _wider(term: ConceptTerm, holders: Mapping[Code, set[_Key]]) -> set[_Key]:
    """Return the concepts that cover every code of a concept."""
    covering = [
        {key for same_or_above in _upwards(code) for key in holders.get(same_or_above, ())}
        for code in term.codes.codes
    ]
    return set.intersection(*covering) if covering else set()


def _upwards(code: Code) -> Iterator[Code]:
    yield code
    if code.system in TREES:
        yield from (Code(code.system, code.code[:end]) for end in range(1, len(code.code)))
