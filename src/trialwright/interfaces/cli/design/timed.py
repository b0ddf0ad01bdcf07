"""`trialwright design simulate` on a calendar: its options, and the duration of a trial."""

from dataclasses import dataclass
from typing import Any

from cyclopts import Parameter
from rich.table import Table

from trialwright.core.errors import InputError
from trialwright.design.timed.calendar import Calendar, calendar
from trialwright.design.timed.simulate import QUANTILES, TimedSimulation
from trialwright.interfaces.cli.design.options import options_named
from trialwright.interfaces.cli.output import console


@Parameter(name="*")
@dataclass(frozen=True)
class TimeOptions:
    """How fast patients come, and how long each is watched: for trials on a calendar."""

    accrual: float | None = None
    "Patients per month. With --window, trials run on a calendar and have a duration."
    window: float | None = None
    "Days within which a DLT counts."
    gaps: str | None = None
    "Gaps between patients: exponential (the default), uniform or constant."
    times: str | None = None
    "When a DLT shows in the window: uniform (the default) or weibull."
    late: float | None = None
    "Share of the DLTs in the second half of the window, with --times weibull (default 0.5)."


NO_TIME = TimeOptions()


def calendar_from_options(options: TimeOptions) -> Calendar | None:
    """Return the calendar that the options state, None without one; InputError names the option."""
    if options == NO_TIME:
        return None
    if options.accrual is None:
        raise InputError("--accrual", "not stated", "patients per month")
    if options.window is None:
        raise InputError("--window", "not stated", "days within which a DLT counts")
    if options.late is not None and options.times != "weibull":
        raise InputError("--late", f"{options.late:g}", "--times weibull with it")
    names = {name: f"--{name}" for name in ("accrual", "window", "gaps", "times", "late")}
    with options_named(**names):
        return calendar(
            options.accrual,
            options.window,
            "exponential" if options.gaps is None else options.gaps,
            "uniform" if options.times is None else options.times,
            0.5 if options.late is None else options.late,
        )


def duration_document(done: TimedSimulation, curve: int) -> dict[str, Any]:
    """Return what `--json` prints of one curve's duration, in days."""
    return {
        "mean": float(done.days[curve]),
        "standard_error": float(done.days_error[curve]) if done.trials > 1 else None,
        "quantiles": {
            f"{share:g}": float(days)
            for share, days in zip(QUANTILES, done.quantiles[curve], strict=True)
        },
        "waited": float(done.waited[curve]),
        "backfilled": float(done.backfilled[curve]),
    }


def print_duration(done: TimedSimulation, stated: Calendar) -> None:
    """Print the calendar, and how long trials took under each curve."""
    console.print(f"{stated.summary}; a trial ends with its last outcome", style="dim")
    shares = [f"{100 * share:g} %" for share in QUANTILES]
    grid = Table("Curve", "Days", *shares, "Waited", "Backfilled")
    for curve in range(len(done.days)):
        days = (f"{value:.0f}" for value in (done.days[curve], *done.quantiles[curve]))
        waited, beside = f"{done.waited[curve]:.0f}", f"{done.backfilled[curve]:.1f}"
        grid.add_row(str(curve + 1), *days, waited, beside)
    console.print(grid)
    console.print("Days: the mean duration, then its quantiles. Waited: days on which somebody had")
    console.print("come and no cohort was open. Backfilled: patients. Both are means per trial.")
