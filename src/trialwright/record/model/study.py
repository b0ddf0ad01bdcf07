"""One study, as the registry's API v2 shapes it.

Field names are those of ClinicalTrials.gov API v2 (OpenAPI 2.0.5), in snake case; every field
may be absent. Enumerations stay text: a value that the registry adds later must not lose a record.
"""

from trialwright.record.model.base import Piece
from trialwright.record.model.other_sections import (
    AnnotationSection,
    DerivedSection,
    DocumentSection,
)
from trialwright.record.model.protocol_section import ProtocolSection
from trialwright.record.model.results_section import ResultsSection


class Study(Piece, frozen=True):
    protocol_section: ProtocolSection | None = None
    results_section: ResultsSection | None = None
    annotation_section: AnnotationSection | None = None
    document_section: DocumentSection | None = None
    derived_section: DerivedSection | None = None
    has_results: bool | None = None
