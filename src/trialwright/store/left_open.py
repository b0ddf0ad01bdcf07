"""A SQLite file that was left in WAL mode, read without leaving anything beside it.

A file that was copied from a running trial, or whose writer died, is still in WAL mode. To read it
where it lies, SQLite makes two files beside it, and a reader that may not write leaves them there.
Where nobody has the file open it is read in a private copy instead.
"""

import shutil
from os import stat_result
from pathlib import Path
from tempfile import TemporaryDirectory

_VERSIONS = slice(18, 20)  # of the header: how the file is written and read
_WAL = b"\x02\x02"


def private_copy(path: Path) -> "TemporaryDirectory[str] | None":
    """Return a folder with a copy of the file under its own name; the caller removes it.

    None for a file that can be read where it lies: one that is not in WAL mode, and one that
    somebody has open, for then both files are beside it already and are theirs.
    """
    if not _is_in_wal_mode(path) or _is_open(path):
        return None
    before = _seen(path)
    folder = TemporaryDirectory(prefix="trialwright-")
    for part in (path, _beside(path, "wal")):
        if part.exists():
            shutil.copyfile(part, Path(folder.name) / part.name)
    if _is_open(path) or _seen(path) != before:  # somebody came while it was copied
        folder.cleanup()
        return None
    return folder


def _is_in_wal_mode(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(_VERSIONS.stop)[_VERSIONS] == _WAL


def _is_open(path: Path) -> bool:
    return all(_beside(path, kind).exists() for kind in ("wal", "shm"))


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name}-{kind}")


def _seen(path: Path) -> tuple[int, int]:
    found: stat_result = path.stat()
    return found.st_mtime_ns, found.st_size
