"""Escalation methods, one per file."""

from collections.abc import Callable

from trialwright.design.design import Design
from trialwright.design.methods.boin import boin

# name: a function whose keyword parameters are the method's; `doses` and `start` are every design's
METHODS: dict[str, Callable[..., Design]] = {
    "boin": boin,
}

# Other spellings of the field; case, spaces and hyphens do not matter either.
ALIASES = {
    "3+3": "three_plus_three",
    "i3+3": "i3_plus_3",
    "mtpi_2": "mtpi2",
    "wages_and_tait": "wages_tait",
    "eff_tox": "efftox",
}


def method_name(text: str) -> str:
    """Return the name under which METHODS holds a method, or the text where it holds none.

    >>> method_name("BOIN")
    'boin'
    """
    name = text.strip().lower().replace("-", "_").replace(" ", "_")
    return ALIASES.get(name, name)
