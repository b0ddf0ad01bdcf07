"""Rules that modify a method, one per file; `model` states how they compose."""

from collections.abc import Callable

from trialwright.design.rules.elimination import Elimination
from trialwright.design.rules.lowest_dose import LowestDose, lowest_dose
from trialwright.design.rules.model import Rule
from trialwright.design.rules.no_skipping import NoSkipping, no_skipping
from trialwright.design.rules.schedule import Schedule, cohorts

# name: a function whose keyword parameters are the rule's
RULES: dict[str, Callable[..., Rule]] = {
    "cohorts": cohorts,
    "lowest_dose": lowest_dose,
    "no_skipping": no_skipping,
}

__all__ = [
    "RULES",
    "Elimination",
    "LowestDose",
    "NoSkipping",
    "Rule",
    "Schedule",
    "cohorts",
    "lowest_dose",
    "no_skipping",
]
