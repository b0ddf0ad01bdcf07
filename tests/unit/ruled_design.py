"""A BOIN design without elimination, and what a decision of it says by rule."""

from typing import Any

from trialwright.design import Decision, Design, boin

MG = "1, 2, 5, 10, 20 mg"
ORDER = (
    "(precedence: an ending, of two the graver; then barred doses, of two rules the stricter; "
    "then the method's wish)"
)


def design(**parameters: Any) -> Design:
    return boin(**{"target": 0.3, "doses": MG, "cutoff_eli": 1, **parameters})


def said(decision: Decision, rule: str) -> str | None:
    texts = [reason.text for reason in decision.reasons if reason.rule == rule]
    assert len(texts) <= 1
    return texts[0] if texts else None
