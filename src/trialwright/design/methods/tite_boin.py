"""Time-to-event Bayesian optimal interval design (TITE-BOIN).

BOIN that need not wait for everyone. At the current level n are treated, y had a DLT, c are
pending, and r = n - c outcomes are known. STFT is the pending patients' follow-up in windows,
summed. The DLT rate that goes into BOIN's boundaries replaces each pending outcome by its mean,
for times to toxicity that are uniform in the window and a prior Beta(target/2, 1 - target/2):

    p      = (y + target/2) / (r + 1)
    rate   = (y + p/(1 - p) (c - STFT)) / n      (an approximation, which can exceed 1)

Escalate when rate <= lambda_e; de-escalate when rate >= lambda_d and y/n > target (never on the
strength of patients alone who may yet be well); else stay. While more than half of the level is
pending and y/n < lambda_d, nobody is treated. With nobody pending it is BOIN.

Yuan, Lin, Li, Nie and Warren 2018, Clin Cancer Res 24:4921; decision table for target 0.20 in
PMC9260438, table 1.
"""

from dataclasses import dataclass, field, fields, replace
from typing import ClassVar

import numpy as np

from trialwright.design.design import Design
from trialwright.design.doses import Doses
from trialwright.design.method import Method, TimedMethod
from trialwright.design.methods.boin import Boin, boin
from trialwright.design.methods.parts.interval import boundary
from trialwright.design.model import Outcomes
from trialwright.design.parameters import by_name, cutoff
from trialwright.design.states import Bools, Floats, Ints, States, one_state
from trialwright.design.timed.people import People


@dataclass(frozen=True, slots=True)
class TiteBoin(Boin, TimedMethod):
    """The method alone; `tite_boin` makes a design of it."""

    name: ClassVar[str] = "tite_boin"
    most_pending: float = field(default=0.5, kw_only=True)

    @property
    def summary(self) -> str:
        """The target, the two boundaries, and when accrual is suspended."""
        return (
            f"TITE-BOIN, target {self.target:g}: escalate at an expected rate of at most "
            f"{boundary(self.lambda_e, 4)}, de-escalate from {boundary(self.lambda_d, 4)}, "
            f"wait while more than {self.most_pending:g} of the current dose are pending"
            f"{self.options}"
        )

    def wish_in_time(self, states: States, people: People) -> Ints:
        """Return one level up, the same, or one down from the current level."""
        level = _at_current(states, people)
        rate = level.expected_rate(self.target)
        up = (rate <= self.lambda_e) & (level.treated > 0)
        down = (rate >= self.lambda_d) & (level.observed_rate > self.target)
        moves = up.astype(np.int8) - down.astype(np.int8)
        if self.stay_1_of_3:
            moves[(level.treated == 3) & (level.dlts == 1) & (level.pending == 0)] = 0
        return states.current + moves

    def waits(self, states: States, people: People) -> Bools:
        """Say where too many are pending, unless the DLTs suffice to de-escalate (states,)."""
        level = _at_current(states, people)
        many: Bools = level.pending > self.most_pending * level.treated
        return many & (level.observed_rate < self.lambda_d)

    def explain_in_time(self, state: Outcomes, people: People) -> str:
        """Name the counts, the follow-up, the expected rate and the boundary it meets."""
        states = one_state(state)
        level = _at_current(states, people)
        n, y, c = int(level.treated[0]), int(level.dlts[0]), int(level.pending[0])
        if c == 0:
            return self.explain(state)
        follow_up = f"{c} pending, followed for {level.follow_up[0]:.2f} windows in all"
        counts = f"{y} of {n} at dose {state.current} had a DLT, {follow_up}"
        if self.waits(states, people)[0]:
            return f"{counts}: more than {self.most_pending:g} of the dose is pending, wait"
        rate = float(level.expected_rate(self.target)[0])
        return f"{counts}, expected rate {self._move(rate, y / n)}"

    def _move(self, rate: float, observed: float) -> str:
        shown = f"{rate:.3f}" if rate <= 1 else "above 1, by the approximation"
        if rate >= self.lambda_d and observed <= self.target:
            limit = f"at least the de-escalation boundary {boundary(self.lambda_d)}"
            seen = f"the rate seen, {observed:.3f}, is at most the target {self.target:g}"
            return f"{shown}, {limit}, but {seen}: stay"
        low, high = boundary(self.lambda_e), boundary(self.lambda_d)
        if rate <= self.lambda_e:
            return f"{rate:.3f}, at most the escalation boundary {low}: escalate"
        if rate >= self.lambda_d:
            return f"{shown}, at least the de-escalation boundary {high}: de-escalate"
        return f"{rate:.3f}, between the boundaries {low} and {high}: stay"


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The current level of each trial; every entry is (states,)."""

    treated: Ints  # everyone
    dlts: Ints
    pending: Ints
    follow_up: Floats  # of the pending patients, in windows, summed (STFT)

    @property
    def observed_rate(self) -> Floats:
        """DLTs so far by patients treated, pending ones included."""
        rate: Floats = self.dlts / np.maximum(self.treated, 1)
        return rate

    def expected_rate(self, target: float) -> Floats:
        """The rate with each pending outcome replaced by its mean; it can exceed 1."""
        known = self.treated - self.pending
        odds = (self.dlts + target / 2) / (known - self.dlts + 1 - target / 2)
        expected: Floats = self.dlts + odds * (self.pending - self.follow_up)
        return expected / np.maximum(self.treated, 1)


def _at_current(states: States, people: People) -> _Level:
    row, column = people.pending_places
    here = people.dose[row, column] == states.current[row]
    row, column = row[here], column[here]
    pending = np.bincount(row, minlength=len(states))
    shares = people.followed[row, column]
    follow_up = np.bincount(row, shares, minlength=len(states)).astype(np.float64)
    known, dlts = states.at_current()
    return _Level(known + pending, dlts, pending, follow_up)


@by_name
def tite_boin(
    *,
    target: float,
    doses: Doses,
    start: int = 1,
    p_saf: float | None = None,
    p_tox: float | None = None,
    cutoff_eli: float = 0.95,
    min_n_eli: int = 3,
    extrasafe_offset: float | None = None,
    stay_1_of_3: bool = False,
    select_untested: bool = False,
    most_pending: float = 0.5,
) -> Design:
    """Return a TITE-BOIN design with the authors' defaults.

    `target` is the DLT rate aimed at; `p_saf` and `p_tox` default to 0.6 and 1.4 times the target.
    `cutoff_eli` (1 switches elimination off) and `min_n_eli` govern elimination;
    `extrasafe_offset` (the authors use 0.05) lowers the cutoff at the lowest level;
    `stay_1_of_3` stays on 1 DLT of 3 with nobody pending; `select_untested` lets a level be
    recommended at the end where nobody was treated. `most_pending` is the share of patients
    pending at the current level beyond which nobody is treated (1: never wait). Raises InputError
    naming the parameter.
    """
    design = boin(
        target=target,
        doses=doses,
        start=start,
        p_saf=p_saf,
        p_tox=p_tox,
        cutoff_eli=cutoff_eli,
        min_n_eli=min_n_eli,
        extrasafe_offset=extrasafe_offset,
        stay_1_of_3=stay_1_of_3,
        select_untested=select_untested,
    )
    return replace(design, method=_timed(design.method, cutoff("most_pending", most_pending)))


def _timed(method: Method, most_pending: float) -> TiteBoin:
    shared = {part.name: getattr(method, part.name) for part in fields(Boin)}
    return TiteBoin(**shared, most_pending=most_pending)
