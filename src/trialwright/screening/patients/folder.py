"""Which files hold patients: bundles named one by one, or folders of them."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from trialwright.core.errors import InputError
from trialwright.screening.model import Patient
from trialwright.screening.patients.fhir import read_bundle
from trialwright.screening.patients.fhir_json import LARGEST

_ENDINGS = (".json", ".json.gz")


def bundle_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files named and those inside the folders named, each once, folders in order."""
    found = dict.fromkeys(file for path in paths for file in _files(path))
    return tuple(found)


def read_patients(paths: Iterable[Path], until: date) -> tuple[Patient, ...]:
    """Read all bundles; raise InputError at the first fault, or where two hold one patient."""
    seen: dict[str, Path] = {}
    patients = []
    for file in bundle_files(paths):
        patient = read_bundle(_bytes(file), str(file), until)
        if patient.id in seen:
            wanted = f"one bundle per patient (the other is {seen[patient.id]})"
            raise InputError(str(file), f"patient {patient.id} again", wanted)
        seen[patient.id] = file
        patients.append(patient)
    return tuple(patients)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    inside = sorted(p for p in path.rglob("*") if p.name.endswith(_ENDINGS) and p.is_file())
    if not inside:
        raise InputError(str(path), "no bundle inside", "files named *.json or *.json.gz")
    yield from inside


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(file), why, "a FHIR bundle") from error
    if len(data) > LARGEST:
        raise InputError(str(file), f"more than {LARGEST:,} bytes", "the bundle of one patient")
    return data
