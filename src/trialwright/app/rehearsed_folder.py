"""A rehearsal into a folder of its own: there whole, at the end, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np

from trialwright.conduct.events import TrialOpened
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
    with whole_folder(out, force=force) as place:
        folder = TrialFolder(place, simulated=True)
        folder.protocol.write_text(write_protocol(protocol), encoding="utf-8")
        with SqlJournal.create(folder.journal, durable=False) as journal:
            rng = np.random.default_rng(seed)
            rehearse(protocol, scenario, rng, journal, start, progress)
    return TrialFolder(out, simulated=True)


def require_free(out: Path, force: bool) -> None:
    """Raise InputError unless a folder may be written: new, or a rehearsal's and `force` is set."""
    place = _resolved(out)
    if place == Path.cwd() or place in Path.cwd().parents:
        raise InputError(str(out), "the working folder or one above it", "a folder of its own")
    if not os.path.lexists(out):
        return
    if not force:
        raise InputError(str(out), "already there", "--force, or another folder with --out")
    if out.is_symlink() or not out.is_dir():
        raise InputError(str(out), "no folder", "a folder of an earlier rehearsal")
    if strange := _not_ours(out):
        wanted = "a folder with nothing but an earlier rehearsal; this one is left alone"
        raise InputError(str(out), strange, wanted)


def _resolved(out: Path) -> Path:
    try:
        return out.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(str(out), str(error), "a path to write to") from error


def _not_ours(out: Path) -> str | None:
    """Return what speaks against a folder being a rehearsal's and nothing more; None if nothing."""
    folder = TrialFolder(out, simulated=True)
    inside = sorted(p.name for p in out.iterdir())
    if not inside:
        return None
    for name in inside:
        if name not in folder.names:
            return f"it holds {name}"
    if folder.figures.is_dir():
        for picture in folder.figures.iterdir():
            if not picture.name.endswith((".simulated.svg", ".simulated.png")):
                return f"it holds {folder.figures.name}/{picture.name}"
    try:
        with SqlJournal.open(folder.journal) as journal:
            first = next(iter(journal.read()), None)
    except InputError as error:
        return f"its journal is none ({error.what})"
    simulated = first is not None and isinstance(first.event, TrialOpened) and first.event.simulated
    return None if simulated else "its journal is not a rehearsal's"


@contextmanager
def whole_folder(out: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a folder beside `out` to write in, and put it in place only when all is done.

    What stands at `out` then is replaced only where `force` is set, and moved aside first, so that
    a failure leaves the one or the other.
    """
    target = _resolved(out)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}.", dir=target.parent))
    except OSError as error:
        raise InputError(str(out), error.strerror or "no folder", "a place to write") from error
    try:
        yield place
        place.chmod(0o755)
        _put(place, target, force)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _put(place: Path, target: Path, force: bool) -> None:
    if not os.path.lexists(target):
        place.rename(target)
        return
    require_free(target, force)  # it may have come, or changed, in the meantime
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}.old.", dir=target.parent))
    target.rename(aside / target.name)
    try:
        place.rename(target)
    except OSError:
        (aside / target.name).rename(target)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
