"""Code systems by their short name; codes of any other system are kept as words only."""

from trialwright.screening.model import Code

# Official addresses and OIDs (HL7 Terminology). The ICD-10 family shares its first characters.
SYSTEMS: dict[str, str] = {
    "http://loinc.org": "loinc",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    "http://snomed.info/sct": "snomed",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "urn:oid:2.16.840.1.113883.6.3": "icd10",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "urn:oid:2.16.840.1.113883.6.90": "icd10",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "http://www.whocc.no/atc": "atc",
    "urn:oid:2.16.840.1.113883.6.73": "atc",
}


def known(system: str | None, code: str | None) -> Code | None:
    """Return the code where its system is known; a national SNOMED edition is SNOMED."""
    if not system or not code:
        return None
    name = SYSTEMS.get(system.rstrip("/"))
    if name is None and system.startswith("http://snomed.info/sct/"):
        name = "snomed"
    return Code(name, code) if name else None
