"""A trial so far: who was treated at which dose with what outcome, and what follows and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from trialwright.design import Cohort, Course, Decision, Design
from trialwright.results.figures.design_sheet import Body, Sheet, draw
from trialwright.results.figures.design_style import DARK_INK, LIGHT_INK
from trialwright.results.figures.design_words import design_note, dose
from trialwright.results.figures.render import Drawn, Words
from trialwright.results.figures.style import GRID, INK, MUTED, PAPER, SMALL, SOFT, TEXT
from trialwright.results.words import plural, scientific, sentence, unit

MOST_MARKS = 40  # patients drawn one by one; beyond it, a mark per cohort
LETTERS = "NETBP"
LEVEL_HEIGHT = 0.55  # inches
UNIT = 0.31  # inches per patient
AFTER = 6.0  # units after the last cohort, for what follows


@dataclass(frozen=True, slots=True)
class Mark:
    """How one outcome is drawn: a shape, its colours, and what its letter means."""

    shape: str
    face: str
    ink: str
    words: str


MARKS = {
    "N": Mark("o", "#fefefe", DARK_INK, "no DLT"),
    "E": Mark("o", "#a4d4f0", DARK_INK, "response, no DLT"),
    "T": Mark("s", "#a83a00", LIGHT_INK, "DLT"),
    "B": Mark("s", "#20405c", LIGHT_INK, "response and DLT"),
    "P": Mark("D", "#e4e7eb", DARK_INK, "pending: still in the window"),
}


def design_course(design: Design, outcomes: str | Course = "") -> Drawn:
    """Draw the outcomes so far on the dose levels, with the decision and its reasons beneath."""
    course = design.read(outcomes)
    decision = design.decide(course)
    headline = _headline(design, course, decision)
    reasons = tuple(f"{r.rule}: {r.text}." for r in decision.reasons)
    names = [_level(design, k) for k in range(1, design.doses + 1)]
    width = max(6.4, 1.2 + UNIT * (_length(course) + AFTER))
    sheet = Sheet(
        _words(design, course, headline, reasons),
        (width, max(2.4, 0.75 + LEVEL_HEIGHT * design.doses)),
        lead=reasons,
        notes=(*_order_note(course), *design_note(design)),
        key=_key(course),
    )
    return draw(sheet, lambda part: _paint(part, design, course, decision, names))


def _length(course: Course) -> float:
    """Return how long the path is: a unit per patient, or two per cohort where there are many."""
    return float(_patients(course) if _one_by_one(course) else 2 * len(course))


def _patients(course: Course) -> int:
    return sum(cohort.treated for cohort in course)


def _one_by_one(course: Course) -> bool:
    return _patients(course) <= MOST_MARKS


def _level(design: Design, level: int) -> str:
    if design.amounts is None:
        return str(level)
    return f"{level}: {scientific(design.amounts.amounts[level - 1])}"


def _paint(
    part: Body, design: Design, course: Course, decision: Decision, names: list[str]
) -> None:
    axes = part.subplots()[0, 0]
    spans = tuple(_spans(course))
    end = spans[-1][1] if spans else 0.0
    axes.set_xlim(0, end + AFTER)
    axes.set_ylim(0.4, design.doses + 0.6)
    axes.set_yticks(range(1, design.doses + 1), names)
    of = f", {unit(design.amounts.unit)}" if design.amounts and design.amounts.unit else ""
    axes.set_ylabel(f"Dose level{of}")
    axes.set_xticks([(a + b) / 2 for a, b in spans], _numbers(course))
    axes.set_xlabel("Cohort")
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for k, (span, cohort) in enumerate(zip(spans, course, strict=True)):
        if k % 2 == 0:
            axes.axvspan(*span, color=SOFT, linewidth=0, zorder=0)
        _cohort(axes, span, cohort, _one_by_one(course))
    _path(axes, spans, course)
    _next(axes, end, decision, design, design.state(course).current or design.start)
    for level in design.state(course).eliminated:
        axes.annotate("eliminated", (1, level), (-2, 5), xycoords=("axes fraction", "data"),
                      textcoords="offset points", ha="right", fontsize=SMALL)  # fmt: skip


def _numbers(course: Course) -> list[str]:
    """Return each cohort's number; backfilled patients are in none, and have a plus.

    >>> _numbers((Cohort(1, 3), Cohort(1, 1, beside=True), Cohort(2, 3)))
    ['1', '+', '2']
    """
    counted = accumulate(int(not cohort.beside) for cohort in course)
    return ["+" if c.beside else str(k) for c, k in zip(course, counted, strict=True)]


def _spans(course: Course) -> Iterator[tuple[float, float]]:
    """Return where each cohort stands, in units."""
    at = 0.0
    for cohort in course:
        width = float(cohort.treated) if _one_by_one(course) else 2.0
        yield at, at + width
        at += width


def _path(axes: Axes, spans: tuple[tuple[float, float], ...], course: Course) -> None:
    """Draw a line through the cohorts, behind their marks."""
    xs = [x for span in spans for x in span]
    ys = [cohort.dose for cohort in course for _ in range(2)]
    axes.plot(xs, ys, color=MUTED, linewidth=1.2, zorder=1)


def _cohort(axes: Axes, span: tuple[float, float], cohort: Cohort, one_by_one: bool) -> None:
    if one_by_one:
        for k, letter in enumerate(letters(cohort)):
            _person(axes, span[0] + k + 0.5, cohort.dose, letter)
        return
    text = f"{cohort.dlts}/{cohort.treated - cohort.pending}"
    answers = f"\n{cohort.responses} R" if cohort.responses else ""
    waiting = f"\n{cohort.pending} P" if cohort.pending else ""
    axes.text(
        sum(span) / 2, cohort.dose, text + answers + waiting, ha="center", va="center",
        fontsize=SMALL, color=DARK_INK, zorder=3, linespacing=1.1,
        bbox={"boxstyle": "round,pad=0.25", "facecolor": "#fefefe", "edgecolor": MUTED},
    )  # fmt: skip


def letters(cohort: Cohort) -> str:
    """Return a letter per patient: N, E, T, B, P in that order."""
    counts = (
        cohort.neither, cohort.responses - cohort.both, cohort.dlts - cohort.both, cohort.both,
        cohort.pending,
    )  # fmt: skip
    return "".join(letter * count for letter, count in zip(LETTERS, counts, strict=True))


def _person(axes: Axes, x: float, level: int, letter: str) -> None:
    mark = MARKS[letter]
    axes.plot(x, level, marker=mark.shape, markersize=15 if mark.shape != "D" else 13.5,
              markerfacecolor=mark.face, markeredgecolor=DARK_INK, markeredgewidth=1.1,
              linestyle="none", zorder=3)  # fmt: skip
    axes.text(x, level, letter, ha="center", va="center_baseline", fontsize=TEXT, weight="bold",
              color=mark.ink, zorder=4)  # fmt: skip


def _next(axes: Axes, end: float, decision: Decision, design: Design, last: int) -> None:
    """Show at the right where the trial goes on, or that it does not."""
    axes.axvline(end, color=MUTED, linestyle=(0, (4, 3)), linewidth=1)
    if decision.next_dose is None:
        text = "ends" if decision.stop else "drawn" if decision.allocation else "wait"
        # Beside the line of every dose level: the box is about none of them.
        at, box = last + (0.5 if last < design.doses else -0.5), "square,pad=0.35"
    else:
        size = decision.next_size
        text = f"next: {plural(size, 'patient')}" if size else "next"
        at, box = decision.next_dose, "rarrow,pad=0.25"
    axes.annotate(
        text, (end, at), (10, 0), textcoords="offset points", va="center", fontsize=SMALL,
        weight="bold", color=INK, zorder=5,
        bbox={"boxstyle": box, "facecolor": PAPER, "edgecolor": INK, "linewidth": 1.2},
    )  # fmt: skip


def _key(course: Course) -> tuple[Line2D, ...]:
    if not _one_by_one(course):
        return ()
    used = [k for k in LETTERS if any(k in letters(cohort) for cohort in course)]
    return tuple(
        Line2D([], [], marker=MARKS[k].shape, markersize=8, linestyle="none",
               markerfacecolor=MARKS[k].face, markeredgecolor=DARK_INK,
               label=f"{k}  {MARKS[k].words}")
        for k in used
    )  # fmt: skip


def _order_note(course: Course) -> tuple[str, ...]:
    if not course:
        return ()
    if _one_by_one(course):
        return ("Within a cohort patients stand in the order of their letters, not of entry.",)
    known = "patients with a DLT of those whose outcome is known"
    return (f"Each mark is a cohort: {known}; R counts responses, P the pending.",)


def _headline(design: Design, course: Course, decision: Decision) -> str:
    if decision.next_dose is not None:
        size = f" with {plural(decision.next_size, 'patient')}" if decision.next_size else ""
        return f"next, {dose(design, decision.next_dose)}{size}"
    if decision.allocation:
        return "the next dose is drawn"
    if not decision.stop:
        return f"wait, {decision.pending} pending" if decision.pending else "nobody yet"
    if decision.pending:
        return f"it ends, whatever {plural(decision.pending, 'pending patient')} may show"
    level = design.recommend(course).dose
    return f"it ends, {dose(design, level) if level else 'no dose'} is recommended"


def _words(design: Design, course: Course, headline: str, reasons: tuple[str, ...]) -> Words:
    each = "; ".join(
        f"{'backfilled' if c.beside else f'cohort {k}'} at {dose(design, c.dose)}: {_counted(c)}"
        for k, c in zip(_numbers(course), course, strict=True)
    )
    groups = sum(not cohort.beside for cohort in course)
    return Words(
        "trial_so_far",
        f"The trial so far: {headline}",
        f"{sentence(plural(_patients(course), 'patient'))} in {plural(groups, 'cohort')}; "
        f"{headline}. {' '.join(reasons)}",
        f"The trial so far. {each or 'Nobody was treated yet'}. Decision: {headline}. "
        f"{' '.join(reasons)}",
    )


def _counted(cohort: Cohort) -> str:
    found = letters(cohort)
    parts = [f"{found.count(k)} {k} ({MARKS[k].words})" for k in LETTERS if k in found]
    return ", ".join(parts)
