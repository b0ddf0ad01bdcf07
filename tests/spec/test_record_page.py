"""A portal page: every section lands in its field, and what the capture lost is named."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from trialwright.core.errors import InputError
from trialwright.record import service
from trialwright.record.fields import get, parse_path
from trialwright.record.formats import page
from trialwright.record.formats.page_split import escape, unescape
from trialwright.record.formats.sections import SECTIONS
from trialwright.record.model import (
    ConditionsModule,
    IdentificationModule,
    Outcome,
    OutcomesModule,
    ProtocolSection,
    Study,
)
from trialwright.record.record import Record
from trialwright.record.references import doi


@dataclass(frozen=True)
class ReferencePage:
    """The captured page and the record that was read from it."""

    text: str
    record: Record

    def field(self, path: str) -> object:
        return get(self.record.study, parse_path(f"protocolSection.{path}", "test"), "test")


@pytest.fixture(scope="module")
def reference(example: Path) -> ReferencePage:
    text = (example / "record.page.txt").read_text()
    return ReferencePage(text, service.read(text.encode(), "record.page.txt"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("identificationModule.nctId", "NCT05774509"),
        ("identificationModule.orgStudyIdInfo.id", "APHP200034"),
        ("identificationModule.secondaryIdInfos[0].id", "2022-001844-75"),
        ("identificationModule.secondaryIdInfos[0].type", "EUDRACT_NUMBER"),
        ("identificationModule.secondaryIdInfos[1].id", "PHRC-19-0330"),
        ("identificationModule.secondaryIdInfos[1].type", "OTHER_GRANT"),
        ("statusModule.overallStatus", "RECRUITING"),
        ("statusModule.startDateStruct.date", "2023-05-31"),
        ("statusModule.completionDateStruct.date", "2026-07-15"),
        ("statusModule.lastUpdatePostDateStruct.date", "2023-09-25"),
        ("designModule.studyType", "INTERVENTIONAL"),
        ("designModule.phases", ("PHASE1",)),
        ("designModule.enrollmentInfo.count", 12),
        ("designModule.enrollmentInfo.type", None),
        ("designModule.designInfo.allocation", "NA"),
        ("designModule.designInfo.interventionModel", "SINGLE_GROUP"),
        ("designModule.designInfo.primaryPurpose", "TREATMENT"),
        ("designModule.designInfo.maskingInfo.masking", "NONE"),
        ("armsInterventionsModule.armGroups[0].label", "Treated group"),
        ("armsInterventionsModule.interventions[0].armGroupLabels", ("Treated group",)),
        ("eligibilityModule.minimumAge", "18 Years"),
        ("eligibilityModule.maximumAge", "80 Years"),
        ("eligibilityModule.sex", "ALL"),
        ("eligibilityModule.healthyVolunteers", False),
        ("sponsorCollaboratorsModule.leadSponsor.name", "Ministry of Health, France"),
        ("sponsorCollaboratorsModule.leadSponsor.class", "OTHER_GOV"),
        (
            "sponsorCollaboratorsModule.collaborators[0].name",
            "Assistance Publique - Hôpitaux de Paris",
        ),
        ("contactsLocationsModule.overallOfficials[0].name", "Philippe Menasché, MD, PhD"),
        ("contactsLocationsModule.overallOfficials[0].role", "PRINCIPAL_INVESTIGATOR"),
        (
            "contactsLocationsModule.overallOfficials[0].affiliation",
            "Assistance Publique - Hôpitaux de Paris",
        ),
        ("contactsLocationsModule.locations[0].facility", "Hôpital européen Georges Pompidou"),
        ("contactsLocationsModule.locations[0].city", "Paris"),
        ("contactsLocationsModule.locations[0].state", None),
        ("contactsLocationsModule.locations[0].country", "France"),
    ],
)
def test_each_value_of_the_page_lands_in_its_field(
    reference: ReferencePage, path: str, value: object
) -> None:
    assert reference.field(path) == value


def test_the_arm_holds_its_text_and_names_its_intervention(reference: ReferencePage) -> None:
    description = str(reference.field("armsInterventionsModule.armGroups[0].description"))
    assert description.startswith("A maximum of 12 patients")
    assert [line[:8] for line in description.split("\n")[1:]] == ["* Cohort", "* Cohort"]
    name = reference.field("armsInterventionsModule.interventions[0].name")
    assert reference.field("armsInterventionsModule.armGroups[0].interventionNames") == (name,)
    given = str(reference.field("armsInterventionsModule.interventions[0].description"))
    assert given.startswith("Repeated (X3) intravenous infusions")


def test_criteria_keep_their_numbers_under_the_registrys_headings(
    reference: ReferencePage,
) -> None:
    criteria = str(reference.field("eligibilityModule.eligibilityCriteria"))
    assert criteria.startswith("Inclusion Criteria:\n\n2. Signed written informed consent\n3. ")
    assert "\n\nExclusion Criteria:\n\n2. End-stage" in criteria
    assert criteria.endswith("30. Contraindication to 18FDG-PETscan")
    assert "(BNP) > 150 pg/mL" in criteria
    assert "[amyloidosis, hemochromatosis]" in criteria
    assert "\\" not in criteria


def test_related_trials_keep_their_order(reference: ReferencePage) -> None:
    related = [trial.nct_id for trial in reference.record.related]
    assert related == ["NCT00927784", "NCT01242891", "NCT00583661", "NCT01829750", "NCT05771987"]
    assert reference.record.related[3].title.endswith("(PERSEUS)")


def test_references_give_their_dois(reference: ReferencePage) -> None:
    module = reference.record.study.protocol_section.references_module  # type: ignore[union-attr]
    assert [doi(one) for one in module.references] == [
        "10.1016/j.healun.2016.01.013",
        "10.1093/eurheartj/ehy012",
        "10.1093/cvr/cvaa028",
        "10.7150/thno.62304",
        "10.1002/jev2.70145",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "the inclusion list starts at 2",
        "the exclusion list starts at 2",
        "no condition",
        "no outcome measure",
        "no results",
        "no official title",
        "no responsible party",
        "no group type",
        "no intervention type",
        "not said whether enrolment is actual or estimated",
        "the summary begins with a list",
        "values without labels, read as: allocation, intervention model",
    ],
)
def test_what_the_capture_lost_is_named(reference: ReferencePage, text: str) -> None:
    assert sum(finding.text.startswith(text) for finding in reference.record.findings) == 1


def test_nothing_of_the_reference_page_is_unplaced(reference: ReferencePage) -> None:
    assert not [f for f in reference.record.findings if f.kind == "unplaced"]


def test_reading_a_written_page_gives_the_same_record(reference: ReferencePage) -> None:
    written = service.write_page(reference.record)
    assert service.read(written.encode(), "written") == reference.record


def test_a_labelled_page_gives_the_same_study_and_leaves_no_label_to_guess(
    reference: ReferencePage,
) -> None:
    labelled = service.write_page(reference.record, labels=True)
    again = service.read(labelled.encode(), "labelled")
    assert "Recruitment status: RECRUITING" in labelled
    assert again.study == reference.record.study
    assert again.related == reference.record.related
    assert not [f for f in again.findings if f.kind == "unlabelled"]


def test_headings_are_written_in_the_pages_order(reference: ReferencePage) -> None:
    headings = {section.heading for section in SECTIONS}

    def of(text: str) -> list[str]:
        return [line for line in text.splitlines() if line in headings]

    assert of(service.write_page(reference.record)) == of(reference.text)


def test_a_page_cut_anywhere_is_refused(reference: ReferencePage) -> None:
    whole = reference.text.rstrip()
    for end in [*range(0, len(whole), 97), *range(len(whole) - 150, len(whole))]:
        with pytest.raises(InputError):
            service.read(whole[:end].encode(), "cut.txt")
    assert service.read(whole.encode(), "whole.txt") == reference.record


def test_a_cut_page_names_the_first_section_it_lacks(reference: ReferencePage) -> None:
    cut = reference.text[: reference.text.index("\nSponsors\n")]
    with pytest.raises(InputError, match=r"cut\.txt, line \d+: .* without the section 'Sponsors'"):
        service.read(cut.encode(), "cut.txt")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "an empty file"),
        (b" \n\t ", "an empty file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not text"),
        (b"plain\x00text", "not text"),
        (b"A shopping list: bread, milk.\n", "Study Results"),
    ],
)
def test_what_is_no_record_is_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        service.read(data, "file.txt")
    assert str(caught.value).startswith("file.txt")
    assert "\n" not in str(caught.value)


Edit = Callable[[str], str]


def _line(old: str, new: str) -> Edit:
    return lambda text: re.sub(rf"^{re.escape(old)}$", new, text, count=1, flags=re.MULTILINE)


def _read(reference: ReferencePage, edit: Edit) -> ReferencePage:
    text = edit(reference.text)
    assert text != reference.text
    return ReferencePage(text, service.read(text.encode(), "edited.txt"))


@pytest.mark.parametrize(
    ("old", "new", "where", "text"),
    [
        ("INTERVENTIONAL", "INTERVENTIONAL\nHALF OPEN", "Basic Information", "HALF OPEN"),
        ("SINGLE_GROUP", "SPIRAL", "Study Design", "SPIRAL"),
        ("Paris, , France", "somewhere", "Locations", "somewhere"),
        ("NCT05771987", "no number", "Related Clinical Trials", "no number"),
        ("Last Updated: 2023-09-25", "Last Updated: 2023-09-25\nBanner", "header", "Banner"),
        ("Role: PRINCIPAL_INVESTIGATOR", "leader", "Principal Investigators", "leader"),
    ],
)
def test_a_line_that_has_no_place_is_kept_as_a_finding(
    reference: ReferencePage, old: str, new: str, where: str, text: str
) -> None:
    found = _read(reference, _line(old, new)).record.findings
    assert any(f.kind == "unplaced" and (f.where, f.text) == (where, text) for f in found)


def test_a_single_bare_date_is_not_taken_for_the_start(reference: ReferencePage) -> None:
    edited = _read(reference, lambda text: text.replace("2026-07-15\n", "", 1))
    assert edited.field("statusModule.startDateStruct") is None
    assert any("start date or completion date" in f.text for f in edited.record.findings)


def test_a_single_bare_age_is_not_taken_for_the_minimum(reference: ReferencePage) -> None:
    edited = _read(reference, lambda text: text.replace("80 Years\n", "", 1))
    assert edited.field("eligibilityModule.minimumAge") is None
    assert any("minimum age or maximum age" in f.text for f in edited.record.findings)


def test_a_label_on_the_line_above_names_a_value(reference: ReferencePage) -> None:
    edited = _read(reference, _line("2023-05-31\n2026-07-15", "Completion date\n2026-07-15"))
    assert edited.field("statusModule.startDateStruct") is None
    assert edited.field("statusModule.completionDateStruct.date") == "2026-07-15"


def test_a_heading_within_a_text_stays_text(reference: ReferencePage) -> None:
    edited = _read(reference, _line("NCT01829750", "NCT01829750"[:-1] + "0\nReferences"))
    assert any(f.text == "References" for f in edited.record.findings)
    assert edited.field("referencesModule.references") == reference.field(
        "referencesModule.references"
    )


def test_any_explanation_under_a_heading_is_accepted(reference: ReferencePage) -> None:
    edited = _read(
        reference, lambda t: re.sub(r"(?m)^(Locations)\n.*$", r"\1\nOther words, as good.", t)
    )
    assert edited.record == reference.record


def test_groups_with_types_are_told_apart(reference: ReferencePage) -> None:
    first = "Low dose\nEXPERIMENTAL\nOne vial.\nSerum\nDRUG\nCold.\nSalt\nOTHER\n"
    groups = first + "Control\nPLACEBO_COMPARATOR\nNo vial.\nSalt\nOTHER"
    given = "Serum\nDRUG\nCold.\nSalt\nOTHER"

    def edit(text: str) -> str:
        text = re.sub(r"(?s)(Study Groups\n[^\n]*\n).*?(\nInterventions\n)", rf"\1{groups}\2", text)
        return re.sub(r"(?s)(\nInterventions\n[^\n]*\n).*?(\nEligib)", rf"\1{given}\2", text)

    module = _read(reference, edit).record.study.protocol_section.arms_interventions_module  # type: ignore[union-attr]
    arms = [(a.label, a.type, a.description, a.intervention_names) for a in module.arm_groups]
    assert arms == [
        ("Low dose", "EXPERIMENTAL", "One vial.", ("Drug: Serum", "Other: Salt")),
        ("Control", "PLACEBO_COMPARATOR", "No vial.", ("Other: Salt",)),
    ]
    assert [(i.name, i.description) for i in module.interventions] == [
        ("Serum", "Cold."),
        ("Salt", None),
    ]


@pytest.mark.parametrize("line", [r"a\b", r"\*", r"\\", r"a \> b \\[", "plain", r"C:\temp\1"])
def test_escaping_is_undone_by_unescaping(line: str) -> None:
    assert unescape(escape(line)) == line


def test_a_page_without_a_number_is_refused(reference: ReferencePage) -> None:
    with pytest.raises(InputError, match="no title and NCT ID"):
        page.read(reference.text.replace("NCT ID: NCT05774509", "NCT ID: 05774509"), "page")


@pytest.mark.parametrize("has_results", [True, False, None])
def test_whether_results_are_published_is_kept_and_unknown_is_not_no(
    reference: ReferencePage, has_results: bool | None
) -> None:
    study = msgspec.structs.replace(reference.record.study, has_results=has_results)
    written = service.write_page(msgspec.structs.replace(reference.record, study=study))
    assert service.read(written.encode(), "written").study.has_results is has_results


def test_a_simulated_record_says_so_on_its_page(reference: ReferencePage) -> None:
    study = msgspec.structs.replace(reference.record.study, has_results=True)
    simulated = msgspec.structs.replace(reference.record, study=study, simulated=True)
    written = service.write_page(simulated)
    assert "has published results" not in written
    assert "The study team has not published results; those here are SIMULATED." in written
    assert written.index("SIMULATED") < written.index("Basic Information")


def test_a_section_that_is_not_on_every_page_is_written_where_it_has_something_to_say() -> None:
    outcome = Outcome("Deaths", "From any cause.\n\nAdjudicated.", "12 months")
    study = Study(
        protocol_section=ProtocolSection(
            identification_module=IdentificationModule("NCT00000001", brief_title="A trial"),
            conditions_module=ConditionsModule(("Stroke",), ("brain", "vessel")),
            outcomes_module=OutcomesModule((outcome,), (Outcome("Cost"),)),
        )
    )
    again = service.read(service.write_page(Record(study=study)).encode(), "page")
    protocol = again.study.protocol_section
    assert protocol is not None
    assert protocol.conditions_module == ConditionsModule(("Stroke",), ("brain", "vessel"))
    flat = Outcome("Deaths", "From any cause.\nAdjudicated.", "12 months")
    assert protocol.outcomes_module == OutcomesModule((flat,), (Outcome("Cost"),))


def test_a_country_with_a_comma_in_its_name_is_read_whole(reference: ReferencePage) -> None:
    edited = _read(reference, _line("Paris, , France", "Seoul, , Korea, Republic of"))
    path = "contactsLocationsModule.locations[0]"
    found = [edited.field(f"{path}.{part}") for part in ("city", "state", "country")]
    assert found == ["Seoul", None, "Korea, Republic of"]
