"""The decision table of BOIN12: rank-based desirability scores, as its publication prints them."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich.table import Table

from trialwright.design import Design
from trialwright.design.decision.table import MOST_TABLE, possible_sizes
from trialwright.design.methods.boin12 import Score, desirability_scores
from trialwright.design.parameters import whole
from trialwright.interfaces.cli.output import console

# The published tables end here; the number of rows grows with the square of it.
MOST_SHOWN = 12
MOST_SCORED = 60
NOTE = (
    "e: patients with a response. The higher the score, the more desirable the dose; E: not "
    "admissible (eliminate). Scores are ranks within this table: compare those of one table only."
)


def scores(design: Design, most: int | None) -> tuple[Score, ...]:
    """Return the scores of nobody treated and of each number that the schedule can give.

    Every number up to `most` where there is no schedule; `most` is 12 where it is not given.
    """
    largest = whole("most", MOST_SHOWN if most is None else most, 1, MOST_SCORED)
    sizes = possible_sizes(design.schedule) or tuple(range(1, MOST_TABLE + 1))
    return desirability_scores(design, (0, *(n for n in sizes if n <= largest)))


def score_document(found: Sequence[Score], design: Design) -> dict[str, Any]:
    """Return what `--json` prints; `rds` is null where the dose is not admissible."""
    return {"rows": [asdict(score) for score in found], "design": design.summary}


def print_scores(found: Sequence[Score]) -> None:
    """Print a row for each number treated and number with a DLT, a column for each of responses."""
    grid = Table(*_head(found))
    for row in _rows(found):
        grid.add_row(*row)
    console.print(grid)
    console.print(NOTE)


def score_table(found: Sequence[Score], design: Design) -> str:
    """Return the same as a part of a Markdown document."""
    head = _head(found)
    lines = [head, ["---:"] * len(head), *_rows(found)]
    grid = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([*(f"- {line}" for line in design.summary), "", *grid, "", NOTE])


def _head(found: Sequence[Score]) -> list[str]:
    return ["Treated", "DLTs", *(f"e={e}" for e in range(_most(found) + 1))]


def _rows(found: Sequence[Score]) -> list[list[str]]:
    columns = _most(found) + 1
    return [
        [str(n), str(dlts), *_padded([_shown(score.rds) for score in row], columns)]
        for (n, dlts), row in groupby(found, key=lambda score: (score.n, score.dlts))
    ]


def _most(found: Sequence[Score]) -> int:
    return max(score.responses for score in found)


def _padded(cells: list[str], columns: int) -> list[str]:
    return cells + [""] * (columns - len(cells))


def _shown(rds: float | None) -> str:
    return "E" if rds is None else f"{rds:g}"
