"""Verdicts of a whole population: expressions in, one column of codes each out.

A code is 0 for false, 1 to 7 for the kind of unknown (its place in UNKNOWN_KINDS, counted from 1),
and 8 for true: the least of several is their conjunction.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

import ibis
import msgspec

from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.age import next_age, reached
from trialwright.screening.model import DOMAINS, UNKNOWN_KINDS, UnknownKind
from trialwright.screening.policy import OPEN_WORLD, Policy
from trialwright.screening.population.algebra import TRUE_CODE, Pair, formula, kind_number
from trialwright.screening.population.dates import born_by
from trialwright.screening.population.kinds import Entry, Placed, Reading
from trialwright.screening.population.latest import Latest, latest
from trialwright.screening.population.plan import (
    NO_KIND,
    NOBODY,
    Aged,
    Leaf,
    Leaves,
    Observed,
    Recorded,
    Sexed,
    plan,
)
from trialwright.screening.population.recorded import Facts, recorded
from trialwright.screening.population.tables import Tables
from trialwright.screening.setting import Setting
from trialwright.screening.terms import Terms

T = TypeVar("T")
Expr = Any  # Ibis tells a column's type only when it runs


def meaning(code: int) -> tuple[Truth, UnknownKind | None]:
    """Return the truth and the kind of unknown that a code stands for."""
    if code in (0, TRUE_CODE):
        return (Truth.TRUE if code else Truth.FALSE), None
    return Truth.UNKNOWN, UNKNOWN_KINDS[code - 1]


def verdicts(
    tables: Tables,
    expressions: Mapping[str, nodes.Node],
    on: date,
    policy: Policy = OPEN_WORLD,
    *,
    terms: Terms,
) -> Expr:
    """Return a table of people: `person`, `id`, `simulated`, `alive`, and a code per expression.

    The two short tables are read at once; all else is one Ibis expression that the caller runs.
    `alive` is the standing criterion of `screen`. InputError for an expression that is nested too
    deeply for one query.
    """
    leaves = Leaves()
    at = Setting(NOBODY, on, policy, terms)
    plans = {name: plan(node, at, leaves) for name, node in expressions.items()}
    numbered = {number: leaf for leaf, number in leaves.number.items()}
    seen = latest(tables, terms, _of(numbered, Observed), readings_of(tables))
    facts = recorded(tables, _of(numbered, Recorded), entries_of(tables), terms)
    row = _joined(tables, seen, facts)
    pairs = {number: _pair(number, leaf, row, seen, facts) for number, leaf in numbered.items()}
    codes = {name: formula(each, pairs.__getitem__, name) for name, each in plans.items()}
    return row.select("person", "id", "simulated", _alive(row, on).name("alive"), **codes)


def _of(leaves: Mapping[int, Leaf], kind: type[Any]) -> dict[int, Any]:
    return {number: leaf for number, leaf in leaves.items() if isinstance(leaf, kind)}


def readings_of(tables: Tables) -> dict[int, Reading]:
    """Return the readings by number."""
    rows = tables.readings.to_pyarrow().to_pylist()
    return {row["reading"]: _record(row["record"], Reading, "readings") for row in rows}


def entries_of(tables: Tables) -> dict[int, Placed]:
    """Return the entries by number."""
    rows = tables.entries.to_pyarrow().to_pylist()
    return {row["entry"]: _placed(row) for row in rows}


def _placed(row: dict[str, Any]) -> Placed:
    domain = row["domain"]
    if domain not in DOMAINS:
        raise InputError("entries.domain", repr(domain)[:60], ", ".join(DOMAINS))
    return Placed(domain, _record(row["record"], Entry, "entries").fact())


def _record(text: str, kind: type[T], table: str) -> T:
    """Read a reading's or an entry's record; InputError where it is none."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        wanted = "JSON as `trialwright population pack` writes it"
        raise InputError(f"{table}.record", str(error), wanted) from error


def _joined(tables: Tables, seen: Latest | None, facts: Facts | None) -> Expr:
    row = tables.persons
    for each in (seen, facts):
        if each is not None and each.table is not None:
            row = row.left_join(each.table, "person").drop("person_right")
    return row


def _pair(number: int, leaf: Leaf, row: Expr, seen: Latest | None, facts: Facts | None) -> Pair:
    match leaf:
        case Observed() if seen:
            return seen.pair(number, row)
        case Recorded() if facts:
            return facts.pair(number, row)
        case Aged():
            return _age(leaf, row)
        case Sexed(sex):
            return _sex(sex, row)
        case _:
            raise AssertionError(f"leaf {number} has no table")


def _age(leaf: Aged, row: Expr) -> Pair:
    birth = row.birth_first, row.birth_last
    parts = []
    if leaf.least is not None:
        parts.append(born_by(*birth, _last_birth(leaf.least, leaf.on)))
    if leaf.most is not None:
        parts.append(2 - born_by(*birth, _last_birth(next_age(leaf.most), leaf.on)))
    truth = ibis.least(*parts) if len(parts) > 1 else parts[0]
    return Pair(truth, ibis.cases((truth == 1, kind_number("no_data")), else_=NO_KIND))


def _last_birth(age: Any, on: date) -> date | None:
    """Return the last day on which somebody was born who has completed an age; None for none."""
    low, high = date.min.toordinal(), date.max.toordinal()
    if not reached(age, date.min, on):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if reached(age, date.fromordinal(middle), on):
            low = middle
        else:
            high = middle - 1
    return date.fromordinal(low)


def _sex(sex: str, row: Expr) -> Pair:
    known = row.sex.isin(["male", "female"])
    truth = ibis.cases((row.sex == sex, 2), (known, 0), else_=1)
    kind = ibis.cases((known, NO_KIND), else_=kind_number("no_data"))
    return Pair(truth, kind)


def _alive(row: Expr, on: date) -> Expr:
    """Return the standing criterion: false after a death, true where none is on record."""
    unknown = kind_number("no_data") + 1
    return ibis.cases(
        (~row.deceased, TRUE_CODE),
        (row.died_first.isnull() | (row.died_last <= on), 0),
        (row.died_first > on, TRUE_CODE),
        else_=unknown,
    ).cast("int8")
