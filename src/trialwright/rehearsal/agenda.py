"""The simulated calendar: what is to happen when, and a clock that stands at the current item."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

Action = Callable[[], None]


class Agenda:
    """Things to do in time order; those at one moment in the order they were planned.

    It is also the simulated server's clock.
    """

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._planned: list[tuple[datetime, int, Action]] = []
        self._count = 0

    def now(self) -> datetime:
        """Return the moment of the current item."""
        return self._now

    @property
    def today(self) -> date:
        """The day of the current item."""
        return self._now.date()

    def at(self, when: datetime, action: Action) -> None:
        """Plan an action; one whose time has passed happens now."""
        self._count += 1
        heapq.heappush(self._planned, (max(when, self._now), self._count, action))

    def on(self, day: date, hour: int, action: Action) -> None:
        """Plan an action for an hour of a day."""
        self.at(datetime.combine(day, time(hour), self._now.tzinfo), action)

    def after(self, span: timedelta, action: Action) -> None:
        """Plan an action for a time from now."""
        self.at(self._now + span, action)

    def run(self) -> None:
        """Do everything that is planned, and what is planned meanwhile."""
        while self._planned:
            self._now, _, action = heapq.heappop(self._planned)
            action()
