"""The trial's use cases: load, decide, append; nothing without a signature."""

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any, Concatenate, ParamSpec

from trialwright.conduct import decide, permissions, proposal
from trialwright.conduct.events import AnyEvent, Entry, TrialOpened
from trialwright.conduct.fold import apply
from trialwright.conduct.journal import GENESIS, Verification, seal
from trialwright.conduct.journal import verify as verify_lines
from trialwright.conduct.legible import exact
from trialwright.conduct.model import TrialState
from trialwright.conduct.ports import Clock, Journal
from trialwright.conduct.signature import SYSTEM, Signature, Signed
from trialwright.core.errors import InputError, Refused
from trialwright.protocol.model import Protocol

P = ParamSpec("P")
Decision = Callable[Concatenate[TrialState, Signed, P], Sequence[AnyEvent]]


def verify(journal: Journal) -> Verification:
    """Recompute a journal's chain and fold, and look at the store's own guards."""
    return verify_lines(journal.lines(), journal.faults())


class TrialService:
    """One trial, through its journal and the server's clock.

    The state is kept between calls and caught up from the journal before each, so a service that
    lives long reads every entry once.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._state: TrialState | None = None

    @property
    def state(self) -> TrialState:
        """The trial as the journal tells it now; InputError for a journal without entries."""
        state = self._caught_up()
        if state is None:
            raise InputError(self._journal.where, "no entries", "a trial that was opened")
        return state

    def open(self, signature: Signature, protocol: Protocol, simulated: bool) -> Entry:
        """Write a journal's first entry; the one who signs is the trial's sponsor."""
        if self._caught_up() is not None:
            raise Refused("journal", f"{self._journal.where} has entries", "an empty journal")
        signed = self._now(signature)
        permissions.may_record(signed, TrialOpened)
        event = decide.open_trial(protocol, exact(simulated, bool, "simulated"))
        permissions.check_opening(signed, event)
        return self._append((event,), signed)[0]

    def act(
        self,
        signature: Signature,
        decision: "Decision[P]",
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> tuple[Entry, ...]:
        """Decide on the trial as it stands and record what follows, all or nothing.

        Permission comes first. Refused where the signer or the trial's rules forbid it; Conflict
        (a Refused) where somebody recorded something in between; InputError where an argument is
        not what the decision takes.
        """
        state = self.state
        signed = self._now(signature)
        _not_before_the_last(state, signed)
        permissions.held_role(state, signed)
        if decision in decide.RECORDS:
            permissions.may_record(signed, decide.RECORDS[decision])
        events = _decided(state, signed, decision, *proposal.checked(decision, args, kwargs))
        for event in events:
            if not permissions.is_of_the_rules(event):
                permissions.check(state, signed, event)
        return self._append(events, signed)

    def _append(self, events: Sequence[AnyEvent], signed: Signed) -> tuple[Entry, ...]:
        state = self._state
        after, previous = (state.seq, state.head) if state else (0, GENESIS)
        entries = []
        for seq, event in enumerate(events, start=after + 1):
            entries.append(_sealed(previous, seq, signed, event))
            previous = entries[-1].hash
        # Fold first: what cannot be told must not be written.
        for entry in entries:
            state = apply(state, entry, self._journal.where)
        self._journal.append(entries, after=after)
        self._state = state
        return tuple(entries)

    def _caught_up(self) -> TrialState | None:
        state = self._state
        for entry in self._journal.read(after=state.seq if state else 0):
            state = apply(state, entry, self._journal.where)
        self._state = state
        return state

    def _now(self, signature: Signature) -> Signed:
        now = self._clock.now()
        if now.tzinfo is None:
            raise InputError("the server's clock", f"{now} without a zone", "a time in UTC")
        signed = exact(signature, Signature, "signature")
        return Signed(signed.actor, signed.role, signed.reason, now.astimezone(UTC))


def _decided(
    state: TrialState,
    signed: Signed,
    decision: Callable[..., Sequence[AnyEvent]],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Sequence[AnyEvent]:
    try:
        return decision(state, signed, *args, **kwargs)
    except ArithmeticError as error:
        given = ", ".join(map(str, (*args, *kwargs.values())))
        wanted = "numbers that can be calculated with"
        raise InputError(decision.__name__, given[:200], wanted) from error


def _not_before_the_last(state: TrialState, signed: Signed) -> None:
    """The order of the entries is the order of what was known: a clock set back would belie it."""
    if signed.at < state.latest:
        raise Refused(
            "clock",
            f"it is {signed.at} by the server's clock, the last entry is of {state.latest}",
            "the server's clock set right",
        )


def _sealed(previous: str, seq: int, signed: Signed, event: AnyEvent) -> Entry:
    if permissions.is_of_the_rules(event):
        reason = f"opened by the rules on what {signed.actor} recorded"
        return seal(previous, seq, signed.at, SYSTEM, "system", reason, event)
    return seal(previous, seq, signed.at, signed.actor, signed.role, signed.reason, event)
