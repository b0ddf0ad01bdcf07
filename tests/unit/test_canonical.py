"""Equal values give equal bytes."""

from decimal import Decimal

from trialwright.core.canonical import canonical_json, digest


def test_key_order_does_not_matter() -> None:
    assert canonical_json({"b": 1, "a": Decimal("1.50")}) == b'{"a":"1.50","b":1}'
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


def test_a_different_value_has_a_different_digest() -> None:
    assert digest({"a": 1}) != digest({"a": 2})
