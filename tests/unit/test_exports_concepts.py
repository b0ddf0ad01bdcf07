"""Circe with a vocabulary release: codes become OMOP's concept ids, and what is not there is said.

The release here is made up: its ids are OMOP's in shape only.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.test_exports import TREES, balanced, criterion

from trialwright.interfaces.cli.main import run
from trialwright.protocol.criteria import nodes
from trialwright.screening.exports.circe import codes_asked, to_circe
from trialwright.screening.exports.concepts import Concept, Concepts
from trialwright.screening.lexicon import project_terms

TERMS = project_terms()
HEAD = (
    "concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\t"
    "concept_code\tvalid_start_date\tvalid_end_date\tinvalid_reason"
)
# id, name, domain, vocabulary, standard, code, invalid
ROWS = [
    (101, "Cerebrovascular accident", "Condition", "SNOMED", "S", "230690007", ""),
    (102, "Stroke, code of old", "Condition", "SNOMED", "", "432504007", ""),
    (103, "Cerebral infarction", "Condition", "SNOMED", "S", "9999001", ""),
    (104, "Cerebral infarction", "Condition", "ICD10CM", "", "I63", ""),
    (105, "Infarction, unspecified", "Condition", "ICD10CM", "", "I63.9", ""),
    (106, "History of infarction", "Observation", "SNOMED", "S", "9999002", ""),
    (107, "Infarction, withdrawn", "Condition", "ICD10CM", "", "I63.0", "D"),
    (108, 'An odd "name"', "Measurement", "SNOMED", "S", "9999003", ""),
    (201, "LVEF", "Measurement", "LOINC", "S", "10230-1", ""),
    (301, "percent", "Unit", "UCUM", "S", "%", ""),
]
RELATIONS = [
    (102, 101, "Maps to", ""), (104, 103, "Maps to", ""), (105, 106, "Maps to", ""),
    (105, 107, "Maps to", ""), (107, 101, "Maps to", ""), (101, 101, "Maps to", ""),
    (105, 101, "Maps to", "D"), (104, 101, "Is a", ""),
]  # fmt: skip


def release(folder: Path, rows: Any = ROWS, relations: Any = RELATIONS) -> Path:
    lines = [
        f"{n}\t{name}\t{domain}\t{vocabulary}\tX\t{standard}\t{code}\t20000101\t20991231\t{invalid}"
        for n, name, domain, vocabulary, standard, code, invalid in rows
    ]
    file = folder / "CONCEPT.csv"
    file.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    if relations is not None:
        head = "concept_id_1\tconcept_id_2\trelationship_id\tvalid_start_date\tvalid_end_date"
        rest = [f"{a}\t{b}\t{kind}\tx\tx\t{invalid}" for a, b, kind, invalid in relations]
        text = "\n".join([f"{head}\tinvalid_reason", *rest, ""])
        (folder / "CONCEPT_RELATIONSHIP.csv").write_text(text, encoding="utf-8")
    return file


def exported(
    folder: Path, text: str, capsys: pytest.CaptureFixture[str], file: Path | None = None
) -> dict[str, Any]:
    (folder / "text.txt").write_text(text)
    call = ["criteria", "export", str(folder / "text.txt"), "--to", "circe", "--json"]
    assert run([*call, "--concepts", str(file or release(folder))]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def ids(document: dict[str, Any]) -> dict[tuple[str, int], tuple[str, bool]]:
    """Return each concept by set and id, with its code and whether all below it count."""
    return {
        (each["name"], item["concept"]["CONCEPT_ID"]): (
            item["concept"]["CONCEPT_CODE"],
            item["includeDescendants"],
        )
        for each in document["ConceptSets"]
        for item in each["expression"]["items"]
    }


STROKE = "Exclusion Criteria:\n\n* stroke\n"
LVEF = "Inclusion Criteria:\n\n* LVEF <= 40 %\n"


def test_codes_become_the_standard_concepts_that_they_lead_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = exported(tmp_path, STROKE, capsys)
    concepts = ids(found["export"])
    assert {number for _, number in concepts} == {101, 103, 106}
    assert concepts["stroke", 101] == ("230690007", True)
    assert concepts["stroke", 103] == ("9999001", False)  # the release lists what is below I63
    assert found["balance"]["cohort"]["not_carried"] == []
    (rule,) = found["export"]["InclusionRules"]
    text = json.dumps(rule)
    assert '{"ConditionOccurrence": {"CodesetId": 0}}' in text
    assert '{"Observation": {"CodesetId": 1}}' in text
    assert "SourceConcept" not in text


def test_what_the_release_lacks_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = exported(tmp_path, STROKE, capsys)["balance"]["cohort"]["limits"]
    (missing,) = [each for each in limits if "not in" in each]
    assert missing.startswith(f"stroke: not in {tmp_path / 'CONCEPT.csv'}: ICD10CM ")
    assert not [each for each in limits if "before the cohort is built" in each]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (ROWS[:8], "no code of this measure is known"),
        (ROWS[:9], "the unit % is not in "),
    ],
)
def test_a_fact_without_a_concept_or_unit_is_not_carried(
    tmp_path: Path, rows: Any, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = exported(tmp_path, LVEF, capsys, release(tmp_path, rows))
    (lost,) = found["balance"]["cohort"]["not_carried"]
    assert why in lost["why"]
    assert found["export"]["InclusionRules"] == []  # it excludes nobody


def test_without_relations_only_standard_concepts_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = exported(tmp_path, STROKE, capsys, release(tmp_path, relations=None))
    assert {number for _, number in ids(found["export"])} == {101}


def test_a_measure_has_its_concept_and_its_unit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = exported(tmp_path, LVEF, capsys)["export"]
    assert {number for _, number in ids(found)} == {201}
    body = found["InclusionRules"][0]["expression"]["CriteriaList"][0]["Criteria"]["Measurement"]
    assert [unit["CONCEPT_ID"] for unit in body["Unit"]] == [301]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no column concept_id; wanted a table of Athena"),
        (b"concept_id,concept_name\n1,x\n", "no column concept_id"),
        (f"{HEAD}\n1\tx\n".encode(), "line 2: 2 fields under 10 titles"),
        (HEAD.encode() + b"\n\xff\n", "it cannot be read"),
        (f"{HEAD}\n-4\tx\tCondition\tSNOMED\tX\tS\t230690007\t\t\t\n".encode(),
         "line 2, concept_id: '-4'; wanted a whole number above 0"),
        (b"PAR1\x00\x00" * 9, "no column concept_id"),
        (b"x" * 200_000, "it cannot be read"),
    ],
)  # fmt: skip
def test_a_release_that_is_none_is_one_line(
    tmp_path: Path, data: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "CONCEPT.csv"
    file.write_bytes(data)
    (tmp_path / "text.txt").write_text(STROKE)
    call = ["criteria", "export", str(tmp_path / "text.txt"), "--to", "circe"]
    assert run([*call, "--concepts", str(file)]) == 2
    printed = capsys.readouterr()
    assert (printed.out, len(printed.err.splitlines())) == ("", 1)
    assert said in printed.err


def test_a_release_is_for_circe_and_must_be_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.txt").write_text(STROKE)
    call = ["criteria", "export", str(tmp_path / "text.txt"), "--concepts", str(tmp_path / "no")]
    assert run([*call, "--to", "circe"]) == 2
    assert "a file that can be read" in capsys.readouterr().err
    assert run([*call, "--to", "cql"]) == 2
    assert "wanted --to circe" in capsys.readouterr().err


def test_classes_of_drugs_stand_for_all_below_them() -> None:
    node = nodes.Has("drug", "inotropes", "inotropes")
    asked = codes_asked([criterion(node)], TERMS)
    made = {code: (Concept(7 + n, "x", "Drug", *code, True),) for n, code in enumerate(asked)}
    found = to_circe([criterion(node)], "T", TERMS, Concepts("release", made))
    listed = ids(json.loads(found.text))
    assert {below for code, below in listed.values() if code.startswith("C01")} == {True}


@settings(max_examples=60, deadline=None)
@given(st.lists(TREES, max_size=3), st.integers(0, 5))
def test_any_tree_is_written_with_its_balance(trees: list[nodes.Node], keep: int) -> None:
    criteria = [criterion(tree, number=n) for n, tree in enumerate(trees)]
    domains = ("Condition", "Drug", "Observation", "Measurement", "Unit")
    made = {
        code: (Concept(n + 1, "x", "Unit" if code[0] == "UCUM" else domains[n % 4], *code, True),)
        for n, code in enumerate(sorted(codes_asked(criteria, TERMS)))
        if n % 6 <= keep
    }
    export = to_circe(criteria, "T", TERMS, Concepts("release", made))
    assert balanced(export, criteria)
    assert '"CONCEPT_ID": -' not in export.text
    schemas = pytest.importorskip("ohdsi_cohort_schemas")
    schemas.CohortExpression.model_validate_json(export.text)


# --- hostile words ------------------------------------------------------------------------------


HOSTILE = st.lists(
    st.sampled_from(
        ["'", '"', "\\", "\n", "\r\n", "*/", "/*", "//", "]]>", "<script>", "${x}", "\u202e",
         "\u2066", "\u2069", "\u200f", "\ufeff", "\x00", "\x1b[2J", "define \"Eligible\": true",
         "\\u0027", "\u2028", "é", " ", "stroke"]
    ) | st.text(max_size=3),
    min_size=1, max_size=8,
).map("".join)  # fmt: skip
TURNING = ("\u202e", "\u2066", "\u2069", "\u200f", "\ufeff")


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_hostile_words_stay_words_in_every_language(words: str) -> None:
    from tests.unit.test_exports import outside_quotes

    from trialwright.screening.exports.cql import to_cql
    from trialwright.screening.exports.fhir_group import to_fhir

    def criteria(text: str) -> list[nodes.Criterion]:
        stroke = nodes.Has("condition", "stroke", text)
        return [
            nodes.Criterion("I1", "inclusion", text, (0, 1), nodes.Residue(text)),
            nodes.Criterion("I2", "inclusion", text, (0, 1), stroke),
            nodes.Criterion("E1", "exclusion", text, (0, 1),
                            nodes.Compare("lvef", "<", Decimal(1), text, words=text)),
            nodes.Criterion("E2", "exclusion", text, (0, 1), nodes.Attest(text)),
        ]  # fmt: skip

    cql = to_cql(criteria(words), words, TERMS).text
    assert outside_quotes(cql) == outside_quotes(to_cql(criteria("plain"), "plain", TERMS).text)
    assert not any(character in cql for character in TURNING)
    circe = json.loads(to_circe(criteria(words), words, TERMS).text)
    assert [rule["description"] for rule in circe["InclusionRules"]] == [words]
    for text in _texts(json.loads(to_fhir(criteria(words), words, TERMS).text)):
        assert text.strip()
        assert not any(ord(character) < 32 for character in text)


def _texts(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    below = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [text for each in below for text in _texts(each)]
