"""The criteria page through the whole site: what it shows, who may change it, and how."""

import asyncio
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from tests.interfaces.web_desk import BASE, HOSTILE, PORT, MemoryDesk, desk, study
from tests.trials import Trial, protocol

from trialwright.app import CriteriaShelf, TrialInHand
from trialwright.conduct.service import verify
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.serve import checked_criteria, editing_as
from trialwright.interfaces.web.criteria.form import MOST_BYTES
from trialwright.interfaces.web.criteria.right import Editing, GivenAtStart
from trialwright.interfaces.web.site import site
from trialwright.store.criteria_files import read_history

NCT = "NCT99999991"
PAGE = f"/study/{NCT}/criteria"
ONE = f"{PAGE}/I1"
TEXT = (
    "Inclusion Criteria:\n\n* LVEF <= 40%\n* Signed informed consent\n\n"
    "Exclusion Criteria:\n\n* stable angina of some kind\n"
)
EXPR = "compare:\n  measure: lvef\n  op: <\n  value: 35\n  unit: '%'\n"
AT = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def full() -> MemoryDesk:
    return desk(study(NCT, eligibilityModule={"eligibilityCriteria": TEXT}), study("NCT99999992"))


@pytest.fixture
def editing(tmp_path: Path) -> Editing:
    return Editing(CriteriaShelf(tmp_path), GivenAtStart("Dr Ada"), lambda: AT)


@pytest.fixture
def client(full: MemoryDesk, editing: Editing) -> Iterator[TestClient[Any]]:
    with TestClient(site(full, PORT, editing), base_url=BASE) as opened:
        yield opened


@pytest.fixture
def reader(full: MemoryDesk) -> Iterator[TestClient[Any]]:
    with TestClient(site(full, PORT), base_url=BASE) as opened:
        yield opened


def seen(client: TestClient[Any], address: str = ONE) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', client.get(address).text)
    assert found
    return found[1]


def post(client: TestClient[Any], editing: Editing, **fields: str) -> Any:
    address = fields.pop("address", ONE)
    headers = {"origin": fields.pop("origin", BASE)}
    form = {"token": editing.token, "action": "edit", "expr": EXPR, "why": "", "back": "one"}
    form |= fields if "seen" in fields else fields | {"seen": seen(client, address)}
    return client.post(address, data=form, headers=headers, follow_redirects=False)


def file_of(tmp_path: Path) -> Path:
    return tmp_path / "criteria" / f"{NCT}.yaml"


def test_text_and_reading_stand_side_by_side(reader: TestClient[Any]) -> None:
    page = reader.get(PAGE).text
    assert "LVEF &lt;= 40%" in page
    assert "Left ventricular ejection fraction at most 40 %" in page
    assert "The record, as the program reads it" in page
    assert "3 criteria" in page


def test_how_completely_is_said_in_words_and_by_a_mark(reader: TestClient[Any]) -> None:
    page = reader.get(PAGE).text
    assert re.search(r'id="I1" class="side side-full".*?●</span> Read in full', page, re.DOTALL)
    assert re.search(r'id="I2" class="side side-asked".*?a person answers', page, re.DOTALL)


def test_without_the_right_nothing_can_be_changed_and_the_page_says_how(
    reader: TestClient[Any],
) -> None:
    for address in (PAGE, ONE):
        page = reader.get(address).text
        assert "--editor" in page
        assert 'method="post"' not in page
    editing = Editing()
    answer = reader.post(ONE, data={"token": editing.token}, headers={"origin": BASE})
    assert answer.status_code == 403


def test_the_right_is_asked_for_again_at_the_change(full: MemoryDesk, tmp_path: Path) -> None:
    nobody = Editing(CriteriaShelf(tmp_path), GivenAtStart(""), lambda: AT)
    with TestClient(site(full, PORT, nobody), base_url=BASE) as client:
        form = {"token": nobody.token, "action": "lock", "seen": "", "expr": ""}
        assert client.post(ONE, data=form, headers={"origin": BASE}).status_code == 403
    assert not file_of(tmp_path).exists()


def test_filters_by_status_and_by_completeness(client: TestClient[Any], editing: Editing) -> None:
    assert post(client, editing, action="lock").status_code == 303
    locked = client.get(f"{PAGE}?status=locked").text
    assert "1 of 3 criteria" in locked
    assert 'id="I1"' in locked
    assert 'id="I2"' not in locked
    asked = client.get(f"{PAGE}?read=asked&status=auto").text
    assert 'id="I2"' in asked
    assert 'id="I1"' not in asked
    nothing = client.get(f"{PAGE}?read=none&status=edited")
    assert nothing.status_code == 200
    assert "Choose fewer filters" in nothing.text


def test_an_edit_is_signed_and_kept(
    client: TestClient[Any], editing: Editing, tmp_path: Path
) -> None:
    answer = post(client, editing, why="as in the protocol")
    assert answer.status_code == 303
    assert answer.headers["location"] == ONE
    page = client.get(ONE).text
    assert "Dr Ada, 2031-02-03 04:05 UTC" in page
    assert "below 35 %" in page
    assert "edit (edited): as in the protocol" in page
    (line,) = read_history(file_of(tmp_path))
    assert (line["by"], line["at"], line["what"], line["why"]) == (
        "Dr Ada", "2031-02-03T04:05:06Z", "edit", "as in the protocol",
    )  # fmt: skip


def test_checking_saves_nothing(client: TestClient[Any], editing: Editing, tmp_path: Path) -> None:
    answer = post(client, editing, action="check")
    assert answer.status_code == 200
    assert "below 35 %" in answer.text
    assert "Nothing was saved yet" in answer.text
    assert not file_of(tmp_path).exists()


def test_a_fault_names_its_line_and_nothing_typed_is_lost(
    client: TestClient[Any], editing: Editing, tmp_path: Path
) -> None:
    answer = post(client, editing, expr=EXPR.replace("'%'", "kg  # <mine>"), why="my reason")
    assert answer.status_code == 400
    assert "the expression, line 5, compare.unit: &#39;kg&#39;; wanted a unit" in answer.text
    assert "unit: kg  # &lt;mine&gt;" in answer.text
    assert 'value="my reason"' in answer.text
    assert not file_of(tmp_path).exists()


def test_a_lock_refuses_an_edit_until_it_is_opened_with_a_reason(
    client: TestClient[Any], editing: Editing
) -> None:
    assert post(client, editing, action="lock", why="agreed").status_code == 303
    refused = post(client, editing)
    assert refused.status_code == 409
    assert "it is locked; it needs to be unlocked first" in refused.text
    assert "value: 35" in refused.text
    assert post(client, editing, action="unlock").status_code == 400
    assert post(client, editing, action="unlock", why="amendment 2").status_code == 303
    assert post(client, editing).status_code == 303


def test_two_at_once_see_both_versions(client: TestClient[Any], editing: Editing) -> None:
    mine = seen(client)
    assert post(client, editing).status_code == 303
    late = post(client, editing, seen=mine, expr=EXPR.replace("35", "30"))
    assert late.status_code == 409
    assert "was changed since you opened it" in late.text
    assert "below 35 %" in late.text
    assert "value: 30" in late.text
    again = re.search(r'name="seen" value="([0-9a-f]{64})"', late.text)
    assert again
    saved = post(client, editing, seen=again[1], expr=EXPR.replace("35", "30"))
    assert saved.status_code == 303
    assert "below 30 %" in client.get(ONE).text


def test_changes_of_several_criteria_at_once_are_all_made(
    client: TestClient[Any], editing: Editing, tmp_path: Path
) -> None:
    assert post(client, editing).status_code == 303  # the file is there now
    names = ["I1", "I2", "E1"]
    shown = {name: seen(client, f"{PAGE}/{name}") for name in names}

    def review(name: str) -> int:
        done = post(client, editing, address=f"{PAGE}/{name}", action="review", seen=shown[name])
        return int(done.status_code)

    with ThreadPoolExecutor(3) as people:
        assert list(people.map(review, names)) == [303, 303, 303]
    made = [line["id"] for line in read_history(file_of(tmp_path))]
    assert (made[0], sorted(made[1:])) == ("I1", sorted(names))


@pytest.mark.parametrize("number", ["A" * 5000, "é", "NCT99999991%00", "CON", "NCT9999999"])
def test_what_is_no_number_of_a_study_is_no_file(number: str, client: TestClient[Any]) -> None:
    answer = client.get(f"/study/{number}/criteria")
    assert answer.status_code == 404
    assert "Nothing is here" in answer.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"origin": "http://example.org"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": f"http://127.0.0.1:{PORT + 1}"}, 403),
        ({"token": "x"}, 403),
        ({"token": "é"}, 403),
        ({"action": "delete"}, 400),
        ({"why": "x" * 3000}, 400),
        ({"action": "unlock", "why": "a reason"}, 409),
        ({"why": "\x1b[2J"}, 400),
        ({"expr": "x" * (MOST_BYTES + 1)}, 413),
        ({"expr": "x" * 70_000}, 400),
        ({"address": f"{PAGE}/I9", "seen": ""}, 404),
        ({"address": "/study/NCT00000000/criteria/I1", "seen": ""}, 404),
        ({"seen": "0" * 64}, 409),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(
    fields: dict[str, str], status: int, client: TestClient[Any], editing: Editing, tmp_path: Path
) -> None:
    fields = {"seen": seen(client)} | fields
    answer = post(client, editing, **fields)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert not file_of(tmp_path).exists()


def test_a_form_of_no_origin_or_another_kind_is_refused(
    client: TestClient[Any], editing: Editing
) -> None:
    form = {"token": editing.token, "action": "lock", "seen": seen(client)}
    assert client.post(ONE, data=form).status_code == 403
    assert client.post(ONE, json=form, headers={"origin": BASE}).status_code == 400
    many = urlencode([("a", "b")] * 50)
    kind = {"origin": BASE, "content-type": "application/x-www-form-urlencoded"}
    assert client.post(ONE, content=many, headers=kind).status_code == 400


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=80))
def test_any_body_is_answered(tmp_path_factory: Any, body: bytes) -> None:
    editing = Editing(CriteriaShelf(Path("/nonexistent")), GivenAtStart("Dr Ada"), lambda: AT)
    here = desk(study(NCT, eligibilityModule={"eligibilityCriteria": TEXT}))
    kind = {"origin": BASE, "content-type": "application/x-www-form-urlencoded"}
    with TestClient(site(here, PORT, editing), base_url=BASE) as client:
        assert client.post(ONE, content=body, headers=kind).status_code in (400, 403)


def test_reading_a_page_changes_nothing(
    client: TestClient[Any], tmp_path: Path, editing: Editing
) -> None:
    for address in (f"{ONE}?action=lock&token={editing.token}", PAGE, ONE):
        assert client.get(address).status_code == 200
    assert list(tmp_path.iterdir()) == []
    assert client.put(ONE).status_code == 405
    assert client.delete(ONE).status_code == 405


def test_the_browser_is_told_to_say_where_a_form_comes_from(client: TestClient[Any]) -> None:
    assert client.get(ONE).headers["referrer-policy"] == "same-origin"
    assert "form-action 'self'" in client.get(ONE).headers["content-security-policy"]


@pytest.mark.parametrize("address", ["/study/NCT99999992/criteria", "/study/NCT00000000/criteria"])
def test_a_study_without_criteria_and_no_study(address: str, reader: TestClient[Any]) -> None:
    answer = reader.get(address)
    assert answer.status_code == (200 if "99999992" in address else 404)
    assert "No criteria are published" in answer.text or answer.status_code == 404


def test_hostile_text_is_shown_as_text(tmp_path: Path) -> None:
    text = f"Inclusion Criteria:\n\n* {HOSTILE}\n"
    here = desk(study(NCT, eligibilityModule={"eligibilityCriteria": text}))
    with TestClient(site(here, PORT), base_url=BASE) as client:
        for address in (PAGE, ONE):
            assert "<script" not in client.get(address).text


def test_a_running_trial_shows_its_protocols_criteria_and_only_reads(
    full: MemoryDesk, editing: Editing
) -> None:
    trial = Trial(protocol=protocol(sizes=(2, 3), days=(0,)))
    entries = tuple(trial.journal.read())
    full.in_hand[NCT] = TrialInHand(trial.state, entries, verify(trial.journal), ())
    with TestClient(site(full, PORT, editing), base_url=BASE) as client:
        page = client.get(PAGE).text
        assert "The running trial&#39;s protocol" in page
        assert "amendment of the protocol" in page
        assert 'method="post"' not in page
        assert f'href="{PAGE}?of=record"' in page
        assert f'href="{PAGE}"' in client.get(f"/trial/{NCT}").text
        assert 'method="post"' in client.get(f"{PAGE}?of=record").text


def test_the_study_page_leads_here(reader: TestClient[Any]) -> None:
    assert f'href="{PAGE}"' in reader.get(f"/study/{NCT}").text


def test_a_file_that_is_broken_is_said_with_its_line(
    client: TestClient[Any], editing: Editing, tmp_path: Path
) -> None:
    post(client, editing)
    file = file_of(tmp_path)
    file.write_text(file.read_text("utf-8").replace("op: <\n", "op: =<\n"), encoding="utf-8")
    answer = client.get(PAGE)
    assert answer.status_code == 503
    assert re.search(r"line \d+, criteria\[0\].expr.compare.op", answer.text)


# --- how it is started ---------------------------------------------------------------------------


def test_a_name_that_cannot_sign_is_refused_at_the_start() -> None:
    with pytest.raises(InputError, match="the name"):
        editing_as("a\nb")
    assert editing_as("").editor() == ""


def test_a_file_is_checked_at_the_start(
    client: TestClient[Any], editing: Editing, tmp_path: Path
) -> None:
    post(client, editing)
    file = file_of(tmp_path)
    assert checked_criteria((file,)) == (file,)
    with pytest.raises(InputError, match=f"{NCT} once more"):
        checked_criteria((file, file))
    text = file.read_text("utf-8")
    file.write_text(text.replace(f"  nct_id: {NCT}\n", ""), encoding="utf-8")
    with pytest.raises(InputError, match="no NCT number"):
        checked_criteria((file,))


def asked_raw(app: Any, editing: Editing, receive: Any) -> list[dict[str, Any]]:
    """Send one request as a server would, with a body that arrives as `receive` says."""
    kind = b"application/x-www-form-urlencoded"
    headers = [(b"host", BASE.removeprefix("http://").encode()), (b"origin", BASE.encode()),
               (b"content-type", kind), (b"content-length", b"1000")]  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": ONE, "raw_path": ONE.encode(), "query_string": b"",
        "root_path": "", "headers": headers, "client": ("127.0.0.1", 9), "server": None,
        "state": {},
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


@pytest.mark.parametrize("dripping", [True, False])
def test_a_body_that_does_not_arrive_is_not_waited_for(
    full: MemoryDesk, editing: Editing, dripping: bool
) -> None:
    slow = replace(editing, patience=0.3)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.05 if dripping else 60)
        return {"type": "http.request", "body": b"a", "more_body": True}

    began = time.monotonic()
    start, body, *_ = asked_raw(site(full, PORT, slow), slow, receive)
    assert time.monotonic() - began < 10
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    assert b"This form did not arrive" in body["body"]


def test_a_program_that_stops_answers_a_form_that_is_still_arriving(
    full: MemoryDesk, editing: Editing
) -> None:
    async def receive() -> dict[str, Any]:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()  # as the server does to what still runs when it stops
        await asyncio.sleep(60)
        raise AssertionError

    start, *_ = asked_raw(site(full, PORT, editing), editing, receive)
    assert start["status"] == 408


def test_a_body_without_an_end_is_cut_off(full: MemoryDesk, editing: Editing) -> None:
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 65536
        return {"type": "http.request", "body": b"a" * 65536, "more_body": True}

    start, *_ = asked_raw(site(full, PORT, editing), editing, receive)
    assert start["status"] == 413
    assert taken <= MOST_BYTES + 2 * 65536


def test_text_that_turns_round_is_shown_as_it_is_read(tmp_path: Path) -> None:
    text = "Inclusion Criteria:\n\n* LVEF \u202e04 => %\u202c and \u2066x\u2069, \u05d0\u200f\n"
    here = desk(study(NCT, eligibilityModule={"eligibilityCriteria": text}))
    with TestClient(site(here, PORT), base_url=BASE) as client:
        for address in (PAGE, ONE, f"/study/{NCT}"):
            page = client.get(address).text
            assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)
            assert "\u27e6U+202E\u27e704 =" in page
            assert "\u05d0" in page
