"""Who may edit criteria, and what proves that a change comes from this site's own page."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Protocol

from trialwright.app import CriteriaInHand
from trialwright.protocol.criteria_file.model import CriteriaFile


class EditingRight(Protocol):
    """Says who is at the desk, and whether they may edit; roles can take its place."""

    def user(self) -> str:
        """Return who acts, by name; empty where nobody is known."""

    def may_edit(self, user: str) -> bool:
        """Say whether this person may change criteria."""


@dataclass(frozen=True, slots=True)
class GivenAtStart:
    """The right of the one person named when the workspace was started."""

    name: str = ""

    def user(self) -> str:
        """Return the name that was given."""
        return self.name

    def may_edit(self, user: str) -> bool:
        """Say whether a name was given, and is this one."""
        return bool(self.name) and user == self.name


class Shelf(Protocol):
    """Where criteria files are found and begun."""

    def find(self, nct_id: str) -> CriteriaInHand | None:
        """Return a study's file; None where there is none."""

    def start(self, nct_id: str, filed: CriteriaFile) -> CriteriaInHand:
        """Put a first file of a study on the shelf."""


@dataclass(frozen=True, slots=True)
class Editing:
    """What the criteria pages need to change anything. Without a shelf they only read."""

    shelf: Shelf | None = None
    right: EditingRight = GivenAtStart()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    patience: float = 10.0  # seconds in which a whole form must have arrived
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def editor(self) -> str:
        """Return the name of whoever is at the desk and may edit; empty where nobody may."""
        user = self.right.user()
        return user if self.shelf is not None and self.right.may_edit(user) else ""

    def is_own(self, token: str) -> bool:
        """Say whether a form was made by this run of the site."""
        return compare_digest(token.encode(), self.token.encode())
