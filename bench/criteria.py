"""How well, and how fast, eligibility criteria are read: `python bench/criteria.py [DATA]`.

DATA is a folder with the sets `criteria/`, `registry/` and `patients/` (where it is absent, the
table says so). Every set is divided into a training and a test part, by hash or by trial; only the
test part is reported.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import process_time

from ruamel.yaml import YAML

from measure import row
from measure.adjudicated import corrections, digest
from measure.comparisons import Stated, gold, read, score
from measure.logic_pairs import Pair, pairs
from measure.mentions import rows
from measure.registry_texts import EligibilityText, texts
from measure.shapes import Shape
from measure.shapes import gold as gold_shape
from measure.shapes import read as read_shape
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.compose import known
from trialwright.protocol.criteria.read import CriteriaReading, read_criteria
from trialwright.protocol.criteria.trees import residue, walk
from trialwright.protocol.service import criteria_of, load
from trialwright.screening.model import DOMAINS
from trialwright.screening.patients.folder import read_patients
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.service import screen_all

_CHECKED = Path(__file__).resolve().parents[1] / "tests" / "spec" / "checked_criteria.yaml"
_SEEN = 200  # of the checked criteria: rules were written after looking at them
_PROTOCOL = Path(__file__).resolve().parents[1] / "examples" / "secret_hf" / "protocol.yaml"
_SAMPLED = 5  # every fifth record is read once more, alone
_DAY = date(2019, 6, 1)  # the sample patients' records end about then
_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def main(data: Path) -> None:
    """Print the table."""
    row("measure", "reached", "wanted")
    _section(data / "criteria" / "logic_pairs_train.json", _logic_pairs)
    _section(data / "criteria" / "chia.zip", _mentions)
    _section(_CHECKED, _checked)
    _section(data / "registry", _registry)
    _section(data / "patients", _patients)
    print("a population: bench/population.py; matching: bench/matching.py")


def _section(path: Path, measure: Callable[[Path], None]) -> None:
    if path.exists():
        measure(path)
    else:
        row(path.name, "not here")


def _logic_pairs(path: Path) -> None:
    test = [pair for pair in pairs(path) if pair.part == "test"]
    trees = {pair.text: reading_of(pair.text) for pair in test}
    _comparisons(test, trees)
    _shapes(test, trees)


def reading_of(text: str) -> nodes.Node:
    """Return the expression of a criterion that stands alone."""
    items = read_criteria(f"Inclusion Criteria:\n{text}\n").items
    if not items:
        return nodes.Residue(text)
    return items[0].expr if len(items) == 1 else nodes.All(tuple(item.expr for item in items))


def _comparisons(test: list[Pair], trees: dict[str, nodes.Node]) -> None:
    """Print the rows against the published annotation, and against the corrected one."""
    corrected = corrections()
    as_published = [(gold(pair), read(trees[pair.text])) for pair in test]
    _comparison_rows("comparisons", as_published, ">= .95", ">= .90")
    as_corrected = [
        (correct(limits) if (correct := corrected.get(digest(pair))) else limits, found)
        for pair, (limits, found) in zip(test, as_published, strict=True)
    ]
    n = sum(bool(each.drop or each.add) for each in corrected.values())
    _comparison_rows(f"comparisons, {n} pairs corrected", as_corrected, "report", "report")


def _comparison_rows(
    name: str, both: list[tuple[tuple[Stated, ...], tuple[Stated, ...]]], *bounds: str
) -> None:
    sums = [score(wanted, found) for wanted, found in both]
    right, found, wanted = (sum(column) for column in zip(*sums, strict=True))
    row(f"{name}: precision ({found} found)", f"{right / max(found, 1):.3f}", bounds[0])
    row(f"{name}: recall ({wanted} annotated)", f"{right / max(wanted, 1):.3f}", bounds[1])


def _shapes(test: list[Pair], trees: dict[str, nodes.Node]) -> None:
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for pair in test:
        wanted = gold_shape(pair)
        if wanted is None:
            asked["without gold"] += 1
            continue
        exact = read_shape(trees[pair.text]) == wanted
        for kind in (_kind(wanted), "overall"):
            asked[kind] += 1
            right[kind] += exact
    unjoined = asked.pop("without gold")
    for kind, n in sorted(asked.items()):
        wanted_words = ">= .75" if kind == "overall" else "report"
        row(f"logic shape, exact: {kind} ({n})", f"{right[kind] / n:.3f}", wanted_words)
    row("logic shape: forms that join nothing, left out", str(unjoined))


def _kind(shape: Shape) -> str:
    return " and ".join(sorted(shape.kinds)) or "one statement"


def _registry(path: Path) -> None:
    every = list(texts(path))
    start = process_time()
    readings = [read_criteria(each.text) for each in every]
    seconds = process_time() - start
    items = [item for reading in readings for item in reading.items]
    lost = sum(map(_unaccounted, every, readings))
    row(f"characters not accounted for ({len(every)} records)", str(lost), "0")
    row(f"criteria per CPU-second ({len(items)} read)", f"{len(items) / seconds:,.0f}", "> 7,000")
    row("the same, each record read as the first", f"{_alone(every[::_SAMPLED]):,.0f}", "report")
    whole = sum(not residue(item.expr) for item in items)
    row("all of these: read without residue", f"{whole / len(items):.3f}", "report")
    coded = sum(_is_coded(item.expr) for item in items)
    row("all of these: every fact with a code or a rule", f"{coded / len(items):.3f}", "report")


def _alone(every: Sequence[EligibilityText]) -> float:
    """Return the criteria per CPU-second without what the records before have in common."""
    n = 0
    start = process_time()
    for each in every:
        known.cache_clear()
        n += len(read_criteria(each.text).items)
    return n / (process_time() - start)


def _mentions(path: Path) -> None:
    for each in rows(path, path.parents[1] / "registry"):
        row(*each)


def _checked(path: Path) -> None:
    entries = YAML(typ="safe").load(path)
    counts = Counter(entry["judged"] for entry in entries)
    n = len(entries)
    row(f"wrong readings, checked by hand ({n})", f"{counts['wrong'] / n:.3f}", "< .03")
    unseen = entries[_SEEN:]  # drawn when the rules stood; none was written for them
    wrong = sum(entry["judged"] == "wrong" for entry in unseen) / len(unseen)
    row(f"of these, never looked at before ({len(unseen)})", f"{wrong:.3f}", "< .03")
    for judged in ("right", "part", "unread"):
        row(f"the same {n}: {judged}", f"{counts[judged] / n:.3f}", "report")


def _patients(path: Path) -> None:
    criteria = criteria_of(load(_PROTOCOL.read_bytes(), _PROTOCOL.name))
    for world, policy in _WORLDS.items():
        start = process_time()
        people = read_patients([path], date.today())
        found = screen_all(criteria, people, _DAY, policy)
        cost = 1000 * (process_time() - start) / len(people)
        row(
            f"screening, {len(criteria)} criteria, {world}: CPU ms per patient",
            f"{cost:.1f}",
            "< 30",
        )
        mute = sum(not each.verdict.evidence for one in found for each in one.criteria)
        row(f"verdicts without evidence, of {len(people) * len(criteria):,}", str(mute), "0")


_WORLDS = {"open world": OPEN_WORLD, "closed world": Policy(ClosedWorld(frozenset(DOMAINS)))}


def _unaccounted(each: EligibilityText, reading: CriteriaReading) -> int:
    spans = sorted([i.span for i in reading.items] + [piece.span for piece in reading.leftover])
    at = lost = 0
    for start, end in spans:
        lost += abs(start - at)
        at = end
    return lost + abs(len(each.text) - at)


def _is_coded(node: nodes.Node) -> bool:
    """Say whether no part is left in words, or named without a code."""
    for part in walk(node):
        match part:
            case nodes.Residue() | nodes.Has(concept=None) | nodes.Compare(measure=None):
                return False
            case _:
                pass
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _DATA)
