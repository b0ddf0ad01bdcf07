"""Every figure of a trial, in the order in which a reader meets them."""

from collections.abc import Iterable

from trialwright.analysis.row import Row
from trialwright.analysis.service import SAFETY, visits_of
from trialwright.conduct.model import TrialState
from trialwright.protocol.model import Endpoint, Protocol
from trialwright.results.figures.change import change
from trialwright.results.figures.dose_path import dose_path
from trialwright.results.figures.flow import flow
from trialwright.results.figures.render import Drawn
from trialwright.results.figures.swimmer import swimmer
from trialwright.results.rows import Rows


def figures(state: TrialState, rows: Iterable[Row]) -> tuple[Drawn, ...]:
    """Draw the flow, the dose path, the swimmer plot, and each endpoint of mean change once."""
    index = Rows(rows)
    changes = (change(state, endpoint, index) for endpoint in drawn_changes(state.protocol))
    return (flow(state), dose_path(state), swimmer(state), *changes)


def drawn_changes(protocol: Protocol) -> tuple[Endpoint, ...]:
    """Return the endpoints of mean change that have a visit to show, one per measure."""
    found: dict[str, Endpoint] = {}
    for endpoint in protocol.endpoints:
        if endpoint.summary == "mean_change" and endpoint.measure not in SAFETY:
            found.setdefault(endpoint.measure, endpoint)
    return tuple(e for e in found.values() if visits_of(protocol, e))
