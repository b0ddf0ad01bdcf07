"""How much of what was planned a subject received: each infusion's share, missed ones included.

Every planned infusion weighs the same, since the protocol plans the same amount per kilogram for
each; the share of one is what was given of the amount that its weight and dose called for.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal

from trialwright.conduct.events import InfusionGiven, InfusionPrepared
from trialwright.conduct.model import Infusion, Subject
from trialwright.protocol.model import Protocol

Shares = Mapping[int, Decimal | None]  # by infusion; None where it is neither given nor missed

_ARITHMETIC = Context(prec=50)
_NOTHING = Decimal(0)


def shares(protocol: Protocol, subject: Subject) -> dict[int, Decimal | None]:
    """Return the share given of each planned infusion: 1 is all of it, 0 none."""
    held = {infusion.number: infusion for infusion in subject.infusions}
    planned = range(1, protocol.infusions.count.value + 1)
    return {number: _share(held.get(number)) for number in planned}


def _share(infusion: Infusion | None) -> Decimal | None:
    if infusion is None:
        return None
    if infusion.given is not None and infusion.prepared is not None:
        return share_given(infusion.prepared, infusion.given)
    return _NOTHING if infusion.missed else None


def share_given(prepared: InfusionPrepared, given: InfusionGiven) -> Decimal:
    """Return the share of a planned amount that was given."""
    return _ARITHMETIC.divide(given.given_amount, prepared.planned_amount)


def percent(received: Shares) -> Decimal:
    """Return the percentage received so far of all that is planned."""
    return _mean([_NOTHING if share is None else share for share in received.values()])


def most_percent(received: Shares) -> Decimal:
    """Return the percentage that can still be reached: what is open yet given in full."""
    return _mean([Decimal(1) if share is None else share for share in received.values()])


def is_short(protocol: Protocol, reached: Decimal) -> bool:
    """Say whether a percentage is below what makes a subject without a DLT evaluable."""
    return reached < Decimal(str(protocol.dlt.minimum_exposure_percent.value))


def shown(reached: Decimal) -> str:
    """Return a percentage to read, to 0.1."""
    return f"{reached.quantize(Decimal('0.1'), ROUND_HALF_EVEN)} %"


def _mean(values: list[Decimal]) -> Decimal:
    return _ARITHMETIC.divide(100 * sum(values, _NOTHING), Decimal(len(values)))
