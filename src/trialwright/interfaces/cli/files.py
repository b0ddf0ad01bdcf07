"""Files that a command reads, and files that it writes whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from trialwright.core.errors import InputError

MOST_BYTES = 256_000_000


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; InputError names the path where it cannot be read, or is endless."""
    try:
        with path.open("rb") as stream:
            return read_stream(stream, str(path))
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(path), why, "a file that can be read") from error


def read_stream(stream: BinaryIO, name: str) -> bytes:
    """Return all bytes of a stream; InputError where they are more than MOST_BYTES."""
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InputError(name, f"more than {MOST_BYTES:,} bytes", "a smaller file")
    return data


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    A link is followed, a file's permissions are kept, and a pipe or device is written to as it is.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            target.write_bytes(data)
        else:
            _replace(target, data)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(path), why, "a path to write to") from error


def _replace(target: Path, data: bytes) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, draft = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(draft).chmod(mode)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)  # there is no way to read it without setting it
    os.umask(current)
    return current
