"""The pieces that a criterion's text falls into, before their structure is read."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria.nodes import Node

Kind = Literal[
    "atom",  # a fact that was understood
    "window",  # within the last 3 months
    "join",  # and, or, comma, slash
    "stop",  # semicolon, or the end of a sentence
    "colon",
    "open", "close",  # parentheses
    "glue",  # words that add nothing: patients with, known
    "sex",  # women, male patients
    "who",  # who have, with: opens a new clause about the same patient
    "ever", "current",  # history of; active
    "degree",  # severe, moderate to severe
    "method",  # on echocardiography: how a value was measured
    "positive", "negative",  # a test's result, and not a diagnosis
    "restate",  # i.e., defined as: what follows says the same, or narrows it
    "not",  # no, without, free of
    "dont",  # not: before a verb or an adjective
    "except",  # other than, with the exception of
    "unless",
    "neutral",  # with or without: what follows decides nothing
    "if",  # if, in case of: opens a condition
    "count",  # at least two of the following
    "all", "any",  # all of the following; any of the following
    "both",  # both A and B
    "aside",  # in spite of, defined as: opens an aside about all that precedes
    "bound",  # due to, requiring: what follows narrows what precedes
    "example",  # such as, e.g., including
    "other",  # or any other: more is meant than is listed
    "relation",  # allergy to, family history of: what follows is only its object
    "hazard",  # risk, suspected: may change the meaning of what stands beside it
    "modifier",  # uncontrolled, symptomatic: narrows the fact it stands beside
    "word",  # anything else
]  # fmt: skip


DEPTH = {"open": 1, "close": -1}  # how much deeper in parentheses a kind leads


@dataclass(slots=True, unsafe_hash=True)  # made by the dozen: freezing would cost more than reading
class Piece:
    """One piece and its span in the criterion's text; nobody changes one."""

    kind: Kind
    start: int
    end: int
    text: str
    node: Node | None = None
    last: Duration | None = None  # of a window
    anchor: str | None = None
    half_lives: Decimal | None = None
    gap: Duration | None = None


def kinds_of(pieces: Iterable[Piece]) -> frozenset[Kind]:
    """Return the kinds of some pieces."""
    return frozenset([piece.kind for piece in pieces])
