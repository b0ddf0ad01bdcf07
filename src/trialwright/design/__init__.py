"""Dose escalation: a method and its rules as one design, its decision graph, exact behaviour.

design = boin(target=0.25, doses=2) | cohorts("4,8") | lowest_dose(deescalate="stop")
design.decide("1NNNN"); design.recommend("1NNNN 2NNNNNNTT"); design.graph().exact([0.1, 0.25])
"""

from trialwright.design.build import from_parameters
from trialwright.design.design import Design
from trialwright.design.graph import Graph
from trialwright.design.methods import METHODS
from trialwright.design.methods.boin import boin
from trialwright.design.model import (
    Cohort,
    Course,
    Decision,
    Outcomes,
    Reason,
    Recommendation,
)
from trialwright.design.rules import cohorts, lowest_dose, no_skipping

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
    "boin",
    "cohorts",
    "from_parameters",
    "lowest_dose",
    "no_skipping",
]
