"""Annotations, documents and derived terms: what the registry adds to a study.

Field names are those of ClinicalTrials.gov API v2 (OpenAPI 2.0.5), in snake case; every field
may be absent. Enumerations stay text: a value that the registry adds later must not lose a record.
"""

from trialwright.record.model.base import Piece
from trialwright.record.model.shared import DateStruct


class UnpostedEvent(Piece, frozen=True):
    type: str | None = None
    date: str | None = None
    date_unknown: bool | None = None


class UnpostedAnnotation(Piece, frozen=True):
    unposted_responsible_party: str | None = None
    unposted_events: tuple[UnpostedEvent, ...] = ()


class ViolationEvent(Piece, frozen=True):
    type: str | None = None
    description: str | None = None
    creation_date: str | None = None
    issued_date: str | None = None
    release_date: str | None = None
    posted_date: str | None = None


class ViolationAnnotation(Piece, frozen=True):
    violation_events: tuple[ViolationEvent, ...] = ()


class AnnotationModule(Piece, frozen=True):
    unposted_annotation: UnpostedAnnotation | None = None
    violation_annotation: ViolationAnnotation | None = None


class AnnotationSection(Piece, frozen=True):
    annotation_module: AnnotationModule | None = None


class LargeDoc(Piece, frozen=True):
    type_abbrev: str | None = None
    has_protocol: bool | None = None
    has_sap: bool | None = None
    has_icf: bool | None = None
    label: str | None = None
    date: str | None = None
    upload_date: str | None = None
    filename: str | None = None
    size: int | None = None


class LargeDocumentModule(Piece, frozen=True):
    no_sap: bool | None = None
    large_docs: tuple[LargeDoc, ...] = ()


class DocumentSection(Piece, frozen=True):
    large_document_module: LargeDocumentModule | None = None


class FirstMcpInfo(Piece, frozen=True):
    post_date_struct: DateStruct | None = None


class SubmissionInfo(Piece, frozen=True):
    release_date: str | None = None
    unrelease_date: str | None = None
    unrelease_date_unknown: bool | None = None
    reset_date: str | None = None
    mcp_release_n: int | None = None


class SubmissionTracking(Piece, frozen=True):
    estimated_results_first_submit_date: str | None = None
    first_mcp_info: FirstMcpInfo | None = None
    submission_infos: tuple[SubmissionInfo, ...] = ()


class MiscInfoModule(Piece, frozen=True):
    version_holder: str | None = None
    removed_countries: tuple[str, ...] = ()
    submission_tracking: SubmissionTracking | None = None


class Mesh(Piece, frozen=True):
    id: str | None = None
    term: str | None = None


class BrowseLeaf(Piece, frozen=True):
    id: str | None = None
    name: str | None = None
    as_found: str | None = None
    relevance: str | None = None


class BrowseBranch(Piece, frozen=True):
    abbrev: str | None = None
    name: str | None = None


class BrowseModule(Piece, frozen=True):
    meshes: tuple[Mesh, ...] = ()
    ancestors: tuple[Mesh, ...] = ()
    browse_leaves: tuple[BrowseLeaf, ...] = ()
    browse_branches: tuple[BrowseBranch, ...] = ()


class DerivedSection(Piece, frozen=True):
    misc_info_module: MiscInfoModule | None = None
    condition_browse_module: BrowseModule | None = None
    intervention_browse_module: BrowseModule | None = None
