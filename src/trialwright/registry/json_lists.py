"""The items of a JSON list one after the other, as the bytes that they are in the file.

The list is never decoded as a whole: memory stays that of one item, and an item that is broken
does not take the others with it.
"""

import re
from collections.abc import Iterator

# All up to the next bracket, strings (which may hold brackets) passed over. Possessive, and only
# ever matched where the last match ended, so that no byte is looked at twice.
_BRACKET = re.compile(
    rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+([{}\[\]])', re.DOTALL
)
_SCALAR = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s,"]++', re.DOTALL)


class BrokenList(ValueError):
    """The text ended, or another list began, before this one was closed."""


def items(data: bytes) -> Iterator[bytes]:
    """Yield the items of the list that `data` is; raise BrokenList where it does not end.

    >>> list(items(b'[{"a": [1]}, 7, "x,y"]'))
    [b'{"a": [1]}', b'7', b'"x,y"']
    """
    depth, begin, at = 0, 0, 0
    while found := _BRACKET.match(data, at):
        bracket = found.end() - 1
        if depth == 1:  # what stands between two items: commas, numbers, words
            yield from _scalars(data, at, bracket)
            begin = bracket
        at = found.end()
        depth += 1 if found[1] in b"{[" else -1
        if depth == 1 and found[1] in b"}]":
            yield data[begin:at]
        if depth == 0:
            break
    if depth or data[at:].strip():
        raise BrokenList("the list does not end where its text does")


def _scalars(data: bytes, start: int, end: int) -> Iterator[bytes]:
    for found in _SCALAR.finditer(data, start, end):
        yield found[0]
