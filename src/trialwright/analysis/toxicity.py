"""Dose-limiting toxicity: how many of the evaluable people had one, by level given and pooled."""

from trialwright.analysis.groups import Group, by_level_given
from trialwright.analysis.populations import Populations
from trialwright.analysis.proportions import Share, share_rows
from trialwright.analysis.row import Row
from trialwright.protocol.model import Protocol


def toxicity_rows(protocol: Protocol, people: Populations) -> tuple[Row, ...]:
    """Return the DLT rate of each level and of all, with exact limits."""
    treated = {g.name: g for g in by_level_given(protocol, people.treated)}
    evaluable = by_level_given(protocol, people.dlt_evaluable)
    return tuple(row for group in evaluable for row in _rows(group, treated[group.name], people))


def _rows(group: Group, treated: Group, people: Populations) -> tuple[Row, ...]:
    events = sum(s.has_dlt for s in group.subjects)
    numbers = {s.number for s in treated.subjects}
    out = [o for o in people.left_out if o.population == "dlt_evaluable" and o.who in numbers]
    note = "; ".join(f"{o.who}: {o.why}" for o in out) or None
    n = len(group.subjects)
    return share_rows(
        Share("safety.dlt", "dlt_evaluable", group.name, "dlt", events, n, len(out), note)
    )
