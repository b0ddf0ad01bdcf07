"""What a protocol file cannot say, what it seldom says, and the words that tell a person so."""

import copy
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trials import assumed, protocol, stated

from trialwright.conduct.escalation import design_of
from trialwright.core.dates import Duration
from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import YamlTree, read_tree
from trialwright.design import METHODS
from trialwright.interfaces.cli.main import run
from trialwright.protocol import draft as drafting
from trialwright.protocol.check import faults, open_assumptions
from trialwright.protocol.confirmation import confirmation_wanted
from trialwright.protocol.dose_unit import unit_wanted
from trialwright.protocol.doubts import doubts
from trialwright.protocol.lengths import is_longer, least_days
from trialwright.protocol.methods import METHOD_NAMES
from trialwright.protocol.model import Protocol
from trialwright.protocol.places import keys_at, words_at
from trialwright.protocol.service import load, load_with_lines, write_protocol
from trialwright.protocol.yaml_file import of_tree

EXAMPLE = Path(__file__).parents[2] / "examples/secret_hf/protocol.yaml"
TODAY = date(2031, 3, 3)
LVEF = {"measure": "lvef", "op": "<=", "value": 40, "unit": "%"}


def sound(**changes: Any) -> Protocol:
    """Return a small protocol that holds together, with some of its keys replaced."""
    visits = (("baseline", -1, ("lvef", "nyha")), ("month 2", 60, ("lvef", "nyha")))
    return protocol(**({"visits": visits} | changes))


BASE: dict[str, Any] = msgspec.to_builtins(sound())


def criterion(expr: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "I1", "section": "inclusion", "text": "as read", "span": [0, 7], "status": "auto",
        "expr": expr,
    }  # fmt: skip


def steps(path: str) -> list[str | int]:
    found = re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)
    return [key if key else int(number) for key, number in found]


def file_with(path: str, value: object) -> bytes:
    """Return a file whose value at a path such as `cohorts[0].size` is replaced or added."""
    tree = copy.deepcopy(BASE)
    *way, last = steps(path)
    at: Any = tree
    for step in way:
        at = at[step]
    at[last] = value
    return json.dumps(tree, indent=1, ensure_ascii=False).encode()  # JSON is YAML


def refused(path: str, value: object, on: date | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        load(file_with(path, value), "p.yaml", on)
    assert "\n" not in str(caught.value)
    return caught.value


def key_of(error: InputError) -> str:
    place = re.fullmatch(r"p\.yaml, line \d+, (.+)", error.where)
    assert place, error.where
    return place[1]


def test_the_base_of_these_tests_holds_together() -> None:
    assert faults(sound(), TODAY) == ()
    assert doubts(sound()) == ()
    assert load(file_with("version", "1.0"), "p.yaml", TODAY) == sound()


# --- doses, method, window -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [
        ("bananas", "an amount per kilogram, such as {particles}/kg"),
        ("bananas/kg", "an amount per kilogram"),
        ("mg", "such as mg/kg; flat doses are not covered yet"),
        ("{particles}", "such as {particles}/kg; flat doses are not covered yet"),
        ("‘{particles}/kg’", "without the quotation marks"),
        ("'{cells}/kg'", "without the quotation marks"),
        ("{particles}/mL", "an amount per kilogram"),
        ("1/kg", "an amount per kilogram"),
        ("mL/kg", "an amount per kilogram"),
        ("Hz/kg", "an amount per kilogram"),
        ("dB/kg", "an amount per kilogram"),
        ("degC/kg", "an amount per kilogram"),
        ("/kg", "an amount per kilogram"),
        ("mg/KG", "an amount per kilogram"),
    ],
)
def test_a_dose_is_an_amount_per_kilogram(unit: str, wanted: str) -> None:
    error = refused("dosing.unit", unit)
    assert key_of(error) == "dosing.unit"
    assert error.what == repr(unit)
    assert wanted in error.wanted


@pytest.mark.parametrize(
    "unit", ["{particles}/kg", "{cells}/kg", "mg/kg", "µg/kg", "umol/kg", "MBq/kg", "U/kg"]
)
def test_amounts_that_doses_are_computed_in(unit: str) -> None:
    assert unit_wanted(unit) is None


def test_the_methods_that_a_protocol_names_are_those_of_the_design_and_of_the_draft() -> None:
    assert sorted(METHOD_NAMES) == sorted(METHODS)
    assert {name for _, name in drafting._METHODS} <= set(METHODS)


def test_an_unknown_method_is_answered_with_the_nearest() -> None:
    error = refused("escalation.method.value", "bion")
    assert (key_of(error), error.what) == ("escalation.method", "'bion'")
    assert error.wanted == "a known method (nearest: boin)"


def test_a_method_is_named_in_any_case() -> None:
    plan = load(file_with("escalation.method.value", "BOIN"), "p.yaml")
    assert design_of(plan).start == 1


@pytest.mark.parametrize(
    ("window", "what"),
    [
        ("P13D", "P13D ends on day 13, before the infusion of day 14"),
        ("P0D", "P0D ends on day 0, before the infusion of day 14"),
        ("P1W", "P1W ends on day 7, before the infusion of day 14"),
    ],
)
def test_a_window_that_ends_before_the_last_infusion(window: str, what: str) -> None:
    error = refused("dlt.window.value", window)
    assert (key_of(error), error.what, error.wanted) == ("dlt.window", what, "at least P14D")


def test_the_last_day_of_the_window_is_inside_it() -> None:
    assert load(file_with("dlt.window.value", "P14D"), "p.yaml").dlt.window.value == "P14D"


def test_a_month_counts_as_its_shortest() -> None:
    days = {"infusions": {"count": stated(2), "days": stated([0, 30])}}
    one_month = sound(**days, dlt={"window": stated("P1M")})
    (fault,) = faults(one_month)
    assert fault.what == "P1M may end on day 28, before the infusion of day 30"
    assert faults(sound(**days, dlt={"window": stated("P2M")})) == ()


@pytest.mark.parametrize("key", ["dlt.window", "gate.stagger", "follow_up"])
@pytest.mark.parametrize("length", ["P", "P151Y", "P99999999999999999999D"])
def test_durations_that_no_trial_has(key: str, length: str) -> None:
    error = refused(f"{key}.value", length)
    assert key_of(error) == key
    assert "ISO 8601" in error.wanted


@pytest.mark.parametrize(
    ("path", "value", "key", "wanted"),
    [
        ("dose_levels[1].amount.value", float("1e999"), "dose_levels[1].amount.value", "counted"),
        (
            "dosing.weight_kg.value",
            [40.0, float("1e999")],
            "dosing.weight_kg.value[1]",
            "most 1000",
        ),
        ("dose_levels[1].amount.value", 1e9, "dose_levels[1].amount", "above 1e+09"),
        ("cohorts[1].planned_level.value", 3, "cohorts[1].planned_level", "from 1 to 2"),
        ("cohorts[1].size.value", 4, "cohorts[1].size", "at most the enrolment of 5"),
        ("infusions.window_days.value", 10**20, "infusions.window_days.value", "at most 365"),
        ("visits[0].window_days", 4000, "visits[0].window_days", "at most 365"),
    ],
)
def test_numbers_that_cannot_be(path: str, value: object, key: str, wanted: str) -> None:
    data = file_with(path, value).replace(b"Infinity", b"1e999")
    with pytest.raises(InputError) as caught:
        load(data, "p.yaml")
    assert key_of(caught.value) == key
    assert wanted in caught.value.wanted


def test_the_first_cohort_level_is_where_the_design_starts() -> None:
    upper = [
        {"number": 1, "size": stated(2), "planned_level": stated(2)},
        {"number": 2, "size": stated(3), "planned_level": stated(2)},
    ]
    plan = sound(cohorts=upper)
    assert faults(plan) == ()
    assert design_of(plan).start == 2


# --- confirmations ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["to be done", "no", "2031-01-31", ", 2031-01-31", "7, 2031-01-31", "Dr Ada Grey",
     "Dr Ada Grey, 2031", "Dr Ada Grey, 2031-01", "Dr Ada Grey, 2031-02-30",
     "Dr Ada Grey 2031-01-31", "Dr Ada Grey, 31/01/2031", "Dr Ada Grey, 2031-01-31, or so"],
)  # fmt: skip
def test_a_confirmation_says_who_and_when(text: str) -> None:
    error = refused("follow_up", assumed("P60D") | {"confirmed": text})
    assert key_of(error) == "follow_up.confirmed"
    assert error.what == repr(text)
    assert 'text such as "Dr Name, 2026-01-31"' in error.wanted


@pytest.mark.parametrize(
    "text", ["Dr Ada Grey, 2031-03-03", "Grey, A., Paris,2031-01-31", "李, 2031-01-31"]
)
def test_confirmations_that_hold(text: str) -> None:
    assert confirmation_wanted(text, TODAY) is None
    data = file_with("follow_up", assumed("P60D") | {"confirmed": text})
    assert load(data, "p.yaml", TODAY).follow_up.confirmed == text


def test_nothing_is_confirmed_in_the_future() -> None:
    tomorrow = assumed("P60D") | {"confirmed": "Dr Ada Grey, 2031-03-04"}
    error = refused("follow_up", tomorrow, TODAY)
    assert key_of(error) == "follow_up.confirmed"
    assert error.wanted == "a day that is not after 2031-03-03"
    load(file_with("follow_up", tomorrow), "p.yaml")  # without a day there is no future


def test_a_yes_is_no_confirmation() -> None:
    error = refused("follow_up", assumed("P60D") | {"confirmed": True})
    assert (key_of(error), error.what) == ("follow_up.confirmed", "True")
    assert error.wanted == 'text such as "Dr Name, 2026-01-31"'


# --- criteria --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expr", "key", "what", "wanted"),
    [
        ({"compare": LVEF | {"unit": "pg/mL"}}, "compare.unit", "'pg/mL'", "converts to %"),
        ({"compare": LVEF | {"unit": "dB"}}, "compare.unit", "'dB'", "converts to %"),
        ({"compare": {"measure": "lvef", "op": "<=", "value": 40}}, "compare", "no unit", "to %"),
        ({"compare": LVEF | {"value": 400}}, "compare.value", "400 %", "from 1 to 90 %"),
        ({"compare": {"measure": "bnp", "op": ">", "value": 150, "unit": "g/L"}},
         "compare.value", "150 g/L", "from 1 to 50000 pg/mL"),
        ({"compare": {"measure": "alt", "op": ">", "times_uln": -3}},
         "compare.times_uln", "-3", "above 0"),
        ({"compare": {"measure": "lvefx", "op": "<", "value": 4, "unit": "%"}},
         "compare.measure", "measure 'lvefx'", "nearest: lvef"),
        ({"compare": LVEF | {"op": "≤"}}, "compare.op", "'≤'", "one of <, <="),
        ({"all": []}, "all", "[]", "not empty"),
        ({"any": []}, "any", "[]", "not empty"),
        ({"not": {"any": []}}, "not.any", "[]", "not empty"),
        ({"demographic": {"age": {"min": "P80Y", "max": "P18Y"}}},
         "demographic.age.max", "P18Y, below the least age P80Y", "at least P80Y"),
        ({"demographic": {"age": {"max": "P999Y"}}}, "demographic.age.max", "P999Y", "150 years"),
        ({"within": {"last": "P9999Y", "anchor": "enrolment", "of": {"attest": "x"}}},
         "within.last", "P9999Y", "150 years"),
        ({"ordinal": {"scale": "nyah", "in": ["III"]}},
         "ordinal.scale", "scale 'nyah'", "nearest: nyha"),
        ({"ordinal": {"scale": "nyha", "in": ["5"]}}, "ordinal.in", "classes 5", "I, II, III, IV"),
        ({"has": {"domain": "condition", "concept": "stroek", "words": "stroke"}},
         "has.concept", "concept 'stroek'", "nearest: stroke"),
        ({"at_least": {"n": 1, "of": [{"compare": LVEF | {"unit": "kg"}}]}},
         "at_least.of[0].compare.unit", "'kg'", "converts to %"),
        ({"except": {"base": {"attest": "x"}, "but": [{"compare": LVEF | {"value": 0}}]}},
         "except.but[0].compare.value", "0 %", "from 1 to 90 %"),
        ({"if": {"when": {"attest": "x"}, "then": {"attest": "y"},
                 "else": {"not": {"compare": LVEF | {"value": 95}}}}},
         "if.else.not.compare.value", "95 %", "from 1 to 90 %"),
    ],
)  # fmt: skip
def test_criteria_that_could_never_be_screened(
    expr: dict[str, Any], key: str, what: str, wanted: str
) -> None:
    error = refused("criteria", [criterion(expr)])
    assert (key_of(error), error.what) == (f"criteria[0].expr.{key}", what)
    assert wanted in error.wanted


@pytest.mark.parametrize(
    "expr",
    [
        {"compare": LVEF},
        {"compare": LVEF | {"value": 0.4, "unit": "1"}},
        {"compare": LVEF | {"unit": "pg/mL", "unit_fault": "not a share"}},
        {"compare": {"measure": "nt_probnp", "op": ">=", "value": 47, "unit": "pmol/L"}},
        {"compare": {"measure": "inr", "op": ">", "value": 2}},
        {"compare": {"measure": "alt", "op": ">", "times_uln": 3}},
        {"demographic": {"age": {"min": "P18Y", "max": "P18Y"}}},
        {"within": {"last": "P3M", "anchor": "enrolment", "of": {"attest": "x"}}},
    ],
)
def test_criteria_that_hold(expr: dict[str, Any]) -> None:
    assert len(load(file_with("criteria", [criterion(expr)]), "p.yaml").criteria) == 1


def test_a_fault_inside_a_criterion_names_its_line() -> None:
    expr = {"any": [{"attest": "x"}, {"compare": LVEF | {"unit": "kg"}}]}
    text = write_protocol(sound(criteria=[criterion(expr)]))
    with pytest.raises(InputError) as caught:
        load(text.encode(), "p.yaml")
    line = text[: text.index("unit: kg")].count("\n") + 1
    assert caught.value.where == f"p.yaml, line {line}, criteria[0].expr.any[1].compare.unit"


# --- doubts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "path", "what"),
    [
        ({"enrolment_maximum": stated(7)}, "$.enrolment_maximum",
         "the cohorts hold 2 + 3 = 5 patients, fewer than the enrolment of 7"),
        ({"gate": {"stagger": stated("P0D")}}, "$.gate.stagger",
         "no time between the first and the second patient of a cohort"),
        ({"follow_up": stated("P1M")}, "$.follow_up",
         "P1M ends before the visit 'month 2' on day 60"),
        ({"visits": (("month 1", 30, ("lvef",)), ("month 2", 60, ("lvef",)))}, "$.visits",
         "the first visit is on day 30: there is no baseline on or before day 0"),
        ({"dose_levels": [{"level": 1, "amount": stated(0.07)},
                          {"level": 2, "amount": stated(0.8)}]}, "$.dose_levels[1].amount",
         "0.8 is 11.4 times the dose of level 1"),
    ],
)  # fmt: skip
def test_what_seldom_is_right_is_doubted_and_not_refused(
    changes: dict[str, Any], path: str, what: str
) -> None:
    plan = sound(**changes)
    assert faults(plan) == ()
    assert [(doubt.path, doubt.what) for doubt in doubts(plan)] == [(path, what)]


@pytest.mark.parametrize(
    "changes",
    [
        {
            "dose_levels": [
                {"level": 1, "amount": stated(0.07)},
                {"level": 2, "amount": stated(0.7)},
            ]
        },
        {"visits": (("day 0", 0, ("lvef",)), ("month 2", 60, ("lvef",)))},
        {"gate": {"stagger": stated("P1D")}},
        {"follow_up": stated("P60D")},
    ],
)
def test_what_is_just_usual_is_not_doubted(changes: dict[str, Any]) -> None:
    assert doubts(sound(**changes)) == ()


def test_the_reference_protocol_has_neither_fault_nor_doubt() -> None:
    plan, _ = load_with_lines(EXAMPLE.read_bytes(), "protocol.yaml", TODAY)
    assert doubts(plan) == ()


def test_lengths_of_months() -> None:
    months = (1, 2, 6, 12, 36)
    assert [least_days(Duration(months=n)) for n in months] == [28, 59, 181, 365, 1095]
    assert is_longer(Duration(months=1), Duration(days=30))
    assert not is_longer(Duration(days=30), Duration(months=1))


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ("versio", "1.0", "only keys of the schema (nearest: version)"),
        ("gate.boardquorum", stated(2), "only keys of the schema (nearest: board_quorum)"),
        ("dlt.window.sauce", "x", "only keys of the schema (nearest: source)"),
        ("cohorts[1].Size", stated(3), "only keys of the schema (nearest: size)"),
        ("visits[0].qqqq", 1, "only keys of the schema"),
    ],
)
def test_an_unknown_key_names_the_nearest(path: str, value: object, wanted: str) -> None:
    error = refused(path, value)
    assert (key_of(error), error.what, error.wanted) == (path, "an unknown key", wanted)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("endpoints[0].role", "main", "primary, secondary"),
        ("endpoints[0].role", 5, "primary, secondary"),
        ("endpoints[0].summary", "mean", "counts, geometric_ratio, mean_change, proportion, shift"),
        ("escalation.lowest_dose_stay.value", "halt", "continue, stop"),
        ("criteria", [criterion({"attest": "x"}) | {"status": "done"}],
         "auto, edited, locked, reviewed"),
    ],
)  # fmt: skip
def test_a_wrong_word_lists_the_words(path: str, value: object, words: str) -> None:
    assert refused(path, value).wanted == f"one of the words {words}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version: '1.0'", 'version: "\\ud800"', "half a character; wanted whole text"),
        ("version: '1.0'", '"ver\\udfffsion": 1', "half a character; wanted whole text"),
        ("version: '1.0'", '"ver\\nsion": 1', "nearest: version"),
    ],
)
def test_escapes_that_no_message_can_print(old: str, new: str, said: str) -> None:
    text = write_protocol(sound())
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(InputError, match=said) as caught:
        load(text.replace(old, new).encode(), "p.yaml")
    assert caught.value.where.startswith(f"p.yaml, line {line}")
    assert str(caught.value).isprintable()


def test_places_of_the_model() -> None:
    assert keys_at("$")[0] == "trial"
    assert keys_at("$.visits[3]") == ("name", "day", "window_days", "assessments")
    assert keys_at("$.visits[...].day")[0] == "value"
    for nowhere in ("$.nothing", "$.visits.day", "$.version", "$.criteria[0].expr.all"):
        assert keys_at(nowhere) == ()
        assert words_at(nowhere) == ()


# --- the command line ------------------------------------------------------------------------


def test_check_lists_warnings_and_keeps_its_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w").mkdir()
    text = write_protocol(sound(gate={"stagger": stated("P0D")}))
    Path("w/p.yaml").write_text(text, encoding="utf-8")
    line = text[: text.index("stagger:")].count("\n") + 1
    assert run(["protocol", "check", "w/p.yaml"]) == 0
    said = capsys.readouterr()
    assert said.out == "w/p.yaml: every value is published or confirmed\n"
    assert said.err == (
        f"warning: w/p.yaml, line {line}, gate.stagger: "
        "no time between the first and the second patient of a cohort\n"
    )
    assert run(["protocol", "check", "w/p.yaml", "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    document = json.loads(said.out)
    assert document["fit"] is True
    assert [(each["key"], each["line"]) for each in document["warnings"]] == [
        ("gate.stagger", line)
    ]


@pytest.mark.parametrize(
    "command",
    [
        ["protocol", "check", "p.yaml"],
        ["design", "decide", "--protocol", "p.yaml", "--outcomes", "1NN"],
        ["rehearse", "p.yaml", "--out", "out"],
        ["screen", "p.yaml", "nobody.json"],
    ],
)
def test_every_command_refuses_a_protocol_with_a_fault(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.yaml").write_bytes(file_with("dosing.unit", "bananas"))
    assert run(command) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.search(r"error: p\.yaml, line \d+, dosing\.unit: 'bananas'; wanted an am", said.err)
    assert not Path("out").exists()


@pytest.mark.parametrize(
    "command", [["protocol", "check", "p.yaml"], ["design", "decide", "--protocol", "p.yaml"]]
)
def test_commands_know_what_day_it_is(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    later = assumed("P60D") | {"confirmed": "Dr Ada Grey, 9999-01-31"}
    Path("p.yaml").write_bytes(file_with("follow_up", later))
    assert run(command) == 2
    assert "follow_up.confirmed" in capsys.readouterr().err


TRIAL = ("--doses", "2", "--target", "0.25", "--cohorts", "4,8")


@pytest.mark.parametrize("question", ["decide", "recommend"])
def test_outcomes_may_start_with_a_hyphen(
    question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["design", question, *TRIAL, "--outcomes", "-1NNNN"]) == 2
    assert "cohort 1: '-1NNNN'; wanted a dose level (from 1 to 2)" in capsys.readouterr().err


def test_the_command_line_names_a_method_in_any_case(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["design", "decide", *TRIAL, "--outcomes", "1NNNN", "--json"]
    answers = []
    for name in ("boin", "BOIN", "Boin"):
        assert run([*asked, "--method", name]) == 0
        answers.append(capsys.readouterr().out)
    assert len(set(answers)) == 1
    assert run([*asked, "--method", "BION"]) == 2
    assert "wanted 'boin', the nearest of " in capsys.readouterr().err


# --- whatever a person may write ---------------------------------------------------------------


def paths(value: object, at: str = "$") -> Iterator[str]:
    """Yield the path of everything inside a value."""
    named = value.items() if isinstance(value, dict) else ()
    numbered = enumerate(value) if isinstance(value, list) else ()
    steps_in = (*((f".{k}", v) for k, v in named), *((f"[{i}]", v) for i, v in numbered))
    for step, inside in steps_in:
        yield f"{at}{step}"
        yield from paths(inside, f"{at}{step}")


TREE = read_tree(EXAMPLE.read_bytes(), "protocol.yaml")
PLACES = sorted(paths(TREE.value))
TYPED = sorted(path for path in PLACES if ".expr" not in path)  # drawn as often as all others
WORDS = (
    "", "P0D", "P", "P1M", "P9999Y", "bananas", "dB/kg", "mg", "{particles}/kg", "%", "mg/dL",
    "degC", "boin", "crm", "no", "Dr Name, 2026-01-31", "2026-01-31", "lvef", "nyha", "Month 6",
    "NCT00000000", "I1", "inclusion", "continue", "sNaN", "1e99", "\n", "‘x’",
)  # fmt: skip
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(WORDS) | st.sampled_from((0, -1, 1, 2, 10**29, 1e308, 5e-324))
)  # fmt: skip
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=4), scalars)


def mutated(path: str, change: str, value: object) -> YamlTree:
    tree = copy.deepcopy(TREE.value)
    *way, last = steps(path.removeprefix("$."))
    at: Any = tree
    for step in way:
        at = at[step]
    match change:
        case "replace":
            at[last] = value
        case "drop":
            del at[last]
        case "rename" if isinstance(at, dict):
            at[f"{last}x"] = at.pop(last)
        case _:
            at[last] = [at[last]]
    return YamlTree(tree, TREE.lines)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(PLACES) | st.sampled_from(TYPED),
    st.sampled_from(("replace", "replace", "replace", "drop", "rename", "wrap")),
    values,
)
def test_any_change_of_a_value_is_a_protocol_or_an_input_error(
    path: str, change: str, value: object
) -> None:
    try:
        plan = of_tree(mutated(path, change, value), "fuzz.yaml")
    except InputError as error:
        assert "\n" not in str(error)
        return
    found = faults(plan, TODAY)
    assert all(fault.path.startswith("$") and fault.wanted for fault in found)
    assert open_assumptions(plan)
    if not found:
        assert all(doubt.what for doubt in doubts(plan))
        assert plan.amount(1) > Decimal(0)
