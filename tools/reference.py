"""Write docs/reference from the program itself.

usage: python tools/reference.py [--check]

With --check nothing is written; the status is 1 where a page is out of date.
"""

import inspect
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, get_args

import msgspec

from trialwright.conduct.events import AnyEvent, Event
from trialwright.conduct.permissions import PERMITTED
from trialwright.design import METHODS, Design, from_parameters
from trialwright.design.method import TimedMethod
from trialwright.design.rules import RULES, Rule
from trialwright.interfaces.cli.main import COMMANDS, app
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.methods import ALIASES
from trialwright.protocol.schema import protocol_schema

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"


def commands() -> Iterator[str]:
    """Every command with its options."""
    yield "# Commands\n"
    yield "Exit status: 0 done, 1 the answer is no or a check failed, 2 the input or the call was"
    yield "wrong. `--json` prints one JSON document on stdout; messages go to stderr.\n"
    for name in COMMANDS:
        text: str = app[name].generate_docs(heading_level=2, usage_name=f"trialwright {name}")
        yield _without_contents(text) + "\n"


def _without_contents(text: str) -> str:
    head, contents, tail = text.partition("## Table of Contents")
    return head + tail.partition("**Commands**")[2].partition("\n\n")[2] if contents else text


def protocol() -> Iterator[str]:
    """Every key of protocol.yaml."""
    yield "# protocol.yaml\n"
    yield "A key marked *stated* holds `value` with `source`, or `value` with `assumed: true` and"
    yield "`reason`. `trialwright protocol schema` prints the JSON schema.\n"
    yield "Under `escalation`, `parameters` holds further parameters of the method and `rules`"
    yield "further [rules](rules.md), each by its name:\n"
    yield f"```yaml\n{_ESCALATION}```\n"
    parts = protocol_schema()["$defs"]
    for name, part in parts.items():
        if part.get("properties") and not name.startswith("Stated"):
            yield from _keys(name, part)


_ESCALATION = """\
escalation:
  parameters:
    p_saf:
      value: 0.1
      source: the protocol's section 9
  rules:
    no_skipping:
      value: {}  # a rule without parameters
      source: the protocol's section 9
    stop_at_dose:
      value: {n: 9, where: any}
      assumed: true
      reason: not published
"""


def _keys(name: str, part: dict[str, Any]) -> Iterator[str]:
    yield f"## {name}\n\n{part.get('description', '')}\n\n| Key | Kind | Required |\n|---|---|---|"
    required = part.get("required", ())
    for key, kind in part["properties"].items():
        yield f"| `{key}` | {_kind(kind)} | {'yes' if key in required else ''} |"
    yield ""


def _kind(kind: dict[str, Any]) -> str:
    if "$ref" in kind:
        name = kind["$ref"].rpartition("/")[2]
        return f"stated {_stated(name)}" if name.startswith("Stated") else name
    if "anyOf" in kind:
        return " or ".join(_kind(each) for each in kind["anyOf"])
    if "enum" in kind:
        return " or ".join(f"`{each}`" for each in kind["enum"])
    if isinstance(kind.get("additionalProperties"), dict):
        return f"by name: {_kind(kind['additionalProperties'])}"
    if kind.get("type") == "array":
        return f"list of {_kind(kind['items'])}" if kind.get("items") else "list"
    limits = [f"{word} {kind[key]}" for key, word in _LIMITS.items() if key in kind]
    return " ".join([str(kind.get("type", "any")), *limits])


_LIMITS = {
    "exclusiveMinimum": ">", "minimum": ">=", "exclusiveMaximum": "<", "maximum": "<=",
    "pattern": "like",
}  # fmt: skip


def _stated(name: str) -> str:
    value = protocol_schema()["$defs"][name]["properties"]["value"]
    return _kind(value)


def events() -> Iterator[str]:
    """Everything that can stand in a journal."""
    yield "# Events of the journal\n"
    yield "Each entry adds sequence number, UTC time, actor, role, reason, and the hash of the"
    yield "entry before.\n"
    for event in get_args(AnyEvent):
        yield f"## {event.__name__}\n\n{inspect.getdoc(event)}\n"
        yield f"Recorded by: {', '.join(sorted(PERMITTED[event])).replace('_', ' ')}.\n"
        yield from _fields(event)


def _fields(event: type[Event]) -> Iterator[str]:
    yield "| Field | Type |\n|---|---|"
    for field in msgspec.structs.fields(event):
        yield f"| `{field.name}` | {_type_name(field.type)} |"
    yield ""


def _type_name(kind: Any) -> str:
    named = getattr(kind, "__name__", None) if not get_args(kind) else None
    text = str(named or kind)
    for noise in ("typing.", "datetime.", "decimal.", "trialwright.conduct.events."):
        text = text.replace(noise, "")
    return f"`{text}`".replace("|", "\\|")


def measures() -> Iterator[str]:
    """Every measure and scale of the lexicon."""
    known = lexicon()
    yield f"# Measures and scales\n\nVersion {known.version} of `measures.yaml`.\n"
    yield "| Name | What | Unit | LOINC |\n|---|---|---|---|"
    for name, measure in known.measures.items():
        yield f"| `{name}` | {measure.label} | {measure.unit} | {', '.join(measure.loinc)} |"
    yield "\n| Scale | What | Classes | LOINC |\n|---|---|---|---|"
    for name, scale in known.scales.items():
        classes, codes = ", ".join(scale.classes), ", ".join(scale.loinc)
        yield f"| `{name}` | {scale.label} | {classes} | {codes} |"


def methods() -> Iterator[str]:
    """Every escalation method, with a link to its page."""
    yield "# Escalation methods\n"
    yield "`trialwright design ... --method NAME --param KEY=VALUE`; in Python, `from"
    yield "trialwright.design import NAME`. Case, hyphens and spaces in a name do not matter, and"
    yield f"{', '.join(f'`{name}`' for name in ALIASES)} are read too. Every method takes `doses`"
    yield "(a number of levels, or their amounts with the unit), `start` (the first cohort's level)"
    yield "and the [rules](rules.md). [Outcomes](outcomes.md) says how a trial so far is written.\n"
    yield "Three more parameters stand for a rule, with every method:\n"
    yield "| Parameter | Values | Rule |\n|---|---|---|"
    for parameter, values, rule in _OF_RULES:
        yield f"| `{parameter}` | {values} | {rule} |"
    yield "\n| Name | What | Looks at |\n|---|---|---|"
    for name, factory in METHODS.items():
        looks = _looks_at(name)
        yield f"| [`{name}`](methods/{name}.md) | {_first_line(_module(factory))} | {looks} |"


# Parameters that every method takes; each states a rule (design.build.RULE_PARAMETERS).
_OF_RULES = (
    (
        "at_lowest_stay",
        "`continue`, `stop`",
        "[lowest_dose](rules.md#lowest_dose): what staying at the lowest dose means",
    ),
    (
        "at_lowest_deescalate",
        "`continue`, `stop`",
        "[lowest_dose](rules.md#lowest_dose): what de-escalating there means",
    ),
    (
        "no_skipping",
        "`true`, `false`",
        "[no_skipping](rules.md#no_skipping): no untried level is skipped on the way up",
    ),
)


def _looks_at(name: str) -> str:
    method = example_of(name).method
    seen = ["DLTs", *(["responses"] if method.responses else [])]
    if isinstance(method, TimedMethod):
        seen.append("follow-up of pending patients")
    return ", ".join(seen)


def method(name: str) -> Iterator[str]:
    """One method: equations and citation, parameters, an example's summary."""
    factory = METHODS[name]
    title, _, text = _doc(_module(factory)).partition("\n")
    yield f"# {name}\n\n{title}\n{text}\n\n## Parameters\n"
    yield from _parameters(factory)
    yield f"\n{inspect.getdoc(factory)}\n\n## An example\n\n```text"
    yield from example_of(name).summary
    yield "```"


def rules() -> Iterator[str]:
    """Every rule with its parameters."""
    yield "# Rules\n"
    yield "`--rule NAME` or `--rule NAME:KEY=VALUE,KEY=VALUE`, repeated; in Python,"
    yield "`design | NAME(...)`; in a protocol, `escalation.rules`.\n"
    yield f"{_doc(inspect.getmodule(Rule))}\n"
    for name, factory in RULES.items():
        yield f"## {name}\n\n{_doc(_module(factory))}\n"
        yield from _parameters(factory)
        yield f"\n{inspect.getdoc(factory)}\n"


def _module(factory: Any) -> Any:
    return inspect.getmodule(factory)


def _doc(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def _first_line(thing: Any) -> str:
    return " ".join(_doc(thing).partition("\n\n")[0].split()).rstrip(".")


def _parameters(factory: Any) -> Iterator[str]:
    own = [p for p in inspect.signature(factory).parameters.values() if p.name not in COMMON]
    if not own:
        yield "No parameters."
        return
    yield "| Parameter | Type | Default |\n|---|---|---|"
    for parameter in own:
        needed = parameter.default is inspect.Parameter.empty
        default = "must be stated" if needed else f"`{parameter.default!r}`"
        yield f"| `{parameter.name}` | {_type_name(parameter.annotation)} | {default} |"


COMMON = ("doses", "start")

_TARGET = {"target": 0.3}

# One design per method, by the parameters that it cannot do without; for five levels and for three.
EXAMPLES: dict[str, dict[str, Any]] = {
    "blrm": {"reference_dose": 40, "prior": "-0.7,-0.4,1.2,0.9,0"},
    "boin": _TARGET,
    "boin12": {"target": 0.35, "phi_e": 0.25, "u2": 40, "u3": 60},
    "crm": _TARGET,
    # The priors and hurdles of Thall et al. 2014.
    "efftox": {
        "target": 0.3,
        "efficacy_hurdle": 0.5,
        "p_e": 0.1,
        "p_t": 0.1,
        "eff0": 0.5,
        "tox1": 0.65,
        "eff_star": 0.7,
        "tox_star": 0.25,
        "alpha_mean": -7.9593,
        "alpha_sd": 3.5487,
        "beta_mean": 1.5482,
        "beta_sd": 3.5018,
        "gamma_mean": 0.7367,
        "gamma_sd": 2.5423,
        "zeta_mean": 3.4181,
        "zeta_sd": 2.4406,
    },
    "i3_plus_3": _TARGET,
    "keyboard": _TARGET,
    "mtpi": _TARGET,
    "mtpi2": _TARGET,
    "three_plus_three": {},
    "tite_boin": _TARGET,
    "tite_crm": _TARGET,
    "tpi": _TARGET,
    "wages_tait": {"target": 0.35, "eff_limit": 0.2, "randomise": 9},
}
_SKELETONS = {
    5: {
        "tox_skeleton": (0.05, 0.1, 0.2, 0.3, 0.4),
        "eff_skeletons": "0.2,0.3,0.4,0.5,0.6 / 0.3,0.4,0.5,0.5,0.4",
    },
    3: {"tox_skeleton": (0.1, 0.2, 0.3), "eff_skeletons": "0.2,0.4,0.6 / 0.2,0.4,0.4"},
}


def example_of(name: str, doses: str = "10, 20, 40, 60, 80 mg", sizes: str = "3x10") -> Design:
    """Return a method's example on five dose levels, or on three."""
    more = _SKELETONS[doses.count(",") + 1] if name == "wages_tait" else {}
    return from_parameters(name, EXAMPLES[name] | more, doses, sizes)


PAGES = {
    "commands.md": commands,
    "protocol.md": protocol,
    "events.md": events,
    "measures.md": measures,
    "methods.md": methods,
    "rules.md": rules,
    **{f"methods/{name}.md": partial(method, name) for name in METHODS},
}


def main(check: bool) -> int:
    """Write the pages, or say which are out of date."""
    stale = []
    for name, page in PAGES.items():
        text = "\n".join(page()).rstrip() + "\n"
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if stale:
        print(f"{'out of date' if check else 'written'}: {', '.join(stale)}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
