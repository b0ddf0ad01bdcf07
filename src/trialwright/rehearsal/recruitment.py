"""Referral, screening, consent and enrolment, while a cohort has a free place."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from trialwright.conduct import decide, gate
from trialwright.core.errors import Refused
from trialwright.rehearsal.person import Person, draw_person
from trialwright.rehearsal.referral import refer, site_of
from trialwright.rehearsal.stage import Stage

_MONTH = 30.4  # days
_TRIES = 120  # days that a consenting person waits for a place


class Recruitment:
    """Sends people to screening, and those who fit and consent into the open cohort."""

    def __init__(self, stage: Stage, enrolled: Callable[[str], None]) -> None:
        self._stage = stage
        self._enrolled = enrolled  # told the new subject's number
        self._site = site_of(stage.protocol)
        self._screened = 0
        self._on_the_way = 0  # eligible, not yet enrolled
        self._expected = False  # a referral is planned
        self.open_criteria: tuple[str, ...] = ()  # what last kept somebody from being enrolled

    def next_referral(self) -> None:
        """Plan the next referral while the trial may still need one."""
        if self.wanted() and not self._expected:
            self._expected = True
            mean = _MONTH / self._stage.assumptions.accrual_per_month
            gap = timedelta(days=max(float(self._stage.rng.exponential(mean)), 0.1))
            when = (self._stage.agenda.now() + gap).date() + timedelta(days=1)
            self._stage.agenda.on(when, 10, self._refer)

    @property
    def busy(self) -> bool:
        """Say whether somebody is on the way, or will be referred."""
        return self._expected or self._on_the_way > 0

    def wanted(self) -> bool:
        """Say whether a place is, or will be, free in the cohort that is open now."""
        state = self._stage.state
        cohort = state.cohorts[-1]
        taken = len(gate.cohort_of(state, cohort.number))
        most = self._stage.protocol.enrolment_maximum.value
        return (
            not state.stopped
            and taken < cohort.size
            and len(state.subjects) < most
            and self._screened < most * self._stage.assumptions.most_screened_per_place
            and gate.halt_at(state, cohort.level, self._stage.agenda.today) is None
        )

    def _refer(self) -> None:
        self._expected = False
        if self._has_room():
            self._screen()
        self.next_referral()

    def _has_room(self) -> bool:
        """Screen only for a place that is free; a cohort's first subject is awaited alone."""
        state = self._stage.state
        if not self.wanted():
            return False
        cohort = state.cohorts[-1]
        taken = len(gate.cohort_of(state, cohort.number))
        free = min(
            cohort.size - taken,
            self._stage.protocol.enrolment_maximum.value - len(state.subjects),
        )
        return self._on_the_way < (free if taken else 1)

    def _screen(self) -> None:
        stage = self._stage
        self._screened += 1
        number = f"SCR-{self._screened:03d}"
        limits = stage.protocol.dosing.weight_kg.value
        person = draw_person(stage.scenario, limits, stage.agenda.today, stage.rng.spawn(1)[0])
        event, _ = refer(
            self._site, stage.scenario, person, number, stage.agenda.today,
            stage.cast.investigator,
        )  # fmt: skip
        sign = stage.cast.sign("investigator", "screening visit")
        stage.service.act(sign, decide.screen, event)
        if event.eligible == "yes":
            self._on_the_way += 1
            days = timedelta(days=int(stage.rng.integers(1, 4)))
            stage.agenda.after(days, lambda: self._consent(number, person))
        else:
            self.open_criteria = event.deciding

    def _consent(self, number: str, person: Person) -> None:
        stage = self._stage
        if stage.state.stopped:
            self._on_the_way -= 1
            return
        sign = stage.cast.sign("investigator", "information given, questions answered")
        version = stage.protocol.version
        stage.service.act(sign, decide.consent, number, version, stage.agenda.today)
        stage.agenda.after(timedelta(days=1), lambda: self._enrol(number, person, _TRIES))

    def _enrol(self, number: str, person: Person, tries: int) -> None:
        """Enrol as soon as the rules allow; whoever waits too long is not enrolled."""
        stage = self._stage
        try:
            decide.may_enrol(stage.state, stage.agenda.today)
        except Refused:
            if tries and self.wanted():
                again = partial(self._enrol, number, person, tries - 1)
                stage.agenda.after(timedelta(days=1), again)
            else:
                self._on_the_way -= 1
            return
        self._on_the_way -= 1
        subject = f"{len(stage.state.subjects) + 1:03d}"
        stage.people[subject] = person
        sign = stage.cast.sign("investigator", "all criteria met, consent signed")
        stage.service.act(sign, decide.enrol, subject, number, stage.agenda.today)
        stage.tell(f"{subject} enrolled in cohort {stage.subject(subject).enrolled.cohort}")
        self._enrolled(subject)
