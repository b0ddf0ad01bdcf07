"""Patients from files, folders and databases of every format, each recognised by its content."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from trialwright.core.errors import InputError
from trialwright.screening.model import Patient
from trialwright.screening.patients.csv_patients import read_csv
from trialwright.screening.patients.fhir import read_bundle, read_lines
from trialwright.screening.patients.omop import OmopSource, read_omop
from trialwright.screening.patients.own_names import own_names
from trialwright.screening.patients.recognise import Kind, contents, inside, is_warehouse, kind_of

Warehouse = Callable[[str], OmopSource]  # a folder, a file or an address: its OMOP tables
_Found = tuple[str, Kind, bytes]  # the file, what it is, what is in it


def read_patients(
    where: Iterable[str | Path], until: date, warehouse: Warehouse | None = None
) -> tuple[Patient, ...]:
    """Read everybody; `until` is the last day that a recorded date may name.

    `where` are files, folders or addresses of databases; `warehouse` opens OMOP tables. Raises
    InputError at the first fault, and where two sources hold one patient.
    """
    seen: dict[str, str] = {}
    patients = []
    for source, people in _sources(where, until, warehouse):
        for patient in people:
            if patient.id in seen:
                wanted = f"each patient once (the other is in {seen[patient.id]})"
                raise InputError(source, f"patient {patient.id} again", wanted)
            seen[patient.id] = source
            patients.append(patient)
    return tuple(patients)


def _sources(
    where: Iterable[str | Path], until: date, warehouse: Warehouse | None
) -> Iterator[tuple[str, Iterable[Patient]]]:
    """Yield each source with its patients: bundles one by one, what belongs together at the end."""
    lines: list[tuple[str, bytes]] = []
    tables: list[_Found] = []
    for name, kind, data in _files(where):
        match kind:
            case "bundle":
                yield name, (read_bundle(data, name, until),)
            case "lines":
                lines.append((name, data))
            case "omop":
                yield name, _people(name, until, warehouse)
            case _:
                tables.append((name, kind, data))
    if lines:
        yield lines[0][0], read_lines(lines, until)
    yield from _csv(tables, until)


def _files(where: Iterable[str | Path]) -> Iterator[_Found]:
    """Yield every file that is named or inside a folder that is named, each once."""
    done: set[str] = set()
    for each in where:
        for name in _names(str(each)):
            if name in done:
                continue
            done.add(name)
            if "://" in name or Path(name).is_dir():
                yield name, "omop", b""
            else:
                data = contents(Path(name))
                yield name, kind_of(data, name), data


def _names(where: str) -> Iterator[str]:
    path = Path(where)
    if "://" in where or not _is_folder(path) or is_warehouse(path):
        yield where
    else:
        yield from map(str, inside(path))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that no system takes is told when it is opened
        return False


def _people(where: str, until: date, warehouse: Warehouse | None) -> tuple[Patient, ...]:
    if warehouse is None:
        raise InputError(where, "OMOP tables", "files of patients: here no warehouse is read")
    with closing(warehouse(where)) as source:
        return read_omop(source, until)


def _csv(tables: Iterable[_Found], until: date) -> Iterator[tuple[str, tuple[Patient, ...]]]:
    """Yield the patients of each file of facts, with the table of people in the same folder."""
    people: dict[Path, tuple[str, bytes]] = {}
    facts: list[tuple[str, bytes]] = []
    for name, kind, data in tables:
        if kind == "facts":
            facts.append((name, data))
        elif Path(name).parent in people:
            other = people[Path(name).parent][0]
            raise InputError(name, "a second table of patients", f"one in a folder ({other})")
        else:
            people[Path(name).parent] = (name, data)
    for name, data in facts:
        yield name, read_csv((name, data), until, own_names, people.get(Path(name).parent))
    alone = [people[f] for f in people if f not in {Path(name).parent for name, _ in facts}]
    for name, _ in alone:
        raise InputError(name, "no facts beside it", "a CSV with the columns patient and kind")
