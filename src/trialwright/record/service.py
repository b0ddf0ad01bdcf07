"""Reading a record in whichever format it comes, completing it, and writing it."""

import re

from trialwright.core.errors import InputError
from trialwright.record.facts import complete
from trialwright.record.facts_file import read_facts
from trialwright.record.formats import legacy_xml, page, page_text, v2
from trialwright.record.record import Record

__all__ = ["complete", "read", "read_facts", "write_page", "write_v2"]

_WANTED = "a registry record: API v2 JSON, legacy XML, or the text of a portal page"
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read(data: bytes, name: str) -> Record:
    """Read one record, whatever its format; raise InputError for anything else."""
    body = data.removeprefix(_BOM)
    start = body.lstrip()[:1]
    if not start:
        raise InputError(name, "an empty file", _WANTED)
    if start == b"<":
        return legacy_xml.read(body.lstrip(), name)
    if start in (b"{", b"["):
        return v2.read(body, name)
    return page.read(_text(body, name), name)


def write_v2(record: Record) -> bytes:
    """Write a record as indented API v2 JSON."""
    return v2.write(record)


def write_page(record: Record, *, labels: bool = False) -> str:
    """Write a record as the portal page's text; `labels` names the values that it shows bare."""
    return page_text.write(record, labels=labels)


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name}, byte {error.start}", "bytes that are not text", _WANTED
        ) from error
    control = _CONTROL.search(text)
    if control:
        raise InputError(f"{name}, character {control.start()}", "bytes that are not text", _WANTED)
    return text
