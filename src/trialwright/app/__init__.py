"""Composition root: chooses the stores and returns one frozen App; runs the main job."""

from trialwright.app.composition import App, default_home, open_app, open_journal
from trialwright.app.criteria_files import (
    CriteriaInHand,
    CriteriaShelf,
    open_criteria,
    start_criteria,
)
from trialwright.app.examples import REFERENCE_EXAMPLE, STARTER_CATALOGUE, examples_folder
from trialwright.app.filed_heads import FiledHead, filed_heads
from trialwright.app.reference import reference_record
from trialwright.app.trial_in_hand import TrialInHand, open_trial

__all__ = [
    "REFERENCE_EXAMPLE",
    "STARTER_CATALOGUE",
    "App",
    "CriteriaInHand",
    "CriteriaShelf",
    "FiledHead",
    "TrialInHand",
    "default_home",
    "examples_folder",
    "filed_heads",
    "open_app",
    "open_criteria",
    "open_journal",
    "open_trial",
    "reference_record",
    "start_criteria",
]
