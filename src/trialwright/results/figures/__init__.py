"""Figures of a trial's results, one module per figure."""

from trialwright.results.figures.every import figures
from trialwright.results.figures.inline import inline
from trialwright.results.figures.render import Drawn

__all__ = ["Drawn", "figures", "inline"]
