"""An expression in plain English, so that a physician can lay it beside the source text."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, assert_never

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.measures import lexicon

_OPERATORS: dict[nodes.Operator, str] = {
    "<": "below", "<=": "at most", ">": "above", ">=": "at least", "=": "exactly",
}  # fmt: skip
_SEVERAL = re.compile(r"\b(?:or|and)\b")  # a label that would read as a list
_WHETHER = re.compile(r"whether (?:one|this reaches all|this is of)\b")  # see `either_way`
_OWN = re.compile(r"(?:whether|how) (?:one|this|these|all)\b[^:]*\Z")
_TIMES = {"a": "years", "mo": "months", "wk": "weeks", "d": "days", "h": "hours"}
_NOT_ALL = " [codes incomplete]"  # the codes cannot list all that the words mean


def wording(node: nodes.Node) -> str:
    """Return what the expression says.

    >>> wording(nodes.Compare("lvef", "<=", Decimal(40), "%"))
    'left ventricular ejection fraction at most 40 %'
    """
    match node:
        case nodes.All(of):
            return _joined(of, "and")
        case nodes.Any((narrow, nodes.All((*_, nodes.Residue(doubt))))) if _WHETHER.match(doubt):
            return f"{_inner(narrow)}; short of that, a person decides {doubt}"
        case nodes.Any(of):
            return _joined(of, "or")
        case nodes.Not(of):
            return f"not {_inner(of)}"
        case nodes.AtLeast(n, of):
            return f"at least {n} of: {'; '.join(map(_inner, of))}"
        case nodes.Except(base, but):
            return f"{_inner(base)}, except {_joined(but, 'or')}"
        case nodes.IfThen(when, then, otherwise):
            other = f"; otherwise {_inner(otherwise)}" if otherwise else ""
            return f"if {_inner(when)}, then {_inner(then)}{other}"
        case nodes.Compare():
            return _compare(node)
        case nodes.Ordinal(scale, classes):
            return f"{lexicon().label(scale)} {' or '.join(classes)}"
        case nodes.Has():
            return _has(node)
        case nodes.Within():
            return f"{_inner(node.of)} {_span(node)}"
        case nodes.Demographic():
            return _demographic(node)
        case nodes.Attest(words):
            return f"the site confirms: {words!r}"
        case nodes.Judgement(words):
            return f"an investigator judges: {words!r}"
        case nodes.Residue(words):
            return f"a person decides: {words!r} (not understood)"
        case _:
            assert_never(node)


def _joined(parts: Sequence[nodes.Node], word: Literal["and", "or"]) -> str:
    """Join parts; what was not understood comes last and is said to be a person's to decide."""
    covered = _left_by_codes(parts) if word == "or" else frozenset()
    left = [p.words for p in parts if isinstance(p, nodes.Residue) and p.words not in covered]
    facts = [_inner(p) for p in parts if not isinstance(p, nodes.Residue)]
    asked = f"a person decides{_asked(left)}" if left else ""
    if not facts:
        return asked
    said = f" {word} ".join(facts)
    return f"{said}, {word} {asked}" if asked else said


def _asked(left: Sequence[str]) -> str:
    """Quote the text's words; a question of our own stands without quotes."""
    own = [words for words in left if _OWN.match(words)]
    said = [repr(words) for words in left if words not in own]
    return f" {'; '.join(own)}" if not said else f": {'; '.join((*said, *own))}"


def _left_by_codes(parts: Sequence[nodes.Node]) -> frozenset[str]:
    """Return the words of concepts whose codes cannot list all: they stand once more as residue."""
    named = {part.words for part in parts if isinstance(part, nodes.Has) and _is_open(part)}
    left = {part.words for part in parts if isinstance(part, nodes.Residue)}
    return frozenset(named & left)


def _inner(node: nodes.Node) -> str:
    """Bracket what would otherwise read together with its neighbours."""
    compound = nodes.All | nodes.Any | nodes.AtLeast | nodes.Except | nodes.IfThen
    return f"({wording(node)})" if isinstance(node, compound) else wording(node)


def _compare(node: nodes.Compare) -> str:
    if node.times_uln is not None:
        limit = f"{_plain(node.times_uln)} x the upper limit of normal"
    elif node.times_lln is not None:
        limit = f"{_plain(node.times_lln)} x the lower limit of normal"
    elif node.percent_predicted is not None:
        limit = f"{_plain(node.percent_predicted)} % of predicted"
    else:
        unit = _TIMES.get(node.unit or "", node.unit or "")
        limit = f"{_plain(node.value or Decimal(0))} {unit}".strip()
    doubt = f" [unit in doubt: {node.unit_fault}]" if node.unit_fault else ""
    method = f" (any recorded value counts; the text says {node.method!r})" if node.method else ""
    name = lexicon().label(node.measure) if node.measure else f"{node.words!r} [no code known]"
    return f"{name} {_OPERATORS[node.op]} {limit}{doubt}{method}"


_WHEN = {"current": "current ", "ever": "ever "}


def _has(node: nodes.Has) -> str:
    known = concepts().concepts.get(node.concept) if node.concept else None
    name = known.label if known else f"{node.domain} {node.words!r} [no code known]"
    name = f"({name})" if known and _SEVERAL.search(name) else name
    name += _NOT_ALL if _is_open(node) else ""
    degree = f"{' or '.join(node.severity)} " if node.severity else ""
    return f"{_WHEN[node.when] if node.when else ''}{degree}{name}"


def _is_open(node: nodes.Has) -> bool:
    """Say whether the project's own list of codes is known to be incomplete."""
    known = concepts().concepts.get(node.concept) if node.concept else None
    return known is not None and not known.complete and ":" not in (node.concept or "")


def _span(node: nodes.Within) -> str:
    anchor = _anchor(node.anchor)
    lives = f"{_plain(node.half_lives)} half-lives" if node.half_lives is not None else None
    spans = [span for span in (node.last and _length(node.last), lives) if span]
    reach = " or ".join(spans) + (", whichever is longer," if len(spans) > 1 else "")
    match bool(spans), node.gap:
        case True, None:
            return f"within {reach} before {anchor}"
        case True, gap if gap is not None:
            return f"from {reach} to {_length(gap)} before {anchor}"
        case _, gap:
            return f"more than {_length(gap or Duration())} before {anchor}"


def _demographic(node: nodes.Demographic) -> str:
    ends = (("at least", node.age_min), ("at most", node.age_max))
    ages = [f"{word} {_length(limit)}" for word, limit in ends if limit is not None]
    age = f"age {' and '.join(ages)}" if ages else ""
    return ", ".join(filter(None, (age, node.sex or ""))) or "anyone"


def _length(last: Duration) -> str:
    years, months = divmod(last.months, 12)
    parts = ((years, "year"), (months, "month"), (last.days, "day"))
    said = [f"{n} {unit}{'s' if n != 1 else ''}" for n, unit in parts if n]
    return " ".join(said) or "0 days"


def _anchor(anchor: str) -> str:
    return (
        anchor
        if anchor in ("enrolment", "screening", "baseline")
        else f"the {anchor}".replace("_", " ")
    )


def _plain(value: Decimal) -> str:
    return f"{value:f}"
