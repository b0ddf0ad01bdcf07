"""The registry's numbers: NCT and eight digits."""

import re

_NUMBER = re.compile(r"NCT[0-9]{8}")


def is_nct_id(text: str | None) -> bool:
    """Say whether a text is a number of the registry, as it writes it."""
    return text is not None and _NUMBER.fullmatch(text) is not None


def digits(nct_id: str) -> int:
    """Return the digits of a number.

    >>> nct_id(digits("NCT00000419"))
    'NCT00000419'
    """
    return int(nct_id.removeprefix("NCT"))


def nct_id(number: int) -> str:
    """Return the number that has these digits."""
    return f"NCT{number:08d}"
