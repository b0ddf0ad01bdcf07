"""The parts of FHIR R4 and R5 resources that screening reads, as they stand in JSON.

Fields that differ between the releases stand side by side; what is not declared is skipped.
Source: http://hl7.org/fhir/R4 and http://hl7.org/fhir/R5.
"""

import msgspec


class Element(msgspec.Struct, frozen=True, rename="camel"):
    """A part of a resource."""


class Coding(Element, frozen=True):
    """One code of one system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Element, frozen=True):
    """Codes and words for one idea."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None


class Identifier(Element, frozen=True):
    """A number under which a person is known somewhere."""

    value: str | None = None


class Reference(Element, frozen=True):
    """A link to another resource, by its address or by a number of it."""

    reference: str | None = None
    display: str | None = None
    identifier: Identifier | None = None


class CodeableReference(Element, frozen=True):
    """R5: a concept, or a link to a resource that has it."""

    concept: CodeableConcept | None = None
    reference: Reference | None = None


class Quantity(Element, frozen=True):
    """A number with its unit; the number stays text until it is read exactly."""

    value: msgspec.Raw = msgspec.Raw()
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class DeviceLink(Element, frozen=True):
    """A device: R4 links to it, R5 links to it or names it."""

    concept: CodeableConcept | None = None
    reference: str | Reference | None = None
    display: str | None = None


class Period(Element, frozen=True):
    """A time from start to end."""

    start: str | None = None
    end: str | None = None


class ReferenceRange(Element, frozen=True):
    """What is normal for a value."""

    low: Quantity | None = None
    high: Quantity | None = None


class Meta(Element, frozen=True):
    """Labels of a resource."""

    tag: tuple[Coding, ...] = ()


class Extension(Element, frozen=True):
    """Something that FHIR itself does not define."""

    url: str | None = None


class Modifiable(Element, frozen=True):
    """A part of a resource that may say that it means something else than it seems to."""

    modifier_extension: tuple[Extension, ...] = ()


class Head(Modifiable, frozen=True):
    """What every resource has."""

    resource_type: str = ""
    id: str | None = None
    implicit_rules: str | None = None


class Entry(Element, frozen=True):
    """One entry of a bundle; its resource stays text until its type is known."""

    full_url: str | None = None
    resource: msgspec.Raw = msgspec.Raw()


class Bundle(Element, frozen=True):
    """A bundle of resources."""

    resource_type: str = ""
    type: str | None = None
    meta: Meta = Meta()
    entry: tuple[Entry, ...] = ()


class About(Element, frozen=True):
    """What every resource below has: an id, and the person it is about."""

    id: str | None = None
    subject: Reference | None = None
    patient: Reference | None = None


class Resource(About, frozen=True):
    """What most of them have beside: a status."""

    status: str | None = None


class PatientResource(Element, frozen=True):
    """The person."""

    id: str | None = None
    meta: Meta = Meta()
    identifier: tuple[Identifier, ...] = ()
    gender: str | None = None
    birth_date: str | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None


class Component(Modifiable, frozen=True):
    """One value of an observation that has several (blood pressure)."""

    code: CodeableConcept = CodeableConcept()
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_integer: int | None = None
    value_boolean: bool | None = None
    reference_range: tuple[ReferenceRange, ...] = ()


class ObservationResource(Resource, frozen=True):
    """A measurement or a finding."""

    code: CodeableConcept = CodeableConcept()
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: Period | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_integer: int | None = None
    value_boolean: bool | None = None
    reference_range: tuple[ReferenceRange, ...] = ()
    component: tuple[Component, ...] = ()


class Reaction(Element, frozen=True):
    """One reaction to what a person is allergic to."""

    severity: str | None = None  # mild, moderate, severe


class ConditionResource(Resource, frozen=True):
    """A condition, and an allergy or intolerance: both have the same two statuses."""

    code: CodeableConcept = CodeableConcept()
    severity: CodeableConcept | None = None
    reaction: tuple[Reaction, ...] = ()  # of an allergy
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    onset_age: Quantity | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None


class Contained(Element, frozen=True):
    """A medication or device that a resource carries inside itself, or that the bundle carries."""

    id: str | None = None
    code: CodeableConcept | None = None  # Medication
    type: CodeableConcept | tuple[CodeableConcept, ...] | None = None  # Device, R4 or R5


class MedicationResource(Resource, frozen=True):
    """A request, statement or administration of a drug."""

    contained: tuple[Contained, ...] = ()
    do_not_perform: bool = False
    intent: str | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    medication: CodeableReference | None = None  # R5
    authored_on: str | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    # R5 really spells it so in MedicationAdministration; its corrections spell it right.
    occurence_date_time: str | None = None
    occurence_period: Period | None = None
    occurrence_date_time: str | None = None
    occurrence_period: Period | None = None


class DispenseResource(MedicationResource, frozen=True):
    """A drug that was handed over to a person, or made ready to be."""

    when_handed_over: str | None = None


class ProcedureResource(Resource, frozen=True):
    """A procedure."""

    code: CodeableConcept = CodeableConcept()
    performed_date_time: str | None = None
    performed_period: Period | None = None
    occurrence_date_time: str | None = None  # R5
    occurrence_period: Period | None = None  # R5


class DeviceResource(Resource, frozen=True):
    """A device of the patient (R4)."""

    type: CodeableConcept | tuple[CodeableConcept, ...] | None = None


class DeviceUseResource(Resource, frozen=True):
    """The use of a device: DeviceUseStatement (R4) or DeviceUsage (R5)."""

    contained: tuple[Contained, ...] = ()
    device: DeviceLink = DeviceLink()
    timing_date_time: str | None = None
    timing_period: Period | None = None


class DeviceAssociationResource(About, frozen=True):
    """R5: which device a patient has, and since when; its status is a concept."""

    device: Reference | None = None
    status: CodeableConcept | None = None
    period: Period | None = None
