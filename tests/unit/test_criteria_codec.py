from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.dates import Duration
from trialwright.core.errors import InputError
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.codec import decode, encode
from trialwright.protocol.criteria.trees import children, walk
from trialwright.protocol.criteria.wording import wording

WORDS = st.text(min_size=1, max_size=12)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9)
DURATIONS = st.builds(Duration, st.integers(0, 600), st.integers(0, 600))
OPERATORS = st.sampled_from(get_args(nodes.Operator))
FAULTS = st.none() | WORDS
DEGREES: tuple[nodes.Severity, ...] = get_args(nodes.Severity)
LIVES = st.decimals(min_value=1, max_value=20, places=1)
LEAVES = st.one_of(
    st.builds(
        nodes.Compare,
        WORDS,
        OPERATORS,
        value=NUMBERS,
        unit=st.none() | WORDS,
        unit_fault=FAULTS,
        method=FAULTS,
    ),
    st.builds(nodes.Compare, WORDS, OPERATORS, times_uln=NUMBERS),
    st.builds(nodes.Compare, WORDS, OPERATORS, times_lln=NUMBERS),
    st.builds(nodes.Compare, WORDS, OPERATORS, percent_predicted=NUMBERS),
    st.builds(nodes.Compare, st.none(), OPERATORS, value=NUMBERS, words=WORDS),
    st.builds(nodes.Ordinal, WORDS, st.lists(WORDS, min_size=1, max_size=3).map(tuple)),
    st.builds(
        nodes.Has,
        st.sampled_from(get_args(nodes.Domain)),
        st.none() | WORDS,
        WORDS,
        st.sampled_from([None, *get_args(nodes.When)]),
        st.sets(st.sampled_from(DEGREES)).map(lambda some: tuple(d for d in DEGREES if d in some)),
    ),
    st.builds(
        nodes.Demographic,
        st.none() | DURATIONS,
        st.none() | DURATIONS,
        st.sampled_from([None, "male", "female"]),
    ),
    st.builds(nodes.Attest, WORDS),
    st.builds(nodes.Judgement, WORDS),
    st.builds(nodes.Residue, WORDS),
)


def _branches(inside: st.SearchStrategy[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    several = st.lists(inside, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(nodes.All, several),
        st.builds(nodes.Any, several),
        st.builds(nodes.Not, inside),
        several.flatmap(lambda of: st.builds(nodes.AtLeast, st.integers(1, len(of)), st.just(of))),
        st.builds(nodes.Except, inside, several),
        st.builds(nodes.IfThen, inside, inside, st.none() | inside),
        st.builds(nodes.Within, DURATIONS, WORDS, inside, st.none() | LIVES, st.none() | DURATIONS),
        st.builds(nodes.Within, st.none(), WORDS, inside, LIVES, st.none() | DURATIONS),
        st.builds(nodes.Within, st.none(), WORDS, inside, st.none(), DURATIONS),
    )


TREES = st.recursive(LEAVES, _branches, max_leaves=12)


@settings(max_examples=120, deadline=None)
@given(TREES)
def test_decode_is_the_inverse_of_encode(tree: nodes.Node) -> None:
    assert decode(encode(tree)) == tree
    assert decode(msgspec.json.decode(msgspec.json.encode(encode(tree)))) == tree
    assert encode(decode(encode(tree))) == encode(tree)


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_every_tree_has_a_wording_and_a_walk(tree: nodes.Node) -> None:
    assert wording(tree)
    found = tuple(walk(tree))
    assert found[0] is tree
    assert len(found) == 1 + sum(len(tuple(walk(child))) for child in children(tree))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["all", "any", "not", "of", "n", "compare", "op", "value", "has", "if"]
            ),
            inside,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None)
@given(JSON)
def test_any_json_is_an_expression_or_an_input_error(value: object) -> None:
    try:
        tree = decode(value)
    except InputError as error:
        assert error.where.startswith("expr")
    else:
        assert decode(encode(tree)) == tree


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"all": []}, "expr.all"),
        ({"all": [{"not": {"residu": "x"}}]}, "expr.all[0].not"),
        ({"at_least": {"n": 3, "of": [{"residue": "x"}]}}, "expr.at_least.n"),
        ({"compare": {"measure": "lvef", "op": "=<", "value": 40}}, "expr.compare.op"),
        ({"compare": {"measure": "lvef", "op": "<="}}, "expr.compare"),
        ({"compare": {"measure": "lvef", "op": "<=", "value": True}}, "expr.compare.value"),
        ({"compare": {"measure": "a", "op": "<", "value": 1, "times_uln": 1}}, "expr.compare"),
        ({"within": {"last": "3 months", "anchor": "x", "of": {}}}, "expr.within.last"),
        ({"has": {"domain": "pet", "words": "cat"}}, "expr.has.domain"),
        ({"all": 1, "any": 2}, "expr"),
    ],
)
def test_an_error_names_the_place_inside(value: object, where: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(value)
    assert caught.value.where == where


def test_numbers_stay_what_they_are() -> None:
    body = encode(nodes.Compare("x", "<", Decimal("0.1"), "L"))
    assert body == {"compare": {"measure": "x", "op": "<", "value": 0.1, "unit": "L"}}
    exact = nodes.Compare("x", "<", Decimal("0.12345678901234567890123"), "L")
    assert decode(encode(exact)) == exact


def test_deep_nesting_is_refused() -> None:
    value: object = {"residue": "x"}
    for _ in range(5000):
        value = {"not": value}
    with pytest.raises(InputError, match="nested too deeply"):
        decode(value)
