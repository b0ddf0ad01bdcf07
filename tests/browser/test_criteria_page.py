"""The criteria page in a real Chromium: edited by keyboard, narrow, grey, printed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.serving import ARGUMENTS, chromium, serving
from tests.browser.test_web_browser import FAINT_TEXTS, WIDER_THAN_THE_PAGE, tab_to

pytestmark = pytest.mark.skipif(chromium() is None, reason="no Chromium: set CHROMIUM to one")

PAGE = "/study/NCT05774509/criteria"
BORDERS = """() => Object.fromEntries([...document.querySelectorAll('.side')].map(
  (side) => [side.className, getComputedStyle(side).borderInlineStartStyle]))"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with serving(home, "--editor", "Dr Ada Muster") as (_, base):
        yield base


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_is_legible(browser: Browser, address: str, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in (PAGE, f"{PAGE}?read=part&status=auto", f"{PAGE}/I4"):
        page.goto(address + path)
        assert page.evaluate(WIDER_THAN_THE_PAGE) == [], path
        assert page.evaluate(FAINT_TEXTS) == [], path
    context.close()
    assert said == []


def test_the_degrees_differ_without_colour(page: Page, address: str) -> None:
    page.goto(address + PAGE)
    styles = page.evaluate(BORDERS)
    assert len(styles) >= 3
    assert len(set(styles.values())) == len(styles)


def test_a_criterion_is_corrected_and_locked_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}{PAGE}/I5")
    tab_to(page, "expr")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("ordinal: {scale: nyha, in: [VII]}")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("as the protocol says")
    press(page, "Save and sign")
    fault = page.get_by_role("alert").inner_text()
    assert "line 1, ordinal.in: classes VII; wanted some of I, II, III, IV" in fault
    assert page.input_value("#expr") == "ordinal: {scale: nyha, in: [VII]}"
    assert page.input_value("#why") == "as the protocol says"
    tab_to(page, "expr")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("ordinal: {scale: nyha, in: [III]}")
    press(page, "Save and sign")
    page.wait_for_url("**/criteria/I5")
    assert page.locator(".side .badge").inner_text() == "Edited"
    press(page, "Lock")
    assert page.locator(".side .badge").inner_text() == "Locked"
    assert "Dr Ada Muster" in page.locator(".signed").inner_text()
    assert page.locator("#history-heading + ul li").count() == 2


def test_review_from_the_list_returns_to_its_place(page: Page, address: str) -> None:
    page.goto(address + PAGE)
    page.get_by_role("button", name="Mark I3 reviewed").click()
    page.wait_for_url("**/criteria?of=file#I3")
    assert page.locator("#I3 .badge").inner_text() == "Reviewed"


def test_two_windows_do_not_overwrite_each_other(
    page: Page, browser: Browser, address: str
) -> None:
    other = browser.new_page()
    for window in (page, other):
        window.goto(f"{address}{PAGE}/I6")
    page.get_by_role("button", name="Mark reviewed").click()
    other.locator("#expr").fill("attest: mine")
    other.get_by_role("button", name="Save and sign").click()
    assert "Nothing was saved" in other.get_by_role("alert").inner_text()
    assert other.input_value("#expr").strip() == "attest: mine"
    other.close()


def test_print_shows_every_criterion_and_no_form(page: Page, address: str) -> None:
    page.goto(address + PAGE)
    page.emulate_media(media="print")
    assert page.locator(".side").first.is_visible()
    assert not page.locator(".sift").is_visible()
    assert not page.locator(".side-ways").first.is_visible()


def press(page: Page, name: str) -> None:
    """Move to a button by Tab and press it with Enter; the page that follows is loaded."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText?.trim()") == name:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")
