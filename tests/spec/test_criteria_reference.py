"""The reference trial's criteria: what each says, and that nothing is read that is not there."""

from pathlib import Path

import pytest

from trialwright.interfaces.web.study.reading import criterion_view
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.trees import residue, walk
from trialwright.protocol.criteria.wording import wording
from trialwright.protocol.service import criteria_of, load


@pytest.fixture(scope="module")
def criteria(example: Path) -> dict[str, nodes.Criterion]:
    data = (example / "protocol.yaml").read_bytes()
    return {item.id: item for item in criteria_of(load(data, "protocol.yaml"))}


FULLY_READ = {
    "I1": "age at least 18 years and at most 80 years",
    "I6": "B-type natriuretic peptide above 150 pg/mL or NT-proBNP at least 400 pg/mL",
    "E1": "(cardiac resynchronisation device or implantable cardioverter defibrillator) within"
          " 3 months before enrolment",
    "E3": "inotropic agents within 1 month before enrolment",
    "E10": "stroke within 3 months before enrolment",
    "E11": "left ventricular thrombus or aortic dissection or aortic aneurysm",
    "E16": "haematocrit below 25 % or leucocytes below 2500 /uL or thrombocytes below 100000 /uL"
           " or myeloproliferative disorder or myelodysplastic syndrome or leukaemia or plasma"
           " cell dyscrasia",
    "E20": "dialysis-dependent renal failure",
}  # fmt: skip


@pytest.mark.parametrize(("name", "reading"), FULLY_READ.items())
def test_read_in_full(criteria: dict[str, nodes.Criterion], name: str, reading: str) -> None:
    assert wording(criteria[name].expr) == reading
    assert not residue(criteria[name].expr)


@pytest.mark.parametrize("name", ["I2", "I3", "I7", "E27", "E28"])
def test_the_site_answers(criteria: dict[str, nodes.Criterion], name: str) -> None:
    assert isinstance(criteria[name].expr, nodes.Attest)


@pytest.mark.parametrize("name", ["E2", "E14", "E15", "E29", "E30"])
def test_an_investigator_judges(criteria: dict[str, nodes.Criterion], name: str) -> None:
    assert isinstance(criteria[name].expr, nodes.Judgement)


def test_ejection_fraction_is_necessary_and_the_rest_is_left_open(
    criteria: dict[str, nodes.Criterion],
) -> None:
    expr = criteria["I4"].expr
    assert isinstance(expr, nodes.All)
    facts = [part for part in expr.of if not isinstance(part, nodes.Residue)]
    assert [wording(fact) for fact in facts] == [
        "dilated cardiomyopathy",
        "left ventricular ejection fraction at most 40 %"
        " (any recorded value counts; the text says 'on echocardiography and/or CMR imaging')",
    ]
    assert any("coronary artery disease" in words for words in residue(expr))


def test_nyha_is_three_exactly(criteria: dict[str, nodes.Criterion]) -> None:
    expr = criteria["I5"].expr
    assert isinstance(expr, nodes.All)
    assert expr.of[0] == nodes.Ordinal("nyha", ("III",))


def test_the_faulty_unit_of_fev_is_flagged(criteria: dict[str, nodes.Criterion]) -> None:
    (fev,) = (n for n in walk(criteria["E18"].expr) if isinstance(n, nodes.Compare))
    assert (fev.measure, fev.unit) == ("fev1", "L/min")
    assert fev.unit_fault


def test_a_condition_on_a_subgroup_never_excludes_everybody(
    criteria: dict[str, nodes.Criterion],
) -> None:
    assert isinstance(criteria["E8"].expr, nodes.Residue)


def test_a_serum_result_is_more_than_a_diagnosis(criteria: dict[str, nodes.Criterion]) -> None:
    """HIV on record excludes; hepatitis B in the history does not, and nobody is cleared by it."""
    expr = criteria["E23"].expr
    assert isinstance(expr, nodes.Any)
    alone = [part.concept for part in expr.of if isinstance(part, nodes.Has)]
    assert alone == ["hiv", "hbsag"]
    assert nodes.Residue("Serum positivity") in expr.of
    (narrow,) = (part for part in expr.of if isinstance(part, nodes.All))
    assert {"viremic", "Serum positivity"} <= set(residue(narrow))


HALF_READ = {
    "E5": ["heart failure, and a person decides: 'caused by cardiac valve disease'",
           "hypertension, and a person decides: 'untreated'"],
    "E6": ["cardiomyopathy, and a person decides: 'due to a reversible cause"],
    "E7": ["cardiomyopathy, and a person decides: 'due a syndromic / systemic disease'"],
    "E12": ["ventricular tachycardia, and a person decides: 'Uncontrolled'"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "says"), HALF_READ.items())
def test_a_half_reading_never_reads_as_if_the_trials_own_disease_excluded(
    criteria: dict[str, nodes.Criterion], name: str, says: list[str]
) -> None:
    reading = wording(criteria[name].expr)
    page = criterion_view(criteria[name])
    for part in says:
        assert part in reading
        assert part[1:] in page.reading  # a capital letter opens the line
    assert page.open


def test_the_page_lists_all_that_was_not_understood(criteria: dict[str, nodes.Criterion]) -> None:
    for item in criteria.values():
        page = criterion_view(item)
        for words in residue(item.expr):
            assert words[:100] in page.open or page.open.startswith("Not understood")


def test_what_codes_cannot_list_is_left_to_a_person(criteria: dict[str, nodes.Criterion]) -> None:
    said = "cardiac surgery (where no code says so, a person decides)"
    assert wording(criteria["E9"].expr) == said
