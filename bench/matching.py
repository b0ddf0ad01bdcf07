"""Matching patients in words: TREC 2021 and BIRCO, beside plain BM25 on the same documents.

    python bench/matching.py [DATA]      DATA: the folder with matching/ and registry/

Only judged trials that are at hand can be ranked: a few hundred of TREC's 26,162. What was not
judged for a topic counts as 0. Topics with no relevant trial at hand are left
out. The parts of the query were chosen with odd and even topics in view: neither half is a test
that nobody has seen.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import mean

from measure import row
from measure.ranking import (
    Grades,
    PlainBM25,
    Topic,
    birco,
    judged_only,
    ndcg,
    study_text,
    trec_judged,
    trec_topics,
)
from trialwright.record.model import DescriptionModule, IdentificationModule, ProtocolSection, Study
from trialwright.record.record import Record
from trialwright.registry.intake import arrivals, files
from trialwright.registry.model import SetAside
from trialwright.screening.lexicon import project_terms
from trialwright.screening.match.model import Reach
from trialwright.screening.match.query import query_text, sought_of_note
from trialwright.screening.match.service import match_patient
from trialwright.screening.patients.narrative import read_note
from trialwright.screening.patients.narrative_terms import note_terms
from trialwright.store.catalogue import CatalogueOnDisk

ON = date(2021, 4, 1)  # the registry as TREC 2021 used it
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RECORDS = ("v2.ndjson.gz", "stem_cell_trials.ndjson.gz", "legacy_xml.zip")
GRADES = ("not relevant", "excluded", "eligible")
Ranked = dict[str, list[str]]


def main(data: Path) -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as folder:
        trec(data, Path(folder) / "trec")
        birco_table(data, Path(folder) / "birco")


def trec(data: Path, folder: Path) -> None:
    """Rank all judged trials at hand for each topic, and count verdicts beside grades."""
    judged = trec_judged(data / "matching")
    catalogue = CatalogueOnDisk(folder)
    paths = files([data / "registry" / name for name in RECORDS])
    catalogue.add(only(arrivals(paths), judged))
    here = catalogue.ids()
    every = trec_topics(data / "matching", frozenset(here))
    topics = [each for each in every if any(each.grades.values())]
    row("TREC 2021: judged trials at hand", f"{len(here)} of {len(judged):,}")
    row("judgments of them", f"{sum(len(each.grades) for each in every)}")
    row("topics with a relevant one", f"{len(topics)} of {len(every)}")
    known = dict(zip(here, catalogue.studies(here), strict=True))
    plain = PlainBM25((number, study_text(study)) for number, study in known.items())
    show("plain BM25", topics, {t.number: plain.ranked(t.text, len(here)) for t in topics})
    show("the catalogue's search", topics, {t.number: searched(catalogue, t) for t in topics})
    terms = note_terms(project_terms())
    begun = time.process_time()
    verdicts = Counter[tuple[int, str]]()
    ranked: Ranked = {}
    for topic in topics:
        sought = sought_of_note(read_note(topic.text, ON))
        result = match_patient(catalogue, sought, ON, terms, Reach((), len(here), len(here)))
        ranked[topic.number] = [hit.card.nct_id for hit in result.hits]
        verdicts.update(
            (topic.grades[hit.card.nct_id], hit.gate.name if hit.gate else hit.eligible)
            for hit in result.hits
            if hit.card.nct_id in topic.grades
        )
    spent = (time.process_time() - begun) / len(topics)
    show("match", topics, ranked)
    row("match, CPU per topic", f"{spent:.2f} s")
    for (grade, verdict), count in sorted(verdicts.items()):
        row(f"judged {GRADES[grade]}, read as {verdict}", f"{count}")


def birco_table(data: Path, folder: Path) -> None:
    """Rank BIRCO's documents; they hold no criteria, so only the text can speak."""
    topics, documents = birco(data / "matching")
    catalogue = CatalogueOnDisk(folder)
    catalogue.add(as_record(number, text) for number, text in documents.items())
    plain = PlainBM25(documents.items())
    row("BIRCO development set", f"{len(topics)} topics, {len(documents)} documents")
    pool = len(documents)
    show("plain BM25", topics, {t.number: plain.ranked(t.text, pool) for t in topics}, split=False)
    show(
        "the catalogue's search",
        topics,
        {t.number: searched(catalogue, t) for t in topics},
        split=False,
    )


def only(found: Iterable[Record | SetAside], wanted: frozenset[str]) -> Iterator[Record | SetAside]:
    """Yield the records of the numbers that are wanted."""
    return (each for each in found if isinstance(each, Record) and each.nct_id in wanted)


def as_record(number: str, text: str) -> Record:
    """Return a document as a record that says nothing else."""
    section = ProtocolSection(
        identification_module=IdentificationModule(nct_id=number, brief_title=text.split(".")[0]),
        description_module=DescriptionModule(brief_summary=text),
    )
    return Record(Study(protocol_section=section))


def searched(catalogue: CatalogueOnDisk, topic: Topic) -> list[str]:
    """Return the order of the catalogue's search alone."""
    query = query_text(sought_of_note(read_note(topic.text, ON)).terms)
    return [hit.nct_id for hit in catalogue.search(query, limit=5_000).hits]


def show(what: str, topics: Sequence[Topic], ranked: Ranked, *, split: bool = True) -> None:
    """Print the mean gain on all, odd and even topics, and among judged ones alone."""

    def gain(chosen: Callable[[int], bool], judged: bool = False) -> str:
        found = [
            ndcg(_order(ranked[topic.number], topic.grades, judged), topic.grades)
            for topic in topics
            if chosen(int(topic.number))
        ]
        return f"{mean(found):.3f}"

    row(f"{what}: nDCG@10", gain(lambda _: True))
    if split:
        even = gain(lambda n: not _is_odd(n))
        row(f"{what}: odd topics, even topics", f"{gain(_is_odd)}, {even}")
    row(f"{what}: among the judged alone", gain(lambda _: True, judged=True))


def _is_odd(number: int) -> bool:
    return number % 2 == 1


def _order(ranking: list[str], grades: Grades, judged: bool) -> list[str]:
    return list(judged_only(ranking, grades)) if judged else ranking


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
