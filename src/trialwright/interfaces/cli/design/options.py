"""Options of `trialwright design`: which design, and which true rates."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from math import isnan
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, Token

from trialwright.conduct.escalation import load_with_design
from trialwright.core.errors import InputError
from trialwright.design import Design, curves, from_parameters
from trialwright.design.curves import TrueRates
from trialwright.design.parameters import counted, number_in
from trialwright.interfaces.cli.files import read_bytes
from trialwright.interfaces.cli.output import console, messages


def _whole(kind: object, tokens: Sequence[Token]) -> int:
    """Read a whole number as it is written; 1.5 is none, and is not rounded to one."""
    token = tokens[0]
    if not re.fullmatch(r"[+-]?[0-9]{1,30}", token.value, re.ASCII):
        raise InputError(token.keyword or "an option", repr(token.value[:40]), "a whole number")
    return int(token.value)


Whole = Annotated[int, Parameter(converter=_whole)]


@Parameter(name="*")
@dataclass(frozen=True)
class DesignOptions:
    """Which design: stated option by option."""

    method: str | None = None
    "Escalation method; boin where none is stated."
    target: str | None = None
    "Target DLT rate, such as 0.30; for blrm also an interval, such as 0.16,0.33."
    doses: str | None = None
    "Number of dose levels, or their amounts with the unit: 2e10,4e10 particles/kg."
    cohorts: str | None = None
    "Cohort sizes in order: 4,8 or 3x10 (ten cohorts of 3) or 1,3x9."
    start: Whole | None = None
    "Dose level of the first cohort; 1 where none is stated."
    param: list[str] | None = None
    "A further parameter of the method as key=value, such as cutoff_eli=0.9; may be repeated."
    rule: list[str] | None = None
    "A rule as name or name:key=value,key=value, such as stop_at:patients=36; may be repeated."
    protocol: Path | None = None
    "A protocol.yaml: the trial's own design instead of the options above."


@Parameter(name="*")
@dataclass(frozen=True)
class CurveOptions:
    """True DLT rates by dose level."""

    true: list[str] | None = None
    "True DLT rates by dose level: 0.05,0.1 (0.05,0.1/0.2,0.4 with response rates); repeatable."
    curves: Path | None = None
    "A file with one such line per curve."


MOST_CURVES = 100_000
MOST_CURVE_BYTES = 50_000_000
MOST_WARNINGS = 5

# What a command gets when no such option is given.
NO_DESIGN = DesignOptions()
NO_CURVES = CurveOptions()

Json = Annotated[bool, Parameter(name="--json", help="Print one JSON document.")]
# Outcomes that start with a hyphen are outcomes still, and the notation says what is wrong.
Outcomes = Annotated[
    str,
    Parameter(
        allow_leading_hyphen=True,
        help='A group per cohort, the dose level then a letter per patient: "1NNN 2NTN 2NP0.45". '
        "N no DLT, T a DLT, P pending (P0.45: for 45 % of the window); where the method looks at "
        "responses E a response, B both; +1NN: backfilled.",
    ),
]


def design_from_options(options: DesignOptions) -> Design:
    """Return the design that the options state; raise InputError naming the option."""
    if options.protocol is not None:
        return _design_of_protocol(options, options.protocol)
    if options.doses is None:
        raise InputError("--doses", "not stated", "the number of dose levels")
    stated = [_parameter(text, "--param", _PARAMETER) for text in options.param or ()]
    if options.target is not None:
        stated.append(("target", _value(options.target)))
    parameters = _once(stated, "--param")
    return from_parameters(
        options.method or "boin",
        parameters,
        options.doses,
        options.cohorts,
        1 if options.start is None else options.start,
        rules=[_rule(text) for text in options.rule or ()],
    )


def _design_of_protocol(options: DesignOptions, path: Path) -> Design:
    if options != replace(NO_DESIGN, protocol=path):
        raise InputError("--protocol", "stated with other options of a design", "one or the other")
    return load_with_design(read_bytes(path), str(path), date.today())[2]


def _rule(text: str) -> tuple[str, dict[str, object]]:
    """Read `name:key=value,key=value`; a part without `=` goes on with the value before it."""
    name, colon, stated = text.partition(":")
    name = name.strip()
    if not name or (colon and not stated.strip()):
        raise InputError("--rule", repr(text[:60]), _RULE)
    parts: list[str] = []
    for part in stated.split(",") if colon else ():
        if "=" in part or not parts:
            parts.append(part)
        else:
            parts[-1] += f",{part}"
    option = f"--rule {name[:40]}"
    return name, _once([_parameter(part, option, _RULE) for part in parts], option)


_PARAMETER = "key=value, such as cutoff_eli=0.9"
_RULE = "name or name:key=value,key=value, such as stop_at:patients=36"


def _parameter(text: str, option: str, wanted: str) -> tuple[str, object]:
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name or not value:
        raise InputError(option, repr(text[:60]), wanted)
    return name, _value(value)


def _once(stated: Sequence[tuple[str, object]], option: str) -> dict[str, object]:
    """Return parameters by name; raise InputError for one that is stated twice."""
    found: dict[str, object] = {}
    for name, value in stated:
        if name in found:
            raise InputError(option, f"{name[:40]} stated twice", "each parameter once")
        found[name] = value
    return found


_WORDS = {"true": True, "false": False, "none": None}


def _value(text: str) -> object:
    """Return a number, true, false or none in any case, several numbers, or the text itself."""
    if "," in text:
        values = tuple(_value(part.strip()) for part in text.split(","))
        return text if any(isinstance(value, str) for value in values) else values
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    value = number_in(text)
    return text if isnan(value) else value


_WHOLE = re.compile("[+-]?[0-9]{1,300}", re.ASCII)


def wanted_curves(options: CurveOptions, design: Design) -> TrueRates:
    """Return the curves of true rates that the options state; InputError where they state none."""
    found = read_curves(options, design)
    if found is None:
        raise InputError("--true", "no true rates", "rates such as 0.05,0.1,0.2, or --curves FILE")
    return found


def read_curves(options: CurveOptions, design: Design) -> TrueRates | None:
    """Return the curves that the options state, None for none; warn of a curve that falls."""
    lines = [("--true", text) for text in options.true or ()]
    if options.curves is not None:
        lines += _curve_lines(options.curves)
    if not lines:
        return None
    truth = curves.read_curves(lines, design.doses, design.method.responses)
    falling = [curve for curve in truth.dlt.tolist() if not curves.is_monotone(curve)]
    for curve in falling[:MOST_WARNINGS]:
        messages.print(f"warning: the true rates {shown_rates(curve)} fall from a dose to the next")
    if falling[MOST_WARNINGS:]:
        more = counted(len(falling) - MOST_WARNINGS, "further curve")
        messages.print(f"warning: so do those of {more}")
    return truth


def _curve_lines(file: Path) -> list[tuple[str, str]]:
    data = read_bytes(file)
    if len(data) > MOST_CURVE_BYTES:
        raise InputError(str(file), f"{len(data):,} bytes", f"at most {MOST_CURVE_BYTES:,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(str(file), "no UTF-8 text", "a file with a curve per line") from error
    numbered = [(f"{file}, line {n}", line) for n, line in enumerate(text.split("\n"), 1)]
    found = [(where, line) for where, line in numbered if line.strip()]
    if not 1 <= len(found) <= MOST_CURVES:
        wanted = f"a line of true rates per curve, at most {MOST_CURVES:,}"
        raise InputError(str(file), f"{len(found):,} curves" if found else "no curves", wanted)
    return found


def complete_outcomes(*designs: Design) -> tuple[str, ...]:
    """Return what of designs looks at time, with a note on stderr that nobody is pending here."""
    names = tuple(dict.fromkeys(name for design in designs for name in design.in_time))
    if names:
        messages.print(
            f"note: {', '.join(names)}: here every outcome is awaited and nobody is pending; "
            "time is in `simulate --accrual --window`"
        )
    return names


@contextmanager
def options_named(**options: str) -> Iterator[None]:
    """Name the option in an error where a parameter is meant that the option states."""
    try:
        yield
    except InputError as error:
        name, comma, rest = error.where.partition(",")
        option = options.get(name.removeprefix("parameter "))
        if option is None:
            raise
        raise InputError(f"{option}{comma}{rest}", error.what, error.wanted) from None


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
