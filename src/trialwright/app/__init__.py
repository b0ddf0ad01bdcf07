"""Composition root: chooses the stores and returns one frozen App; runs the main job.

Each name loads its module when it is first asked for, so that a command that opens no trial does
not wait for the analyses. No module may have the name of what it exports.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialwright.app.composition import App, default_home, open_app, open_journal
    from trialwright.app.criteria_files import (
        CriteriaInHand,
        CriteriaShelf,
        open_criteria,
        start_criteria,
    )
    from trialwright.app.examples import REFERENCE_EXAMPLE, STARTER_CATALOGUE, examples_folder
    from trialwright.app.head_files import FiledHead, filed_heads
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

_MODULES = {
    "composition": ("App", "default_home", "open_app", "open_journal"),
    "criteria_files": ("CriteriaInHand", "CriteriaShelf", "open_criteria", "start_criteria"),
    "examples": ("REFERENCE_EXAMPLE", "STARTER_CATALOGUE", "examples_folder"),
    "head_files": ("FiledHead", "filed_heads"),
    "reference": ("reference_record",),
    "trial_in_hand": ("TrialInHand", "open_trial"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
