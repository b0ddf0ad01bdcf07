"""The registry's own fields for age and sex: a study is closed only to whom they surely exclude."""

from functools import lru_cache
from typing import Literal

from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.read import read_criteria
from trialwright.record.model import EligibilityModule
from trialwright.screening.evaluate import evaluate
from trialwright.screening.match.model import Gate, GateName
from trialwright.screening.setting import Setting

_GATES: tuple[tuple[GateName, Literal["minimum_age", "maximum_age", "sex"]], ...] = (
    ("age", "minimum_age"),
    ("age", "maximum_age"),
    ("sex", "sex"),
)


def closed(fields: EligibilityModule, at: Setting) -> Gate | None:
    """Return the first gate that is surely closed to a patient; None where none is."""
    for name, field in _GATES:
        stated = getattr(fields, field)
        for node in _of(field, stated):
            verdict = evaluate(node, at)
            if verdict.truth is Truth.FALSE:
                says = f"{field.replace('_', ' ')} {stated}"
                had = verdict.evidence[0].conversion or verdict.evidence[0].recorded or ""
                return Gate(name, f"the record says {says}; the patient: {had}")
    return None


@lru_cache(maxsize=4096)
def _of(field: str, stated: str | None) -> tuple[nodes.Node, ...]:
    """Read one field as the criteria reader does, so that a gate and a criterion never differ."""
    match field:
        case "minimum_age":
            read = read_criteria("", min_age=stated)
        case "maximum_age":
            read = read_criteria("", max_age=stated)
        case _:
            read = read_criteria("", sex=stated)
    return tuple(item.expr for item in read.items)
