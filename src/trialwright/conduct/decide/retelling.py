"""What a new report of an adverse event may change.

Anybody at the bedside may report that it became graver. To take back what was reported is the
investigator's, and where a ruling rested on it, or waits for it, the safety board looks again.
"""

from collections.abc import Iterator
from typing import get_args

from trialwright.conduct.events import AdverseEventReported, Relatedness
from trialwright.conduct.lifetime import died_on, without_event
from trialwright.conduct.model import Subject
from trialwright.conduct.rules import require
from trialwright.conduct.rulings import is_fatal
from trialwright.conduct.signature import Signed

_RANK = {name: rank for rank, name in enumerate(get_args(Relatedness))}


def check_retelling(person: Subject, signed: Signed, event: AdverseEventReported) -> None:
    """Raise Refused where a report takes back what only the investigator may correct."""
    before = next((e for e in person.adverse_events if e.event_id == event.event_id), None)
    if before is None:
        return
    taken_back = ", ".join(_taken_back(before, event))
    require(
        signed.role == "investigator" or not taken_back, "correction",
        f"{event.event_id} was reported with {taken_back}", "the investigator's correction",
    )  # fmt: skip
    if is_fatal(before) and not is_fatal(event):
        _still_dead(person, event)


def _taken_back(before: AdverseEventReported, now: AdverseEventReported) -> Iterator[str]:
    if now.term != before.term:
        yield f"the term {before.term}"
    if now.grade < before.grade:
        yield f"grade {before.grade}"
    if _RANK[now.relatedness] < _RANK[before.relatedness]:
        yield f"relatedness {before.relatedness.replace('_', ' ')}"
    if before.serious and not now.serious:
        yield "serious: yes"
    if before.meets_dlt and not now.meets_dlt:
        yield "dose-limiting: yes"
    if is_fatal(before) and not is_fatal(now):
        yield "a fatal outcome"


def _still_dead(person: Subject, event: AdverseEventReported) -> None:
    """Whoever left as dead died of something."""
    left = person.left
    require(
        left is None or left.how != "died"
        or died_on(without_event(person, event.event_id)) is not None,
        "death",
        f"{person.number} left the trial as dead on {left.on if left else ''}, of {event.event_id}",
        "another fatal adverse event on record",
    )  # fmt: skip
