"""A match as its JSON document."""

from datetime import date

from trialwright.core.truth import Truth
from trialwright.screening.explain import reason
from trialwright.screening.match.model import MatchHit, MatchResult

LEFT_OUT_WORDS = {
    "status": "their status is none of those asked for, or is not stated",
    "text": "no word of the patient stands in them",
    "beyond_candidates": "their text is less close than that of those read (--candidates)",
}


def document(result: MatchResult, on: date) -> dict[str, object]:
    """Return the document that `match --json` prints."""
    return {
        "patient": result.patient,
        "on": on.isoformat(),
        "notes": list(result.notes),
        "query": result.query,
        "words_left_out": result.words_left_out,
        "studies": result.studies,
        "considered": result.considered,
        "left_out": dict(result.left_out),
        "tiers": {str(tier): count for tier, count in result.tiers.items()},
        "gates": {str(name): count for name, count in result.gates.items()},
        "hits": [_hit(hit) for hit in result.hits],
    }


def _hit(hit: MatchHit) -> dict[str, object]:
    return {
        "nctId": hit.card.nct_id,
        "briefTitle": hit.card.brief_title,
        "overallStatus": hit.card.status,
        "eligible": hit.eligible,
        "text_score": hit.text_score,
        "gate": None if hit.gate is None else {"name": hit.gate.name, "why": hit.gate.why},
        "hold": _listed(hit, Truth.TRUE),
        "fail": _listed(hit, Truth.FALSE),
        "open": _listed(hit, Truth.UNKNOWN),
        "unread": hit.unread,
    }


def _listed(hit: MatchHit, truth: Truth) -> list[dict[str, str | None]]:
    return [
        {
            "id": each.id,
            "section": each.section,
            "why": reason(each),
            "unknown": each.verdict.unknown,
        }
        for each in hit.those(truth)
    ]
