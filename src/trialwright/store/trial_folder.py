"""What a trial's folder holds, and under which names. Simulated data says so in every name."""

from dataclasses import dataclass
from pathlib import Path

from trialwright.core.errors import InputError


@dataclass(frozen=True, slots=True)
class TrialFolder:
    """The files of one trial.

    >>> TrialFolder(Path("demo"), simulated=True).journal
    PosixPath('demo/journal.simulated.sqlite')
    """

    path: Path
    simulated: bool

    @property
    def _mark(self) -> str:
        return ".simulated" if self.simulated else ""

    @property
    def journal(self) -> Path:
        """The journal of events (SQLite)."""
        return self.path / f"journal{self._mark}.sqlite"

    @property
    def record(self) -> Path:
        """The registry record with its results (API v2 JSON)."""
        return self.path / f"record{self._mark}.json"

    @property
    def rows(self) -> Path:
        """The analysis, one row per statistic (JSON)."""
        return self.path / f"analysis{self._mark}.json"

    @property
    def report(self) -> Path:
        """The report (HTML, self-contained)."""
        return self.path / f"report{self._mark}.html"

    @property
    def protocol(self) -> Path:
        """The protocol that was in force."""
        return self.path / "protocol.yaml"

    @property
    def figures(self) -> Path:
        """The folder of figures."""
        return self.path / "figures"

    @property
    def design(self) -> Path:
        """The design's possible courses and its exact behaviour (JSON)."""
        return self.path / "design.json"

    @property
    def screening(self) -> Path:
        """The verdicts on the example's patients (JSON)."""
        return self.path / f"screening{self._mark}.json"

    @property
    def names(self) -> frozenset[str]:
        """The names of everything that may be in the folder."""
        files = (
            self.journal, self.record, self.rows, self.report, self.protocol, self.figures,
            self.design, self.screening,
        )  # fmt: skip
        return frozenset(file.name for file in files)


def find_trial(path: Path) -> TrialFolder:
    """Return the trial that a folder or an SQLite file names; InputError where there is none."""
    if path.is_file():
        return TrialFolder(path.parent, simulated=path.name.endswith(".simulated.sqlite"))
    for simulated in (False, True):
        folder = TrialFolder(path, simulated)
        if folder.journal.is_file():
            return folder
    raise InputError(str(path), "no trial here", "a folder or SQLite file that holds a journal")
