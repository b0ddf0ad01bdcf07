"""`trialwright design picture`: a design's table, courses and behaviour as SVG or PNG files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from trialwright.core.errors import InputError
from trialwright.design import Design
from trialwright.design.behaviour.simulate import Simulation
from trialwright.interfaces.cli.design.assumed import assumed_lines
from trialwright.interfaces.cli.design.options import (
    NO_CURVES,
    NO_DESIGN,
    CurveOptions,
    DesignOptions,
    Json,
    Outcomes,
    Whole,
    complete_outcomes,
    design_from_options,
    read_curves,
    wanted_curves,
)
from trialwright.interfaces.cli.design.work import (
    SEED,
    TRIALS,
    Exact,
    exact_or_simulated,
    known_errors,
    simulated,
)
from trialwright.interfaces.cli.files import write_whole
from trialwright.interfaces.cli.output import console, print_json
from trialwright.results.figures.design_bars import EXACT, Source, design_bars
from trialwright.results.figures.design_course import design_course
from trialwright.results.figures.design_paths import dose_paths
from trialwright.results.figures.design_range import HIGHEST, LOWEST, design_range
from trialwright.results.figures.design_sheet import as_file
from trialwright.results.figures.design_small import small_trial
from trialwright.results.figures.design_table import decision_grid
from trialwright.results.figures.render import Drawn

picture = App(
    name="picture",
    help="Draw a design to an SVG or PNG file: table, paths, exact, range, course, small.",
    default_parameter=Parameter(negative=()),
)

FORMATS = (".svg", ".png")


@Parameter(name="*")
@dataclass(frozen=True)
class FileOptions:
    """Where a picture is written."""

    to: Path | None = None
    "The file to write; its name ends in .svg or .png."


NO_FILE = FileOptions()
From = Annotated[float, Parameter(name="--from")]
UpTo = Annotated[float, Parameter(name="--up-to")]


@picture.command(name="table")
def draw_table(
    *,
    options: DesignOptions = NO_DESIGN,
    file: FileOptions = NO_FILE,
    most: Whole | None = None,
    json: Json = False,
) -> None:
    """Draw the decision for each number treated and number with a DLT at one dose level.

    most: largest number treated; the whole schedule by default.
    """
    path = _file(file)
    _write(decision_grid(design_from_options(options), most), path, json)


@picture.command(name="paths")
def draw_paths(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    file: FileOptions = NO_FILE,
    depth: Whole | None = None,
    merged: bool = False,
    json: Json = False,
) -> None:
    """Draw every course of the trial as a tree, with its probability under each curve.

    depth: follow the first cohorts only. merged: draw neighbouring outcomes with the same
    consequence as one.
    """
    path = _file(file)
    design = design_from_options(options)
    _write(dose_paths(design, read_curves(rates, design), depth, merged=merged), path, json)


@picture.command(name="exact")
def draw_exact(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    file: FileOptions = NO_FILE,
    trials: Whole | None = None,
    seed: Whole = SEED,
    json: Json = False,
) -> None:
    """Draw how often each dose is recommended and whom the trial treats, under each curve.

    A design whose decision graph is too large is simulated instead, which a line on stderr says.

    trials: simulate so many trials per curve instead. seed: the same seed gives the same trials.
    """
    path = _file(file)
    design = design_from_options(options)
    curves = wanted_curves(rates, design)
    complete_outcomes(design)
    if trials is None:
        found = exact_or_simulated(design, curves, trials=TRIALS, seed=seed)
    else:
        found = simulated(design, curves, trials=trials, seed=seed)
    _write(_bars(design, found, seed), path, json)


def _bars(design: Design, found: Exact | Simulation, seed: int) -> Drawn:
    if isinstance(found, Exact):
        return design_bars(design, found.behaviour, EXACT)
    errors = [error for curve in known_errors(found) for error in curve if error is not None]
    source = Source(found.trials, seed, max(errors, default=None))
    return design_bars(design, found.behaviour, source)


@picture.command(name="range")
def draw_range(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    file: FileOptions = NO_FILE,
    level: Whole | None = None,
    lowest: From = LOWEST,
    highest: UpTo = HIGHEST,
    json: Json = False,
) -> None:
    """Draw how often each dose is recommended as the true DLT rate goes through a range.

    The one curve of --true gives the shape; it is moved on the logit scale.

    level: the dose level whose rate is on the axis; the first by default. lowest, highest: the
    range of its rate.
    """
    path = _file(file)
    design = design_from_options(options)
    curves = wanted_curves(rates, design)
    if len(curves) != 1:
        raise InputError("--true", f"{len(curves)} curves", "one, whose shape is kept")
    _write(design_range(design, curves, level, lowest, highest), path, json)


@picture.command(name="course")
def draw_course(
    *,
    options: DesignOptions = NO_DESIGN,
    file: FileOptions = NO_FILE,
    outcomes: Outcomes = "",
    json: Json = False,
) -> None:
    """Draw a trial so far, patient by patient, with what follows and every reason."""
    path = _file(file)
    _write(design_course(design_from_options(options), outcomes), path, json)


@picture.command(name="small")
def draw_small(
    *,
    options: DesignOptions = NO_DESIGN,
    rates: CurveOptions = NO_CURVES,
    file: FileOptions = NO_FILE,
    json: Json = False,
) -> None:
    """Draw a small trial on one page: every count of DLTs, what follows, exact limits, chances."""
    path = _file(file)
    design = design_from_options(options)
    assumed = assumed_lines(options.protocol)
    _write(small_trial(design, wanted_curves(rates, design), assumed), path, json)


def _file(file: FileOptions) -> Path:
    """Return the file to write; checked before any work is done."""
    wanted = "a file to write that ends in .svg or .png"
    if file.to is None:
        raise InputError("--to", "not stated", wanted)
    if file.to.suffix.lower() not in FORMATS:
        raise InputError("--to", repr(file.to.name[:60]), wanted)
    return file.to


def _write(drawn: Drawn, path: Path, json: bool) -> None:
    write_whole(path, as_file(drawn, path.suffix.lower()[1:]))
    if json:
        print_json(
            {
                "file": str(path),
                "title": drawn.title,
                "caption": drawn.caption,
                "alternative": drawn.alternative,
            }
        )
        return
    console.print(f"wrote {path}: {drawn.title}")
