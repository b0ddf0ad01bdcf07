"""How far long work is, told to whoever waits for it."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]  # work done, work in all


def silent(done: int, total: int) -> None:
    """Report progress to nobody."""
