"""The cohort schedule: the sizes of the cohorts in order, whatever the dose."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from trialwright.core.errors import InputError
from trialwright.design.model import MOST_PATIENTS, Ending, Outcomes, Resolved
from trialwright.design.parameters import by_name, counted, items, shown, whole_number
from trialwright.design.rules.model import Rule, Sees
from trialwright.design.states import Ints, States

if TYPE_CHECKING:
    from trialwright.design.design import Design

_ITEM = re.compile(r"([1-9][0-9]{0,3})(?:\s*[x×]\s*([1-9][0-9]{0,3}))?", re.ASCII)
_WANTED = "sizes such as 4,8 or SIZExCOUNT such as 3x10, whole numbers above 0"


@dataclass(frozen=True, slots=True)
class Schedule(Rule):
    """The trial is complete when every planned cohort was treated."""

    name: ClassVar[str] = "cohorts"
    sees: ClassVar[Sees] = Sees.EVERYONE
    sizes: tuple[int, ...]

    @property
    def summary(self) -> str:
        runs = [(size, len(tuple(same))) for size, same in groupby(self.sizes)]
        items = [f"{size}x{count}" if count > 1 else str(size) for size, count in runs]
        return f"cohort sizes {', '.join(items)}: {sum(self.sizes)} patients at most"

    def stops(self, design: "Design", states: States, wish: Ints, proposed: Ints) -> Ints:
        done = states.cohorts >= len(self.sizes)
        return np.where(done, Ending.COMPLETE, Ending.GOES_ON)

    def explain(self, design: "Design", state: Outcomes, verdict: Resolved) -> str:
        planned = len(self.sizes)
        if state.cohorts >= planned:
            return f"all {planned} planned cohorts were treated: the trial is complete"
        so_far = f"{state.cohorts} of {planned} planned cohorts treated"
        if verdict.ending is Ending.COMPLETE:
            return f"{so_far}: the others are not needed"
        if verdict.next_dose == 0:
            return f"{so_far}: the trial ends early"
        return f"{so_far}; the next has {self.sizes[state.cohorts]} patients, whatever the dose"


@by_name
def cohorts(sizes: str | int | Sequence[int]) -> Schedule:
    """Return a schedule from `3x10` (ten cohorts of 3), `4,8`, `1,3x9` or a sequence of sizes.

    `1,3x9` is one sentinel patient and then cohorts of three; one patient first within each cohort
    is `stagger`.

    >>> cohorts("1, 3x2").sizes
    (1, 3, 3)
    """
    read = _read(sizes) if isinstance(sizes, str) else _sizes(sizes)
    if not 1 <= sum(read) <= MOST_PATIENTS:
        raise InputError(
            "cohorts",
            counted(sum(read), "patient"),
            f"at least 1 cohort, at most {MOST_PATIENTS} patients",
        )
    return Schedule(read)


def _sizes(stated: object) -> tuple[int, ...]:
    """Return sizes from a sequence of them, or from one; raise InputError for anything else."""
    alone = whole_number(stated)
    given = items(stated) if alone is None else (alone,)
    if given is None:
        raise InputError("cohorts", shown(stated), _WANTED)
    sizes: list[int] = []
    for number, size in enumerate(given, 1):
        whole = whole_number(size)
        if whole is None or whole < 1:
            raise InputError(f"cohorts, cohort {number}", shown(size), "a whole number above 0")
        sizes.append(whole)
    return tuple(sizes)


def _read(text: str) -> tuple[int, ...]:
    sizes: list[int] = []
    for number, item in enumerate(text.split(","), 1):
        match = _ITEM.fullmatch(item.strip())
        if not match:
            raise InputError(f"cohorts, item {number}", repr(item.strip()[:40]), _WANTED)
        sizes += [int(match[1])] * int(match[2] or 1)
        if len(sizes) > MOST_PATIENTS:
            raise InputError(
                "cohorts", f"{len(sizes)} cohorts", f"at most {MOST_PATIENTS} patients"
            )
    return tuple(sizes)
