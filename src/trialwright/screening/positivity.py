"""A laboratory test that shows a thing (HBsAg, HIV antibodies): what its latest result says.

A positive result is a hit. A negative one is no proof of absence: it is evidence beside the rest.
"""

import re

from trialwright.core.truth import Truth
from trialwright.screening.model import Code, Coded, Observation, Verdict
from trialwright.screening.observed import agreed, latest, seen
from trialwright.screening.setting import Setting
from trialwright.screening.terms import ConceptTerm

_RESULTS = {
    Code("snomed", "10828004"): Truth.TRUE,
    Code("snomed", "260385009"): Truth.FALSE,
    Code("loinc", "LA6576-8"): Truth.TRUE,
    Code("loinc", "LA6577-6"): Truth.FALSE,
    Code("loinc", "LA15256-3"): Truth.FALSE,  # nonreactive
}
_WORDS = {
    "positive": Truth.TRUE, "pos": Truth.TRUE, "reactive": Truth.TRUE, "detected": Truth.TRUE,
    "negative": Truth.FALSE, "neg": Truth.FALSE, "nonreactive": Truth.FALSE,
    "notdetected": Truth.FALSE, "undetected": Truth.FALSE,
}  # fmt: skip
_APART = re.compile(r"[\W_]+")
_SAYS = {
    Truth.TRUE: "positive",
    Truth.FALSE: "negative",
    Truth.UNKNOWN: "the result is neither positive nor negative",
}


def tested(term: ConceptTerm, at: Setting) -> Verdict | None:
    """Return what the latest test says; None where there is no test, or none that may count."""
    found = latest(at, term.tests, at.days)
    if not found.candidates:
        return None
    return agreed((judged(each, term) for each in found.candidates), found, term.label)


def judged(observation: Observation, term: ConceptTerm) -> Verdict:
    """Judge one result of a test."""
    truth = _result(observation)
    evidence = seen(observation, f"test for {term.label}", _SAYS[truth], truth)
    return Verdict(truth, "uncoded" if truth is Truth.UNKNOWN else None, (evidence,))


def _result(observation: Observation) -> Truth:
    if not isinstance(observation.value, Coded):
        return Truth.UNKNOWN
    coded = {_RESULTS[code] for code in observation.value.codes if code in _RESULTS}
    if coded:
        return coded.pop() if len(coded) == 1 else Truth.UNKNOWN
    words = _APART.sub("", observation.value.words.lower().replace("(qualifier value)", ""))
    return _WORDS.get(words, Truth.UNKNOWN)
