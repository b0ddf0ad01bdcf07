"""FHIR R4 and R5: the bundle of one patient, or lines of resources, plain or gzipped.

Read: Patient, Observation, Condition, AllergyIntolerance, MedicationRequest, -Statement,
-Administration and -Dispense, Procedure, Device, its use and (R5) its association. Other resources
are skipped.
A fault ends the reading with the file, the place and what was wanted; nothing is read in half.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from trialwright.core.errors import InputError
from trialwright.protocol.criteria.nodes import Domain
from trialwright.screening.model import DOMAINS, ClinicalFact, Observation, Patient, Sex
from trialwright.screening.patients import fhir_facts as facts
from trialwright.screening.patients import fhir_types as fhir
from trialwright.screening.patients.fhir_age import dated
from trialwright.screening.patients.fhir_json import check_keys, decode, unpacked
from trialwright.screening.patients.fhir_observations import observations
from trialwright.screening.patients.fhir_values import Place, check_plain, day

_TEST_DATA = "HTEST"  # HL7 v3 ActReason: test health data
_SEXES: dict[str, Sex] = {
    "male": "male", "female": "female", "other": "other", "unknown": "unknown",
}  # fmt: skip


_READ = frozenset({"Patient", "Observation", "Medication", *facts.READERS})


@dataclass(frozen=True, slots=True)
class _Item:
    """One resource of the bundle, before its fields are read."""

    place: Place
    type: str
    id: str | None
    url: str | None
    raw: msgspec.Raw

    @property
    def name(self) -> str:
        """The resource as evidence names it."""
        return f"{self.type}/{self.id}" if self.id else self.place.path


def read_bundle(data: bytes, name: str, until: date) -> Patient:
    """Read one patient's bundle.

    `name` is the file as errors should name it; `until` is the last day that a recorded date may
    name (today). Raises InputError for anything that is not one readable bundle of one patient.
    """
    place = Place(name, until=until)
    text = unpacked(data, name)
    check_keys(text, place)
    bundle = decode(text, fhir.Bundle, place)
    if bundle.resource_type != "Bundle":
        found = repr(bundle.resource_type) if bundle.resource_type else "missing"
        raise place.at("resourceType").fault(found, "'Bundle'")
    if bundle.type == "history":  # several versions of one resource would all count
        wanted = "a bundle of resources as they are now: collection, searchset, document, ..."
        raise place.at("type").fault("'history'", wanted)
    items = tuple(_items(bundle, place))
    _check_one_person(items, place)
    _check_once(items)
    person = _only_patient(items, place)
    patient, names = _person(person, bundle.meta)
    products = _products(items)
    return _with_record(patient, items, names, products)


def read_lines(files: Iterable[tuple[str, bytes]], until: date) -> tuple[Patient, ...]:
    """Read resources, one a line, of one or more patients: what a FHIR bulk export gives.

    A line may also be the bundle of one patient. Raises InputError as `read_bundle` does, and for
    a resource about a patient who is not there.
    """
    bundled: list[Patient] = []
    items: list[_Item] = []
    for name, data in files:
        for number, line in enumerate(unpacked(data, name).splitlines(), 1):
            if line.strip():
                place = Place(name, f"line[{number}]", until)
                if decode(line, fhir.Head, place).resource_type == "Bundle":
                    bundled.append(read_bundle(line, f"{name}, line {number}", until))
                else:
                    check_keys(line, place)
                    items.append(_item(msgspec.Raw(line), None, place))
    _check_once(items)
    people = [item for item in items if item.type == "Patient"]
    if not people and not bundled:
        names = ", ".join(dict.fromkeys(item.place.file for item in items)) or "the files"
        raise InputError(names, "no Patient resource", "one for each patient")
    return (*bundled, *_several(people, items))


def _several(people: Iterable[_Item], items: Sequence[_Item]) -> Iterator[Patient]:
    """Yield each person with the resources that are about them."""
    known = [_person(person, fhir.Meta()) for person in people]
    owners: dict[str, set[str]] = {}
    for patient, names in known:
        for name in names:
            owners.setdefault(name, set()).add(patient.id)
    own: dict[str, list[_Item]] = {patient.id: [] for patient, _ in known}
    for item in items:
        if item.type == "Observation" or item.type in facts.READERS:
            about = decode(item.raw, fhir.About, item.place)
            if item.type != "Device" or about.patient is not None:  # else it is equipment
                own[_owner(about, owners, item.place)].append(item)
    products = _products(items)
    for patient, names in known:
        yield _with_record(patient, own[patient.id], names, products)


def _owner(about: fhir.About, owners: Mapping[str, set[str]], place: Place) -> str:
    """Return whom a resource is about; never nobody: what is lost would read as absent."""
    field, link = ("patient", about.patient) if about.patient else ("subject", about.subject)
    target = _target(link) if link else None
    if target is None:
        raise place.at(field).fault("missing", "a reference to a patient of these files")
    for name in (target, "/".join(target.rsplit("/", 2)[-2:])):
        if len(owners.get(name, ())) > 1:
            raise place.at(field).fault(f"{target!r}, the number of two", "one patient")
        if name in owners:
            return next(iter(owners[name]))
    raise place.at(f"{field}.reference").fault(repr(target), "a patient of these files")


def _target(link: fhir.Reference) -> str | None:
    """Return what a reference names: its address, or the number that stands for one."""
    if link.reference is not None:
        return link.reference.split("/_history/")[0]
    if link.identifier is not None and link.identifier.value:
        return f"Patient?identifier={link.identifier.value}"
    return None


def _items(bundle: fhir.Bundle, place: Place) -> Iterator[_Item]:
    for number, entry in enumerate(bundle.entry):
        if not bytes(entry.resource):
            continue
        at = place.at(f"entry[{number}]")
        yield _item(entry.resource, entry.full_url, at)


def _item(raw: msgspec.Raw, url: str | None, at: Place) -> _Item:
    head = decode(raw, fhir.Head, at)
    if not head.resource_type:
        raise at.at("resource.resourceType").fault("missing", "a FHIR resource type")
    label = f"{head.resource_type}/{head.id}" if head.id else head.resource_type
    if head.resource_type in _READ:
        check_plain(head, at.at(label))
    return _Item(at.at(label), head.resource_type, head.id, url, raw)


def _check_once(items: Iterable[_Item]) -> None:
    """Refuse two versions of one resource: both would count, also the one that was corrected."""
    seen: dict[tuple[str, str | None], _Item] = {}
    for item in items:
        if item.id is None or item.type not in _READ:
            continue
        first = seen.setdefault((item.name, item.url), item)
        if first is not item and bytes(first.raw) != bytes(item.raw):
            raise item.place.fault("a second time, with other content", "one version of it")


def _check_one_person(items: Iterable[_Item], place: Place) -> None:
    """Refuse a bundle of several people before their resources are compared."""
    names = dict.fromkeys(item.name for item in items if item.type == "Patient")
    if len(names) > 1:
        found = "two patients" if len(names) == 2 else f"{len(names)} patients"
        what = f"{found} ({', '.join(list(names)[:3])})"
        raise place.fault(what, "a bundle of exactly one patient, or lines of resources")


def _only_patient(items: tuple[_Item, ...], place: Place) -> _Item:
    people = [item for item in items if item.type == "Patient"]
    if len(people) == 1:
        return people[0]
    if not people:
        raise place.fault("no Patient resource", "a bundle of exactly one patient")
    raise people[1].place.fault(
        f"{len(people)} Patient resources", "a bundle of exactly one patient"
    )


def _person(item: _Item, bundle: fhir.Meta) -> tuple[Patient, frozenset[str]]:
    """Return the person, and the references by which the other resources may name them."""
    person = decode(item.raw, fhir.PatientResource, item.place)
    numbers = tuple(identifier.value for identifier in person.identifier if identifier.value)
    own = person.id or next(iter(numbers), None)
    if own is None:
        raise item.place.at("id").fault("missing", "an id or an identifier of the patient")
    names = {f"Patient/{own}", *(f"Patient?identifier={number}" for number in numbers)}
    names |= {item.url} if item.url else set()
    patient = Patient(
        id=own,
        sex=_sex(person.gender, item.place),
        birth=day(person.birth_date, item.place.at("birthDate")),
        deceased=bool(person.deceased_boolean) or person.deceased_date_time is not None,
        died=day(person.deceased_date_time, item.place.at("deceasedDateTime")),
        simulated=any(tag.code == _TEST_DATA for tag in (*bundle.tag, *person.meta.tag)),
    )
    return patient, frozenset(names)


def _sex(gender: str | None, place: Place) -> Sex:
    if gender is None:
        return "unknown"
    if gender not in _SEXES:
        raise place.at("gender").fault(repr(gender), "male, female, other or unknown")
    return _SEXES[gender]


def _products(items: Iterable[_Item]) -> facts.Products:
    """Return what the bundle's medications and devices are, by every way to refer to them."""
    found: dict[str, fhir.CodeableConcept] = {}
    for item in items:
        if item.type in ("Medication", "Device"):
            value = facts.product(decode(item.raw, fhir.Contained, item.place))
            found |= {key: value for key in (item.name, item.url) if key and value}
    return found


def _with_record(
    patient: Patient, items: Iterable[_Item], names: frozenset[str], products: facts.Products
) -> Patient:
    values: list[Observation] = []
    record: dict[Domain, list[ClinicalFact]] = {domain: [] for domain in DOMAINS}
    for item in items:
        if item.type == "Observation":
            resource = decode(item.raw, fhir.ObservationResource, item.place)
            _check_person(resource, names, item.place)
            values += observations(resource, item.name, item.place)
        elif item.type in facts.READERS:
            shape, domain, read = facts.READERS[item.type]
            other = decode(item.raw, shape, item.place)
            _check_person(other, names, item.place)
            found = read(other, item.name, item.place, products)
            if isinstance(other, fhir.ConditionResource):
                found = [dated(fact, other, patient.birth, item.place) for fact in found]
            record[domain] += found
    return replace(
        patient,
        observations=tuple(values),
        conditions=tuple(record["condition"]),
        medications=tuple(record["drug"]),
        procedures=tuple(record["procedure"]),
        allergies=tuple(record["allergy"]),
        devices=tuple(record["device"]),
        unread=_unread(items),
    )


def _unread(items: Iterable[_Item]) -> tuple[str, ...]:
    """Say which code systems are not known here, and which ages at an onset tell no date.

    What only a system that is not known says is read as words.
    """
    strangers = dict(pair for item in items for pair in item.place.strangers.items())
    wanted = "one of LOINC, SNOMED CT, ICD-10, RxNorm, ATC; read as words"
    undated = dict(pair for item in items for pair in item.place.undated.items())
    return (
        *(str(InputError(where, f"the code system {system[:80]!r}", wanted))
          for system, where in strangers.items()),
        *(str(InputError(where, why, "a date, or an age that tells one"))
          for where, why in undated.items()),
    )  # fmt: skip


def _check_person(resource: fhir.About, names: frozenset[str], place: Place) -> None:
    """Refuse a resource about somebody else: it must never count for this patient."""
    for field, link in (("subject", resource.subject), ("patient", resource.patient)):
        target = _target(link) if link else None
        if target is None:
            continue
        if not any(target == name or target.endswith(f"/{name}") for name in names):
            at = place.at(f"{field}.reference")
            raise at.fault(repr(target), "the patient of this bundle")
