"""The search index's fields, how their text is taken apart, and one study as a document.

Every searched field of the study is a field of the index, so that each keeps its weight and its
statistics. `number` is the digits of the registry's number: what hits are ordered by and found by.
"""

from functools import cache

import tantivy

from trialwright.record.record import Record
from trialwright.registry.cards import card
from trialwright.registry.fields import BASIC_SEARCH, searched_texts
from trialwright.registry.numbers import digits

# Raise this when documents change: an index of another version is made anew from the records.
VERSION = 1

KEY = "nct_id"
NUMBER = "number"
FACETS = {"status": "status", "phase": "phase", "country": "country"}
COUNTRY_LOWER = "country_lower"

_WORDS = "words"
_LOWER = "whole_lower"
_LONGEST_WORD = 80


@cache
def schema() -> tantivy.Schema:
    """Return the fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(KEY, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(NUMBER, fast=True)
    for name in FACETS.values():
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field(COUNTRY_LOWER, tokenizer_name=_LOWER, index_option="basic")
    for field in BASIC_SEARCH:
        builder.add_text_field(field.piece, tokenizer_name=_WORDS)
    return builder.build()


@cache
def word_analyzer() -> tantivy.TextAnalyzer:
    """Return what takes text apart: words in lower case, without accents, as their stems."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(_LONGEST_WORD),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def register_analyzers(index: tantivy.Index) -> None:
    """Tell an index, which does not remember them, how its fields are taken apart."""
    lower = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    index.register_tokenizer(_WORDS, word_analyzer())
    index.register_tokenizer(_LOWER, lower.filter(tantivy.Filter.lowercase()).build())


def document(record: Record) -> tantivy.Document:
    """Return a record as a document of the index."""
    facts = card(record.study)
    doc = tantivy.Document()
    doc.add_text(KEY, facts.nct_id)
    doc.add_unsigned(NUMBER, digits(facts.nct_id))
    if facts.status:
        doc.add_text(FACETS["status"], facts.status)
    for phase in facts.phases:
        doc.add_text(FACETS["phase"], phase)
    for country in facts.countries:
        doc.add_text(FACETS["country"], country)
        doc.add_text(COUNTRY_LOWER, country)
    for piece, text in searched_texts(record.study):
        doc.add_text(piece, text)
    return doc
