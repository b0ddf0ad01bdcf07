"""The facts that a text states, and how tests write what they expect."""

from decimal import Decimal

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts import found_facts
from trialwright.protocol.criteria.pieces import Piece


def facts(text: str) -> tuple[Piece, ...]:
    """The facts with numbers: concepts are another matter."""
    return tuple(p for p in found_facts(text) if not isinstance(p.node, nodes.Has))


def fact(text: str) -> nodes.Node:
    (piece,) = facts(text)
    assert piece.node is not None
    return piece.node


def limit(measure: str, op: nodes.Operator, value: str, unit: str | None) -> nodes.Compare:
    return nodes.Compare(measure, op, value=Decimal(value), unit=unit)


def named(words: str, op: nodes.Operator, value: str, unit: str | None = None) -> nodes.Compare:
    return nodes.Compare(None, op, value=Decimal(value), unit=unit, words=words)
