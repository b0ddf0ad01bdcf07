"""The simulated staff: who acts in which role, and how each of them signs."""

from dataclasses import dataclass

from trialwright.conduct import decide
from trialwright.conduct.events import Role
from trialwright.conduct.service import TrialService
from trialwright.conduct.signature import Signature

SPONSOR = Signature("simulated sponsor", "sponsor", "set-up of the rehearsal")
_SMALLEST_BOARD = 3


@dataclass(frozen=True, slots=True)
class Cast:
    """Names of the staff; two pharmacists, so that one verifies what the other prepares."""

    board: tuple[str, ...]
    investigator: str = "simulated investigator"
    nurse: str = "simulated study nurse"
    pharmacist: str = "simulated pharmacist 1"
    second_pharmacist: str = "simulated pharmacist 2"
    qualified_person: str = "simulated qualified person"
    data_manager: str = "simulated data manager"

    def people(self) -> tuple[tuple[str, Role], ...]:
        """Return everybody but the sponsor, with their role."""
        return (
            (self.investigator, "investigator"),
            (self.nurse, "study_nurse"),
            (self.pharmacist, "pharmacist"),
            (self.second_pharmacist, "pharmacist"),
            (self.qualified_person, "qualified_person"),
            (self.data_manager, "data_manager"),
            *((member, "board_member") for member in self.board),
        )

    def sign(self, role: Role, reason: str) -> Signature:
        """Sign in a role."""
        if role == "sponsor":
            return Signature(SPONSOR.actor, role, reason)
        actor = next(person for person, held in self.people() if held == role)
        return Signature(actor, role, reason)


def cast_for(quorum: int) -> Cast:
    """Return a staff whose board can reach the quorum."""
    members = range(1, max(quorum, _SMALLEST_BOARD) + 1)
    return Cast(tuple(f"simulated board member {n}" for n in members))


def appoint(service: TrialService, cast: Cast) -> None:
    """Appoint everybody."""
    for person, role in cast.people():
        service.act(SPONSOR, decide.appoint, person, (role,))
