"""The page's status, design, outcome measures, eligibility and references."""

import re
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.record.criteria_text import HEADINGS, section_heading
from trialwright.record.formats.notes import Notes
from trialwright.record.formats.page_values import Placed, has_label, labelled, place
from trialwright.record.formats.sections import (
    BASIC_SLOTS,
    DESIGN_SLOTS,
    ELIGIBILITY_SLOTS,
    LABELLED_ONLY,
)
from trialwright.record.model import (
    DesignInfo,
    DesignModule,
    EligibilityModule,
    EnrollmentInfo,
    MaskingBlock,
    Outcome,
    OutcomesModule,
    PartialDateStruct,
    Reference,
    ReferencesModule,
    StatusModule,
)
from trialwright.record.model.base import Piece

P = TypeVar("P", bound=Piece)
_NUMBER = re.compile(r"\d+")


def replaced(piece: P, **fields: Any) -> P:
    """Return a piece with some fields exchanged."""
    return msgspec.structs.replace(piece, **fields)


def some(piece: P) -> P | None:
    """Return a piece, or None where it says nothing."""
    return piece if piece != type(piece)() else None


def is_real_date(text: str) -> bool:
    """Say whether a text is a date that the calendar has."""
    try:
        PartialDate.parse(text)
    except InputError:
        return False
    return True


def status_and_design(
    basic: Sequence[str], design: Sequence[str], notes: Notes
) -> tuple[StatusModule, DesignModule | None]:
    """Read Basic Information and Study Design, whose values stand without labels."""
    first = place(_values(basic), BASIC_SLOTS, "Basic Information", notes)
    second = place(_values(design), DESIGN_SLOTS, "Study Design", notes)
    _note_bare(first, "Basic Information", notes)
    _note_bare(second, "Study Design", notes)
    status = StatusModule(
        overall_status=first.one("Recruitment status"),
        last_known_status=first.one("Last known status"),
        why_stopped=first.one("Why stopped"),
        start_date_struct=_date(first, "Start date", notes),
        primary_completion_date_struct=_date(first, "Primary completion date", notes),
        completion_date_struct=_date(first, "Completion date", notes),
    )
    module = DesignModule(
        study_type=first.one("Study classification"),
        phases=tuple(first.values.get("Clinical phase", ())),
        design_info=some(_design_info(second)),
        enrollment_info=_enrollment(first, notes),
    )
    return status, some(module)


def _design_info(placed: Placed) -> DesignInfo:
    who = tuple(placed.values.get("Who is masked", ()))
    return DesignInfo(
        allocation=placed.one("Allocation"),
        intervention_model=placed.one("Intervention model"),
        primary_purpose=placed.one("Primary purpose"),
        observational_model=placed.one("Observational model"),
        time_perspective=placed.one("Time perspective"),
        masking_info=some(MaskingBlock(masking=placed.one("Masking"), who_masked=who)),
    )


def _enrollment(placed: Placed, notes: Notes) -> EnrollmentInfo | None:
    text = placed.one("Total enrollment")
    number = _NUMBER.match(text or "")
    if text and not number:
        notes.unplaced("Basic Information", f"Total enrollment: {text}")
    return EnrollmentInfo(int(number.group()[:9])) if number else None


def _date(placed: Placed, label: str, notes: Notes) -> PartialDateStruct | None:
    text = placed.one(label)
    if text and not is_real_date(text):
        notes.unplaced("Basic Information", f"{label}: {text}")
        return None
    return PartialDateStruct(text) if text else None


def _note_bare(placed: Placed, section: str, notes: Notes) -> None:
    """Note which labels were supplied by the reader: the page shows the values without them."""
    if placed.bare:
        labels = ", ".join(label.lower() for label in dict.fromkeys(placed.bare))
        notes.add("unlabelled", section, f"values without labels, read as: {labels}")


def eligibility(lines: Sequence[str], notes: Notes) -> EligibilityModule | None:
    """Read the criteria's text, and after it ages, sex and healthy volunteers."""
    tail = _tail_start(lines)
    placed = place(_values(lines[tail:]), ELIGIBILITY_SLOTS, "Eligibility Criteria", notes)
    _note_bare(placed, "Eligibility Criteria", notes)
    healthy = placed.one("Healthy volunteers")
    return some(
        EligibilityModule(
            eligibility_criteria=_criteria(lines[:tail]),
            healthy_volunteers={"Yes": True, "No": False}.get(healthy or ""),
            sex=placed.one("Sex"),
            minimum_age=_age(placed, "Minimum age"),
            maximum_age=_age(placed, "Maximum age"),
            study_population=placed.one("Study population"),
            sampling_method=placed.one("Sampling method"),
        )
    )


def _age(placed: Placed, label: str) -> str | None:
    text = placed.one(label)
    return None if text == "N/A" else text


def _tail_start(lines: Sequence[str]) -> int:
    """Return where the values after the criteria's text begin: the last run of lines like them."""
    labels = (*(slot.label for slot in ELIGIBILITY_SLOTS), *LABELLED_ONLY)
    start = len(lines)
    while start and (
        not lines[start - 1].strip()
        or any(has_label(lines[start - 1], label) for label in labels)
        or any(slot.fits(lines[start - 1].strip()) for slot in ELIGIBILITY_SLOTS)
    ):
        start -= 1
    return start


def _criteria(lines: Sequence[str]) -> str | None:
    """Write the text as the registry does: headings end in a colon and stand apart."""
    parts: list[list[str]] = [[]]
    for line in lines:
        section = section_heading(line)
        if section:
            parts += [[HEADINGS[section]], []]
        else:
            parts[-1].append(line)
    texts = ["\n".join(part).strip("\n") for part in parts]
    return "\n\n".join(text for text in texts if text.strip()) or None


OUTCOME_KINDS = {
    "Primary": "primary_outcomes",
    "Secondary": "secondary_outcomes",
    "Other": "other_outcomes",
}


def outcomes(lines: Sequence[str], notes: Notes) -> OutcomesModule | None:
    """Read outcome measures: `Primary: measure`, and under it its time frame and description."""
    found: dict[str, list[Outcome]] = {field: [] for field in OUTCOME_KINDS.values()}
    current: list[Outcome] | None = None
    for line in _values(lines):
        head, _, rest = line.partition(": ")
        if head in OUTCOME_KINDS and rest:
            current = found[OUTCOME_KINDS[head]]
            current.append(Outcome(measure=rest))
        elif current and (frame := labelled(line, "Time frame")):
            current[-1] = replaced(current[-1], time_frame=frame)
        elif current:
            text = "\n".join(filter(None, (current[-1].description, line)))
            current[-1] = replaced(current[-1], description=text)
        else:
            notes.unplaced("Outcome Measures", line)
    return some(OutcomesModule(**{field: tuple(items) for field, items in found.items()}))


def references(lines: Sequence[str], notes: Notes) -> ReferencesModule | None:
    """Read references, one citation a line; `PMID` and `Type` may follow it."""
    found: list[Reference] = []
    for line in _values(lines):
        pmid, kind = labelled(line, "PMID"), labelled(line, "Reference type")
        if found and pmid:
            found[-1] = replaced(found[-1], pmid=pmid)
        elif found and kind:
            found[-1] = replaced(found[-1], type=kind)
        elif pmid or kind:
            notes.unplaced("References", line)
        else:
            found.append(Reference(citation=line))
    return some(ReferencesModule(references=tuple(found)))


def _values(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
