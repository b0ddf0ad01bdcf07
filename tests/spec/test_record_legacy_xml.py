"""The legacy XML reads into the same model, results included."""

import gzip
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from trialwright.core.errors import InputError
from trialwright.record import service
from trialwright.record import vocabulary as words
from trialwright.record.fields import get, parse_path
from trialwright.record.formats import legacy_words, legacy_xml, v2
from trialwright.record.formats.legacy_text import reflow
from trialwright.record.record import Record

SMALL = """<clinical_study>
  <required_header><url>https://example.org</url></required_header>
  <id_info>
    <org_study_id>S-1</org_study_id><secondary_id>G-2</secondary_id><nct_id>NCT00000001</nct_id>
  </id_info>
  <brief_title>A small
    trial</brief_title>
  <sponsors><lead_sponsor>
    <agency>A clinic</agency><agency_class>U.S. Fed</agency_class>
  </lead_sponsor></sponsors>
  <source>A clinic</source>
  <brief_summary><textblock>
      One sentence that
      was wrapped.

        -  first point

        -  second
           point
  </textblock></brief_summary>
  <overall_status>Active, not recruiting</overall_status>
  <start_date>May 2007</start_date>
  <completion_date type="Anticipated">July 4, 2009</completion_date>
  <phase>Phase 1/Phase 2</phase>
  <study_type>Interventional</study_type>
  <study_design_info>
    <allocation>Non-Randomized</allocation>
    <intervention_model>Single Group Assignment</intervention_model>
    <masking>Double (Participant, Outcomes Assessor)</masking>
  </study_design_info>
  <number_of_arms>2</number_of_arms>
  <enrollment type="Actual">12</enrollment>
  <condition>Heart Failure</condition>
  <arm_group><arm_group_label>Arm</arm_group_label></arm_group>
  <intervention>
    <intervention_type>Dietary Supplement</intervention_type>
    <intervention_name>Salt</intervention_name>
    <arm_group_label>Arm</arm_group_label>
  </intervention>
  <eligibility>
    <gender>Both</gender><minimum_age>18 Years</minimum_age><maximum_age>N/A</maximum_age>
    <healthy_volunteers>Accepts Healthy Volunteers</healthy_volunteers>
  </eligibility>
</clinical_study>"""


def _field(record: Record, path: str) -> Any:
    return get(record.study, parse_path(path, "test"), "test")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("identificationModule.nctId", "NCT00000001"),
        ("identificationModule.briefTitle", "A small trial"),
        ("identificationModule.organization.class", "FED"),
        ("identificationModule.secondaryIdInfos[0].id", "G-2"),
        ("statusModule.overallStatus", "ACTIVE_NOT_RECRUITING"),
        ("statusModule.startDateStruct.date", "2007-05"),
        ("statusModule.startDateStruct.type", None),
        ("statusModule.completionDateStruct.date", "2009-07-04"),
        ("statusModule.completionDateStruct.type", "ESTIMATED"),
        ("designModule.phases", ("PHASE1", "PHASE2")),
        ("designModule.designInfo.allocation", "NON_RANDOMIZED"),
        ("designModule.designInfo.interventionModel", "SINGLE_GROUP"),
        ("designModule.designInfo.maskingInfo.masking", "DOUBLE"),
        (
            "designModule.designInfo.maskingInfo.whoMasked",
            ("PARTICIPANT", "OUTCOMES_ASSESSOR"),
        ),
        ("designModule.enrollmentInfo.count", 12),
        ("designModule.enrollmentInfo.type", "ACTUAL"),
        ("armsInterventionsModule.armGroups[0].interventionNames", ("Dietary Supplement: Salt",)),
        ("eligibilityModule.sex", "ALL"),
        ("eligibilityModule.maximumAge", None),
        ("eligibilityModule.healthyVolunteers", True),
        (
            "descriptionModule.briefSummary",
            "One sentence that was wrapped.\n\n* first point\n* second point",
        ),
    ],
)
def test_legacy_wordings_become_v2_words(path: str, value: object) -> None:
    record = service.read(SMALL.encode(), "small.xml")
    assert _field(record, f"protocolSection.{path}") == value


def test_a_count_that_disagrees_with_its_list_is_a_finding() -> None:
    findings = legacy_xml.read(SMALL.encode(), "small.xml").findings
    assert [(f.kind, f.where) for f in findings] == [("mismatch", "number_of_arms")]


@pytest.mark.parametrize(
    ("old", "new", "where", "text"),
    [
        ("Phase 1/Phase 2", "Phase 9", "phase", "Phase 9"),
        ("May 2007", "Unknown", "start_date", "Unknown"),
        ("July 4, 2009", "February 31, 2009", "completion_date", "February 31, 2009"),
        ("<condition>", "<news>N</news><condition>", "news", "N"),
        ("Heart Failure", "Heart <b>F</b>", "condition/b", "F"),
        ("</condition>", "</condition>stray", "condition", "stray"),
        (">12<", ">twelve<", "enrollment", "twelve"),
    ],
)
def test_what_has_no_place_becomes_a_finding(old: str, new: str, where: str, text: str) -> None:
    record = legacy_xml.read(SMALL.replace(old, new, 1).encode(), "small.xml")
    assert ("unplaced", where, text) in [(f.kind, f.where, f.text) for f in record.findings]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html><body/></html>", "the root element <html>"),
        (b"<clinical_study/>", "id_info/nct_id"),
        (b"<clinical_study><id_info><nct_id>7</nct_id></id_info></clinical_study>", "nct_id"),
        (SMALL.encode()[:500], "XML that cannot be read"),
        (b"<", "XML that cannot be read"),
        (b"<!DOCTYPE clinical_study><clinical_study/>", "DTD"),
        (
            b'<!DOCTYPE clinical_study [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
            b"<clinical_study><brief_title>&x;</brief_title></clinical_study>",
            "DTD",
        ),
        (b"<a>" * 5000, "XML that cannot be read"),
    ],
)
def test_xml_that_is_no_study_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        service.read(data, "x.xml")
    assert str(caught.value).startswith("x.xml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "vocabulary"),
    [
        (legacy_words.STATUS, words.STATUSES),
        (legacy_words.ALLOCATION, words.ALLOCATIONS),
        (legacy_words.MODEL, words.INTERVENTION_MODELS),
        (legacy_words.PURPOSE, words.PURPOSES),
        (legacy_words.MASKING, words.MASKINGS),
        (legacy_words.ARM_TYPE, words.ARM_TYPES),
        (legacy_words.INTERVENTION_TYPE, words.INTERVENTION_TYPES),
        (legacy_words.ROLE, words.OFFICIAL_ROLES),
        (legacy_words.PARTY, words.RESPONSIBLE_PARTY_TYPES),
        (legacy_words.SEX, words.SEXES),
    ],
)
def test_a_table_of_wordings_gives_every_v2_word_and_no_other(
    table: dict[str, str], vocabulary: tuple[str, ...]
) -> None:
    assert set(table.values()) == set(vocabulary)


def test_a_line_that_only_looks_like_an_item_goes_on_with_its_paragraph() -> None:
    block = "  -  treated for\n     14. days or more\n\n  -  other"
    assert reflow(block) == "* treated for 14. days or more\n* other"


@pytest.fixture(scope="module")
def excor(shared: Path) -> Record:
    data = (shared / "registry" / "named_on_the_page" / "NCT00583661.xml").read_bytes()
    return service.read(data, "NCT00583661.xml")


RESULTS = "resultsSection"
OUTCOME = f"{RESULTS}.outcomeMeasuresModule.outcomeMeasures[0]"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("hasResults", True),
        ("protocolSection.statusModule.startDateStruct.date", "2007-05"),
        ("protocolSection.statusModule.resultsFirstPostDateStruct.date", "2013-03-15"),
        ("protocolSection.designModule.phases", ("NA",)),
        (
            "protocolSection.armsInterventionsModule.armGroups[0].interventionNames",
            ("Device: EXCOR Pediatric",),
        ),
        ("protocolSection.eligibilityModule.minimumAge", None),
        (f"{RESULTS}.participantFlowModule.periods[0].milestones[0].type", "STARTED"),
        (
            f"{RESULTS}.participantFlowModule.periods[0].milestones[0].achievements[0].numSubjects",
            "48",
        ),
        (f"{RESULTS}.baselineCharacteristicsModule.denoms[0].counts[0].value", "48"),
        (f"{RESULTS}.baselineCharacteristicsModule.measures[1].dispersionType", "FULL_RANGE"),
        (f"{OUTCOME}.type", "PRIMARY"),
        (f"{OUTCOME}.dispersionType", "95% Confidence Interval"),
        (f"{OUTCOME}.groups[1].id", "OG001"),
        (f"{OUTCOME}.denoms[0].counts[1].value", "24"),
        (f"{OUTCOME}.classes[0].categories[0].measurements[0].upperLimit", "0.083"),
        (f"{OUTCOME}.analyses[0].groupIds", ("OG000", "OG001")),
        (f"{OUTCOME}.analyses[0].nonInferiorityType", "NON_INFERIORITY_OR_EQUIVALENCE"),
        (f"{OUTCOME}.analyses[0].ciNumSides", "TWO_SIDED"),
        (f"{RESULTS}.adverseEventsModule.frequencyThreshold", "5"),
        (f"{RESULTS}.adverseEventsModule.eventGroups[0].seriousNumAffected", 41),
        (f"{RESULTS}.adverseEventsModule.eventGroups[0].otherNumAtRisk", 48),
        (f"{RESULTS}.adverseEventsModule.seriousEvents[0].term", "Hemolysis"),
        (f"{RESULTS}.adverseEventsModule.seriousEvents[0].stats[0].numEvents", 2),
        (f"{RESULTS}.adverseEventsModule.otherEvents[0].term", "Pneumothorax"),
        (f"{RESULTS}.moreInfoModule.certainAgreement.restrictionType", "OTHER"),
        (f"{RESULTS}.moreInfoModule.pointOfContact.organization", "Berlin Heart Inc."),
    ],
)
def test_a_record_with_results_reads_into_the_same_model(
    excor: Record, path: str, value: object
) -> None:
    assert _field(excor, path) == value


def test_a_record_with_results_is_read_whole(excor: Record) -> None:
    assert excor.findings == ()
    assert len(_field(excor, f"{RESULTS}.adverseEventsModule.seriousEvents")) == 14
    assert service.read(service.write_v2(excor), "again.json") == excor


def test_every_legacy_file_is_read_or_refused_by_name(shared: Path) -> None:
    read, refused = 0, 0
    with zipfile.ZipFile(shared / "registry" / "legacy_xml.zip") as files:
        for name in files.namelist():
            try:
                record = legacy_xml.read(files.read(name), name)
            except InputError as error:
                assert str(error).startswith(name)
                refused += 1
            else:
                assert record.nct_id == name.removesuffix(".xml")
                read += 1
    assert read + refused == 2568
    assert refused < 20


def test_legacy_and_v2_agree_on_the_trial_that_is_in_both(shared: Path) -> None:
    number = "NCT00003454"
    with zipfile.ZipFile(shared / "registry" / "legacy_xml.zip") as files:
        legacy = legacy_xml.read(files.read(f"{number}.xml"), number).study.protocol_section
    with gzip.open(shared / "registry" / "v2.ndjson.gz") as lines:
        line = next(line for line in lines if b'"nctId": "NCT00003454"' in line[:200])
    current = v2.read(line, number).study.protocol_section
    assert legacy is not None
    assert current is not None
    # what v2 holds more of: kinds of secondary numbers, age groups, map positions
    apart = {"identification_module", "eligibility_module", "contacts_locations_module"}
    for field in set(legacy.__struct_fields__) - apart:
        assert getattr(legacy, field) == getattr(current, field), field
    old, new = legacy.eligibility_module, current.eligibility_module
    assert old is not None
    assert new is not None
    assert old.eligibility_criteria == (new.eligibility_criteria or "").replace("\\", "")
    assert msgspec.structs.replace(new, std_ages=(), eligibility_criteria=None) == (
        msgspec.structs.replace(old, eligibility_criteria=None)
    )
