"""How many conditions, drugs and procedures that people marked in criteria are found.

bench/criteria.py prints the test part, on which nothing was tuned. Both parts, and the commonest
faults of the training part:
PYTHONPATH=bench python -m measure.mentions DATA [--missed N] [--wrong N]

A mention of the corpus (chia.py) is found where a concept of its domain overlaps it, and a find is
right where it overlaps such a mention. `marked` leaves out finds in passages that were marked as a
whole (no criterion, not to be queried, a point in time): nothing inside them was marked. `any` also
counts a mention of another of the three kinds (Chia calls an antibiotic therapy a procedure, the
lexicon a drug class). Coded are the concepts that a vocabulary knows; named are also the noun
phrases that none does.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from measure.chia import CLOSED, Section, is_test, sections
from measure.finders import Found, coded_and_named, microseconds, vocabulary

DOMAINS = {"Condition": "condition", "Drug": "drug", "Procedure": "procedure"}
_RECALL = {"Condition": ">= .70", "Drug": ">= .60", "Procedure": "report"}
Spans = list[tuple[int, int]]
Find = Callable[[Section], tuple[Found, Found]]


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

    @property
    def recall(self) -> float:
        """Return the share of the mentions that a vocabulary knows."""
        return self.coded / max(self.marked, 1)

    @property
    def with_phrases(self) -> float:
        """Return the share of the mentions that are known or named."""
        return self.found / max(self.marked, 1)

    @property
    def precision(self) -> float:
        """Return the share of the finds that are mentions."""
        return self.right / max(self.said, 1)

    @property
    def precision_inside(self) -> float:
        """Return the same, of the finds in passages whose inside was marked."""
        return self.right / max(self.said - self.closed, 1)

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


Scores = dict[tuple[str, str], Score]  # of a part (train, test) and a kind


def rows(archive: Path, registry: Path) -> Iterator[tuple[str, str, str]]:
    """Yield what was reached on the test part: the row's name, the figure, and what is wanted.

    First with the vocabularies that come with the program; then, where `registry` is there, with
    the names that its records are filed under.
    """
    corpus = tuple(each for each in sections(archive) if is_test(each.trial))
    alone = scored(corpus, coded_and_named())
    for kind, domain in DOMAINS.items():
        s = alone["test", kind]
        yield f"{domain}s: recall ({s.marked:,} marked)", f"{s.recall:.3f}", _RECALL[kind]
        yield f"{domain}s: recall, unknown phrases too", f"{s.with_phrases:.3f}", "report"
        yield f"{domain}s: precision ({s.said:,} found)", f"{s.precision:.3f}", ">= .80"
        yield f"{domain}s: precision in annotated passages", f"{s.precision_inside:.3f}", "report"
    if registry.is_dir():
        more = scored(corpus, coded_and_named(vocabulary(registry), read=False))
        for kind, domain in DOMAINS.items():
            s = more["test", kind]
            both = f"{s.recall:.3f}, {s.precision:.3f}"
            yield f"{domain}s, records' names too: recall, precision", both, "report"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("data", type=Path, help="folder with criteria/chia.zip and registry/")
    asked.add_argument("--missed", type=int, default=0, help="print the commonest misses (train)")
    asked.add_argument("--wrong", type=int, default=0, help="print the commonest errors (train)")
    options = asked.parse_args()
    corpus = tuple(sections(options.data / "criteria" / "chia.zip"))
    text = "\n".join(section.text for section in corpus)
    records = vocabulary(options.data / "registry")
    print("lexicons and ICD-10-CM:")
    report(corpus, coded_and_named(), options.missed, options.wrong)
    print(f"{microseconds(text):.1f} us of CPU a line")
    print(f"and {len(records):,} names of {records.version}:")
    report(corpus, coded_and_named(records, read=False), 0, options.wrong)
    print(f"{microseconds(text, records):.1f} us of CPU a line")


def report(corpus: tuple[Section, ...], find: Find, missed: int, wrong: int) -> None:
    """Print the table, and the commonest misses and errors of the training part."""
    scores = scored(corpus, find)
    _table(scores)
    for kind in DOMAINS:
        for words, n in scores["train", kind].misses.most_common(missed):
            print(f"missed {n:4} {kind:10} {words}")
        for words, n in scores["train", kind].errors.most_common(wrong):
            print(f"wrong  {n:4} {kind:10} {words}")


def scored(corpus: tuple[Section, ...], find: Find) -> Scores:
    """Count what is found in the sections of a corpus."""
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
    return scores


def _table(scores: Scores) -> None:
    print(f"{'part':6}{'kind':11}{'marked':>8}{'coded':>8}{'+named':>8}"
          f"{'found':>8}{'right':>8}{'marked':>8}{'any':>8}")  # fmt: skip
    for (part, kind), s in scores.items():
        either = s.any / max(s.said - s.closed, 1)
        print(f"{part:6}{kind:11}{s.marked:8,}{s.recall:8.1%}{s.with_phrases:8.1%}"
              f"{s.said:8,}{s.precision:8.1%}{s.precision_inside:8.1%}{either:8.1%}")  # fmt: skip


if __name__ == "__main__":
    main()
