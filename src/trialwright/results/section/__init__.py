"""The registry's results section (API v2), one module per part, built from rows and state."""

from trialwright.results.section.build import limitations, post, results_section
from trialwright.results.section.marking import is_simulated

__all__ = ["is_simulated", "limitations", "post", "results_section"]
