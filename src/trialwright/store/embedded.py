"""DuckDB inside this process: it reads what it is given, and never fetches anything.

By itself DuckDB would look into a file of another format and install an extension for it, over the
network. Here it does neither; in a database's file no view reaches beyond the file.
"""

from typing import Any

_OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
_SCHEME = "duckdb://"


def in_process(ibis: Any) -> Any:
    """Return a connection to an empty database in memory, which reads local files."""
    return ibis.duckdb.connect(**_OFFLINE)


def database(ibis: Any, where: str) -> Any:
    """Return a connection to a database's address, or to a DuckDB file, which is only read."""
    if "://" in where and not where.startswith(_SCHEME):
        return ibis.connect(where)
    file = where.removeprefix(_SCHEME)
    return ibis.duckdb.connect(file, read_only=True, enable_external_access=False, **_OFFLINE)
