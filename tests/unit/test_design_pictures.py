"""Pictures of designs: the numbers of the design, whole, the same bytes each time, read in grey."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from trialwright.core.errors import InputError, Refused
from trialwright.design import Cohort, Course, Design, backfill, boin, cohorts
from trialwright.design.behaviour.paths import paths
from trialwright.design.behaviour.simulate import simulate
from trialwright.design.decision.table import Move
from trialwright.design.doses import DoseSet
from trialwright.design.method import Method
from trialwright.design.model import Outcomes
from trialwright.design.states import Ints, States
from trialwright.results.figures import Drawn, design_table, design_tree, inline
from trialwright.results.figures import design_bars as design_bars_module
from trialwright.results.figures.design_bars import Source, design_bars, nearest
from trialwright.results.figures.design_board import panels_of
from trialwright.results.figures.design_course import MARKS, design_course
from trialwright.results.figures.design_paths import dose_paths
from trialwright.results.figures.design_range import design_range, shifted
from trialwright.results.figures.design_sheet import as_file, width_of, wrapped
from trialwright.results.figures.design_small import small_trial
from trialwright.results.figures.design_style import BAR, CURVE_BARS, LOOKS, TRUE_BAR
from trialwright.results.figures.design_table import decision_grid
from trialwright.results.figures.design_tree import MOST_LEAVES, Node, leaves, tree_of
from trialwright.results.figures.design_words import chance, ranges
from trialwright.results.figures.style import VARIABLES

UNIT = "{particles}/kg"
TRIAL = boin(target=0.25, doses=DoseSet((2e10, 4e10), UNIT)) | cohorts("4,8")
CURVES = [[0.1, 0.25], [0.25, 0.45]]
EIGHT = DoseSet((1e10, 2e10, 4e10, 6e10, 8e10, 1e11, 2e11, 4e11), UNIT)
LARGE = boin(target=0.3, doses=EIGHT) | cohorts("12x20")
LONG = " ".join(f"{min(k, 4)}{'N' * 10}TT" for k in range(1, 21))


@dataclass(frozen=True, slots=True)
class Answers(Method):
    """A method that looks at responses: up while nobody had a DLT."""

    name: ClassVar[str] = "answers"
    responses: ClassVar[bool] = True

    @property
    def summary(self) -> str:
        return "up without a DLT"

    def wish(self, states: States) -> Ints:
        return states.current + (states.dlts.sum(axis=1) == 0)

    def explain(self, state: Outcomes) -> str:
        return f"{sum(state.dlts)} DLTs"

    def select(self, states: States) -> Ints:
        return states.responses.argmax(axis=1) + 1

    def explain_selection(self, state: Outcomes) -> str:
        return "most responses"


BOTH = Design(Answers(), 3) | cohorts("2x2")


def draw_all() -> dict[str, Drawn]:
    behaviour = TRIAL.graph().exact(CURVES)
    return {
        "table": decision_grid(TRIAL),
        "paths": dose_paths(TRIAL, CURVES),
        "exact": design_bars(TRIAL, behaviour),
        "range": design_range(TRIAL, CURVES[0]),
        "course": design_course(TRIAL, "1NNNN 2NTP"),
        "small": small_trial(TRIAL, CURVES),
    }


@pytest.fixture(scope="module")
def pictures() -> dict[str, Drawn]:
    return draw_all()


def words(drawn: Drawn) -> list[str]:
    """Return every text of the picture, in its order."""
    root = etree.fromstring(drawn.svg.encode())
    return ["".join(text.itertext()) for text in root.iter("{*}text")]


def every(nodes: tuple[Node, ...], before: Course = ()) -> Iterator[tuple[Course, Node]]:
    for node in nodes:
        course = (*before, node.cohorts[0])
        yield course, node
        yield from every(node.children, course)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# What every picture is


def test_the_same_design_gives_the_same_bytes(pictures: dict[str, Drawn]) -> None:
    again = {"table": decision_grid(TRIAL), "course": design_course(TRIAL, "1NNNN 2NTP")}
    for name, drawn in again.items():
        assert drawn == pictures[name]
        assert as_file(drawn, "svg") == as_file(pictures[name], "svg")
    assert not any("<dc:date" in drawn.svg for drawn in pictures.values())


def test_a_file_carries_title_and_description(pictures: dict[str, Drawn]) -> None:
    for drawn in pictures.values():
        root = etree.fromstring(as_file(drawn, "svg"))
        assert root.get("role") == "img"
        assert [child.tag.split("}")[1] for child in root][:2] == ["title", "desc"]
        assert root[0].text == drawn.title
        assert len(root[1].text or "") > 100
        named = set((root.get("aria-labelledby") or "").split())
        assert named == {root[0].get("id"), root[1].get("id")}
        assert as_file(drawn, "png").startswith(b"\x89PNG")
    with pytest.raises(InputError, match=r"ends in \.svg or \.png"):
        as_file(pictures["table"], "pdf")


def test_a_picture_can_stand_in_a_page(pictures: dict[str, Drawn]) -> None:
    page = "".join(map(inline, pictures.values()))
    root = etree.fromstring(f"<div>{page}</div>")
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert not root.xpath("//@style")
    # what stands on a decision's colour keeps its ink when the page turns dark
    assert not {look.ink for look in LOOKS.values()} & set(VARIABLES)


def test_no_text_is_smaller_than_nine_points(pictures: dict[str, Drawn]) -> None:
    for drawn in pictures.values():
        sizes = [float(s) for s in re.findall(r"font: (?:bold )?([\d.]+)px", drawn.svg)]
        sizes += [float(s) for s in re.findall(r"font-size: ([\d.]+)px", drawn.svg)]
        assert len(sizes) > 10
        assert min(sizes) >= 9


def long_cases() -> dict[str, Drawn]:
    eight = boin(target=0.3, doses=EIGHT) | cohorts("3x5")
    rates = [0.011, 0.0222, 0.0333, 0.125, 0.2, 0.3, 0.4, 0.555]
    return {
        "table": decision_grid(LARGE),
        "paths": dose_paths(LARGE, rates, depth=1),
        "exact": design_bars(eight, eight.graph().exact([rates] * 3)),
        "course": design_course(LARGE, f"{LONG[:-4]}PPPP"),
        "responses": dose_paths(BOTH, depth=1),
        "range": design_range(eight, rates),
    }


def test_nothing_is_cut_at_the_edge(pictures: dict[str, Drawn]) -> None:
    """Also with 8 doses, 20 cohorts of 12 and amounts such as 4 × 10¹⁰ particles/kg."""
    for name, drawn in [*pictures.items(), *long_cases().items()]:
        pixels = np.asarray(Image.open(io.BytesIO(drawn.png)).convert("L"))
        edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert edges.min() == 255, name


# Grey, and every kind of colour vision


def test_decisions_differ_in_lightness_and_by_letter() -> None:
    by_light = sorted((look.colour for look in LOOKS.values()), key=luminance)
    for one, other in pairwise(by_light):
        assert contrast(one, other) > 1.35
    assert set(LOOKS) == set(Move)
    assert len({move.letter for move in Move}) == len(Move)


def test_letters_are_legible_on_their_colours() -> None:
    for look in (*LOOKS.values(), *MARKS.values()):
        face = getattr(look, "colour", None) or getattr(look, "face", "")
        assert contrast(face, look.ink) >= 4.5


def test_bars_differ_in_lightness_or_hatch() -> None:
    assert contrast(BAR, TRUE_BAR) > 3
    for (one, hatch), (other, another) in pairwise(CURVE_BARS):
        assert contrast(one, other) > 1.3 or hatch != another
    assert len({hatch for _, hatch in CURVE_BARS[1::2]}) == 2


# Decision table


def test_the_grid_has_the_letters_of_the_table(pictures: dict[str, Drawn]) -> None:
    shown = Counter(text for text in words(pictures["table"]) if text in set("ESDX"))
    rows = [row for row in TRIAL.table() if row.n in (4, 8, 12) and row.dlts <= 6]
    assert shown == Counter(row.decision.letter for row in rows)
    assert "6+" in words(pictures["table"])
    assert "8 treated: escalate with 0–1, stay with 2, de-escalate with 3, eliminate with 4–8" in (
        pictures["table"].alternative
    )


def test_a_large_table_is_written_as_ranges_and_says_what_it_leaves_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = decision_grid(LARGE)
    assert "7–12" in words(drawn)
    assert "Left out" not in drawn.svg
    monkeypatch.setattr(design_table, "MOST_LINES", 5)
    long = decision_grid(boin(target=0.3, doses=3) | cohorts("1x100"))
    assert "Left out: the numbers treated from 6 to 100." in words(long)


# Dose paths


def test_the_tree_is_the_designs_own(pictures: dict[str, Drawn]) -> None:
    tree = tree_of(TRIAL, TRIAL.truth(CURVES))
    assert leaves(tree) == 29
    for course, node in every(tree.nodes):
        decision = TRIAL.decide(course)
        assert node.ended == decision.stop
        assert node.next_doses == (() if decision.stop else (decision.next_dose,))
        if node.ended:
            assert node.final == TRIAL.recommend(course).dose
    found = [node.probability for _, node in every(tree.nodes) if not node.children]
    wanted = [path.probability for path in paths(TRIAL.graph(), CURVES)]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    shown = words(pictures["paths"])
    assert shown.count("dose 2") == 4
    assert "20.4" in shown  # 0.9^4 C(8, 2) 0.25^2 0.75^6


def test_neighbours_with_one_consequence_are_joined() -> None:
    tree = tree_of(TRIAL, TRIAL.truth(CURVES), merged=True)
    assert leaves(tree) == 7
    total = np.sum([n.probability for _, n in every(tree.nodes) if not n.children], axis=0)
    np.testing.assert_allclose(total, 1)
    assert "2: 4–8 of 8" in words(dose_paths(TRIAL, merged=True))


def test_a_tree_that_is_too_large_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tree_of(LARGE)
    assert (tree.depth, tree.planned) == (2, 20)
    assert leaves(tree) <= MOST_LEAVES
    for course, node in every(tree.nodes):  # the last cohort shown still says what follows
        assert node.next_doses == tuple(filter(None, [LARGE.decide(course).next_dose]))
    monkeypatch.setattr(design_tree, "MOST_LEAVES", 20)
    drawn = dose_paths(LARGE)
    assert drawn.title == "Courses of the trial, cut after cohort 1 of 20"
    assert "Cut after cohort 1 of 20: the courses go on." in words(drawn)


def test_one_very_large_cohort_shows_its_most_probable_outcomes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    design = boin(target=0.3, doses=2) | cohorts((200, 10))
    tree = tree_of(design, design.truth([0.5, 0.6]))
    assert (leaves(tree), tree.left_out) == (MOST_LEAVES, 201 - MOST_LEAVES)
    assert sum(node.probability[0] for node in tree.nodes) > 0.999
    monkeypatch.setattr(design_tree, "MOST_LEAVES", 10)
    assert "the 10 outcomes most probable are drawn, 191 more" in dose_paths(design, [0.5, 0.6]).svg


def test_a_stated_depth_is_kept() -> None:
    assert tree_of(TRIAL, depth=1).depth == 1
    with pytest.raises(InputError, match="parameter depth"):
        tree_of(TRIAL, depth=3)
    with pytest.raises(Refused, match="rows to depth 3; it needs a smaller depth"):
        tree_of(LARGE, depth=3)
    with pytest.raises(InputError, match="no cohort schedule"):
        tree_of(boin(target=0.3, doses=2))


def test_outcomes_with_responses_are_written_in_letters() -> None:
    shown = words(dose_paths(BOTH, depth=1))
    assert "1: NE E" in shown  # one response, no DLT: escalate
    assert "1: TB S" in shown
    assert "1: NN E" in shown
    assert "N neither, E response, T DLT, B both" in " ".join(shown)


# Operating characteristics


def test_bars_say_how_their_numbers_came_about(pictures: dict[str, Drawn]) -> None:
    shown = words(pictures["exact"])
    assert "58.1" in shown
    assert "Exact probabilities, no simulation." in pictures["exact"].svg
    done = simulate(TRIAL, CURVES, trials=200, rng=np.random.default_rng(1))
    source = Source(200, 1, float(done.standard_error.max()))
    drawn = design_bars(TRIAL, done.behaviour, source)
    assert "Simulated: 200 trials per curve, seed 1" in drawn.svg
    assert drawn.title.endswith("(simulated)")
    assert "assumed" in drawn.svg


def test_the_true_mtd_is_the_level_nearest_to_the_target() -> None:
    behaviour = TRIAL.graph().exact([[0.1, 0.25], [0.25, 0.45], [0.2, 0.3], [0.5, 0.6]])
    marked = [[False, True], [True, False], [True, True], [True, False]]
    assert nearest(behaviour, 0.25).tolist() == marked
    assert not nearest(behaviour, None).any()


def test_more_curves_than_can_be_drawn_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(design_bars_module, "MOST_CURVES", 1)
    drawn = design_bars(TRIAL, TRIAL.graph().exact([[0.1, 0.2]] * 3))
    assert "Cut: the first 1 curves are drawn, 2 more are not." in words(drawn)


def test_the_range_passes_through_the_curve_it_starts_from() -> None:
    moved = shifted([0.1, 0.25], 1, np.array([0.02, 0.1, 0.5]))
    np.testing.assert_allclose(moved[1], [0.1, 0.25])
    np.testing.assert_allclose(moved[:, 0], [0.02, 0.1, 0.5])
    odds = moved / (1 - moved)
    np.testing.assert_allclose(odds[:, 1] / odds[:, 0], 3)
    drawn = design_range(TRIAL, [0.1, 0.25], 1, 0.1, 0.5)
    exact = TRIAL.graph().exact([0.1, 0.25]).selection[0]
    assert f"rate 0.10: none {chance(exact[0])} %, dose 1 {chance(exact[1])} %" in drawn.alternative


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.0, 0.25],), "true rates, dose 1: 0; wanted a rate above 0"),
        (([0.1, 0.25], 3), "parameter level: 3"),
        (([0.1, 0.25], 1, 0.5, 0.4), "parameter up_to: 0.4"),
        (([0.1],), "1 rate; wanted one for each of 2 doses"),
    ],
)
def test_a_range_that_cannot_be_drawn(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        design_range(TRIAL, *arguments)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="toxicity alone"):
        design_range(BOTH, [0.1, 0.2, 0.3])


# A trial so far


def test_each_patient_has_a_letter_and_the_reasons_stand_beneath() -> None:
    drawn = design_course(TRIAL, "1NNTN 1NNP")
    shown = words(drawn)
    assert Counter(t for t in shown if t in set("NTP")) == Counter("NNNTNNP")
    decision = TRIAL.decide("1NNTN 1NNP")
    flat = " ".join(shown)
    for reason in decision.reasons:
        assert f"{reason.rule}: {reason.text}" in flat
    assert "2: 4 × 10¹⁰" in shown


@pytest.mark.parametrize(
    ("outcomes", "title"),
    [
        ("", "next, dose 1 (2 × 10¹⁰ particles/kg) with 4 patients"),
        ("1NNNN", "next, dose 2 (4 × 10¹⁰ particles/kg) with 8 patients"),
        ("1NNNP", "wait, 1 pending"),
        ("1TTTP", "it ends, whatever 1 pending patient may show"),
        ("1TTTN", "it ends, no dose is recommended"),
        ("1NNNN 2NNNNNNTT", "it ends, dose 2 (4 × 10¹⁰ particles/kg) is recommended"),
    ],
)
def test_the_title_is_the_decision(outcomes: str, title: str) -> None:
    assert design_course(TRIAL, outcomes).title == f"The trial so far: {title}"


def test_many_patients_are_drawn_by_cohort() -> None:
    shown = words(design_course(LARGE, LONG))
    assert shown.count("2/12") == 20
    assert "T" not in shown


def test_responses_have_letters_of_their_own() -> None:
    shown = words(design_course(BOTH, "1NE 2BT"))
    assert Counter(t for t in shown if t in MARKS) == Counter("NEBT")
    assert "B  response and DLT" in shown


# The small trial


def test_the_boards_page_has_exact_probabilities_and_limits() -> None:
    first, stayed, higher = panels_of(TRIAL, TRIAL.truth(CURVES))
    assert [(p.level, p.treated) for p in (first, stayed, higher)] == [(1, 4), (1, 12), (2, 8)]
    np.testing.assert_allclose(first.probability, 1)
    np.testing.assert_allclose(higher.probability, [0.9**4, 0.75**4])
    ended = [c for c in first.counts if c.follows == ("ends: no dose",)]
    assert [c.dlts for c in ended] == [3, 4]
    total = np.sum(
        [stayed.probability, higher.probability, *(c.probability for c in ended)], axis=0
    )
    np.testing.assert_allclose(total, 1)
    none = first.counts[0]
    assert (none.lower, round(none.upper, 4), round(none.one_sided, 4)) == (0.0, 0.6024, 0.5271)
    assert none.follows == ("dose 2, 8 patients",)
    assert "".join(c.moves[0].letter for c in first.counts) == "ESDXX"
    assert [c.follows[0] for c in higher.counts[2:5]] == [
        "ends: dose 2",
        "ends: dose 2",
        "ends: dose 1",
    ]


def test_the_boards_page_says_which_limit_is_which(pictures: dict[str, Drawn]) -> None:
    shown = words(pictures["small"])
    assert {"two-sided 95 % limits", "one-sided 95 % upper limit"} <= set(shown)
    assert {"0.0–60.2 %", "≤ 52.7 %"} <= set(shown)
    assert "Assumed true DLT rates by dose level: A 0.1, 0.25; B 0.25, 0.45." in shown
    assert "0 of 8: E, ends: dose 2, two-sided 95 % limits 0.0 to 36.9 %" in (
        pictures["small"].alternative
    )


def test_a_trial_that_is_not_small_is_refused() -> None:
    large = boin(target=0.3, doses=5) | cohorts("3x10")
    with pytest.raises(Refused, match="at most 80"):
        small_trial(large, [0.1, 0.2, 0.3, 0.4, 0.5])
    with pytest.raises(Refused, match="5 curves"):
        small_trial(TRIAL, [[0.1, 0.2]] * 5)


# Words


@given(st.lists(st.integers(0, 60), unique=True))
def test_ranges_lose_no_number(numbers: list[int]) -> None:
    text = ranges(sorted(numbers))
    parts = [part.split("–") for part in text.split(", ") if part]
    back = [n for part in parts for n in range(int(part[0]), int(part[-1]) + 1)]
    assert back == sorted(numbers)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abcil WM.,", min_size=1, max_size=12), max_size=12), st.floats(0.5, 8))
def test_wrapped_lines_keep_the_text_and_fit(pieces: list[str], inches: float) -> None:
    text = " ".join(" ".join(pieces).split())
    lines = wrapped(text, inches)
    assert " ".join(lines) == text
    assert all(" " not in line or width_of(line) <= inches for line in lines)


@pytest.mark.parametrize("probability", [0, 1e-9, 0.0004, 0.0005, 0.5, 0.9994, 0.9996, 1])
def test_a_probability_never_looks_more_certain_than_it_is(probability: float) -> None:
    text = chance(probability)
    assert (text == "0") == (probability == 0)
    assert (text == "100") == (probability == 1)


def test_pending_patients_are_no_patients_without_a_dlt() -> None:
    drawn = design_course(TRIAL, (Cohort(1, 4, pending=4),))
    assert "cohort 1 at dose 1 (2 × 10¹⁰ particles/kg): 4 P" in drawn.alternative


def test_an_eliminated_dose_is_marked_in_the_paths() -> None:
    design = boin(target=0.25, doses=3) | cohorts("3x4")
    tree = tree_of(design, depth=2)
    first = next(node for node in tree.nodes if node.cohorts[0].dlts == 0)
    moves = {node.cohorts[0].dlts: node.move for node in first.children}
    assert moves == {
        0: Move.ESCALATE,
        1: Move.DE_ESCALATE,
        2: Move.DE_ESCALATE,
        3: Move.ELIMINATE,
    }
    drawn = dose_paths(design, depth=2)
    for words in ("next cohort at a higher dose", "dose eliminated: lower", "or next dose"):
        assert words in drawn.svg
    assert "at the end" in dose_paths(TRIAL).svg


def test_a_course_says_patients_and_numbers_cohorts_without_backfilled_ones() -> None:
    design = boin(target=0.25, doses="1,2,4 mg") | cohorts("3x4") | backfill(6)
    drawn = design_course(design, "1NNN 2NNN +1N 3NNN")
    assert "next: 3 patients" in drawn.svg
    assert "4 cohorts" not in drawn.alternative
    assert "cohort 3 at dose 3 (4 mg)" in drawn.alternative
    assert "backfilled at dose 1 (1 mg): 1 N" in drawn.alternative
    assert "dose 1: 1 mg, dose 2: 2 mg, dose 3: 4 mg" in dose_paths(design, depth=1).svg


def test_the_box_of_no_dose_stands_on_no_dose_level() -> None:
    for doses, outcomes in ((1, "1NNN"), (3, "1NNN 2NNN 3NNN"), (3, "1TTT")):
        design = boin(target=0.25, doses=doses) | cohorts([3] * len(outcomes.split()))
        tree = etree.fromstring(design_course(design, outcomes).svg.encode())
        at = {
            "".join(text.itertext()): float(text.get("y") or 0)
            for text in tree.iter("{http://www.w3.org/2000/svg}text")
        }
        levels = [at[str(level)] for level in range(1, doses + 1) if str(level) in at]
        assert min(abs(at["ends"] - y) for y in levels) > 8
