"""The two answers that a reader came for, in plain words, with what is not known.

Generated from rows and protocol alone. A change after treatment is never called an effect: there
is no control group. An event that was not seen is never called absent: its upper limit is given.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from trialwright.analysis.adverse_events import ANY
from trialwright.analysis.groups import POOLED, level_name
from trialwright.analysis.row import Row
from trialwright.analysis.service import SAFETY, visits_of
from trialwright.protocol.model import Endpoint, Protocol
from trialwright.results.missing import missing_words
from trialwright.results.rows import Rows, change_places
from trialwright.results.words import (
    change_unit,
    interval,
    label,
    listed,
    number,
    percent,
    plural,
    sentence,
)

SIMULATED = (
    "Simulated data: this shows how the answer would read; it says nothing about real people."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, its answer in one or two sentences, and what stands behind it."""

    question: str
    short: str
    points: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole answer as running text."""
        return " ".join((self.short, *self.points))


def answers(rows: Iterable[Row], protocol: Protocol) -> tuple[Answer, ...]:
    """Return the answer on safety and the answer on function."""
    index = Rows(rows)
    return _safety(index, protocol), _function(index, protocol)


def _safety(rows: Rows, protocol: Protocol) -> Answer:
    several = protocol.infusions.count.value > 1
    question = (
        "Are the repeated infusions safe and well tolerated?"
        if several
        else "Is the infusion safe and well tolerated?"
    )
    points = (
        *_not_evaluable(rows),
        _toxicity_by_level(rows, protocol),
        *_events(rows),
        _exposure(rows),
        _safety_limit(rows, protocol),
    )
    return Answer(question, _toxicity(rows), _marked(rows, points))


def _toxicity(rows: Rows) -> str:
    row = rows.get("safety.dlt", POOLED, "dlt", "proportion")
    if row is None or row.value is None:
        return "Not known: nobody could be evaluated for dose-limiting toxicity yet."
    events = rows.count("safety.dlt", POOLED, "dlt", "subjects") or 0
    who = f"{events or 'None'} of {plural(row.n, 'evaluable person', 'evaluable people')}"
    limits = f"{percent(row.lower)} to {percent(row.upper)}"
    return (
        f"{who} had a dose-limiting toxicity ({percent(row.value)}; exact 95 % interval {limits})."
    )


def _not_evaluable(rows: Rows) -> Iterator[str]:
    left = rows.having("populations", population="dlt_evaluable", statistic="left_out")
    if left:
        people = sum(row.n for row in left)
        told = listed([f"{row.n} {row.category}" for row in left])
        yield f"{plural(people, 'treated person', 'treated people')} not evaluable: {told}."


def _toxicity_by_level(rows: Rows, protocol: Protocol) -> str:
    levels = (level_name(dose.level) for dose in protocol.dose_levels)
    found = [row for name in levels if (row := rows.get("safety.dlt", name, "dlt", "proportion"))]
    return f"By dose level given: {listed([_level(rows, row) for row in found])}."


def _level(rows: Rows, row: Row) -> str:
    if row.value is None:
        return f"{row.group}, nobody evaluable"
    events = rows.count("safety.dlt", row.group, "dlt", "subjects")
    limits = f"{percent(row.lower)} to {percent(row.upper)}"
    return f"{row.group}, {events} of {row.n} ({limits})"


def _events(rows: Rows) -> Iterator[str]:
    def people(category: str) -> int:
        return rows.count("safety.adverse_events", POOLED, ANY, "subjects", category=category) or 0

    total = rows.count("populations", POOLED, "treated", "subjects") or 0
    events = rows.count("safety.adverse_events", POOLED, ANY, "events", category="any") or 0
    if not total:
        yield "Nobody was treated, so no adverse event could be seen."
        return
    yield (
        f"{people('any')} of {plural(total, 'treated person', 'treated people')} had "
        f"{plural(events, 'adverse event')}; {people('related')} had one that was held to be "
        f"possibly, probably or definitely related, {people('serious')} a serious one, and "
        f"{people('death') or 'none'} died."
    )


def _exposure(rows: Rows) -> str:
    given = rows.count("exposure", POOLED, "infusions", "given")
    planned = rows.count("exposure", POOLED, "infusions", "planned")
    share = rows.get("exposure", POOLED, "given_of_planned", "mean")
    mean = share.value if share else None
    amount = "" if mean is None else f", on average {percent(mean / 100)} of the planned amount"
    return f"{given} of {planned} planned infusions were given{amount}."


def _safety_limit(rows: Rows, protocol: Protocol) -> str:
    row = rows.get("safety.dlt", POOLED, "dlt", "proportion")
    if row is None or row.value is None or row.upper is None:
        return "Nothing can be concluded yet."
    target = protocol.escalation.target.value
    inside = (row.lower or 0) <= target <= row.upper
    one_sided = rows.get("safety.dlt", POOLED, "dlt", "one_sided_upper_limit")
    rare = (
        f" With no event in {plural(row.n, 'person', 'people')}, a true rate "
        f"of up to {percent(one_sided.value)} remains possible (one-sided 95 % upper limit)."
        if not row.value and one_sided is not None
        else ""
    )
    where = "lies inside" if inside else "lies outside"
    levels = (rows.get("safety.dlt", level_name(d.level), "dlt", "proportion")
              for d in protocol.dose_levels)  # fmt: skip
    highest = max((one.upper for one in levels if one and one.upper is not None), default=None)
    alone = f", and at one level alone as high as {percent(highest)}" if highest else ""
    return (
        f"Pooled over the levels, the numbers do not exclude a true rate as high as "
        f"{percent(row.upper)}{alone}; the design's "
        f"target rate of {percent(target)} {where} the pooled interval.{rare} A trial of this size "
        "cannot show rare harm."
    )


def _function(rows: Rows, protocol: Protocol) -> Answer:
    endpoints = [e for e in protocol.endpoints if e.measure not in SAFETY]
    names = list(dict.fromkeys(label(e.measure) for e in endpoints))
    if not endpoints:
        return Answer("Does function improve, and by how much?",
                      "Not known: the protocol has no endpoint on function.", ())  # fmt: skip
    told = [_endpoint(rows, protocol, endpoint) for endpoint in endpoints]
    question = f"Do they improve {listed(names)}, and by how much?"
    first, *rest = told
    points = (*first[1:], *(" ".join(told) for told in rest), _function_limit(protocol, endpoints))
    return Answer(question, first[0], _marked(rows, points))


def _endpoint(rows: Rows, protocol: Protocol, endpoint: Endpoint) -> tuple[str, ...]:
    """Return one sentence with the estimate, and one on what it rests on."""
    visits = visits_of(protocol, endpoint)
    visit = endpoint.visit or (visits[-1] if visits else "")
    match endpoint.summary:
        case "mean_change":
            key = ("function.change", "mean_change")
            return _estimate(rows, endpoint, visit, key, _change_words)
        case "geometric_ratio":
            key = ("function.ratio", "geometric_mean_ratio")
            return _estimate(rows, endpoint, visit, key, _ratio_words)
        case "shift":
            return _shift(rows, endpoint, visit)
        case _:
            return (f"{sentence(label(endpoint.measure))}: not analysed ({endpoint.summary}).",)


Wording = Callable[[Row, float], str]


def _estimate(
    rows: Rows, endpoint: Endpoint, visit: str, key: tuple[str, str], wording: Wording
) -> tuple[str, ...]:
    analysis, statistic = key
    row = rows.get(analysis, POOLED, endpoint.measure, statistic, visit)
    name = sentence(label(endpoint.measure))
    if row is None or row.value is None:
        why = row.note if row and row.note else "no value"
        return (f"{name} at {visit}: not known ({why}).",)
    counted = f"{row.n} of {row.n + row.missing} treated people, all dose levels pooled, had both"
    absent = missing_words(rows, analysis, endpoint.measure, visit)
    counted += f" values (without: {absent})" if absent else " values"
    none = 1.0 if statistic == "geometric_mean_ratio" else 0.0
    return f"{name} {wording(row, row.value)}.", f"{sentence(_place(row, none))}{counted}."


def _place(row: Row, none: float) -> str:
    if row.lower is None or row.upper is None:
        return ""
    verb = "includes" if row.lower <= none <= row.upper else "excludes"
    what = "a ratio of 1" if none else "zero change"
    return f"the interval {verb} {what}; "


def _change_words(row: Row, mean: float) -> str:
    places = change_places(row)
    moved = "rose" if mean > 0 else "fell" if mean < 0 else "did not change"
    by = f" by {number(abs(mean), places)} {change_unit(row.unit)}".rstrip() if mean else ""
    limits = _limits(row, interval(row.lower, row.upper, places, signed=True))
    return f"{moved}{by} on average from baseline to {row.visit} ({limits})"


def _ratio_words(row: Row, ratio: float) -> str:
    word = "lower" if ratio < 1 else "higher"
    limits = _limits(row, interval(row.lower, row.upper, 2))
    return (
        f"at {row.visit} was {number(ratio, 2)} times its baseline value, "
        f"{percent(abs(1 - ratio))} {word} ({limits})"
    )


def _limits(row: Row, written: str) -> str:
    return f"95 % interval {written}" if row.lower is not None else "no interval: too few people"


def _shift(rows: Rows, endpoint: Endpoint, visit: str) -> tuple[str, ...]:
    def moved(direction: str) -> int | None:
        key = ("function.shift", POOLED, endpoint.measure, "direction", visit, direction)
        return rows.count(*key)

    first = rows.having("function.shift", variable=endpoint.measure, visit=visit, group=POOLED)
    if not first or not first[0].n:
        name = sentence(label(endpoint.measure))
        return (f"{name} at {visit}: not known (nobody with both values).",)
    counts = [f"{moved(d)} in a {d}" for d in ("lower class", "higher class")]
    absent = missing_words(rows, "function.shift", endpoint.measure, visit)
    missing = f" (without: {absent})" if absent else ""
    return (
        f"{sentence(label(endpoint.measure))}: of {plural(first[0].n, 'person', 'people')} with "
        f"both values, {moved('same class')} were in the same class at {visit} as at baseline, "
        f"{listed(counts)}{missing}.",
    )


def _function_limit(protocol: Protocol, endpoints: list[Endpoint]) -> str:
    chosen = [label(e.measure) for e in endpoints if is_threshold(protocol, e.measure)]
    names = listed(list(dict.fromkeys(chosen)))
    selected = (
        f" People were let in because of their {names} among other things, so values tend to "
        "return towards the ordinary by themselves (regression to the mean)."
        if chosen
        else ""
    )
    return (
        "There was no control group: natural course, other treatment, expectation and the noise "
        f"of measurement change such values too.{selected} The trial measures a change; it cannot "
        "say that the infusions caused it."
    )


def is_threshold(protocol: Protocol, measure: str) -> bool:
    """Say whether any eligibility criterion compares this measure or names a class of it."""
    return any(_compares(criterion.expr, measure) for criterion in protocol.criteria)


def _compares(expr: object, measure: str) -> bool:
    if isinstance(expr, dict):
        named = measure in (expr.get("measure"), expr.get("scale"))
        return named or any(_compares(part, measure) for part in expr.values())
    return isinstance(expr, list) and any(_compares(part, measure) for part in expr)


def _marked(rows: Rows, points: tuple[str, ...]) -> tuple[str, ...]:
    return (*points, SIMULATED) if rows.simulated else points
