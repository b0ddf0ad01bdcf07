"""How many conditions, drugs and procedures that people marked in criteria are found.

Run: python -m bench.measure.mentions [--missed N] [--wrong N]
Data: chia.zip (Kury et al. 2020, CC BY 4.0) of the shared test data. The trials are split in two by
a hash of their number; nothing was tuned on the test part. A mention is found where a concept of
its domain overlaps it, and a find is right where it overlaps such a mention. `marked` leaves out
finds in passages that were marked as a whole (no criterion, not to be queried, a point in time):
nothing inside them was marked. `any` also counts a mention of another of the three kinds (Chia
calls an antibiotic therapy a procedure, the lexicon a drug class). Coded are the concepts that a
vocabulary knows; named are also the noun phrases that none does. Each file is one section of one
trial.
"""

import argparse
import hashlib
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SHARED = Path(__file__).resolve().parents[3] / "shared/data"
DOMAINS = {"Condition": "condition", "Drug": "drug", "Procedure": "procedure"}
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


Spans = list[tuple[int, int]]
Find = Callable[[Section], tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]]


def is_test(trial: str) -> bool:
    """Say whether a trial belongs to the held-out half."""
    return hashlib.sha256(trial.encode()).digest()[0] % 2 == 1


@dataclass(slots=True)
class Score:
    """What was counted of one kind of mention in one part of the corpus."""

    marked: int = 0  # mentions of the corpus, of which
    coded: int = 0  # a vocabulary's concept overlaps so many
    found: int = 0  # that or a phrase overlaps so many
    said: int = 0  # concepts found, of which
    right: int = 0  # so many overlap a mention of the kind
    closed: int = 0  # so many do not, and stand in a passage whose inside was not marked
    any: int = 0  # so many overlap a mention of one of the kinds
    misses: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def count_marks(self, section: Section, kind: str, known: Spans, more: Spans) -> None:
        """Count the mentions of a section that were found."""
        for mark in (each for each in section.marks if each.kind == kind):
            coded = any(mark.overlaps(*span) for span in known)
            self.marked += 1
            self.coded += coded
            self.found += coded or any(mark.overlaps(*span) for span in more)
            if not coded:
                self.misses[" ".join(section.text[a:b] for a, b in mark.spans).lower()] += 1

    def count_finds(self, section: Section, kind: str, known: Spans) -> None:
        """Count the concepts found in a section that are mentions."""
        for span in known:
            kinds = {mark.kind for mark in section.marks if mark.overlaps(*span)}
            self.said += 1
            self.right += kind in kinds
            self.closed += kind not in kinds and bool(kinds & CLOSED)
            self.any += bool(kinds & DOMAINS.keys())
            if kind not in kinds:
                words = section.text[slice(*span)].lower()
                self.errors[f"{words:40} {'/'.join(sorted(kinds))}"] += 1


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--missed", type=int, default=0, help="print the commonest misses (train)")
    asked.add_argument("--wrong", type=int, default=0, help="print the commonest errors (train)")
    options = asked.parse_args()
    archive = SHARED / "criteria/chia.zip"
    if not archive.is_file():
        print(f"skipped: no corpus at {archive}")
        return
    from bench.measure.finders import coded_and_named, microseconds, vocabulary

    corpus = tuple(sections(archive))
    text = "\n".join(section.text for section in corpus)
    records = vocabulary(SHARED / "registry")
    print("lexicons and ICD-10-CM:")
    report(corpus, coded_and_named(), options.missed, options.wrong)
    print(f"{microseconds(text):.1f} us of CPU a line")
    print(f"and {len(records):,} names of {records.version}:")
    report(corpus, coded_and_named(records, read=False), 0, options.wrong)
    print(f"{microseconds(text, records):.1f} us of CPU a line")


def report(corpus: tuple[Section, ...], find: Find, missed: int, wrong: int) -> None:
    """Print the table, and the commonest misses and errors of the training part."""
    scores = {(part, kind): Score() for part in ("train", "test") for kind in DOMAINS}
    for section in corpus:
        part = "test" if is_test(section.trial) else "train"
        coded, named = find(section)
        for kind, domain in DOMAINS.items():
            known = [(a, b) for d, a, b in coded if d == domain]
            more = [(a, b) for d, a, b in named if d == domain]
            score = scores[part, kind]
            score.count_marks(section, kind, known, more)
            score.count_finds(section, kind, known)
    _table(scores)
    for kind in DOMAINS:
        for words, n in scores["train", kind].misses.most_common(missed):
            print(f"missed {n:4} {kind:10} {words}")
        for words, n in scores["train", kind].errors.most_common(wrong):
            print(f"wrong  {n:4} {kind:10} {words}")


def _table(scores: dict[tuple[str, str], Score]) -> None:
    print(f"{'part':6}{'kind':11}{'marked':>8}{'coded':>8}{'+named':>8}"
          f"{'found':>8}{'right':>8}{'marked':>8}{'any':>8}")  # fmt: skip
    for (part, kind), s in scores.items():
        marked, said, opened = max(s.marked, 1), max(s.said, 1), max(s.said - s.closed, 1)
        print(f"{part:6}{kind:11}{s.marked:8,}{s.coded / marked:8.1%}{s.found / marked:8.1%}"
              f"{s.said:8,}{s.right / said:8.1%}{s.right / opened:8.1%}{s.any / opened:8.1%}"
              )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
