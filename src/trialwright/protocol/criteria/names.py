"""How a lexicon's names are found in a text: longest first, whole words, plural or not."""

import re
from collections.abc import Iterable, Mapping


def pattern_of(names: Iterable[str]) -> "re.Pattern[str]":
    """Compile one pattern for all names; it captures nothing."""
    ordered = sorted(set(names), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_spelling, ordered))})(?![\w])", re.IGNORECASE)


def key(name: str) -> str:
    """Return the form under which a spelling and its name are the same."""
    return re.sub(r"[\s-]+", " ", name).strip().lower().removesuffix("s")


def by_key(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return entry ids by the key of each of their names."""
    return {key(name): entry for entry, spellings in names.items() for name in spellings}


def _spelling(name: str) -> str:
    words = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", name))
    plural = "" if name.endswith("s") else "s?"
    return f"(?-i:{words}{plural})" if _is_short_form(name) else f"{words}{plural}"


def _is_short_form(name: str) -> bool:
    return len(name) <= 4 and name.upper() == name
