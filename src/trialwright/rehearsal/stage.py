"""What every simulated actor shares: the service, the calendar, the scenario, the cast, chance."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from trialwright.conduct.model import Subject, TrialState
from trialwright.conduct.service import TrialService
from trialwright.protocol.model import Protocol
from trialwright.rehearsal.agenda import Agenda
from trialwright.rehearsal.cast import Cast
from trialwright.rehearsal.person import Person
from trialwright.rehearsal.scenario import Assumptions, Scenario

Progress = Callable[[int, int, str], None]  # steps done, steps in all, what happened last


@dataclass(slots=True)
class Stage:
    """The rehearsal's surroundings; actors change the trial only through the service."""

    protocol: Protocol
    scenario: Scenario
    service: TrialService
    agenda: Agenda
    cast: Cast
    rng: np.random.Generator
    progress: Progress
    people: dict[str, Person] = field(default_factory=dict)  # by subject number
    adverse_events: int = 0

    @property
    def state(self) -> TrialState:
        """The trial as it stands."""
        return self.service.state

    @property
    def assumptions(self) -> Assumptions:
        """What the scenario assumes."""
        return self.scenario.assumptions

    def subject(self, number: str) -> Subject:
        """Return a subject as recorded so far."""
        return self.state.subjects[number]

    def tell(self, what: str) -> None:
        """Report progress: a step when somebody enters, and one when somebody leaves."""
        subjects = self.state.subjects.values()
        most = self.protocol.enrolment_maximum.value
        done = len(subjects) + sum(s.left is not None for s in subjects)
        self.progress(done, 2 * most, what)
