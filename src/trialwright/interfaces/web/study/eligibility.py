"""The eligibility section: the limits that are fields, then the criteria as lists."""

import re

from trialwright.interfaces.web import words
from trialwright.interfaces.web.blocks import (
    Block,
    Criteria,
    Fact,
    Facts,
    Inline,
    Link,
    Note,
    Paragraph,
    Part,
    Word,
)
from trialwright.interfaces.web.study.about import About, origin
from trialwright.interfaces.web.text import rich
from trialwright.record.model import EligibilityModule

_HEADING = re.compile(r"\W*(.{0,60}?(?:inclusion|exclusion).{0,20}?criteria)\W*", re.IGNORECASE)


def eligibility(about: About) -> tuple[Block, ...]:
    """Return ages, sex and volunteers, then every criterion beside what was read in it."""
    module = about.protocol.eligibility_module or EligibilityModule()
    return (*_limits(about, module), *_criteria(about, module))


def _limits(about: About, module: EligibilityModule) -> tuple[Block, ...]:
    rows: tuple[tuple[str, Inline | None, str], ...] = (
        ("Minimum age", module.minimum_age, "minimumAge"),
        ("Maximum age", module.maximum_age, "maximumAge"),
        ("Sex", words.word(words.SEX, module.sex), "sex"),
        ("Healthy volunteers", _yes_no(module.healthy_volunteers), "healthyVolunteers"),
        ("Who is studied", module.study_population, "studyPopulation"),
        ("Sampling", words.word(words.SAMPLING, module.sampling_method), "samplingMethod"),
        ("About sex or gender", module.gender_description, "genderDescription"),
    )
    kept = tuple(
        Fact(label, (value,), about.added(f"protocolSection.eligibilityModule.{field}"))
        for label, value, field in rows
        if value
    )
    return (Facts(kept),) if kept else ()


def _yes_no(value: bool | None) -> Word | None:
    if value is None:
        return None
    return Word("Accepted", "true") if value else Word("Not accepted", "false")


def _criteria(about: About, module: EligibilityModule) -> tuple[Block, ...]:
    read = about.criteria
    lists = (("Inclusion criteria", read.inclusion), ("Exclusion criteria", read.exclusion))
    found = tuple(Criteria(heading, listed) for heading, listed in lists if listed)
    if not found:
        return (*_as_written(rich(module.eligibility_criteria)), *_added(about))
    also = tuple(block for text in read.also for block in rich(text))
    return (*_side_by_side(about), *found, *((Part("Also in the text", also),) if also else ()))


def _side_by_side(about: About) -> tuple[Block, ...]:
    nct_id = about.record.nct_id
    link = Link("Text and reading side by side, with status", f"/study/{nct_id}/criteria")
    return (Facts((Fact("All criteria", (link,)),)),) if nct_id else ()


def _added(about: About) -> tuple[Block, ...]:
    """Say which criteria were added, and from where."""
    return tuple(
        Note(f"Added: {name} {number}, from {origin(entry)}.")
        for entry in about.record.provenance
        for path, _, rest in (entry.field.partition("/"),)
        for name, _, number in (rest.partition("/"),)
        if path == "protocolSection.eligibilityModule.eligibilityCriteria"
    )


def _as_written(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Gather the blocks under each heading that the text itself has."""
    parts: list[tuple[str, list[Block]]] = [("", [])]
    for block in blocks:
        heading = _HEADING.fullmatch(block.text) if isinstance(block, Paragraph) else None
        if heading:
            parts.append((heading[1], []))
        else:
            parts[-1][1].append(block)
    first, *rest = parts
    return (*first[1], *(Part(heading, tuple(inner)) for heading, inner in rest))
