"""A funnel and its gains, from patients through `evaluate`, or from a database: equal numbers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from trialwright.core.dates import age_range
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.wording import wording
from trialwright.screening.evaluate import evaluate
from trialwright.screening.funnel import (
    TRUE_CODE,
    Bounds,
    Codes,
    Funnel,
    code_of,
    funnel,
    gained,
    matrix,
    turned,
)
from trialwright.screening.model import Answers, Measured, Patient
from trialwright.screening.policy import Policy
from trialwright.screening.relax import AGES, Limit, Moved, limits, moves, observed_in, steps
from trialwright.screening.screen import ALIVE, NO_ANSWERS, check_told, screen
from trialwright.screening.setting import Setting
from trialwright.screening.terms import Terms

if TYPE_CHECKING:
    from trialwright.screening.population.tables import Tables

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every population: the criteria, on a day, under a policy."""

    criteria: tuple[nodes.Criterion, ...]
    on: date
    policy: Policy
    terms: Terms


@dataclass(frozen=True, slots=True)
class Gain:
    """What moving one limit, and nothing else, would gain."""

    limit: Limit
    to: Decimal
    gained: Bounds


@dataclass(frozen=True, slots=True)
class Attrition:
    """A funnel with the gains of limits moved one at a time."""

    funnel: Funnel
    gains: tuple[Gain, ...]
    on: date
    policy: str


Pairs = Sequence[tuple[Limit, Decimal]]


def of_patients(
    question: Question,
    patients: Sequence[Patient],
    given: Pairs | None = None,
    *,
    answers: Mapping[str, Answers] | None = None,
    progress: Progress = lambda done, total: None,
) -> Attrition:
    """Count patients; `given` are limits and what they move to, else each moves to what is seen.

    Raises InputError where the policy closes a domain of which somebody's source has no table.
    """
    check_told(patients, question.policy)
    chosen = _chosen(question, given, lambda limit: _seen(limit, patients, question))
    rows, alive = [], []
    for done, patient in enumerate(patients, start=1):
        known = (answers or {}).get(patient.id, NO_ANSWERS)
        rows.append(_row(question, patient, chosen, known))
        alive.append(_alive(question, patient))
        progress(done, len(patients))
    width = len(question.criteria) + len(chosen)
    simulated = sum(patient.simulated for patient in patients)
    return _counted(question, chosen, matrix(rows, width), np.array(alive, np.int8), simulated)


def of_tables(question: Question, tables: "Tables", given: Pairs | None = None) -> Attrition:
    """Count a population in a database; the same numbers as `of_patients`."""
    from trialwright.screening.population.verdicts import verdicts

    question.policy.closed_world.check_told(tables.untold, "the population's source")
    chosen = _chosen(question, given, lambda limit: _in_tables(limit, tables, question))
    named = {f"c{n}": criterion.expr for n, criterion in enumerate(question.criteria)}
    named |= {each.key: each.expr for each in chosen}
    found = verdicts(tables, named, question.on, question.policy, terms=question.terms)
    columns = found.drop("person", "id").to_pyarrow()
    codes = [columns[name].to_numpy() for name in named]
    width = len(named)
    whole = np.column_stack(codes) if codes else np.zeros((columns.num_rows, width), np.int8)
    alive = columns["alive"].to_numpy().astype(np.int8)
    simulated = int(columns["simulated"].to_numpy().sum())
    return _counted(question, chosen, whole.astype(np.int8), alive, simulated)


def _chosen(
    question: Question, given: Pairs | None, seen: Callable[[Limit], Iterable[Decimal]]
) -> tuple[Moved, ...]:
    if given is not None:
        return moves(given)
    return moves(
        (limit, to) for limit in limits(question.criteria) for to in steps(limit, seen(limit))
    )


def _row(
    question: Question, patient: Patient, chosen: Sequence[Moved], answers: Answers
) -> list[int]:
    def at(criterion: str) -> Setting:
        answer = answers.get(criterion)
        return Setting(patient, question.on, question.policy, question.terms, answer)

    own = [code_of(evaluate(each.expr, at(each.id))) for each in question.criteria]
    return own + [code_of(evaluate(each.expr, at(each.limit.criterion))) for each in chosen]


def _alive(question: Question, patient: Patient) -> int:
    found = screen(patient, (), question.on, terms=question.terms).criteria
    return next((code_of(each.verdict) for each in found if each.id == ALIVE), TRUE_CODE)


def _counted(
    question: Question, chosen: Sequence[Moved], read: Codes, alive: Codes, simulated: int
) -> Attrition:
    """Turn exclusions round, put the standing criterion first where it matters, and count."""
    excludes = {each.id for each in question.criteria if each.section == "exclusion"}
    ids = [each.id for each in question.criteria]
    ids_of_all = ids + [each.limit.criterion for each in chosen]
    demanded = read.copy()
    for place, criterion in enumerate(ids_of_all):
        if criterion in excludes:
            demanded[:, place] = turned(read[:, place])
    codes = demanded[:, : len(ids)]
    names = [(each.id, wording(each.expr)) for each in question.criteria]
    if (alive != TRUE_CODE).any():
        codes = np.column_stack([alive, codes])
        names.insert(0, (ALIVE, "alive on the day of screening"))
    place_of = {name: place for place, (name, _) in enumerate(names)}
    gains = tuple(
        Gain(each.limit, each.to,
             gained(codes, place_of[each.limit.criterion], demanded[:, len(ids) + n]))
        for n, each in enumerate(chosen)
    )  # fmt: skip
    return Attrition(funnel(codes, names, simulated), gains, question.on, str(question.policy))


# --- what is on record, from which the steps are taken ------------------------------------------


def _seen(limit: Limit, patients: Sequence[Patient], question: Question) -> Iterable[Decimal]:
    if limit.name in AGES:
        births = (patient.birth for patient in patients if patient.birth)
        return (Decimal(age) for birth in births for age in age_range(birth, question.on))
    codes = _codes(limit, question)
    return observed_in(limit, (
        each.value.quantity for patient in patients for each in patient.observations
        if isinstance(each.value, Measured) and codes.intersection(each.codes)
    ), question.terms)  # fmt: skip


def _in_tables(limit: Limit, tables: "Tables", question: Question) -> Iterable[Decimal]:
    from trialwright.screening.population.seen import ages, quantities

    if limit.name in AGES:
        return ages(tables, question.on)
    return observed_in(limit, quantities(tables, _codes(limit, question)), question.terms)


def _codes(limit: Limit, question: Question) -> frozenset[Any]:
    term = question.terms.measures.get(limit.name)
    return term.codes if term else frozenset()


__all__ = ["Attrition", "Gain", "Question", "of_patients", "of_tables"]
