"""Analyse a trial: every row that its protocol asks for, from the state of its journal.

Which measures, visits and summaries there are is the protocol's business; nothing here knows a
measure by name. An endpoint without a visit is summarised at every later visit that takes it.
"""

from collections.abc import Iterable
from datetime import date
from typing import assert_never

from msgspec.structs import replace

from trialwright.analysis.adverse_events import adverse_event_rows
from trialwright.analysis.baseline import baseline_rows
from trialwright.analysis.change import change_rows
from trialwright.analysis.exposure import exposure_rows
from trialwright.analysis.groups import Group, by_level_given
from trialwright.analysis.measurements import later_visits, unit_of
from trialwright.analysis.populations import Populations, population_rows, populations
from trialwright.analysis.ratio import ratio_rows
from trialwright.analysis.row import Row
from trialwright.analysis.shift import class_pairs, ordered, shift_rows
from trialwright.analysis.toxicity import toxicity_rows
from trialwright.conduct.model import TrialState
from trialwright.protocol.model import Endpoint, Protocol

SAFETY = ("dlt", "adverse_events")  # measures of every protocol's safety endpoints


def analyse(state: TrialState, as_of: date | None = None) -> tuple[Row, ...]:
    """Return every row, as of a day (by default the last day that is on record).

    Rows carry whether the trial is simulated and the hash of the journal's head.
    """
    people = populations(state, as_of)
    protocol = state.protocol
    rows = (
        *population_rows(state, people),
        *baseline_rows(protocol, people.treated),
        *exposure_rows(protocol, people.treated),
        *toxicity_rows(protocol, people),
        *adverse_event_rows(protocol, people.enrolled),
        *_function(protocol, people),
    )
    return tuple(replace(row, simulated=state.simulated, data_cut=state.head) for row in rows)


def _function(protocol: Protocol, people: Populations) -> Iterable[Row]:
    groups = by_level_given(protocol, people.treated)
    done: set[tuple[str, str]] = set()  # one measure may serve several endpoints
    for endpoint in protocol.endpoints:
        wanted = (endpoint.measure, endpoint.summary)
        if endpoint.measure not in SAFETY and wanted not in done:
            done.add(wanted)
            yield from endpoint_rows(protocol, groups, endpoint)


def visits_of(protocol: Protocol, endpoint: Endpoint) -> tuple[str, ...]:
    """Return the visits of an endpoint's measure, earliest first, its own visit among them."""
    planned = [visit.name for visit in later_visits(protocol, endpoint.measure)]
    own = [endpoint.visit] if endpoint.visit and endpoint.visit not in planned else []
    return (*planned, *own)


def endpoint_rows(
    protocol: Protocol, groups: tuple[Group, ...], endpoint: Endpoint
) -> tuple[Row, ...]:
    """Return the rows of one functional endpoint at every visit that takes its measure."""
    visits = visits_of(protocol, endpoint)
    if not visits:
        return _cannot(groups, endpoint, "no visit after the first infusion takes this measure")
    everyone, measure = groups[-1].subjects, endpoint.measure
    unit = unit_of(everyone, measure)
    match endpoint.summary:
        case "mean_change":
            found = (change_rows(g, protocol, measure, v, unit) for v in visits for g in groups)
        case "geometric_ratio":
            found = (ratio_rows(g, protocol, measure, v, unit) for v in visits for g in groups)
        case "shift":
            classes = _classes(protocol, groups[-1], measure, visits)
            found = (shift_rows(g, protocol, measure, v, classes) for v in visits for g in groups)
        case "proportion" | "counts":
            why = f"the summary {endpoint.summary!r} is not covered yet for a measure of a visit"
            return _cannot(groups, endpoint, why)
        case _:
            assert_never(endpoint.summary)
    return tuple(row for rows in found for row in rows)


def _classes(
    protocol: Protocol, everyone: Group, measure: str, visits: tuple[str, ...]
) -> tuple[str, ...]:
    found = (class_pairs(everyone, protocol, measure, visit).complete for visit in visits)
    names = {name for pairs in found for pair in pairs for name in (pair.baseline, pair.later)}
    return ordered(names, measure)


def _cannot(groups: tuple[Group, ...], endpoint: Endpoint, why: str) -> tuple[Row, ...]:
    return tuple(
        Row(
            f"function.{endpoint.summary}", "treated", group.name, endpoint.measure,
            endpoint.summary, None, missing=len(group.subjects), visit=endpoint.visit, note=why,
        )
        for group in groups
    )  # fmt: skip
