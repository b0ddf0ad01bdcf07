"""Expressions and patients drawn for the engines, and the comparison with `evaluate`, row by row.

The vocabulary is small on purpose, so that records meet criteria: values on a boundary in several
units, dates that cover the window's edge, facts that are over, suspected, or of another domain.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from hypothesis import strategies as st

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import (
    DOMAINS,
    ClinicalFact,
    Code,
    Coded,
    Measured,
    Observation,
    Patient,
)
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.population.tables import Tables
from trialwright.screening.population.verdicts import meaning, verdicts
from trialwright.screening.setting import Setting

ON = date(2024, 9, 2)
CLOSED = Policy(ClosedWorld(frozenset(DOMAINS)))
NARROW = Policy(
    ClosedWorld(frozenset({"condition"})),
    MappingProxyType({"lvef": Duration(6), "nyha": Duration(0, 20)}),
    MappingProxyType({"first_infusion": date(2024, 8, 31)}),
)
policies = st.sampled_from([OPEN_WORLD, CLOSED, NARROW])

# --- patients -----------------------------------------------------------------------------------


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(st.dates(date(2024, 5, 25), date(2024, 9, 8)) | st.just(ON))
    kind = draw(st.integers(0, 4))
    return PartialDate(day.year, day.month if kind else None, day.day if kind > 1 else None)


def _code(system: str, code: str) -> tuple[Code, ...]:
    return (Code(system, code),)


# (codes, units, numbers): the limits of the criteria below in every unit, just beside them, and
# values that nobody has.
MEASURES = [
    (
        _code("loinc", "10230-1"),
        ["%", "", "mL"],
        [
            "40",
            "40.0",
            "39.999999999999993",
            "41",
            "0.4",
            "95",
            "40.00000000000000000001",
            "39.99999999999999999999",
        ],
    ),
    (
        _code("loinc", "4544-3"),
        ["%", "L/L", "1"],
        ["25", "0.25", "0.2499999999999999", "24", "0.3"],
    ),
    (
        _code("loinc", "2160-0"),
        ["mg/dL", "umol/L", "mmol/L"],
        ["1.5", "132.6", "132.60", "0.13", "132.60254597", "400", "133"],
    ),
    (_code("loinc", "1742-6"), ["U/L"], ["35", "105", "105.1", "104.9", "12"]),
    (_code("loinc", "4548-4"), ["%", "mmol/mol"], ["8.6", "86", "70", "8.555", "6.9999"]),
    (_code("loinc", "2823-3"), ["mmol/L", "meq/L"], ["5", "5.0", "5.1"]),
    (_code("loinc", "89247-1"), ["{score}", ""], ["0", "1", "2", "2.0", "1.5"]),
]
bounds = st.sampled_from([None, None, None, "<", "<=", ">", ">="])
limits = st.none() | st.sampled_from([Quantity(Decimal("35"), "U/L"), Quantity(Decimal(1), "mL")])
instants = st.none() | st.integers(0, 2).map(
    lambda hours: datetime(2024, 8, 20, tzinfo=UTC) + timedelta(hours=hours)
)


@st.composite
def measured(draw: st.DrawFn) -> Observation:
    codes, units, numbers = draw(st.sampled_from(MEASURES))
    quantity = Quantity(Decimal(draw(st.sampled_from(numbers))), draw(st.sampled_from(units)))
    value = Measured(quantity, str(quantity), draw(bounds))
    return _dated(draw, codes, value, draw(limits), draw(limits))


@st.composite
def classified(draw: st.DrawFn) -> Observation:
    codes, answers = draw(
        st.sampled_from(
            [
                (
                    _code("loinc", "88020-3"),
                    [
                        ((), "NYHA class III"),
                        (_code("loinc", "LA28404-4"), ""),
                        ((), "II"),
                        ((), "mild"),
                    ],
                ),
                (_code("loinc", "89247-1"), [((), "2"), (_code("loinc", "LA9622-7"), "")]),
                (
                    _code("loinc", "56888-1"),
                    [(_code("snomed", "10828004"), ""), ((), "Negative"), ((), "?")],
                ),
                (_code("loinc", "5195-3"), [((), "positive"), ((), "negative")]),
                (_code("loinc", "10230-1"), [((), "reduced")]),
            ]
        )
    )
    answer, words = draw(st.sampled_from(answers))
    return _dated(draw, codes, Coded(answer, words), None, None)


def _dated(
    draw: st.DrawFn,
    codes: tuple[Code, ...],
    value: Measured | Coded,
    upper: Quantity | None,
    lower: Quantity | None,
) -> Observation:
    instant = draw(instants)
    day = PartialDate.of(instant.date()) if instant else draw(st.none() | partial_dates())
    return Observation("Observation/o", codes, "a value", value, day, instant, upper, lower)


CODES = [
    _code("icd10", "I63.9"),
    _code("icd10", "I69.3"),
    (*_code("icd10", "I69.3"), *_code("icd10", "I63")),
    _code("icd10", "I25.2"),
    _code("icd10", "I21.4"),
    _code("atc", "B01AA03"),
    _code("icd10", "B20"),
    _code("icd10", "Z00"),
    _code("icd10", "I50.9"),
    _code("icd10", "I50"),
    _code("icd10", "G46"),
    _code("icd10", "Z95.1"),
    _code("icd10", "I42"),
    _code("icd10", "I42.0"),
    _code("icd10", "I42.1"),
    _code("icd10", "C34.9"),
    _code("icd10", "C50.9"),
    _code("icd10", "Z99.2"),
    _code("snomed", "447365002"),
    _code("snomed", "91936005"),
    _code("snomed", "1"),
    _code("atc", "C01CA04"),
    _code("atc", "H02AB06"),
    _code("atc", "L01BA01"),
    (),
    (*_code("snomed", "105502003"), *_code("icd10", "I63.9")),
]
facts = st.builds(
    ClinicalFact,
    id=st.just("Condition/c"),
    codes=st.sampled_from(CODES),
    words=st.sampled_from(["", "a condition", "Cerebral infarct", "implantation of a pacemaker"]),
    start=st.none() | partial_dates(),
    end=st.none() | st.none() | partial_dates(),
    holds=st.sampled_from([Truth.TRUE, Truth.TRUE, *Truth]),
    ended=st.sampled_from(Truth),
    severity=st.sampled_from([None, None, "mild", "severe"]),
)
_few = st.lists(facts, max_size=3).map(tuple)
births = st.dates(date(1942, 1, 1), date(1946, 12, 31)).map(PartialDate.of)
patients = st.builds(
    Patient,
    id=st.just("p"),
    sex=st.sampled_from(["male", "female", "other", "unknown"]),
    birth=st.none()
    | births
    | st.integers(1942, 1946).map(PartialDate)
    | st.sampled_from([PartialDate(1944, 9, 2), PartialDate(1943, 9, 2), PartialDate(1944, 9)]),
    observations=st.lists(measured() | classified(), max_size=6).map(tuple),
    conditions=_few,
    medications=_few,
    procedures=_few,
    allergies=_few,
    devices=_few,
    deceased=st.booleans(),
    died=st.none() | partial_dates(),
    simulated=st.just(True),
)

# --- expressions --------------------------------------------------------------------------------

operators = st.sampled_from(["<", "<=", ">", ">=", "="])
compares = st.one_of(
    st.builds(nodes.Compare, st.just("lvef"), operators, st.just(Decimal(40)), st.just("%")),
    st.builds(
        nodes.Compare, st.just("hba1c"), operators, st.just(Decimal(70)), st.just("mmol/mol")
    ),
    st.builds(nodes.Compare, st.just("hba1c"), operators, st.just(Decimal("8.6")), st.just("%")),
    st.builds(
        nodes.Compare, st.just("potassium"), operators, st.just(Decimal(5)), st.just("mEq/L")
    ),
    st.builds(nodes.Compare, st.just("haematocrit"), operators, st.just(Decimal(25)), st.just("%")),
    st.builds(
        nodes.Compare,
        st.just("creatinine"),
        operators,
        st.sampled_from([Decimal("1.5")]),
        st.just("mg/dL"),
    ),
    st.builds(
        nodes.Compare,
        st.just("creatinine"),
        operators,
        st.just(Decimal("132.6")),
        st.just("umol/L"),
    ),
    st.builds(nodes.Compare, st.just("alt"), operators, times_uln=st.just(Decimal(3))),
    st.builds(nodes.Compare, st.just("alt"), operators, times_lln=st.just(Decimal("0.34"))),
    st.builds(nodes.Compare, st.just("alt"), operators, percent_predicted=st.just(Decimal(80))),
    st.builds(
        nodes.Compare,
        st.just("lvef"),
        operators,
        st.just(Decimal(1)),
        st.just("L/min"),
        unit_fault=st.sampled_from([None, "a fault"]),
    ),
    st.builds(
        nodes.Compare, st.none(), operators, st.just(Decimal(1)), words=st.just("pack-years")
    ),
)
CONCEPTS = [
    ("condition", "stroke"),
    ("condition", "myocardial_infarction"),
    ("drug", "warfarin"),
    ("condition", "hiv"),
    ("condition", "hbsag"),
    ("condition", "heart_failure"),
    ("condition", "malignancy"),
    ("condition", "dialysis_dependence"),
    ("procedure", "cardiac_surgery"),
    ("procedure", "organ_transplant"),
    ("procedure", "chemotherapy"),
    ("device", "defibrillator"),
    ("device", "pacemaker"),
    ("drug", "inotropes"),
    ("drug", "corticosteroids"),
    ("allergy", "penicillin_allergy"),
    ("condition", None),
    ("device", None),
    ("drug", None),
]
has = st.sampled_from(CONCEPTS).flatmap(
    lambda each: st.builds(
        nodes.Has,
        st.just(each[0]),
        st.just(each[1]),
        st.just("words"),
        st.sampled_from([None, "current", "ever"]),
        st.sampled_from([(), (), ("severe",), ("mild", "moderate")]),
    )
)


def _condition(
    names: list[str], severities: list[tuple[str, ...]] | None = None
) -> st.SearchStrategy[nodes.Has]:
    return st.builds(
        nodes.Has,
        st.just("condition"),
        st.sampled_from(names),
        st.just("words"),
        st.sampled_from([None, None, "current", "ever"]),
        st.sampled_from(severities or [()]),
    )


# Kinds of a thing that do not count, things that are no kind of it, and what asks for more.
_bases = _condition(["cardiomyopathy", "cardiomyopathy", "malignancy", "coronary_artery_disease"])
_kinds = _condition(
    [
        "dilated_cardiomyopathy",
        "hypertrophic_cardiomyopathy",
        "lung_cancer",
        "stroke",
        "cardiomyopathy",
    ],
    [(), (), ("severe",)],
)
_three_months = st.sampled_from([None, None, Duration(3)])
excepts = st.builds(
    lambda last, base, inner, kinds, more: nodes.Except(
        nodes.Within(last, "enrolment", base) if last else base,
        tuple(nodes.Within(last, "enrolment", kind) if last and inner else kind for kind in kinds)
        + more,
    ),
    _three_months,
    _bases | st.lists(_bases, min_size=2, max_size=2).map(lambda each: nodes.Any(tuple(each))),
    st.booleans(),
    st.lists(
        _kinds | _kinds.map(lambda kind: nodes.All((kind, nodes.Judgement("treated")))),
        min_size=1,
        max_size=2,
    ).map(tuple),
    st.sampled_from([(), (), (nodes.Judgement("j"),)]),
)
leaves = st.one_of(
    compares,
    excepts,
    st.builds(nodes.Ordinal, st.just("nyha"), st.sampled_from([("III",), ("II", "III")])),
    st.builds(nodes.Ordinal, st.just("ecog"), st.sampled_from([("0", "1"), ("2",)])),
    st.builds(nodes.Ordinal, st.just("no_such_scale"), st.just(("A",))),
    has,
    has,
    st.builds(
        nodes.Demographic,
        st.none() | st.sampled_from([Duration(12 * 18), Duration(12 * 80), Duration(0, 29220)]),
        st.none()
        | st.sampled_from([Duration(12 * 80), Duration(12 * 79 + 11), Duration(0, 29220)]),
        st.sampled_from([None, "female", "male"]),
    ),
    st.sampled_from([nodes.Attest("a"), nodes.Judgement("j"), nodes.Residue("r")]),
)
spans = st.sampled_from(
    [Duration(3), Duration(0, 30), Duration(0, 7), Duration(1800), Duration(99999)]
)


@st.composite
def withins(draw: st.DrawFn, parts: st.SearchStrategy[nodes.Node]) -> nodes.Within:
    last, gap = draw(st.none() | spans), draw(st.none() | st.just(Duration(0, 10)))
    lives = draw(st.none() | st.just(Decimal(5)))
    if last is None and gap is None and lives is None:
        last = Duration(1)
    anchor = draw(st.sampled_from(["enrolment", "enrolment", "first_infusion"]))
    return nodes.Within(last, anchor, draw(parts), lives, gap)


def _inner(parts: st.SearchStrategy[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(nodes.All, several),
        st.builds(nodes.Any, several),
        st.builds(nodes.Not, parts),
        st.builds(nodes.AtLeast, st.integers(1, 2), several),
        st.builds(nodes.Except, parts, several),
        st.builds(nodes.IfThen, parts, parts, st.none() | parts),
        withins(parts),
    )


# A leaf alone, or in a window, says more of dates; a tree says more of the logic.
expressions = st.one_of(leaves, withins(leaves), st.recursive(leaves, _inner, max_leaves=6))
several_expressions = st.lists(expressions, min_size=4, max_size=12)
several_patients = st.lists(patients, min_size=4, max_size=20)

# --- the comparison -----------------------------------------------------------------------------


def assert_equal_to_evaluate(
    place: Callable[[Sequence[Patient]], Tables],
    found: Sequence[nodes.Node],
    people: Sequence[Patient],
    policy: Policy,
) -> None:
    """Compare truth and kind of unknown of every expression and patient."""
    terms = project_terms()
    named = {f"c{n}": node for n, node in enumerate(found)}
    table = verdicts(place(people), named, ON, policy, terms=terms)
    rows = {row["person"]: row for row in table.to_pyarrow().to_pylist()}
    assert sorted(rows) == list(range(len(people)))
    for number, patient in enumerate(people):
        at = Setting(patient, ON, policy, terms)
        for name, node in named.items():
            wanted = evaluate(node, at)
            got = meaning(rows[number][name])
            assert got == (wanted.truth, wanted.unknown), (node, patient, wanted, got)
