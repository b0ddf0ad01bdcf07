"""What a person does to a criterion, and what its status allows.

Review says: I laid text and reading side by side, and they agree. Edit puts another expression.
Lock says so of what nobody changes until somebody unlocks it, with a reason.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import msgspec

from trialwright.core.errors import InputError, Refused
from trialwright.protocol.criteria.codec import decode
from trialwright.protocol.criteria_file.entries import explained
from trialwright.protocol.model import CriterionEntry

Action = Literal["review", "edit", "lock", "unlock"]
Status = Literal["auto", "reviewed", "edited", "locked"]

STATUSES: tuple[Status, ...] = get_args(Status)
ACTIONS: tuple[Action, ...] = get_args(Action)
LONGEST_NAME = 200
LONGEST_REASON = 2000

# What becomes of a status; what is not here is refused.
BECOMES: dict[tuple[Action, Status], Status] = {
    ("review", "auto"): "reviewed",
    ("review", "reviewed"): "reviewed",
    ("review", "edited"): "reviewed",
    ("edit", "auto"): "edited",
    ("edit", "reviewed"): "edited",
    ("edit", "edited"): "edited",
    ("lock", "auto"): "locked",
    ("lock", "reviewed"): "locked",
    ("lock", "edited"): "locked",
    ("unlock", "locked"): "reviewed",
}
_REFUSED: dict[tuple[Action, Status], tuple[str, str]] = {
    ("review", "locked"): ("it is locked, and so reviewed", "nothing"),
    ("edit", "locked"): ("it is locked", "to be unlocked first, with a reason"),
    ("lock", "locked"): ("it is locked already", "nothing"),
    ("unlock", "auto"): ("it is not locked", "nothing"),
    ("unlock", "reviewed"): ("it is not locked", "nothing"),
    ("unlock", "edited"): ("it is not locked", "nothing"),
}


@dataclass(frozen=True, slots=True)
class Signed:
    """Who acts, when (UTC), and why; InputError for a name or reason that says nothing."""

    by: str
    at: datetime
    why: str = ""

    def __post_init__(self) -> None:
        _check_words("the name", self.by, LONGEST_NAME, "who signs")
        if self.why:
            _check_words("the reason", self.why, LONGEST_REASON, "why, in a sentence")

    @property
    def moment(self) -> str:
        """The time as files hold it, to the second.

        >>> Signed("Dr A", datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)).moment
        '2031-02-03T04:05:06Z'
        """
        return self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def allowed(action: Action, status: Status) -> bool:
    """Say whether a status allows an action."""
    return (action, status) in BECOMES


def acted(
    entry: CriterionEntry, action: Action, signed: Signed, expr: dict[str, Any] | None = None
) -> CriterionEntry:
    """Return the criterion after an action; Refused where its status does not allow it.

    `expr` is the new expression of an edit. Unlocking asks for a reason and leaves the signature
    of whoever locked it: what they compared still agrees.
    """
    status = BECOMES.get((action, entry.status))
    if status is None:
        why, needs = _REFUSED[action, entry.status]
        raise Refused(f"{action} {entry.id}", why, needs)
    if action == "unlock" and not signed.why:
        raise InputError(f"unlock {entry.id}", "no reason", "why it is opened again")
    if action == "edit":
        decode(expr, "expr")
        entry = msgspec.structs.replace(entry, expr=expr)
    by, at = (entry.by, entry.at) if action == "unlock" else (signed.by, signed.moment)
    return explained(msgspec.structs.replace(entry, status=status, by=by, at=at))


def _check_words(what: str, text: str, most: int, wanted: str) -> None:
    if not text.strip() or not text.isprintable():
        raise InputError(what, repr(text[:40]), f"{wanted}, in printable characters on one line")
    if len(text) > most:
        raise InputError(what, f"{len(text)} characters", f"at most {most}")
