"""Who is missing from an estimate of change, in words: deaths first, because they select."""

from trialwright.analysis.groups import POOLED
from trialwright.results.rows import Rows
from trialwright.results.words import listed

_DIED = "left: died"
_REASONS = {_DIED: "died before", "left: withdrawn": "withdrew before", "no value": "not measured"}


def missing_words(rows: Rows, analysis: str, measure: str, visit: str) -> str:
    """Return why treated people have no pair of values at a visit; empty where all have one."""
    wanted = {"group": POOLED, "variable": measure, "visit": visit}
    found = rows.having(analysis, statistic="missing_because", **wanted)
    if not found:
        return ""
    reasons = sorted(found, key=lambda row: (row.category != _DIED, row.category or ""))
    told = listed([f"{row.n} {_REASONS.get(row.category or '', row.category)}" for row in reasons])
    survivors = "; those who remain are survivors" if reasons[0].category == _DIED else ""
    return f"{told}{survivors}"
