"""Expressions as one-key JSON objects, and back; each direction is the exact inverse of the other.

    {"all": [EXPR]}  {"any": [EXPR]}  {"not": EXPR}  {"at_least": {"n": 2, "of": [EXPR]}}
    {"except": {"base": EXPR, "but": [EXPR]}}  {"if": {"when": EXPR, "then": EXPR, "else": EXPR}}
    {"compare": {"measure": "lvef", "op": "<=", "value": 40, "unit": "%", "method": "by echo"}}
    {"compare": {"measure": "alt", "op": ">", "times_uln": 3}}  (or times_lln, percent_predicted)
    {"compare": {"measure": null, "words": "pack-years", "op": ">=", "value": 30}}
    {"ordinal": {"scale": "nyha", "in": ["III"]}}
    {"has": {"domain": "condition", "concept": "stroke", "words": "recent stroke",
             "when": "ever", "severity": ["moderate", "severe"]}}
    {"within": {"last": "P3M", "anchor": "enrolment", "half_lives": 5, "gap": "P7D", "of": EXPR}}
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
        case nodes.Has():
            return {"has": _encode_has(node)}
        case nodes.Within():
            return {"within": _encode_within(node)}
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


_LIMITS = ("value", "times_uln", "times_lln", "percent_predicted")
_NOTES = ("unit", "unit_fault", "method", "words")


def _encode_compare(node: nodes.Compare) -> dict[str, object]:
    numbers: dict[str, Decimal | None] = {name: getattr(node, name) for name in _LIMITS}
    body: dict[str, object] = {"measure": node.measure, "op": node.op}
    body |= {name: _encode_number(n) for name, n in numbers.items() if n is not None}
    words: dict[str, str | None] = {name: getattr(node, name) for name in _NOTES}
    return body | {name: word for name, word in words.items() if word is not None}


def _encode_has(node: nodes.Has) -> dict[str, object]:
    body: dict[str, object] = {
        "domain": node.domain, "concept": node.concept, "words": node.words,
    }  # fmt: skip
    body |= {"when": node.when} if node.when else {}
    return body | ({"severity": list(node.severity)} if node.severity else {})


def _encode_within(node: nodes.Within) -> dict[str, object]:
    body: dict[str, object] = {} if node.last is None else {"last": str(node.last)}
    body |= {"anchor": node.anchor}
    if node.half_lives is not None:
        body |= {"half_lives": _encode_number(node.half_lives)}
    body |= {} if node.gap is None else {"gap": str(node.gap)}
    return body | {"of": encode(node.of)}


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
    fields = _fields(body, where, {"measure", "op"}, {*_LIMITS, *_NOTES})
    if len(set(_LIMITS) & fields.keys()) != 1:
        raise InputError(where, "no limit, or several", f"one of {', '.join(_LIMITS)}")
    if (fields["measure"] is None) != ("words" in fields):
        raise InputError(where, "no measure, or two names", "a measure, or null and its words")
    op = _choice(fields["op"], f"{where}.op", get_args(nodes.Operator))
    measure = fields["measure"]
    number = {k: _number(fields[k], f"{where}.{k}") for k in _LIMITS if k in fields}
    words = {k: _text(fields[k], f"{where}.{k}") for k in _NOTES if k in fields}
    return nodes.Compare(
        None if measure is None else _text(measure, f"{where}.measure"),
        cast(nodes.Operator, op),
        value=number.get("value"),
        unit=words.get("unit"),
        times_uln=number.get("times_uln"),
        times_lln=number.get("times_lln"),
        percent_predicted=number.get("percent_predicted"),
        unit_fault=words.get("unit_fault"),
        method=words.get("method"),
        words=words.get("words"),
    )


def _ordinal(body: object, where: str, _: int) -> nodes.Node:
    fields = _fields(body, where, {"scale", "in"}, set())
    listed = _sequence(fields["in"], f"{where}.in")
    classes = tuple(_text(name, f"{where}.in[{i}]") for i, name in enumerate(listed))
    return nodes.Ordinal(_text(fields["scale"], f"{where}.scale"), classes)


def _has(body: object, where: str, _: int) -> nodes.Node:
    fields = _fields(body, where, {"domain", "words"}, {"concept", "when", "severity"})
    concept, when = fields.get("concept"), fields.get("when")
    return nodes.Has(
        cast(nodes.Domain, _choice(fields["domain"], f"{where}.domain", get_args(nodes.Domain))),
        None if concept is None else _text(concept, f"{where}.concept"),
        _text(fields["words"], f"{where}.words"),
        None
        if when is None
        else cast(nodes.When, _choice(when, f"{where}.when", get_args(nodes.When))),
        _severity(fields["severity"], f"{where}.severity") if "severity" in fields else (),
    )


def _severity(body: object, where: str) -> tuple[nodes.Severity, ...]:
    degrees = get_args(nodes.Severity)
    given = [
        _choice(name, f"{where}[{i}]", degrees) for i, name in enumerate(_sequence(body, where))
    ]
    if given != [name for name in degrees if name in given]:
        raise InputError(where, _short(given), f"each once, in the order {', '.join(degrees)}")
    return tuple(cast(nodes.Severity, name) for name in given)


def _within(body: object, where: str, depth: int) -> nodes.Node:
    fields = _fields(body, where, {"anchor", "of"}, {"last", "half_lives", "gap"})
    spans = {
        name: Duration.parse(_text(fields[name], f"{where}.{name}"), f"{where}.{name}")
        for name in ("last", "gap")
        if name in fields
    }
    lives = fields.get("half_lives")
    half_lives = None if lives is None else _number(lives, f"{where}.half_lives")
    if not spans and half_lives is None:
        raise InputError(where, "no length of time", "last, half_lives or gap")
    if half_lives is not None and half_lives <= 0:
        raise InputError(f"{where}.half_lives", str(half_lives), "a number above 0")
    anchor = _text(fields["anchor"], f"{where}.anchor")
    of = decode(fields["of"], f"{where}.of", depth)
    return nodes.Within(spans.get("last"), anchor, of, half_lives, spans.get("gap"))


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
