"""A condition, drug, procedure, allergy or device on record, today or within a window.

Without a window a condition, drug, allergy or device must be current; one that is over leaves
open whether history counts, so it is unknown. A procedure that was done stays done; a treatment
that is recorded by its drugs (chemotherapy) is current while one of them is given. Within a
window a state counts while it lasted; an episode (a stroke), a procedure and the implantation of
a device count on the day that they began.

Some things are recorded in another domain too: a device as the procedure that implanted it, a
transplant as the condition of having one. What such a record leaves open stays open.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Domain, Has
from trialwright.screening.exceptions import dropped, of_degree
from trialwright.screening.model import ClinicalFact, Evidence, UnknownKind, Verdict
from trialwright.screening.positivity import tested
from trialwright.screening.setting import Setting, Window, settled, unknown
from trialwright.screening.silence import silence
from trialwright.screening.terms import ConceptTerm, means

MOMENTS: tuple[Domain, ...] = ("procedure", "device")


def has(node: Has, at: Setting) -> Verdict:
    """Evaluate a fact of the history; what the record leaves open, a person may answer."""
    if node.when == "ever" and at.window is None:
        at = at.within(Window(date.min, at.on))
    term = at.terms.concepts.get((node.domain, node.concept)) if node.concept else None
    if term is None:  # its domain is only what the text suggests: no silence proves anything
        verdict = unknown("uncoded", node.words, f"no vocabulary knows {node.words!r}")
    else:
        verdict = _known(node, term, at)
    return settled(_so_far(verdict, at), at, node.words)


def _so_far(verdict: Verdict, at: Setting) -> Verdict:
    """Leave open what did not happen yet in a window that ends after the day of screening."""
    if verdict.truth is not Truth.FALSE or at.window is None or at.window.last <= at.on:
        return verdict
    rule = f"not so far; the days after {at.on} up to {at.window.last} are still to come"
    ahead = Evidence(None, "the days ahead", None, None, None, rule, Truth.UNKNOWN)
    return Verdict(Truth.UNKNOWN, "no_data", (ahead, *verdict.evidence))


def _known(node: Has, term: ConceptTerm, at: Setting) -> Verdict:
    """Join what the record and a laboratory test say: a hit of either is one."""
    recorded, test = _on_record(node, term, at), tested(term, at)
    if test is None or recorded.truth is Truth.TRUE:
        return recorded
    if test.truth is Truth.TRUE or recorded.truth is Truth.FALSE:
        return Verdict(test.truth, test.unknown, test.evidence + recorded.evidence)
    return Verdict(recorded.truth, recorded.unknown, recorded.evidence + test.evidence)


def _on_record(node: Has, term: ConceptTerm, at: Setting) -> Verdict:
    records = tuple(_records(node, term, at))
    meant = tuple(each for each in records if means(each[1].codes, term))
    judged = tuple(_judged(fact, domain, node, term, at) for domain, fact in meant)
    for truth in (Truth.TRUE, Truth.UNKNOWN):
        found = tuple(v for v in judged if v.truth is truth)
        if found:
            evidence = tuple(piece for verdict in found for piece in verdict.evidence)
            return Verdict(truth, found[0].unknown, evidence)
    past = tuple(piece for verdict in judged for piece in verdict.evidence)
    others = tuple(each for each in records if not means(each[1].codes, term))

    def counts(domain: Domain, fact: ClinicalFact) -> bool:
        return _may_count(fact, is_moment(node, domain, term), at)

    silent = silence(node, term, others, counts, at)
    return Verdict(silent.truth, silent.unknown, past + silent.evidence)


def _records(node: Has, term: ConceptTerm, at: Setting) -> Iterator[tuple[Domain, ClinicalFact]]:
    for domain in (node.domain, *term.also):
        yield from ((domain, fact) for fact in counting(domain, at))


def counting(domain: Domain, at: Setting) -> tuple[ClinicalFact, ...]:
    """Return a domain's records, without those that are an exception."""
    facts = at.patient.facts(domain)
    if not at.without:
        return facts
    return tuple(fact for fact in facts if not dropped(at.without, domain, fact))


def _judged(
    fact: ClinicalFact, domain: Domain, node: Has, term: ConceptTerm, at: Setting
) -> Verdict:
    moment = is_moment(node, domain, term)
    if term.lifelong and fact.end is None and fact.ended is Truth.UNKNOWN:
        fact = replace(fact, ended=Truth.FALSE)
    if term.is_past(fact.codes):
        timely, rule = _earlier(fact, domain, node, at)
    else:
        timely, rule = _in_window(fact, moment, at) if at.window else _now(fact, domain, node, at)
    if domain != node.domain and timely is Truth.TRUE:
        timely, rule = second_hand(node.domain, domain, rule, at)
    degree = of_degree(fact, node)
    truth = fact.holds & timely & degree
    kind: UnknownKind | None = "stale" if truth is Truth.UNKNOWN else None
    if degree is not Truth.TRUE:
        wanted = " or ".join(node.severity)
        rule = f"asked {wanted}; recorded {fact.severity or 'without a degree'}; {rule}"
        kind = kind and "no_data"
    if fact.holds is Truth.FALSE:
        rule = f"its status says that it was ruled out; {rule}"
    if fact.holds is Truth.UNKNOWN:
        rule = f"suspected, not confirmed; {rule}"
    return Verdict(truth, kind, (_evidence(fact, term, rule, truth),))


def second_hand(asked: Domain, domain: Domain, rule: str, at: Setting) -> tuple[Truth, str]:
    """Say what a record of another domain proves: an implantation that was done is no device yet.

    An implantation tells the day, and not that the device is still there; a status tells that it
    is there, and not the day. A treatment is done while its drugs are given.
    """
    ever = at.window is not None and at.window.first == date.min
    match asked, domain, at.window is not None and not (ever and domain == "condition"):
        case ("device", "procedure", True) | ("device" | "procedure", "condition", False):
            return Truth.TRUE, rule
        case ("device", "procedure", False):
            return Truth.UNKNOWN, "implanted; whether it is still in place is not recorded"
        case ("device" | "procedure", "condition", True):
            return Truth.UNKNOWN, "it is there; the day when it was done is not recorded"
        case ("allergy", "condition", _) | ("procedure", "drug", _):
            return Truth.TRUE, rule
        case _:
            return Truth.UNKNOWN, f"recorded as a {domain}; whether it holds today is open"


def _now(fact: ClinicalFact, domain: Domain, node: Has, at: Setting) -> tuple[Truth, str]:
    begun = _begun(fact, at.on)
    if begun is not Truth.TRUE:
        return begun, f"it may not have begun by {at.on}" if begun is Truth.UNKNOWN else "later"
    if node.domain == "procedure" and domain != "drug":  # what was done stays done
        return Truth.TRUE, "on record"
    over = _over(fact, at.on)
    if node.when == "current" and over is Truth.TRUE:
        return Truth.FALSE, "on record, but over"
    says = {
        Truth.FALSE: "on record and current",
        Truth.TRUE: "on record, but over; the criterion does not say whether history counts",
        Truth.UNKNOWN: "on record; whether it is current is not recorded",
    }
    return (Truth.TRUE if over is Truth.FALSE else Truth.UNKNOWN), says[over]


def _in_window(fact: ClinicalFact, moment: bool, at: Setting) -> tuple[Truth, str]:
    days = at.days
    if days.last < days.first:
        return Truth.FALSE, "no day is left to count"
    if days.first == date.min:  # at any time: what is on record without a day has begun
        truth = _begun_in(days, fact, at)
        return truth, f"{_BY[truth]} by {days.last}"
    truth = days.holds(fact.start) if moment else _overlaps(fact, days, at)
    says = {Truth.TRUE: "in", Truth.FALSE: "outside", Truth.UNKNOWN: "in or outside"}[truth]
    return truth, f"{says} {days.first} to {days.last}"


_BY = {Truth.TRUE: "on record", Truth.FALSE: "not yet", Truth.UNKNOWN: "perhaps not yet"}


def _earlier(fact: ClinicalFact, domain: Domain, node: Has, at: Setting) -> tuple[Truth, str]:
    """Read a code that tells of an event before the record: it was, and nobody recorded when.

    Its own day is the last on which the event can have been.
    """
    if at.window is None:
        return _now(replace(fact, end=None, ended=Truth.TRUE), domain, node, at)
    days = at.days
    if days.last < days.first or days.first == date.min:
        return _in_window(fact, True, at)
    if fact.start is not None and fact.start.latest() < days.first:
        return Truth.FALSE, f"its code tells of an event before {days.first}"
    return Truth.UNKNOWN, "its code tells of an earlier event, and not of its day"


def _overlaps(fact: ClinicalFact, days: Window, at: Setting) -> Truth:
    """Say whether a state lasted into the window; an end that nobody recorded leaves it open."""
    begun = _begun_in(days, fact, at)
    if fact.end is not None:
        lasted = Window(days.first, date.max).holds(fact.end)
    elif fact.ended is Truth.FALSE:
        lasted = Truth.TRUE
    else:
        lasted = Truth.TRUE if days.holds(fact.start) is Truth.TRUE else Truth.UNKNOWN
    return begun & lasted


def _begun(fact: ClinicalFact, by: date) -> Truth:
    """Say whether it began by a day; a fact without a start is on record, so it began."""
    return Truth.TRUE if fact.start is None else fact.start.between(date.min, by)


def _begun_in(days: Window, fact: ClinicalFact, at: Setting) -> Truth:
    """Say whether it began by a window's end; without a start, only that it did by today."""
    if fact.start is None and days.last < at.on:
        return Truth.UNKNOWN
    return _begun(fact, days.last)


def _over(fact: ClinicalFact, on: date) -> Truth:
    return fact.ended if fact.end is None else fact.end.between(date.min, on)


def is_moment(node: Has, domain: Domain, term: ConceptTerm) -> bool:
    """Say whether a record counts on the day that it began, and not while it lasted."""
    if domain == "drug":  # a treatment that is recorded by its drugs lasts as they do
        return term.episode
    return term.episode or node.domain in MOMENTS or domain in MOMENTS


def _may_count(fact: ClinicalFact, moment: bool, at: Setting) -> bool:
    timely = _in_window(fact, moment, at)[0] if at.window else _begun(fact, at.on)
    return (fact.holds & timely) is not Truth.FALSE


def _evidence(fact: ClinicalFact, term: ConceptTerm, rule: str, truth: Truth) -> Evidence:
    day = str(fact.start) if fact.start else None
    return Evidence(fact.id, term.label, fact.words or None, None, day, rule, truth)
