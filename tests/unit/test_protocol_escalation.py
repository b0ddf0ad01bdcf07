"""A protocol's escalation: further parameters of the method, further rules, and their faults."""

import json
from pathlib import Path
from typing import Any

import pytest

from trialwright.conduct.escalation import design_of, unused
from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import read_tree
from trialwright.design import boin, cohorts, lowest_dose, no_skipping
from trialwright.design.doses import DoseSet
from trialwright.interfaces.cli.main import run
from trialwright.protocol.check import open_assumptions
from trialwright.protocol.service import load, write_protocol


def stated(value: object) -> dict[str, object]:
    return {"value": value, "source": "the protocol's section 9"}


@pytest.fixture
def plan(example: Path) -> dict[str, Any]:
    """The reference trial's protocol as plain values."""
    tree = read_tree((example / "protocol.yaml").read_bytes(), "protocol.yaml")
    assert isinstance(tree.value, dict)
    return tree.value


def written(plan: dict[str, Any]) -> bytes:
    return json.dumps(plan).encode()  # JSON is YAML


def test_the_levels_bring_their_amounts_into_the_design(plan: dict[str, Any]) -> None:
    design = design_of(load(written(plan), "p.yaml"))
    assert design.amounts == DoseSet((2e10, 4e10), "{particles}/kg")
    assert design.amounts.label(2) == "4e+10 particles/kg"


def test_further_parameters_and_rules_reach_the_design(plan: dict[str, Any]) -> None:
    plan["escalation"]["parameters"] = {"p_saf": stated(0.1), "stay_1_of_3": stated(True)}
    plan["escalation"]["rules"] = {"no_skipping": stated({})}
    protocol = load(written(plan), "p.yaml")
    wanted = (
        boin(
            target=0.25,
            doses=DoseSet((2e10, 4e10), "{particles}/kg"),
            p_saf=0.1,
            stay_1_of_3=True,
        )
        | lowest_dose()
        | no_skipping()
        | cohorts("4,8")
    )
    assert design_of(protocol) == wanted
    assert load(write_protocol(protocol).encode(), "p.yaml") == protocol


def test_an_assumed_parameter_is_an_open_assumption(plan: dict[str, Any]) -> None:
    plan["escalation"]["parameters"] = {
        "p_saf": {"value": 0.1, "assumed": True, "reason": "not published"}
    }
    found = [a.path for a in open_assumptions(load(written(plan), "p.yaml"))]
    assert "$.escalation.parameters.p_saf" in found


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("parameters", {"p_saff": stated(0.1)}, "parameter: 'p_saff'; wanted 'p_saf'"),
        ("parameters", {"p_saf": stated(0.9)}, "parameter p_saf: 0.9; wanted a number above 0"),
        ("rules", {"no_skiping": stated({})}, "rule: 'no_skiping'; wanted 'no_skipping'"),
        ("rules", {"no_skipping": stated({"n": 3})}, "rule no_skipping, parameter: 'n'"),
        ("target", stated(0.8), "parameter p_tox: 1.12 (1.4 times the target)"),
    ],
)
def test_a_rule_that_is_no_design_is_refused_by_the_check(
    plan: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    key: str,
    value: object,
    message: str,
) -> None:
    plan["escalation"][key] = value
    file = tmp_path / "p.yaml"
    file.write_bytes(written(plan))
    assert run(["protocol", "check", str(file)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{file}, line 1, escalation, {message}" in said
    with pytest.raises(InputError):
        design_of(load(written(plan), "p.yaml"))


@pytest.mark.parametrize(
    ("key", "entries", "line", "message"),
    [
        ("parameters", {"target": stated(0.3)}, '"target"', "escalation.target too; wanted one"),
        ("parameters", {"cutoff_eli": stated(0.9)}, '"cutoff_eli"', "escalation.cutoff_eli too"),
        (
            "parameters",
            {"at_lowest_stay": stated("stop")},
            '"at_lowest_stay"',
            "parameter at_lowest_stay: stated, and escalation.lowest_dose_stay too",
        ),
        ("rules", {"lowest_dose": stated({})}, '"lowest_dose"', "escalation.lowest_dose_stay too"),
        (
            "rules",
            {"elimination": stated({"target": 0.3})},
            '"elimination"',
            "rule elimination: stated, and escalation.cutoff_eli too",
        ),
        ("rules", {"cohorts": stated({"sizes": "3x9"})}, '"cohorts"', "the protocol's cohorts too"),
        ("parameters", {"p_saf": stated(0.9)}, '"p_saf"', "parameter p_saf: 0.9; wanted"),
        ("rules", {"stop_at": stated({"patients": 0})}, '"patients"', "parameter patients: 0"),
        ("rules", {"no_skiping": stated({})}, '"no_skiping"', "rule: 'no_skiping'"),
        ("parameters", {"p_saf": 0.1}, '"p_saf"', "0.1; wanted `value:` with `source:`"),
        ("rules", {"no_skipping": {}}, '"no_skipping"', "no value; wanted `value:` with"),
        ("rules", {"no_skipping": None}, '"no_skipping"', "escalation.rules.no_skipping: None"),
        ("rules", ["no_skipping"], '"rules"', "wanted a name, and under it `value:`"),
        ("parameters", {"p_saf": {"value": 0.1}}, '"p_saf"', "escalation.parameters.p_saf: no or"),
    ],
)
def test_a_fault_of_the_escalation_is_named_with_its_line(
    plan: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    key: str,
    entries: object,
    line: str,
    message: str,
) -> None:
    plan["escalation"][key] = entries
    file = tmp_path / "p.yaml"
    file.write_text(json.dumps(plan, indent=1))
    lines = file.read_text().splitlines()
    after = next(n for n, text in enumerate(lines) if f'"{key}"' in text)
    number = next(n for n, text in enumerate(lines, 1) if n > after and line in text)
    for command in (
        ["protocol", "check", str(file)],
        ["design", "decide", "--protocol", str(file)],
    ):
        assert run(command) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert f"{file}, line {number}, escalation" in said
        assert message in said


def test_thousands_of_rules_are_refused_at_once(plan: dict[str, Any]) -> None:
    plan["escalation"]["rules"] = {f"r{k}": stated({}) for k in range(3_000)}
    with pytest.raises(InputError, match="3000 rules; wanted at most 100"):
        design_of(load(written(plan), "p.yaml"))


def test_a_method_without_elimination_may_have_the_rule(plan: dict[str, Any]) -> None:
    plan["escalation"]["method"] = stated("crm")
    plan["escalation"]["parameters"] = {"skeleton": stated([0.1, 0.25])}
    plan["escalation"]["rules"] = {"elimination": stated({"target": 0.3})}
    assert "elimination" in {rule.name for rule in design_of(load(written(plan), "p.yaml")).rules}


def test_a_parameter_of_the_wrong_kind_names_its_key(plan: dict[str, Any]) -> None:
    plan["escalation"]["parameters"] = {"p_saf": stated({"a": 1})}
    with pytest.raises(InputError, match=r"escalation\.parameters"):
        load(written(plan), "p.yaml")


def test_what_the_method_makes_no_use_of_is_named(plan: dict[str, Any]) -> None:
    assert unused(load(written(plan), "p.yaml")) == ()
