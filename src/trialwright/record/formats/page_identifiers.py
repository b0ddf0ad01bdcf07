"""The page's other identifiers: each a number, and below it its type and whose number it is."""

from collections.abc import Sequence

from trialwright.record.formats.notes import Notes
from trialwright.record.formats.page_values import has_label, labelled
from trialwright.record.formats.sections import MISSING
from trialwright.record.model import OrgStudyIdInfo, SecondaryIdInfo

_WHERE = "Other Identifiers"
_TYPE, _SOURCE, _DOMAIN, _LINK = (
    "Identifier Type", "Identifier Source", "Identifier Domain", "Identifier Link",
)  # fmt: skip
_LABELS = (_TYPE, _SOURCE, _DOMAIN, _LINK)
Block = dict[str, str | None]  # by label, the number under ""


def read_identifiers(
    lines: Sequence[str], notes: Notes
) -> tuple[OrgStudyIdInfo | None, tuple[SecondaryIdInfo, ...]]:
    """Return the organisation's own number and the others; what an identifier lacks is noted."""
    own: OrgStudyIdInfo | None = None
    others: list[SecondaryIdInfo] = []
    for block in _blocks(lines, notes):
        number, kind, link = block.get(""), block.get(_TYPE), block.get(_LINK)
        if number is None:
            known = ", ".join(text for label in _LABELS if (text := block.get(label)))
            notes.add("lost", _WHERE, f"an identifier has no number ({known or 'nor a type'})")
            continue
        if _TYPE not in block:
            notes.add("lost", _WHERE, f"no type of identifier {number}")
        if block.get(_SOURCE) is None:
            notes.unplaced(_WHERE, f"{number}: not said whose number it is")
        elif block[_SOURCE] == "org_study_id" and own is None:
            own = OrgStudyIdInfo(number, kind, link)
        else:
            others.append(SecondaryIdInfo(number, kind, block.get(_DOMAIN), link))
    return own, tuple(others)


def _blocks(lines: Sequence[str], notes: Notes) -> list[Block]:
    """Cut lines into identifiers: a number opens one, and so does a label that is there already."""
    found: list[Block] = []
    for line in lines:
        label = next((label for label in _LABELS if has_label(line, label)), None)
        if label is None and line.startswith("Identifier ") and ":" in line:
            notes.unplaced(_WHERE, line)
        elif label is None:
            found.append({"": None if line == MISSING else line})
        elif not found or label in found[-1]:
            found.append({label: labelled(line, label)})
        else:
            found[-1][label] = labelled(line, label)
    return found
