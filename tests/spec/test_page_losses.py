"""No line of a captured page is lost in silence: it is refused, named, or changes nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from trialwright.core.errors import InputError
from trialwright.record import service
from trialwright.record.formats.page_missing import EXPECTED
from trialwright.record.record import Record


@pytest.fixture(scope="module")
def page(example: Path) -> str:
    return (example / "record.page.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def whole(page: str) -> Record:
    return service.read(page.encode(), "page.txt")


# The lines of which nothing else on a page speaks: how many publications there are, and how many
# criteria the last list has. Every other line leaves a trace.
_BEYOND_THE_PAGE = re.compile(r".*\bdoi: .*|30\. Contraindication to 18FDG-PETscan")


def test_every_line_that_a_capture_loses_is_named_or_refused(page: str, whole: Record) -> None:
    lines = page.split("\n")
    known, silent = set(whole.findings), []
    for at, line in enumerate(lines):
        text = "\n".join(lines[:at] + lines[at + 1 :])
        try:
            record = service.read(text.encode(), "page.txt")
        except InputError:
            continue
        if record != whole and not set(record.findings) - known:
            silent.append(line)
    assert len(silent) == 6
    assert all(_BEYOND_THE_PAGE.fullmatch(line) for line in silent), silent


def new_findings(page: str, whole: Record, edit: Callable[[str], str]) -> dict[str, str]:
    """Return the findings that an edit of the page brings: text by place, with the kind."""
    changed = edit(page)
    assert changed != page
    record = service.read(changed.encode(), "page.txt")
    added = [finding for finding in record.findings if finding not in whole.findings]
    return {f"{finding.kind}: {finding.text}": finding.where for finding in added}


def without(line: str) -> Callable[[str], str]:
    return lambda page: re.sub(rf"^{re.escape(line)}\n", "", page, count=1, flags=re.MULTILINE)


DESIGN = "protocolSection.designModule"
PEOPLE = "protocolSection.contactsLocationsModule"


@pytest.mark.parametrize(
    ("line", "said", "where"),
    [
        ("PHASE1", "lost: no phase", f"{DESIGN}.phases"),
        ("NA", "lost: no allocation", f"{DESIGN}.designInfo.allocation"),
        ("SINGLE_GROUP", "lost: no intervention model", f"{DESIGN}.designInfo.interventionModel"),
        ("TREATMENT", "lost: no primary purpose", f"{DESIGN}.designInfo.primaryPurpose"),
        ("NONE", "lost: no masking", f"{DESIGN}.designInfo.maskingInfo.masking"),
        ("ALL", "lost: no sex", "protocolSection.eligibilityModule.sex"),
        (
            "No",
            "lost: not said whether healthy volunteers are accepted",
            "protocolSection.eligibilityModule.healthyVolunteers",
        ),
        ("NCT00583661", "unplaced: Assess Safety", "Related Clinical Trials"),
        (
            "Cardiac Progenitor Cell Infusion to Treat Univentricular Heart Disease (PERSEUS)",
            "lost: no title of NCT01829750",
            "Related Clinical Trials",
        ),
        ("Identifier Type: OTHER_GRANT", "lost: no type of identifier PHRC-19-0330",
         "Other Identifiers"),
        ("PHRC-19-0330", "lost: an identifier has no number (OTHER_GRANT, secondary_id)",
         "Other Identifiers"),
        ("Identifier Source: org_study_id", "unplaced: APHP200034: not said whose number it is",
         "Other Identifiers"),
        ("APHP200034", "lost: no number of the organisation's own",
         "protocolSection.identificationModule.orgStudyIdInfo.id"),
        ("Ministry of Health, France", "lost: no name of sponsor 1 (OTHER_GOV)", "Sponsors"),
        ("* Do they improve cardiac function and, if yes, to what extent?",
         "lost: the summary: a list has one item, where others may be missing",
         "protocolSection.descriptionModule.briefSummary"),
        ("Exclusion Criteria", "lost: no heading 'Exclusion Criteria': line 9 (",
         "protocolSection.eligibilityModule.eligibilityCriteria"),
        ("Inclusion Criteria", "lost: no heading 'Inclusion Criteria': line 1 (",
         "protocolSection.eligibilityModule.eligibilityCriteria"),
        ("Explore related publications, articles, or registry entries linked to this study.",
         "lost: no explanation under the heading", "References"),
    ],
)  # fmt: skip
def test_what_is_lost_is_said_by_name(
    page: str, whole: Record, line: str, said: str, where: str
) -> None:
    found = new_findings(page, whole, without(line))
    assert [place for text, place in found.items() if text.startswith(said)] == [where], found


def test_an_affiliation_that_is_lost_is_named(page: str, whole: Record) -> None:
    name = "Assistance Publique - Hôpitaux de Paris"
    found = new_findings(page, whole, lambda t: t.replace(f"INVESTIGATOR\n{name}", "INVESTIGATOR"))
    place = f"{PEOPLE}.overallOfficials[0].affiliation"
    assert found == {"lost: no affiliation of Philippe Menasché, MD, PhD": place}


@pytest.mark.parametrize("line", ["2022-001844-75", "PHRC-19-0330", "APHP200034"])
def test_a_label_never_becomes_a_number(page: str, line: str) -> None:
    record = service.read(without(line)(page).encode(), "page.txt")
    module = record.study.protocol_section.identification_module  # type: ignore[union-attr]
    numbers = [one.id for one in module.secondary_id_infos]  # type: ignore[union-attr]
    own = module.org_study_id_info  # type: ignore[union-attr]
    assert line not in [*numbers, own and own.id]
    assert not [number for number in [*numbers, own and own.id] if number and ":" in number]
    assert len(numbers) + (own is not None) == 2


def test_a_class_never_becomes_a_sponsors_name(page: str) -> None:
    record = service.read(without("Ministry of Health, France")(page).encode(), "page.txt")
    module = record.study.protocol_section.sponsor_collaborators_module  # type: ignore[union-attr]
    lead = module.lead_sponsor  # type: ignore[union-attr]
    assert lead is not None
    assert (lead.name, lead.class_) == (None, "OTHER_GOV")
    assert [one.name for one in module.collaborators] == [  # type: ignore[union-attr]
        "Assistance Publique - Hôpitaux de Paris"
    ]


def test_the_sections_without_a_field_are_named_too(page: str, whole: Record) -> None:
    said = {(finding.where, finding.text) for finding in whole.findings}
    assert ("Countries", "no country is listed") in said
    assert ("Facility Contacts", "no facility contact") in said
    assert ("More Related Trials", "no further related trial is named") in said
    listed = page.replace("\nCentral Contacts\n", "\nFrance\nCentral Contacts\n")
    again = service.read(listed.encode(), "page.txt")
    assert "Countries" not in {finding.where for finding in again.findings}


def test_ages_that_exclude_everybody_contradict_each_other(page: str, whole: Record) -> None:
    found = new_findings(
        page, whole, lambda t: t.replace("18 Years\n80 Years", "80 Years\n18 Years")
    )
    assert found == {
        "mismatch: the minimum age 80 Years is above the maximum age 18 Years":
            "protocolSection.eligibilityModule.minimumAge"
    }  # fmt: skip
    assert not any("above the maximum" in finding.text for finding in whole.findings)


def test_an_observational_study_is_not_expected_to_have_a_phase(page: str) -> None:
    text = page.replace("INTERVENTIONAL\n", "OBSERVATIONAL\n").replace("PHASE1\n", "")
    text = text.replace("NA\nSINGLE_GROUP\nTREATMENT\nNONE\n", "COHORT\nPROSPECTIVE\n")
    said = {finding.text for finding in service.read(text.encode(), "page.txt").findings}
    assert not said & {"no phase", "no allocation", "no masking", "no time perspective"}


def test_an_expected_field_is_listed_once() -> None:
    fields = [expected.field for expected in EXPECTED]
    assert len(fields) == len(set(fields))


def test_a_count_that_a_text_announces_is_held_against_its_list(page: str, whole: Record) -> None:
    found = new_findings(
        page, whole, lambda t: t.replace("three main assumptions", "four assumptions")
    )
    assert "mismatch: the description: 'four assumptions' is followed by 3" in found
