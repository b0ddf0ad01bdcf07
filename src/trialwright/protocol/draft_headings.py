"""A record whose criteria lost a heading is refused: an exclusion must never pass for an inclusion.

What is seen: lines of a list before any heading, numbers that fall back inside a list, a text with
no heading, and what the reader of a captured page found lost.
"""

from trialwright.core.errors import InputError
from trialwright.protocol.criteria.layout import heading
from trialwright.protocol.sources import Sources
from trialwright.record.criteria_text import CRITERIA, HEADINGS, unheaded
from trialwright.record.record import Finding


def require_headings(text: str, sources: Sources) -> None:
    """Raise InputError naming the line that belongs to no section, and what to add."""
    if not text.strip():
        return
    lines = text.split("\n")
    there = {heading(line) for line in lines}
    missing = next((name for name in HEADINGS if name not in there), None)
    if loose := unheaded(text, heading):
        raise _lost(loose[0].why, _named(missing, loose[0].after), sources)
    first = next(at for at, line in enumerate(lines, 1) if line.strip())
    if "inclusion" not in there and not heading(lines[first - 1]):
        raise _lost(f"line {first} stands under no heading", _named("inclusion", None), sources)
    if found := next(filter(_is_lost_heading, sources.record.findings), None):
        raise _lost(found.text, _named(missing, None), sources)


def _is_lost_heading(finding: Finding) -> bool:
    unsettled = finding.kind == "lost" and finding.answered_by is None
    return unsettled and finding.where == CRITERIA and finding.text.startswith("no heading '")


def _named(missing: str | None, after: int | None) -> str:
    """Name the heading to add; numbers that fall back never show that the first one is missing."""
    if missing is None or (missing == "inclusion" and after is not None):
        return "a heading of its own"
    return f"the line {HEADINGS[missing]!r}"


def _lost(what: str, heading_wanted: str, sources: Sources) -> InputError:
    wanted = f"{heading_wanted} above it, in the record or by a fact that replaces this field"
    return InputError(sources.place(CRITERIA), what, wanted)
