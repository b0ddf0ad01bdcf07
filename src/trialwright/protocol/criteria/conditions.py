"""The lexicon of conditions, procedures, devices, drugs and allergies, and what its words mean.

`conditions.yaml` holds the concepts whose codes are known in full; `lexicons/*.yaml` hold more
names: drug classes with their members, and what has few codes or none. Each file is named, has a
version and can be edited.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from trialwright.protocol.criteria.concept import Codes, Concept
from trialwright.protocol.criteria.icd10cm import title
from trialwright.protocol.criteria.lexicon_files import read_lexicons

__all__ = ["Codes", "Concept", "Concepts", "concepts", "of_vocabulary"]

_CATEGORY = 3  # characters of an ICD-10 code that all editions share


class Listed(Mapping[str, Concept]):
    """The concepts of the lexicons by name; those of a vocabulary are known by their code too.

    Only the lexicons' own are listed and counted.
    """

    def __init__(self, own: Mapping[str, Concept]) -> None:
        self._own = own

    def __getitem__(self, name: str) -> Concept:
        return self._own[name] if name in self._own else of_vocabulary(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


@dataclass(frozen=True, slots=True)
class Concepts:
    """All concepts, by name, and the versions of the files they come from."""

    version: str
    concepts: Mapping[str, Concept]

    @property
    def coded(self) -> tuple[str, ...]:
        """Return the names of those that a patient's record can show."""
        return tuple(name for name, each in self.concepts.items() if each.has_codes)


@cache
def concepts() -> Concepts:
    """Return the project's lexicon of concepts."""
    version, own = read_lexicons()
    return Concepts(version, Listed(own))


def of_vocabulary(name: str) -> Concept:
    """Return the concept of a vocabulary's code; KeyError where there is none.

    ICD-10-CM: a category is a hit; what lies deeper means different things in different countries,
    and what a code only includes may be it or not. MeSH headings and a registry's own words have
    no codes that a patient's record carries, and stand in any domain. No list is complete.

    >>> of_vocabulary("icd10cm:I50").icd10
    ('I50',)
    >>> of_vocabulary("icd10cm:I50.2").near.icd10
    ('I50.2',)
    """
    system, _, rest = name.partition(":")
    code, _, words = rest.partition("/")
    if system == "icd10cm" and (found := title(code)):
        return _icd10(code, words, words or found)
    if (system == "mesh" and _HEADING.fullmatch(code)) or (system == "registry" and words):
        return Concept(domain="condition", label=words or code, names=(), complete=False)
    raise KeyError(name)


_HEADING = re.compile(r"[CD]\d{6,9}")


def _icd10(code: str, words: str, label: str) -> Concept:
    exact = not words and len(code) == _CATEGORY
    return Concept(
        domain="condition",
        label=label,
        names=(),
        icd10=(code,) if exact else (),
        near=Codes() if exact else Codes(icd10=(code,)),
        complete=False,
    )
