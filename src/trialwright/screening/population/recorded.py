"""Verdicts on the history, in the database; the meaning is `history.has`.

Python judges each entry once: whether it is the thing, whether it may be, what its degree and its
status allow. The database compares dates and takes the strongest of a person's records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening import history, silence
from trialwright.screening.exceptions import dropped, of_degree
from trialwright.screening.model import ClinicalFact
from trialwright.screening.policy import OPEN_WORLD
from trialwright.screening.population.algebra import Pair, kind_number
from trialwright.screening.population.dates import begun, between, lasted, over
from trialwright.screening.population.kinds import Placed
from trialwright.screening.population.latest import short_table
from trialwright.screening.population.plan import NO_KIND, NOBODY, RANK, Recorded
from trialwright.screening.population.tables import Tables
from trialwright.screening.setting import Setting
from trialwright.screening.terms import ConceptTerm, Terms

Expr = Any  # Ibis tells a column's type only when it runs

# How a record's dates are read.
# BEGUN: by the last day that counts. The last three are of codes for an earlier event.
BEGUN, NOW, CURRENT, MOMENT, STATE, EARLIER, NOW_OVER, CURRENT_OVER = range(8)
_KINDS = 16
_RANKED = 2**48  # more than a person has records

_MATCHES = {
    "signal": pa.int32(), "entry": pa.int32(), "cap": pa.int16(), "timing": pa.int16(),
    "ended": pa.int16(), "undated": pa.int16(), "low": pa.date32(), "high": pa.date32(),
    "kind": pa.int16(), "rank": pa.int64(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that says something: at most `cap`, as its dates allow."""

    entry: int
    cap: int
    timing: int
    ended: int
    undated: int  # whether it began in time where no start is on record
    low: date
    high: date
    kind: int
    rank: int  # of its domain: the order in which records are read


Signal = tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """The table of people with what their records say, and how to read a leaf of it."""

    table: Expr
    leaves: Mapping[int, tuple[Recorded, int | None, int | None]]  # leaf, signals: meant, open
    kinds: Mapping[int, frozenset[int]]  # of each signal

    def pair(self, number: int, row: Expr) -> Pair:
        """Return a leaf's verdict from a row of people."""
        leaf, meant, still_open = self.leaves[number]
        truth, kind = self._silent(leaf, still_open, row)
        if meant is None:
            return Pair(truth, kind)
        best = row[f"signal_{meant}"].fill_null(0)
        own = self._kind(meant, row)
        return Pair(
            ibis.cases((best > 0, best), else_=truth),
            ibis.cases((best == 1, own), (best == 2, NO_KIND), else_=kind),
        )

    def _silent(self, leaf: Recorded, still_open: int | None, row: Expr) -> tuple[Expr, Expr]:
        if not leaf.closed:
            return ibis.literal(1), ibis.literal(kind_number("no_data"))
        if still_open is None:
            return ibis.literal(0), ibis.literal(NO_KIND)
        asked = row[f"signal_{still_open}"].fill_null(0) > 0
        uncoded = kind_number("uncoded")
        return ibis.cases((asked, 1), else_=0), ibis.cases((asked, uncoded), else_=NO_KIND)

    def _kind(self, signal: int, row: Expr) -> Expr:
        kinds = self.kinds[signal]
        if len(kinds) > 1:
            return row[f"first_{signal}"] % _KINDS
        return ibis.literal(min(kinds))


def recorded(tables: Tables, leaves: Mapping[int, Recorded],
             entries: Mapping[int, Placed], terms: Terms) -> Facts | None:  # fmt: skip
    """Return what the records say; None where no leaf asks."""
    if not leaves:
        return None
    signals: dict[Signal, int] = {}
    about: dict[int, tuple[Recorded, int | None, int | None]] = {}
    for number, leaf in leaves.items():
        meant, still_open = _signals(leaf, entries, terms)
        about[number] = leaf, _numbered(meant, signals), _numbered(still_open, signals)
    kinds = {n: frozenset(match.kind for match in signal) for signal, n in signals.items()}
    return Facts(_by_person(_said(tables, _table_of(tables, signals)), kinds), about, kinds)


# --- in Python, once for each entry -------------------------------------------------------------


def _numbered(signal: Signal, signals: dict[Signal, int]) -> int | None:
    return signals.setdefault(signal, len(signals)) if signal else None


def _signals(leaf: Recorded, entries: Mapping[int, Placed], terms: Terms) -> tuple[Signal, Signal]:
    """Return the entries that are the thing, and those that keep a silence open."""
    meant, still_open = [], []
    term = leaf.term
    at = Setting(NOBODY, leaf.on, OPEN_WORLD, terms, window=leaf.window)
    for number, placed in entries.items():
        domains = (leaf.node.domain, *term.also)
        if placed.domain not in domains or dropped(leaf.without, placed.domain, placed.fact):
            continue
        rank = domains.index(placed.domain)
        if term.matches(placed.fact.codes):
            meant.append(_meant(number, placed, rank, leaf, term, at))
        elif leaf.closed and _keeps_open(placed, leaf, term):
            still_open.append(_possible(number, placed, leaf, term))
    return tuple(m for m in meant if m.cap), tuple(m for m in still_open if m.cap)


def _meant(number: int, placed: Placed, rank: int, leaf: Recorded, term: ConceptTerm,
           at: Setting) -> Match:  # fmt: skip
    fact, node = placed.fact, leaf.node
    if term.lifelong and fact.ended is Truth.UNKNOWN:  # read only where no end is on record
        fact = replace(fact, ended=Truth.FALSE)
    degree = of_degree(fact, node)
    most = fact.holds & degree
    if placed.domain != node.domain:
        most = most & history.second_hand(node.domain, placed.domain, "", at)[0]
    kind = kind_number("stale" if degree is Truth.TRUE else "no_data")
    timing = _timing(leaf, placed.domain, history.is_moment(node, placed.domain, term))
    if term.is_past(fact.codes):  # as `history._earlier`
        timing = _EARLIER[timing]
    return _match(number, most, timing, fact, leaf, kind, rank)


def _timing(leaf: Recorded, domain: Domain, moment: bool) -> int:
    if leaf.window:
        return _in_window(leaf, moment)
    if leaf.node.domain == "procedure" and domain != "drug":
        return BEGUN
    return CURRENT if leaf.node.when == "current" else NOW


# How the dates of a code that tells of an earlier event are read, in place of its own timing.
_EARLIER = {BEGUN: BEGUN, NOW: NOW_OVER, CURRENT: CURRENT_OVER, MOMENT: EARLIER, STATE: EARLIER}


def _in_window(leaf: Recorded, moment: bool) -> int:
    if leaf.days.first == date.min:
        return BEGUN
    return MOMENT if moment else STATE


def _keeps_open(placed: Placed, leaf: Recorded, term: ConceptTerm) -> bool:
    """Say whether a record that may count keeps a closed world from saying no."""
    if not term.complete:
        return True
    found = silence.doubt(placed.fact, term)
    if found is None:
        return False
    return found.telling or silence.matters(leaf.node, placed.domain, placed.fact, term)


def _possible(number: int, placed: Placed, leaf: Recorded, term: ConceptTerm) -> Match:
    moment = history.is_moment(leaf.node, placed.domain, term)
    timing = _in_window(leaf, moment) if leaf.window else BEGUN
    uncoded = kind_number("uncoded")
    return _match(number, placed.fact.holds, timing, placed.fact, leaf, uncoded, 0)


def _match(number: int, most: Truth, timing: int, fact: ClinicalFact, leaf: Recorded, kind: int,
           rank: int) -> Match:  # fmt: skip
    days = leaf.days
    if days.last < days.first:
        most = Truth.FALSE
    undated = Truth.UNKNOWN if leaf.window and days.last < leaf.on else Truth.TRUE
    return Match(
        number, RANK[most], timing, RANK[fact.ended], RANK[undated], days.first, days.last, kind,
        rank,
    )  # fmt: skip


def _table_of(tables: Tables, signals: Mapping[Signal, int]) -> Expr:
    rows = [
        (
            number,
            m.entry,
            m.cap,
            m.timing,
            m.ended,
            m.undated,
            m.low,
            m.high,
            m.kind,
            m.rank * _RANKED,
        )
        for signal, number in signals.items()
        for m in signal
    ]
    return short_table(tables, rows, _MATCHES)


# --- in the database ----------------------------------------------------------------------------


def _said(tables: Tables, matches: Expr) -> Expr:
    """Return what each record says of each signal that its entry matches; 1 open, 2 yes."""
    row = tables.facts.join(matches, "entry")
    truth = ibis.least(row.cap, _timely(row))
    order = row.rank + row.nth * _KINDS + row.kind
    said = row.select("person", "signal", truth=truth.cast("int16"), order=order)
    return said.filter(said.truth > 0)


def _timely(row: Expr) -> Expr:
    start = row.start_first, row.start_last
    end = row.end_first, row.end_last
    began = begun(*start, row.high, row.undated)
    done = over(*end, row.high, row.ended)
    inside = between(*start, row.low, row.high)
    current = ibis.cases((done == 0, 2), ((done == 2) & (row.timing == CURRENT), 0), else_=1)
    open_end = ibis.cases((row.ended == 0, 2), (inside == 2, 2), else_=1)
    until = ibis.cases((row.end_first.isnull(), open_end), else_=lasted(*end, row.low))
    before = ibis.cases((start[1] < row.low, 0), else_=1)
    return row.timing.cases(
        (EARLIER, before),
        (NOW_OVER, ibis.least(began, 1)),
        (CURRENT_OVER, ibis.cases((began == 1, 1), else_=0)),
        (BEGUN, began),
        (MOMENT, inside),
        (STATE, ibis.least(began, until)),
        else_=ibis.cases((began != 2, began), else_=current),
    )


def _by_person(said: Expr, kinds: Mapping[int, frozenset[int]]) -> Expr:
    columns: dict[str, Expr] = {}
    for number, several in kinds.items():
        own = said.signal == number
        columns[f"signal_{number}"] = said.truth.max(where=own)
        if len(several) > 1:
            columns[f"first_{number}"] = said.order.min(where=own & (said.truth == 1))
    return said.group_by("person").aggregate(**columns) if columns else None
