"""How commands name a record: a file in any format, or an NCT number of the catalogue."""

import re
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from trialwright.core.errors import InputError
from trialwright.interfaces.cli.files import read_bytes
from trialwright.record.record import Record
from trialwright.record.service import complete, read, read_facts

RecordName = Annotated[
    str, Parameter(help="A file (API v2 JSON, legacy XML, portal page), or an NCT number.")
]
Home = Annotated[
    Path | None, Parameter(help="Where the catalogue lies; the user's data folder without it.")
]

_NCT = re.compile(r"NCT[0-9]{8}", re.IGNORECASE)
_LIKE_NCT = re.compile(r"NCT[0-9]{1,20}", re.IGNORECASE)


def load_record(named: str, facts: Path | None = None, home: Path | None = None) -> Record:
    """Return the record of a file or of the catalogue, completed with facts where given."""
    path = Path(named)
    if _NCT.fullmatch(named) and not path.exists():
        record = _of_catalogue(named.upper(), home)
    else:
        require_whole_number(named)
        record = read(read_bytes(path), path.name)
    return record if facts is None else complete(record, read_facts(read_bytes(facts), facts.name))


def require_whole_number(named: str) -> None:
    """Refuse an NCT number with a digit too few or too many, where no file has that name."""
    if _LIKE_NCT.fullmatch(named) and not Path(named).exists():
        digits = len(named) - len("NCT")
        if digits != 8:
            raise InputError(named, f"{digits} digits", "an NCT number, which has 8 digits")


def _of_catalogue(nct_id: str, home: Path | None) -> Record:
    from trialwright.app import open_app  # the stores load only where the catalogue is read

    record = open_app(home).catalogue.get(nct_id)
    if record is None:
        wanted = "a file, or a study of the catalogue (`trialwright catalogue add`)"
        raise InputError(nct_id, "neither a file nor in the catalogue", wanted)
    return record
