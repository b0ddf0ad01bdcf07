"""Rules that modify a method, one per file; `model` states how they compose."""

from collections.abc import Callable

from trialwright.design.rules.acceptable import Acceptable, acceptable
from trialwright.design.rules.backfill import Backfill, backfill
from trialwright.design.rules.elimination import Elimination, elimination
from trialwright.design.rules.ewoc import Ewoc, ewoc
from trialwright.design.rules.lowest_dose import LowestDose, lowest_dose
from trialwright.design.rules.max_increment import MaxIncrement, max_increment
from trialwright.design.rules.min_follow_up import MinFollowUp, min_follow_up
from trialwright.design.rules.model import Rule
from trialwright.design.rules.no_reescalation import NoReescalation, no_reescalation
from trialwright.design.rules.no_skipping import NoSkipping, no_skipping
from trialwright.design.rules.precise import Precise, precise
from trialwright.design.rules.safety_boundary import SafetyBoundary, safety_boundary
from trialwright.design.rules.schedule import Schedule, cohorts
from trialwright.design.rules.stagger import Stagger, stagger
from trialwright.design.rules.stop_at import StopAt, stop_at
from trialwright.design.rules.stop_at_dose import StopAtDose, stop_at_dose
from trialwright.design.rules.too_toxic import TooToxic, too_toxic
from trialwright.design.rules.trial_boundary import TrialBoundary, trial_boundary

# name: a function whose keyword parameters are the rule's
RULES: dict[str, Callable[..., Rule]] = {
    "backfill": backfill,
    "cohorts": cohorts,
    "elimination": elimination,
    "ewoc": ewoc,
    "lowest_dose": lowest_dose,
    "max_increment": max_increment,
    "min_follow_up": min_follow_up,
    "no_reescalation": no_reescalation,
    "no_skipping": no_skipping,
    "precise": precise,
    "safety_boundary": safety_boundary,
    "stagger": stagger,
    "stop_at": stop_at,
    "stop_at_dose": stop_at_dose,
    "too_toxic": too_toxic,
    "trial_boundary": trial_boundary,
}

__all__ = [
    "RULES",
    "Acceptable",
    "Backfill",
    "Elimination",
    "Ewoc",
    "LowestDose",
    "MaxIncrement",
    "MinFollowUp",
    "NoReescalation",
    "NoSkipping",
    "Precise",
    "Rule",
    "SafetyBoundary",
    "Schedule",
    "Stagger",
    "StopAt",
    "StopAtDose",
    "TooToxic",
    "TrialBoundary",
    "acceptable",
    "backfill",
    "cohorts",
    "elimination",
    "ewoc",
    "lowest_dose",
    "max_increment",
    "min_follow_up",
    "no_reescalation",
    "no_skipping",
    "precise",
    "safety_boundary",
    "stagger",
    "stop_at",
    "stop_at_dose",
    "too_toxic",
    "trial_boundary",
]
