"""Figures: the same bytes for the same data, marked, large enough to read, safe inside a page."""

import re
from dataclasses import replace

import pytest
from lxml import etree
from msgspec.structs import replace as changed
from tests.unit.analysis_trial import event, example, subject, trial

from trialwright.analysis.service import analyse
from trialwright.conduct.model import TrialState
from trialwright.results.figures import Drawn, figures, inline
from trialwright.results.figures.style import VARIABLES

NAMES = ["participant_flow", "dose_path", "swimmer", "change_pump"]


def drawn(state: TrialState) -> tuple[Drawn, ...]:
    return figures(state, analyse(state))


@pytest.fixture(scope="module")
def pictures() -> tuple[Drawn, ...]:
    return drawn(example())


def test_the_same_data_gives_the_same_bytes(pictures: tuple[Drawn, ...]) -> None:
    assert [p.name for p in pictures] == NAMES
    assert drawn(example()) == pictures


def test_simulated_figures_say_so_inside_and_in_their_names(pictures: tuple[Drawn, ...]) -> None:
    for picture in pictures:
        assert "SIMULATED DATA" in picture.svg
        assert picture.file_name("svg") == f"{picture.name}.simulated.svg"
        assert picture.caption.startswith("Simulated data.")
        assert picture.png.startswith(b"\x89PNG")


def test_observed_figures_carry_no_mark() -> None:
    for picture in drawn(example(simulated=False)):
        assert "SIMULATED" not in picture.svg + picture.caption
        assert picture.file_name("png") == f"{picture.name}.png"


def test_no_text_is_smaller_than_nine_points(pictures: tuple[Drawn, ...]) -> None:
    sizes = [float(s) for p in pictures for s in re.findall(r"font-size: ([\d.]+)px", p.svg)]
    assert len(sizes) > 40
    assert min(sizes) >= 9


def test_captions_and_alternatives_carry_the_numbers(pictures: tuple[Drawn, ...]) -> None:
    by_name = {p.name: p for p in pictures}
    change = by_name["change_pump"]
    assert "n = 3, 2 missing" in change.caption
    assert "Student's t" in change.caption
    assert "S04 20.0 to 30.0" in change.alternative
    assert "S03 level 2 T" in by_name["dose_path"].alternative
    assert "level 2: 1 of 2 evaluable" in by_name["dose_path"].caption
    assert "withdrawal by subject: 1" in by_name["participant_flow"].alternative
    assert "S05: 1 infusion, withdrawn on day 30" in by_name["swimmer"].alternative


def test_inlined_figures_stand_in_one_page(pictures: tuple[Drawn, ...]) -> None:
    """Well-formed, ids unique over all figures, no style, no palette colour, no prolog."""
    page = "".join(map(inline, pictures))
    root = etree.fromstring(f"<div>{page}</div>")
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert not root.xpath("//@style")
    assert "<style" not in page
    assert "<?xml" not in page
    assert not any(colour in page.lower() for colour in VARIABLES)
    references = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page)
    assert {a or b for a, b in references} <= set(ids)


def test_a_name_with_markup_stays_text() -> None:
    person = subject(1, events=(event(1, term="<b>&"),))
    person = replace(person, enrolled=changed(person.enrolled, subject="<script>$x^2$"))
    for picture in drawn(trial(person)):
        text = inline(picture)
        assert "<script" not in text
        etree.fromstring(text)


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_or_one_person_is_drawn_too(people: int) -> None:
    state = trial(*(subject(k + 1) for k in range(people)))
    assert [p.name for p in drawn(state)] == NAMES
