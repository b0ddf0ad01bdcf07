"""The pieces that a criterion's text falls into, before their structure is read."""

from dataclasses import dataclass
from typing import Literal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria.nodes import Node

Kind = Literal[
    "atom",  # a fact that was understood
    "window",  # within the last 3 months
    "join",  # and, or, comma, semicolon
    "open", "close",  # parentheses
    "glue",  # words that add nothing: patients with, known
    "method",  # on echocardiography: how a value was measured
    "test",  # serum positivity for: a result, and not a diagnosis
    "define",  # defined by, with: what follows describes what precedes
    "cut",  # in spite of, unexplained by: opens an aside about all that precedes
    "bound",  # due to, requiring: what follows narrows what precedes
    "hazard",  # not, unless, if: what they govern is not guessed
    "widen",  # such as, e.g., or other: more is meant than is listed
    "modifier",  # severe, uncontrolled: narrows the fact it stands beside
    "word",  # anything else
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece and its span in the criterion's text."""

    kind: Kind
    start: int
    end: int
    text: str
    node: Node | None = None
    last: Duration | None = None  # of a window
    anchor: str | None = None
