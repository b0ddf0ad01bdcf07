"""The registry's results section, from the rows and the state, and the study that carries it."""

from collections.abc import Iterable

from msgspec.structs import replace

from trialwright.analysis.row import Row
from trialwright.conduct.model import TrialState
from trialwright.core.errors import InputError
from trialwright.record.model.results_section import (
    LimitationsAndCaveats,
    MoreInfoModule,
    ResultsSection,
)
from trialwright.record.model.study import Study
from trialwright.results.rows import Rows
from trialwright.results.section.baseline import baseline_characteristics
from trialwright.results.section.events import adverse_events
from trialwright.results.section.flow import participant_flow
from trialwright.results.section.marking import TITLE_MARK, is_simulated, mark_title, marked
from trialwright.results.section.outcomes import outcome_measures
from trialwright.results.words import plural


def results_section(state: TrialState, rows: Iterable[Row]) -> ResultsSection:
    """Return the results section of a trial; every title in it says so where it is simulated.

    InputError where the rows are of another data cut than the state.
    """
    index = Rows(rows)
    if any(row.data_cut != state.head for row in index.all):
        raise InputError("rows", "made from another data cut", f"rows of the cut {state.head}")
    section = ResultsSection(
        participant_flow_module=participant_flow(state),
        baseline_characteristics_module=baseline_characteristics(state.protocol, index),
        outcome_measures_module=outcome_measures(state.protocol, index),
        adverse_events_module=adverse_events(state, index),
        more_info_module=MoreInfoModule(LimitationsAndCaveats(limitations(state))),
    )
    return marked(section) if state.simulated else section


def limitations(state: TrialState) -> str:
    """Say what keeps a reader from concluding more than the trial can show."""
    treated = sum(bool(s.given) for s in state.subjects.values())
    partial = "" if state.ended else " The database is not locked: this is an interim data cut."
    return (
        f"{plural(treated, 'person was', 'people were')} treated, in a single arm without a "
        "control group: a change after treatment is not by itself an effect of treatment, and an "
        "event that was not seen may still be frequent. Dose levels were given one after the "
        f"other and are not compared.{partial}"
    )


def post(study: Study, section: ResultsSection) -> Study:
    """Return the study with its results; the study's own titles are marked if they are simulated.

    InputError where the study already has results that were not simulated and these are.
    """
    present = study.results_section
    simulated = is_simulated(section)
    if simulated and present is not None and not is_simulated(present):
        raise InputError("study", "it holds observed results", "no simulated results over them")
    posted = replace(study, results_section=section, has_results=True)
    return _mark_study(posted) if simulated else posted


def _mark_study(study: Study) -> Study:
    protocol = study.protocol_section
    if protocol is None or protocol.identification_module is None:
        return study
    names = protocol.identification_module
    titled = replace(
        names,
        brief_title=_once(names.brief_title),
        official_title=_once(names.official_title),
    )
    return replace(study, protocol_section=replace(protocol, identification_module=titled))


def _once(title: str | None) -> str | None:
    return title if title and title.endswith(TITLE_MARK) else mark_title(title)
