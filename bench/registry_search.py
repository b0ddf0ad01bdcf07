"""How fast records load into the catalogue, and how fast it answers.

Run: python bench/registry_search.py [RECORDS.ndjson.gz] (default: the shared test data).
Prints a table; skips with one line where the records are absent.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from trialwright.registry.filters import filters
from trialwright.registry.intake import arrivals, files
from trialwright.registry.service import related_trials
from trialwright.store.catalogue import CatalogueOnDisk

RECORDS = Path(__file__).resolve().parents[2] / "shared/data/registry/v2.ndjson.gz"
QUERIES = (
    "cancer", "lung cancer", '"prostate cancer"', "heart failure", "stem cell OR gene therapy",
    "erectile dysfunction AND NOT sildenafil", "(bladder OR kidney) AND surgery", "France",
)  # fmt: skip
REPEATS = 20


def main() -> None:
    records = Path(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    if not records.is_file():
        print(f"skipped: no records at {records}")
        return
    with tempfile.TemporaryDirectory() as folder:
        catalogue = CatalogueOnDisk(Path(folder))
        started = time.perf_counter()
        summary = catalogue.add(arrivals(files([records])))
        seconds = time.perf_counter() - started
        print(f"{summary.read:,} records, {summary.new:,} new, from {records.name}")
        print(f"{'load, read to searchable':34} {summary.read / seconds:10,.0f} records/s")
        size = catalogue.info().bytes_on_disk / max(summary.new, 1)
        print(f"{'disk, records and index':34} {size / 1024:10,.1f} KiB a record")
        report(catalogue)


def report(catalogue: CatalogueOnDisk) -> None:
    narrowed = filters(status=["recruiting"], country=["France", "Germany"])
    ids = catalogue.ids()[:: max(len(catalogue.ids()) // 50, 1)]
    measures: dict[str, list[Callable[[], object]]] = {
        "query, 10 hits and facets": [lambda q=q: catalogue.search(q, limit=10) for q in QUERIES],
        "the same, narrowed by two filters": [
            lambda q=q: catalogue.search(q, narrowed, 10) for q in QUERIES
        ],
        "record by number": [lambda i=i: catalogue.get(i) for i in ids],
    }
    for name, calls in measures.items():
        print_times(name, [timed(call) for call in calls for _ in range(REPEATS)])
    studies = [record for record in map(catalogue.get, ids[:10]) if record is not None]
    print_times(
        "related, both lists", [timed(lambda r=r: related_trials(catalogue, r)) for r in studies]
    )


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def print_times(name: str, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"{name:34} {statistics.median(times):10.2f} ms median {p95:10.2f} ms p95")


if __name__ == "__main__":
    main()
