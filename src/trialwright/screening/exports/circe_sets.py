"""Concept sets of a Circe expression.

With a vocabulary release each code becomes the standard concepts that it leads to, a set for each
domain in which they lie. Without one a code keeps a number of its own that no database uses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trialwright.screening.exports.concepts import Code as Named
from trialwright.screening.exports.concepts import Concept, Concepts
from trialwright.screening.exports.ledger import Unsaid
from trialwright.screening.exports.systems import VOCABULARIES, by_system
from trialwright.screening.model import Code

DOMAINS = {
    "condition": "Condition", "drug": "Drug", "procedure": "Procedure", "device": "Device",
    "allergy": "Observation", "measure": "Measurement", "unit": "Unit",
}  # fmt: skip
_TREES = frozenset({"icd10", "atc", "snomed"})  # a code stands for all below it
_LISTED = frozenset({"icd10"})  # a release lists what is below it, code by code

_Json = dict[str, object]


@dataclass
class ConceptSets:
    """The sets met so far, each once."""

    concepts: Concepts | None = None
    _ids: dict[tuple[str, tuple[tuple[str, int], ...]], int] = field(default_factory=dict)
    _numbers: dict[Named, int] = field(default_factory=dict)
    _listed: list[_Json] = field(default_factory=list)
    _missing: dict[str, dict[Named, None]] = field(default_factory=dict)

    def of(self, label: str, codes: Iterable[Code], domain: str) -> int | None:
        """Return the id of the set of these codes; None where no code has a known vocabulary."""
        items = [
            self._placeholder(system, code, label, domain)
            for system, some in by_system(codes) for code in some
        ]  # fmt: skip
        return self._set(label, items) if items else None

    def by_domain(self, label: str, codes: Iterable[Code]) -> Iterator[tuple[str, int]]:
        """Yield the domains in which the release has concepts of these codes, each with its set."""
        domains: dict[str, dict[int, _Json]] = {}
        for system, some in by_system(codes):
            below = system in _TREES - _LISTED
            for code in some:
                for each in self._reached(VOCABULARIES[system], code, label):
                    domains.setdefault(each.domain, {})[each.id] = _item(_resolved(each), below)
        for domain, items in domains.items():
            yield domain, self._set(label, list(items.values()))

    def unit(self, code: str) -> _Json:
        """Return a unit; Unsaid where the release does not have it."""
        if self.concepts is None:
            return self._unresolved("UCUM", code, code, "unit")
        found = self._reached("UCUM", code, "units")
        if not found:
            raise Unsaid(f"the unit {code} is not in {self.concepts.name}")
        return _resolved(found[0])

    def asked(self) -> frozenset[Named]:
        """Return every vocabulary and code that was asked for without a release."""
        return frozenset(self._numbers)

    def missing(self) -> Iterator[str]:
        """Yield a line for each thing of which the release lacks codes."""
        for label, codes in self._missing.items():
            listed = ", ".join(f"{vocabulary} {code}" for vocabulary, code in list(codes)[:5])
            more = f" and {len(codes) - 5} more" if len(codes) > 5 else ""
            name = self.concepts.name if self.concepts else ""
            yield f"{label}: not in {name}: {listed}{more}"

    def document(self) -> list[_Json]:
        """Return all sets."""
        return self._listed

    def _reached(self, vocabulary: str, code: str, label: str) -> tuple[Concept, ...]:
        found = self.concepts.of(vocabulary, code) if self.concepts else ()
        if not found:
            self._missing.setdefault(label, {})[vocabulary, code] = None
        return found

    def _set(self, label: str, items: list[_Json]) -> int:
        named: list[_Json] = [item["concept"] for item in items]  # type: ignore[misc]
        key = (label, tuple((str(c["VOCABULARY_ID"]), c["CONCEPT_ID"]) for c in named))
        number: int = self._ids.setdefault(key, len(self._listed))  # type: ignore[arg-type]
        if number == len(self._listed):
            self._listed.append({"id": number, "name": label, "expression": {"items": items}})
        return number

    def _placeholder(self, system: str, code: str, label: str, domain: str) -> _Json:
        concept = self._unresolved(VOCABULARIES[system], code, label, domain)
        return _item(concept, system in _TREES)

    def _unresolved(self, vocabulary: str, code: str, label: str, domain: str) -> _Json:
        number = self._numbers.setdefault((vocabulary, code), -1 - len(self._numbers))
        return {
            "CONCEPT_ID": number,
            "CONCEPT_NAME": f"{label} (not resolved)",
            "CONCEPT_CODE": code,
            "VOCABULARY_ID": vocabulary,
            "DOMAIN_ID": DOMAINS[domain],
        }


def _resolved(concept: Concept) -> _Json:
    return {
        "CONCEPT_ID": concept.id,
        "CONCEPT_NAME": concept.name,
        "CONCEPT_CODE": concept.code,
        "VOCABULARY_ID": concept.vocabulary,
        "DOMAIN_ID": concept.domain,
    }


def _item(concept: _Json, below: bool) -> _Json:
    return {
        "concept": concept,
        "isExcluded": False,
        "includeDescendants": below,
        "includeMapped": False,
    }
