"""The study page: every section of the portal's page, in its order, from any record."""

import gzip
import re

import msgspec
import pytest
from tests.interfaces.web_desk import HOSTILE, full_study, study

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import Criterion, Table
from trialwright.interfaces.web.render import render
from trialwright.interfaces.web.study import flow, measures, outcomes
from trialwright.interfaces.web.study.about import About, CriteriaRead, RelatedLine
from trialwright.interfaces.web.study.adverse_events import adverse_events
from trialwright.interfaces.web.study.page import BUILDERS, study_page
from trialwright.interfaces.web.study.reading import criteria_read
from trialwright.record import vocabulary
from trialwright.record.formats.sections import SECTIONS
from trialwright.record.model import (
    AdverseEventsModule,
    Measurement,
    OutcomeMeasuresModule,
    ParticipantFlowModule,
)
from trialwright.record.record import DesignFact, Finding, Provenance, Record, RelatedTrial
from trialwright.record.service import read

CRITERIA = "protocolSection.eligibilityModule.eligibilityCriteria"
VOCABULARIES = (
    (vocabulary.STATUSES, words.STATUS),
    (vocabulary.STUDY_TYPES, words.STUDY_TYPE),
    (vocabulary.PHASES, words.PHASE),
    (vocabulary.SEXES, words.SEX),
    (vocabulary.AGENCY_CLASSES, words.AGENCY),
    (vocabulary.DATE_TYPES, words.DATE_TYPE),
    (vocabulary.ALLOCATIONS, words.ALLOCATION),
    (vocabulary.INTERVENTION_MODELS, words.MODEL),
    (vocabulary.PURPOSES, words.PURPOSE),
    (vocabulary.OBSERVATIONAL_MODELS, words.OBSERVATIONAL_MODEL),
    (vocabulary.TIME_PERSPECTIVES, words.TIME_PERSPECTIVE),
    (vocabulary.MASKINGS, words.MASKING),
    (vocabulary.WHO_MASKED, words.WHO_MASKED),
    (vocabulary.ARM_TYPES, words.ARM),
    (vocabulary.INTERVENTION_TYPES, words.INTERVENTION),
    (vocabulary.CONTACT_ROLES, words.ROLE),
    (vocabulary.RESPONSIBLE_PARTY_TYPES, words.RESPONSIBLE),
    (vocabulary.SECONDARY_ID_TYPES, words.IDENTIFIER),
    (vocabulary.REFERENCE_TYPES, words.REFERENCE),
)


def html(about: About) -> str:
    return render("study", page=study_page(about), trial_address="")


def headings(text: str, level: int = 2) -> list[str]:
    return re.findall(rf"<h{level}[^>]*>([^<]+)</h{level}>", text)


def section(text: str, key: str) -> str:
    """Return the part of a page that one section fills."""
    return text.split(f'<section id="{key}"')[1].split("</section>")[0]


def test_every_section_of_the_page_has_its_view():
    assert set(BUILDERS) == {item.key for item in SECTIONS}


@pytest.mark.parametrize(("codes", "table"), VOCABULARIES)
def test_every_code_of_the_registry_has_its_words(codes, table):
    assert set(table) == set(codes)


def test_a_code_that_the_registry_adds_later_is_shown_as_written():
    page = html(About(Record(study(statusModule={"overallStatus": "ON_THE_MOON"}))))
    assert 'title="ON_THE_MOON">on the moon</span>' in page


def test_an_empty_record_says_of_every_required_section_that_nothing_is_published():
    page = html(About(Record(study())))
    required = [item.heading for item in SECTIONS if item.required]
    assert headings(page) == [*required, "About This Record"]
    assert page.count('class="absent"') == len(required)


def test_a_full_record_shows_every_section_in_the_portals_order():
    record = Record(
        full_study(),
        related=(RelatedTrial("NCT1", "A"), RelatedTrial("NCT2", "B", more=True)),
    )
    page = html(About(record))
    assert headings(page) == [*(item.heading for item in SECTIONS), "About This Record"]
    assert page.count('class="absent"') == 1  # the results


def test_hostile_text_in_any_field_is_text_on_the_page():
    bad = Record(
        full_study(text=HOSTILE),
        findings=(Finding("lost", HOSTILE, HOSTILE),),
        provenance=(Provenance(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        related=(RelatedTrial(HOSTILE, HOSTILE),),
        design_facts=(DesignFact(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
    )
    line = RelatedLine(HOSTILE, HOSTILE, (HOSTILE,))
    criteria = CriteriaRead((Criterion("I1", HOSTILE, HOSTILE, HOSTILE, HOSTILE),), (), (HOSTILE,))
    page = html(About(bad, frozenset({HOSTILE}), (line,), (line,), criteria))
    assert "<script" not in page
    assert not re.search(r'href="(?!/|#|https?:)', page)
    assert page.count("&lt;script&gt;") > 30


def test_the_reference_page_reads_in_words(example):
    record = read((example / "record.page.txt").read_bytes(), "record.page.txt")
    page = html(About(record))
    required = {item.heading for item in SECTIONS if item.required}
    assert required <= set(headings(page))
    assert 'title="PHASE1">Phase 1</span>' in section(page, "basic")
    assert 'title="NONE">None (open label)</span>' in section(page, "design")
    assert '<p class="absent">not published</p>' in section(page, "conditions")
    assert '<li value="2">' in section(page, "eligibility")
    assert 'href="https://doi.org/10.1016/j.healun.2016.01.013"' in section(page, "references")
    assert "EudraCT number" in section(page, "identifiers")


def test_the_portals_related_trials_are_marked_as_the_portals_own():
    record = Record(study(), related=(RelatedTrial("NCT1", "A"), RelatedTrial("NCT2", "B")))
    found = (RelatedLine("NCT3", "C", ("same condition: heart failure",)),)
    page = section(html(About(record, frozenset({"NCT1", "NCT3"}), found)), "related")
    ours, portals = page.split("Named by the portal")
    assert 'href="/study/NCT3"' in ours
    assert "same condition: heart failure" in ours
    assert 'href="/study/NCT1"' in portals
    assert "NCT2</span><span>not in this catalogue" in portals


def test_an_added_value_says_where_it_comes_from():
    path = "protocolSection.conditionsModule.conditions"
    record = Record(
        study(conditionsModule={"conditions": ["Heart Failure"]}),
        provenance=(Provenance(path, "Heart Failure", "a paper", "a portal"),),
    )
    page = html(About(record))
    assert "Added: a paper (a portal)" in section(page, "conditions")
    assert "1 field was added" in page


def test_what_the_capture_lost_is_listed_and_counted():
    lost = Finding("lost", "Conditions", "the page names no condition")
    settled = Finding("lost", "Eligibility", "inclusion 1 is missing", answered_by="a portal")
    page = html(About(Record(study(), findings=(lost, settled))))
    assert "lost or left unclear 1 thing." in page
    origin = section(page, "origin")
    assert "The page names no condition" in origin
    assert "settled by a portal" in origin


def test_criteria_stand_beside_what_was_read_in_them():
    text = (
        "Inclusion Criteria:\n\n4. EF \\<= 40% on optimal therapy\n5. Signed consent\n\n"
        "Exclusion Criteria:\n\n2. Stroke within the last 3 months"
    )
    record = Record(
        study(eligibilityModule={"eligibilityCriteria": text}),
        provenance=(Provenance(f"{CRITERIA}/exclusion/2", "Stroke", "a paper", "a portal"),),
    )
    page = section(html(About(record, criteria=criteria_read(record))), "eligibility")
    assert "EF &lt;= 40% on optimal therapy" in page
    part = "Read in part</span> Left ventricular ejection fraction at most 40 %, and a person"
    assert part in page
    assert "Left to a person</span> on optimal therapy" in page
    assert "The site confirms this." in page
    assert "Read as</span> Stroke within 3 months before enrolment" in page
    assert page.split("Stroke within the last")[1].startswith(' 3 months</p><span class="added">')


def test_criteria_without_a_list_stand_as_they_were_written():
    record = Record(study(eligibilityModule={"eligibilityCriteria": "Ask the team."}))
    page = section(html(About(record, criteria=criteria_read(record))), "eligibility")
    assert "<p>Ask the team.</p>" in page


def test_simulated_results_say_so_before_anything_else():
    page = html(About(Record(study(), simulated=True)))
    assert page.index("Simulated data.") < page.index("<h1>")
    assert "Simulated data." not in html(About(Record(study())))


def test_participant_flow_is_a_table_of_groups():
    module = msgspec.convert(
        {
            "groups": [{"id": "FG0", "title": "Low"}, {"id": "FG1", "title": "High"}],
            "periods": [
                {
                    "title": "Overall",
                    "milestones": [
                        {
                            "type": "STARTED",
                            "achievements": [
                                {"groupId": "FG1", "numSubjects": "8"},
                                {"groupId": "FG0", "numSubjects": "4"},
                            ],
                        }
                    ],
                    "dropWithdraws": [
                        {"type": "Death", "reasons": [{"groupId": "FG1", "numSubjects": "1"}]}
                    ],
                }
            ],
        },
        ParticipantFlowModule,
    )
    (table,) = flow.flow(module)
    assert isinstance(table, Table)
    assert [[cell.value for cell in row] for row in table.rows] == [
        ["Started", "4", "8"],
        ["Left: Death", "–", "1"],
    ]


def test_an_outcome_shows_its_values_and_its_analysis():
    module = msgspec.convert(
        {
            "outcomeMeasures": [
                {
                    "type": "PRIMARY",
                    "title": "Change in LVEF",
                    "timeFrame": "6 months",
                    "paramType": "MEAN",
                    "dispersionType": "CONFIDENCE_95",
                    "unitOfMeasure": "%",
                    "groups": [{"id": "OG0", "title": "Everyone"}],
                    "denoms": [
                        {"units": "Participants", "counts": [{"groupId": "OG0", "value": "11"}]}
                    ],
                    "classes": [
                        {
                            "categories": [
                                {
                                    "measurements": [
                                        {
                                            "groupId": "OG0",
                                            "value": "3.1",
                                            "lowerLimit": "0.4",
                                            "upperLimit": "5.8",
                                        }
                                    ]
                                }
                            ]
                        }
                    ],
                    "analyses": [
                        {
                            "paramType": "Mean difference",
                            "paramValue": "3.1",
                            "ciPctValue": "95",
                            "ciLowerLimit": "0.4",
                            "ciUpperLimit": "5.8",
                        }
                    ],
                }
            ]
        },
        OutcomeMeasuresModule,
    )
    (part,) = outcomes.outcomes(module)
    table = next(block for block in part.blocks if isinstance(block, Table))
    assert table.head[0].value == "Mean (95 % confidence interval), %"
    assert [row[1].value for row in table.rows] == ["11", "3.1 (0.4 to 5.8)"]
    assert "95 % interval 0.4 to 5.8" in str(part.blocks)


def test_zero_events_are_a_number_and_unreported_ones_a_dash():
    module = msgspec.convert(
        {
            "eventGroups": [
                {"id": "E0", "title": "Low", "deathsNumAffected": 0, "deathsNumAtRisk": 4}
            ],
            "otherEvents": [
                {"term": "Fever", "stats": [{"groupId": "E0", "numAffected": 1, "numAtRisk": 4}]}
            ],
        },
        AdverseEventsModule,
    )
    totals, other = (block for block in adverse_events(module) if isinstance(block, Table))
    assert [row[1].value for row in totals.rows] == ["0 of 4", "–", "–"]
    assert other.rows[0][1].value == "1 of 4"


def test_a_spread_stands_in_parentheses():
    assert measures.value(Measurement(value="28", spread="11")) == "28 (11)"
    assert measures.value(Measurement(comment="not estimable")) == "not estimable"


def test_real_records_with_results_have_tables(shared):
    path = shared / "registry" / "named_on_the_page" / "NCT00583661.xml"
    page = section(html(About(read(path.read_bytes(), path.name))), "results")
    assert headings(page, 3)[0] in ("Limitations and caveats", "Participant flow")
    assert page.count("<table>") > 5


def test_every_fortieth_real_record_makes_a_page(shared):
    with gzip.open(shared / "registry" / "v2.ndjson.gz") as lines:
        for at, line in enumerate(lines):
            if at % 40 == 0:
                record = read(line, f"line {at + 1}")
                assert record.nct_id in html(About(record, criteria=criteria_read(record)))
