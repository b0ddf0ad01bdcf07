"""Expressions as one-key JSON objects, and back; each direction is the exact inverse of the other.

    {"all": [EXPR]}  {"any": [EXPR]}  {"not": EXPR}  {"at_least": {"n": 2, "of": [EXPR]}}
    {"except": {"base": EXPR, "but": [EXPR]}}  {"if": {"when": EXPR, "then": EXPR, "else": EXPR}}
    {"compare": {"measure": "lvef", "op": "<=", "value": 40, "unit": "%", "method": "by echo"}}
    {"ordinal": {"scale": "nyha", "in": ["III"]}}
    {"has": {"domain": "condition", "concept": "stroke", "words": "recent stroke"}}
    {"within": {"last": "P3M", "anchor": "enrolment", "of": EXPR}}
    {"demographic": {"age": {"min": "P18Y", "max": "P80Y"}, "sex": "female"}}
    {"attest": "words"}  {"judgement": "words"}  {"residue": "words"}

Numbers are JSON integers or floats where these hold the decimal exactly, and strings elsewhere.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import assert_never, cast, get_args

from trialwright.core.dates import Duration
from trialwright.core.errors import InputError
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import Domain

_DEEPEST = 60


def encode(node: nodes.Node) -> dict[str, object]:
    """Return a node as a one-key object."""
    match node:
        case nodes.All(of):
            return {"all": [encode(part) for part in of]}
        case nodes.Any(of):
            return {"any": [encode(part) for part in of]}
        case nodes.Not(of):
            return {"not": encode(of)}
        case nodes.AtLeast(n, of):
            return {"at_least": {"n": n, "of": [encode(part) for part in of]}}
        case nodes.Except(base, but):
            return {"except": {"base": encode(base), "but": [encode(part) for part in but]}}
        case nodes.IfThen(when, then, otherwise):
            other = encode(otherwise) if otherwise else None
            return {"if": {"when": encode(when), "then": encode(then), "else": other}}
        case nodes.Compare():
            return {"compare": _encode_compare(node)}
        case nodes.Ordinal(scale, classes):
            return {"ordinal": {"scale": scale, "in": list(classes)}}
        case nodes.Has(domain, concept, words):
            return {"has": {"domain": domain, "concept": concept, "words": words}}
        case nodes.Within(last, anchor, of):
            return {"within": {"last": str(last), "anchor": anchor, "of": encode(of)}}
        case nodes.Demographic():
            return {"demographic": _encode_demographic(node)}
        case nodes.Attest(words):
            return {"attest": words}
        case nodes.Judgement(words):
            return {"judgement": words}
        case nodes.Residue(words):
            return {"residue": words}
        case _:
            assert_never(node)


def decode(value: object, where: str = "expr", depth: int = 0) -> nodes.Node:
    """Return the node of a one-key object; raise InputError naming the place inside it."""
    if depth > _DEEPEST:
        raise InputError(where, "nested too deeply", f"at most {_DEEPEST} levels")
    if not isinstance(value, Mapping) or len(value) != 1:
        raise InputError(where, _short(value), "an object with one key, such as {all: [...]}")
    ((key, body),) = value.items()
    reader = _READERS.get(key) if isinstance(key, str) else None
    if reader is None:
        raise InputError(where, repr(key), f"one of {', '.join(_READERS)}")
    return reader(body, f"{where}.{key}", depth + 1)


def _encode_compare(node: nodes.Compare) -> dict[str, object]:
    numbers = {
        "value": node.value, "times_uln": node.times_uln,
        "percent_predicted": node.percent_predicted,
    }  # fmt: skip
    body: dict[str, object] = {"measure": node.measure, "op": node.op}
    body |= {name: _encode_number(n) for name, n in numbers.items() if n is not None}
    words = {"unit": node.unit, "unit_fault": node.unit_fault, "method": node.method}
    return body | {name: word for name, word in words.items() if word is not None}


def _encode_demographic(node: nodes.Demographic) -> dict[str, object]:
    age = {"min": node.age_min, "max": node.age_max}
    ages = {end: str(limit) for end, limit in age.items() if limit is not None}
    return ({"age": ages} if ages else {}) | ({"sex": node.sex} if node.sex else {})


def _encode_number(value: Decimal) -> int | float | str:
    if value == value.to_integral_value() and abs(value) < Decimal("1e15"):
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


# --- reading ---------------------------------------------------------------------------------


def _all(body: object, where: str, depth: int) -> nodes.Node:
    return nodes.All(_parts(body, where, depth))


def _any(body: object, where: str, depth: int) -> nodes.Node:
    return nodes.Any(_parts(body, where, depth))


def _not(body: object, where: str, depth: int) -> nodes.Node:
    return nodes.Not(decode(body, where, depth))


def _at_least(body: object, where: str, depth: int) -> nodes.Node:
    fields = _fields(body, where, {"n", "of"}, set())
    n, of = fields["n"], _parts(fields["of"], f"{where}.of", depth)
    if type(n) is not int or not 1 <= n <= len(of):
        raise InputError(f"{where}.n", _short(n), f"a whole number from 1 to {len(of)}")
    return nodes.AtLeast(n, of)


def _except(body: object, where: str, depth: int) -> nodes.Node:
    fields = _fields(body, where, {"base", "but"}, set())
    base = decode(fields["base"], f"{where}.base", depth)
    return nodes.Except(base, _parts(fields["but"], f"{where}.but", depth))


def _if(body: object, where: str, depth: int) -> nodes.Node:
    fields = _fields(body, where, {"when", "then"}, {"else"})
    other = fields.get("else")
    return nodes.IfThen(
        decode(fields["when"], f"{where}.when", depth),
        decode(fields["then"], f"{where}.then", depth),
        None if other is None else decode(other, f"{where}.else", depth),
    )


def _compare(body: object, where: str, _: int) -> nodes.Node:
    limits = {"value", "times_uln", "percent_predicted"}
    fields = _fields(body, where, {"measure", "op"}, limits | {"unit", "unit_fault", "method"})
    if len(limits & fields.keys()) != 1:
        raise InputError(where, "no limit, or several", f"one of {', '.join(sorted(limits))}")
    number = {name: _number(fields[name], f"{where}.{name}") for name in limits & fields.keys()}
    op = _choice(fields["op"], f"{where}.op", get_args(nodes.Operator))
    noted = ("unit", "unit_fault", "method")
    words = {k: _text(fields[k], f"{where}.{k}") for k in noted if k in fields}
    measure = _text(fields["measure"], f"{where}.measure")
    return nodes.Compare(
        measure,
        cast(nodes.Operator, op),
        value=number.get("value"),
        unit=words.get("unit"),
        times_uln=number.get("times_uln"),
        percent_predicted=number.get("percent_predicted"),
        unit_fault=words.get("unit_fault"),
        method=words.get("method"),
    )


def _ordinal(body: object, where: str, _: int) -> nodes.Node:
    fields = _fields(body, where, {"scale", "in"}, set())
    listed = _sequence(fields["in"], f"{where}.in")
    classes = tuple(_text(name, f"{where}.in[{i}]") for i, name in enumerate(listed))
    return nodes.Ordinal(_text(fields["scale"], f"{where}.scale"), classes)


def _has(body: object, where: str, _: int) -> nodes.Node:
    fields = _fields(body, where, {"domain", "words"}, {"concept"})
    concept = fields.get("concept")
    return nodes.Has(
        cast(Domain, _choice(fields["domain"], f"{where}.domain", get_args(Domain))),
        None if concept is None else _text(concept, f"{where}.concept"),
        _text(fields["words"], f"{where}.words"),
    )


def _within(body: object, where: str, depth: int) -> nodes.Node:
    fields = _fields(body, where, {"last", "anchor", "of"}, set())
    last = Duration.parse(_text(fields["last"], f"{where}.last"), f"{where}.last")
    anchor = _text(fields["anchor"], f"{where}.anchor")
    return nodes.Within(last, anchor, decode(fields["of"], f"{where}.of", depth))


def _demographic(body: object, where: str, _: int) -> nodes.Node:
    fields = _fields(body, where, set(), {"age", "sex"})
    ages = _fields(fields.get("age", {}), f"{where}.age", set(), {"min", "max"})
    limits = {
        end: Duration.parse(_text(limit, f"{where}.age.{end}"), f"{where}.age.{end}")
        for end, limit in ages.items()
    }
    low, high = limits.get("min"), limits.get("max")
    match fields.get("sex"):
        case None:
            return nodes.Demographic(low, high)
        case "male":
            return nodes.Demographic(low, high, "male")
        case "female":
            return nodes.Demographic(low, high, "female")
        case other:
            raise InputError(f"{where}.sex", _short(other), "male or female")


def _attest(body: object, where: str, _: int) -> nodes.Node:
    return nodes.Attest(_text(body, where))


def _judgement(body: object, where: str, _: int) -> nodes.Node:
    return nodes.Judgement(_text(body, where))


def _residue(body: object, where: str, _: int) -> nodes.Node:
    return nodes.Residue(_text(body, where))


_READERS: dict[str, Callable[[object, str, int], nodes.Node]] = {
    "all": _all, "any": _any, "not": _not, "at_least": _at_least, "except": _except, "if": _if,
    "compare": _compare, "ordinal": _ordinal, "has": _has, "within": _within,
    "demographic": _demographic, "attest": _attest, "judgement": _judgement, "residue": _residue,
}  # fmt: skip


def _parts(body: object, where: str, depth: int) -> tuple[nodes.Node, ...]:
    parts = _sequence(body, where)
    return tuple(decode(part, f"{where}[{i}]", depth) for i, part in enumerate(parts))


def _sequence(body: object, where: str) -> list[object]:
    if not isinstance(body, list | tuple) or not body:
        raise InputError(where, _short(body), "a list that is not empty")
    return list(body)


def _fields(
    body: object, where: str, required: set[str], optional: set[str]
) -> Mapping[str, object]:
    if not isinstance(body, Mapping):
        raise InputError(where, _short(body), "an object")
    missing = sorted(required - body.keys())
    if missing:
        raise InputError(where, f"no {missing[0]!r}", f"the keys {', '.join(sorted(required))}")
    unknown = [key for key in body if key not in required | optional]
    if unknown:
        known = ", ".join(sorted(required | optional))
        raise InputError(where, f"key {_short(unknown[0])}", f"only {known}")
    return body


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise InputError(where, _short(value), "text that is not empty")
    return value


def _choice(value: object, where: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise InputError(where, _short(value), f"one of {', '.join(allowed)}")
    return str(value)


def _number(value: object, where: str) -> Decimal:
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = Decimal(repr(value) if isinstance(value, float) else value)
        except InvalidOperation:
            pass
        else:
            if number.is_finite() and abs(number.adjusted()) < 100:
                return number
    raise InputError(where, _short(value), "a number")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
