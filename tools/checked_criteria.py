"""The hand-checked sample of criteria (tests/spec/checked_criteria.yaml): draw it, and refresh it.

usage: python tools/checked_criteria.py REGISTRY [SIZE]

Draws one criterion of each of SIZE records (400) of a folder of registry records, by hash, and
writes each with its reading. A judgement stays only where text and reading are the ones that were
judged; the rest is listed, to be judged by a person: `right`, `part` (what was read is right, the
rest is said to be unread), `unread`, or `wrong` with why.
"""

import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench"))

from measure.registry_texts import sample  # noqa: E402
from trialwright.protocol.criteria.read import read_criteria  # noqa: E402
from trialwright.protocol.criteria.wording import wording  # noqa: E402

CHECKED = ROOT / "tests" / "spec" / "checked_criteria.yaml"
_HEAD = """\
Criteria of public registry records (ClinicalTrials.gov), one of each of so many records chosen by
hash, each with its reading and a person's judgement of it. Refreshed by tools/checked_criteria.py.
"""


def reading(section: str, text: str) -> str:
    """Return in words what is read of one criterion that stands alone."""
    items = read_criteria(f"{section.capitalize()} Criteria:\n\n{text}").items
    return " || ".join(f"{item.section}: {wording(item.expr)}" for item in items)


def main(registry: Path, size: int) -> int:
    """Write the sample; return 1 where something waits to be judged."""
    yaml = YAML()
    yaml.width = 100
    judged = {(e["nct"], e["text"]): e for e in _known(yaml)}
    entries = []
    for nct, text, section in drawn(registry, size):
        said = reading(section, text)
        old = judged.get((nct, text))
        entry = {"nct": nct, "section": section, "text": text, "reading": said}
        if old and old["reading"] == said and "judged" in old:
            entry |= {key: old[key] for key in ("judged", "why") if key in old}
        entries.append(entry)
    with CHECKED.open("w", encoding="utf-8") as file:
        file.write("".join(f"# {line}\n" for line in _HEAD.splitlines()))
        yaml.dump(entries, file)
    waiting = [entry for entry in entries if "judged" not in entry]
    print(f"{len(entries)} criteria, {len(waiting)} to be judged")
    return 1 if waiting else 0


def drawn(registry: Path, size: int) -> list[tuple[str, str, str]]:
    """Return number, text as it stands in the record, and section."""
    return [(nct, raw, item.section) for nct, item, raw in sample(registry, size)]


def _known(yaml: YAML) -> list[dict[str, Any]]:
    return yaml.load(CHECKED) if CHECKED.exists() else []


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 400))
