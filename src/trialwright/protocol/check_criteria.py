"""What must hold in a protocol's criteria, so that each can be screened as it is written."""

from collections.abc import Iterator
from decimal import Decimal

from trialwright.core.errors import InputError
from trialwright.core.quantity import Quantity
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.codec import decode
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.measures import Measure, lexicon
from trialwright.protocol.criteria_file.entries import filing_faults
from trialwright.protocol.fault import Fault, nearest
from trialwright.protocol.lengths import LONGEST_WORDS, is_longer, is_too_long
from trialwright.protocol.model import CriterionEntry


def entry_faults(entry: CriterionEntry, path: str) -> Iterator[Fault]:
    """Yield what is wrong in one criterion; `path` is the criterion's own."""
    if entry.id[0].lower() != entry.section[0]:
        yield Fault(f"{path}.id", entry.id, f"{entry.section[0].upper()} and a number")
    yield from filing_faults(entry, path)
    try:
        node = decode(entry.expr, f"{path}.expr")
    except InputError as error:
        yield Fault(error.where, error.what, error.wanted)
    else:
        for part, at in _placed(node, f"{path}.expr"):
            yield from _node_faults(part, at)


def _placed(node: nodes.Node, path: str) -> Iterator[tuple[nodes.Node, str]]:
    """Yield the node and every node inside it, each with its path in the file."""
    yield node, path
    for child, step in _steps(node):
        yield from _placed(child, f"{path}.{step}")


def _steps(node: nodes.Node) -> Iterator[tuple[nodes.Node, str]]:
    """Yield a node's direct parts, each with the keys that lead to it."""
    match node:
        case nodes.All(of):
            yield from _listed(of, "all")
        case nodes.Any(of):
            yield from _listed(of, "any")
        case nodes.AtLeast(_, of):
            yield from _listed(of, "at_least.of")
        case nodes.Not(of):
            yield of, "not"
        case nodes.Within(of=of):
            yield of, "within.of"
        case nodes.Except(base, but):
            yield base, "except.base"
            yield from _listed(but, "except.but")
        case nodes.IfThen(when, then, otherwise):
            yield when, "if.when"
            yield then, "if.then"
            if otherwise is not None:
                yield otherwise, "if.else"
        case _:
            pass


def _listed(parts: tuple[nodes.Node, ...], key: str) -> Iterator[tuple[nodes.Node, str]]:
    return ((part, f"{key}[{i}]") for i, part in enumerate(parts))


def _node_faults(node: nodes.Node, path: str) -> Iterator[Fault]:
    match node:
        case nodes.Compare():
            yield from _compare(node, f"{path}.compare")
        case nodes.Ordinal():
            yield from _ordinal(node, f"{path}.ordinal")
        case nodes.Has(concept=str(concept)) if concept not in concepts().concepts:
            wanted = nearest(concept, concepts().coded)
            yield Fault(f"{path}.has.concept", f"concept {concept!r}", wanted)
        case nodes.Demographic():
            yield from _ages(node, f"{path}.demographic.age")
        case nodes.Within():
            for key, span in (("last", node.last), ("gap", node.gap)):
                if span is not None and is_too_long(span):
                    yield Fault(f"{path}.within.{key}", str(span), LONGEST_WORDS)
            if node.last and node.gap and not is_longer(node.last, node.gap):
                wanted = f"less than {node.last}, how far the time reaches back"
                yield Fault(f"{path}.within.gap", str(node.gap), wanted)
        case _:
            pass


def _compare(node: nodes.Compare, path: str) -> Iterator[Fault]:
    if node.measure is None:
        return  # named in words: it is asked of a person
    measure = lexicon().measures.get(node.measure)
    if measure is None:
        wanted = nearest(node.measure, (*lexicon().measures, *lexicon().scales))
        yield Fault(f"{path}.measure", f"measure {node.measure!r}", wanted)
    elif node.unit_fault is None and node.value is not None:
        yield from _limit(node.value, node.unit, measure, path)
    relative = {"times_uln": node.times_uln, "times_lln": node.times_lln,
                "percent_predicted": node.percent_predicted}  # fmt: skip
    for key, share in relative.items():
        if share is not None and share <= 0:
            yield Fault(f"{path}.{key}", str(share), "a number above 0")


def _limit(value: Decimal, unit: str | None, measure: Measure, path: str) -> Iterator[Fault]:
    """Refuse a limit in a unit of something else, and one that nobody's value can reach."""
    wanted = f"a unit that converts to {measure.unit}, in which {measure.label} is measured"
    if unit is None and measure.unit not in ("1", "{score}"):
        yield Fault(path, "no unit", wanted)
        return
    try:
        reached = measure.ways.convert(Quantity(value, unit or measure.unit), measure.unit).value
    except InputError:
        yield Fault(f"{path}.unit", repr(unit), wanted)
        return
    low, high = measure.plausible
    if not low <= reached <= high:
        within = f"{measure.label} from {low:f} to {high:f} {measure.unit}"
        yield Fault(f"{path}.value", f"{value} {unit or ''}".strip(), within)


def _ordinal(node: nodes.Ordinal, path: str) -> Iterator[Fault]:
    scale = lexicon().scales.get(node.scale)
    if scale is None:
        wanted = nearest(node.scale, lexicon().scales)
        yield Fault(f"{path}.scale", f"scale {node.scale!r}", wanted)
    elif not set(node.classes) <= set(scale.classes):
        what = f"classes {', '.join(node.classes)}"
        yield Fault(f"{path}.in", what, f"some of {', '.join(scale.classes)}")


def _ages(node: nodes.Demographic, path: str) -> Iterator[Fault]:
    for end, age in (("min", node.age_min), ("max", node.age_max)):
        if age is not None and is_too_long(age):
            yield Fault(f"{path}.{end}", str(age), LONGEST_WORDS)
    low, high = node.age_min, node.age_max
    if low is not None and high is not None and is_longer(low, high):
        yield Fault(f"{path}.max", f"{high}, below the least age {low}", f"at least {low}")
