"""The report page: the answers first, one file, strict, escaped, and honest."""

import base64
import hashlib
from dataclasses import replace
from itertools import pairwise

import pytest
from lxml import html
from msgspec.structs import replace as changed
from tests.unit.analysis_trial import event, example, protocol, subject, trial

from trialwright.analysis.row import Row
from trialwright.analysis.service import analyse
from trialwright.conduct.model import TrialState
from trialwright.record.model.protocol_section import (
    ContactsLocationsModule,
    Location,
    ProtocolSection,
    Sponsor,
    SponsorCollaboratorsModule,
)
from trialwright.record.model.study import Study
from trialwright.results.answers import answers
from trialwright.results.assumptions import assumptions
from trialwright.results.missing import missing_words
from trialwright.results.report import report
from trialwright.results.rows import Rows

STUDY = Study(
    protocol_section=ProtocolSection(
        sponsor_collaborators_module=SponsorCollaboratorsModule(
            lead_sponsor=Sponsor(name="S & Co")
        ),
        contacts_locations_module=ContactsLocationsModule(locations=(Location(city="Here"),)),
    )
)


def page(state: TrialState) -> html.HtmlElement:
    return html.fromstring(report(state, analyse(state), STUDY, ()))


@pytest.fixture(scope="module")
def whole() -> str:
    return report(example(), analyse(example()), STUDY)


def test_headings_go_down_one_step_at_a_time(whole: str) -> None:
    levels = [int(h.tag[1]) for h in html.fromstring(whole).iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_the_answers_come_first_and_the_banner_before_all(whole: str) -> None:
    root = html.fromstring(whole)
    assert root.xpath("//main/section/@id")[0] == "answers"
    assert "Simulated data." in root.xpath("//body/div[@class='banner']")[0].text_content()
    assert root.xpath("//title")[0].text.startswith("Simulated: ")


def test_an_observed_trial_has_no_banner() -> None:
    assert "imulated" not in page(example(simulated=False)).body.text_content()


def test_nothing_comes_from_outside_and_nothing_runs(whole: str) -> None:
    root = html.fromstring(whole)
    assert all(link.startswith("#") for link in root.xpath("//@href | //@src"))
    assert not root.xpath("//script | //link | //iframe | //img | //@style | //@onclick")
    targets = {link[1:] for link in root.xpath("//a/@href")}
    ids = root.xpath("//@id")
    assert targets <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_policy_names_the_one_style_element(whole: str) -> None:
    root = html.fromstring(whole)
    digest = hashlib.sha256(root.xpath("//style")[0].text.encode()).digest()
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert f"style-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert policy.startswith("default-src 'none'")


def test_every_table_has_a_caption_and_scopes(whole: str) -> None:
    tables = html.fromstring(whole).xpath("//table")
    assert len(tables) > 8
    for table in tables:
        assert table.xpath("./caption")[0].text_content().strip()
        assert all(th.get("scope") for th in table.iter("th"))


def test_the_page_tells_gate_decisions_assumptions_and_hashes(whole: str) -> None:
    text = html.fromstring(whole).text_content()
    for wanted in ("0 of 2 had a DLT: escalate", "B. Member", "level 2 opened", "not decided yet",
                   "escalation.target", "invented for the tests", "ab" * 32, "cd" * 32,
                   "S & Co", "Clopper-Pearson", "S05"):  # fmt: skip
        assert wanted in text


def test_input_is_text_never_markup() -> None:
    evil = "<script>alert(1)</script>"
    person = subject(1, events=(event(1, term=evil, organ_system=evil, grade=4),))
    person = replace(person, enrolled=changed(person.enrolled, subject=evil))
    plan = protocol(trial={"nct_id": "NCT99999999", "title": evil, "record_sha256": "0" * 64})
    state = trial(person, plan=plan)
    root = html.fromstring(report(state, analyse(state), None))
    assert not root.xpath("//script")
    assert root.xpath("//h1")[0].text_content() == evil


def test_a_trial_without_people_has_a_report() -> None:
    text = page(trial()).text_content()
    assert "Not known: nobody could be evaluated" in text
    assert "No gate was held yet" in text


def test_the_safety_answer_gives_counts_limits_and_what_they_do_not_exclude() -> None:
    safety, function = answers(analyse(example()), protocol())
    assert safety.short.startswith("1 of 4 evaluable people had a dose-limiting toxicity (25 %")
    assert "level 1, 0 of 2 (0 % to 84 %)" in safety.text
    assert "3 of 5 treated people had 4 adverse events" in safety.text
    assert "as high as 81 %" in safety.text
    assert "target rate of 25 % lies inside the pooled interval" in safety.text
    assert "Simulated data" in safety.points[-1]
    assert function.short == (
        "Pump rose by 6.3 percentage points on average from baseline to month 6 "
        "(95 % interval −1.7 to +14.3)."
    )
    assert "The interval includes zero change; 3 of 5 treated people" in function.text
    assert "cannot say that the infusions caused it" in function.text


def test_the_answers_say_who_is_missing_and_why() -> None:
    safety, function = answers(analyse(example()), protocol())
    assert "1 treated person not evaluable: 1 left on 2031-07-11 (withdrawn)" in safety.text
    assert "(without: 1 withdrew before and 1 visit missed)" in function.text


def test_deaths_come_first_among_the_missing_and_what_they_leave_is_named() -> None:
    rows = (
        Row("function.change", "treated", "pooled", "pump", "missing_because", 2.0, n=2,
            visit="month 6", category="visit missed"),
        Row("function.change", "treated", "pooled", "pump", "missing_because", 1.0, n=1,
            visit="month 6", category="left: died"),
    )  # fmt: skip
    words = missing_words(Rows(rows), "function.change", "pump", "month 6")
    assert words == "1 died before and 2 visit missed; those who remain are survivors"
    assert missing_words(Rows(()), "function.change", "pump", "month 6") == ""


def test_no_event_is_not_called_safe() -> None:
    state = trial(subject(1), subject(2), simulated=False)
    safety, _ = answers(analyse(state), protocol())
    assert safety.short.startswith("None of 2 evaluable people")
    assert "a true rate of up to 78 % remains possible (one-sided" in safety.text
    assert "imulated" not in safety.text


def test_regression_to_the_mean_is_named_where_a_criterion_selects_on_the_measure() -> None:
    rows = analyse(example())
    criterion = {"id": "I1", "section": "inclusion", "text": "pump <= 40", "span": [0, 10],
                 "status": "auto", "expr": {"all": [{"compare": {"measure": "pump"}}]}}  # fmt: skip
    _, chosen = answers(rows, protocol(criteria=[criterion]))
    _, other = answers(rows, protocol())
    assert "regression to the mean" in chosen.text
    assert "regression to the mean" not in other.text


def test_every_assumption_is_listed_with_its_key() -> None:
    keys = [a.key for a in assumptions(protocol())]
    assert keys[:2] == ["dosing.weight_kg", "dosing.tolerance_percent"]
    assert "visits[2].day" in keys
    assert "dose_levels[0].amount" not in keys  # published
