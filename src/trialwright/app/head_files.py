"""Which head hash the files beside a journal name: what they were made from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from trialwright.core.errors import InputError
from trialwright.store.trial_folder import TrialFolder, find_trial

_HEAD = re.compile(r"hash of the last entry</dt>\s*<dd><code>([0-9a-f]{64})</code>")


class _Row(msgspec.Struct, frozen=True):
    data_cut: str = ""


@dataclass(frozen=True, slots=True)
class FiledHead:
    """A file that was made from a journal, and the hash of the last entry that it was made from."""

    file: Path
    head: str


def filed_heads(path: Path) -> tuple[FiledHead, ...]:
    """Return the heads that the analysis and the report in a trial's folder name.

    None for a journal under another name than a trial's folder gives it: a copy, about which the
    files beside it say nothing. InputError for an analysis that cannot be read.
    """
    folder = find_trial(path)
    if path.is_file() and path.name != folder.journal.name:
        return ()
    return (*_of_analysis(folder), *_of_report(folder))


def _of_analysis(folder: TrialFolder) -> Iterator[FiledHead]:
    if not folder.rows.is_file():
        return
    try:
        rows = msgspec.json.decode(folder.rows.read_bytes(), type=tuple[_Row, ...])
    except msgspec.MsgspecError as error:
        raise InputError(str(folder.rows), str(error), "rows that analyse wrote") from error
    for head in sorted({row.data_cut for row in rows if row.data_cut}):
        yield FiledHead(folder.rows, head)


def _of_report(folder: TrialFolder) -> Iterator[FiledHead]:
    if folder.report.is_file():
        found = _HEAD.search(folder.report.read_text(encoding="utf-8", errors="replace"))
        if found:
            yield FiledHead(folder.report, found[1])
