"""Values that several sections share.

Field names are those of ClinicalTrials.gov API v2 (OpenAPI 2.0.5), in snake case; every field
may be absent. Enumerations stay text: a value that the registry adds later must not lose a record.
"""

from trialwright.record.model.base import Piece


class DateStruct(Piece, frozen=True):
    date: str | None = None
    type: str | None = None
