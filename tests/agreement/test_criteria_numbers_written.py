"""What is written from a comparison, in any spelling, is read back as that comparison."""

import time
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts import found_facts
from trialwright.protocol.criteria.facts.amounts import amounts
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.criteria.numbers import IN_WORDS
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import walk
from trialwright.protocol.criteria.units import unit_at

SIGNS: dict[nodes.Operator, tuple[str, ...]] = {
    ">=": ("≥", ">=", "> =", "=>", ">/="), "<=": ("≤", "<=", "=<"), ">": (">", "&gt;"),
    "<": ("<", "&lt;"), "=": ("=",),
}  # fmt: skip
SPELLED = {
    op: (*signs, *(words for words, meant in IN_WORDS.items() if meant == op))
    for op, signs in SIGNS.items()
}
UNITS = {
    "%": ("%", " %", " percent"), "pg/mL": (" pg/mL", "pg/ml", " pg / mL"),
    "10*9/L": (" x 10^9/L", " x109/L", " ×10⁹/L", " G/L", " x 10e9/L", " 10*9/L", " x 10 9 / l"),
    "mg/dL": (" mg/dL", "mg/dl", " mg / dl"), "mm[Hg]": (" mmHg", " mm Hg"),
    "kg/m2": (" kg/m2", "kg/m²", " kg/m^2"), "ms": (" ms", " msec"),
    "10*3/uL": (" K/uL", " x10^3/µL", " x 103/mm3", " thousand/mm3"), "g/dL": (" g/dL", "g/dl"),
    "U/L": (" U/L", " IU/L"), "umol/L": (" µmol/L", " umol/l", " micromol/L"),
}  # fmt: skip
# what a measure can be in each unit
MEASURES: dict[str, dict[str, tuple[int, int]]] = {
    "lvef": {"%": (1, 90)}, "nt_probnp": {"pg/mL": (1, 99_999)},
    "thrombocytes": {"10*9/L": (1, 3000), "10*3/uL": (1, 3000)}, "bmi": {"kg/m2": (8, 100)},
    "creatinine": {"mg/dL": (1, 25), "umol/L": (10, 2000)}, "sbp": {"mm[Hg]": (40, 300)},
    "haemoglobin": {"g/dL": (2, 25)}, "alt": {"U/L": (1, 20_000)}, "qtc": {"ms": (200, 800)},
    "leucocytes": {"10*9/L": (1, 500), "10*3/uL": (1, 500)},
}  # fmt: skip


def written_number(value: Decimal) -> st.SearchStrategy[str]:
    plain = f"{value:f}"
    forms = [plain]
    if value == value.to_integral_value() and value >= 10_000:
        forms += [f"{int(value):,}", f"{int(value):,}".replace(",", " ")]
    if "." in plain and len(plain.split(".")[1]) != 3:
        forms.append(plain.replace(".", ","))
    return st.sampled_from(forms)


@st.composite
def written(draw: st.DrawFn) -> tuple[nodes.Compare, str]:
    """Draw a comparison and one way of writing it."""
    measure = draw(st.sampled_from(sorted(MEASURES)))
    unit, (least, most) = draw(st.sampled_from(sorted(MEASURES[measure].items())))
    op: nodes.Operator = draw(st.sampled_from(sorted(SPELLED)))
    value = draw(st.decimals(least, most, places=1).map(lambda v: v.normalize() + 0))
    number = draw(written_number(value))
    entry = lexicon().measures[measure]
    name = draw(st.sampled_from(sorted(entry.names)))
    spelling = draw(st.sampled_from(SPELLED[op]))
    text = f"{name} {spelling} {number}{draw(st.sampled_from(UNITS[unit]))}"
    return nodes.Compare(measure, op, value=value, unit=unit), text


@settings(max_examples=600, deadline=None)
@given(written())
def test_a_comparison_is_read_back(case: tuple[nodes.Compare, str]) -> None:
    expected, text = case
    (piece,) = (p for p in found_facts(text) if isinstance(p.node, nodes.Compare))
    node = piece.node
    assert isinstance(node, nodes.Compare)
    assert (node.measure, node.op, node.value, node.unit) == (
        expected.measure, expected.op, expected.value, expected.unit,
    )  # fmt: skip
    assert (piece.start, piece.end) == (0, len(text))


@settings(max_examples=200, deadline=None)
@given(written(), written())
def test_two_comparisons_are_read_apart(
    one: tuple[nodes.Compare, str], other: tuple[nodes.Compare, str]
) -> None:
    read = [
        n
        for p in found_facts(f"{one[1]}; {other[1]}")
        for n in (walk(p.node) if p.node else ())
        if isinstance(n, nodes.Compare)
    ]
    assert [(n.measure, n.op, n.value) for n in read] == [
        (each.measure, each.op, each.value) for each, _ in (one, other)
    ]


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 119), st.integers(1, 119), st.sampled_from(["{} to {}", "{}-{}", "{} – {}"]),
    st.sampled_from(["age {} years", "aged {}", "{} years old", "Ages {} years"]),
)  # fmt: skip
def test_a_range_of_ages_is_read_back(low: int, high: int, joint: str, said: str) -> None:
    pieces = found_facts(said.format(joint.format(low, high)))
    expected = nodes.Demographic(Duration(months=12 * low), Duration(months=12 * high))
    read = [p.node for p in pieces if isinstance(p.node, nodes.Demographic)]
    assert read == ([expected] if low < high else [])


# --- any text --------------------------------------------------------------------------------

WORDS = (
    "LVEF", "ALT", "NYHA", "III", "ECOG", "age", "years", "old", "≤", "<", ">=", "≥", "at least",
    "between", "and", "or", "to", "-", "–", "(", ")", "[", ",", ";", ":", ".", "/", "%", "x",
    "10^9/L", "109/L", "/mm3", "mg/dL", "ULN", "times", "upper limit of normal", "normal", "within",
    "the", "last", "3", "2.5", "1,500", "100 000", "0", "18", "140/90", "months", "half-lives",
    "whichever is longer", "before", "screening", "of", "score", "predicted", "x ULN", "six",
    "within 3 months", "after surgery", "allergy to", "of childbearing potential", "i.e.",
    "\N{SUPERSCRIPT TWO}", "\u0663", "\u0130", "+", "=", "²", "\n", "\x00",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=40).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda space: space.join(words))
)


def check(text: str, pieces: tuple[Piece, ...]) -> None:
    at = 0
    for piece in pieces:
        assert at <= piece.start < piece.end <= len(text)
        assert piece.text == text[piece.start : piece.end]
        assert (piece.node is None) == (piece.kind == "window")
        at = piece.end


@settings(max_examples=1000, deadline=None)
@given(TEXTS)
def test_any_text_is_read_without_a_fault(text: str) -> None:
    check(text, found_facts(text))
    for amount in amounts(text):
        assert 0 <= amount.start <= amount.at < amount.end <= len(text)
        assert unit_at(text, amount.at).end >= amount.at


def seconds(text: str) -> float:
    start = time.process_time()
    found_facts(text)
    return time.process_time() - start


def test_time_is_linear_in_the_text() -> None:
    for pattern in (
        "LVEF < 40 % or ", "1", "1 ", "1.", "1,000", "(", "(1) ", "age ", "between 1 and ", "a ",
        "AST and ", "within 3 months or ", "the upper limit of ", "≥ ", "NYHA ", "of the ",
        "x 10", "1-", "5 half-lives or ", "level of ", "within the last ", "mm ", "score (", "\n",
        "score of 1, ", "score of 1 ", "ALT < 2 x ULN (5 x ULN if ", "QTc > 450 ms in men or ",
        "outside the range of ", "twenty-one or older ", "AST, ", "over the past year ",
        "stroke within 3 months, ", "insulin allergy to ", "of childbearing potential (i.e. ",
    ):  # fmt: skip
        seconds(pattern * 10)
        small = min(seconds(pattern * (2_000 // len(pattern))) for _ in range(3))
        large = min(seconds(pattern * (20_000 // len(pattern))) for _ in range(2))
        assert large < max(30 * small, 0.1), (pattern, small, large)


def test_a_criterion_of_100_kb_is_read_in_seconds() -> None:
    assert seconds("LVEF < 40 % or age 18 to 80 years, NYHA III within 3 months, " * 1_600) < 5
