"""Tables whose columns are a study's groups: the shape of every results table."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from trialwright.interfaces.web.blocks import Cell


class Group(Protocol):
    """A group of participants as a results module names it."""

    @property
    def id(self) -> str | None:
        """The id that measurements refer to."""

    @property
    def title(self) -> str | None:
        """The name that people read."""


def head(first: str, groups: Iterable[Group]) -> tuple[Cell, ...]:
    """Return a table's head: what the rows are, then each group's title."""
    titles = (group.title or group.id or "Group" for group in groups)
    return (Cell(first), *(Cell(title, number=True) for title in titles))


def row(
    name: str, groups: Iterable[Group], values: Mapping[str, str], note: str = ""
) -> tuple[Cell, ...]:
    """Return a row: its name, then each group's value; a dash where there is none."""
    cells = (Cell(values.get(group.id or "") or "–", number=True) for group in groups)
    return (Cell(name, note=note), *cells)
