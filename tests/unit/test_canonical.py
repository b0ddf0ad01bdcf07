"""Equal values give equal bytes."""

import math
from decimal import Decimal

import pytest

from trialwright.core.canonical import canonical_json, digest
from trialwright.core.errors import InputError


def test_key_order_does_not_matter() -> None:
    assert canonical_json({"b": 1, "a": Decimal("1.50")}) == b'{"a":"1.50","b":1}'
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


def test_a_different_value_has_a_different_digest() -> None:
    assert digest({"a": 1}) != digest({"a": 2})


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [1, (x,)], lambda x: {"a": {"b": x}}])
def test_a_float_that_is_not_finite_has_no_canonical_json(number, wrap):
    with pytest.raises(InputError, match="wanted a finite number"):
        canonical_json(wrap(number))


def test_what_is_and_what_is_not_the_same_bytes():
    assert canonical_json({"a": 1, "b": None}) == canonical_json({"b": None, "a": 1})
    assert canonical_json(Decimal("1")) != canonical_json(Decimal("1.0"))
    assert canonical_json(1) != canonical_json(1.0)
    assert canonical_json(["null", None, 1.5]) == b'["null",null,1.5]'
