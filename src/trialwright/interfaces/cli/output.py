"""How every command prints: for people on a terminal, or one JSON document for programs."""

import sys
from typing import Any

import msgspec
from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(document: Any) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document)).decode() + "\n")
