"""A condition, drug, procedure, allergy or device on record, today or within a window.

Without a window a condition, drug, allergy or device must be current; one that is over leaves
open whether history counts, so it is unknown. A procedure that was done stays done. Within a
window a state counts while it lasted; an episode (a stroke), a procedure and the implantation of
a device count on the day that they began.
"""

from datetime import date

from trialwright.core.truth import Truth
from trialwright.protocol.criteria.nodes import Has
from trialwright.screening.model import ClinicalFact, Evidence, UnknownKind, Verdict
from trialwright.screening.setting import Setting, Window, settled, unknown
from trialwright.screening.terms import ConceptTerm

_MOMENTS = ("procedure", "device")


def has(node: Has, at: Setting) -> Verdict:
    """Evaluate a fact of the history; what the record leaves open, a person may answer."""
    term = at.terms.concepts.get((node.domain, node.concept)) if node.concept else None
    verdict = _unlisted(node, at) if term is None else _on_record(node, term, at)
    return settled(verdict, at, node.words)


def _on_record(node: Has, term: ConceptTerm, at: Setting) -> Verdict:
    meant = tuple(f for f in at.patient.facts(node.domain) if term.matches(f.codes))
    judged = tuple(_judged(fact, node, term, at) for fact in meant)
    for truth in (Truth.TRUE, Truth.UNKNOWN):
        found = tuple(v for v in judged if v.truth is truth)
        if found:
            evidence = tuple(piece for verdict in found for piece in verdict.evidence)
            return Verdict(truth, found[0].unknown, evidence)
    past = tuple(piece for verdict in judged for piece in verdict.evidence)
    silent = _silence(node, term, at)
    return Verdict(silent.truth, silent.unknown, past + silent.evidence)


def _silence(node: Has, term: ConceptTerm, at: Setting) -> Verdict:
    """Read the absence of a record, as the policy says."""
    what = term.label
    if node.domain not in at.policy.closed_world.domains:
        return unknown("no_data", what, f"no {node.domain} of this kind is on record{_when(at)}")
    moment = _is_moment(node, term)
    others = tuple(f for f in at.patient.facts(node.domain) if _may_count(f, moment, at))
    if not others:
        return _absent(node, what, f"no {node.domain} at all is on record{_when(at)}")
    if not term.complete:
        return unknown("uncoded", what, "no list of codes covers all that these words mean")
    foreign = tuple(f for f in others if not term.comparable(f.codes))
    if foreign:
        named = ", ".join(f.words or f.id for f in foreign[:3])
        return unknown("uncoded", what, f"records that the codes cannot tell apart: {named}")
    return _absent(node, what, f"none of {len(term.codes)} codes is on record{_when(at)}")


def _unlisted(node: Has, at: Setting) -> Verdict:
    """Judge what no vocabulary knows: absent only where the whole domain is closed and empty."""
    closed = node.domain in at.policy.closed_world.domains
    moment = node.domain in _MOMENTS
    if closed and not any(_may_count(f, moment, at) for f in at.patient.facts(node.domain)):
        return _absent(node, node.words, f"no {node.domain} at all is on record{_when(at)}")
    return unknown("uncoded", node.words, f"no vocabulary knows {node.words!r}")


def _absent(node: Has, what: str, found: str) -> Verdict:
    rule = f"{found}; {node.domain} is read as a closed world: absent"
    return Verdict(Truth.FALSE, None, (Evidence(None, what, None, None, None, rule, Truth.FALSE),))


def _judged(fact: ClinicalFact, node: Has, term: ConceptTerm, at: Setting) -> Verdict:
    moment = _is_moment(node, term)
    timely, rule = _in_window(fact, moment, at) if at.window else _now(fact, node, at)
    truth = fact.holds & timely
    kind: UnknownKind | None = "stale" if truth is Truth.UNKNOWN else None
    if fact.holds is Truth.UNKNOWN:
        rule = f"suspected, not confirmed; {rule}"
    return Verdict(truth, kind, (_evidence(fact, term, rule, truth),))


def _now(fact: ClinicalFact, node: Has, at: Setting) -> tuple[Truth, str]:
    begun = _begun(fact, at.on)
    if begun is not Truth.TRUE:
        return begun, f"it may not have begun by {at.on}" if begun is Truth.UNKNOWN else "later"
    if node.domain == "procedure":
        return Truth.TRUE, "on record"
    over = _over(fact, at.on)
    says = {
        Truth.FALSE: "on record and current",
        Truth.TRUE: "on record, but over; the criterion does not say whether history counts",
        Truth.UNKNOWN: "on record; whether it is current is not recorded",
    }
    return (Truth.TRUE if over is Truth.FALSE else Truth.UNKNOWN), says[over]


def _in_window(fact: ClinicalFact, moment: bool, at: Setting) -> tuple[Truth, str]:
    days = at.days
    truth = days.holds(fact.start) if moment else _overlaps(fact, days)
    says = {Truth.TRUE: "in", Truth.FALSE: "outside", Truth.UNKNOWN: "in or outside"}[truth]
    return truth, f"{says} {days.first} to {days.last}"


def _overlaps(fact: ClinicalFact, days: Window) -> Truth:
    """Say whether a state lasted into the window; an end that nobody recorded leaves it open."""
    begun = _begun(fact, days.last)
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


def _over(fact: ClinicalFact, on: date) -> Truth:
    return fact.ended if fact.end is None else fact.end.between(date.min, on)


def _is_moment(node: Has, term: ConceptTerm) -> bool:
    return term.episode or node.domain in _MOMENTS


def _may_count(fact: ClinicalFact, moment: bool, at: Setting) -> bool:
    timely = _in_window(fact, moment, at)[0] if at.window else _begun(fact, at.on)
    return (fact.holds & timely) is not Truth.FALSE


def _when(at: Setting) -> str:
    if at.window is None:
        return f" by {at.on}"
    return f" from {at.days.first} to {at.days.last}"


def _evidence(fact: ClinicalFact, term: ConceptTerm, rule: str, truth: Truth) -> Evidence:
    day = str(fact.start) if fact.start else None
    return Evidence(fact.id, term.label, fact.words or None, None, day, rule, truth)
