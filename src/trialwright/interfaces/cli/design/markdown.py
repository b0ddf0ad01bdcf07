"""Tables of a design in Markdown, as a protocol's statistical section prints them."""

from collections.abc import Iterator, Sequence

from trialwright.design import Design
from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.decision.table import Boundary
from trialwright.interfaces.cli.design.options import level_names


def boundary_table(design: Design, rows: Sequence[Boundary]) -> str:
    """Return the decision boundaries, a column per number treated."""
    return _document(
        design,
        _grid(
            ["Patients treated at the dose", *(str(row.n) for row in rows)],
            [
                ["Escalate if DLTs are at most", *(_count(r.escalate_up_to) for r in rows)],
                ["De-escalate if DLTs are at least", *(_count(r.deescalate_from) for r in rows)],
                ["Eliminate if DLTs are at least", *(_count(r.eliminate_from) for r in rows)],
            ],
        ),
    )


def behaviour_table(design: Design, behaviour: Behaviour, note: str) -> str:
    """Return operating characteristics, a block of rows per curve of true rates."""
    rows = [row for i in range(len(behaviour)) for row in _rows(behaviour, i)]
    head = ["Scenario", "", "None", *level_names(design), "Patients", "Stopped early, %"]
    return _document(design, [*_grid(head, rows), "", note])


def _rows(behaviour: Behaviour, i: int) -> Iterator[list[str]]:
    truth = behaviour.true
    yield [str(i + 1), "True DLT rate", "", *(f"{p:g}" for p in truth.dlt[i]), "", ""]
    if truth.response.shape[1]:
        yield ["", "True response rate", "", *(f"{p:g}" for p in truth.response[i]), "", ""]
    ends = [f"{behaviour.patients[i]:.1f}", f"{100 * behaviour.stopped_early[i]:.1f}"]
    yield ["", "Recommended, %", *(f"{100 * p:.1f}" for p in behaviour.selection[i]), *ends]
    yield ["", "Treated, mean", "", *(f"{n:.1f}" for n in behaviour.treated[i]), "", ""]
    yield ["", "With a DLT, mean", "", *(f"{n:.1f}" for n in behaviour.dlts[i]), "", ""]


def _document(design: Design, lines: Sequence[str]) -> str:
    return "\n".join([*(f"- {line}" for line in design.summary), "", *lines])


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _count(dlts: int | None) -> str:
    return "never" if dlts is None else str(dlts)
