"""What commands about criteria read: eligibility text, or the record that holds it."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from trialwright.core.errors import InputError
from trialwright.interfaces.cli.files import read_bytes, read_stream
from trialwright.interfaces.cli.records import load_record, require_whole_number
from trialwright.protocol.criteria.coverage import Coverage, coverage
from trialwright.protocol.criteria.of_study import study_vocabulary
from trialwright.protocol.criteria.read import CriteriaReading, read_criteria
from trialwright.protocol.criteria_file.model import CriteriaFile
from trialwright.protocol.criteria_file.service import criteria_file
from trialwright.protocol.draft import reading_of
from trialwright.record.record import Record
from trialwright.record.service import read

_LARGEST = 4 * 1024 * 1024
_WANTED = "the text of inclusion and exclusion criteria"
_NCT = re.compile(r"NCT[0-9]{8}", re.IGNORECASE)
_RECORD_NAMES = (".json", ".xml", ".html", ".htm", ".page.txt")
_RECORD_STARTS = (b"{", b"<?xml", b"<clinical_study", b"<!doctype", b"<html")


@dataclass(frozen=True, slots=True)
class CriteriaText:
    """A text, what was read in it, and the record that it stands in, where it was one."""

    name: str
    text: str
    reading: CriteriaReading
    record: Record | None = None

    @property
    def coverage(self) -> Coverage:
        """What the vocabularies know of what the criteria name."""
        more = study_vocabulary(self.record.study) if self.record else ()
        return coverage(self.reading.items, *more)

    @property
    def filed(self) -> CriteriaFile:
        """The reading as the value of a criteria file."""
        nct_id = self.record.nct_id if self.record else None
        known = nct_id if nct_id and _NCT.fullmatch(nct_id) else None
        return criteria_file(self.reading, self.text, self.name, known)


def criteria_text(
    named: str,
    home: Path | None = None,
    min_age: str | None = None,
    max_age: str | None = None,
    sex: str | None = None,
) -> CriteriaText:
    """Read a text or a record; `-` is standard input, an NCT number a study of the catalogue."""
    if _NCT.fullmatch(named) and not Path(named).exists():
        return _of_record(load_record(named, home=home), named.upper())
    require_whole_number(named)
    name = "standard input" if named == "-" else Path(named).name
    data = read_stream(sys.stdin.buffer, name) if named == "-" else read_bytes(Path(named))
    if _is_record(data, name):
        return _of_record(read(data, name), name)
    text = plain_text(data, name)
    return CriteriaText(name, text, read_criteria(text, min_age, max_age, sex))


def _is_record(data: bytes, name: str) -> bool:
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return name.lower().endswith(_RECORD_NAMES) or start.startswith(_RECORD_STARTS)


def _of_record(record: Record, name: str) -> CriteriaText:
    section = record.study.protocol_section
    module = section.eligibility_module if section else None
    text = (module.eligibility_criteria if module else None) or ""
    if not text.strip():
        raise InputError(name, "a record without eligibility criteria", _WANTED)
    return CriteriaText(name, text, reading_of(record), record)


def plain_text(data: bytes, name: str) -> str:
    """Return eligibility text; InputError for what is no text."""
    if len(data) > _LARGEST:
        raise InputError(name, f"{len(data)} bytes", f"at most {_LARGEST} bytes of text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}, byte {error.start}", "not UTF-8 text", _WANTED) from error
    if "\0" in text:
        raise InputError(name, "binary data", _WANTED)
    if not text.strip():
        raise InputError(name, "nothing but white space", _WANTED)
    return text.replace("\r\n", "\n")
