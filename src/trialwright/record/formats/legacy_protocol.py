"""The protocol part of a legacy XML record: identity, status, design, arms, eligibility."""

import re
from typing import TypeVar

from trialwright.record.formats import legacy_words as words
from trialwright.record.formats.legacy_elements import Document
from trialwright.record.linking import linked
from trialwright.record.model import (
    ArmGroup,
    ArmsInterventionsModule,
    BioSpec,
    ConditionsModule,
    DescriptionModule,
    DesignInfo,
    DesignModule,
    EligibilityModule,
    EnrollmentInfo,
    ExpandedAccessInfo,
    ExpandedAccessTypes,
    IdentificationModule,
    Intervention,
    MaskingBlock,
    Organization,
    OrgStudyIdInfo,
    Outcome,
    OutcomesModule,
    OversightModule,
    ProtocolSection,
    SecondaryIdInfo,
    StatusModule,
)
from trialwright.record.model.base import Piece

P = TypeVar("P", bound=Piece)
_MASKING = re.compile(r"([^()]+?)(?:\s*\(([^()]*)\))?")
_REGISTRY_STUDY = "observational [patient registry]"


def some(piece: P) -> P | None:
    """Return a piece, or None where it says nothing."""
    return piece if piece != type(piece)() else None


def protocol_parts(doc: Document) -> ProtocolSection:
    """Read every module but sponsors, people, references and data sharing."""
    root = doc.root
    conditions = ConditionsModule(doc.texts(root, "condition"), doc.texts(root, "keyword"))
    return ProtocolSection(
        identification_module=_identification(doc),
        status_module=some(_status(doc)),
        oversight_module=some(_oversight(doc)),
        description_module=some(
            DescriptionModule(
                doc.block(root, "brief_summary/textblock"),
                doc.block(root, "detailed_description/textblock"),
            )
        ),
        conditions_module=some(conditions),
        design_module=some(_design(doc)),
        arms_interventions_module=_arms_interventions(doc),
        outcomes_module=some(_outcomes(doc)),
        eligibility_module=some(_eligibility(doc)),
    )


def _identification(doc: Document) -> IdentificationModule:
    root = doc.root
    own = doc.text(root, "id_info/org_study_id")
    source = doc.text(root, "source")
    return IdentificationModule(
        nct_id=doc.text(root, "id_info/nct_id"),
        nct_id_aliases=doc.texts(root, "id_info/nct_alias"),
        org_study_id_info=OrgStudyIdInfo(own) if own else None,
        secondary_id_infos=tuple(
            SecondaryIdInfo(number) for number in doc.texts(root, "id_info/secondary_id")
        ),
        brief_title=doc.text(root, "brief_title"),
        official_title=doc.text(root, "official_title"),
        acronym=doc.text(root, "acronym"),
        organization=Organization(source, _source_class(doc, source)) if source else None,
    )


def _source_class(doc: Document, source: str) -> str | None:
    """The XML gives a class to sponsors only; the source has it where it is the lead sponsor."""
    if doc.text(doc.root, "sponsors/lead_sponsor/agency") != source:
        return None
    return doc.word(doc.root, "sponsors/lead_sponsor/agency_class", words.AGENCY_CLASS)


def _status(doc: Document) -> StatusModule:
    root = doc.root
    expanded = doc.word(root, "has_expanded_access", words.YES_NO)
    doc.text(root, "last_update_submitted_qc")  # v2 has no field for it
    return StatusModule(
        status_verified_date=doc.date(root, "verification_date"),
        overall_status=doc.word(root, "overall_status", words.STATUS),
        last_known_status=doc.word(root, "last_known_status", words.STATUS),
        why_stopped=doc.text(root, "why_stopped"),
        expanded_access_info=None if expanded is None else ExpandedAccessInfo(expanded),
        start_date_struct=doc.partial_date(root, "start_date"),
        primary_completion_date_struct=doc.partial_date(root, "primary_completion_date"),
        completion_date_struct=doc.partial_date(root, "completion_date"),
        study_first_submit_date=doc.date(root, "study_first_submitted"),
        study_first_submit_qc_date=doc.date(root, "study_first_submitted_qc"),
        study_first_post_date_struct=doc.date_struct(root, "study_first_posted"),
        results_first_submit_date=doc.date(root, "results_first_submitted"),
        results_first_submit_qc_date=doc.date(root, "results_first_submitted_qc"),
        results_first_post_date_struct=doc.date_struct(root, "results_first_posted"),
        disp_first_submit_date=doc.date(root, "disposition_first_submitted"),
        disp_first_submit_qc_date=doc.date(root, "disposition_first_submitted_qc"),
        disp_first_post_date_struct=doc.date_struct(root, "disposition_first_posted"),
        last_update_submit_date=doc.date(root, "last_update_submitted"),
        last_update_post_date_struct=doc.date_struct(root, "last_update_posted"),
    )


def _oversight(doc: Document) -> OversightModule:
    info = doc.one(doc.root, "oversight_info")

    def flag(tag: str) -> bool | None:
        return doc.word(info, tag, words.YES_NO)

    return OversightModule(
        oversight_has_dmc=flag("has_dmc"),
        is_fda_regulated_drug=flag("is_fda_regulated_drug"),
        is_fda_regulated_device=flag("is_fda_regulated_device"),
        is_unapproved_device=flag("is_unapproved_device"),
        is_ppsd=flag("is_ppsd"),
        is_us_export=flag("is_us_export"),
    )


def _design(doc: Document) -> DesignModule:
    root = doc.root
    wording = (doc.text(root, "study_type") or "").casefold()
    # "N/A" marks a record whose details the law withholds: it has no study type
    withheld = wording in ("", "n/a")
    return DesignModule(
        study_type=None if withheld else doc.word(root, "study_type", words.STUDY_TYPE),
        patient_registry=True if wording == _REGISTRY_STUDY else None,
        expanded_access_types=some(_access_types(doc)),
        target_duration=doc.text(root, "target_duration"),
        phases=doc.word(root, "phase", words.PHASE) or (),
        design_info=some(_design_info(doc)),
        bio_spec=some(
            BioSpec(
                doc.word(root, "biospec_retention", words.RETENTION),
                doc.block(root, "biospec_descr/textblock"),
            )
        ),
        enrollment_info=_enrollment(doc),
    )


def _enrollment(doc: Document) -> EnrollmentInfo | None:
    element = doc.one(doc.root, "enrollment")
    count = doc.count(doc.root, "enrollment")
    if element is None or count is None:
        return None
    kind = element.get("type")
    word = doc.translate(kind, words.DATE_TYPE, "enrollment type") if kind else None
    return EnrollmentInfo(count, word)


def _access_types(doc: Document) -> ExpandedAccessTypes:
    info = doc.one(doc.root, "expanded_access_info")
    return ExpandedAccessTypes(
        individual=doc.word(info, "expanded_access_type_individual", words.YES_NO),
        intermediate=doc.word(info, "expanded_access_type_intermediate", words.YES_NO),
        treatment=doc.word(info, "expanded_access_type_treatment", words.YES_NO),
    )


def _design_info(doc: Document) -> DesignInfo:
    info = doc.one(doc.root, "study_design_info")
    return DesignInfo(
        allocation=doc.word(info, "allocation", words.ALLOCATION),
        intervention_model=doc.word(info, "intervention_model", words.MODEL),
        intervention_model_description=doc.paragraphs(info, "intervention_model_description"),
        primary_purpose=doc.word(info, "primary_purpose", words.PURPOSE),
        observational_model=doc.word(info, "observational_model", words.OBSERVATIONAL_MODEL),
        time_perspective=doc.word(info, "time_perspective", words.PERSPECTIVE),
        masking_info=some(
            _masking(doc, doc.text(info, "masking"), doc.paragraphs(info, "masking_description"))
        ),
    )


def _masking(doc: Document, wording: str | None, description: str | None) -> MaskingBlock:
    """Read `Double (Participant, Investigator)`."""
    if wording is None:
        return MaskingBlock(masking_description=description)
    if wording.casefold() in words.MASKING:
        return MaskingBlock(words.MASKING[wording.casefold()], description)
    match = _MASKING.fullmatch(wording)
    if not match:
        doc.notes.unplaced("masking", wording)
        return MaskingBlock(masking_description=description)
    named = (match[2] or "").split(",")
    who = [doc.translate(one.strip(), words.WHO_MASKED, "masking") for one in named]
    masking = doc.translate(match[1].strip(), words.MASKING, "masking")
    return MaskingBlock(masking, description, tuple(one for one in who if one))


def _arms_interventions(doc: Document) -> ArmsInterventionsModule | None:
    arms = tuple(
        ArmGroup(
            label=doc.text(arm, "arm_group_label"),
            type=doc.word(arm, "arm_group_type", words.ARM_TYPE),
            description=doc.paragraphs(arm, "description"),
        )
        for arm in doc.all(doc.root, "arm_group")
    )
    given = tuple(
        Intervention(
            type=doc.word(one, "intervention_type", words.INTERVENTION_TYPE),
            name=doc.text(one, "intervention_name"),
            description=doc.paragraphs(one, "description"),
            arm_group_labels=doc.texts(one, "arm_group_label"),
            other_names=doc.texts(one, "other_name"),
        )
        for one in doc.all(doc.root, "intervention")
    )
    _check_number_of_arms(doc, len(arms))
    module = some(ArmsInterventionsModule(arms, given))
    return linked(module) if module else None


def _check_number_of_arms(doc: Document, listed: int) -> None:
    for tag in ("number_of_arms", "number_of_groups"):
        stated = doc.count(doc.root, tag)
        if stated is not None and stated != listed:
            doc.notes.add("mismatch", tag, f"the record states {stated} and lists {listed}")


def _outcomes(doc: Document) -> OutcomesModule:
    def measures(tag: str) -> tuple[Outcome, ...]:
        return tuple(
            Outcome(
                measure=doc.text(one, "measure"),
                description=doc.paragraphs(one, "description"),
                time_frame=doc.text(one, "time_frame"),
            )
            for one in doc.all(doc.root, tag)
        )

    return OutcomesModule(
        measures("primary_outcome"), measures("secondary_outcome"), measures("other_outcome")
    )


def _eligibility(doc: Document) -> EligibilityModule:
    found = doc.one(doc.root, "eligibility")

    def age(tag: str) -> str | None:
        text = doc.text(found, tag)
        return None if text == "N/A" else text

    return EligibilityModule(
        eligibility_criteria=doc.block(found, "criteria/textblock"),
        healthy_volunteers=doc.word(found, "healthy_volunteers", words.HEALTHY),
        sex=doc.word(found, "gender", words.SEX),
        gender_based=doc.word(found, "gender_based", words.YES_NO),
        gender_description=doc.paragraphs(found, "gender_description"),
        minimum_age=age("minimum_age"),
        maximum_age=age("maximum_age"),
        study_population=doc.block(found, "study_pop/textblock"),
        sampling_method=doc.word(found, "sampling_method", words.SAMPLING),
    )
