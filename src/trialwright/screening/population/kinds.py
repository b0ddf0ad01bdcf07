"""What repeats in records, as values: a reading and an entry, to JSON and back, exactly."""

from dataclasses import dataclass
from decimal import Decimal

import msgspec

from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Domain, Severity
from trialwright.screening.bounds import Bound
from trialwright.screening.model import ClinicalFact, Code, Coded, Measured, Observation

_Codes = tuple[tuple[str, str], ...]
_Limit = tuple[str, str]  # value, unit


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """An observation without its number and its dates."""

    codes: _Codes
    unit: str | None = None  # set where the value is a number
    bound: Bound | None = None
    exact: str | None = None  # a number that no double holds
    upper: _Limit | None = None
    lower: _Limit | None = None
    answer: _Codes = ()
    words: str = ""
    displays: tuple[str, ...] = ()

    @property
    def all_codes(self) -> frozenset[Code]:
        """The codes of what was observed."""
        return frozenset(Code(*pair) for pair in self.codes)

    @property
    def is_number(self) -> bool:
        """Say whether the `value` of the observations table is this reading's."""
        return self.unit is not None and self.exact is None

    def observation(self, value: float) -> Observation:
        """Return the observation, undated, that has this number."""
        return Observation(
            "", _codes(self.codes), "", self._value(value), None, None,
            _limit(self.upper), _limit(self.lower),
        )  # fmt: skip

    def _value(self, value: float) -> Measured | Coded:
        if self.unit is None:
            return Coded(_codes(self.answer), self.words, self.displays)
        number = Decimal(self.exact or repr(value))
        return Measured(Quantity(number, self.unit), "", self.bound)


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fact of the history without its dates."""

    codes: _Codes
    words: str
    displays: tuple[str, ...] = ()
    holds: str = "true"
    ended: str = "false"
    severity: Severity | None = None

    def fact(self) -> ClinicalFact:
        """Return the fact, undated."""
        return ClinicalFact(
            "", _codes(self.codes), self.words, None, None, Truth(self.holds), Truth(self.ended),
            self.displays, self.severity,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and the domain that it is recorded in."""

    domain: Domain
    fact: ClinicalFact


def reading_of(observation: Observation) -> tuple[Reading, float]:
    """Return an observation's reading and its number, 0 where the number is not a double's."""
    codes = _pairs(observation.codes)
    match observation.value:
        case Measured(quantity=quantity, bound=bound):
            number, exact = _double(quantity.value)
            reading = Reading(
                codes, quantity.unit, bound, exact,
                _pair(observation.upper_normal), _pair(observation.lower_normal),
            )  # fmt: skip
            return reading, number
        case Coded(codes=answer, words=words, displays=displays):
            return Reading(codes, answer=_pairs(answer), words=words, displays=displays), 0.0
        case None:
            raise ValueError("an observation without a value has no reading")


def entry_of(fact: ClinicalFact) -> Entry:
    """Return a fact's entry."""
    return Entry(
        _pairs(fact.codes), fact.words, fact.displays, fact.holds.value, fact.ended.value,
        fact.severity,
    )  # fmt: skip


def _double(value: Decimal) -> tuple[float, str | None]:
    try:
        number = float(value)
        if Decimal(repr(number)) == value:
            return number, None
    except (OverflowError, ArithmeticError):
        pass
    return 0.0, str(value)


def _pairs(codes: tuple[Code, ...]) -> _Codes:
    return tuple((code.system, code.code) for code in codes)


def _codes(pairs: _Codes) -> tuple[Code, ...]:
    return tuple(Code(*pair) for pair in pairs)


def _pair(limit: Quantity | None) -> _Limit | None:
    return None if limit is None else (str(limit.value), limit.unit)


def _limit(pair: _Limit | None) -> Quantity | None:
    return None if pair is None else Quantity(Decimal(pair[0]), pair[1])
