"""How silence and age of the record are read: named policies, off by default, always printed."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.errors import InputError
from trialwright.protocol.criteria.nodes import Compare, Criterion, Domain, Ordinal, Within
from trialwright.protocol.criteria.trees import walk
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

    def closes(self, *domains: Domain) -> bool:
        """Say whether silence means no in all the domains where a thing may be recorded."""
        return self.domains.issuperset(domains)

    def check_told(self, untold: Collection[Domain], whose: str) -> None:
        """Refuse to read silence as absence where nothing could be recorded; `whose` silence."""
        if shut := [domain for domain in DOMAINS if domain in self.domains & frozenset(untold)]:
            found = f"{whose} has no table for {', '.join(shut)}"
            raise InputError("closed world", found, "only domains that every source records")

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
        days = [f"{name} is on {day}" for name, day in sorted(self.anchors.items())]
        return "; ".join([str(self.closed_world), *limits, *days])


def validity(texts: Iterable[str], names: Collection[str]) -> dict[str, Duration]:
    """Read how long measures and scales count (`lvef=P6M`); `names` are those of the criteria."""
    return {
        name: Duration.parse(span, f"--valid-for {name}")
        for name, span in _pairs(texts, names, "--valid-for", "a measure of the criteria")
    }


def anchor_days(texts: Iterable[str], names: Collection[str]) -> dict[str, date]:
    """Read the days that anchors mean (`first_infusion=2024-05-01`)."""
    return {
        name: _whole_day(day, f"--anchor {name}")
        for name, day in _pairs(texts, names, "--anchor", "an anchor of the criteria")
    }


def named_measures(criteria: Iterable[Criterion]) -> frozenset[str]:
    """Return the measures and scales that the criteria compare."""
    every = [node for criterion in criteria for node in walk(criterion.expr)]
    measures = {n.measure for n in every if isinstance(n, Compare) and n.measure}
    return frozenset(measures | {n.scale for n in every if isinstance(n, Ordinal)})


def named_anchors(criteria: Iterable[Criterion]) -> frozenset[str]:
    """Return the anchors that the criteria count from."""
    every = (node for criterion in criteria for node in walk(criterion.expr))
    return frozenset(node.anchor for node in every if isinstance(node, Within))


def _pairs(
    texts: Iterable[str], names: Collection[str], where: str, wanted: str
) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for text in texts:
        name, given, value = text.partition("=")
        if name not in names or not given:
            known = ", ".join(sorted(names)) or "none"
            raise InputError(where, repr(text[:60]), f"name=value, and {wanted}: {known}")
        if name in seen:
            raise InputError(where, f"{name} twice", "each name once")
        seen.add(name)
        yield name, value


def _whole_day(text: str, where: str) -> date:
    day = PartialDate.parse(text, where)
    if day.day is None:
        raise InputError(where, repr(text), "a whole date as yyyy-mm-dd")
    return day.earliest()


OPEN_WORLD = Policy()
