"""Every course of a trial as a tree: what each cohort may show, and what follows from it.

The tree is a value (`Node`), built from the design's courses; drawing it is `design_paths`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from trialwright.core.errors import InputError, Refused
from trialwright.design import Design, cohorts
from trialwright.design.behaviour.graph import Graph, compile_graph
from trialwright.design.behaviour.paths import Path, count_paths, paths
from trialwright.design.curves import TrueRates
from trialwright.design.decision.table import Move
from trialwright.design.model import Cohort, Course
from trialwright.design.parameters import whole

MOST_LEAVES = 120  # of a tree whose depth is found
MOST_ROWS = 400  # of a tree whose depth is stated
_MOST_STATES = 50_000  # of a graph compiled for a tree: far more than a tree can show


@dataclass(frozen=True, slots=True)
class Node:
    """One outcome of a cohort after a course; a leaf ends the trial or is where the tree is cut.

    `cohorts` are the outcomes drawn as one, neighbours with the same consequence; more than one
    in a leaf only. `probability` of getting here has one entry per curve.
    """

    cohorts: tuple[Cohort, ...]
    probability: tuple[float, ...]
    children: tuple["Node", ...] = ()
    next_doses: tuple[int, ...] = ()  # several where the dose is drawn
    ended: bool = False
    final: int | None = None  # of a leaf that has ended
    early: bool = False  # ended before every planned cohort
    eliminated: bool = False  # the cohort's dose level, after it

    @property
    def dose(self) -> int:
        """The dose level of the cohort."""
        return self.cohorts[0].dose

    @property
    def move(self) -> Move | None:
        """What follows, as a table's entry; None where the trial is complete, or a dose drawn."""
        if self.ended:
            return Move.ELIMINATE if self.early and self.final is None else None
        if len(self.next_doses) != 1:
            return None
        step = self.next_doses[0] - self.dose
        if step < 0 and self.eliminated:
            return Move.ELIMINATE
        return Move.STAY if step == 0 else Move.ESCALATE if step > 0 else Move.DE_ESCALATE

    @property
    def leaves(self) -> int:
        """How many leaves are at or under this node."""
        return sum(child.leaves for child in self.children) or 1


@dataclass(frozen=True, slots=True)
class Tree:
    """The courses of a trial to `depth` cohorts; `left_out` counts courses that are not in it."""

    start: int
    nodes: tuple[Node, ...]
    depth: int
    planned: int
    left_out: int = 0
    letters: bool = False  # outcomes hold responses too, and are written in letters


def tree_of(
    design: Design,
    truth: TrueRates | None = None,
    depth: int | None = None,
    *,
    merged: bool = False,
) -> Tree:
    """Return the tree of a design's courses, as deep as it can be shown, to `depth` at most.

    `merged` draws neighbouring outcomes with the same consequence as one. Raises Refused where
    there is too much to draw, InputError where `depth` is none of the schedule's.
    """
    planned = len(design.schedule)
    if planned == 0:
        raise InputError("design", "no cohort schedule", "one, such as 3x10 or 4,8")
    if depth is not None:
        return _stated(design, truth, whole("depth", depth, 1, planned), merged)
    best: Tree | None = None
    for deep in range(1, planned + 1):
        found = _to_depth(design, truth, deep, merged)
        if found is None or (best and leaves(found) > MOST_LEAVES):
            break
        best = found
    if best is None:
        raise Refused("dose paths", "the first cohort has too many outcomes", "a smaller cohort")
    return _cut(best)


def leaves(tree: Tree) -> int:
    """Return how many leaves are drawn."""
    return sum(node.leaves for node in tree.nodes)


def _stated(design: Design, truth: TrueRates | None, depth: int, merged: bool) -> Tree:
    found = _to_depth(design, truth, depth, merged)
    if found is None or leaves(found) > MOST_ROWS:
        rows = "far too many" if found is None else f"{leaves(found)}"
        needs = f"a smaller depth, for at most {MOST_ROWS} rows"
        raise Refused("dose paths", f"{rows} rows to depth {depth}", needs)
    return found


def _to_depth(design: Design, truth: TrueRates | None, depth: int, merged: bool) -> Tree | None:
    """Return the tree to a depth, None where it is far too large."""
    # One cohort more than is shown, so that the last one shown says where the next is treated.
    short = design.replacing(cohorts(design.schedule[: depth + 1]))
    try:
        graph = compile_graph(short, _MOST_STATES)
    except Refused:
        return None
    if count_paths(graph, depth) > 40 * MOST_LEAVES:
        return None
    return replace(_tree(graph, truth, depth, merged), planned=len(design.schedule))


def _tree(graph: Graph, truth: TrueRates | None, depth: int | None, merged: bool) -> Tree:
    found = paths(graph, truth, depth)
    planned = len(graph.design.schedule)
    nodes = tuple(_nodes(graph.design, found, (), planned, merged))
    letters = graph.design.method.responses
    return Tree(graph.design.start, nodes, depth or planned, planned, letters=letters)


def _nodes(
    design: Design, found: Sequence[Path], before: Course, planned: int, merged: bool
) -> Iterator[Node]:
    level = len(before)
    each = [
        _node(design, tuple(own), (*before, cohort), planned, merged)
        for cohort, own in groupby(found, key=lambda path: path.course[level])
    ]
    yield from _merge(each) if merged else each


def _node(
    design: Design, own: tuple[Path, ...], course: Course, planned: int, merged: bool
) -> Node:
    probability = tuple(sum(column) for column in zip(*(p.probability for p in own), strict=True))
    path = own[0]
    gone = course[-1].dose in design.state(course).eliminated
    if len(path.course) == len(course):
        early = path.complete and len(course) < planned
        doses = () if path.next_dose is None else (path.next_dose,)
        return Node(course[-1:], probability, (), doses, path.complete, path.final, early, gone)
    children = tuple(_nodes(design, own, course, planned, merged))
    next_doses = tuple(sorted({child.dose for child in children}))
    return Node(course[-1:], probability, children, next_doses, eliminated=gone)


def _merge(nodes: Sequence[Node]) -> Iterator[Node]:
    """Join neighbouring leaves with the same consequence."""
    for consequence, own in groupby(nodes, key=_consequence):
        same = tuple(own)
        if consequence is None or len(same) == 1:
            yield from same
            continue
        total = tuple(sum(column) for column in zip(*(n.probability for n in same), strict=True))
        cohorts_drawn = tuple(cohort for node in same for cohort in node.cohorts)
        yield replace(same[0], cohorts=cohorts_drawn, probability=total)


def _consequence(node: Node) -> tuple[object, ...] | None:
    if node.children:
        return None
    return node.dose, node.next_doses, node.ended, node.final, node.early, node.eliminated


def _cut(tree: Tree) -> Tree:
    """Keep the most probable leaves of a tree of one cohort with too many outcomes."""
    if leaves(tree) <= MOST_LEAVES or tree.depth > 1:
        return tree
    ranked = sorted(range(len(tree.nodes)), key=lambda k: -sum(tree.nodes[k].probability))
    kept = sorted(ranked[:MOST_LEAVES])
    shown = tuple(tree.nodes[k] for k in kept)
    return replace(tree, nodes=shown, left_out=len(tree.nodes) - len(shown))
