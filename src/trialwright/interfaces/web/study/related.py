"""The two sections of related trials: the portal's own lists, and what the program finds."""

from trialwright.interfaces.web.blocks import (
    Absent,
    Block,
    Entries,
    Entry,
    Inline,
    Link,
    Part,
)
from trialwright.interfaces.web.study.about import About, RelatedLine
from trialwright.record.record import RelatedTrial

# What the two sections show here, where the page's own words speak of the portal's lists alone.
EXPLANATIONS = {
    "related": "Trials of alike characteristics found here, and those that the portal names.",
    "more_related": "Trials of alike wording found here, and further ones that the portal names.",
}
_NAMED = "Named by the portal"
_NAMED_WHY = "The registry portal's own list, in its order; it gives no reasons."
_FOUND_WHY = {
    "By characteristics": "Found in this catalogue by condition, intervention and design.",
    "By wording": "Found in this catalogue by the words of title, summary and interventions.",
}


def related(about: About) -> tuple[Block, ...]:
    """Return trials found by their characteristics, then the portal's list."""
    named = tuple(item for item in about.record.related if not item.more)
    return _lists(about, "By characteristics", about.by_characteristics, named)


def more_related(about: About) -> tuple[Block, ...]:
    """Return trials found by their wording, then the portal's second list."""
    named = tuple(item for item in about.record.related if item.more)
    return _lists(about, "By wording", about.by_text, named)


def _lists(
    about: About,
    heading: str,
    found: tuple[RelatedLine, ...],
    named: tuple[RelatedTrial, ...],
) -> tuple[Block, ...]:
    if not found and not named:
        return ()
    by_portal: tuple[Block, ...] = (Absent("The portal names none."),)
    if named:
        by_portal = (Entries(tuple(_named(about, item) for item in named)),)
    parts: tuple[Block, ...] = (Part(_NAMED, by_portal, _NAMED_WHY),) if named else ()
    if found:
        listed = Entries(tuple(_found(about, line) for line in found))
        parts = (Part(heading, (listed,), _FOUND_WHY[heading]), *parts)
    return parts


def _found(about: About, line: RelatedLine) -> Entry:
    reasons = "; ".join(line.reasons)
    lines = (line.nct_id, reasons) if reasons else (line.nct_id,)
    return Entry(_link(about, line.nct_id, line.title), (), lines)


def _named(about: About, trial: RelatedTrial) -> Entry:
    lines: tuple[Inline, ...] = (trial.nct_id,)
    if trial.nct_id not in about.known:
        lines = (*lines, "not in this catalogue")
    return Entry(_link(about, trial.nct_id, trial.title), (), lines)


def _link(about: About, nct_id: str, title: str) -> Inline:
    return Link(title, f"/study/{nct_id}") if nct_id in about.known else title
