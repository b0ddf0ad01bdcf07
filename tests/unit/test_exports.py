"""Criteria in CQL, Circe and FHIR: every leaf is carried or listed, and nobody is lost by it."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.screening.exports.circe import to_circe
from trialwright.screening.exports.circe_leaves import window
from trialwright.screening.exports.cql import to_cql
from trialwright.screening.exports.cql_text import comment, decimal, name, string
from trialwright.screening.exports.fhir_group import to_fhir
from trialwright.screening.exports.ledger import BY_RECORDS, Export, leaves
from trialwright.screening.lexicon import project_terms

TERMS = project_terms()
AGE = nodes.Demographic(Duration(months=216), Duration(months=960))
LVEF = nodes.Compare("lvef", "<=", Decimal(40), "%")
STROKE = nodes.Has("condition", "stroke", "stroke")
CARDIOMYOPATHY = nodes.Has("condition", "cardiomyopathy", "cardiomyopathy")
DILATED = nodes.Has("condition", "dilated_cardiomyopathy", "dilated cardiomyopathy")
PERSON = nodes.Judgement("fit for anaesthesia")
RESIDUE = nodes.Residue("of a kind that nobody knows")


def criterion(expr: nodes.Node, section: str = "inclusion", number: int = 1) -> nodes.Criterion:
    chosen: Any = section
    letter = section[0].upper()
    return nodes.Criterion(f"{letter}{number}", chosen, "a text", (0, 6), expr)


def fhir_parts(criteria: list[nodes.Criterion]) -> tuple[Export, Export]:
    both = to_fhir(criteria, "T", TERMS)
    return both.evidence_variable, both.group


def every_export(criteria: list[nodes.Criterion]) -> dict[str, Export]:
    evidence, group = fhir_parts(criteria)
    return {
        "cql": to_cql(criteria, "T", TERMS),
        "circe": to_circe(criteria, "T", TERMS),
        "evidence": evidence,
        "group": group,
    }


def balanced(export: Export, criteria: list[nodes.Criterion]) -> bool:
    places = {place for each in criteria for place, _ in leaves(each.expr, each.id)}
    carried, lost = set(export.carried), {each.place for each in export.not_carried}
    return carried | lost == places and not carried & lost


# --- what carries over -------------------------------------------------------------------------

# node: the languages that say it
CARRIED: list[tuple[nodes.Node, set[str]]] = [
    (AGE, {"cql", "circe", "evidence", "group"}),
    (nodes.Demographic(sex="female"), {"cql", "circe", "evidence", "group"}),
    (nodes.Demographic(age_min=Duration(months=6)), {"cql", "evidence", "group"}),
    (nodes.Demographic(age_max=Duration(1, 1)), set()),
    (LVEF, {"cql", "circe", "evidence", "group"}),
    (nodes.Compare("alt", ">", times_uln=Decimal(3)), {"cql", "circe"}),
    (nodes.Compare("alt", "<", times_lln=Decimal(1)), {"cql", "circe"}),
    (nodes.Compare("fev1", "<", percent_predicted=Decimal(50)), set()),
    (nodes.Compare("fev1", "<", Decimal(1), "L/min", unit_fault="measured in L"), set()),
    (nodes.Compare(None, ">", Decimal(30), words="pack-years"), set()),
    (nodes.Compare("no such measure", ">", Decimal(30)), set()),
    (nodes.Ordinal("nyha", ("III",)), {"cql", "evidence", "group"}),
    (nodes.Ordinal("no such scale", ("III",)), set()),
    (STROKE, {"cql", "circe", "evidence", "group"}),
    (nodes.Has("condition", None, "something"), set()),
    (nodes.Has("condition", "stroke", "stroke", severity=("severe",)), {"cql"}),
    (nodes.Within(Duration(months=3), "enrolment", STROKE), {"cql", "circe", "evidence"}),
    (nodes.Within(Duration(months=3), "first_infusion", STROKE), {"cql", "evidence"}),
    (nodes.Within(None, "enrolment", STROKE, half_lives=Decimal(5)), set()),
    (nodes.Attest("consent"), set()),
    (PERSON, set()),
    (RESIDUE, set()),
    (nodes.All((AGE, LVEF)), {"cql", "circe", "evidence", "group"}),
    (nodes.Any((AGE, LVEF)), {"cql", "circe", "evidence"}),
    (nodes.Not(STROKE), {"cql", "circe", "evidence", "group"}),
    (nodes.AtLeast(2, (AGE, LVEF, STROKE)), {"cql", "circe", "evidence"}),
    (nodes.Except(LVEF, (STROKE,)), {"cql", "circe", "evidence"}),
    (nodes.Except(CARDIOMYOPATHY, (DILATED,)), set()),
    (nodes.Except(STROKE, (CARDIOMYOPATHY,)), set()),
    (nodes.IfThen(STROKE, LVEF, AGE), {"cql", "circe", "evidence"}),
]


@pytest.mark.parametrize(("node", "languages"), CARRIED)
def test_each_node_is_carried_or_listed(node: nodes.Node, languages: set[str]) -> None:
    criteria = [criterion(node)]
    found = every_export(criteria)
    assert all(balanced(export, criteria) for export in found.values())
    assert {each for each, export in found.items() if not export.not_carried} == languages


def test_every_kind_of_node_is_in_the_table() -> None:
    kinds = {type(inner) for node, _ in CARRIED for inner in [node]}
    assert kinds == set(get_args(nodes.Node))


@pytest.mark.parametrize("section", ["inclusion", "exclusion"])
def test_an_exception_by_records_is_listed_and_clears_nobody(section: str) -> None:
    """`base and not exception` would let in whoever has another kind beside the exception."""
    criteria = [criterion(nodes.Except(CARDIOMYOPATHY, (DILATED,)), section)]
    found = every_export(criteria)
    place = f"{criteria[0].id}.except"
    for language in ("cql", "circe", "evidence"):
        lost = {each.place: each.why for each in found[language].not_carried}
        assert set(lost) == {f"{place}[0]", f"{place}[1]"}
        assert all(BY_RECORDS in why for why in lost.values())
    assert "null" in defined(found["cql"].text, f"Criterion {criteria[0].id}")
    assert "exists" not in defined(found["cql"].text, f"Criterion {criteria[0].id}")
    assert json.loads(found["circe"].text)["InclusionRules"] == []
    (part,) = json.loads(found["evidence"].text)["characteristic"]
    assert "except" in part["definitionCodeableConcept"]["text"]


# --- CQL -----------------------------------------------------------------------------------------


def defined(text: str, title: str) -> str:
    found = re.search(rf'define "{re.escape(title)}":\n(.*?)(?:\n\n|\Z)', text, re.DOTALL)
    assert found is not None
    return " ".join(found[1].split())


def test_an_exclusion_is_turned_round_once_and_unknown_is_null() -> None:
    text = to_cql([criterion(AGE), criterion(RESIDUE, "exclusion")], "T", TERMS).text
    assert defined(text, "Criterion I1") == (
        '((AgeInYearsAt("Day") >= 18) and (AgeInYearsAt("Day") <= 80))'
    )
    assert defined(text, "Criterion E1") == "(null as Boolean)"
    assert defined(text, "Eligible") == '"Alive" and "Criterion I1" and not "Criterion E1"'
    assert "// did not carry over: E1: " in text


def test_a_limit_is_compared_with_the_latest_value_in_its_unit() -> None:
    text = to_cql([criterion(LVEF)], "T", TERMS).text
    said = defined(text, "Criterion I1")
    assert said.startswith('("Agreed"(("Latest"([Observation] O where "Coded"(O.code,')
    assert said.endswith("""return all ("Amount"(V.value as FHIR.Quantity) <= 40.0 '%')))""")


def test_a_day_that_nobody_knows_leaves_null() -> None:
    node = nodes.Within(Duration(months=3), "first_infusion", STROKE, gap=Duration(days=7))
    text = to_cql([criterion(node)], "T", TERMS).text
    day = '"Day of first infusion"'
    assert f"parameter {day} Date" in text
    assert defined(text, "I1 days") == (
        f"if {day} is null then null else "
        f'Interval[({day} - 3 months), Min({{({day} - 7 days), "Day"}})]'
    )
    assert defined(text, "Criterion I1").startswith('(if "I1 days" is null then (null as Boolean)')


def outside_quotes(text: str) -> str:
    """Return a CQL text without its strings, quoted names and comments."""
    token = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|//[^\n\r]*", re.DOTALL)
    return token.sub(" ", text)


EVIL = 'x\'"\\ */ // \r\n\u2028\x00define "Eligible": true { ( $EVIL'


def test_a_criterion_cannot_break_out_of_the_text() -> None:
    criteria = [
        nodes.Criterion(EVIL, "inclusion", EVIL, (0, 1), nodes.Residue(EVIL)),
        criterion(nodes.Within(Duration(days=3), EVIL, STROKE), number=2),
        criterion(nodes.Compare("lvef", ">", Decimal(1), EVIL), number=3),
        criterion(nodes.IfThen(nodes.Attest(EVIL), STROKE), "exclusion"),
    ]
    rest = outside_quotes(to_cql(criteria, EVIL, TERMS).text)
    assert "EVIL" not in rest
    assert rest.count("define") == outside_quotes(to_cql(criteria, "T", TERMS).text).count("define")
    assert all(rest.count(a) == rest.count(b) for a, b in ("()", "{}"))


@given(st.text())
def test_literals_are_closed_on_one_line(text: str) -> None:
    for written in (string(text), name(text), comment(text)):
        assert not outside_quotes(written).strip()
        assert len(written.splitlines()) == 1


def test_numbers_that_cql_cannot_hold_are_refused() -> None:
    assert decimal(Decimal("1e3")) == "1000.0"
    assert decimal(Decimal("0.00000001")) == "0.00000001"
    assert decimal(Decimal("0.000000001")) is None
    assert decimal(Decimal("1e20")) is None
    assert decimal(Decimal("NaN")) is None


# --- Circe and the Group: nobody is lost by what did not carry over ------------------------------

NAMES = ("stroke", "heart_failure", "cardiomyopathy")
LABELS = {TERMS.concepts[("condition", each)].label: each for each in NAMES}
CODED = [nodes.Has("condition", each, each) for each in NAMES]
OPEN = [nodes.Residue("first"), nodes.Residue("second")]
World = dict[str, bool]


def worlds() -> list[World]:
    keys = [*NAMES, *(each.words for each in OPEN)]
    return [dict(zip(keys, chosen, strict=True)) for chosen in product((True, False), repeat=5)]


def holds(node: nodes.Node, world: World) -> bool:
    """Say what an expression comes to where everything is known."""

    def inside(part: nodes.Node) -> bool:
        return holds(part, world)

    match node:
        case nodes.All(of):
            return all(map(inside, of))
        case nodes.Any(of):
            return any(map(inside, of))
        case nodes.Not(of):
            return not inside(of)
        case nodes.AtLeast(n, of):
            return sum(map(inside, of)) >= n
        case nodes.Except(base, but):
            return inside(base) and not any(map(inside, but))
        case nodes.IfThen(when, then, otherwise):
            return inside(then) if inside(when) else otherwise is None or inside(otherwise)
        case nodes.Has(concept=str() as concept):
            return world[concept]
        case nodes.Residue(words):
            return world[words]
        case _:
            raise AssertionError(node)


def circe_holds(group: dict[str, Any], sets: dict[int, str], world: World) -> bool:
    found = [circe_holds(each, sets, world) for each in group["Groups"]]
    for each in group["CriteriaList"]:
        ((_, body),) = each["Criteria"].items()
        codeset = body.get("CodesetId", body.get("ConditionSourceConcept"))
        found.append(world[LABELS[sets[codeset].removesuffix(" (source codes)")]])
    rule: dict[str, Callable[[], bool]] = {
        "ALL": lambda: all(found),
        "ANY": lambda: any(found),
        "AT_LEAST": lambda: sum(found) >= group["Count"],
        "AT_MOST": lambda: sum(found) <= group["Count"],
    }
    return rule[group["Type"]]()


def small_trees() -> st.SearchStrategy[nodes.Node]:
    return st.recursive(st.sampled_from([*CODED, *OPEN]), branches, max_leaves=6)


def branches(inside: st.SearchStrategy[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    several = st.lists(inside, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(nodes.All, several),
        st.builds(nodes.Any, several),
        st.builds(nodes.Not, inside),
        several.flatmap(lambda of: st.builds(nodes.AtLeast, st.integers(1, len(of)), st.just(of))),
        st.builds(nodes.Except, inside, several),
        st.builds(nodes.IfThen, inside, inside, st.none() | inside),
    )


@settings(max_examples=150, deadline=None)
@given(small_trees(), st.sampled_from(["inclusion", "exclusion"]))
def test_a_cohort_keeps_everybody_who_may_be_eligible(tree: nodes.Node, section: str) -> None:
    export = to_circe([criterion(tree, section)], "T", TERMS)
    document = json.loads(export.text)
    sets = {each["id"]: each["name"] for each in document["ConceptSets"]}
    rules = [rule["expression"] for rule in document["InclusionRules"]]
    for world in worlds():
        eligible = holds(tree, world) is (section == "inclusion")
        in_cohort = all(circe_holds(rule, sets, world) for rule in rules)
        assert in_cohort or not eligible
        if not export.not_carried:
            assert in_cohort is eligible


@settings(max_examples=150, deadline=None)
@given(small_trees(), st.sampled_from(["inclusion", "exclusion"]))
def test_a_group_keeps_everybody_who_may_be_eligible(tree: nodes.Node, section: str) -> None:
    _, export = fhir_parts([criterion(tree, section)])
    said = json.loads(export.text)["characteristic"]
    for world in worlds():
        eligible = holds(tree, world) is (section == "inclusion")
        in_group = all(
            world[LABELS[each["valueCodeableConcept"]["text"]]] is not each["exclude"]
            for each in said
        )
        assert in_group or not eligible
        if not export.not_carried:
            assert in_group is eligible


def evidence_holds(part: dict[str, Any], world: World) -> bool:
    if "definitionByTypeAndValue" in part:
        words = part["definitionByTypeAndValue"]["valueCodeableConcept"]["text"]
        found = world[LABELS[words]]
    elif "definitionByCombination" in part:
        body = part["definitionByCombination"]
        inner = [evidence_holds(each, world) for each in body["characteristic"]]
        least = {"all-of": len(inner), "any-of": 1}.get(body["code"], body.get("threshold"))
        found = sum(inner) >= least
    else:
        words = part["definitionCodeableConcept"]["text"]
        found = next(world[each.words] for each in OPEN if repr(each.words) in words)
    return found is not part.get("exclude", False)


@settings(max_examples=150, deadline=None)
@given(small_trees(), st.sampled_from(["inclusion", "exclusion"]))
def test_the_evidence_variable_says_the_same_in_full(tree: nodes.Node, section: str) -> None:
    export, _ = fhir_parts([criterion(tree, section)])
    whole = ("condition inside", BY_RECORDS)
    if any(why in each.why for each in export.not_carried for why in whole):
        return  # it stands in words, whole
    (part,) = json.loads(export.text)["characteristic"]
    for world in worlds():
        assert evidence_holds(part, world) is (holds(tree, world) is (section == "inclusion"))


def test_no_placeholder_can_be_a_concept_of_a_database() -> None:
    document = json.loads(to_circe([criterion(nodes.All((LVEF, STROKE)))], "T", TERMS).text)
    items = [
        item["concept"] for each in document["ConceptSets"] for item in each["expression"]["items"]
    ]
    unit = document["InclusionRules"][0]["expression"]["Groups"][0]["CriteriaList"][0]
    items += unit["Criteria"]["Measurement"]["Unit"]
    assert all(each["CONCEPT_ID"] < 0 for each in items)
    assert len({each["CONCEPT_ID"] for each in items}) == len(
        {(each["VOCABULARY_ID"], each["CONCEPT_CODE"]) for each in items}
    )
    assert {"SNOMED", "ICD10CM", "LOINC", "UCUM"} == {each["VOCABULARY_ID"] for each in items}


def test_months_are_as_long_as_they_can_be_and_a_gap_as_short() -> None:
    said = window(Duration(months=3), Duration(months=1))
    assert said["Start"] == {"Days": 92, "Coeff": -1}
    assert said["End"] == {"Days": 28, "Coeff": -1}


# --- any tree ------------------------------------------------------------------------------------

WORDS = st.text(min_size=1, max_size=12)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False)
DURATIONS = st.builds(Duration, st.integers(0, 1500), st.integers(0, 600))
MEASURES = st.sampled_from([*list(TERMS.measures)[:6], "no such measure"])
OPERATORS = st.sampled_from(get_args(nodes.Operator))
CONCEPTS = [*TERMS.concepts, ("condition", "no such concept")]
LEAVES: st.SearchStrategy[nodes.Node] = st.one_of(
    st.builds(nodes.Compare, MEASURES, OPERATORS, value=NUMBERS, unit=st.none() | WORDS),
    st.builds(nodes.Compare, MEASURES, OPERATORS, times_uln=NUMBERS),
    st.builds(nodes.Ordinal, st.sampled_from([*TERMS.scales]), st.tuples(WORDS)),
    st.sampled_from(CONCEPTS).flatmap(
        lambda key: st.builds(nodes.Has, st.just(key[0]), st.just(key[1]), WORDS)
    ),
    st.builds(nodes.Demographic, st.none() | DURATIONS, st.none() | DURATIONS),
    st.builds(nodes.Attest, WORDS),
    st.builds(nodes.Residue, WORDS),
)


def any_branches(inside: st.SearchStrategy[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    anchors = st.sampled_from(["enrolment", "first_infusion"]) | WORDS
    lives = st.none() | st.decimals(min_value=1, max_value=9, places=1)
    return branches(inside) | st.builds(
        nodes.Within, st.none() | DURATIONS, anchors, inside, lives, DURATIONS
    )


TREES = st.recursive(LEAVES, any_branches, max_leaves=10)


@settings(max_examples=120, deadline=None)
@given(st.lists(TREES, max_size=3), st.text(max_size=20))
def test_any_tree_is_written_with_its_balance(trees: list[nodes.Node], title: str) -> None:
    sections = ("inclusion", "exclusion", "inclusion")
    criteria = [criterion(t, s, n) for n, (t, s) in enumerate(zip(trees, sections, strict=False))]
    assert all(balanced(export, criteria) for export in every_export(criteria).values())
    json.loads(to_circe(criteria, title, TERMS).text)
    json.loads(to_fhir(criteria, title, TERMS).text)
    rest = outside_quotes(to_cql(criteria, title, TERMS).text)
    assert all(rest.count(a) == rest.count(b) for a, b in ("()", "{}"))


@settings(max_examples=40, deadline=None)
@given(st.lists(TREES, min_size=1, max_size=2))
def test_fhir_accepts_the_resources(trees: list[nodes.Node]) -> None:
    bundle = pytest.importorskip("fhir.resources.bundle")
    criteria = [criterion(tree, number=n) for n, tree in enumerate(trees, start=1)]
    read = bundle.Bundle.model_validate_json(to_fhir(criteria, "T", TERMS).text)
    assert [each.resource.get_resource_type() for each in read.entry] == [
        "EvidenceVariable",
        "Group",
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(TREES, min_size=1, max_size=2))
def test_circe_accepts_the_cohort(trees: list[nodes.Node]) -> None:
    schemas = pytest.importorskip("ohdsi_cohort_schemas")
    criteria = [criterion(tree, number=n) for n, tree in enumerate(trees, start=1)]
    schemas.CohortExpression.model_validate_json(to_circe(criteria, "T", TERMS).text)
