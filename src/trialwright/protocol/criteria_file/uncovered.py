"""Whether every part of the text that was read is still in a criteria file.

The criteria and what is left over (headings, notes) cover the whole text but for blanks. A stretch
that stands in none of them is a criterion that somebody took out, or a file that was cut off.
"""

from collections.abc import Iterator

from trialwright.core.errors import InputError
from trialwright.protocol.criteria_file.document import CriteriaDocument
from trialwright.protocol.criteria_file.model import CriteriaFile
from trialwright.protocol.fault import Fault

_BLANKS = 12  # characters: blank lines, which no entry holds; fewer than any criterion
_WANTED = "the criterion that says it (`trialwright criteria update` reads the text anew)"


def uncovered(document: CriteriaDocument) -> tuple[Fault, ...]:
    """Return each stretch of the text that no entry of a criteria file covers; none of a protocol.

    A protocol keeps its criteria only, not the headings between them.
    """
    filed = document.filed
    return tuple(_uncovered(filed)) if isinstance(filed, CriteriaFile) else ()


def require_covered(document: CriteriaDocument) -> CriteriaDocument:
    """Return the document; InputError where a part of the text is in no entry."""
    found = uncovered(document)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        last = found[-1]  # a file that was cut off lacks its end
        raise InputError(document.place(last.path), last.what, f"{last.wanted}{more}")
    return document


def _uncovered(filed: CriteriaFile) -> Iterator[Fault]:
    read = sorted([entry.span for entry in filed.criteria] + [p.span for p in filed.leftover])
    at = 0
    for start, end in read:
        if start - at > _BLANKS:
            yield _fault(filed, at, start)
        at = max(at, end)
    whole = filed.source.characters
    if whole is not None and whole - at > _BLANKS:
        yield _fault(filed, at, whole)


def _fault(filed: CriteriaFile, start: int, end: int) -> Fault:
    before = [entry.id for entry in filed.criteria if 0 < entry.span[1] <= start]
    after = [entry.id for entry in filed.criteria if entry.span[0] >= end]
    between = [f"after {before[-1]}"] if before else []
    between += [f"before {after[0]}"] if after else []
    place = f" ({', '.join(between)})" if between else ""
    what = f"characters {start} to {end} of the text are in no criterion{place}"
    return Fault("$.criteria", what, _WANTED)
