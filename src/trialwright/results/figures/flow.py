"""Participant flow in the manner of CONSORT (Eldridge, BMJ 2016;355:i5239): boxes and arrows."""

from collections import Counter
from dataclasses import dataclass
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from trialwright.analysis.groups import Group, by_level_assigned
from trialwright.analysis.populations import Populations, populations
from trialwright.conduct.model import TrialState
from trialwright.results.figures.render import Drawn, Words, render
from trialwright.results.figures.style import INK, MUTED, SMALL, SOFT, level_colour
from trialwright.results.section.flow import completed, why_not_completed
from trialwright.results.words import dose, plural

NAME = "participant_flow"


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the flow: a heading and the lines below it."""

    heading: str
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The box in words."""
        return ": ".join([self.heading, "; ".join(self.lines)]) if self.lines else self.heading


@dataclass(frozen=True, slots=True)
class Flow:
    """The boxes: screened, not enrolled, enrolled, and one column of boxes per level."""

    screened: Box
    not_enrolled: Box
    enrolled: Box
    levels: tuple[tuple[int, tuple[Box, ...]], ...]


def participant_boxes(state: TrialState) -> Flow:
    """Count the boxes."""
    people = populations(state)
    groups = by_level_assigned(state.protocol, state.subjects.values())[:-1]
    out = Counter(o.why for o in people.left_out if o.population == "enrolled")
    lines = tuple(f"{why}: {n}" for why, n in out.items())
    return Flow(
        Box(f"Screened (n = {len(state.screened)})"),
        Box(f"Not enrolled (n = {out.total()})", lines),
        Box(f"Enrolled (n = {len(state.subjects)})"),
        tuple((g.level or 0, _column(state, people, g)) for g in groups),
    )


def _column(state: TrialState, people: Populations, group: Group) -> tuple[Box, ...]:
    own = group.subjects
    planned = state.protocol.infusions.count.value
    treated = sum(bool(s.given) for s in own)
    every = sum(len(s.given) >= planned for s in own)
    evaluable = {s.number for s in people.dlt_evaluable}
    gone = Counter(why_not_completed(s) or "" for s in own if not completed(s))
    return (
        Box(f"Level {group.level} (n = {len(own)})",
            (f"{dose(state.protocol, group.level or 0)}, {plural(planned, 'infusion')}",)),
        Box(f"Treated (n = {treated})",
            (f"all infusions: {every}",
             f"evaluable for toxicity: {sum(s.number in evaluable for s in own)}")),
        Box(f"Completed follow-up (n = {sum(map(completed, own))})",
            tuple(f"{why.lower()}: {n}" for why, n in gone.items())),
    )  # fmt: skip


def flow(state: TrialState) -> Drawn:
    """Draw the participant flow."""
    boxes = participant_boxes(state)
    size = max(6.6, COLUMN * len(boxes.levels)), _height(boxes)
    words = Words(NAME, "Participant flow", _caption(state), _alternative(boxes))
    return render(words, lambda figure: _paint(figure, boxes, size), size,
                  simulated=state.simulated)  # fmt: skip


# All lengths below are inches on paper: the axes are as large as the figure.
COLUMN = 3.1
LINE = 0.19
PAD = 0.11
GAP = 0.32  # between a box and the next, where the arrow is
WIDE = 36  # letters in a line of a box


def _lines(box: Box) -> list[str]:
    return [box.heading, *(part for line in box.lines for part in wrap(line, WIDE))]


def _tall(box: Box) -> float:
    return LINE * len(_lines(box)) + 2 * PAD


def _height(boxes: Flow) -> float:
    steps = zip(*(column for _, column in boxes.levels), strict=True)
    below = sum(max(map(_tall, step)) + GAP for step in steps)
    return 0.5 + _tall(boxes.screened) + _aside(boxes) + _tall(boxes.enrolled) + below


def _aside(boxes: Flow) -> float:
    """Return the height between screened and enrolled, where the box of those left out stands."""
    return _tall(boxes.not_enrolled) + 0.4 if boxes.not_enrolled.lines else GAP


def _paint(figure: Figure, boxes: Flow, size: tuple[float, float]) -> None:
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, size[0])
    axes.set_ylim(0, size[1])
    middle = size[0] / 2
    top = _box(axes, middle, size[1] - 0.3, boxes.screened, 1.9)
    enrolled = top - _aside(boxes)
    if boxes.not_enrolled.lines:
        y = (top + enrolled) / 2
        _arrow(axes, (middle, y), (middle + 0.3, y))
        _box(axes, middle + 1.65, y + _tall(boxes.not_enrolled) / 2, boxes.not_enrolled, 2.7)
    _arrow(axes, (middle, top), (middle, enrolled))
    foot = _box(axes, middle, enrolled, boxes.enrolled, 1.9)
    _columns(axes, boxes, middle, foot)


def _columns(axes: Axes, boxes: Flow, middle: float, foot: float) -> None:
    count = len(boxes.levels)
    places = [middle + COLUMN * (k - (count - 1) / 2) for k in range(count)]
    bar = foot - GAP / 2
    axes.plot([middle, middle], [foot, bar], color=MUTED, linewidth=1.1)
    axes.plot([places[0], places[-1]], [bar, bar], color=MUTED, linewidth=1.1)
    tops = [foot] * count
    for step in range(len(boxes.levels[0][1])):
        starts = [bar if not step else top for top in tops]
        below = min(tops) - GAP
        for place, (level, column) in enumerate(boxes.levels):
            x = places[place]
            _arrow(axes, (x, starts[place]), (x, below))
            tops[place] = _box(axes, x, below, column[step], COLUMN - 0.35, level_colour(level))


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": MUTED, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=style)


def _box(axes: Axes, x: float, top: float, box: Box, width: float, colour: str = MUTED) -> float:
    """Draw a box below `top` and return where it ends; each line is a text of its own."""
    tall = _tall(box)
    frame = FancyBboxPatch(
        (x - width / 2, top - tall), width, tall, boxstyle="round,pad=0,rounding_size=0.06",
        facecolor=SOFT, edgecolor=colour, linewidth=1.3,
    )  # fmt: skip
    axes.add_patch(frame)
    for k, line in enumerate(_lines(box)):
        axes.text(x, top - PAD - LINE * (k + 0.5), line, ha="center", va="center_baseline",
                  fontsize=SMALL, color=INK, weight="normal" if k else "bold")  # fmt: skip
    return top - tall


def _caption(state: TrialState) -> str:
    people = populations(state)
    return (
        "People from screening to the end of follow-up, by the level of the cohort that they "
        f"entered. n = {len(people.screened)} screened, {len(people.enrolled)} enrolled, "
        f"{len(people.treated)} treated, {len(people.dlt_evaluable)} evaluable for dose-limiting "
        "toxicity."
    )


def _alternative(boxes: Flow) -> str:
    top = [boxes.screened, boxes.not_enrolled, boxes.enrolled]
    columns = [box for _, column in boxes.levels for box in column]
    return "Participant flow. " + ". ".join(box.text for box in (*top, *columns)) + "."
