"""How every command prints: for people on a terminal, or one JSON document for programs.

Records, file names and journals are other people's text: no markup in them is read, and no
control character in them reaches the terminal.
"""

import re
import sys
from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text

# C0 but tab and newline, DEL, C1, and the marks that turn the direction of writing.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LONGEST_LINE = 600
_LONGEST_END = 200


class PlainConsole(Console):
    """A console that shows text as text."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return the text without control characters."""
        return super().render_str(shown(text), **options)

    def on_broken_pipe(self) -> None:
        """Leave it to the program: a reader who has seen enough is no fault, and no refusal."""
        raise BrokenPipeError


console = PlainConsole(highlight=False, soft_wrap=True, markup=False, emoji=False)
messages = PlainConsole(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def shown(text: str) -> str:
    """Return text in which control characters are visible instead of effective.

    >>> shown("a" + chr(27) + "[2Jb")
    'a\\\\x1b[2Jb'
    """
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)


def one_line(text: str) -> str:
    """Return a message as one line of bounded length; what was wanted, at its end, is kept."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_LINE:
        return line
    return f"{line[: _LONGEST_LINE - _LONGEST_END]} ... {line[-_LONGEST_END:]}"


def print_json(document: Any) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document)).decode() + "\n")
