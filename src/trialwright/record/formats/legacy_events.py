"""The adverse events of a legacy XML record; its category `Total` holds each group's totals."""

from typing import Any

from lxml import etree

from trialwright.record.formats import legacy_words as words
from trialwright.record.formats.legacy_elements import Document, group_id
from trialwright.record.model import AdverseEvent, AdverseEventsModule, EventGroup, EventStats

Element = etree._Element
# the total's wording: the prefix of its two fields in an EventGroup
_TOTALS = {
    "total, serious adverse events": "serious",
    "total, other adverse events": "other",
    "total, all-cause mortality": "deaths",
}


def adverse_events(doc: Document, events: Element | None) -> AdverseEventsModule | None:
    """Read serious and other events by term and group, with each group's totals."""
    if events is None:
        return None
    serious, other = doc.one(events, "serious_events"), doc.one(events, "other_events")
    threshold = doc.text(serious, "frequency_threshold")
    totals: dict[str, dict[str, int | None]] = {}
    serious_events = _events(doc, serious, totals)
    other_events = _events(doc, other, totals)
    return AdverseEventsModule(
        frequency_threshold=doc.text(other, "frequency_threshold") or threshold,
        time_frame=doc.text(events, "time_frame"),
        description=doc.paragraphs(events, "desc"),
        event_groups=tuple(_group(doc, e, totals) for e in doc.all(events, "group_list/group")),
        serious_events=serious_events,
        other_events=other_events,
    )


def _group(doc: Document, element: Element, totals: dict[str, dict[str, int | None]]) -> EventGroup:
    fields: dict[str, Any] = totals.get(element.get("group_id") or "", {})
    return EventGroup(
        id=group_id(element.get("group_id")),
        title=doc.text(element, "title"),
        description=doc.paragraphs(element, "description"),
        **fields,
    )


def _events(
    doc: Document, events: Element | None, totals: dict[str, dict[str, int | None]]
) -> tuple[AdverseEvent, ...]:
    vocabulary = doc.text(events, "default_vocab")
    assessment = doc.word(events, "default_assessment", words.ASSESSMENT)
    found: list[AdverseEvent] = []
    for category in doc.all(events, "category_list/category"):
        system = doc.text(category, "title")
        for element in doc.all(category, "event_list/event"):
            term = doc.text(element, "sub_title")
            kind = _TOTALS.get((term or "").casefold())
            if kind and system == "Total":
                _add_totals(doc, element, kind, totals)
            else:
                found.append(_event(doc, element, system, vocabulary, assessment))
    return tuple(found)


def _add_totals(
    doc: Document, event: Element, kind: str, totals: dict[str, dict[str, int | None]]
) -> None:
    for count in doc.all(event, "counts"):
        group = totals.setdefault(count.get("group_id") or "", {})
        group[f"{kind}_num_affected"] = doc.whole(count.get("subjects_affected"), "counts")
        group[f"{kind}_num_at_risk"] = doc.whole(count.get("subjects_at_risk"), "counts")


def _event(
    doc: Document,
    event: Element,
    system: str | None,
    vocabulary: str | None,
    assessment: str | None,
) -> AdverseEvent:
    title = doc.one(event, "sub_title")
    own = None if title is None else title.get("vocab")
    return AdverseEvent(
        term=doc.text(event, "sub_title"),
        organ_system=system,
        source_vocabulary=own or vocabulary,
        assessment_type=doc.word(event, "assessment", words.ASSESSMENT) or assessment,
        notes=doc.paragraphs(event, "description"),
        stats=tuple(
            EventStats(
                group_id=group_id(e.get("group_id")),
                num_events=doc.whole(e.get("events"), "counts"),
                num_affected=doc.whole(e.get("subjects_affected"), "counts"),
                num_at_risk=doc.whole(e.get("subjects_at_risk"), "counts"),
            )
            for e in doc.all(event, "counts")
        ),
    )
