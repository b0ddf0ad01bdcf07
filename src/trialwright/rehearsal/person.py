"""One simulated person: what is true of them, and what an instrument or a nurse reads off."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import numpy as np

from trialwright.protocol.criteria.measures import lexicon
from trialwright.rehearsal.population import Population, rounded
from trialwright.rehearsal.scenario import Effect, Scenario

_YEAR = 365.25


@dataclass(slots=True)
class Person:
    """A person with their own stream of chance, so that nobody's draws shift another's.

    `true` holds each measure before treatment, `classes` each scale's class; `change` what
    treatment does at full effect, `luck` a number in [0, 1) per scale.
    """

    rng: np.random.Generator
    sex: Literal["male", "female"]
    born: date
    weight_kg: float
    true: Mapping[str, float]
    classes: Mapping[str, str]
    change: Mapping[str, float]
    luck: Mapping[str, float]


def draw_person(
    scenario: Scenario, weight_range: tuple[float, float], on: date, rng: np.random.Generator
) -> Person:
    """Draw a person as referred on a day; the weight stays inside the protocol's hard range."""
    population = scenario.population
    man = bool(rng.random() < population.people.men.share)
    age = population.people.age_years.draw(rng)
    return Person(
        rng=rng,
        sex="male" if man else "female",
        born=on - timedelta(days=int(age * _YEAR)),
        weight_kg=_weight(population, man, weight_range, rng),
        true={name: law.draw(rng) for name, law in population.measures.items()},
        classes={name: _class(scale.shares, rng) for name, scale in population.scales.items()},
        change=_changes(scenario.assumptions.effects, rng),
        luck={name: float(rng.random()) for name in population.scales},
    )


def _weight(
    population: Population, man: bool, limits: tuple[float, float], rng: np.random.Generator
) -> float:
    people = population.people
    height = (people.height_men_m if man else people.height_women_m).draw(rng)
    low, high = limits
    # Two kilograms from either limit leave room for the weight to change between infusions.
    margin = min(2.0, (high - low) / 4)
    return min(max(people.bmi.draw(rng) * height**2, low + margin), high - margin)


def _class(shares: Mapping[str, float], rng: np.random.Generator) -> str:
    """Draw one class by its share."""
    point, names = float(rng.random()) * sum(shares.values()), list(shares)
    for name in names:
        point -= shares[name]
        if point < 0:
            return name
    return names[-1]


def _changes(effects: Mapping[str, Effect], rng: np.random.Generator) -> dict[str, float]:
    """Draw each measure's change at full effect; one response per person ties them together."""
    response = float(rng.normal())
    return {
        name: effect.mean + effect.sd * _tied(effect.with_response, response, float(rng.normal()))
        for name, effect in effects.items()
    }


def _tied(correlation: float, response: float, own: float) -> float:
    return correlation * response + math.sqrt(1 - correlation**2) * own


def weighed(person: Person, weight_range: tuple[float, float]) -> Decimal:
    """Return the weight on a day, to 0.1 kg."""
    low, high = weight_range
    value = person.weight_kg + float(np.clip(person.rng.normal(0, 0.6), -1.5, 1.5))
    return rounded(min(max(value, low), high), 1)


def measured(person: Person, scenario: Scenario, measure: str, day: int) -> Decimal | None:
    """Return a measure on a study day (below 0 before treatment); None for an unknown measure."""
    law = scenario.population.measures.get(measure)
    if law is None:
        return None
    effect = scenario.assumptions.effects.get(measure)
    true = person.true[measure]
    if effect is not None:
        change = person.change[measure] * reached(effect.full_after_days, day)
        true = true + change if effect.kind == "difference" else true * math.exp(change)
    return law.observed(true, person.rng)


def classed(person: Person, scenario: Scenario, scale: str, day: int) -> str | None:
    """Return a class on a study day; None for an unknown scale."""
    spread = scenario.population.scales.get(scale)
    if spread is None:
        return None
    change = scenario.assumptions.class_changes.get(scale)
    if change is None:
        return person.classes[scale]
    share, luck = reached(change.full_after_days, day), person.luck[scale]
    step = -1 if luck < change.better * share else int(luck > 1 - change.worse * share)
    known = lexicon().scales.get(scale)
    names = known.classes if known else tuple(spread.shares)
    return _moved(person.classes[scale], step if spread.best_first else -step, names)


def _moved(name: str, step: int, names: tuple[str, ...]) -> str:
    return names[min(max(names.index(name) + step, 0), len(names) - 1)]


def reached(full_after_days: float, day: int) -> float:
    """Return the share of the full effect on a study day."""
    return min(max(day / full_after_days, 0.0), 1.0)
