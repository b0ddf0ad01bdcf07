"""The journal's and the rehearsal's speed: appends on SQLite, fold and verify, one whole trial."""

import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import numpy as np

from trialwright.conduct import decide
from trialwright.conduct.events import Entry, LotReceived
from trialwright.conduct.fold import fold
from trialwright.conduct.journal import seal, verify
from trialwright.conduct.service import TrialService
from trialwright.conduct.signature import Signature
from trialwright.protocol.model import Protocol
from trialwright.rehearsal.rehearse import rehearse
from trialwright.rehearsal.scenario import default_scenario
from trialwright.store.journal import SqlJournal
from trialwright.store.memory import MemoryJournal

SPONSOR = Signature("sponsor", "sponsor", "benchmark")
PHARMACIST = Signature("pharmacist", "pharmacist", "benchmark")
APPENDS, EVENTS = 300, 10_000


class Clock:
    """A clock that moves by a second at each look."""

    def __init__(self) -> None:
        self.at = datetime(2031, 1, 6, 8, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def stated(value: object) -> dict[str, object]:
    return {"value": value, "source": "made for the benchmark"}


def protocol() -> Protocol:
    """A trial of 4 + 8 people at two levels, three infusions, four visits."""
    measures = ["lvef", "nt_probnp", "nyha", "six_minute_walk", "kccq_oss"]
    visits = (("baseline", -1), ("month 3", 90), ("month 6", 180), ("month 12", 360))
    value = {
        "trial": {"nct_id": "NCT99999992", "title": "Benchmark", "record_sha256": "0" * 64},
        "version": "1",
        "enrolment_maximum": stated(12),
        "dose_levels": [{"level": n, "amount": stated(n * 2e10)} for n in (1, 2)],
        "dosing": {
            "unit": "{particles}/kg", "weight_kg": stated([40, 150]),
            "tolerance_percent": stated(10),
        },
        "infusions": {
            "count": stated(3), "days": stated([0, 21, 42]), "window_days": stated(3),
            "minimum_interval_days": stated(14), "stop_after_dlt": stated(True),
            "route": stated("intravenous"),
        },
        "cohorts": [
            {"number": n, "size": stated(size), "planned_level": stated(n)}
            for n, size in ((1, 4), (2, 8))
        ],
        "escalation": {
            "method": stated("boin"), "target": stated(0.25), "cutoff_eli": stated(0.95),
            "lowest_dose_stay": stated("continue"), "lowest_dose_deescalate": stated("continue"),
        },
        "dlt": {
            "definition": stated("grade 3 or more"), "grade_from": stated(3),
            "relatedness_from": stated("possible"), "window": stated("P70D"),
            "days_after_last_infusion": stated(28), "minimum_exposure_percent": stated(80),
        },
        "gate": {
            "stagger": stated("P7D"), "board_quorum": stated(3), "minimum_evaluable": stated(3),
        },
        "visits": [
            {"name": name, "day": stated(day), "window_days": 14, "assessments": measures}
            for name, day in visits
        ],
        "follow_up": stated("P1Y"),
        "endpoints": [{
            "id": "dlt", "role": "primary", "question": stated("Tolerated?"), "measure": "dlt",
        }],
        "criteria": [],
        "product": stated("vesicles"),
    }  # fmt: skip
    return msgspec.convert(value, Protocol)


def lot(name: str) -> LotReceived:
    return LotReceived(name, Decimal("4e10"), "{particles}/mL", Decimal(10), 10, date(2040, 1, 1))


def appends(durable: bool) -> tuple[float, float]:
    """Return events per second and the 99th percentile (ms) of decide, seal and append."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        with SqlJournal.create(path, durable=durable) as journal:
            service = TrialService(journal, Clock())
            service.open(SPONSOR, protocol(), simulated=True)
            service.act(SPONSOR, decide.appoint, "pharmacist", ("pharmacist",))
            spans = []
            for number in range(APPENDS):
                begun = time.perf_counter()
                service.act(PHARMACIST, decide.receive_lot, lot(f"L{number}"))
                spans.append(time.perf_counter() - begun)
    return APPENDS / sum(spans), float(np.percentile(spans, 99)) * 1000


def rehearsed() -> tuple[MemoryJournal, float]:
    """Return a whole trial and the seconds it took."""
    journal = MemoryJournal()
    begun = time.perf_counter()
    rehearse(protocol(), default_scenario(), np.random.default_rng(1), journal, date(2031, 1, 6))
    return journal, time.perf_counter() - begun


def lengthened(entries: list[Entry], events: int) -> Iterable[Entry]:
    """Yield a trial, and then its assessments again and again, as corrections of themselves."""
    yield from entries
    last = entries[-1]
    repeated = [e for e in entries if type(e.event).__name__ == "AssessmentRecorded"]
    for seq in range(len(entries) + 1, events + 1):
        taken = repeated[seq % len(repeated)]
        last = seal(last.hash, seq, last.at, taken.actor, taken.role, "correction", taken.event)
        yield last


def seconds(work: object, *args: object) -> float:
    begun = time.perf_counter()
    work(*args)  # type: ignore[operator]
    return time.perf_counter() - begun


def main() -> None:
    journal, played = rehearsed()
    entries = list(lengthened(list(journal.read()), EVENTS))
    long = MemoryJournal()
    long.append(entries, after=0)
    rate, slow = appends(durable=True)
    quick, _ = appends(durable=False)
    rows = (
        ("append with all checks, SQLite, flushed", f"{rate:,.0f} events/s", "> 100"),
        ("  99th percentile of one append", f"{slow:.1f} ms", "< 100 ms"),
        ("append with all checks, SQLite, not flushed", f"{quick:,.0f} events/s", ""),
        (f"fold of {EVENTS:,} events", f"{seconds(fold, entries):.3f} s", "< 0.2 s"),
        (f"read and decode {EVENTS:,} events", f"{seconds(list, long.read()):.3f} s", ""),
        (f"verify {EVENTS:,} events", f"{seconds(verify, long.lines()):.3f} s", "< 0.3 s"),
        (f"rehearsal, 12 people, {journal_length(journal)} events", f"{played:.2f} s", "< 5 s"),
    )
    print(f"{'conduct':<46}{'measured':>18}{'reach':>12}")
    for what, found, reach in rows:
        print(f"{what:<46}{found:>18}{reach:>12}")


def journal_length(journal: MemoryJournal) -> int:
    return sum(1 for _ in journal.lines())


if __name__ == "__main__":
    main()
