"""Logic shape: which statements are joined by and, or, not, as annotated and as read.

A shape is a tree of `all`, `any` and `not` over leaves without names. What restates or narrows one
statement (a time window, a severity, a range of one measure, words not understood beside it) is
part of its leaf. A form whose statements the annotators did not join is no gold (None).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from measure.logic_pairs import Chain, Pair
from trialwright.protocol.criteria import nodes

_JOINS: dict[str, Literal["any", "all"]] = {"union": "any", "intersect": "all"}
_NOT_FACTS = ("hypothetical", "intention", "contraind", "prov", "lang")


@dataclass(frozen=True, slots=True)
class Shape:
    """A connective and what it joins; a leaf joins nothing."""

    kind: Literal["leaf", "any", "all", "not", "unread"]
    of: "tuple[Shape, ...]" = ()

    def __str__(self) -> str:
        """Return the shape in one line: any(x, not(x))."""
        if not self.of:
            return "x" if self.kind == "leaf" else "?"
        return f"{self.kind}({', '.join(map(str, self.of))})"

    @property
    def kinds(self) -> frozenset[str]:
        """The connectives that occur in it."""
        inside = frozenset(kind for part in self.of for kind in part.kinds)
        return inside | ({self.kind} if self.of else frozenset())


LEAF = Shape("leaf")
UNREAD = Shape("unread")


def gold(pair: Pair) -> Shape | None:
    """Return the shape of a pair's form; None where the form leaves statements unjoined."""
    if "or" in _names(pair.form):
        return None
    return _form(pair.form)


def _names(chain: Chain) -> Iterable[str]:
    for call in chain:
        yield call.name
        for arg in call.args:
            if isinstance(arg, tuple):
                yield from _names(arg)


def _form(chain: Chain) -> Shape:
    named = [call.name for call in chain]
    judged = any(name in _NOT_FACTS for name in named)
    parts = [
        _joined(_JOINS[call.name], (_form(arg) for arg in call.args if isinstance(arg, tuple)))
        for call in chain
        if call.name in _JOINS
    ]
    shape = LEAF if judged or not parts else parts[0]
    negations = named.count("neg") if not judged else 0
    return _negated(shape) if negations % 2 else shape


def read(node: nodes.Node) -> Shape:
    """Return the shape of an expression that was read."""
    match node:
        case nodes.All(of):
            return _of_parts("all", of)
        case nodes.Any((nodes.Demographic(), nodes.All((nodes.Demographic(), nodes.Residue())))):
            return LEAF  # over 40: from 41 on for certain, at 40 in doubt
        case nodes.Any(of):
            return _of_parts("any", of)
        case nodes.AtLeast(_, of):
            return _joined("any", map(read, of))
        case nodes.Not(of):
            return _negated(read(of))
        case nodes.Within(of=of):
            return read(of)
        case nodes.Except(base, but):
            return _joined("all", (read(base), _negated(_joined("any", map(read, but)))))
        case nodes.IfThen(when, then, otherwise):
            return _joined("all", (read(part) for part in (when, then, otherwise) if part))
        case nodes.Residue():
            return UNREAD
        case _:
            return LEAF


def _of_parts(kind: Literal["any", "all"], parts: tuple[nodes.Node, ...]) -> Shape:
    """Join what was read; words left beside it, and the two ends of a range, are no statement."""
    measures = {part.measure or part.words for part in parts if isinstance(part, nodes.Compare)}
    if len(measures) == 1 and all(isinstance(part, nodes.Compare) for part in parts):
        return LEAF
    shapes = [shape for shape in map(read, parts) if shape != UNREAD]
    return _joined(kind, shapes) if shapes else UNREAD


def _joined(kind: Literal["any", "all"], parts: Iterable[Shape]) -> Shape:
    flat = [inner for part in parts for inner in (part.of if part.kind == kind else (part,))]
    if len(flat) == 1:
        return flat[0]
    return Shape(kind, tuple(sorted(flat, key=str))) if flat else LEAF


def _negated(shape: Shape) -> Shape:
    return shape.of[0] if shape.kind == "not" else Shape("not", (shape,))
