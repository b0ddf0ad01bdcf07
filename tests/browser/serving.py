"""A workspace that runs as users run it, and a Chromium to look at it with."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.trials import Trial, protocol

from trialwright.store.journal import SqlJournal

RECORD = {
    "protocolSection": {"identificationModule": {"nctId": "NCT99999991", "briefTitle": "A test"}},
    "resultsSection": {
        "participantFlowModule": {
            "groups": [{"id": "FG000", "title": "Level 1"}],
            "periods": [
                {
                    "title": "Overall Study",
                    "milestones": [
                        {
                            "type": "STARTED",
                            "achievements": [{"groupId": "FG000", "numSubjects": "3"}],
                        }
                    ],
                }
            ],
        }
    },
    "hasResults": True,
    "trialwright": {"simulated": True},
}
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def chromium() -> str | None:
    """Return where Chromium is; None where there is none."""
    stated = os.environ.get("CHROMIUM")
    found = (stated, "/usr/bin/chromium", shutil.which("chromium-browser"))
    return next((path for path in found if path and Path(path).is_file()), None)


def trial_folder(place: Path) -> Path:
    """Write a small trial into a folder: two cohorts, one toxicity, one gate."""
    place.mkdir()
    with SqlJournal.create(place / "journal.simulated.sqlite", durable=False) as journal:
        trial = Trial(journal=journal, protocol=protocol(sizes=(2, 3), days=(0,)))
        trial.cohort("S1", "S2")
        trial.dlt("S2", "AE1")
        trial.clock.forward(days=40)
        trial.board(trial.gate(), 1)
        trial.enrolled("S3")
    record = place / "record.simulated.json"
    record.write_text(json.dumps(RECORD), encoding="utf-8")
    return place


@contextmanager
def serving(home: Path, *arguments: Path | str) -> "Iterator[tuple[subprocess.Popen[bytes], str]]":
    """Run `trialwright serve` with trials and options on a free port; give its address; stop."""
    command = [sys.executable, "-m", "trialwright", "serve", *map(str, arguments)]
    command += ["--port", "0", "--home", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        try:
            yield server, _address(server)
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGINT)
                server.wait(timeout=20)


def _address(server: "subprocess.Popen[bytes]") -> str:
    said = []
    for line in server.stdout or ():
        said.append(line.decode())
        if found := _ADDRESS.search(said[-1]):
            return found[0]
    raise AssertionError("".join(said))
