"""What a rehearsal assumes: effects, toxicity, accrual, faults; all of it marked as assumed."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from trialwright.rehearsal.population import Entry, Population, Share, load_data, load_population

Above = Annotated[float, msgspec.Meta(gt=0)]
Grade = Literal[1, 2, 3, 4, 5]


class Effect(Entry, frozen=True):
    """How a measure changes: a difference in its unit, or a difference of natural logarithms."""

    kind: Literal["difference", "log_ratio"]
    mean: float
    sd: float
    full_after_days: Above
    with_response: Annotated[float, msgspec.Meta(ge=-1, le=1)]
    leans_on: str


class ClassChange(Entry, frozen=True):
    """The chance to be one class better, or worse, at full effect."""

    better: Share
    worse: Share
    full_after_days: Above


class Product(Entry, frozen=True):
    """Lots and vials, which no registry publishes."""

    ml_per_kg_at_top: Decimal
    lot_spread: float
    vial_volume_ml: Decimal
    vials_per_lot: int
    shelf_life_days: int
    release_after_days: int


class Mishap(Entry, frozen=True):
    """A kind of adverse event: its grades, and how many days it lasts, from and to."""

    term: str
    organ_system: str
    grades: tuple[Grade, ...]
    serious: bool
    days: tuple[int, int]
    leans_on: str
    per_100_years: float = 0.0
    chance: Share = 0.0


class Mishaps(Entry, frozen=True):
    """Adverse events by what they follow."""

    background: tuple[Mishap, ...]
    at_infusion: tuple[Mishap, ...]
    dose_limiting: Annotated[tuple[Mishap, ...], msgspec.Meta(min_length=1)]


class Assumptions(Entry, frozen=True):
    """The file scenario.yaml, key for key."""

    name: str
    assumed: str
    accrual_per_month: Above
    dlt_rates: Annotated[tuple[Share, ...], msgspec.Meta(min_length=1)]
    open_answer_fails: Share
    most_screened_per_place: int
    missed_visit: Share
    missed_assessment: Share
    missed_infusion: Share
    underdosed_infusion: Share
    withdrawals_per_100_years: float
    effects: dict[str, Effect]
    class_changes: dict[str, ClassChange]
    product: Product
    adverse_events: Mishaps

    def dlt_rate(self, level: int) -> float:
        """Return the true rate of a dose level; levels beyond the list take its last rate."""
        return self.dlt_rates[min(level, len(self.dlt_rates)) - 1]


class Scenario(Entry, frozen=True):
    """A population and what is assumed about the trial in it."""

    population: Population
    assumptions: Assumptions


def default_scenario() -> Scenario:
    """Return the scenario that comes with the program."""
    return Scenario(load_population(), load_data("scenario.yaml", Assumptions))
