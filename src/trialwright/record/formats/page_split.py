"""A portal page's text cut into its header and its sections."""

import re
from collections.abc import Iterator, Sequence

from trialwright.core.errors import InputError
from trialwright.record.formats.sections import SECTIONS, Section

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~|^&\"'$%,:;=?@/])")
_WOULD_ESCAPE = re.compile(r"\\(?=[\\`*_{}\[\]()#+\-.!<>~|^&\"'$%,:;=?@/])")
_LINE_END = re.compile(r"\r\n|\r|\n")


def unescape(line: str) -> str:
    r"""Undo Markdown's backslashes.

    >>> unescape(r"BNP \> 150 pg/mL\*")
    'BNP > 150 pg/mL*'
    """
    return _ESCAPED.sub(r"\1", line)


def escape(line: str) -> str:
    """Write a line so that `unescape` gives it back."""
    return _WOULD_ESCAPE.sub(r"\\\\", line)


def split(text: str, name: str) -> tuple[list[str], dict[str, list[str]]]:
    """Return the header's lines and each section's lines, its explanation first, by its key.

    A heading counts only where it is the next one due and a sentence follows it, so that the same
    words within a text stay text. The first required section that is not there is named in the
    InputError: a page that was cut short is not half a record.
    """
    lines = [unescape(line).rstrip() for line in _LINE_END.split(text.removesuffix("\n"))]
    header: list[str] = []
    found: dict[str, list[str]] = {}
    current, due = header, list(SECTIONS)
    for at, line in enumerate(lines):
        section = _heading(line, lines[at + 1 : at + 4], due)
        if section:
            due = due[due.index(section) + 1 :]
            current = found[section.key] = []
        else:
            current.append(line)
    _check_whole(due, f"{name}, line {len(lines)}")
    return header, {key: _trimmed(part) for key, part in found.items()}


def _check_whole(due: list[Section], where: str) -> None:
    missing = next((section.heading for section in due if section.required), None)
    if missing:
        raise InputError(
            where,
            f"the text ends without the section '{missing}'",
            "a whole page of the portal, from its title to 'More Related Trials'",
        )


def _heading(line: str, after: Sequence[str], due: list[Section]) -> Section | None:
    for section in _next(due):
        if line.strip() == section.heading and _is_sentence(_first(after)):
            return section
    return None


def _is_sentence(line: str) -> bool:
    """Say whether a line has two words or more and ends as a sentence does."""
    _, *rest = line.split(maxsplit=1) or [""]
    return bool(rest) and len(rest[0]) > 1 and rest[0].endswith((".", "!", "?"))


def _next(due: list[Section]) -> Iterator[Section]:
    """Yield the optional sections that may come now, and the next one that must."""
    for section in due:
        yield section
        if section.required:
            return


def _first(lines: Sequence[str]) -> str:
    return next((line.strip() for line in lines if line.strip()), "")


def _trimmed(lines: list[str]) -> list[str]:
    """Drop blank lines at both ends."""
    return "\n".join(lines).strip("\n").split("\n") if any(lines) else []
