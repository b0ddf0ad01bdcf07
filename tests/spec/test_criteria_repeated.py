"""A criterion that stands in many records is read once; a record's own names change nothing else's.

Its words and its section alone decide its reading, unless the record brings a vocabulary.
"""

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import compose, known
from trialwright.protocol.criteria.vocabulary import Named, Vocabulary

_OWN = Vocabulary("record", "1", (("zyxotide", Named("zyxotide", "drug", "record")),))


def test_repeated_words_have_one_reading_whatever_marks_stand_around_them() -> None:
    known.cache_clear()
    first = compose("1. Stroke or asthma;", "exclusion")
    assert compose("Stroke or asthma", "exclusion") is first
    assert known.cache_info().misses == 1


def test_the_section_is_part_of_what_decides_a_reading() -> None:
    words = "Asthma and stroke"
    assert compose(words, "inclusion") != compose(words, "exclusion")


def test_a_records_own_names_are_no_other_records() -> None:
    words = "Treatment with zyxotide"
    plain = compose(words, "exclusion")
    assert compose(words, "exclusion", _OWN) == nodes.Has("drug", "zyxotide", "zyxotide")
    assert compose(words, "exclusion") is plain
