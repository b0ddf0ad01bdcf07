"""The results section of the study page: one module after the other, or that there is none."""

from trialwright.interfaces.web.blocks import Absent, Block, Note, Part
from trialwright.interfaces.web.study.about import About
from trialwright.interfaces.web.study.adverse_events import adverse_events
from trialwright.interfaces.web.study.baseline import baseline
from trialwright.interfaces.web.study.flow import flow
from trialwright.interfaces.web.study.outcomes import outcomes
from trialwright.interfaces.web.text import rich
from trialwright.record.model import (
    CertainAgreement,
    LimitationsAndCaveats,
    MoreInfoModule,
    ResultsSection,
)

_NONE = "The study team has published no outcomes, participant flow or safety data yet."


def results(about: About) -> tuple[Block, ...]:
    """Return the posted results, caveats first; a plain sentence where there are none."""
    section = about.results
    if section is None:
        return (Absent(_NONE),)
    parts = (
        ("Participant flow", "How many started, how many completed, and why others did not.",
         flow(section.participant_flow_module)),
        ("Baseline characteristics", "Who the participants were before treatment.",
         baseline(section.baseline_characteristics_module)),
        ("Outcome measures", "What was measured, and what was found.",
         outcomes(section.outcome_measures_module)),
        ("Adverse events", "What went wrong for participants, whether caused by treatment or not.",
         adverse_events(section.adverse_events_module)),
    )  # fmt: skip
    caveats = _caveats(section)
    return (
        *((Part("Limitations and caveats", caveats),) if caveats else ()),
        *(Part(title, blocks, why, folded=True) for title, why, blocks in parts if blocks),
    )


def _caveats(section: ResultsSection) -> tuple[Block, ...]:
    module = section.more_info_module or MoreInfoModule()
    text = (module.limitations_and_caveats or LimitationsAndCaveats()).description
    agreement = module.certain_agreement or CertainAgreement()
    restricted = agreement.restrictive_agreement
    notes = (
        (Note("An agreement restricts what the investigators may publish."),) if restricted else ()
    )
    return (*rich(text), *notes)
