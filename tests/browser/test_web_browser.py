"""The workspace in a real Chromium: widths, colours, keyboard, console, network."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.serving import ARGUMENTS, chromium, serving, trial_folder

pytestmark = pytest.mark.skipif(chromium() is None, reason="no Chromium: set CHROMIUM to one")

STUDY = "/study/NCT05774509"
TRIAL = "/trial/NCT99999991"
RESULTS = "/study/NCT99999991"
PAGES = ("/", "/search?q=heart+failure", STUDY, RESULTS, TRIAL, f"{TRIAL}/results")
VARIANTS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]

# Every visible text against the nearest background colour behind it (WCAG 2.2, 1.4.3): the texts
# whose contrast is below 4.5, or below 3 where they are large.
FAINT_TEXTS = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
      if (getComputedStyle(at).backgroundImage !== 'none') return null;
    }
    return rgb(getComputedStyle(document.documentElement).backgroundColor);
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, style = getComputedStyle(element);
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest('svg')) continue;
    const back = behind(element);
    if (!back) continue;
    const [a, b] = [light(rgb(style.color)), light(back)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const wanted = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < wanted) faint.push(`${contrast.toFixed(2)}: ${node.textContent.trim()}`);
  }
  return faint;
}"""
WIDER_THAN_THE_PAGE = """() => {
  const root = document.documentElement;
  return root.scrollWidth > root.clientWidth ? [root.scrollWidth, root.clientWidth] : [];
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("workspace")
    with serving(place / "home", trial_folder(place / "trial")) as (_, base):
        yield base


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser) -> Iterator[Page]:
    opened = browser.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_every_page_fits_is_legible_and_asks_nobody_else(browser, address, width, scheme):
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == 200
        assert page.evaluate(WIDER_THAN_THE_PAGE) == [], path
        assert page.evaluate(FAINT_TEXTS) == [], path
    context.close()
    assert said == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}


def test_the_keyboard_reaches_the_search_and_the_first_hit(page, address):
    page.goto(address)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    tab_to(page, "q")
    page.keyboard.type("cardiomyopathy")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=cardiomyopathy")
    first = page.locator(".hit a").first.inner_text()
    tab_to(page, first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/study/NCT*")
    assert page.locator("h1").inner_text() == first


def test_the_skip_link_leads_past_the_head(page, address):
    page.goto(address + STUDY)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_focus_is_visible(page, address):
    page.goto(address)
    tab_to(page, "q")
    width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert float(width.removesuffix("px")) >= 2


def test_folded_results_open_by_keyboard(page, address):
    page.goto(address + RESULTS)
    table = page.locator("#results table").first
    assert not table.is_visible()
    page.locator("#results summary").first.focus()
    page.keyboard.press("Enter")
    assert table.is_visible()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this name, or with this text, has the focus."""
    for _ in range(80):
        if focused(page) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name!r}")


def focused(page: Page) -> str:
    """Return the name of the focused field, or the text of what is focused."""
    focus = "(at => at.name || at.innerText.trim())(document.activeElement)"
    return str(page.evaluate(focus))
