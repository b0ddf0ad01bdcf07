"""Dose paths: the tree of a trial's courses, with the probability of each under assumed rates."""

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes

from trialwright.design import Design
from trialwright.design.curves import Curves, TrueRates
from trialwright.design.decision.table import Move
from trialwright.design.model import Cohort
from trialwright.results.figures.design_sheet import Body, Sheet, draw, widest
from trialwright.results.figures.design_style import DARK_INK, LOOKS, Look, chip, key_of_moves
from trialwright.results.figures.design_tree import Node, Tree, leaves, tree_of
from trialwright.results.figures.design_words import (
    chance,
    chances,
    curve_name,
    curves_note,
    design_note,
    doses_note,
    ranges,
    recommended,
)
from trialwright.results.figures.render import Drawn, Words
from trialwright.results.figures.style import GRID, INK, MUTED, SMALL, SOFT
from trialwright.results.words import plural

ROW = 0.25  # inches per leaf
GAP = 0.5  # inches between the boxes of two cohorts
HEAD = 0.5  # inches above the first leaf
COLUMN = 0.72  # inches per curve
THICKEST = 9.0  # points, of a line that is certain
PLAIN = Look(SOFT, DARK_INK, "the trial has ended, or goes on beyond the picture")
FOLLOWS = {
    Move.ESCALATE: "next cohort at a higher dose",
    Move.STAY: "next cohort at the same dose",
    Move.DE_ESCALATE: "next cohort at a lower dose",
    Move.ELIMINATE: "dose eliminated: lower, or the trial ends without a dose",
}
LONGEST_GROUP = 6  # patients written letter by letter
MOST_SAID = 60  # courses in the description


@dataclass(frozen=True, slots=True)
class Place:
    """A node's place: its middle in inches from the top left, and its parent's place."""

    node: Node
    depth: int
    y: float
    parent_y: float


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts of the picture stand, in inches."""

    box: float  # width of a node's box
    letters: bool  # outcomes are written in letters
    recommended: float
    first_curve: float
    width: float

    def middle(self, depth: int) -> float:
        """Return the middle of the boxes of a cohort; the start is depth 0."""
        return 0.1 + self.box / 2 + depth * (self.box + GAP)


def dose_paths(
    design: Design, true: Curves | None = None, depth: int | None = None, *, merged: bool = False
) -> Drawn:
    """Draw every course, to `depth` cohorts where it is given.

    `merged` draws neighbouring outcomes with the same consequence as one. A tree with too many
    courses is cut after the last cohort that can be shown, and says so.
    """
    truth = None if true is None else design.truth(true)
    tree = tree_of(design, truth, depth, merged=merged)
    columns = _columns(tree, 0 if truth is None else len(truth))
    cut = _cut_note(tree)
    notes = (
        _box_note(tree),
        *curves_note(truth),
        *(("A line is the wider, the more probable its outcome is under A.",) if truth else ()),
        *design_note(design),
        *doses_note(design),
    )
    moves = frozenset(n.move for n in _every(tree.nodes) if n.move is not None)
    height = HEAD + ROW * leaves(tree)
    sheet = Sheet(
        _words(tree, cut), (columns.width, height), cut, notes, key_of_moves(moves, FOLLOWS)
    )
    return draw(sheet, lambda part: _paint(part, design, tree, columns, truth))


def _columns(tree: Tree, curves: int) -> Columns:
    labels = [_label(node, tree.letters) for node in _every(tree.nodes)]
    box = widest([_start(tree), *labels]) + 0.2
    after = 0.2 + (tree.depth + 1) * box + tree.depth * GAP
    first = after + 1.25
    return Columns(box, tree.letters, after + 0.1, first, max(5.6, first + COLUMN * curves + 0.1))


def _start(tree: Tree) -> str:
    return f"start: dose {tree.start}"


def _paint(
    part: Body, design: Design, tree: Tree, columns: Columns, truth: TrueRates | None
) -> None:
    axes = part.add_axes(0, 0, 1, 1)  # in inches: boxes and letters keep their proportions
    height = HEAD + ROW * leaves(tree)
    axes.set_xlim(0, columns.width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    _heads(axes, design, tree, columns, truth)
    places = tuple(_places(tree.nodes, 1, HEAD, _middle(tree.nodes, HEAD)))
    for place in places:
        _edge(axes, place, columns)
    root = (columns.middle(0), _middle(tree.nodes, HEAD))
    chip(axes, root, (columns.box, ROW * 0.8), _start(tree), PLAIN)
    for place in places:
        _box(axes, place, columns)
        if not place.node.children:
            _leaf(axes, place, columns)


def _places(nodes: tuple[Node, ...], depth: int, top: float, parent: float) -> Iterator[Place]:
    for node in nodes:
        own = _middle(node.children, top) if node.children else top + ROW / 2
        yield Place(node, depth, own, parent)
        yield from _places(node.children, depth + 1, top, own)
        top += ROW * node.leaves


def _middle(nodes: tuple[Node, ...], top: float) -> float:
    """Return where the parent of these nodes stands: in the middle of its leaves."""
    return top + ROW * sum(node.leaves for node in nodes) / 2


def _heads(
    axes: Axes, design: Design, tree: Tree, columns: Columns, truth: TrueRates | None
) -> None:
    for depth in range(1, tree.depth + 1):
        size = plural(design.schedule[depth - 1], "patient")
        _head(axes, columns.middle(depth), f"Cohort {depth}\n{size}")
    last = "Recommended\nat the end" if tree.depth == tree.planned else "Recommended,\nor next dose"
    _head(axes, columns.recommended, last, "left")
    for k in range(0 if truth is None else len(truth)):
        x = columns.first_curve + COLUMN * (k + 1) - 0.1
        _head(axes, x, f"P under\n{curve_name(k)}, %", "right")


def _head(axes: Axes, x: float, text: str, side: str = "center") -> None:
    axes.text(x, HEAD - 0.08, text, ha=side, va="bottom", fontsize=SMALL, color=INK,
              weight="bold", linespacing=1.15)  # fmt: skip


def _edge(axes: Axes, place: Place, columns: Columns) -> None:
    left = columns.middle(place.depth - 1) + columns.box / 2
    right = columns.middle(place.depth) - columns.box / 2
    probability = place.node.probability
    width = 0.6 + THICKEST * probability[0] if probability else 1.0
    bend = left + GAP * 0.45
    axes.plot([left, bend, right], [place.parent_y, place.y, place.y], color=MUTED,
              linewidth=width, solid_joinstyle="round", solid_capstyle="butt",
              zorder=1)  # fmt: skip


def _box(axes: Axes, place: Place, columns: Columns) -> None:
    move = place.node.move
    look = PLAIN if move is None else LOOKS[move]
    at = (columns.middle(place.depth), place.y)
    chip(axes, at, (columns.box, ROW * 0.8), _label(place.node, columns.letters), look)


def _leaf(axes: Axes, place: Place, columns: Columns) -> None:
    """Write what a leaf leads to in the columns on the right."""
    node, y = place.node, place.y
    text = recommended(node.final) if node.ended else f"goes on: {_next(node)}"
    start = columns.middle(place.depth) + columns.box / 2 + 0.05
    if columns.recommended - start > 0.3:
        axes.plot([start, columns.recommended - 0.05], [y, y], color=GRID, linewidth=1,
                  linestyle=(0, (2, 2)), zorder=0)  # fmt: skip
    axes.text(columns.recommended, y, text, va="center_baseline", fontsize=SMALL)
    for k, probability in enumerate(node.probability):
        x = columns.first_curve + COLUMN * (k + 1) - 0.1
        axes.text(x, y, chance(probability), ha="right", va="center_baseline", fontsize=SMALL)


def _label(node: Node, letters: bool) -> str:
    """Return what stands in a node's box."""
    end = " X ends" if node.early and node.final is None else " ends" if node.early else ""
    move = node.move
    follows = end if node.ended else f" {move.letter}" if move else " draws"
    return f"{node.dose}: {_counts(node, letters)}{follows}"


def _next(node: Node) -> str:
    return f"dose {node.next_doses[0]}" if len(node.next_doses) == 1 else "a dose is drawn"


def _counts(node: Node, letters: bool) -> str:
    first = node.cohorts[0]
    if not letters:
        return f"{ranges([cohort.dlts for cohort in node.cohorts])} of {first.treated}"
    if len(node.cohorts) > 1:
        return f"{len(node.cohorts)} outcomes"
    return _letters(first)


def _letters(cohort: Cohort) -> str:
    if cohort.treated <= LONGEST_GROUP:
        return str(cohort)[len(str(cohort.dose)) :]
    counts = (
        ("N", cohort.neither),
        ("E", cohort.responses - cohort.both),
        ("T", cohort.dlts - cohort.both),
        ("B", cohort.both),
    )
    return " ".join(f"{count}{letter}" for letter, count in counts if count)


def _every(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _every(node.children)


def _cut_note(tree: Tree) -> tuple[str, ...]:
    notes: list[str] = []
    if tree.depth < tree.planned:
        notes.append(f"Cut after cohort {tree.depth} of {tree.planned}: the courses go on.")
    if tree.left_out:
        shown = plural(leaves(tree), "outcome")
        notes.append(f"Cut: the {shown} most probable are drawn, {tree.left_out} more are not.")
    return tuple(notes)


def _box_note(tree: Tree) -> str:
    if tree.letters:
        return (
            "In a box: the dose level, a letter per patient (N neither, E response, T DLT, B "
            "both), and what follows."
        )
    return "In a box: the dose level, patients with a DLT of those treated, and what follows."


def _title(tree: Tree) -> str:
    if tree.depth < tree.planned:
        return f"Courses of the trial, cut after cohort {tree.depth} of {tree.planned}"
    return "Courses of the trial, cut" if tree.left_out else "Every course of the trial"


def _words(tree: Tree, cut: tuple[str, ...]) -> Words:
    said = list(_said(tree.nodes, (), tree.letters))
    more = len(said) - MOST_SAID
    listing = "; ".join(said[:MOST_SAID]) + (f"; and {more} more" if more > 0 else "")
    return Words(
        "dose_paths",
        _title(tree),
        f"Each row is a course of the trial: {plural(len(said), 'row')}. {' '.join(cut)} The width "
        "of a line is its probability under the first curve.",
        f"Dose paths, starting at dose {tree.start}. {' '.join(cut)} {listing}.",
    )


def _said(nodes: tuple[Node, ...], before: tuple[str, ...], letters: bool) -> Iterator[str]:
    for node in nodes:
        course = (*before, f"dose {node.dose}: {_counts(node, letters)}")
        if node.children:
            yield from _said(node.children, course, letters)
            continue
        then = f"recommends {recommended(node.final)}" if node.ended else f"then {_next(node)}"
        probability = f" ({chances(node.probability)})" if node.probability else ""
        yield f"{', then '.join(course)}: {then}{probability}"
