"""What people were given: infusions, cumulative amount per kilogram, given against planned."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from trialwright.analysis.change import mean_with_limits
from trialwright.analysis.groups import Group, by_level_given
from trialwright.analysis.measurements import Absent, absence_note
from trialwright.analysis.row import Row
from trialwright.conduct.model import Subject
from trialwright.protocol.model import Protocol

COUNT = "Count"
MEAN = "Mean and standard deviation over people"
RELATIVE = "Amount given over the amount of the full schedule at the level given, mean over people"


def exposure_rows(protocol: Protocol, treated: Sequence[Subject]) -> tuple[Row, ...]:
    """Return exposure of each level given and of all treated people."""
    return tuple(
        row for group in by_level_given(protocol, treated) for row in _rows(protocol, group)
    )


def _rows(protocol: Protocol, group: Group) -> tuple[Row, ...]:
    planned = protocol.infusions.count.value
    counts = [len(s.given) for s in group.subjects]
    complete = sum(count >= planned for count in counts)
    unit = protocol.dosing.unit
    return (
        _count(group, "infusions", "given", sum(counts)),
        _count(group, "infusions", "planned", planned * len(counts)),
        _count(group, "infusions", "subjects_with_all", complete),
        *(
            _count(group, f"infusion {k}", "subjects", sum(count_of(s, k) for s in group.subjects))
            for k in range(1, planned + 1)
        ),
        _mean(group, "cumulative_amount_per_kg", cumulative_per_kg, unit, MEAN),
        _mean(group, "given_of_planned", lambda s: share_of_plan(s, protocol), "%", RELATIVE),
    )


def count_of(subject: Subject, infusion: int) -> bool:
    """Say whether the person was given this infusion."""
    return any(given.infusion == infusion for given in subject.given)


def cumulative_per_kg(subject: Subject) -> float | Absent:
    """Return the amount given per kilogram over all infusions, with the weight of each one."""
    total = Decimal(0)
    for infusion in subject.infusions:
        if infusion.given is None:
            continue
        if infusion.prepared is None:
            return Absent(f"infusion {infusion.number} has no weight on record")
        total += infusion.given.given_amount / infusion.prepared.weight_kg
    return float(total)


def share_of_plan(subject: Subject, protocol: Protocol) -> float | Absent:
    """Return given over planned in percent; an infusion that was not given counts as planned."""
    total = cumulative_per_kg(subject)
    doses = [i.prepared.dose_per_kg for i in subject.infusions if i.given and i.prepared]
    if isinstance(total, Absent) or not doses:
        return total if isinstance(total, Absent) else Absent("nothing was given")
    return 100 * total / (float(max(doses)) * protocol.infusions.count.value)


def _count(group: Group, variable: str, statistic: str, value: int) -> Row:
    n = len(group.subjects)
    note = None if n else "nobody in this group"
    return Row(
        "exposure", "treated", group.name, variable, statistic, value, n=n, method=COUNT, note=note
    )


def _mean(
    group: Group, variable: str, of: Callable[[Subject], float | Absent], unit: str, method: str
) -> Row:
    found = [(s.number, of(s)) for s in group.subjects]
    values = [value for _, value in found if not isinstance(value, Absent)]
    absent = [(who, value.why) for who, value in found if isinstance(value, Absent)]
    mean = mean_with_limits(values)
    notes = [None if values else "nobody with a value", absence_note(absent)]
    return Row(
        "exposure", "treated", group.name, variable, "mean", mean.value, sd=mean.sd, n=mean.n,
        missing=len(absent), unit=unit, method=method,
        note="; ".join(filter(None, notes)) or None,
    )  # fmt: skip
