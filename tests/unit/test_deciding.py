"""What to ask or measure next, by example."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.quantity import Quantity
from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.screening.deciding import Demand, deciding
from trialwright.screening.explain import explanation
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import (
    Answer,
    Code,
    Measured,
    Observation,
    Patient,
    PatientScreening,
)
from trialwright.screening.open_facts import Ask, Gate, Open
from trialwright.screening.policy import OPEN_WORLD, Policy
from trialwright.screening.screen import NO_ANSWERS, screen
from trialwright.screening.service import document

ON = date(2024, 9, 2)
NOBODY = Patient("p", "female", PartialDate(1960, 1, 1))
STROKE = nodes.Has("condition", "stroke", "stroke")
RECENT = nodes.Within(Duration.parse("P3M"), "enrolment", STROKE)
LVEF = nodes.Compare("lvef", "<=", Decimal(40), "%")
NT_PROBNP = nodes.Compare("nt_probnp", ">=", Decimal(400), "pg/mL")
BNP = nodes.Compare("bnp", ">", Decimal(150), "pg/mL")


def asked(
    *expressions: nodes.Node, patient: Patient = NOBODY, section: str = "inclusion",
    policy: Policy = OPEN_WORLD, answers: dict[str, Answer] | None = None,
) -> PatientScreening:  # fmt: skip
    criteria = [
        nodes.Criterion(f"C{n}", section, f"text {n}", (0, 6), expr)  # type: ignore[arg-type]
        for n, expr in enumerate(expressions, 1)
    ]
    return screen(
        patient, criteria, ON, policy, terms=project_terms(), answers=answers or NO_ANSWERS
    )


def names(screening: PatientScreening) -> list[str]:
    return [fact.name for fact in screening.facts]


def test_one_of_two_values_is_enough_and_one_alone_excludes_nobody() -> None:
    screening = asked(nodes.Any((BNP, NT_PROBNP)))
    assert len(screening.facts) == 1
    assert screening.could_exclude == ()


def test_a_fact_of_several_criteria_is_asked_for_once() -> None:
    screening = asked(LVEF, nodes.Compare("lvef", ">=", Decimal(15), "%"))
    (fact,) = screening.facts
    assert fact.criteria == ("C1", "C2")
    assert fact.name == "left ventricular ejection fraction, %"
    assert [each.name for each in screening.could_exclude] == [fact.name]


def test_limits_that_no_value_meets_are_said() -> None:
    screening = asked(LVEF, nodes.Compare("lvef", ">=", Decimal(50), "%"))
    assert (screening.facts, screening.facts_suffice) == ((), False)


def test_names_carry_units_and_days() -> None:
    window = nodes.Within(Duration.parse("P6M"), "enrolment", NT_PROBNP)
    assert names(asked(window)) == ["NT-proBNP, pg/mL or pmol/L, from 2024-03-02"]
    assert names(asked(RECENT, section="exclusion")) == ["stroke, from 2024-06-02 to 2024-09-02"]
    ever = nodes.Has("condition", "asthma", "asthma", "ever", ("severe",))
    assert names(asked(ever))[0].startswith("history of severe asthma")
    times = nodes.Compare("alt", "<=", times_uln=Decimal(3))
    (name,) = names(asked(times))
    assert name.endswith("with the laboratory's upper limit of normal")


def test_questions_name_who_answers() -> None:
    screening = asked(nodes.Attest("consent"), nodes.Judgement("fit"), nodes.Residue("odd words"))
    assert names(screening) == [
        "the site's answer to C1: text 1",
        "an investigator's judgement of C2: text 2",
        "a person's reading of C3: text 3",
    ]


def test_measurements_come_before_judgements() -> None:
    screening = asked(nodes.Judgement("fit"), LVEF)
    assert [fact.kind for fact in screening.facts] == ["measure", "answer"]


def test_one_answer_settles_a_criterion_of_many_open_words() -> None:
    parts = nodes.Any((STROKE, nodes.Residue("a"), nodes.Residue("b")))
    screening = asked(parts, section="exclusion")
    assert [fact.kind for fact in screening.facts] == ["answer"]


def test_an_answered_criterion_is_not_asked_again() -> None:
    given = {"C1": Answer(Truth.TRUE, "Dr A", "2024-09-01")}
    screening = asked(nodes.All((nodes.Judgement("fit"), LVEF)), answers=given)
    assert [fact.kind for fact in screening.facts] == ["measure"]


def test_sex_and_birth_are_facts() -> None:
    stranger = replace(NOBODY, sex="unknown", birth=None)
    node = nodes.Demographic(Duration(216), Duration(960), "female")
    assert names(asked(node, patient=stranger)) == ["date of birth", "sex"]
    adult = replace(stranger, birth=PartialDate(1943))
    assert names(asked(nodes.Demographic(None, Duration(960)), patient=adult))
    old = replace(stranger, birth=PartialDate(1930))
    assert asked(nodes.Demographic(None, Duration(960)), patient=old).eligible == "no"


def test_a_death_of_unknown_day_is_asked_about() -> None:
    dead = replace(NOBODY, deceased=True, died=PartialDate(2024))
    (fact,) = asked(LVEF, patient=replace(dead, observations=(lvef("35"),))).facts
    assert fact.criteria == ("alive",)


def lvef(value: str) -> Observation:
    quantity = Measured.of(Quantity(Decimal(value), "%"))
    day = PartialDate(2024, 8, 20)
    return Observation("Observation/e", (Code("loinc", "10230-1"),), "LVEF", quantity, day)


def test_finding_out_the_facts_makes_the_person_eligible() -> None:
    """The list is true: answer what it asks, measure what it names, and nothing else is open."""
    expressions = (nodes.All((LVEF, nodes.Residue("words"))), nodes.Any((BNP, LVEF)),
                   nodes.Attest("consent"))  # fmt: skip
    first = asked(*expressions)
    assert {fact.name.split(":")[0] for fact in first.facts} == {
        "left ventricular ejection fraction, %",
        "a person's reading of C1",
        "the site's answer to C3",
    }
    yes = Answer(Truth.TRUE, "Dr A", "2024-09-01")
    found = replace(NOBODY, observations=(lvef("35"),))
    done = asked(*expressions, patient=found, answers={"C1": yes, "C3": yes})
    assert done.eligible == "yes"


def test_a_search_that_grows_too_large_still_gives_a_list_that_suffices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("trialwright.screening.deciding.MOST_WORK", 20)
    asks = [Ask("record", f"thing {n}") for n in range(8)]
    leaves = [Open(ask, True, nodes.Residue("x"), None, affirmed=True) for ask in asks]
    demands = [
        Demand.of(f"C{n}", Gate(2, (leaves[n], leaves[n + 1], leaves[(n + 3) % 8])), Truth.TRUE)
        for n in range(7)
    ]
    values = {ask: ({True: Truth.FALSE}, {True: Truth.TRUE}) for ask in asks}
    found = deciding(demands, values)
    assert not found.exact
    every = {ask: {True: Truth.TRUE} for ask in found.smallest}
    assert all(demand.met(every) is Truth.TRUE for demand in demands)


def test_a_search_that_is_cut_short_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialwright.screening.deciding.MOST_WORK", 1)
    screening = asked(LVEF, nodes.Compare("lvef", ">=", Decimal(50), "%"))
    assert (screening.facts_exact, screening.facts_suffice) == (False, None)
    assert len(screening.facts) == 1
    assert any("too much is open" in line for line in explanation(screening))


def test_a_record_may_still_overrule_an_answer_about_which_part_applies() -> None:
    """The answer alone makes it FALSE, the record beside it TRUE: both are looked at."""
    node = nodes.IfThen(STROKE, nodes.Residue("then"), LVEF)
    screening = asked(node, nodes.Not(STROKE), patient=replace(NOBODY, observations=(lvef("35"),)))
    assert [fact.kind for fact in screening.facts] == ["record"]
    assert screening.facts_exact


def test_the_document_lists_the_facts() -> None:
    (patient,) = document([asked(LVEF, nodes.Judgement("fit"))])["patients"]
    assert patient["would_decide"] == ["C1", "C2"]
    assert patient["facts"][0] == {
        "kind": "measure", "name": "left ventricular ejection fraction, %", "criteria": ["C1"],
    }  # fmt: skip
    assert (patient["facts_exact"], patient["facts_suffice"]) == (True, True)
    assert [each["kind"] for each in patient["could_exclude"]] == ["measure", "answer"]
