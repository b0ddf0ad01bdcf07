"""What the pages need: the catalogue, the trials that are served, and today's date.

`trialwright.app.App` is one; tests have one in memory.
"""

from datetime import date
from typing import Protocol

from trialwright.app import TrialInHand
from trialwright.conduct.model import TrialState
from trialwright.record.record import Record
from trialwright.registry.model import RelatedTrials
from trialwright.registry.ports import Catalogue


class Desk(Protocol):
    """Where pages get what they show."""

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of records."""

    def related(self, record: Record) -> RelatedTrials:
        """Return the trials of the catalogue that are related to one record."""

    def states(self) -> tuple[TrialState, ...]:
        """Return the state of every trial that is served."""

    def damaged(self) -> tuple[str, ...]:
        """Return one line for every served trial that cannot be read, or whose chain is broken."""

    def trial(self, nct_id: str) -> TrialInHand | None:
        """Return a served trial with all that its folder holds; None where it is not served."""

    def today(self) -> date:
        """Return the day on which clocks of running trials are read."""
