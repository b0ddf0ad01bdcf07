"""Kleene's logic in the database, with the kind of unknown beside the truth.

A verdict is two small numbers: the truth (0 false, 1 unknown, 2 true) and the kind of unknown (its
place in UNKNOWN_KINDS, and NO_KIND where the truth is known). Each step names a part's truth as few
times as it can, so that the text grows with the square of the nesting and not with its power.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product, starmap
from typing import Any, assert_never

import ibis

from trialwright.core.errors import InputError
from trialwright.core.truth import Truth
from trialwright.screening.model import UNKNOWN_KINDS, UnknownKind
from trialwright.screening.population import plan
from trialwright.screening.population.plan import NO_KIND, RANK, Plan

Expr = Any  # Ibis tells a column's type only when it runs

TRUE_CODE = NO_KIND + 1
_LARGEST = 100_000  # parts named in one expression
_OPEN = RANK[Truth.UNKNOWN]


@dataclass(frozen=True, slots=True)
class Pair:
    """A verdict: truth, and the kind of unknown."""

    truth: Expr
    kind: Expr

    def code(self) -> Expr:
        """Return the verdict as one number: 0 false, 1 to 7 the kind of unknown, 8 true."""
        told = ibis.cases((self.truth == 0, 0), (self.truth == 2, TRUE_CODE), else_=self.kind + 1)
        return told.cast("int8")


def kind_number(kind: UnknownKind | None) -> int:
    """Return the place of a kind; NO_KIND for none."""
    return NO_KIND if kind is None else UNKNOWN_KINDS.index(kind)


def constant(truth: Truth, kind: UnknownKind | None) -> Pair:
    """Return the same verdict for everybody."""
    return Pair(_number(RANK[truth]), _number(kind_number(kind)))


def formula(node: Plan, leaf: Callable[[int], Pair], name: str) -> Expr:
    """Return the code of a plan over leaves; InputError where it is too large for one query."""
    if sum(_size(node)) > _LARGEST:
        wanted = "fewer levels, or files of patients instead of a database"
        raise InputError(name, "too deeply nested for one query", wanted)
    return _pair(node, leaf).code()


def _pair(node: Plan, leaf: Callable[[int], Pair]) -> Pair:
    match node:
        case plan.Fixed(truth, kind):
            return constant(truth, kind)
        case plan.At(number):
            return leaf(number)
        case plan.Every(of):
            return _every([_pair(part, leaf) for part in of])
        case plan.Some(of):
            parts = [_pair(part, leaf) for part in of]
            return _open(_greatest([part.truth for part in parts]), parts)
        case plan.Opposite(of):
            part = _pair(of, leaf)
            return Pair(2 - part.truth, part.kind)
        case plan.Several(n, of):
            return _several(n, [_pair(part, leaf) for part in of])
        case plan.Branch(when, then, otherwise):
            return _branch(_pair(when, leaf), _pair(then, leaf), _pair(otherwise, leaf))
        case plan.Agreed(least, most, kind):
            return _agreed(_pair(least, leaf), _pair(most, leaf), kind)
        case plan.SoFar(of):
            return _so_far(_pair(of, leaf))
        case plan.Tested(recorded, test):
            return _tested(_pair(recorded, leaf), _pair(test, leaf))
        case _:
            assert_never(node)


def _every(parts: Sequence[Pair]) -> Pair:
    if not parts:
        return constant(Truth.TRUE, None)
    return _open(_least([part.truth for part in parts]), parts)


def _several(n: int, parts: Sequence[Pair]) -> Pair:
    sure = sum((_if(part.truth == 2, 1, 0) for part in parts), _number(0))
    possible = sum((_if(part.truth == 0, 0, 1) for part in parts), _number(0))
    return _open(ibis.cases((sure >= n, 2), (possible < n, 0), else_=1), parts)


def _branch(when: Pair, then: Pair, otherwise: Pair) -> Pair:
    truth = _looked_up(_BRANCHES, when.truth * 9 + then.truth * 3 + otherwise.truth)
    kinds = [
        when.kind,
        _if(when.truth == 0, NO_KIND, then.kind),
        _if(when.truth == 2, NO_KIND, otherwise.kind),
    ]
    return Pair(truth, _if(truth == _OPEN, _least(kinds), NO_KIND))


def _followed(when: int, then: int, otherwise: int) -> int:
    if when != _OPEN:
        return then if when == RANK[Truth.TRUE] else otherwise
    return then if then == otherwise else _OPEN


def _packed(digits: Iterable[int]) -> int:
    return sum(digit << 2 * place for place, digit in enumerate(digits))


_BRANCHES = _packed(starmap(_followed, product(range(3), repeat=3)))
_AGREED = _packed(a if a == b else _OPEN for a, b in product(range(3), repeat=2))


def _looked_up(packed: int, place: Expr) -> Expr:
    """Return the number at a place: two bits each.

    A `case` would name the place in each of its lines, and nested ones would grow without end.
    """
    row = ibis.literal(packed, type="int64") >> (2 * place).cast("int32")
    return (row & 3).cast("int16")


def _agreed(least: Pair, most: Pair, doubt: UnknownKind) -> Pair:
    truth = _looked_up(_AGREED, least.truth * 3 + most.truth)
    both_open = (least.truth == _OPEN) & (most.truth == _OPEN)
    kind = _if(both_open, least.kind, kind_number(doubt))
    return Pair(truth, _if(truth == _OPEN, kind, NO_KIND))


def _tested(recorded: Pair, test: Pair) -> Pair:
    truth = ibis.greatest(recorded.truth, test.truth)
    kind = _if(recorded.truth == _OPEN, recorded.kind, test.kind)
    return Pair(truth, _if(truth == _OPEN, kind, NO_KIND))


def _so_far(part: Pair) -> Pair:
    kind = _if(part.truth == 0, kind_number("no_data"), part.kind)
    return Pair(ibis.greatest(part.truth, _number(_OPEN)), kind)


def _open(truth: Expr, parts: Sequence[Pair]) -> Pair:
    kind = _least([part.kind for part in parts])
    return Pair(truth, _if(truth == _OPEN, kind, NO_KIND))


def _least(values: Sequence[Expr]) -> Expr:
    return ibis.least(*values) if len(values) > 1 else values[0]


def _greatest(values: Sequence[Expr]) -> Expr:
    return ibis.greatest(*values) if len(values) > 1 else values[0]


def _if(condition: Expr, then: Expr, otherwise: Expr) -> Expr:
    return ibis.cases((condition, then), else_=otherwise)


def _number(value: int) -> Expr:
    return ibis.literal(value, type="int8")


def _size(node: Plan) -> tuple[int, int]:
    """Return how often leaves are named in the truth and in the kind of a plan."""
    match node:
        case plan.Fixed() | plan.At():
            return 1, 1
        case plan.Every(of) | plan.Some(of):
            return _sizes(of, 1)
        case plan.Several(_, of):
            return _sizes(of, 2)
        case plan.Opposite(of):
            return _size(of)
        case plan.SoFar(of):
            truth, kind = _size(of)
            return truth, truth + kind
        case plan.Branch(when, then, otherwise):
            truth, kind = _sizes((when, then, otherwise), 1)
            return truth, kind + 2 * _size(when)[0]
        case plan.Agreed(one, other) | plan.Tested(one, other):
            truth, kind = _sizes((one, other), 1)
            return truth, kind + truth
        case _:
            assert_never(node)


def _sizes(parts: Sequence[Plan], times: int) -> tuple[int, int]:
    sizes = [_size(part) for part in parts]
    truth = times * sum(each for each, _ in sizes)
    return truth, truth + sum(each for _, each in sizes)
