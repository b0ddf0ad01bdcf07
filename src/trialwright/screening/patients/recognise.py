"""What a file or folder of patients is, by its content: names are only a hint for folders."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from trialwright.core.errors import InputError
from trialwright.screening.patients.csv_table import header
from trialwright.screening.patients.fhir_json import LARGEST, unpacked
from trialwright.screening.patients.fhir_types import Head

Kind = Literal["bundle", "lines", "facts", "people", "omop"]

WANTED = "a FHIR bundle (JSON), lines of FHIR resources, a CSV of facts, or OMOP tables"
_OTHERS = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a zip file (spreadsheets and documents are such)",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}
_LINES = (".ndjson", ".ndjson.gz", ".jsonl")
_TABLES = ("csv", "csv.gz", "parquet")
_READ = (".json", ".json.gz", *_LINES, ".csv", ".csv.gz")


def kind_of(data: bytes, name: str) -> Kind:
    """Say what a file is by its first bytes; raise InputError for what holds no patients."""
    if data[:4] == b"PAR1":
        raise InputError(name, "one Parquet file", "the folder of all OMOP tables")
    if data[8:12] == b"DUCK":
        return "omop"
    if data[:15] == b"SQLite format 3":
        raise InputError(name, "an SQLite file", f"{WANTED} in a folder, DuckDB or PostgreSQL")
    for start, what in _OTHERS.items():
        if data.startswith(start):
            raise InputError(name, what, WANTED)
    text = unpacked(data, name).lstrip()  # does nothing to what `contents` unpacked
    if text[:1] in (b"{", b"["):
        return "lines" if name.lower().endswith(_LINES) or _is_lines(text) else "bundle"
    columns = header(text)
    if "patient" in columns:
        return "facts" if "kind" in columns else "people"
    if "person_id" in columns:
        raise InputError(name, "one OMOP table", "the folder of all OMOP tables")
    # What is no table either was meant as JSON: its reader says what is broken.
    if name.lower().endswith((".csv", ".csv.gz")):
        raise InputError(f"{name}, line 1", "no column 'patient'", "columns patient, kind, ...")
    if name.lower().endswith((".yaml", ".yml")):
        raise InputError(name, "a YAML file", f"{WANTED} (the protocol stands first)")
    return "bundle"


def inside(folder: Path) -> Iterator[Path]:
    """Yield a folder's files that may hold patients, in order; InputError where there are none."""
    found = sorted(p for p in folder.rglob("*") if p.name.lower().endswith(_READ) and p.is_file())
    if not found:
        wanted = "files named *.json, *.json.gz, *.ndjson or *.csv, or OMOP tables"
        raise InputError(str(folder), "no bundle inside", wanted)
    yield from found


def is_warehouse(folder: Path) -> bool:
    """Say whether a folder holds OMOP's person table.

    InputError where patients of another kind lie beside it: the tables' reader would pass them by.
    """
    if not any(_is_person_table(each) for each in folder.iterdir()):
        return False
    for each in sorted(folder.rglob("*")):
        if each.name.lower().endswith(_READ) and each.is_file() and _is_no_table(each):
            raise InputError(str(each), "beside OMOP tables", "a folder for each kind of patients")
    return True


def _is_person_table(file: Path) -> bool:
    name, _, ending = file.name.lower().partition(".")
    return name == "person" and (ending in _TABLES or file.is_dir())


def _is_no_table(file: Path) -> bool:
    if not file.name.lower().endswith(".csv"):
        return not file.name.lower().endswith(".csv.gz")
    with file.open("rb") as stream:
        return "patient" in header(stream.read(4096))


def contents(file: Path) -> bytes:
    """Return a file's bytes; raise InputError where it cannot be read or is enormous."""
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(file), why, WANTED) from error
    if data[8:12] == b"DUCK":  # a database opens the file itself, however large it is
        return data[:16]
    return unpacked(data, str(file))


def _is_lines(text: bytes) -> bool:
    """Say whether the first line is a whole resource and others follow."""
    first, _, rest = text.partition(b"\n")
    if not rest.strip():
        return False
    try:
        msgspec.json.decode(first, type=Head)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True
