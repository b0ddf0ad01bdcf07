"""The lexicon's YAML files as one table of concepts.

Reading YAML takes tenths of a second, so that lexicons/compiled.json keeps what tools/lexicons.py
read. It carries a digest of the files: where one was edited, the files themselves are read.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from importlib.resources import files

import msgspec
from msgspec import field, structs

from trialwright.protocol.criteria.concept import Codes, Concept
from trialwright.protocol.criteria.measures import Entry, load_yaml
from trialwright.protocol.criteria.nodes import Domain
from trialwright.protocol.criteria.spelling import normal

FILES = (
    "conditions.yaml",
    "lexicons/conditions.yaml",
    "lexicons/drug_classes.yaml",
    "lexicons/procedures.yaml",
)
COMPILED = "lexicons/compiled.json"
_DEGREE = re.compile(
    r"(?:uncontrolled|poorly controlled|severe|serious|significant|active|symptomatic|known|current"
    r"|previous|prior|recent|mild|moderate)\s+",
    re.IGNORECASE,
)


class DrugClass(Entry, frozen=True, kw_only=True):
    """A class of drugs: its codes are hits.

    `members` names drugs, each with its other names, and `kinds` what is narrower than the class.
    `treatments` names what is done with drugs of the class (chemotherapy): OMOP and SNOMED CT call
    it a procedure, and its records are those of the drugs; `regimens` are narrower treatments.
    """

    names: tuple[str, ...]
    atc: tuple[str, ...] = ()
    near: Codes = Codes()
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    treatments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    regimens: tuple[str, ...] = ()


class File(Entry, frozen=True, kw_only=True):
    """A lexicon: concepts with their codes, drug classes, and names that have no code here.

    `also_called` and `members_of` add to concepts of an earlier file. A line of `named` holds names
    that belong together for the eye, parted by semicolons: each is a concept of its own, since
    without codes nothing is gained where two are the same, and much is lost where they are not.
    `treatments` are lines of the same kind, for what is done with drugs. `atc_of` gives members of
    a class the codes of their own.
    """

    version: str
    concepts: dict[str, Concept] = field(default_factory=dict)
    also_called: dict[str, tuple[str, ...]] = field(default_factory=dict)
    classes: dict[str, DrugClass] = field(default_factory=dict)
    members_of: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    atc_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    named: dict[Domain, tuple[str, ...]] = field(default_factory=dict)
    treatments: tuple[str, ...] = ()


class Compiled(Entry, frozen=True, kw_only=True):
    """What the files say, and a digest of the files."""

    digest: str
    version: str
    concepts: dict[str, Concept]


def read_lexicons() -> tuple[str, Mapping[str, Concept]]:
    """Return the versions of the files, and their concepts by name."""
    here = files(__package__) / COMPILED
    if here.is_file():
        kept = msgspec.json.decode(here.read_bytes(), type=Compiled)
        if kept.digest == digest():
            return kept.version, kept.concepts
    fresh = compiled()
    return fresh.version, fresh.concepts


def compiled() -> Compiled:
    """Read the YAML files; ValueError where a concept is listed twice, or added to before it is."""
    found: dict[str, Concept] = {}
    parts = tuple((name, load_yaml(name, File)) for name in FILES)
    for name, file in parts:
        for key, concept in _coded(file, found):
            if key in found:
                raise ValueError(f"{name}: {key} is listed twice; want one entry for each")
            found[key] = concept
        for key, names in file.also_called.items():
            found[key] = structs.replace(found[key], names=(*found[key].names, *names))
        for key, atc in file.atc_of.items():
            found[key] = _with_atc(found[key], atc)
    taken = {normal(name) for concept in found.values() for name in concept.names}
    for _, file in parts:
        for key, concept in _named(file):
            form = normal(concept.label)
            if form not in taken and key not in found and not _adds_a_degree(concept.label, taken):
                taken.add(form)
                found[key] = concept
    versions = " ".join(file.version for _, file in parts)
    return Compiled(digest=digest(), version=versions, concepts=found)


def _adds_a_degree(name: str, taken: Set[str]) -> bool:
    """Say whether a name only puts a degree or a time before one that is known: severe asthma."""
    found = _DEGREE.match(name)
    return found is not None and normal(name[found.end() :]) in taken


def digest() -> str:
    """Return a digest of the YAML files as they stand."""
    whole = hashlib.sha256()
    for name in FILES:
        whole.update((files(__package__) / name).read_bytes())
    return whole.hexdigest()


def _coded(file: File, before: Mapping[str, Concept]) -> Iterator[tuple[str, Concept]]:
    yield from file.concepts.items()
    for name, drugs in file.classes.items():
        concept = _drug_class(name, drugs)
        yield name, concept
        yield from _members(name, concept, drugs.members)
        yield from _members(name, concept, dict.fromkeys(drugs.kinds, ()))
        yield from _treatments(concept, drugs)
    for name, members in file.members_of.items():
        yield from _members(name, before[name], members)


def _named(file: File) -> Iterator[tuple[str, Concept]]:
    for domain, lines in file.named.items():
        for name in _parts(lines):
            yield _id(name), _without_codes(name, domain, ALSO.get(domain, ()))
    for name in _parts(file.treatments):
        yield _id(name), _without_codes(name, "procedure", ALSO["procedure"])


# Where else the same may be recorded: an allergy as a diagnosis, a device by its operation, and a
# treatment (immunotherapy, oxygen, transfusion) by what was given. Records there keep it open.
ALSO: Mapping[Domain, tuple[Domain, ...]] = {
    "allergy": ("condition",),
    "device": ("procedure", "condition"),
    "procedure": ("drug", "device", "condition"),
    "drug": ("procedure",),
}


def _parts(lines: Iterable[str]) -> Iterator[str]:
    return (part.strip() for line in lines for part in line.split(";"))


def _without_codes(name: str, domain: Domain, also: tuple[Domain, ...]) -> Concept:
    return Concept(domain=domain, also=also, label=name, names=(name,), complete=False)


def _drug_class(name: str, drugs: DrugClass) -> Concept:
    return Concept(
        domain="drug",
        label=name.replace("_", " "),
        names=drugs.names,
        atc=drugs.atc,
        near=drugs.near,
        complete=False,
    )


def _treatments(drugs: Concept, listed: DrugClass) -> Iterator[tuple[str, Concept]]:
    """Yield what is done with drugs of a class: a record of one of them is a hit."""
    done = structs.replace(drugs, domain="procedure", also=ALSO["procedure"])
    for name, others in listed.treatments.items():
        yield _id(name), structs.replace(done, label=name, names=(name, *others))
    maybe = Codes(atc=tuple(dict.fromkeys((*drugs.atc, *drugs.near.atc))))
    for name in listed.regimens:
        narrower = structs.replace(done, label=name, names=(name,), atc=(), near=maybe)
        yield _id(name), narrower


def _members(
    name: str, drugs: Concept, members: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, Concept]]:
    """Yield the members of a class; a record with a code of the class may be one or not."""
    near = Codes(atc=tuple(dict.fromkeys((*drugs.atc, *drugs.near.atc))))
    for drug, others in members.items():
        yield (
            _id(drug),
            Concept(
                domain="drug",
                label=drug,
                names=(drug, *others),
                near=near,
                broader=name,
                complete=False,
            ),
        )


def _with_atc(concept: Concept, atc: tuple[str, ...]) -> Concept:
    """Give a member of a class its own codes, which are certain, and no longer near."""
    left = tuple(code for code in concept.near.atc if not code.startswith(atc))
    return structs.replace(concept, atc=atc, near=structs.replace(concept.near, atc=left))


def _id(label: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in label.lower()).strip("_")
