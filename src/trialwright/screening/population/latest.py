"""Verdicts on the latest observation, in the database; the meaning is `observed.latest`.

Python judges each reading once: which numbers hold, which do not, which are open and why. The
database finds the observations that may be the latest, looks their numbers up, and asks whether
those of a person agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import nextafter
from typing import Any

import ibis
import pyarrow as pa

from trialwright.protocol.criteria import nodes
from trialwright.screening import compare, ordinal, positivity
from trialwright.screening.model import Observation, Verdict
from trialwright.screening.population.algebra import Pair, kind_number
from trialwright.screening.population.cuts import MOST, cuts_at, pieces
from trialwright.screening.population.dates import between
from trialwright.screening.population.kinds import Reading
from trialwright.screening.population.plan import NO_KIND, RANK, Observed, Selection
from trialwright.screening.population.tables import Tables
from trialwright.screening.terms import ConceptTerm, MeasureTerm, Terms

Expr = Any  # Ibis tells a column's type only when it runs

_USES = {"selection": pa.int32(), "reading": pa.int32(), "low": pa.date32(), "high": pa.date32()}
_PIECES = {
    "leaf": pa.int32(), "selection": pa.int32(), "reading": pa.int32(),
    "low": pa.float64(), "high": pa.float64(), "truth": pa.int16(), "kind": pa.int16(),
}  # fmt: skip
_KINDS = 16  # places for a kind in the number that orders candidates


@dataclass(frozen=True, slots=True)
class Piece:
    """Numbers of one reading on which the verdict is the same, both ends included."""

    low: float
    high: float
    truth: int
    kind: int


@dataclass(frozen=True, slots=True)
class Latest:
    """The table of people with what their latest observations say, and how to read a leaf of it."""

    table: Expr
    leaves: Mapping[int, tuple[int, Observed, frozenset[int]]]  # number: selection, leaf, kinds

    def pair(self, number: int, row: Expr) -> Pair:
        """Return a leaf's verdict from a row of people; as `observed.agreed` joins candidates."""
        selection, leaf, kinds = self.leaves[number]
        low, high = row[f"low_{number}"], row[f"high_{number}"]
        found = _first_kind(row, number, kinds)
        best, older = row[f"best_{selection}"], row[f"older_{selection}"]
        stale, no_data = kind_number("stale"), kind_number("no_data")
        unsure = (low == high) & (best < RANK_TRUE)
        if leaf.absent == "false":
            none_truth, none_kind = 0, ibis.literal(NO_KIND)
        else:
            none_truth, none_kind = 1, ibis.cases((older.fill_null(0) == 1, stale), else_=no_data)
        truth = ibis.cases((low.isnull(), none_truth), (low != high, 1), (unsure, 1), else_=low)
        kind = ibis.cases(
            (low.isnull(), none_kind), (unsure, stale), ((low != high) | (low == 1), found),
            else_=NO_KIND,
        )  # fmt: skip
        return Pair(truth, kind)


RANK_TRUE = 2


def latest(tables: Tables, terms: Terms, leaves: Mapping[int, Observed],
           readings: Mapping[int, Reading]) -> Latest | None:  # fmt: skip
    """Return what the latest observations say; None where no leaf asks."""
    if not leaves:
        return None
    selections = {each: n for n, each in enumerate(dict.fromkeys(
        leaf.selection for leaf in leaves.values()))}  # fmt: skip
    used = {
        selection: [n for n, r in readings.items() if selection.codes & r.all_codes]
        for selection in selections
    }
    judged = {
        number: [(reading, piece) for reading in used[leaf.selection]
                 for piece in _judged(leaf, terms, readings[reading])]
        for number, leaf in leaves.items()
    }  # fmt: skip
    about = {
        number: (selections[leaf.selection], leaf,
                 frozenset(piece.kind for _, piece in judged[number]) - {NO_KIND})
        for number, leaf in leaves.items()
    }  # fmt: skip
    known = _known(tables, _uses(tables, selections, used))
    summed = _summed(known)
    verdicts = _verdicts(_candidates(known, summed), _table_of(tables, judged, about))
    return Latest(_by_person(verdicts, summed, about), about)


# --- in Python, once for each reading ----------------------------------------------------------


def _judged(leaf: Observed, terms: Terms, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces of a reading, each judged at its lower end by the reference itself."""
    cuts = _cuts(leaf, terms, reading) if reading.is_number else ()
    last: Piece | None = None
    for low, high in pieces(cuts):
        verdict = _verdict(leaf, terms, reading.observation(low if reading.is_number else 0.0))
        piece = Piece(low, high, RANK[verdict.truth], kind_number(verdict.unknown))
        if last and (last.truth, last.kind) == (piece.truth, piece.kind):
            piece = Piece(last.low, high, piece.truth, piece.kind)
        elif last:
            yield last
        last = piece
    if last:
        yield last


def _verdict(leaf: Observed, terms: Terms, observation: Observation) -> Verdict:
    match leaf.by:
        case nodes.Compare(measure=measure):
            return compare.judged(leaf.by, terms.measures[measure or ""], observation)
        case nodes.Ordinal(scale=scale):
            return ordinal.judged(leaf.by, terms.scales[scale], observation)
        case ConceptTerm():
            return positivity.judged(observation, leaf.by)


def _cuts(leaf: Observed, terms: Terms, reading: Reading) -> tuple[float, ...]:
    """Return every number at which the verdict may change."""
    match leaf.by:
        case nodes.Compare(measure=measure):
            return _compare_cuts(leaf.by, terms.measures[measure or ""], reading)
        case nodes.Ordinal(scale=scale):
            return _class_cuts(terms.scales[scale].classes)
        case ConceptTerm():
            return ()


def _compare_cuts(node: nodes.Compare, term: MeasureTerm, reading: Reading) -> tuple[float, ...]:
    observation = reading.observation(0.0)
    limit = compare.limit_for(node, term, observation)
    wanted = [(limit.value, limit.unit)] if limit else []
    wanted += [(each, term.unit) for each in term.plausible or ()]
    unit = reading.unit or ""
    return tuple(cut for value, own in wanted for cut in cuts_at(value, own, unit, term.ways))


def _class_cuts(classes: Sequence[str]) -> tuple[float, ...]:
    """Return each number that is the name of a class, and the next one."""
    cuts: list[float] = []
    for name in classes:
        try:
            number = float(Decimal(name))
        except InvalidOperation:
            continue
        cuts += [number, nextafter(number, MOST)]
    return tuple(cuts)


def _uses(
    tables: Tables, selections: Mapping[Selection, int], used: Mapping[Selection, list[int]]
) -> Expr:
    rows = [
        (number, reading, selection.window.first, selection.window.last)
        for selection, number in selections.items()
        for reading in used[selection]
    ]
    return short_table(tables, rows, _USES)


def _table_of(tables: Tables, judged: Mapping[int, list[tuple[int, Piece]]],
              about: Mapping[int, tuple[int, Observed, frozenset[int]]]) -> Expr:  # fmt: skip
    rows = [
        (number, about[number][0], reading, piece.low, piece.high, piece.truth, piece.kind)
        for number, listed in judged.items()
        for reading, piece in listed
    ]
    return short_table(tables, rows, _PIECES)


def short_table(tables: Tables, rows: Sequence[tuple[object, ...]],
                types: Mapping[str, pa.DataType]) -> Expr:  # fmt: skip
    """Return rows of Python values as a table that joins with those of the database."""
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    arrays = [pa.array(c, t) for c, t in zip(columns, types.values(), strict=True)]
    return tables.short(pa.table(arrays, names=list(types)))


# --- in the database ----------------------------------------------------------------------------


def _known(tables: Tables, uses: Expr) -> Expr:
    """Return the observations that a leaf asks about, and whether each lies in the window."""
    joined = tables.observations.join(uses, "reading")
    return joined.select(
        "person", "selection", "reading", "nth", "value", "first", "last", "instant",
        inside=between(joined["first"], joined["last"], joined.low, joined.high).cast("int16"),
        older=ibis.cases((joined["last"] < joined.low, 1), else_=0).cast("int16"),
    )  # fmt: skip


def _summed(known: Expr) -> Expr:
    """Return of each person's selection what precedes: the last that certainly counts."""
    sure = known.inside == RANK_TRUE
    return known.group_by("person", "selection").aggregate(
        best=known.inside.max(),
        older=known.older.max(),
        last_instant=known.instant.max(where=sure),
        last_undated=known["first"].max(where=sure & known.instant.isnull()),
        last_first=known["first"].max(where=sure),
    )


def _candidates(known: Expr, summed: Expr) -> Expr:
    """Return the observations that no other certainly follows; as `observed._precedes`."""
    inside = known.filter(known.inside > 0).drop("older")
    both = inside.join(summed, ["person", "selection"])
    later_instant = (both.last_instant > both.instant).fill_null(False)
    later_day = (both.last_undated > both["last"]).fill_null(False)
    later_any = (both.last_first > both["last"]).fill_null(False)
    preceded = ibis.cases((both.instant.isnull(), later_any), else_=later_instant | later_day)
    return both.filter(~preceded).select("person", "selection", "reading", "nth", "value")


def _verdicts(candidates: Expr, judged: Expr) -> Expr:
    on = [
        candidates.selection == judged.selection,
        candidates.reading == judged.reading,
        candidates.value >= judged.low,
        candidates.value <= judged.high,
    ]
    joined = candidates.join(judged, on)
    return joined.select("person", "leaf", "truth", order=joined.nth * _KINDS + joined.kind)


def _by_person(verdicts: Expr, summed: Expr,
               about: Mapping[int, tuple[int, Observed, frozenset[int]]]) -> Expr:  # fmt: skip
    columns: dict[str, Expr] = {}
    for number, (_, _, kinds) in about.items():
        own = verdicts.leaf == number
        columns[f"low_{number}"] = verdicts.truth.min(where=own)
        columns[f"high_{number}"] = verdicts.truth.max(where=own)
        if kinds - {kind_number("no_data")}:
            columns[f"first_{number}"] = verdicts.order.min(where=own & (verdicts.truth == 1))
    selections = sorted({selection for selection, _, _ in about.values()})
    ages: dict[str, Expr] = {}
    for number in selections:
        own = summed.selection == number
        ages[f"best_{number}"] = summed.best.max(where=own)
        ages[f"older_{number}"] = summed.older.max(where=own)
    people = summed.group_by("person").aggregate(**ages)
    told = verdicts.group_by("person").aggregate(**columns)
    return people.left_join(told, "person").drop("person_right")


def _first_kind(row: Expr, number: int, kinds: frozenset[int]) -> Expr:
    """Return the kind of the first candidate that is open, as `agreed` picks it."""
    no_data = kind_number("no_data")
    if kinds - {no_data}:
        return (row[f"first_{number}"] % _KINDS).fill_null(no_data)
    return ibis.literal(no_data)
