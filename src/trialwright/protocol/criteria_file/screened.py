"""The criteria that patients are screened against: a protocol's, or those of a criteria file."""

from collections.abc import Mapping
from datetime import date

from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import read_tree
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.criteria_file.document import LARGEST, read_document, require_sound
from trialwright.protocol.criteria_file.entries import criterion_of
from trialwright.protocol.criteria_file.uncovered import require_covered
from trialwright.protocol.service import criteria_of, load

_PATIENTS = (b"{", b"[")
_WANTED = "the protocol or the criteria file first, then the patients"


def screened_criteria(data: bytes, name: str, on: date) -> tuple[Criterion, ...]:
    """Return the criteria of a protocol or a criteria file; InputError where one is not sound.

    A criteria file that lost a part of its text is refused: it would call too many people eligible.
    """
    _refuse_patients(data, name)
    value = read_tree(data, name, LARGEST).value
    if isinstance(value, Mapping) and "source" in value and "trial" not in value:
        document = require_covered(require_sound(read_document(data, name)))
        return tuple(map(criterion_of, document.criteria))
    return criteria_of(load(data, name, on))


def _refuse_patients(data: bytes, name: str) -> None:
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(_PATIENTS) and b'"resourceType"' in text[:4096]:
        raise InputError(name, "FHIR resources, which are patients", _WANTED)
    cells = text.split(b"\n", 1)[0].lower().replace(b";", b",").replace(b"\t", b",").split(b",")
    if b"patient" in [cell.strip().strip(b'"') for cell in cells]:
        raise InputError(name, "a table of patients", _WANTED)
