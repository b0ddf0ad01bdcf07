"""What a check finds: a fault, which refuses the file, or a doubt, which a person looks at."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, at which key (a path such as `$.cohorts[0].size`), and what was wanted."""

    path: str
    what: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """What can be right but seldom is, and at which key; it refuses nothing."""

    path: str
    what: str


def shown(value: object) -> str:
    """Return a value of the file as one short line."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def nearest(name: str, known: Iterable[str], what: str = "a known name") -> str:
    """Return what was wanted in place of a name: `what`, with the nearest of the known ones.

    >>> nearest("bion", ("boin", "crm"))
    'a known name (nearest: boin)'
    """
    by_lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), list(by_lower), n=1)
    return f"{what} (nearest: {by_lower[close[0]]})" if close else what
