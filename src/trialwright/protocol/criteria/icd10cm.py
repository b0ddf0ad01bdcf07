"""ICD-10-CM's titles and what it includes, kept in vocabularies/icd10cm.tsv.

The code set is the United States' and in the public domain. tools/icd10cm_names.py makes the table
from the package simple-icd-10-cm, whose own reading takes seconds, and says what is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Table:
    """The names that texts are read by: (code, whether the name is the code's own, name).

    Those that are ordinary words (stop_words.yaml) are titles only.
    """

    version: str
    rows: tuple[tuple[str, bool, str], ...]
    titles: Mapping[str, str]  # by code; the first own name, or the first that it includes


@cache
def table() -> Table:
    """Return the table that comes with the program."""
    text = (files(__package__) / "vocabularies" / "icd10cm.tsv").read_text(encoding="utf-8")
    _, version, *lines = text.splitlines()
    parts = tuple(tuple(line.split("\t")) for line in lines)
    rows = tuple((code, kind == "is", name) for code, kind, name in parts if kind[-1] != "-")
    titles = {code: name for code, kind, name in reversed(parts) if kind.startswith("in")}
    titles |= {code: name for code, kind, name in reversed(parts) if kind.startswith("is")}
    return Table(version.partition("\t")[2], rows, MappingProxyType(titles))


def title(code: str) -> str | None:
    """Return a code's title in plain words; None where the table has no such code.

    >>> title("I50")
    'heart failure'
    """
    return table().titles.get(code)
