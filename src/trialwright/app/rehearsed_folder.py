"""A rehearsal into a folder of its own: there whole, at the end, or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np

from trialwright.core.errors import InputError
from trialwright.protocol.model import Protocol
from trialwright.protocol.service import write_protocol
from trialwright.rehearsal.rehearse import rehearse
from trialwright.rehearsal.scenario import Scenario
from trialwright.rehearsal.stage import Progress
from trialwright.store.journal import SqlJournal
from trialwright.store.trial_folder import TrialFolder


def rehearse_into(
    out: Path,
    protocol: Protocol,
    scenario: Scenario,
    seed: int,
    start: date,
    progress: Progress,
    *,
    force: bool = False,
) -> TrialFolder:
    """Rehearse a protocol into a new folder: its journal, and the protocol that was in force.

    InputError where the folder is taken and `force` is not set; with `force` only a folder that an
    earlier rehearsal wrote is replaced.
    """
    require_free(out, force)
    with whole_folder(out) as place:
        folder = TrialFolder(place, simulated=True)
        folder.protocol.write_text(write_protocol(protocol), encoding="utf-8")
        with SqlJournal.create(folder.journal, durable=False) as journal:
            rng = np.random.default_rng(seed)
            rehearse(protocol, scenario, rng, journal, start, progress)
    return TrialFolder(out, simulated=True)


def require_free(out: Path, force: bool) -> None:
    """Raise InputError unless a folder may be written: new, or a rehearsal's and `force` is set."""
    if not out.exists():
        return
    if not force:
        raise InputError(str(out), "already there", "--force, or another folder with --out")
    if not out.is_dir() or (strange := _not_ours(out)):
        what = f"it holds {strange}" if out.is_dir() else "a file"
        wanted = "a folder with nothing but an earlier rehearsal; this one is left alone"
        raise InputError(str(out), what, wanted)


def _not_ours(out: Path) -> str | None:
    """Return the name of something in a folder that no rehearsal writes."""
    known = TrialFolder(out, simulated=True).names
    return next((p.name for p in sorted(out.iterdir()) if p.name not in known), None)


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` to write in, and put it in place only when all is done."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise InputError(str(out), error.strerror or "no folder", "a place to write") from error
    try:
        yield place
        place.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        place.rename(out)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
