"""Find a row by what it is about."""

from collections.abc import Iterable

from trialwright.analysis.row import Row

Key = tuple[str, str, str, str, str | None, str | None]


class Rows:
    """The rows of one analysis, found by analysis, group, variable, statistic, visit, category.

    Treated people come first: a row on the enrolled is found only where no row on the treated
    answers the same question.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.all = tuple(rows)
        self._by_key: dict[Key, Row] = {}
        for row in self.all:
            self._by_key.setdefault(_key(row), row)

    def get(
        self, analysis: str, group: str, variable: str, statistic: str,
        visit: str | None = None, category: str | None = None,
    ) -> Row | None:  # fmt: skip
        """Return the row, or None where the analysis has no such row."""
        return self._by_key.get((analysis, group, variable, statistic, visit, category))

    def count(
        self, analysis: str, group: str, variable: str, statistic: str,
        visit: str | None = None, category: str | None = None,
    ) -> int | None:  # fmt: skip
        """Return a count, or None where it is not known."""
        row = self.get(analysis, group, variable, statistic, visit, category)
        return None if row is None or row.value is None else round(row.value)

    def having(self, analysis: str, **wanted: object) -> tuple[Row, ...]:
        """Return every row of an analysis with these values, in order."""
        return tuple(
            row
            for row in self.all
            if row.analysis == analysis
            and all(getattr(row, name) == value for name, value in wanted.items())
        )

    @property
    def simulated(self) -> bool:
        """Say whether anything here is simulated."""
        return any(row.simulated for row in self.all)


def _key(row: Row) -> Key:
    return row.analysis, row.group, row.variable, row.statistic, row.visit, row.category


def change_places(row: Row) -> int:
    """Return how many decimals a mean change is written with: one, or two for small numbers."""
    known = (value for value in (row.value, row.lower, row.upper) if value is not None)
    return 1 if max(map(abs, known), default=1) >= 1 else 2
