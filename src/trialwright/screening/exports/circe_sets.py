"""Concept sets of a Circe expression: source codes, each with a number that no database uses."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from trialwright.screening.exports.systems import VOCABULARIES, by_system
from trialwright.screening.model import Code

DOMAINS = {
    "condition": "Condition", "drug": "Drug", "procedure": "Procedure", "device": "Device",
    "allergy": "Observation", "measure": "Measurement", "unit": "Unit",
}  # fmt: skip
_TREES = frozenset({"icd10", "atc", "snomed"})  # a code stands for all below it


@dataclass
class ConceptSets:
    """The sets met so far, each once."""

    _ids: dict[tuple[str, tuple[tuple[str, str], ...]], int] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    _listed: list[dict[str, object]] = field(default_factory=list)

    def of(self, label: str, codes: Iterable[Code], domain: str) -> int | None:
        """Return the id of the set of these codes; None where no code has a known vocabulary."""
        found = tuple((system, code) for system, some in by_system(codes) for code in some)
        if not found:
            return None
        key = (label, found)
        if key not in self._ids:
            self._ids[key] = len(self._listed)
            items = [self._item(system, code, label, domain) for system, code in found]
            self._listed.append(
                {"id": self._ids[key], "name": label, "expression": {"items": items}}
            )
        return self._ids[key]

    def concept(self, vocabulary: str, code: str, label: str, domain: str) -> dict[str, object]:
        """Return a concept without an OMOP id."""
        number = self._numbers.setdefault((vocabulary, code), -1 - len(self._numbers))
        return {
            "CONCEPT_ID": number,
            "CONCEPT_NAME": f"{label} (not resolved)",
            "CONCEPT_CODE": code,
            "VOCABULARY_ID": vocabulary,
            "DOMAIN_ID": DOMAINS[domain],
        }

    def document(self) -> list[dict[str, object]]:
        """Return all sets."""
        return self._listed

    def _item(self, system: str, code: str, label: str, domain: str) -> dict[str, object]:
        return {
            "concept": self.concept(VOCABULARIES[system], code, label, domain),
            "isExcluded": False,
            "includeDescendants": system in _TREES,
            "includeMapped": False,
        }
