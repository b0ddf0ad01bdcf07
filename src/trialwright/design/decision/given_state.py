"""Whether a state that somebody states can be one at all."""

from collections.abc import Sequence

from trialwright.core.errors import InputError
from trialwright.design.model import MOST_PATIENTS, Outcomes
from trialwright.design.parameters import shown


def check_state(state: Outcomes, doses: int, responses: bool) -> None:
    """Raise InputError naming the field where a state is none of a design of so many levels."""
    if state.pending:
        raise InputError("state", f"{state.pending} pending", "outcomes by cohort (decide)")
    columns = doses if responses else 0
    for name, wanted in (("treated", doses), ("dlts", doses), ("responses", columns)):
        _check_counts(name, getattr(state, name), wanted)
    _check_counts("both", state.both, columns)
    _check_levels(state, doses)
    limits = [("dlts", state.dlts, state.treated, "those treated")]
    limits += [("responses", state.responses, state.treated, "those treated")]
    limits += [("both", state.both, state.dlts, "those with a DLT")]
    limits += [("both", state.both, state.responses, "those with a response")]
    for name, part, whole, meaning in limits:
        for level, (few, many) in enumerate(zip(part, whole, strict=False), 1):
            if few > many:
                raise InputError(f"state, {name}, dose {level}", str(few), f"at most {meaning}")
    _check_everyone(state)


def _check_counts(name: str, counts: Sequence[int], wanted: int) -> None:
    if len(counts) != wanted:
        needed = f"{wanted}" if wanted else "none in a design of DLTs alone"
        raise InputError(f"state, {name}", f"{len(counts)} dose levels", needed)
    for level, count in enumerate(counts, 1):
        _check_whole(f"state, {name}, dose {level}", count, MOST_PATIENTS)


def _check_levels(state: Outcomes, doses: int) -> None:
    _check_whole("state, current", state.current, doses)
    _check_whole("state, cohorts", state.cohorts, MOST_PATIENTS)
    for level in state.eliminated:
        _check_whole("state, eliminated", level, doses, least=1)


def _check_everyone(state: Outcomes) -> None:
    if state.patients > MOST_PATIENTS:
        what = f"{state.patients} patients"
        raise InputError("state, treated", what, f"at most {MOST_PATIENTS}")
    both = state.both or (0,) * len(state.treated)
    answers = state.responses or both
    for level, (n, dlts, seen, two) in enumerate(
        zip(state.treated, state.dlts, answers, both, strict=True), 1
    ):
        if dlts + seen - two > n:
            what = f"{dlts} with a DLT, {seen} with a response, {two} with both"
            raise InputError(f"state, dose {level}", what, f"counts of {n} treated")


def _check_whole(where: str, value: int, most: int, least: int = 0) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputError(where, shown(value), f"a whole number from {least} to {most}")
