"""A subject's course after enrolment: baseline, infusions, visits, end of study."""

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import partial
from typing import Literal

from trialwright.conduct import decide
from trialwright.conduct.clocks import dlt_clock, infusion_due, infusion_not_before, visit_due
from trialwright.conduct.events import AssessmentRecorded
from trialwright.conduct.model import Infusion, Subject
from trialwright.core.dates import Duration
from trialwright.core.errors import Refused
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.model import Visit
from trialwright.rehearsal.mishaps import Safety
from trialwright.rehearsal.person import classed, measured, weighed
from trialwright.rehearsal.pharmacy import Pharmacy
from trialwright.rehearsal.stage import Stage

_PATIENCE = timedelta(days=28)  # how long a due infusion waits for a usable lot, or a ruling
_SYRINGE = Decimal("0.1")  # mL, what a syringe shows


class Bedside:
    """The nurse's and the investigator's work with one cohort after another."""

    def __init__(self, stage: Stage, pharmacy: Pharmacy, safety: Safety) -> None:
        self._stage = stage
        self._pharmacy = pharmacy
        self._safety = safety

    def begin(self, subject: str) -> None:
        """Take the baseline on the day of enrolment and plan the first infusion."""
        self._pharmacy.restock()
        for visit in self._stage.protocol.visits:
            if visit.day.value <= 0:
                self._visit(subject, visit)
        agenda, days = self._stage.agenda, int(self._stage.rng.integers(1, 4))
        first = agenda.today + timedelta(days=days)
        agenda.on(first, 9, lambda: self._infuse(subject, 1, first))

    def _infuse(self, subject: str, infusion: int, due: date) -> None:
        """Prepare a dose, unless something is in the way; then give it within the hour."""
        stage, person = self._stage, self._stage.people[subject]
        if stage.subject(subject).left is not None:
            return
        barred = self._barred(subject)
        if barred is not None and barred.rule == "adjudication":
            self._wait(subject, infusion, due, "no ruling within four weeks")
            return
        why = barred.why if barred else self._intercurrent(subject, infusion)
        if why is not None:
            self._miss(subject, infusion, why)
            return
        weight = weighed(person, stage.protocol.dosing.weight_kg.value)
        lot = self._pharmacy.pick(stage.subject(subject).enrolled.level, weight)
        if lot is None:
            self._pharmacy.restock()
            self._wait(subject, infusion, due, "no usable lot within four weeks")
            return
        cast = stage.cast
        stage.service.act(
            cast.sign("pharmacist", f"order for infusion {infusion}"),
            decide.prepare, subject, infusion, lot, weight, cast.second_pharmacist,
        )  # fmt: skip
        stage.agenda.after(timedelta(minutes=50), lambda: self._give(subject, infusion))

    def _barred(self, subject: str) -> Refused | None:
        """Return why the trial's rules let nobody dose the subject today, or None."""
        stage = self._stage
        try:
            decide.may_dose(stage.state, subject, stage.agenda.today)
        except Refused as refused:
            return refused
        return None

    def _intercurrent(self, subject: str, infusion: int) -> str | None:
        """Return why the simulated investigator does not dose today, or None."""
        stage = self._stage
        rng = stage.people[subject].rng
        if infusion > 1 and rng.random() < stage.assumptions.missed_infusion:
            return "intercurrent illness on the planned day"
        return None

    def _wait(self, subject: str, infusion: int, due: date, in_vain: str) -> None:
        """Try again tomorrow; after some weeks the infusion is missed."""
        agenda = self._stage.agenda
        if agenda.today - due < _PATIENCE:
            agenda.after(timedelta(days=1), lambda: self._infuse(subject, infusion, due))
        else:
            self._miss(subject, infusion, in_vain)

    def _miss(self, subject: str, infusion: int, why: str) -> None:
        stage = self._stage
        sign = stage.cast.sign("investigator", why)
        stage.service.act(sign, decide.miss, subject, infusion, stage.agenda.today, why)
        if stage.subject(subject).first_infusion is None:  # nothing else can be dated
            self.leave(subject, "withdrawn", f"not treated: {why}")
        else:
            self._plan_infusion(subject, infusion + 1)

    def _give(self, subject: str, infusion: int) -> None:
        stage, rng = self._stage, self._stage.people[subject].rng
        held = stage.subject(subject)
        prepared = _infusion(held, infusion).prepared
        if held.left is not None or prepared is None:
            return
        barred = self._barred(subject)
        if barred is not None:
            self._miss(subject, infusion, barred.why)
            return
        share = _share_given(rng.random(), stage.assumptions.underdosed_infusion)
        drawn = prepared.planned_volume_ml * share
        volume = max(drawn.quantize(_SYRINGE, ROUND_DOWN), min(_SYRINGE, drawn))
        stage.service.act(
            stage.cast.sign("study_nurse", f"infusion {infusion} completed"),
            decide.give, subject, infusion, stage.agenda.now(), volume,
        )  # fmt: skip
        self._pharmacy.restock()
        self._safety.after_infusion(subject)
        if infusion == 1:
            self._plan_follow_up(subject)
        self._plan_infusion(subject, infusion + 1)

    def _plan_infusion(self, subject: str, infusion: int) -> None:
        stage = self._stage
        held = stage.subject(subject)
        if infusion > stage.protocol.infusions.count.value:
            return
        due = infusion_due(stage.protocol, held, infusion)
        if due is None:
            return
        day = due.day + timedelta(days=_jitter(stage, subject, (due.last - due.day).days))
        first = max(day, infusion_not_before(stage.protocol, held) or day)
        stage.agenda.on(first, 9, lambda: self._infuse(subject, infusion, first))

    def _plan_follow_up(self, subject: str) -> None:
        stage = self._stage
        self._safety.plan(subject, self._horizon(), self.leave)
        for visit in stage.protocol.visits:
            due = visit_due(stage.protocol, stage.subject(subject), visit.name)
            if visit.day.value > 0 and due is not None:
                day = due.day + timedelta(days=_jitter(stage, subject, visit.window_days))
                stage.agenda.on(day, 11, partial(self._visit, subject, visit))
                if visit == self._last_visit():
                    stage.agenda.on(day, 12, partial(self._complete, subject))
        if self._last_visit().day.value <= 0:
            end = stage.agenda.today + timedelta(days=self._horizon())
            stage.agenda.on(end, 12, partial(self._complete, subject))

    def _last_visit(self) -> Visit:
        return max(self._stage.protocol.visits, key=lambda v: v.day.value)

    def _horizon(self) -> int:
        """Return the study day on which follow-up is over, and the toxicity window with it."""
        plan, start = self._stage.protocol, self._stage.agenda.today
        days = plan.infusions.days.value
        watched = days[-1] - days[0] + plan.dlt.days_after_last_infusion.value
        window = (Duration.parse(plan.dlt.window.value).after(start) - start).days
        return max(self._last_visit().day.value, watched + 1, window + 1)

    def _visit(self, subject: str, visit: Visit) -> None:
        stage, rng = self._stage, self._stage.people[subject].rng
        if stage.subject(subject).left is not None:
            return
        missed = visit.day.value > 0 and rng.random() < stage.assumptions.missed_visit
        for measure in visit.assessments:
            self._assess(subject, visit, measure, "visit missed" if missed else None)

    def _assess(self, subject: str, visit: Visit, measure: str, why: str | None) -> None:
        stage = self._stage
        value, unit = self._read(subject, measure) if why is None else (None, None)
        if why is None and value is None:
            why = "the rehearsal has no numbers for this measure"
        if why is None and self._not_done(subject, visit):
            value, unit, why = None, None, "not done"
        assessment = AssessmentRecorded(
            subject, visit.name, measure, value, unit, stage.agenda.today, why
        )
        sign = stage.cast.sign("study_nurse", f"visit {visit.name}")
        stage.service.act(sign, decide.assess, assessment)

    def _not_done(self, subject: str, visit: Visit) -> bool:
        chance = self._stage.assumptions.missed_assessment
        return visit.day.value > 0 and self._stage.people[subject].rng.random() < chance

    def _read(self, subject: str, measure: str) -> tuple[str | None, str | None]:
        """Return what is read off today: a number with its unit, or a class."""
        stage, person = self._stage, self._stage.people[subject]
        start = stage.subject(subject).first_infusion
        day = (stage.agenda.today - start).days if start else -1
        number = measured(person, stage.scenario, measure, day)
        known = lexicon().measures.get(measure)
        if number is not None and known is not None:
            return str(number), known.unit
        return classed(person, stage.scenario, measure, day), None

    def _complete(self, subject: str) -> None:
        """End a subject's study, once their toxicity window is complete as well."""
        stage = self._stage
        held = stage.subject(subject)
        if held.left is None and dlt_clock(stage.protocol, held, stage.agenda.today).pending:
            stage.agenda.after(timedelta(days=1), partial(self._complete, subject))
            return
        self.leave(subject, "completed", "last visit done")

    def leave(
        self,
        subject: str,
        how: Literal["completed", "withdrawn", "lost_to_follow_up", "died"],
        why: str,
    ) -> None:
        """Record the end of study, once."""
        stage = self._stage
        if stage.subject(subject).left is not None:
            return
        sign = stage.cast.sign("investigator", "end of study")
        stage.service.act(sign, decide.leave, subject, stage.agenda.today, how, why)
        stage.tell(f"{subject} left: {how.replace('_', ' ')}")


def _infusion(subject: Subject, number: int) -> Infusion:
    return next(i for i in subject.infusions if i.number == number)


def _share_given(luck: float, underdosed: float) -> Decimal:
    """Return the share of the prepared volume that was given; a little stays in most lines."""
    if luck < underdosed:
        return Decimal("0.5")
    return Decimal("0.985") if luck < 0.3 else Decimal(1)


def _jitter(stage: Stage, subject: str, window: int) -> int:
    """Return days early or late: inside the window, most often near the middle."""
    if window == 0:
        return 0
    return round(stage.people[subject].rng.triangular(-window, 0, window))
