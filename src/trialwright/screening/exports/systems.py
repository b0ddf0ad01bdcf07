"""Code systems as other languages name them."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from trialwright.screening.model import Code

# FHIR's addresses. The ICD-10 family shares its first characters, so both editions are asked.
ADDRESSES: dict[str, tuple[str, ...]] = {
    "snomed": ("http://snomed.info/sct",),
    "icd10": ("http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm"),
    "loinc": ("http://loinc.org",),
    "rxnorm": ("http://www.nlm.nih.gov/research/umls/rxnorm",),
    "atc": ("http://www.whocc.no/atc",),
}
# OMOP's vocabularies.
VOCABULARIES: dict[str, str] = {
    "snomed": "SNOMED", "icd10": "ICD10CM", "loinc": "LOINC", "rxnorm": "RxNorm", "atc": "ATC",
}  # fmt: skip


def by_system(codes: Iterable[Code]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each known system with its codes, both in order."""
    known = sorted((code.system, code.code) for code in codes if code.system in ADDRESSES)
    for system, group in groupby(known, key=lambda each: each[0]):
        yield system, tuple(dict.fromkeys(code for _, code in group))
