"""A class on a scale (NYHA III) against the class that was recorded last."""

from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Ordinal
from trialwright.screening.model import Coded, Measured, Observation, Verdict
from trialwright.screening.observed import agreed, latest, seen, window_for
from trialwright.screening.setting import Setting, settled, unknown
from trialwright.screening.terms import ScaleTerm


def ordinal(node: Ordinal, at: Setting) -> Verdict:
    """Evaluate a class on the latest observation that counts."""
    words = f"{node.scale} {' or '.join(node.classes)}"
    term = at.terms.scales.get(node.scale)
    if term is None:
        fault = f"no vocabulary knows the scale {node.scale!r}"
        return settled(unknown("uncoded", words, fault), at, words)
    found = latest(at, term.codes, window_for(at, node.scale))
    return agreed((judged(node, term, o) for o in found.candidates), found, term.label)


def recorded_class(observation: Observation, term: ScaleTerm) -> str | None:
    """Return the class that an observation names, by code, by number, or by its exact words."""
    match observation.value:
        case Coded(codes=codes, words=words):
            named = {term.answers[code] for code in codes if code in term.answers}
            return named.pop() if len(named) == 1 else None if named else _in_words(words, term)
        case Measured(quantity=quantity, bound=None):
            return _in_words(f"{quantity.value.normalize():f}", term)
        case _:
            return None


def _in_words(words: str, term: ScaleTerm) -> str | None:
    """Return the class whose name is all that the words say beside the scale's name."""
    known = {name.lower(): name for name in term.classes}
    drop = {"class", "grade", "stage", "status", *term.label.lower().split(), term.name}
    rest = [word for word in words.lower().replace("-", " ").split() if word not in drop]
    return known.get(" ".join(rest))


def judged(node: Ordinal, term: ScaleTerm, observation: Observation) -> Verdict:
    """Judge one observation of a class."""
    found = recorded_class(observation, term)
    wanted = " or ".join(node.classes)
    if found is None:
        rule = f"the recorded answer is none of {', '.join(term.classes)}"
        evidence = seen(observation, term.label, rule, Truth.UNKNOWN)
        return Verdict(Truth.UNKNOWN, "uncoded", (evidence,))
    truth = Truth.of(found in node.classes)
    says = "holds" if truth is Truth.TRUE else "does not hold"
    rule = f"{found}, asked {wanted}: {says}"
    return Verdict(truth, None, (seen(observation, term.label, rule, truth),))
