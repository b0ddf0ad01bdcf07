"""`trialwright design compare`: several designs on the same simulated patients."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from trialwright.core.errors import InputError
from trialwright.design import METHODS, Design
from trialwright.design.behaviour.averages import Behaviour
from trialwright.design.behaviour.compare import Compared, Comparison, Estimate, compare
from trialwright.design.behaviour.tally import Measures
from trialwright.design.build import parameter_names
from trialwright.design.methods import method_name
from trialwright.design.parameters import counted
from trialwright.interfaces.cli.design.app import app
from trialwright.interfaces.cli.design.options import (
    NO_CURVES,
    NO_DESIGN,
    CurveOptions,
    DesignOptions,
    Json,
    Whole,
    complete_outcomes,
    design_from_options,
    options_named,
    shown_rates,
    wanted_curves,
)
from trialwright.interfaces.cli.design.work import progress_bar
from trialwright.interfaces.cli.output import console, print_json

MOST_DESIGNS = 26  # each has a letter
_WANTED = 'a method, then key=value, such as "boin target=0.3 cohorts=3x10 rule=no_skipping"'


@app.command(name="compare")
def show_comparison(
    *,
    design: list[str] | None = None,
    protocol: Path | None = None,
    doses: str | None = None,
    target: str | None = None,
    cohorts: str | None = None,
    rates: CurveOptions = NO_CURVES,
    trials: Whole = 10_000,
    seed: Whole = 1,
    json: Json = False,
) -> None:
    """Run several designs on the same simulated patients, and compare each with the first.

    Parameters
    ----------
    design
        A method, then its parameters as key=value; also cohorts=, start= and rule= (as --rule):
        "boin target=0.3 cohorts=3x10 rule=no_skipping". To be repeated.
    protocol
        A protocol.yaml, whose own design is the first.
    doses
        Number of dose levels, or their amounts with the unit, for every design.
    target
        Target DLT rate of every design that has one and does not state its own.
    cohorts
        Cohort sizes of every design that neither states its own nor brings its own (3+3 does).
    trials
        How many simulated trials for each curve.
    seed
        The same seed gives the same patients.
    """
    if seed < 0:
        raise InputError("--seed", str(seed), "a whole number from 0")
    shared = DesignOptions(target=target, doses=doses, cohorts=cohorts)
    names, designs = _designs(design or [], protocol, shared)
    in_time = complete_outcomes(*designs)
    # The one that looks at responses says which rates are wanted; the others leave them aside.
    demanding = next((one for one in designs if one.method.responses), designs[0])
    curves = wanted_curves(rates, demanding)
    with options_named(trials="--trials"), progress_bar("simulating") as progress:
        found = compare(
            designs, curves, trials=trials, rng=np.random.default_rng(seed), progress=progress
        )
    if json:
        print_json(_document(names, found, seed) | {"complete_outcomes": in_time})
        return
    _print_comparison(names, found, seed)


def _designs(
    stated: Sequence[str], protocol: Path | None, shared: DesignOptions
) -> tuple[list[str], list[Design]]:
    """Return every design with the words it was stated in, the protocol's first."""
    names, designs = list(stated), []
    if protocol is not None:
        names.insert(0, str(protocol))
        designs.append(design_from_options(replace(NO_DESIGN, protocol=protocol)))
        if shared.doses is None:
            shared = replace(shared, doses=str(designs[0].doses))
    if not 1 <= len(names) <= MOST_DESIGNS:
        raise InputError(
            "--design", counted(len(names), "design"), f"1 to {MOST_DESIGNS}, each {_WANTED}"
        )
    for number, text in enumerate(stated, 1):
        designs.append(_design(f"--design {number}", text, shared))
        if designs[-1].doses != designs[0].doses:
            what = f"{designs[-1].doses} dose levels"
            raise InputError(f"--design {number}", what, f"{designs[0].doses}, as the first has")
    return names, designs


def _design(where: str, text: str, shared: DesignOptions) -> Design:
    try:
        options = _options(text, shared)
        design = design_from_options(options)
        if design.schedule or shared.cohorts is None:
            return design
        return design_from_options(replace(options, cohorts=shared.cohorts))
    except InputError as error:
        place = where if error.where == "--design" else f"{where}, {error.where}"
        raise InputError(place, error.what, error.wanted) from None


def _options(text: str, shared: DesignOptions) -> DesignOptions:
    """Read `METHOD key=value ...`; a value with blanks stands in quotes."""
    try:
        method, *parts = shlex.split(text)
    except ValueError:  # nothing stated, or a quote that is not closed
        raise InputError("--design", repr(text[:60]), _WANTED) from None
    options = _own(method, parts, shared)
    for part in parts:
        options = _with(options, part)
    return options


def _with(options: DesignOptions, part: str) -> DesignOptions:
    name, equals, value = part.partition("=")
    if not equals or not value:
        raise InputError("--design", repr(part[:60]), _WANTED)
    match name:
        case "cohorts":
            return replace(options, cohorts=value)
        case "doses":
            return replace(options, doses=value)
        case "start":
            return replace(options, start=_start(value))
        case "rule":
            return replace(options, rule=[*(options.rule or ()), value])
        case "target":
            return replace(options, target=value)
        case _:
            return replace(options, param=[*(options.param or ()), part])


def _own(method: str, parts: Sequence[str], shared: DesignOptions) -> DesignOptions:
    """Return the options of a design before it states its own: those shared ones that it takes."""
    names = [part.partition("=")[0] for part in parts]
    for name in ("cohorts", "doses", "start", "target"):
        if names.count(name) > 1:
            raise InputError(name, "stated twice", "once")
    return replace(
        shared,
        method=method,
        target=shared.target if _has_target(method) else None,
        cohorts=None,
        param=[],
        rule=[],
    )


def _has_target(method: str) -> bool:
    """Say whether a method takes a target; one that is not known gets its error elsewhere."""
    name = method_name(method)
    return name in METHODS and "target" in parameter_names(name)


def _start(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise InputError("start", repr(value[:40]), "a dose level") from None


def _letter(number: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]


def _document(names: Sequence[str], found: Comparison, seed: int) -> dict[str, Any]:
    return {
        "trials": found.trials,
        "seed": seed,
        "true": found.true.dlt.tolist(),
        "true_response": found.true.response.tolist(),
        "designs": [
            {
                "design": name,
                "summary": one.design.summary,
                "states": one.states,
                "curves": [_curve(one, curve, number > 0) for curve in range(len(found.true))],
            }
            for number, (name, one) in enumerate(zip(names, found.designs, strict=True))
        ],
    }


def _curve(one: Compared, curve: int, later: bool) -> dict[str, Any]:
    """Return what a design did under one curve, and its difference from the first design."""
    return {
        **_numbers(one.simulated.mean, curve),
        "standard_error": _numbers(one.simulated.error, curve),
        "exact": None if one.exact is None else _exact_numbers(one.exact, curve),
        "minus_first": {
            **_numbers(one.difference.mean, curve),
            "standard_error": _numbers(one.difference.error, curve),
            "same_dose": float(one.same_dose[curve]),
        }
        if later
        else None,
    }


def _numbers(values: Measures, curve: int) -> dict[str, Any]:
    return {
        "selection": values.selection[curve].tolist(),
        "treated": values.treated[curve].tolist(),
        "dlts": values.dlts[curve].tolist(),
        "stopped_early": float(values.stopped_early[curve]),
        "patients": float(values.patients[curve]),
        "all_dlts": float(values.all_dlts[curve]),
        **(
            {
                "responses": values.responses[curve].tolist(),
                "all_responses": float(values.all_responses[curve]),
            }
            if values.responses.shape[1]
            else {}
        ),
    }


def _exact_numbers(exact: Behaviour, curve: int) -> dict[str, Any]:
    return {
        "selection": exact.selection[curve].tolist(),
        "treated": exact.treated[curve].tolist(),
        "dlts": exact.dlts[curve].tolist(),
        "stopped_early": float(exact.stopped_early[curve]),
        "patients": float(exact.patients[curve]),
    }


def _print_comparison(names: Sequence[str], found: Comparison, seed: int) -> None:
    for number, (name, one) in enumerate(zip(names, found.designs, strict=True)):
        console.print(f"{_letter(number)}  {name}", style="bold")
        for line in one.design.summary:
            console.print(f"   {line}", style="dim")
    for curve in range(len(found.true)):
        _print_curve(found, curve)
    console.print(
        f"{found.trials:,} trials per curve, seed {seed}: the same patients for every design. "
        "Exact: without Monte Carlo error; s.e.: standard error of the paired difference."
    )
    if any(one.exact is None for one in found.designs):
        console.print("No exact figures where the decision graph is too large.")


def _print_curve(found: Comparison, curve: int) -> None:
    levels = [f"Dose {d}" for d in range(1, found.true.dlt.shape[1] + 1)]
    console.print(f"True DLT rates {shown_rates(found.true.dlt[curve].tolist())}", style="bold")
    if found.true.response.shape[1]:
        console.print(f"True response rates {shown_rates(found.true.response[curve].tolist())}")
    chosen = Table(
        "", "None", *levels, "Ends early", title="Recommended, % of trials", title_justify="left"
    )
    mean = Table(
        "",
        *levels,
        "All",
        "DLTs",
        *_response_title(found),
        title="Treated, mean",
        title_justify="left",
    )
    for number, one in enumerate(found.designs):
        _add_rows(chosen, mean, number, one, curve)
    console.print(chosen)
    console.print(mean)
    for number, one in enumerate(found.designs[1:], 1):
        console.print(
            f"{_letter(number)} and A recommend the same in {100 * one.same_dose[curve]:.1f} % "
            "of trials"
        )


def _response_title(found: Comparison) -> list[str]:
    return ["Responses"] if found.true.response.shape[1] else []


def _add_rows(chosen: Table, mean: Table, number: int, one: Compared, curve: int) -> None:
    letter = _letter(number)
    chosen.add_row(letter, *_percent(one.simulated.mean, curve))
    mean.add_row(letter, *_means(one.simulated.mean, curve))
    if one.exact is not None:
        chosen.add_row("  exact", *_percent(one.exact, curve), style="dim")
        mean.add_row("  exact", *_exact_means(one.exact, curve), style="dim")
    if number:
        _add_difference(chosen, mean, f"{letter} - A", one.difference, curve)


def _add_difference(
    chosen: Table, mean: Table, label: str, difference: Estimate, curve: int
) -> None:
    chosen.add_row(label, *_percent(difference.mean, curve, "+"))
    chosen.add_row("  s.e.", *_percent(difference.error, curve), style="dim")
    mean.add_row(label, *_means(difference.mean, curve, "+"))
    mean.add_row("  s.e.", *_means(difference.error, curve), style="dim")


def _percent(values: Measures | Behaviour, curve: int, sign: str = "") -> list[str]:
    shares = [*values.selection[curve], values.stopped_early[curve]]
    return [f"{100 * share:{sign}.2f}" for share in shares]


def _means(values: Measures, curve: int, sign: str = "") -> list[str]:
    numbers = [*values.treated[curve], values.patients[curve], values.all_dlts[curve]]
    if values.responses.shape[1]:
        numbers.append(values.all_responses[curve])
    return [f"{number:{sign}.3f}" for number in numbers]


def _exact_means(exact: Behaviour, curve: int) -> list[str]:
    numbers = [*exact.treated[curve], exact.patients[curve], exact.dlts[curve].sum()]
    if exact.responses.shape[1]:
        numbers.append(exact.responses[curve].sum())
    return [f"{number:.3f}" for number in numbers]
