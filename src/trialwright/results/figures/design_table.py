"""The decision table of a design as a coloured grid with a letter in each cell."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from trialwright.design import Design
from trialwright.design.decision.table import Move, TableRow, possible_sizes
from trialwright.results.figures.design_sheet import Body, Sheet, draw
from trialwright.results.figures.design_style import LOOKS, key_of_moves
from trialwright.results.figures.design_words import design_note, doses_note, ranges
from trialwright.results.figures.render import Drawn, Words
from trialwright.results.figures.style import MUTED, PAPER, SMALL, SOFT

CELL = 0.27  # inches
MOST_COLUMNS = 24
MOST_ROWS = 30
MOST_LINES = 60  # of the table by ranges

Table = dict[int, dict[int, Move]]  # treated: DLTs: decision


def decision_grid(design: Design, most: int | None = None) -> Drawn:
    """Draw the decision for each number treated and number with a DLT at one dose level.

    The columns are the numbers that the schedule can give, up to `most`; without a schedule, every
    number. A table too large for a cell each is drawn as one of ranges, and says what it leaves
    out. Raises Refused where the method looks at other levels too.
    """
    table = _columns(design, design.table(most))
    rows = _rows(table)
    if len(table) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        return _by_ranges(design, table)
    shown = frozenset(table[n][y] for n in table for y in rows if y in table[n])
    width = max(5.6, 1.0 + CELL * len(table))
    sheet = Sheet(
        _words(table, ""),
        (width, 0.75 + CELL * len(rows)),
        notes=(*design_note(design), *doses_note(design)),
        key=key_of_moves(shown),
    )
    return draw(sheet, lambda part: _paint_grid(part.subplots()[0, 0], table, rows, width))


def _columns(design: Design, found: Sequence[TableRow]) -> Table:
    """Return the decisions at the numbers treated that the schedule can give."""
    sizes = set(possible_sizes(design.schedule)) or {row.n for row in found}
    table: Table = {}
    for row in found:
        if row.n in sizes:
            table.setdefault(row.n, {})[row.dlts] = row.decision
    return table or {row.n: {r.dlts: r.decision for r in found if r.n == row.n} for row in found}


def _rows(table: Table) -> tuple[int, ...]:
    """Return the numbers of DLTs up to the first from which on every entry is X."""
    kept = [y for column in table.values() for y, m in column.items() if m is not Move.ELIMINATE]
    last = min(max(kept, default=-1) + 1, max(table))
    return tuple(range(last + 1))


def _paint_grid(axes: Axes, table: Table, rows: Sequence[int], width: float) -> None:
    for x, n in enumerate(table):
        for y in rows:
            if y <= n:
                _cell(axes, x, y, table[n][y])
    used = max(len(table), (width - 1.0) / CELL)  # cells keep their shape in a wide sheet
    axes.set_xlim(-0.5, used - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(table)), [str(n) for n in table])
    open_end = rows[-1] < max(table)
    axes.set_yticks(rows, [f"{y}+" if open_end and y == rows[-1] else str(y) for y in rows])
    axes.set_xlabel("Patients treated at the dose level", loc="left")
    axes.set_ylabel("Patients with a DLT")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _cell(axes: Axes, x: float, y: float, move: Move, text: str = "", width: float = 1.0) -> None:
    look = LOOKS[move]
    axes.add_patch(Rectangle((x - width / 2, y - 0.5), width, 1, facecolor=look.colour,
                             edgecolor=PAPER, linewidth=1.2))  # fmt: skip
    axes.text(x, y, text or move.letter, ha="center", va="center_baseline", fontsize=SMALL,
              color=look.ink)  # fmt: skip


def _by_ranges(design: Design, table: Table) -> Drawn:
    """Draw a line per number treated, with the range of DLTs that leads to each decision."""
    lines = dict(list(table.items())[:MOST_LINES])
    left_out = [n for n in table if n not in lines]
    cut = f"Left out: the numbers treated from {left_out[0]} to {left_out[-1]}." if left_out else ""
    sheet = Sheet(
        _words(lines, cut),
        (7.2, 0.75 + CELL * len(lines)),
        lead=(cut,) if cut else (),
        notes=(*design_note(design), *doses_note(design)),
    )
    return draw(sheet, lambda part: _paint_ranges(part, lines))


def _paint_ranges(part: Body, lines: Table) -> None:
    axes = part.subplots()[0, 0]
    for y, n in enumerate(lines):
        for x, move in enumerate(Move):
            numbers = _numbers(lines[n], move)
            if numbers:
                _cell(axes, x, y, move, ranges(numbers))
            else:
                _empty(axes, x, y)
    axes.set_xlim(-0.5, len(Move) - 0.5)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_xticks(range(len(Move)), [f"{move.letter}  {LOOKS[move].words}" for move in Move])
    axes.set_yticks(range(len(lines)), [str(n) for n in lines])
    axes.set_ylabel("Patients treated at the dose level")
    axes.set_xlabel("Patients with a DLT that lead to the decision", loc="left")
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)


def _empty(axes: Axes, x: float, y: float) -> None:
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=SOFT, edgecolor=PAPER))
    axes.text(x, y, "–", ha="center", va="center_baseline", fontsize=SMALL, color=MUTED)


def _numbers(column: dict[int, Move], move: Move) -> list[int]:
    return [y for y, found in column.items() if found is move]


def _words(table: Table, cut: str) -> Words:
    each = "; ".join(f"{n} treated: {_said(column)}" for n, column in table.items())
    return Words(
        "decision_table",
        "Decision by patients treated and patients with a DLT at a dose level",
        "The decision for each number of patients treated at the current dose level, by how many "
        f"of them had a dose-limiting toxicity (DLT). {cut}".strip(),
        f"Decision table. {each}. {cut}".strip(),
    )


def _said(column: dict[int, Move]) -> str:
    parts = [(move, _numbers(column, move)) for move in Move]
    return ", ".join(f"{move.value} with {ranges(y)}" for move, y in parts if y)
