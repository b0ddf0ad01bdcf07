"""Bytes that unpack from a file, never many times more than a file of its size can mean.

Records pack to a tenth of their length, and seldom to a fiftieth. A file of a hundred kilobytes
that unpacks to a hundred megabytes holds nothing that was recorded.
"""

from typing import Protocol

_TIMES = 200
_FREE = 16_000_000  # bytes; a small file may hold the same record over and over
_AT_ONCE = 1_000_000


class Stream(Protocol):
    """Bytes that are read in order, packed or not."""

    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


class UnpacksTooFar(Exception):
    """A file that would fill the memory: what it is, in words."""


class Allowance:
    """How many bytes a file of a size may still unpack to, all of its members together."""

    def __init__(self, size: int) -> None:
        self._left = size * _TIMES + _FREE

    def take(self, count: int) -> None:
        """Count bytes that were unpacked; raise UnpacksTooFar where they are too many."""
        self._left -= count
        if self._left < 0:
            raise UnpacksTooFar(f"it unpacks to more than {_TIMES} times its size; wanted records")


class Metered:
    """A stream that takes what is read from an allowance, a little at a time."""

    def __init__(self, stream: Stream, allowance: Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, fewer only at the end."""
        parts: list[bytes] = []
        while size > 0 and (part := self._stream.read(min(size, _AT_ONCE))):
            self._allowance.take(len(part))
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def readline(self, size: int, /) -> bytes:
        """Return a line, or its first `size` bytes."""
        line = self._stream.readline(size)
        self._allowance.take(len(line))
        return line
