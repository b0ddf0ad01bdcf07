"""The criteria file as one value: where the text is from, what read it, and its criteria.

`criteria.yaml` is this value, key for key. Its criteria are the same entries as a protocol's.
"""

from typing import Annotated, Literal

import msgspec

from trialwright.protocol.model import CriterionEntry, Promise, Sha256, Text


class CriteriaSource(Promise, frozen=True):
    """Whose text was read: the file or the registry's number, and the hash of the whole text."""

    name: Text
    sha256: Sha256
    nct_id: Annotated[str, msgspec.Meta(pattern=r"^NCT[0-9]{8}(?!\n)$")] | None = None
    characters: Annotated[int, msgspec.Meta(ge=1)] | None = None  # of the text, to its last word


class LeftoverEntry(Promise, frozen=True):
    """Words of the text that are no criterion: a heading above others, a note."""

    kind: Literal["header", "subheader", "note"]
    span: tuple[int, int]
    text: Text


class CriteriaFile(Promise, frozen=True):
    """Every criterion of one text, with its status."""

    source: CriteriaSource
    parser: Text  # the version that read what is `auto`
    vocabularies: dict[Text, Text]  # name: version
    criteria: tuple[CriterionEntry, ...]
    leftover: tuple[LeftoverEntry, ...] = ()
