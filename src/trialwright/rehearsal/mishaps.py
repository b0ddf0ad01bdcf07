"""What befalls a simulated person: adverse events of every origin, and leaving early."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Literal

from trialwright.conduct import decide
from trialwright.conduct.events import AdverseEventReported, Relatedness
from trialwright.conduct.rulings import unruled
from trialwright.conduct.window import dlt_window
from trialwright.rehearsal.scenario import Grade, Mishap
from trialwright.rehearsal.stage import Stage

_YEAR = 365.25
Leave = Callable[[str, Literal["completed", "withdrawn", "lost_to_follow_up", "died"], str], None]
_AFTER_INFUSION: tuple[Relatedness, ...] = ("possible", "probable")
_BACKGROUND: tuple[Relatedness, ...] = ("not_related", "unlikely")


class Safety:
    """Reports what befalls a person, through the service, on the days when it shows."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self, subject: str, horizon: int, leave: Leave) -> None:
        """Draw everything that time brings up to a study day; called at the first infusion."""
        self._leave = leave
        self._plan_background(subject, horizon)
        self._plan_dose_limiting(subject)
        rate = self._stage.assumptions.withdrawals_per_100_years / 100 / _YEAR
        day = int(self._stage.people[subject].rng.exponential(1 / rate)) if rate else horizon
        if day < horizon:
            self._on_day(day, partial(leave, subject, "withdrawn", "consent withdrawn"))

    def _plan_background(self, subject: str, horizon: int) -> None:
        rng = self._stage.people[subject].rng
        for mishap in self._stage.assumptions.adverse_events.background:
            mean = mishap.per_100_years / 100 * horizon / _YEAR
            for _ in range(int(rng.poisson(mean))):
                day = int(rng.integers(0, horizon))
                self._on_day(day, partial(self._begin, subject, mishap, _BACKGROUND, False))

    def _plan_dose_limiting(self, subject: str) -> None:
        stage, rng = self._stage, self._stage.people[subject].rng
        held = stage.subject(subject)
        luck = rng.random()
        kinds = stage.assumptions.adverse_events.dose_limiting
        mishap = kinds[int(rng.integers(len(kinds)))]
        window = dlt_window(stage.protocol, held)
        if window is None or luck >= stage.assumptions.dlt_rate(held.enrolled.level):
            return
        day = int(rng.integers(0, (window.last - window.first).days + 1))
        self._on_day(day, partial(self._begin, subject, mishap, _AFTER_INFUSION, True))

    def after_infusion(self, subject: str) -> None:
        """Draw what follows an infusion within hours."""
        rng = self._stage.people[subject].rng
        for mishap in self._stage.assumptions.adverse_events.at_infusion:
            if rng.random() < mishap.chance:
                begin = partial(self._begin, subject, mishap, _AFTER_INFUSION, False)
                self._stage.agenda.after(timedelta(hours=3), begin)

    def _on_day(self, day: int, action: Callable[[], None]) -> None:
        self._stage.agenda.after(timedelta(days=day, hours=4), action)

    def _begin(
        self, subject: str, mishap: Mishap, causes: tuple[Relatedness, ...], dose_limiting: bool
    ) -> None:
        """Report an event on its first day, and plan its end and its adjudication."""
        stage, rng = self._stage, self._stage.people[subject].rng
        if stage.subject(subject).left is not None:
            return
        stage.adverse_events += 1
        grade = mishap.grades[int(rng.integers(len(mishap.grades)))]
        cause = causes[int(rng.integers(len(causes)))]
        lasts = int(rng.integers(mishap.days[0], mishap.days[1] + 1))
        event = self._event(subject, mishap, grade, cause, dose_limiting)
        self._report(event, "first report")
        if grade == 5:
            self._leave(subject, "died", mishap.term)
        else:
            end = stage.agenda.today + timedelta(days=lasts)
            stage.agenda.on(end, 18, partial(self._end, event, end))
        if event.event_id in {e.event_id for e in unruled(stage.protocol, stage.subject(subject))}:
            stage.agenda.after(timedelta(days=2), partial(self._adjudicate, event))

    def _event(
        self, subject: str, mishap: Mishap, grade: Grade, cause: Relatedness, dose_limiting: bool
    ) -> AdverseEventReported:
        return AdverseEventReported(
            event_id=f"AE-{self._stage.adverse_events:03d}",
            subject=subject,
            term=mishap.term,
            organ_system=mishap.organ_system,
            onset=self._stage.agenda.today,
            resolved=None,
            grade=grade,
            serious=mishap.serious,
            relatedness=cause,
            expected=None,
            infusion=None,
            meets_dlt=dose_limiting,
            outcome="fatal" if grade == 5 else "not_resolved",
        )

    def _end(self, event: AdverseEventReported, day: date) -> None:
        held = self._stage.subject(event.subject)
        if held.left is not None and held.left.how == "died":
            return
        over = AdverseEventReported(
            event.event_id, event.subject, event.term, event.organ_system, event.onset, day,
            event.grade, event.serious, event.relatedness, event.expected, event.infusion,
            event.meets_dlt, "resolved",
        )  # fmt: skip
        self._report(over, "follow-up report")

    def _report(self, event: AdverseEventReported, reason: str) -> None:
        sign = self._stage.cast.sign("investigator", reason)
        self._stage.service.act(sign, decide.report, event)

    def _adjudicate(self, event: AdverseEventReported) -> None:
        """Let the safety board rule: what was drawn as dose-limiting is, anything else is not."""
        stage = self._stage
        sign = stage.cast.sign("board_member", "adjudication against the protocol's definition")
        why = f"grade {event.grade}, {event.relatedness.replace('_', ' ')}, inside the window"
        stage.service.act(
            sign, decide.adjudicate, event.event_id, event.subject, event.meets_dlt, why
        )
