"""Tables of a warehouse as files and as a database; names in capitals, as some sites have them."""

from pathlib import Path
from typing import Any

import pytest

Tables = dict[str, list[dict[str, Any]]]


def as_files(tables: Tables, folder: Path, ending: str) -> Path:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import csv, parquet

    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        table = pa.Table.from_pylist(rows)
        if ending == "csv":
            csv.write_csv(table, folder / f"{name.upper()}.csv")
        else:
            parquet.write_table(table, folder / f"{name}.parquet")
    return folder


def as_database(tables: Tables, file: Path) -> Path:
    duckdb = pytest.importorskip("duckdb")
    pa = pytest.importorskip("pyarrow")
    with duckdb.connect(str(file)) as connection:
        for name, rows in tables.items():
            connection.register("incoming", pa.Table.from_pylist(rows))
            connection.execute(f'create table "{name.upper()}" as select * from incoming')
            connection.unregister("incoming")
    return file
