"""A set of codes, and whether a recorded code lies in it, or only says less than one of its own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trialwright.screening.model import Code

# Systems whose codes stand for a tree: I63 also means I63.9, and L04 every L04AA01.
TREES = frozenset({"icd10", "atc"})


@dataclass(frozen=True, slots=True)
class CodeSet:
    """Codes; those of a tree stand for all below them."""

    codes: frozenset[Code] = frozenset()  # without the dots of ICD-10
    above: frozenset[Code] = frozenset()  # what lies above them in a tree

    @staticmethod
    def of(codes: Iterable[Code]) -> "CodeSet":
        """Return the set of some codes.

        >>> stroke = CodeSet.of([Code("icd10", "I63")])
        >>> stroke.covers(Code("icd10", "I63.9")), stroke.below(Code("icd10", "I6"))
        (True, True)
        """
        own = frozenset(map(_bare, codes))
        return CodeSet(own, frozenset(c for code in own for c in _ancestors(code)) - own)

    def covers(self, code: Code) -> bool:
        """Say whether a recorded code means one of these."""
        bare = _bare(code)
        return bare in self.codes or any(above in self.codes for above in _ancestors(bare))

    def below(self, code: Code) -> bool:
        """Say whether a recorded code is too coarse: one of these would be a closer word for it."""
        return _bare(code) in self.above

    def __len__(self) -> int:
        return len(self.codes)


NO_CODES = CodeSet()
_SEQUELA = re.compile(r"[STV-Y][0-9][0-9A-Z]{4}S")  # ICD-10-CM's seventh character


def is_sequela(code: Code) -> bool:
    """Say whether a code is of the sequela of an injury: ICD-10-CM's S72.001S.

    >>> is_sequela(Code("icd10", "S72.001S")), is_sequela(Code("icd10", "S72.001A"))
    (True, False)
    """
    return code.system == "icd10" and _SEQUELA.fullmatch(_bare(code).code) is not None


def _bare(code: Code) -> Code:
    if code.system not in TREES:
        return code
    return Code(code.system, code.code.replace(".", "").upper())


def _ancestors(code: Code) -> Iterator[Code]:
    if code.system in TREES:
        for end in range(1, len(code.code)):
            yield Code(code.system, code.code[:end])
