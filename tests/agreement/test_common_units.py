"""Common units convert by a table of ours, the rest by pint: where both can, they agree."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core import quantity
from trialwright.core.common_units import common, factor_between
from trialwright.core.errors import InputError
from trialwright.core.quantity import UnitMismatch, conversion
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.criteria.units import _SPELLINGS

quantity._registry()  # pint loads here, and not within a timed example
_WRITTEN = sorted(
    {unit for _, unit in _SPELLINGS}
    | {measure.unit for measure in lexicon().measures.values()}
    | set(quantity._AS_WRITTEN)
    | set(quantity._IN_ANY_CASE)
)
_SYMBOLS = st.sampled_from(
    [
        "g",
        "kg",
        "mg",
        "ug",
        "ng",
        "pg",
        "L",
        "dL",
        "mL",
        "uL",
        "nL",
        "fL",
        "mol",
        "mmol",
        "umol",
        "nmol",
        "pmol",
        "m",
        "cm",
        "mm",
        "um",
        "s",
        "ms",
        "minute",
        "hour",
        "day",
        "week",
        "month",
        "year",
        "U",
        "internationalunit",
        "cell",
        "particle",
        "mmHg",
        "kPa",
        "Hz",
        "pound",
        "inch",
        "foot",
    ]
)
_MASSES = st.sampled_from([None, Decimal("113.12"), Decimal("584.66"), Decimal(8460)])


@st.composite
def _expressions(draw: st.DrawFn) -> str:
    over, under = draw(_SYMBOLS), draw(st.lists(_SYMBOLS, max_size=2))
    return "/".join([f"{over}{draw(st.sampled_from(['', '2', '**3']))}", *under])


def _outcome(convert: object, *args: object) -> Decimal | type[Exception]:
    try:
        return convert(*args)  # type: ignore[operator,no-any-return]
    except UnitMismatch:
        return UnitMismatch
    except InputError:
        return InputError


def _agree(one: str, other: str, mass: Decimal | None) -> None:
    quantity.conversion.cache_clear()
    ours = _outcome(conversion, one, other, mass)
    pints = _outcome(quantity._by_pint, one, other, mass)
    if isinstance(ours, Decimal) and isinstance(pints, Decimal):
        assert abs(ours - pints) <= abs(pints) * Decimal("1e-24"), (one, other)
    else:
        assert ours == pints, (one, other)


@given(_expressions(), _expressions(), _MASSES)
def test_any_two_common_units_convert_as_pint_converts_them(
    one: str, other: str, mass: Decimal | None
) -> None:
    _agree(one, other, mass)


@given(st.sampled_from(_WRITTEN), st.sampled_from(_WRITTEN), _MASSES)
def test_units_of_criteria_and_measures_convert_as_pint_converts_them(
    one: str, other: str, mass: Decimal | None
) -> None:
    if one != other:
        _agree(one, other, mass)


@pytest.mark.parametrize(
    ("have", "want", "factor"),
    [
        ("mg/dL", "g/L", Fraction(1, 100)),
        ("1/uL", "1/L", Fraction(10**6)),
        ("pound", "kg", Fraction(45359237, 10**8)),
        ("week", "day", Fraction(7)),
        ("mmHg", "kPa", Fraction("0.133322387415")),
        ("cell/kg", "particle/kg", None),
    ],
)
def test_factors_are_exact(have: str, want: str, factor: Fraction | None) -> None:
    one, other = common(have), common(want)
    assert one is not None
    assert other is not None
    assert factor_between(one, other) == factor


@pytest.mark.parametrize("nonsense", ["", "/", "mg//L", "/mg", "furlong", "mg/dL)", "9", "m m"])
def test_what_is_not_common_is_left_to_pint(nonsense: str) -> None:
    assert common(nonsense) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_table(text: str) -> None:
    found = common(text)
    assert found is None or found.factor > 0
