"""The unit of a limit, where it is one of UCUM that the measure can have."""

import re
from decimal import Decimal

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.protocol.criteria.nodes import Compare
from trialwright.screening.compare import converted
from trialwright.screening.exports.ledger import Unsaid
from trialwright.screening.terms import MeasureTerm

_ONE = Decimal(1)
_PRINTABLE = re.compile(r"[!-~]{1,50}")  # UCUM's characters


def unit_of(node: Compare, term: MeasureTerm) -> str:
    """Return a comparison's unit, the measure's own where none is written.

    Unsaid where it is no unit, or none of this measure: screening reads such a limit as unknown.
    """
    if node.unit is None:
        return term.unit
    try:
        converted(Quantity(_ONE, node.unit), term.unit, term.ways)
    except InputError as error:
        raise Unsaid(f"{node.unit!r} is no unit of {term.label}") from error
    if not _PRINTABLE.fullmatch(node.unit):
        raise Unsaid(f"{node.unit!r} is not written as UCUM writes units")
    return node.unit
