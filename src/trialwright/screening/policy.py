"""How silence and age of the record are read: named policies, off by default, always printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from trialwright.core.dates import Duration
from trialwright.core.errors import InputError
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.model import DOMAINS

# Anchors that mean the day of screening while nobody is enrolled yet; the first infusion does not.
SCREENING_ANCHORS = frozenset({"screening", "enrolment", "inclusion", "baseline", "randomisation"})


@dataclass(frozen=True, slots=True)
class ClosedWorld:
    """The domains whose records are taken as complete: what is not recorded did not happen.

    A record that may be what is asked, by a neighbouring code or by its words, keeps it open.
    """

    domains: frozenset[Domain] = frozenset()

    @staticmethod
    def parse(text: str, where: str = "--closed-world") -> "ClosedWorld":
        """Read domain names separated by commas; raise InputError for any other name."""
        names = {name.strip() for name in text.split(",") if name.strip()}
        domains = frozenset(domain for domain in DOMAINS if domain in names)
        if strange := names - domains:
            raise InputError(where, ", ".join(sorted(strange)), "any of " + ", ".join(DOMAINS))
        return ClosedWorld(domains)

    def __str__(self) -> str:
        if not self.domains:
            return "open world: what is not on record is unknown"
        names = ", ".join(domain for domain in DOMAINS if domain in self.domains)
        return (
            f"closed world for {names}: what is not on record there is taken as absent, unless a "
            "record whose code is not listed may mean it by its code or its words"
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """The reading of silence, how long a measure stays valid, and the days that anchors mean."""

    closed_world: ClosedWorld = ClosedWorld()
    valid_for: Mapping[str, Duration] = field(default_factory=lambda: MappingProxyType({}))
    anchors: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))

    def anchor(self, name: str, on: date) -> date | None:
        """Return the day that an anchor means, or None where it is not known yet."""
        return self.anchors.get(name) or (on if name in SCREENING_ANCHORS else None)

    def __str__(self) -> str:
        limits = [f"{name} is valid for {span}" for name, span in sorted(self.valid_for.items())]
        return "; ".join([str(self.closed_world), *limits])


OPEN_WORLD = Policy()
