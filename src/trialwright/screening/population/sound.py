"""Whether five tables are what they should be: kinds of columns, values that must be there.

Files are made by other programs too, and change on their way. What is amiss is told in one line,
before anybody is judged by it.
"""

from collections.abc import Mapping
from typing import Any

import ibis

from trialwright.core.errors import InputError
from trialwright.screening.population.tables import SCHEMAS

Expr = Any  # Ibis tells a column's type only when it runs

_KINDS = {
    "int64": ("is_integer",), "int32": ("is_integer",), "string": ("is_string",),
    "float64": ("is_floating", "is_decimal", "is_integer"), "date": ("is_date",),
    "boolean": ("is_boolean",),
}  # fmt: skip
# Columns without which a row means nothing; a day may be missing, but never one end of it alone.
_NEEDED = {
    "persons": ("person", "id", "sex", "deceased", "simulated"),
    "observations": ("person", "reading", "nth", "value"),
    "readings": ("reading", "record"),
    "facts": ("person", "entry", "nth"),
    "entries": ("entry", "domain", "record"),
}
_DAYS = {
    "persons": (("birth_first", "birth_last"), ("died_first", "died_last")),
    "observations": (("first", "last"),),
    "facts": (("start_first", "start_last"), ("end_first", "end_last")),
}
_KEYS = {"persons": "person", "readings": "reading", "entries": "entry"}
_LINKS = (("observations", "reading", "readings"), ("facts", "entry", "entries"))


def check_columns(table: Expr, name: str, where: str) -> None:
    """Raise InputError for a column that is missing, or of another kind."""
    schema = table.schema()
    for column, kind in SCHEMAS[name].items():
        if column not in schema:
            wanted = "this version's tables: pack them again (`trialwright population pack`)"
            raise InputError(f"{where}, {name}", f"no column {column}", wanted)
        found = schema[column]
        if not any(getattr(found, asked)() for asked in _KINDS[kind]):
            raise InputError(f"{where}, {name}.{column}", str(found)[:60], kind)


def check_rows(tables: Mapping[str, Expr], where: str) -> None:
    """Raise InputError for a value that is missing, no number, or a key twice or unknown."""
    for name, table in tables.items():
        asked = {f"{column} missing": table[column].isnull() for column in _NEEDED[name]}
        for first, last in _DAYS.get(name, ()):
            half = table[first].isnull() != table[last].isnull()
            asked[f"one of {first} and {last} missing"] = half
            asked[f"{last} before {first}"] = table[last] < table[first]
        if name == "observations":
            value = table["value"].cast("float64")
            asked["value no number"] = value.isnan() | value.isinf()
        _refuse(table, asked, f"{where}, {name}")
    for name, key in _KEYS.items():
        counted = tables[name].aggregate(
            rows=tables[name].count(), keys=tables[name][key].nunique()
        )
        (row,) = counted.to_pyarrow().to_pylist()
        if row["rows"] != row["keys"]:
            raise InputError(f"{where}, {name}.{key}", "a number twice", "each number once")
    for name, key, other in _LINKS:
        _known(tables[name], key, tables[other], f"{where}, {name}.{key}")
    for name in ("observations", "facts"):
        _known(tables[name], "person", tables["persons"], f"{where}, {name}.person")


def _refuse(table: Expr, asked: Mapping[str, Expr], where: str) -> None:
    """Ask everything in one pass, and refuse the first thing that occurs."""
    columns = {
        f"c{n}": ibis.cases((each, 1), else_=0).sum() for n, each in enumerate(asked.values())
    }
    (row,) = table.aggregate(**columns).to_pyarrow().to_pylist()
    for n, what in enumerate(asked):
        if row[f"c{n}"]:
            raise InputError(where, f"{what} in {row[f'c{n}']:,} rows", "none")


def _known(table: Expr, key: str, others: Expr, where: str) -> None:
    numbers = table.select(number=table[key].cast("int64")).distinct()
    known = others.select(number=others[key].cast("int64"))
    for row in numbers.anti_join(known, "number").limit(1).to_pyarrow().to_pylist():
        raise InputError(where, f"{row['number']}, which nothing has", "a number that is there")
