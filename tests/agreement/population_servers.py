"""A throw-away PostgreSQL cluster: its own folder, a socket and no port, gone with the tests."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_USER = "postgres"


def postgres_binaries() -> Path | None:
    """Return the folder of the newest server's programs; None where there is none."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for place in _PLACES:
        start = Path(place.partition("*")[0]).parent
        found += sorted(start.glob(place[len(str(start)) + 1 :])) if start.is_dir() else []
    return next((each for each in reversed(found) if (each / "pg_ctl").exists()), None)


def _as_user() -> dict[str, object]:
    """Return how to run a server that refuses to run as root."""
    return {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def postgres(binaries: Path) -> Iterator[Path]:
    """Run a cluster; give the folder of its socket."""
    with TemporaryDirectory(prefix="pg", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, _USER, _USER)
        data = folder / "data"
        _run(binaries / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "-N")
        settings = f"-c listen_addresses='' -k {folder} -c fsync=off -c jit=off"
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
        try:
            yield folder
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _run(*command: object) -> None:
    subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, cwd="/", timeout=120, **_as_user(),  # type: ignore[call-overload]
    )  # fmt: skip
