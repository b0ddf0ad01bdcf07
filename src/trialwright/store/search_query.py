"""From the search language to the search engine's queries: the meaning of a query, and its scores.

A word found in several fields counts as in its best field, plus a tenth of the others: a title that
repeats its summary is not twice as good. A field's score is BM25 times its published weight, but a
word is as rare as it is in the field that has it most often: by its own rarity in each field, a
word would count most where few records write anything at all.
"""

import math
from collections.abc import Iterable, Sequence
from typing import assert_never

import tantivy

from trialwright.registry.fields import BASIC_SEARCH
from trialwright.registry.model import Filters
from trialwright.registry.query import (
    AllOf,
    AnyOf,
    Everything,
    Expression,
    Not,
    Phrase,
    Words,
)
from trialwright.store.search_schema import COUNTRY_LOWER, FACETS, schema, word_analyzer

_OTHER_FIELDS = 0.1
_MUST, _SHOULD, _NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_ALIKE = (
    "BriefTitle", "OfficialTitle", "Condition", "ConditionMeshTerm", "Keyword", "InterventionName",
)  # fmt: skip


def compiled(expression: Expression, searcher: tantivy.Searcher) -> tantivy.Query:
    """Return the engine's query for an expression; the searcher knows how rare its words are."""
    match expression:
        case Everything():
            return tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
        case Words(words):
            return _words(words, searcher)
        case Phrase(text):
            return _anywhere(_tokens(text), searcher)
        case AllOf(parts):
            return _all_of(parts, searcher)
        case AnyOf(parts):
            return _boolean([(_SHOULD, compiled(part, searcher)) for part in parts])
        case Not():
            return _all_of((expression,), searcher)
        case _:
            assert_never(expression)


def narrowed(query: tantivy.Query, filters: dict[str, tantivy.Query]) -> tantivy.Query:
    """Return the query, restricted to what every filter lets through, its scores untouched."""
    if not filters:
        return query
    scoreless = (tantivy.Query.const_score_query(one, 0.0) for one in filters.values())
    return _boolean([(_MUST, query), *((_MUST, one) for one in scoreless)])


def filter_queries(filters: Filters) -> dict[str, tantivy.Query]:
    """Return a query for each filter in use, by the filter's name."""
    used = {
        "status": (FACETS["status"], filters.status),
        "phase": (FACETS["phase"], filters.phase),
        "country": (COUNTRY_LOWER, tuple(name.lower() for name in filters.country)),
    }
    return {
        name: tantivy.Query.term_set_query(schema(), field, list(values))
        for name, (field, values) in used.items()
        if values
    }


def lacking(query: tantivy.Query, facet: str) -> tantivy.Query:
    """Return the query, restricted to studies that do not say what the facet asks for."""
    says = tantivy.Query.exists_query(FACETS[facet])
    return _boolean([(_MUST, query), (_NOT, says)])


def sharing(words: Iterable[str]) -> tantivy.Query:
    """Return a query for studies about the same: the more of the words, and the rarer, the more."""
    tokens = dict.fromkeys(token for word in words for token in _tokens(word))
    terms = (
        (_SHOULD, tantivy.Query.term_query(schema(), field, token))
        for token in tokens
        for field in _ALIKE
    )
    return _boolean(terms) if tokens else tantivy.Query.empty_query()


def _all_of(parts: tuple[Expression, ...], searcher: tantivy.Searcher) -> tantivy.Query:
    wanted = [(_MUST, compiled(part, searcher)) for part in parts if not isinstance(part, Not)]
    unwanted = [(_NOT, compiled(part.part, searcher)) for part in parts if isinstance(part, Not)]
    return _boolean([*(wanted or [(_MUST, compiled(Everything(), searcher))]), *unwanted])


def _words(words: tuple[str, ...], searcher: tantivy.Searcher) -> tantivy.Query:
    each = [_tokens(word) for word in words]
    clauses = [(_MUST, _anywhere(tokens, searcher)) for tokens in each]
    if len(clauses) == 1:
        return clauses[0][1]
    together = [token for tokens in each for token in tokens]
    return _boolean([*clauses, (_SHOULD, _anywhere(together, searcher))])


def _tokens(text: str) -> list[str]:
    return word_analyzer().analyze(text)


def _anywhere(tokens: list[str], searcher: tantivy.Searcher) -> tantivy.Query:
    """Return a query for these tokens, one after the other, in any of the fields."""
    counts = {field: _counts(field.piece, tokens, searcher) for field in BASIC_SEARCH}
    present = {field: found for field, found in counts.items() if found and min(found) > 0}
    if not present:
        return tantivy.Query.empty_query()
    studies = searcher.num_docs
    rarity = min(_rarity(found, studies) for found in present.values())
    weighted = [
        tantivy.Query.boost_query(
            _in_field(field.piece, tokens), field.weight * rarity / _rarity(found, studies)
        )
        for field, found in present.items()
    ]
    return tantivy.Query.disjunction_max_query(weighted, tie_breaker=_OTHER_FIELDS)


def _counts(field: str, tokens: list[str], searcher: tantivy.Searcher) -> list[int]:
    """Return in how many studies the field has each token."""
    return [searcher.doc_freq(field, token) for token in tokens]


def _rarity(counts: Sequence[int], studies: int) -> float:
    """Return BM25's inverse document frequency, summed over tokens, as the engine computes it."""
    return sum(math.log1p((max(studies - n, 0) + 0.5) / (n + 0.5)) for n in counts)


def _in_field(field: str, tokens: list[str]) -> tantivy.Query:
    if len(tokens) == 1:
        return tantivy.Query.term_query(schema(), field, tokens[0])
    return tantivy.Query.phrase_query(schema(), field, list(tokens))


def _boolean(clauses: Iterable[tuple[tantivy.Occur, tantivy.Query]]) -> tantivy.Query:
    return tantivy.Query.boolean_query(list(clauses))
