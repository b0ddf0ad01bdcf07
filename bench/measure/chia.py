"""The Chia corpus (Kury et al. 2020, CC BY 4.0): criteria, and what people marked in them.

Each file is one section of one trial. The trials are split in two by a hash of their number.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Passages whose inside was not marked.
CLOSED = frozenset((
    "Non-query-able", "Parsing_Error", "Post-eligibility", "Non-representable", "Informed_consent",
    "Undefined_semantics", "Subjective_judgement", "Pregnancy_considerations", "Context_Error",
    "Competing_trial", "Not_a_criteria", "Grammar_Error", "Intoxication_considerations",
    "Reference_point",
))  # fmt: skip
_MARK = re.compile(r"(T\d+)\t(\S+) ([\d; ]+)\t")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mention that a person marked: what kind, and the spans of its fragments."""

    kind: str
    spans: tuple[tuple[int, int], ...]

    def overlaps(self, start: int, end: int) -> bool:
        return any(a < end and start < b for a, b in self.spans)


@dataclass(frozen=True, slots=True)
class Section:
    """The criteria of one section of one trial, and the marks in them."""

    trial: str
    section: str
    text: str
    marks: tuple[Mark, ...]


def sections(archive: Path) -> Iterator[Section]:
    """Yield the sections of the corpus; broken lines of an annotation file are passed over."""
    with zipfile.ZipFile(archive) as files:
        for name in sorted(files.namelist()):
            if name.endswith(".ann"):
                stem = name.removesuffix(".ann")
                text = files.read(f"{stem}.txt").decode("utf-8", "replace")
                marks = tuple(_marks(files.read(name).decode("utf-8", "replace")))
                trial, _, part = Path(stem).name.partition("_")
                yield Section(trial, part, text, marks)


def _marks(annotations: str) -> Iterator[Mark]:
    for line in annotations.splitlines():
        found = _MARK.match(line)
        if found:
            ends = [part.split() for part in found[3].split(";")]
            spans = tuple((int(a), int(b)) for a, b in (e for e in ends if len(e) == 2))
            yield Mark(found[2], spans)


def is_test(trial: str) -> bool:
    """Say whether a trial belongs to the held-out half."""
    return hashlib.sha256(trial.encode()).digest()[0] % 2 == 1
