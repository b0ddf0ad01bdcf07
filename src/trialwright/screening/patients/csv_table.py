"""A table in a CSV file: its header checked, its rows with the line that each one stands on."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialwright.core.errors import InputError
from trialwright.screening.patients.fhir_json import unpacked

_SEPARATORS = (",", ";", "\t")
_UTF8 = 'a CSV file in UTF-8 (spreadsheets call it "CSV UTF-8")'


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, without blanks around them; an absent column is empty."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def place(self, column: str) -> str:
        """Return the place as an error names it."""
        return f"{self.file}, line {self.line}, {column}"

    def fault(self, column: str, what: str, wanted: str) -> InputError:
        """Return the error that names this row and column."""
        return InputError(self.place(column), what, wanted)


def header(data: bytes) -> tuple[str, ...]:
    """Return the first line's cells, in lower case; what is no text has none."""
    first = data.removeprefix(b"\xef\xbb\xbf")[:4096].splitlines()[:1]
    text = first[0].decode("utf-8", "replace") if first else ""
    cells = tuple(cell.strip().strip('"').lower() for cell in text.split(_separator(text)))
    return _without_blanks(cells)


def table(
    data: bytes, name: str, columns: tuple[str, ...], needed: tuple[str, ...]
) -> Iterator[Row]:
    """Yield the rows of a CSV file (UTF-8; comma, semicolon or tab).

    Raises InputError for a broken file, a column that is not among `columns`, one that stands there
    twice, and one of those `needed` that is missing.
    """
    text = _text(unpacked(data, name), name)
    head = header(text.split("\n", 1)[0].encode())
    _check_header(head, name, columns, needed)
    # Only line feeds and carriage returns end a line; a note in a cell may hold other breaks.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        next(lines)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield _row(cells, head, name, lines.line_num)
    except csv.Error as error:
        place = f"{name}, line {lines.line_num}"
        raise InputError(place, f"broken CSV ({error})", "a row of cells") from error


def _without_blanks(cells: Sequence[str]) -> tuple[str, ...]:
    """Return cells without the empty ones at the end, which spreadsheets add."""
    last = max((i for i, cell in enumerate(cells) if cell.strip()), default=-1)
    return tuple(cells[: last + 1])


def _row(every: list[str], head: tuple[str, ...], name: str, line: int) -> Row:
    cells = _without_blanks(every)
    if len(cells) > len(head):
        wanted = f"the {len(head)} columns of the header"
        raise InputError(f"{name}, line {line}", f"{len(cells)} cells", wanted)
    filled = {column: cell.strip() for column, cell in zip(head, cells, strict=False)}
    return Row(name, line, filled)


def _text(data: bytes, name: str) -> str:
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{name}, line {line}", "not UTF-8 text", _UTF8) from error


def _separator(text: str) -> str:
    """Return the separator that the first line uses most: spreadsheets of Europe write `;`."""
    first = text.split("\n", 1)[0]
    return max(_SEPARATORS, key=first.count)


def _check_header(
    head: tuple[str, ...], name: str, columns: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    place = f"{name}, line 1"
    strange = [column for column in head if column not in columns]
    if strange:
        wanted = "columns among " + ", ".join(columns)
        raise InputError(place, f"column {strange[0][:60]!r}", wanted)
    twice = [column for column in columns if head.count(column) > 1]
    if twice:
        raise InputError(place, f"column {twice[0]!r} twice", "each column once")
    missing = [column for column in needed if column not in head]
    if missing:
        raise InputError(place, f"no column {missing[0]!r}", "columns " + ", ".join(needed))
