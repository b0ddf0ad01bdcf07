"""protocol.yaml: read with errors by line and key, and written for people to edit."""

import re
from decimal import Decimal
from io import StringIO
from typing import Any, TypeVar, get_type_hints

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.nodes import Node
from ruamel.yaml.representer import SafeRepresenter

from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import YamlTree, read_tree
from trialwright.protocol.confirmation import CONFIRMED
from trialwright.protocol.fault import nearest, shown
from trialwright.protocol.model import Escalation, Protocol
from trialwright.protocol.places import keys_at, words_at

T = TypeVar("T")

_AT = re.compile(r"(?P<what>.*?)(?: - at `(?:key in )?(?P<path>\$[^`]*)`)?", re.DOTALL)

_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`", re.DOTALL)
_WORDING = (
    (r"`str` matching regex '\^P.*", "an ISO 8601 duration such as P28D or P12M"),
    (r"`str` matching regex '\^NCT.*", "an NCT number such as NCT01234567"),
    (r"`str` matching regex '\^\[0-9a-f.*", "64 hexadecimal digits"),
    (r"`str` matching regex '\^\[IE.*", "I or E and a number, such as E4"),
    (r"`str` matching regex '\^\[0-9\]\{4\}-.*", "2026-01-31, or 2026-01-31T09:30:00Z (UTC)"),
    (r"`str` matching regex '(.*)'", r"text that matches \1"),
    (r"`float` > 0.0", "a number above 0"),
    (r"`int` >= 1", "a whole number of at least 1"),
    (r"`float` <= ([0-9]+).*", r"a number of at most \1"),
    (r"`int` <= ([0-9]+)", r"a whole number of at most \1"),
    (r"`float`", "a number"),
    (r"`int`", "a whole number"),
    (r"`str` of length >= 1", "text that is not empty"),
    (r"`str`", "text"),
    (r"`bool`", "true or false"),
    (r"`array`", "a list"),
    (r"`object`", "keys and values"),
    (r" \| null", ""),
    (r", got .*", ""),
    (
        r"`bool \| int \| float \| str \| array`",
        "a number, text, true or false, or a list of numbers",
    ),
    (r"Object missing required field `(.+)`", r"no \1"),
)

# The keys under which entries have names of their own, with what those are.
_BY_NAME = {
    f"$.escalation.{key}": get_type_hints(Escalation, include_extras=True)[key]
    for key in ("parameters", "rules")
}
_SHAPE = "`value:` with `source:`, or with `assumed: true` and `reason:`"

_HEADER = """\
# The protocol of {nct_id}, drafted from its registry record and meant to be edited.
# Each value names its `source`, or is `assumed: true` with a `reason`. To confirm an assumption,
# write who and when: `confirmed: Dr Name, 2026-01-31`. To replace one, change the value and give
# its `source` instead. `trialwright protocol check` lists what is still open.
"""


def read_protocol(data: bytes, name: str) -> tuple[Protocol, YamlTree]:
    """Read a protocol and the lines of its keys; raise InputError naming file, line and key."""
    tree = read_tree(data, name)
    return of_tree(tree, name), tree


def of_tree(tree: YamlTree, name: str) -> Protocol:
    """Return the protocol that a file's plain values are; raise InputError as above."""
    if isinstance(tree.value, dict) and "source" in tree.value and "trial" not in tree.value:
        wanted = "a protocol (`trialwright protocol draft RECORD`); `screen` and `funnel` take both"
        raise InputError(name, "a criteria file", wanted)
    return typed(tree, name, Protocol, "a protocol (see `protocol schema`)")


def typed(tree: YamlTree, name: str, kind: type[T], wanted: str) -> T:
    """Return a file's plain values as a struct; `wanted` says what the whole file should be."""
    if not isinstance(tree.value, dict):
        raise InputError(f"{name}, line 1", "no keys and values", wanted)
    try:
        return msgspec.convert(tree.value, kind)
    except msgspec.ValidationError as error:
        raise _located(str(error), tree, name, kind) from error


def _place(path: str, tree: YamlTree, name: str) -> str:
    key = path.removeprefix("$").removeprefix(".") or "the document"
    return f"{name}, line {tree.line(path)}, {key if key.isprintable() else repr(key)}"


def _located(message: str, tree: YamlTree, name: str, kind: type) -> InputError:
    found = _AT.fullmatch(message)
    what, path = (found["what"], found["path"] or "$") if found else (message, "$")
    path = _with_names(path, tree.value)
    if unknown := _UNKNOWN.fullmatch(what):
        wanted_key = nearest(unknown[1], keys_at(path, kind), "only keys of the schema")
        path, what = f"{path}.{unknown[1]}", f"an unknown key; wanted {wanted_key}"
    if "missing required field" in what and path.rpartition(".")[0] not in _BY_NAME:
        what = f"{what}; wanted every key that the schema requires"
    said, _, wanted = what.partition("; wanted ")
    about_value = said.startswith(("Expected", "Invalid"))
    found_there = shown(_at(tree.value, path)) if about_value else _plain_english(said)
    wanted = wanted or _wanted_value(said, path, kind)
    return InputError(_place(path, tree, name), found_there, wanted)


def _with_names(path: str, value: object) -> str:
    """Return a path with the names of the entries that it leaves open (`rules[...]`)."""
    for key, kind in _BY_NAME.items():
        stem, opened, rest = path.partition("[...]")
        entries = _at(value, key)
        if opened and stem == key and isinstance(entries, dict):
            path = f"{key}.{_first_wrong(entries, kind)}{rest}"
    return path


def _first_wrong(entries: dict[str, object], kind: object) -> str:
    for name, entry in entries.items():
        try:
            msgspec.convert({name: entry}, kind)
        except msgspec.ValidationError:
            return name
    return "..."


def _wanted_value(said: str, path: str, kind: type) -> str:
    if words := words_at(path, kind):
        return f"one of the words {', '.join(words)}"
    if path.endswith(".confirmed"):
        return CONFIRMED
    for key in _BY_NAME:
        if path == key and said.startswith("Expected"):
            return f"a name, and under it {_SHAPE}"
        if path.rpartition(".")[0] == key and said.startswith("Expected"):
            return _SHAPE
        if path.rpartition(".")[0] == key and "required field" in said:
            return _SHAPE
    return _plain_english(said.removeprefix("Expected "))


def _plain_english(said: str) -> str:
    for pattern, words in _WORDING:
        said = re.sub(pattern, words, said)
    return said


def _at(value: Any, path: str) -> Any:
    """Return the value at a path such as `$.cohorts[0].size`; None where there is none."""
    for step in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path):
        try:
            value = value[step[0]] if step[0] else value[int(step[1])]
        except (KeyError, IndexError, TypeError):
            return None
    return value


# --- writing ---------------------------------------------------------------------------------


# Words with one space between them: a line can be broken at any of these spaces.
_FOLDABLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]+(?: [^\s\x00-\x1f\x7f-\x9f]+)*")


class _Flow(list[object]):
    """A list written on one line."""


class _Representer(SafeRepresenter):
    """Writes large numbers as 2.0e+10, short lists on one line, and long text in blocks."""

    def float(self, value: float) -> Node:
        shortest = Decimal(repr(value)).normalize()
        if abs(shortest.adjusted()) < 6:
            return self.represent_scalar("tag:yaml.org,2002:float", repr(value))
        digits = "".join(map(str, shortest.as_tuple().digits))
        sign = "-" if value < 0 else ""
        text = f"{sign}{digits[0]}.{digits[1:] or '0'}e{shortest.adjusted():+03d}"
        return self.represent_scalar("tag:yaml.org,2002:float", text)

    def text(self, value: str) -> Node:
        """Quote what the writer would fold or break without giving it back as it was."""
        style = None if _FOLDABLE.fullmatch(value) else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    def flow(self, value: _Flow) -> Node:
        return self.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)


class _Emitter(Emitter):
    """Writes quoted text on one line: folded within escapes it would read back with spaces."""

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        super().write_double_quoted(text, split=False)


_Representer.add_representer(float, _Representer.float)
_Representer.add_representer(str, _Representer.text)
_Representer.add_representer(_Flow, _Representer.flow)


def write_protocol(protocol: Protocol) -> str:
    """Write a protocol as YAML that people edit; reading it back gives the same value."""
    text = written(msgspec.to_builtins(protocol))
    return _HEADER.format(nct_id=protocol.trial.nct_id) + spaced(text)


def written(value: Any) -> str:
    """Return plain values as YAML for people: keys in their order, short lists on one line."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.Emitter = _Emitter
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 100
    yaml.allow_unicode = True
    out = StringIO()
    yaml.dump(_plain(value), out)
    return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        short = all(isinstance(v, int | float | str) and len(str(v)) < 24 for v in value)
        return _Flow(value) if short else [_plain(inside) for inside in value]
    return value


def spaced(text: str) -> str:
    """Put an empty line before every top-level key."""
    return re.sub(r"(?m)^(?=[a-z_]+:)", "\n", text)
