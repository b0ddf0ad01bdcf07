"""A whole trial with simulated patients and staff, driven through the services of the real one."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from trialwright.conduct import decide, gate
from trialwright.conduct.ports import Journal
from trialwright.conduct.service import TrialService
from trialwright.conduct.signature import Signature
from trialwright.core.errors import InputError, Refused
from trialwright.protocol.model import Protocol
from trialwright.rehearsal.agenda import Action, Agenda
from trialwright.rehearsal.bedside import Bedside
from trialwright.rehearsal.cast import SPONSOR, appoint, cast_for
from trialwright.rehearsal.mishaps import Safety
from trialwright.rehearsal.pharmacy import Pharmacy
from trialwright.rehearsal.recruitment import Recruitment
from trialwright.rehearsal.scenario import Scenario
from trialwright.rehearsal.stage import Progress, Stage

_MEANING = "I reviewed the data cut and the recommendation, and I agree with the decision"
_OFFICE_OPENS = time(9)
_FIRST_YEAR, _LAST_YEAR = 1900, 9000  # people are born before the trial and followed after it


def silent(done: int, total: int, what: str) -> None:
    """Report nothing."""


def rehearse(
    protocol: Protocol,
    scenario: Scenario,
    rng: np.random.Generator,
    journal: Journal,
    start: date,
    progress: Progress = silent,
) -> None:
    """Run the trial from its opening on `start` to its end, into an empty journal.

    The same arguments give the same journal, byte for byte. Refused where the trial cannot be
    rehearsed to its end, for instance because nobody who is referred is eligible.
    """
    if not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        wanted = f"a day of the years {_FIRST_YEAR} to {_LAST_YEAR}"
        raise InputError("the rehearsal's start", str(start), wanted)
    agenda = Agenda(datetime.combine(start, _OFFICE_OPENS, UTC))
    service = TrialService(journal, agenda)
    cast = cast_for(protocol.gate.board_quorum.value)
    stage = Stage(protocol, scenario, service, agenda, cast, rng, progress)
    Rehearsal(stage).run()


class Rehearsal:
    """The course of one rehearsal: cohort, gate, board decision, next cohort, end."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._pharmacy = Pharmacy(stage)
        self._bedside = Bedside(stage, self._pharmacy, Safety(stage))
        self._recruitment = Recruitment(stage, self._enrolled)
        self._looking = False  # the open cohort's gate is looked at every morning

    def run(self) -> None:
        """Play the whole trial."""
        stage = self._stage
        stage.service.open(SPONSOR, stage.protocol, simulated=True)
        appoint(stage.service, stage.cast)
        self._pharmacy.order()
        self._pharmacy.order()
        first = timedelta(days=stage.assumptions.product.release_after_days)
        stage.agenda.after(first, self._recruitment.next_referral)
        stage.agenda.run()
        self._end()

    def _enrolled(self, subject: str) -> None:
        """Start a subject's course, and look at the cohort's gate every morning from now on."""
        self._bedside.begin(subject)
        if not self._looking:
            self._looking = True
            self._tomorrow(self._look)

    def _tomorrow(self, action: Action) -> None:
        agenda = self._stage.agenda
        agenda.on(agenda.today + timedelta(days=1), 8, action)

    def _look(self) -> None:
        """Hold the gate once nobody else enters the cohort and every outcome is known."""
        stage = self._stage
        now = gate.standing(stage.state, stage.agenda.today)
        if now.pending or not now.full:
            self._look_again(now.full or bool(now.pending) or self._recruitment.busy)
            return
        self._looking = False
        if now.enough:
            self._hold()
        else:
            self._stop(now)

    def _look_again(self, worthwhile: bool) -> None:
        self._looking = worthwhile
        if worthwhile:
            self._tomorrow(self._look)

    def _hold(self) -> None:
        stage = self._stage
        sign = stage.cast.sign("data_manager", "data cut for the safety board")
        stage.service.act(sign, decide.hold_gate)
        stage.tell(f"gate held on {stage.state.gates[-1].outcomes}")
        stage.agenda.after(timedelta(days=3, hours=6), self._decide)

    def _stop(self, now: gate.Standing) -> None:
        """Let the board stop a trial whose cohort cannot be judged."""
        stage = self._stage
        why = (
            f"{now.evaluable} of {now.enrolled} people of cohort {now.cohort.number} are "
            f"evaluable, {now.wanted} are wanted"
        )
        sign = Signature(stage.cast.board[0], "board_member", "meeting of the safety board")
        stage.service.act(sign, decide.stop_trial, why)
        stage.tell("board stopped the trial")

    def _decide(self) -> None:
        """Let the board follow the recommendation; what changed since the cut needs a new gate."""
        stage, held = self._stage, self._stage.state.gates[-1]
        if gate.outcomes_on(stage.state, stage.agenda.today) != held.outcomes:
            self._looking = True
            self._tomorrow(self._look)
            return
        signers = stage.cast.board[: stage.protocol.gate.board_quorum.value]
        sign = Signature(signers[0], "board_member", "meeting of the safety board")
        opens = held.recommended_dose
        stage.service.act(
            sign, decide.decide_gate, held.gate, opens, held.recommended_stop, None,
            signers, _MEANING,
        )  # fmt: skip
        stage.tell(f"board opened level {opens}" if opens else "board opened no further cohort")
        self._recruitment.next_referral()

    def _end(self) -> None:
        """Lock the data two weeks after the last thing happened; Refused where a gate is open."""
        stage = self._stage
        state = stage.state
        cohort = state.cohorts[-1]
        if not gate.is_decided(state, cohort.number) and not state.stopped:
            open_criteria = ", ".join(self._recruitment.open_criteria) or "none"
            raise Refused(
                "rehearsal",
                f"cohort {cohort.number} was not filled from {len(state.screened)} people screened "
                f"(criteria that decided last: {open_criteria})",
                "criteria that the simulated population can meet",
            )
        stage.agenda.after(timedelta(days=14), self._lock)
        stage.agenda.run()

    def _lock(self) -> None:
        stage = self._stage
        sign = stage.cast.sign("data_manager", "last visit done")
        stop = stage.state.stop
        no_gate = f"the trial was stopped: {stop.why}" if stop else None
        stage.service.act(sign, decide.end_trial, "the last subject left", no_gate)
        stage.tell("data locked")
