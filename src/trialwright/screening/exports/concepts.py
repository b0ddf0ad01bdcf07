"""OMOP's concepts from a vocabulary release (Athena): which standard concepts a code leads to.

Read are `CONCEPT.csv` and, where it lies beside it, `CONCEPT_RELATIONSHIP.csv`: separated by tabs,
without quotes. A concept that is not standard is followed along `Maps to`. Classes (ATC) are no
standard concepts, and stand for all below them. An ICD-10 code stands for all codes that begin with
it, as it does everywhere in screening: OMOP knows no descendants of ICD-10.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from trialwright.core.errors import InputError

_CONCEPT = (
    "concept_id", "concept_name", "domain_id", "vocabulary_id", "standard_concept",
    "concept_code", "invalid_reason",
)  # fmt: skip
_RELATIONSHIP = ("concept_id_1", "concept_id_2", "relationship_id", "invalid_reason")
_WANTED = "a table of Athena, separated by tabs (UTF-8)"
_LARGEST = 2**31 - 1  # concept ids are whole numbers of 32 bits
_BY_BEGINNING = frozenset({"ICD10CM"})

Code = tuple[str, str]  # vocabulary, code
_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept as OMOP writes it."""

    id: int
    name: str
    domain: str
    vocabulary: str
    code: str
    usable: bool  # a standard concept, or a class


@dataclass(frozen=True, slots=True)
class Concepts:
    """The concepts that codes lead to, and the file that says so."""

    name: str
    _found: Mapping[Code, tuple[Concept, ...]] = field(default_factory=dict)

    def of(self, vocabulary: str, code: str) -> tuple[Concept, ...]:
        """Return the concepts of a code; none where the release has none."""
        return self._found.get((vocabulary, code), ())


def read_concepts(
    stream: TextIO, name: str, relations: TextIO | None, beside: str, codes: Collection[Code]
) -> Concepts:
    """Return what some codes lead to; the files are passed through, never held whole.

    `relations` is CONCEPT_RELATIONSHIP.csv, `beside` its name. `stream` is read twice, since what a
    concept maps to may stand anywhere in it.
    """
    wanted = frozenset(codes)
    own = [(code, each) for row, each in _concepts(stream, name, lambda row: _asked(row, wanted))
           for code in _asked(row, wanted)]  # fmt: skip
    unusable = frozenset(str(each.id) for _, each in own if not each.usable)
    targets = _targets(relations, beside, unusable) if relations is not None and unusable else {}
    ids = frozenset(str(target) for several in targets.values() for target in several)
    stream.seek(0)
    reached = _concepts(stream, name, lambda row: row[0] in ids) if ids else ()
    known = {each.id: each for _, each in reached if each.usable}
    found: dict[Code, dict[int, Concept]] = defaultdict(dict)
    for code, each in own:
        ends = [known[n] for n in targets.get(each.id, ()) if n in known]
        found[code] |= {end.id: end for end in ([each] if each.usable else ends)}
    return Concepts(name, {code: tuple(each.values()) for code, each in found.items() if each})


def _asked(row: _Row, codes: Collection[Code]) -> list[Code]:
    """Return the codes that a concept belongs to."""
    vocabulary, code = row[3], row[5]
    if vocabulary not in _BY_BEGINNING:
        return [(vocabulary, code)] if (vocabulary, code) in codes else []
    beginnings = (code[:end] for end in range(1, len(code) + 1))
    return [(vocabulary, begun) for begun in beginnings if (vocabulary, begun) in codes]


def _concepts(
    stream: TextIO, name: str, wanted: Callable[[_Row], object]
) -> Iterator[tuple[_Row, Concept]]:
    for number, row in _rows(stream, name, _CONCEPT):
        if not row[6] and wanted(row):
            own = _id(row[0], f"{name}, line {number}")
            yield row, Concept(own, row[1], row[2], row[3], row[5], row[4] in ("S", "C"))


def _targets(stream: TextIO, name: str, sources: Collection[str]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for number, row in _rows(stream, name, _RELATIONSHIP):
        if row[2] == "Maps to" and row[0] in sources and not row[3]:
            where = f"{name}, line {number}"
            found[_id(row[0], where)].append(_id(row[1], where))
    return found


def _rows(stream: TextIO, name: str, columns: Sequence[str]) -> Iterator[tuple[int, _Row]]:
    """Yield the named columns of each row with its line; InputError for what is no such table."""
    table = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
    try:
        head = [title.strip().lower() for title in next(table, [])]
        if missing := [column for column in columns if column not in head]:
            raise InputError(name, f"no column {missing[0]}", _WANTED)
        places = [head.index(column) for column in columns]
        for row in table:
            if len(row) != len(head):
                what = f"{len(row)} fields under {len(head)} titles"
                raise InputError(f"{name}, line {table.line_num}", what, _WANTED)
            yield table.line_num, tuple(row[place] for place in places)
    except (csv.Error, UnicodeDecodeError) as error:
        where = f"{name}, line {table.line_num + 1}"
        raise InputError(where, f"it cannot be read ({error})", _WANTED) from error


def _id(text: str, where: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:11]) <= _LARGEST):
        raise InputError(f"{where}, concept_id", repr(text[:40]), "a whole number above 0")
    return int(text)
