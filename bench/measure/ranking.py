"""Rankings beside judgments: the judged documents, plain BM25, and normalised gain at ten."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import tantivy

from trialwright.record.model import Study
from trialwright.registry.fields import values

Grades = Mapping[str, int]  # document: 0 no, 1 in part (TREC: excluded), 2 yes (TREC: eligible)

_P = "protocol_section."
_READ = (
    "identification_module.brief_title", "identification_module.official_title",
    "conditions_module.conditions", "conditions_module.keywords",
    "arms_interventions_module.interventions.name", "description_module.brief_summary",
    "description_module.detailed_description", "eligibility_module.eligibility_criteria",
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Topic:
    """A patient in words, and what the judges said of documents that are at hand."""

    number: str
    text: str
    grades: Grades


def trec_topics(folder: Path, at_hand: frozenset[str]) -> tuple[Topic, ...]:
    """Return TREC's topics with the judgments of the studies that are at hand."""
    grades: dict[str, dict[str, int]] = {}
    for line in (folder / "trec2021_qrels.txt").read_text().splitlines():
        if line.strip():
            topic, _, number, grade = line.split()
            if number in at_hand:
                grades.setdefault(topic, {})[number] = int(grade)
    tree = ElementTree.parse(folder / "trec2021_topics.xml")
    return tuple(
        Topic(each.attrib["number"], each.text or "", grades.get(each.attrib["number"], {}))
        for each in tree.getroot()
    )


def trec_judged(folder: Path) -> frozenset[str]:
    """Return the numbers of all studies that TREC's judges saw."""
    lines = (folder / "trec2021_qrels.txt").read_text().splitlines()
    return frozenset(line.split()[2] for line in lines if line.strip())


def birco(folder: Path) -> tuple[tuple[Topic, ...], dict[str, str]]:
    """Return BIRCO's topics, and its documents by number."""
    data = msgspec.json.decode((folder / "birco_dev.json").read_bytes())
    topics = (Topic(number, text, data["qrel"][number]) for number, text in data["query"].items())
    return tuple(topics), data["corpus"]


def study_text(study: Study) -> str:
    """Return what a study says, in one text."""
    return "\n".join(text for path in _READ for text in values(study, _P + path))


class PlainBM25:
    """One field, English stemming, no stop words: each distinct word of the query may match."""

    def __init__(self, documents: Iterable[tuple[str, str]]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("number", stored=True, tokenizer_name="raw")
        builder.add_text_field("text", stored=False, tokenizer_name="en_stem")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.remove_long(40))
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )
        writer = self._index.writer(50_000_000, 1)
        for number, text in documents:
            writer.add_document(tantivy.Document(number=number, text=text))
        writer.commit()
        self._index.reload()

    def ranked(self, text: str, limit: int) -> list[str]:
        """Return the best documents for a text."""
        words = dict.fromkeys(self._analyzer.analyze(" ".join(_WORD.findall(text))))
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "text", word))
                for word in words
            ]
        )
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=limit).hits
        return [str(searcher.doc(address).get_first("number")) for _, address in hits]


def ndcg(ranking: Sequence[str], grades: Grades, depth: int = 10) -> float:
    """Return the discounted gain at a depth as a share of the best possible (linear gain).

    What nobody judged counts as 0.
    """
    gained = _gain(grades.get(number, 0) for number in ranking[:depth])
    best = _gain(sorted(grades.values(), reverse=True)[:depth])
    return gained / best if best else 0.0


def _gain(grades: Iterable[int]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


def judged_only(ranking: Iterable[str], grades: Grades) -> Iterator[str]:
    """Yield a ranking without what nobody judged for this topic."""
    return (number for number in ranking if number in grades)
