"""Dose escalation: a method and its rules as one design, its decision graph, exact behaviour.

design = boin(target=0.25, doses=2) | cohorts("4,8") | lowest_dose(deescalate="stop")
design.decide("1NNNN"); design.recommend("1NNNN 2NNNNNNTT"); design.graph().exact([0.1, 0.25])
"""

from trialwright.design.behaviour.graph import Graph
from trialwright.design.build import from_parameters
from trialwright.design.design import Design
from trialwright.design.methods import METHODS
from trialwright.design.methods.blrm import blrm
from trialwright.design.methods.boin import boin
from trialwright.design.methods.boin12 import boin12
from trialwright.design.methods.crm import crm
from trialwright.design.methods.efftox import efftox
from trialwright.design.methods.i3_plus_3 import i3_plus_3
from trialwright.design.methods.keyboard import keyboard
from trialwright.design.methods.mtpi import mtpi
from trialwright.design.methods.mtpi2 import mtpi2
from trialwright.design.methods.three_plus_three import three_plus_three
from trialwright.design.methods.tite_boin import tite_boin
from trialwright.design.methods.tite_crm import tite_crm
from trialwright.design.methods.tpi import tpi
from trialwright.design.methods.wages_tait import wages_tait
from trialwright.design.model import (
    Cohort,
    Course,
    Decision,
    Outcomes,
    Reason,
    Recommendation,
)
from trialwright.design.rules import (
    backfill,
    cohorts,
    elimination,
    ewoc,
    lowest_dose,
    max_increment,
    min_follow_up,
    no_reescalation,
    no_skipping,
    precise,
    safety_boundary,
    stagger,
    stop_at,
    stop_at_dose,
    too_toxic,
    trial_boundary,
)

__all__ = [
    "METHODS",
    "Cohort",
    "Course",
    "Decision",
    "Design",
    "Graph",
    "Outcomes",
    "Reason",
    "Recommendation",
    "backfill",
    "blrm",
    "boin",
    "boin12",
    "cohorts",
    "crm",
    "efftox",
    "elimination",
    "ewoc",
    "from_parameters",
    "i3_plus_3",
    "keyboard",
    "lowest_dose",
    "max_increment",
    "min_follow_up",
    "mtpi",
    "mtpi2",
    "no_reescalation",
    "no_skipping",
    "precise",
    "safety_boundary",
    "stagger",
    "stop_at",
    "stop_at_dose",
    "three_plus_three",
    "tite_boin",
    "tite_crm",
    "too_toxic",
    "tpi",
    "trial_boundary",
    "wages_tait",
]
