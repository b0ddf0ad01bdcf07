"""The people that a rehearsal draws from: distributions with their sources, read from data."""

import math
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, TypeVar

import msgspec
import numpy as np
from ruamel.yaml import YAML

T = TypeVar("T")
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_TRIES = 200  # draws before a value is set to the nearest bound


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the data; a key that it does not know is refused."""


class Law(Entry, frozen=True):
    """A distribution between two bounds: normal, or lognormal by median and sigma."""

    law: Literal["normal", "lognormal"]
    low: float
    high: float
    source: str
    mean: float = 0.0
    sd: float = 0.0
    median: float = 1.0
    sigma: float = 0.0

    def draw(self, rng: np.random.Generator) -> float:
        """Draw one value inside the bounds."""
        value = self.low
        for _ in range(_TRIES):
            value = self._unbounded(rng)
            if self.low <= value <= self.high:
                return value
        return min(max(value, self.low), self.high)

    def _unbounded(self, rng: np.random.Generator) -> float:
        if self.law == "normal":
            return float(rng.normal(self.mean, self.sd))
        return float(rng.lognormal(math.log(self.median), self.sigma))


class Noise(Entry, frozen=True):
    """What a repeat on an unchanged person differs by: an SD in the unit, or a CV."""

    sd: float = 0.0
    cv: float = 0.0


class MeasureLaw(Law, frozen=True):
    """How a measure is distributed over people and over repeats in one person."""

    noise: Noise = Noise()
    decimals: int = 0
    upper_normal: float | None = None

    def observed(self, true: float, rng: np.random.Generator) -> Decimal:
        """Return one measurement of a true value: with noise, rounded, inside the bounds."""
        if self.noise.cv:
            value = true * float(rng.lognormal(0.0, self.noise.cv))
        else:
            value = true + float(rng.normal(0.0, self.noise.sd))
        return rounded(min(max(value, self.low), self.high), self.decimals)


class Proportion(Entry, frozen=True):
    """A share of people."""

    share: Share
    source: str


class Shares(Entry, frozen=True):
    """How people spread over a scale's classes, listed from the best to the worst or back."""

    shares: dict[str, Share]
    best_first: bool
    source: str


class People(Entry, frozen=True):
    """Age, sex and size."""

    age_years: Law
    men: Proportion
    bmi: Law
    height_men_m: Law
    height_women_m: Law


class Population(Entry, frozen=True):
    """Everything that is drawn about a person; measures and scales by their lexicon name."""

    version: str
    name: str
    people: People
    measures: dict[str, MeasureLaw]
    scales: dict[str, Shares]


def load_population() -> Population:
    """Return the population that comes with the program."""
    population: Population = load_data("population.yaml", Population)
    return population


@cache
def load_data(name: str, kind: type[T]) -> T:
    """Return a data file of this package as a typed value."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    value: T = msgspec.convert(YAML(typ="safe", pure=True).load(text), kind, strict=False)
    return value


def rounded(value: float, decimals: int) -> Decimal:
    """Return a number as an instrument shows it."""
    return Decimal(f"{value:.{decimals}f}")
