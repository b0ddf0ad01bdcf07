"""Files that a command reads, and files that it writes whole or not at all."""

import os
import tempfile
from pathlib import Path

from trialwright.core.errors import InputError


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; InputError names the path where it cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(path), why, "a file that can be read") from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(draft).chmod(0o644)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(
            str(path), error.strerror or "not written", "a path to write to"
        ) from error
