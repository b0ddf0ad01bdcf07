"""A population of generated patients against the reference protocol, on DuckDB with two cores.

Usage: python bench/population.py [people]. The sample is checked against `evaluate`, row by row.
"""

import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import numpy as np

from measure import peak_memory, row
from measure.people import ON, generate
from trialwright.app.population import connected
from trialwright.protocol.service import criteria_of, load
from trialwright.screening.evaluate import evaluate
from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import DOMAINS
from trialwright.screening.policy import OPEN_WORLD, ClosedWorld, Policy
from trialwright.screening.population.ungather import patients
from trialwright.screening.population.verdicts import meaning, verdicts
from trialwright.screening.setting import Setting

PROTOCOL = Path(__file__).parents[1] / "examples" / "secret_hf" / "protocol.yaml"
SAMPLE = 1000


def main(people: int) -> None:
    criteria = criteria_of(load(PROTOCOL.read_bytes(), "protocol.yaml", date.today()))
    named = {criterion.id: criterion.expr for criterion in criteria}
    terms = project_terms()
    with TemporaryDirectory() as name:
        counts = generate(Path(name), people)
        print(", ".join(f"{n:,} {table}" for table, n in counts.items()))
        closed = Policy(ClosedWorld(frozenset(DOMAINS)))
        for world, policy in (("open world", OPEN_WORLD), ("closed world", closed)):
            wall, cpu = time.perf_counter(), time.process_time()
            tables = connected(name)
            tables.persons.get_backend().raw_sql("SET threads TO 2; SET memory_limit = '3GB'")
            found = verdicts(tables, named, ON, policy, terms=terms).to_pyarrow()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            row(f"{people:,} people, {len(named)} criteria, {world}",
                f"{wall:.1f} s, {cpu:.1f} CPU s", "wanted < 30 s")  # fmt: skip
            row("peak memory", peak_memory(), "wanted < 4096 MiB")
            sample = np.random.default_rng(2).choice(people, min(SAMPLE, people), replace=False)
            chosen = patients(tables, sample.tolist())
            index = {person: n for n, person in enumerate(found["person"].to_pylist())}
            codes = {criterion: found[criterion].to_numpy() for criterion in named}
            wrong = 0
            for person, patient in chosen.items():
                at = Setting(patient, ON, policy, terms)
                for criterion, node in named.items():
                    wanted = evaluate(node, at)
                    got = meaning(int(codes[criterion][index[person]]))
                    wrong += got != (wanted.truth, wanted.unknown)
            checked = len(chosen) * len(named)
            row(
                f"verdicts of a sample that differ from evaluate, of {checked:,}", f"{wrong:,}", "0"
            )


if __name__ == "__main__":
    print(f"Ibis {ibis.__version__}")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
