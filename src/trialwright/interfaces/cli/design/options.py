"""Options of `trialwright design`: which design, and which true rates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from trialwright.conduct.gate import design_of
from trialwright.core.errors import InputError
from trialwright.design import Design, from_parameters
from trialwright.design.curves import Truth, is_monotone, read_curve, stack_truths
from trialwright.interfaces.cli.files import read_bytes
from trialwright.interfaces.cli.output import console, messages
from trialwright.protocol.service import load


@Parameter(name="*")
@dataclass(frozen=True)
class DesignOptions:
    """Which design: stated option by option."""

    method: str = "boin"
    "Escalation method."
    target: float | None = None
    "Target DLT rate, such as 0.30."
    doses: str | None = None
    "Number of dose levels, or their amounts with the unit: 2e10,4e10 particles/kg."
    cohorts: str | None = None
    "Cohort sizes in order: 4,8 or 3x10 (ten cohorts of 3) or 1,3x9."
    start: int = 1
    "Dose level of the first cohort."
    param: list[str] | None = None
    "A further parameter of the method as key=value; may be repeated."
    rule: list[str] | None = None
    "A rule as name or name:key=value,key=value; may be repeated."
    protocol: Path | None = None
    "A protocol.yaml: the trial's own design instead of the options above."


@Parameter(name="*")
@dataclass(frozen=True)
class CurveOptions:
    """True DLT rates by dose level."""

    true: list[str] | None = None
    "True DLT rates, one per dose level, separated by commas; may be repeated."
    curves: Path | None = None
    "A file with one such line per curve."


# What a command gets when no such option is given.
NO_DESIGN = DesignOptions()
NO_CURVES = CurveOptions()

Json = Annotated[bool, Parameter(name="--json")]
# Outcomes that start with a hyphen are outcomes still, and the notation says what is wrong.
Outcomes = Annotated[str, Parameter(allow_leading_hyphen=True)]


def design_from_options(options: DesignOptions) -> Design:
    """Return the design that the options state; raise InputError naming the option."""
    if options.protocol is not None:
        return _design_of_protocol(options, options.protocol)
    if options.doses is None:
        raise InputError("--doses", "not stated", "the number of dose levels")
    parameters = dict(_parameter(text) for text in options.param or ())
    if options.target is not None:
        parameters["target"] = options.target
    return from_parameters(
        options.method,
        parameters,
        options.doses,
        options.cohorts,
        options.start,
        rules=[_rule(text) for text in options.rule or ()],
    )


def _design_of_protocol(options: DesignOptions, path: Path) -> Design:
    if options != replace(NO_DESIGN, protocol=path):
        raise InputError("--protocol", "stated with other options of a design", "one or the other")
    return design_of(load(read_bytes(path), str(path), date.today()))


def _rule(text: str) -> tuple[str, dict[str, object]]:
    name, _, stated = text.partition(":")
    return name.strip(), dict(
        _parameter(part, "--rule") for part in stated.split(",") if part.strip()
    )


def _parameter(text: str, option: str = "--param") -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise InputError(option, repr(text[:60]), "key=value, such as cutoff_eli=0.9")
    return name.strip(), _value(value.strip())


def _value(text: str) -> object:
    """Return a whole number, a number, true or false, several of these, or the text itself."""
    if "," in text:
        values = tuple(_value(part.strip()) for part in text.split(","))
        return text if any(isinstance(value, str) for value in values) else values
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def wanted_curves(options: CurveOptions, design: Design) -> Truth:
    curves = read_curves(options, design)
    if curves is None:
        raise InputError("--true", "no true rates", "rates such as 0.05,0.1,0.2, or --curves FILE")
    return curves


def read_curves(options: CurveOptions, design: Design) -> Truth | None:
    lines = [("--true", text) for text in options.true or ()]
    if options.curves is not None:
        lines += _curve_lines(options.curves)
    if not lines:
        return None
    responses = design.method.responses
    truth = stack_truths([read_curve(text, design.doses, at, responses) for at, text in lines])
    for curve in truth.dlt.tolist():
        if not is_monotone(curve):
            messages.print(
                f"warning: the true rates {shown_rates(curve)} fall from a dose to the next"
            )
    return truth


def _curve_lines(file: Path) -> list[tuple[str, str]]:
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(str(file), "no UTF-8 text", "a file with a curve per line") from error
    numbered = [(f"{file}, line {n}", line) for n, line in enumerate(text.splitlines(), 1)]
    return [(where, line) for where, line in numbered if line.strip()]


def shown_rates(curve: Sequence[float]) -> str:
    """Return rates as one line."""
    return ", ".join(f"{rate:g}" for rate in curve)


def level_names(design: Design, between: str = ", ") -> list[str]:
    """Return each level's number, with its amount where the design has amounts."""
    levels, amounts = range(1, design.doses + 1), design.amounts
    return [f"Dose {d}{between}{amounts.label(d)}" if amounts else f"Dose {d}" for d in levels]


def print_design(design: Design) -> None:
    """Print the method and every rule, a line each."""
    for line in design.summary:
        console.print(line, style="dim")
