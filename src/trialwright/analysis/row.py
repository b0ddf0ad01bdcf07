"""One row per statistic: the only thing that tables, figures, the report and the registry read."""

from typing import Literal

import msgspec

Population = Literal["screened", "enrolled", "treated", "dlt_evaluable"]


class Row(msgspec.Struct, frozen=True, omit_defaults=False):
    """A statistic with everything that is needed to read it alone.

    `value` is None where it could not be computed; `note` then says why. `group` is "level 1",
    "level 2" or "pooled"; `variable` is the measure or term; `category` a class, grade or shift.
    """

    analysis: str  # safety.dlt, safety.adverse_events, exposure, function.change, function.shift
    population: Population
    group: str
    variable: str
    statistic: str  # proportion, mean, mean_change, geometric_mean_ratio, subjects, events, ...
    value: float | None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None  # of the interval, for example 0.95
    sd: float | None = None
    n: int = 0  # people the statistic rests on
    missing: int = 0  # people of the population without a value
    unit: str | None = None
    visit: str | None = None
    category: str | None = None
    method: str = ""  # with its reference
    note: str | None = None
    simulated: bool = False
    data_cut: str = ""  # hash of the journal's head that was analysed
