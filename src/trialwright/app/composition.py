"""One frozen App: the catalogue on disk, the trials that are served, today's date."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from platformdirs import user_data_path

from trialwright.app.trial_in_hand import TrialInHand, number_of, open_trial
from trialwright.conduct.model import TrialState
from trialwright.conduct.ports import Journal
from trialwright.core.errors import InputError
from trialwright.record.record import Record
from trialwright.registry.model import RelatedTrials
from trialwright.registry.ports import Catalogue
from trialwright.registry.service import related_trials
from trialwright.store.catalogue import CatalogueOnDisk
from trialwright.store.journal import SqlJournal
from trialwright.store.trial_folder import find_trial


@dataclass(frozen=True, slots=True)
class App:
    """What every way in is given: stores, the trials' folders, and the clock's day."""

    home: Path
    catalogue: Catalogue
    trials: tuple[Path, ...] = ()
    day: Callable[[], date] = lambda: datetime.now(UTC).date()

    def today(self) -> date:
        """Return today's date (UTC)."""
        return self.day()

    def related(self, record: Record) -> RelatedTrials:
        """Return the catalogue's trials that are related to one record."""
        return related_trials(self.catalogue, record)

    def states(self) -> tuple[TrialState, ...]:
        """Return the state of every served trial that can be read."""
        found = (_read(path) for path in self.trials)
        return tuple(each.state for each in found if isinstance(each, TrialInHand))

    def damaged(self) -> tuple[str, ...]:
        """Return one line for every served trial that cannot be read, or whose chain is broken."""
        found = (_amiss(path) for path in self.trials)
        return tuple(each for each in found if each)

    def trial(self, nct_id: str) -> TrialInHand | None:
        """Return a served trial with all that its folder holds; None where it is not served.

        InputError where that trial, and not merely another, cannot be read.
        """
        for path in self.trials:
            if number_of(path) == nct_id:
                return open_trial(path)
        return None


def _read(path: Path) -> TrialInHand | str:
    try:
        return open_trial(path)
    except InputError as error:
        return str(error)


def _amiss(path: Path) -> str | None:
    found = _read(path)
    if isinstance(found, str) or found.verification.whole:
        return found if isinstance(found, str) else None
    fault = found.verification.first_fault
    return f"{path}: {fault.what if fault else 'its chain is broken'}"


def default_home() -> Path:
    """Return where the catalogue lies: TRIALWRIGHT_HOME, else the user's data folder."""
    stated = os.environ.get("TRIALWRIGHT_HOME")
    return Path(stated) if stated else user_data_path("trialwright", appauthor=False)


def open_app(home: Path | None = None, trials: Sequence[Path] = ()) -> App:
    """Return the App on a home folder; InputError for a trial that is not there."""
    place = home or default_home()
    if place.exists() and not place.is_dir():
        raise InputError(str(place), "a file", "a folder for the catalogue (--home)")
    for path in trials:
        find_trial(path)
    return App(place, CatalogueOnDisk(place / "catalogue"), tuple(trials))


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """Open a trial's journal for reading: its folder or its SQLite file."""
    with SqlJournal.open(path if path.is_file() else find_trial(path).journal) as journal:
        yield journal
