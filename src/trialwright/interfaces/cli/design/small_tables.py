"""A small trial as tables of text, for a terminal and for a document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from trialwright.core.limits import Limits
from trialwright.design import Design
from trialwright.design.behaviour.small_trial import Detection, Evidence, Situation, SmallTrial
from trialwright.design.model import Course
from trialwright.design.parameters import counted
from trialwright.interfaces.cli.design.options import shown_rates


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title, and what has to be said before it."""

    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sections(found: SmallTrial) -> Iterator[Section]:
    """Yield the tables: what follows each cohort, what a count says, what none seen means."""
    for cohort, situations in groupby(found.situations, key=lambda one: len(one.course)):
        yield _after(found, cohort, tuple(situations))
    yield _evidence(found)
    yield _detection(found)


def as_markdown(found: SmallTrial, assumed: Sequence[str]) -> str:
    """Return everything as a part of a Markdown document."""
    parts = ["\n".join(f"- {line}" for line in (*preamble(found), *assumed))]
    for section in sections(found):
        parts += [f"### {section.title}", *section.notes, _grid(section)]
    return "\n\n".join(parts)


def preamble(found: SmallTrial) -> tuple[str, ...]:
    """Return the design in words, its doses, and the assumed true rates with their letters."""
    curves = [] if found.true is None else found.true.dlt.tolist()
    rates = [f"{_letter(n)}: {shown_rates(curve)}" for n, curve in enumerate(curves)]
    return (
        *found.design.summary,
        *_amounts(found.design),
        *([f"assumed true DLT rates by dose: {'; '.join(rates)}"] if rates else []),
    )


def _amounts(design: Design) -> Iterator[str]:
    if design.amounts is not None:
        labels = (f"dose {d}: {design.amounts.label(d)}" for d in range(1, design.doses + 1))
        yield ", ".join(labels)


def _grid(section: Section) -> str:
    lines = [section.head, ("---",) * len(section.head), *section.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _after(found: SmallTrial, cohort: int, situations: tuple[Situation, ...]) -> Section:
    size = found.design.schedule[cohort - 1]
    curves = 0 if found.true is None else len(found.true)
    notes = ["Final is the dose recommended when the trial has ended."]
    if curves:
        notes.append("P is the probability of getting there, in %, under each set of true rates.")
    return Section(
        f"After cohort {cohort} ({counted(size, 'patient')})",
        (" ".join(notes),),
        (
            "Outcomes",
            "DLTs by dose",
            "Decision",
            "Final",
            *(f"P {_letter(n)}" for n in range(curves)),
        ),
        tuple(_situation(one) for one in situations),
    )


def _situation(one: Situation) -> tuple[str, ...]:
    recommended = "" if not one.decision.stop else _dose(one.recommended)
    chances = (_chance(p, 2) for p in one.probability)
    return (one.outcomes, _counts(one.course), _decision(one), recommended, *chances)


def _counts(course: Course) -> str:
    """Return the DLTs by dose over the whole course, lowest dose first."""
    levels = sorted({cohort.dose for cohort in course})
    return ", ".join(
        f"{sum(c.dlts for c in course if c.dose == level)}/"
        f"{sum(c.treated for c in course if c.dose == level)} at {level}"
        for level in levels
    )


def _decision(one: Situation) -> str:
    decision = one.decision
    if decision.stop:
        return "end"
    if decision.next_dose is None:
        return "draw the next dose"
    current = one.course[-1].dose
    size = "" if decision.next_size is None else f"{decision.next_size} "
    lower = decision.method_wish is None and all(r.rule != "randomise" for r in decision.reasons)
    below = " (the method: go below it)" if lower else ""
    return f"{_move(decision.next_dose - current)}: {size}at dose {decision.next_dose}{below}"


def _move(step: int) -> str:
    if step == 0:
        return "stay"
    return "escalate" if step > 0 else "de-escalate"


def _evidence(found: SmallTrial) -> Section:
    thresholds = (f"P(rate > {threshold:g})" for threshold in found.thresholds)
    return Section(
        "What a number of DLTs at one dose says about its true rate",
        (
            "All in %. Limits are exact (Clopper-Pearson) at 95 %: a two-sided interval leaves "
            "2.5 % beyond each end, a one-sided limit 5 % beyond it. The mean and P(rate > ..) are "
            "those of the posterior that starts from Beta(1, 1).",
        ),
        (
            "DLTs", "Dose", "Seen", "Two-sided", "One-sided upper", "One-sided lower", "Mean",
            *thresholds,
        ),
        tuple(_count(one) for one in found.evidence),
    )  # fmt: skip


def _count(one: Evidence) -> tuple[str, ...]:
    return (
        f"{one.dlts}/{one.n}",
        _levels(one.levels),
        _percent(one.dlts / one.n),
        _interval(one.two_sided),
        _percent(one.one_sided_upper),
        _percent(one.one_sided_lower),
        _percent(one.posterior_mean),
        *(_chance(tail) for tail in one.above),
    )


def _detection(found: SmallTrial) -> Section:
    return Section(
        "What seeing no event means",
        (
            "The chance, in %, of at least one event among n patients, by the event's true rate. "
            "Last: the largest true rate under which none of n is still seen with probability 5 % "
            "(the one-sided 95 % upper limit).",
        ),
        (
            "Patients",
            "Where",
            *(f"Rate {100 * rate:g} %" for rate in found.event_rates),
            "None seen: at most",
        ),
        tuple(_seen(one) for one in found.detection),
    )


def _seen(one: Detection) -> tuple[str, ...]:
    places = [f"dose {level}" for level in one.levels] + ["whole trial"] * one.whole
    chances = (_chance(chance) for chance in one.at_least_one)
    return (str(one.n), ", ".join(places), *chances, _percent(one.none_seen))


def _letter(number: int) -> str:
    """Return A, B, .. Z, then the number itself."""
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _dose(dose: int | None) -> str:
    return "no dose" if dose is None else f"dose {dose}"


def _levels(levels: Sequence[int]) -> str:
    return ", ".join(str(level) for level in levels)


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}"


def _chance(share: float, digits: int = 1) -> str:
    """Return a probability in %; a small one is never shown as none, nor a large one as all."""
    least = 10.0**-digits
    if 0 < 100 * share < least / 2:
        return f"<{least:g}"
    if 100 - least / 2 < 100 * share < 100:
        return f">{100 - least:g}"
    return _percent(share, digits)


def _interval(limits: Limits) -> str:
    return f"{_percent(limits.lower)} to {_percent(limits.upper)}"
