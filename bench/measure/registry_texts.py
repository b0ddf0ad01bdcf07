"""The eligibility texts of the registry's records under a folder, whatever their file's form."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from zipfile import ZipFile

from trialwright.core.errors import InputError
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.criteria.read import read_criteria
from trialwright.record.record import Record
from trialwright.record.service import read


@dataclass(frozen=True, slots=True)
class EligibilityText:
    """One record's number and the text of its criteria."""

    nct_id: str
    text: str


def texts(registry: Path) -> Iterator[EligibilityText]:
    """Yield every eligibility text that is there; files that hold no study are passed over."""
    for record in records(registry):
        section = record.study.protocol_section
        module = section.eligibility_module if section else None
        if module and module.eligibility_criteria:
            yield EligibilityText(record.nct_id or "", module.eligibility_criteria)


def records(registry: Path) -> Iterator[Record]:
    """Yield every record that can be read, in the order of the files."""
    for name, data in _files(registry):
        try:
            yield read(data, name)
        except InputError:
            continue


def _files(registry: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(registry.glob("*.ndjson.gz")):
        with gzip.open(path) as lines:
            for number, line in enumerate(lines, 1):
                yield f"{path.name}, line {number}", line
    for path in sorted(registry.glob("*.zip")):
        with ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if not name.endswith("/"):
                    yield name, archive.read(name)


def sample(registry: Path, size: int) -> tuple[tuple[str, Criterion, str], ...]:
    """Return criteria chosen by hash, one of each of so many records: number, reading, raw text."""
    chosen = sorted(texts(registry), key=lambda each: _hash(each.nct_id))
    found = []
    for each in chosen:
        items = [i for i in read_criteria(each.text).items if i.text.strip()]
        if items:
            item = min(items, key=lambda item: _hash(item.text))
            found.append((each.nct_id, item, each.text[slice(*item.span)]))
        if len(found) == size:
            break
    return tuple(found)


def _hash(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
