"""The whole site through its guard: every page, its headers, hostile addresses."""

import logging
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from tests.interfaces.web_desk import BASE, HOSTILE, PORT, MemoryDesk, desk, full_study, study
from tests.trials import Trial, protocol

from trialwright.analysis.service import analyse
from trialwright.app import TrialInHand, open_app
from trialwright.conduct.journal import Fault
from trialwright.conduct.service import verify
from trialwright.core.errors import InputError
from trialwright.interfaces.web.guard import PAGE_POLICY, REPORT_POLICY
from trialwright.interfaces.web.site import site
from trialwright.record.record import Record

NCT = "NCT99999991"
STUDY = f"/study/{NCT}"
TRIAL = f"/trial/{NCT}"


def in_hand(trial: Trial, **more) -> TrialInHand:
    """Return a trial as the application would read it from its folder."""
    entries = tuple(trial.journal.read())
    rows = analyse(trial.state) if trial.state.subjects else ()
    return TrialInHand(trial.state, entries, verify(trial.journal), rows, **more)


def played() -> Trial:
    """Return a trial of two cohorts with one toxicity, a gate and a board decision."""
    trial = Trial(protocol=protocol(sizes=(2, 3), days=(0,)))
    trial.cohort("S1", "S2")
    trial.dlt("S2", "AE1")
    trial.clock.forward(days=40)
    trial.board(trial.gate(), 1)
    trial.enrolled("S3")
    return trial


@pytest.fixture(scope="module")
def full() -> MemoryDesk:
    """Return a desk with a full record, a bare one, a hostile one, and a trial."""
    filled = desk(
        full_study(NCT, "Dilated cardiomyopathy"),
        study("NCT99999992"),
        full_study("NCT99999993", HOSTILE),
    )
    filled.in_hand[NCT] = in_hand(played())
    return filled


@pytest.fixture(scope="module")
def client(full):
    with TestClient(site(full, PORT), base_url=BASE) as opened:
        yield opened


PAGES = (
    "/",
    "/search",
    "/search?q=dilated",
    "/search?q=nothing-of-this-kind",
    "/search?status=RECRUITING&phase=PHASE1",
    STUDY,
    "/study/NCT99999992",
    "/study/NCT99999993",
    TRIAL,
    f"{TRIAL}/results",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_html_with_one_title_and_the_strict_policy(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.text.count("<h1") == 1
    for forbidden in ("<script", "style=", "<style", "onload=", "onerror=", "javascript:alert"):
        assert forbidden not in answer.text.replace("&lt;script", "")


@pytest.mark.parametrize("path", PAGES)
def test_headings_never_skip_a_level(client, path):
    text = client.get(path).text
    levels = [int(piece[0]) for piece in text.split("<h")[1:] if piece[0].isdigit()]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_policy_lets_nothing_run_and_nothing_in():
    assert "default-src 'none'" in PAGE_POLICY
    assert "script" not in PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY


def test_the_first_page_names_trials_and_catalogue(client):
    text = client.get("/").text
    assert f'href="{TRIAL}"' in text
    assert "3 studies" in text
    assert "3 of 5 enrolled" in text


def test_an_empty_machine_says_how_to_begin():
    with TestClient(site(desk(), PORT), base_url=BASE) as empty:
        text = empty.get("/").text
    assert "trialwright demo" in text
    assert "trialwright catalogue add" in text


def test_a_search_lists_hits_with_facets_and_keeps_its_state_in_the_address(client):
    text = client.get("/search?q=dilated").text
    assert "1 study for “dilated”" in text
    assert f'href="{STUDY}"' in text
    assert "Phase 1 and Phase 2" in text
    assert 'href="/search?q=dilated&amp;status=RECRUITING"' in text


def test_a_filter_in_use_can_be_removed_and_says_what_it_left_out(client):
    text = client.get("/search?q=dilated&phase=PHASE1").text
    assert "2 more studies would match, but the record does not say its phase" in text
    assert '<a class="chip chip-chosen" href="/search?q=dilated">' in text
    assert '<input type="hidden" name="phase" value="PHASE1">' in text


def test_nothing_found_says_what_to_try(client):
    text = client.get('/search?q="nothing of this kind"&status=RECRUITING').text
    assert "Nothing in this catalogue matches." in text
    assert "without quotation marks" in text
    assert "without the filters" in text


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ('q="open', "query, character 1: an open quotation mark; wanted a closing one"),
        ("status=on-the-moon", "status: &#39;on-the-moon&#39;; wanted one of"),
        ("page=0", "page: &#39;0&#39;; wanted a whole number from 1"),
        ("page=1e3", "page: &#39;1e3&#39;; wanted a whole number from 1"),
    ],
)
def test_an_address_that_cannot_be_read_shows_the_line_in_place(client, query, line):
    answer = client.get(f"/search?{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert line in answer.text


def test_further_hits_have_their_own_address():
    many = desk(*(study(f"NCT{number:08}") for number in range(45)))
    with TestClient(site(many, PORT), base_url=BASE) as client:
        first = client.get("/search?q=study").text
        last = client.get("/search?q=study&page=3").text
    assert first.count('class="hit"') == 20
    assert "/search?q=study&amp;page=2" in first
    assert last.count('class="hit"') == 5
    assert 'rel="next"' not in last


def test_hostile_records_are_text_on_every_page(client):
    for path in ("/study/NCT99999993", "/search"):
        text = client.get(path).text
        assert "<script" not in text
        assert "&lt;script&gt;" in text


def test_the_record_is_there_as_api_v2_json(client):
    answer = client.get(f"{STUDY}.json")
    assert answer.headers["content-type"] == "application/json"
    identification = answer.json()["protocolSection"]["identificationModule"]
    assert identification["nctId"] == NCT


def test_a_number_in_small_letters_leads_to_its_page(client):
    answer = client.get(STUDY.lower().replace("/study/nct", "/study/nct"), follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == STUDY


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/study/NCT00000000",
        "/study/NCT00000000.json",
        "/study/..%2f..%2fetc%2fpasswd",
        "/trial/NCT00000000",
        "/trial/NCT00000000/results",
        "/trial/NCT00000000/report",
        f"{TRIAL}/report",
        "/static/../site.py",
    ],
)
def test_what_is_not_there_is_said_in_words(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Nothing is here" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_workspace_only_reads(client, method):
    answer = client.request(method, STUDY)
    assert answer.status_code == 405
    assert "This workspace only reads" in answer.text


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:1", "localhost:8765.evil", ""],
)
def test_another_host_is_refused_before_any_page(client, host):
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert answer.headers["content-security-policy"] == PAGE_POLICY


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"LOCALHOST:{PORT}"])
def test_this_machine_is_served(client, host):
    assert client.get("/healthz", headers={"host": host}).json()["status"] == "ok"


def test_the_style_is_one_file_that_asks_for_nothing(client):
    answer = client.get("/style.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "@import" not in answer.text
    assert "url(" not in answer.text
    for wanted in (
        "prefers-color-scheme: dark",
        "prefers-reduced-motion",
        "@media print",
        ":focus-visible",
    ):
        assert wanted in answer.text


def test_the_trial_page_tells_how_far_the_trial_is(client):
    text = client.get(TRIAL).text
    assert text.index("Simulated data.") < text.index("<h1>")
    assert '3 / 5</span><span class="tile-label">enrolled' in text
    assert "The design recommends" in text
    assert "The board decided" in text
    assert "<code>1NT</code>" in text
    assert "Signed by bea, ben" in text
    assert "Waits for the first infusion" in text
    assert "Chain verified" in text
    assert '<title id="dose_path-title">' in text


def test_a_broken_chain_is_named(full):
    trial = in_hand(played())
    fault = replace(
        trial.verification, whole=False, first_fault=Fault(7, "its content was changed")
    )
    full.in_hand["NCT99999992"] = replace(trial, verification=fault)
    with TestClient(site(full, PORT), base_url=BASE) as client:
        text = client.get("/trial/NCT99999992").text
    del full.in_hand["NCT99999992"]
    assert "Chain broken" in text
    assert "First fault, entry 7: its content was changed." in text


def test_a_trial_without_anybody_has_a_page():
    empty = desk()
    empty.in_hand[NCT] = in_hand(Trial())
    with TestClient(site(empty, PORT), base_url=BASE) as client:
        text = client.get(TRIAL).text
        results = client.get(f"{TRIAL}/results")
    assert "Nobody is enrolled yet." in text
    assert "No gate was held yet." in text
    assert results.status_code == 404
    assert "not analysed yet" in results.text


def test_the_results_begin_with_the_answers(client):
    text = client.get(f"{TRIAL}/results").text
    assert text.index("The Answers") < text.index("Dose-Limiting Toxicity") < text.index("<table>")
    assert "safe and well tolerated?" in text
    assert text.index("Simulated data.") < text.index("<h1>")


def test_the_report_is_served_with_its_own_policy(tmp_path):
    report = tmp_path / "report.simulated.html"
    report.write_text("<!doctype html><title>A report</title><style>p{}</style>")
    shelf = desk()
    shelf.in_hand[NCT] = in_hand(played(), report=report)
    with TestClient(site(shelf, PORT), base_url=BASE) as client:
        answer = client.get(f"{TRIAL}/report")
        assert f'href="{TRIAL}/report"' in client.get(TRIAL).text
    assert answer.text == report.read_text()
    assert answer.headers["content-security-policy"] == REPORT_POLICY


def test_the_study_page_of_a_trial_here_shows_its_simulated_results(full):
    record = Record(full_study(NCT), simulated=True)
    full.in_hand["NCT99999992"] = in_hand(played(), record=record)
    with TestClient(site(full, PORT), base_url=BASE) as client:
        text = client.get("/study/NCT99999992").text
    del full.in_hand["NCT99999992"]
    assert "The results on this page come from a rehearsal" in text
    assert 'href="/trial/NCT99999992"' in text


def test_a_fault_of_ours_is_told_without_its_data(full, caplog):
    def broken() -> date:
        raise ValueError("patient 0815 has a name")

    with TestClient(site(replace_day(full, broken), PORT), base_url=BASE) as client:
        answer = client.get(TRIAL)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "0815" not in answer.text + caplog.text
    assert "ValueError at " in caplog.text


def test_a_trial_that_cannot_be_read_is_named(full):
    def unreadable(nct_id: str) -> None:
        raise InputError("trial/journal.sqlite", "malformed", "a journal")

    shelf = MemoryDesk(full.catalogue, full.in_hand)
    shelf.trial = unreadable  # type: ignore[method-assign,assignment]
    with TestClient(site(shelf, PORT), base_url=BASE) as client:
        answer = client.get(TRIAL)
    assert answer.status_code == 503
    assert "trial/journal.sqlite: malformed; wanted a journal" in answer.text


def test_the_log_holds_no_query_and_no_control_character(client, caplog):
    with caplog.at_level(logging.INFO, "trialwright.access"):
        client.get("/search?q=a-patients-name")
        client.get("/%0d%0aforged%20line")
    lines = [
        record.getMessage() for record in caplog.records if record.name == "trialwright.access"
    ]
    assert lines[0].startswith("GET /search 200 ")
    assert "a-patients-name" not in caplog.text
    assert "\n" not in lines[1]
    assert lines[1].startswith("GET /??forged?line 404 ")


def replace_day(shelf: MemoryDesk, day) -> MemoryDesk:
    """Return the desk with another clock."""
    changed = MemoryDesk(shelf.catalogue, shelf.in_hand)
    changed.today = day  # type: ignore[method-assign]
    return changed


WORD = st.text(max_size=30)
PARAMETER = st.sampled_from(["q", "status", "phase", "country", "page", "x"])
SHAPE = st.sampled_from(["/study/{}", "/study/{}.json", "/trial/{}", "/trial/{}/results", "/{}"])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["q", "status", "phase", "country", "page", "x"]), WORD),
        max_size=5,
    )
)
def test_no_query_string_breaks_the_search(client, pairs):
    answer = client.get("/search", params=pairs)
    assert answer.status_code in (200, 400)
    assert "<script" not in answer.text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40))
def test_no_bytes_in_a_query_string_break_the_search(client, junk):
    raw = "".join(f"%{byte:02x}" for byte in junk)
    assert client.get(f"/search?q={raw}&{raw}").status_code in (200, 400)


@settings(max_examples=100, deadline=None)
@given(
    WORD, st.sampled_from(["/study/{}", "/study/{}.json", "/trial/{}", "/trial/{}/results", "/{}"])
)
def test_no_name_in_a_path_breaks_a_page(client, name, shape):
    path = shape.format("".join(f"%{byte:02x}" for byte in name.encode("utf-8", "replace")))
    assert client.get(path, follow_redirects=False).status_code in (200, 308, 404)


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory):
    """Return a client of the site over the catalogue that users have."""
    app = open_app(tmp_path_factory.mktemp("home"))
    app.catalogue.add(
        [Record(full_study(NCT, "Dilated cardiomyopathy")), Record(study("NCT99999992"))]
    )
    with TestClient(site(app, PORT), base_url=BASE) as opened:
        yield opened


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.sampled_from('ab AND OR NOT "()[]\\*:^~+-&|\0é\u202e'), max_size=40))
def test_no_query_breaks_the_search_on_disk(on_disk, query):
    answer = on_disk.get("/search", params={"q": query})
    assert answer.status_code in (200, 400)
    assert ('role="alert"' in answer.text) == (answer.status_code == 400)


def test_the_catalogue_on_disk_is_searched_and_shown(on_disk):
    text = on_disk.get("/search?q=dilated&phase=PHASE1").text
    assert "1 study for “dilated”" in text
    assert f'href="{STUDY}"' in text
    assert on_disk.get(STUDY).status_code == 200
