"""The sections that say what the study is: status, summary, description, conditions, design."""

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import (
    Badge,
    Block,
    Entries,
    Entry,
    Fact,
    Facts,
    Inline,
    Tone,
)
from trialwright.interfaces.web.study.about import About
from trialwright.interfaces.web.text import rich
from trialwright.record.model import (
    ConditionsModule,
    DateStruct,
    DescriptionModule,
    DesignInfo,
    DesignModule,
    EnrollmentInfo,
    MaskingBlock,
    PartialDateStruct,
    StatusModule,
)

_STATUS_TONE: dict[str, Tone] = {
    "RECRUITING": "good",
    "ENROLLING_BY_INVITATION": "good",
    "AVAILABLE": "good",
    "NOT_YET_RECRUITING": "wait",
    "ACTIVE_NOT_RECRUITING": "wait",
    "SUSPENDED": "stop",
    "TERMINATED": "stop",
    "WITHDRAWN": "stop",
}
_STATUS = "protocolSection.statusModule"
_DESIGN = "protocolSection.designModule"


def status_badge(code: str | None) -> Badge:
    """Return the recruitment status as a badge."""
    found = words.word(words.STATUS, code)
    if found is None:
        return Badge("Status not published")
    return Badge(found.text, _STATUS_TONE.get(found.code, "plain"), found.code)


def phase_words(phases: tuple[str, ...]) -> str:
    """Return phases as one text.

    >>> phase_words(("PHASE1", "PHASE2"))
    'Phase 1 and Phase 2'
    """
    return " and ".join(found.text for found in words.words(words.PHASE, phases))


def dated(value: PartialDateStruct | DateStruct | None) -> str:
    """Return a date with whether it is actual or estimated, where the record says."""
    if value is None or not value.date:
        return ""
    kind = words.word(words.DATE_TYPE, value.type)
    return f"{value.date} ({kind.text})" if kind else value.date


def people(value: EnrollmentInfo | None) -> str:
    """Return the enrolment in words."""
    if value is None or value.count is None:
        return ""
    kind = words.word(words.DATE_TYPE, value.type)
    noun = "participant" if value.count == 1 else "participants"
    return f"{value.count:,} {noun}" + (f" ({kind.text})" if kind else "")


def basic(about: About) -> tuple[Block, ...]:
    """Return status, phase, size, type and dates."""
    status = about.protocol.status_module or StatusModule()
    design = about.protocol.design_module or DesignModule()
    last_known = words.word(words.STATUS, status.last_known_status)
    return _facts(
        about,
        ("Recruitment status", _badge(status.overall_status), f"{_STATUS}.overallStatus"),
        ("Last known status", last_known, f"{_STATUS}.lastKnownStatus"),
        ("Why it stopped", status.why_stopped, f"{_STATUS}.whyStopped"),
        ("Phase", words.words(words.PHASE, design.phases), f"{_DESIGN}.phases"),
        ("Enrolment", people(design.enrollment_info), f"{_DESIGN}.enrollmentInfo"),
        ("Study type", words.word(words.STUDY_TYPE, design.study_type), f"{_DESIGN}.studyType"),
        ("Start", dated(status.start_date_struct), f"{_STATUS}.startDateStruct"),
        (
            "Primary completion",
            dated(status.primary_completion_date_struct),
            f"{_STATUS}.primaryCompletionDateStruct",
        ),
        ("Completion", dated(status.completion_date_struct), f"{_STATUS}.completionDateStruct"),
    )


def summary(about: About) -> tuple[Block, ...]:
    """Return the brief summary."""
    return rich((about.protocol.description_module or DescriptionModule()).brief_summary)


def description(about: About) -> tuple[Block, ...]:
    """Return the detailed description."""
    return rich((about.protocol.description_module or DescriptionModule()).detailed_description)


def conditions(about: About) -> tuple[Block, ...]:
    """Return the conditions."""
    module = about.protocol.conditions_module or ConditionsModule()
    return _names(about, module.conditions, "protocolSection.conditionsModule.conditions")


def keywords(about: About) -> tuple[Block, ...]:
    """Return the keywords."""
    module = about.protocol.conditions_module or ConditionsModule()
    return _names(about, module.keywords, "protocolSection.conditionsModule.keywords")


def design(about: About) -> tuple[Block, ...]:
    """Return how the study is built."""
    info = (about.protocol.design_module or DesignModule()).design_info or DesignInfo()
    masking = info.masking_info or MaskingBlock()
    path = f"{_DESIGN}.designInfo"
    observational = words.word(words.OBSERVATIONAL_MODEL, info.observational_model)
    time = words.word(words.TIME_PERSPECTIVE, info.time_perspective)
    return _facts(
        about,
        ("Allocation", words.word(words.ALLOCATION, info.allocation), f"{path}.allocation"),
        (
            "Intervention model",
            words.word(words.MODEL, info.intervention_model),
            f"{path}.interventionModel",
        ),
        ("About the model", info.intervention_model_description, ""),
        ("Observational model", observational, f"{path}.observationalModel"),
        ("Time perspective", time, f"{path}.timePerspective"),
        (
            "Primary purpose",
            words.word(words.PURPOSE, info.primary_purpose),
            f"{path}.primaryPurpose",
        ),
        ("Masking", words.word(words.MASKING, masking.masking), f"{path}.maskingInfo.masking"),
        ("Who is masked", words.words(words.WHO_MASKED, masking.who_masked), ""),
        ("About the masking", masking.masking_description, ""),
    )


def _badge(code: str | None) -> Badge | None:
    return status_badge(code) if code else None


def _names(about: About, names: tuple[str, ...], path: str) -> tuple[Block, ...]:
    if not names:
        return ()
    entries = tuple(
        Entry(name, lines=_origin_line(about, f"{path}[{at}]")) for at, name in enumerate(names)
    )
    return (Entries(entries, compact=True),)


def _origin_line(about: About, path: str) -> tuple[Inline, ...]:
    added = about.added(path)
    return (f"Added: {added}",) if added else ()


def _facts(
    about: About, *rows: tuple[str, Inline | tuple[Inline, ...] | None, str]
) -> tuple[Block, ...]:
    kept = tuple(
        Fact(
            label,
            value if isinstance(value, tuple) else (value,),
            about.added(path) if path else "",
        )
        for label, value, path in rows
        if value not in (None, "", ())
    )
    return (Facts(kept),) if kept else ()
