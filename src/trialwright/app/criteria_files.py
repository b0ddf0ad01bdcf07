"""Criteria files that are served or worked on: found, changed under a signature, remembered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from trialwright.core.canonical import sha256
from trialwright.core.errors import InputError, Refused
from trialwright.protocol.criteria_file.actions import Action, Signed
from trialwright.protocol.criteria_file.document import LARGEST, CriteriaDocument
from trialwright.protocol.criteria_file.entries import text_hash
from trialwright.protocol.criteria_file.model import CriteriaFile
from trialwright.protocol.criteria_file.service import (
    Edit,
    Update,
    act,
    read_document,
    update,
    whole_text,
)
from trialwright.protocol.fault import Fault
from trialwright.protocol.model import Protocol
from trialwright.store.criteria_files import read_file, read_history, replace_file

_NCT_NUMBER = re.compile(r"NCT[0-9]{8}")


@dataclass(frozen=True, slots=True)
class CriteriaInHand:
    """A criteria file as it lies on disk, and the hash by which a change of it is seen."""

    path: Path
    document: CriteriaDocument
    sha256: str

    @property
    def nct_id(self) -> str | None:
        """The registry's number of the study, where the file has one."""
        filed = self.document.filed
        return filed.trial.nct_id if isinstance(filed, Protocol) else filed.source.nct_id

    def history(self) -> tuple[dict[str, Any], ...]:
        """Return every change that was made, the oldest first."""
        return read_history(self.path)

    def unaccounted(self) -> str | None:
        """Say where the history does not account for the file; a hand's change looks the same."""
        history = self.history()
        if history and history[-1].get("file_after") != self.sha256:
            return (
                "it is not as the last line of its history left it: it was changed by hand since, "
                "or lines of the history are missing"
            )
        signed = [entry.id for entry in self.document.criteria if entry.by]
        if signed and not history:
            return f"{signed[0]} is signed and there is no history: signed by hand, or it is lost"
        return None

    def strayed(self) -> tuple[Fault, ...]:
        """Return the criteria that were changed by hand under a signature of the history."""
        signed: dict[tuple[str | None, ...], list[object]] = {}
        for after in (line["after"] for line in self.history()):
            if isinstance(after, dict) and after.get("by"):
                key = (after["by"], after.get("at"), after.get("sha256"))
                signed.setdefault(key, []).append(after.get("expr"))
        return tuple(
            Fault(
                f"$.criteria[{i}].expr",
                f"not what {entry.by} signed on {entry.at}",
                "the expression of the history, or a signature of its own",
            )
            for i, entry in enumerate(self.document.criteria)
            if entry.expr
            not in signed.get((entry.by, entry.at, text_hash(entry.text)), [entry.expr])
        )

    def lost(self) -> tuple[Fault, ...]:
        """Return the criteria of the history that are in the file no longer, and not by a change.

        A criterion is known by its text, too: one that only moved has another id now.
        """
        left: dict[tuple[str, str], str] = {}
        for line in self.history():
            for state, kept in (("before", False), ("after", True)):
                entry = line.get(state)
                if isinstance(entry, dict):
                    left.pop(key := (entry["section"], text_hash(entry["text"])), None)
                    if kept:
                        left[key] = entry["id"]
        here = {(entry.section, text_hash(entry.text)) for entry in self.document.criteria}
        ids = {entry.id for entry in self.document.criteria}
        return tuple(
            Fault("$.criteria", f"{name} is gone, and no change of the history took it out", name)
            for key, name in left.items()
            if key not in here and name not in ids
        )

    def acted(
        self,
        ids: Sequence[str],
        action: Action,
        signed: Signed,
        expr: dict[str, Any] | None = None,
    ) -> Edit:
        """Do something to some criteria and save it; Refused where that may not be."""
        edit = act(self.document, ids, action, signed, expr)
        self._save(edit, action, signed)
        return edit

    def updated(self, new: CriteriaFile, signed: Signed, same_record: bool, save: bool) -> Update:
        """Bring a new reading in, and save it where asked."""
        found = update(self.document, new, same_record)
        if save and found.edit.text != self.document.text:
            self._save(found.edit, "update", signed)
        return found

    def _save(self, edit: Edit, what: str, signed: Signed) -> None:
        replace_file(self.path, self.sha256, edit.text.encode(), _lines(edit, what, signed))


def open_criteria(path: Path) -> CriteriaInHand:
    """Read a criteria file, or a protocol with criteria; InputError for anything else."""
    data = read_file(path, LARGEST)
    return CriteriaInHand(path, read_document(data, str(path)), sha256(data))


def start_criteria(path: Path, filed: CriteriaFile) -> CriteriaInHand:
    """Write a first criteria file; Refused where one is there already."""
    if path.exists():
        raise Refused(str(path), "there is a file already", "another name, or `criteria update`")
    path.parent.mkdir(parents=True, exist_ok=True)
    data = whole_text(filed).encode()
    if len(data) > LARGEST:
        raise InputError(str(path), f"{len(data)} bytes of criteria", f"at most {LARGEST}")
    replace_file(path, None, data, ())
    return open_criteria(path)


@dataclass(frozen=True, slots=True)
class CriteriaShelf:
    """The criteria files of a workspace: those named when it started, and those in its home."""

    home: Path
    named: tuple[Path, ...] = ()

    def find(self, nct_id: str) -> CriteriaInHand | None:
        """Return a study's file; None where there is none."""
        if not _NCT_NUMBER.fullmatch(nct_id):  # nothing else may become the name of a file
            return None
        for path in self.named:
            found = open_criteria(path)
            if found.nct_id == nct_id:
                return found
        own = self._own(nct_id)
        return open_criteria(own) if own.is_file() else None

    def start(self, nct_id: str, filed: CriteriaFile) -> CriteriaInHand:
        """Put a first file of a study into the home."""
        return start_criteria(self._own(nct_id), filed)

    def _own(self, nct_id: str) -> Path:
        if not _NCT_NUMBER.fullmatch(nct_id):
            raise InputError("study", repr(nct_id[:40]), "an NCT number")
        return self.home / "criteria" / f"{nct_id}.yaml"


def _lines(edit: Edit, what: str, signed: Signed) -> list[dict[str, Any]]:
    return [
        {
            "id": (after or before).id,  # type: ignore[union-attr]
            "what": what,
            "by": signed.by,
            "at": signed.moment,
            "why": signed.why or None,
            "before": msgspec.to_builtins(before),
            "after": msgspec.to_builtins(after),
        }
        for before, after in edit.changes
    ]
