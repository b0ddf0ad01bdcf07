"""Who does something, in which role and why: no change without it."""

from dataclasses import dataclass
from datetime import datetime

from trialwright.conduct.events import Role


@dataclass(frozen=True, slots=True)
class Signature:
    """A person, the role they act in, and their reason."""

    actor: str
    role: Role
    reason: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature at a moment: what every decision takes. `at` is server time, UTC."""

    actor: str
    role: Role
    reason: str
    at: datetime


SYSTEM = "trialwright"  # the actor of what the rules record by themselves
