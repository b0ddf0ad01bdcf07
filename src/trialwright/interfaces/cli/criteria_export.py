"""`trialwright criteria export`: criteria in the languages of other systems, with what was lost."""

import json as json_text
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TextIO

from cyclopts import Parameter

from trialwright.core.errors import InputError
from trialwright.interfaces.cli.criteria_text import criteria_text
from trialwright.interfaces.cli.files import read_bytes, write_whole
from trialwright.interfaces.cli.output import messages, print_json
from trialwright.interfaces.cli.records import Home
from trialwright.protocol.criteria.nodes import Criterion
from trialwright.protocol.criteria_file.document import read_document, require_sound
from trialwright.protocol.criteria_file.entries import criterion_of
from trialwright.screening.explain import shortened
from trialwright.screening.exports.circe import codes_asked, to_circe
from trialwright.screening.exports.concepts import Concepts, read_concepts
from trialwright.screening.exports.cql import to_cql
from trialwright.screening.exports.fhir_group import to_fhir
from trialwright.screening.exports.ledger import Export
from trialwright.screening.lexicon import project_terms
from trialwright.screening.terms import Terms

Language = Literal["cql", "circe", "fhir"]

_RELATIONSHIPS = "CONCEPT_RELATIONSHIP.csv"
_YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class _Written:
    """A text in another language, and the balance of each thing in it."""

    text: str
    balances: Mapping[str, Export]


def _cql(criteria: Sequence[Criterion], title: str, terms: Terms, release: Path | None) -> _Written:
    export = to_cql(criteria, title, terms)
    return _Written(export.text, {"library": export})


def _circe(
    criteria: Sequence[Criterion], title: str, terms: Terms, release: Path | None
) -> _Written:
    concepts = _concepts(release, codes_asked(criteria, terms)) if release else None
    export = to_circe(criteria, title, terms, concepts)
    return _Written(export.text, {"cohort": export})


def _fhir(
    criteria: Sequence[Criterion], title: str, terms: Terms, release: Path | None
) -> _Written:
    export = to_fhir(criteria, title, terms)
    both = {"EvidenceVariable": export.evidence_variable, "Group": export.group}
    return _Written(export.text, both)


_Writer = Callable[[Sequence[Criterion], str, Terms, Path | None], _Written]
_WRITERS: dict[Language, _Writer] = {
    "cql": _cql,
    "circe": _circe,
    "fhir": _fhir,
}


def export(
    file: Annotated[
        str,
        Parameter(
            help="A criteria file or protocol (YAML), a record, an NCT number of the catalogue, or "
            "eligibility text; - reads text from standard input.",
            allow_leading_hyphen=True,
        ),
    ],
    /,
    *,
    to: Annotated[Language, Parameter(help="The language: CQL, OHDSI Circe, FHIR R5.")],
    out: Annotated[Path | None, Parameter(help="Write to this file.")] = None,
    json: Annotated[
        bool, Parameter(help="Print one JSON document: the export and its balance.", negative="")
    ] = False,
    concepts: Annotated[
        Path | None,
        Parameter(
            help="CONCEPT.csv of a vocabulary release (Athena), for Circe: codes become OMOP's "
            "concept ids. CONCEPT_RELATIONSHIP.csv is read where it lies beside it."
        ),
    ] = None,
    home: Home = None,
) -> int:
    """Write criteria in another system's language, and list what did not carry over."""
    if concepts is not None and to != "circe":
        raise InputError("--concepts", f"with --to {to}", "--to circe: no other language asks ids")
    title, criteria = _criteria(file, home)
    written = _WRITERS[to](criteria, title, project_terms(), concepts)
    if out is not None:
        write_whole(out, written.text.encode())
    if json:
        print_json(_document(to, written))
    elif out is None:
        sys.stdout.write(written.text if written.text.endswith("\n") else f"{written.text}\n")
    _report(written)
    return 0


def _concepts(release: Path, codes: frozenset[tuple[str, str]]) -> Concepts:
    beside = release.with_name(_RELATIONSHIPS)
    with ExitStack() as opened:
        stream = opened.enter_context(_text(release))
        relations = opened.enter_context(_text(beside)) if beside.is_file() else None
        return read_concepts(stream, str(release), relations, str(beside), codes)


def _text(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(str(path), why, "a file that can be read") from error


def _criteria(file: str, home: Path | None) -> tuple[str, tuple[Criterion, ...]]:
    if file.lower().endswith(_YAML):
        document = require_sound(read_document(read_bytes(Path(file)), file))
        return Path(file).stem, tuple(criterion_of(entry) for entry in document.criteria)
    found = criteria_text(file, home)
    number = found.record.nct_id if found.record else None
    return number or Path(found.name).stem, found.reading.items


def _document(to: Language, written: _Written) -> dict[str, object]:
    text = written.text if to == "cql" else json_text.loads(written.text)
    return {
        "to": to,
        "export": text,
        "balance": {name: _balance(each) for name, each in written.balances.items()},
    }


def _balance(export: Export) -> dict[str, object]:
    return {
        "carried": list(export.carried),
        "not_carried": [
            {"place": each.place, "reading": each.reading, "why": each.why}
            for each in export.not_carried
        ],
        "limits": list(export.limits),
    }


def _report(written: _Written) -> None:
    for name, each in written.balances.items():
        total = len(each.carried) + len(each.not_carried)
        messages.print(f"{name}: {len(each.carried)} of {total} facts carried over", style="bold")
        for lost in each.not_carried:
            line = f"  not carried: {lost.place}: {shortened(lost.reading, 80)} ({lost.why})"
            messages.print(line)
        for limit in each.limits:
            messages.print(f"  note: {limit}", style="dim")
