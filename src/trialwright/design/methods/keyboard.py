"""Keyboard design.

The target key runs from phi - margin_left to phi + margin_right; keys of the same width fill the
rest of 0..1, and the first and the last are shorter where 0 and 1 cut them. The strongest key is
the one with the greatest posterior probability of the rate p at the current level, under
Beta(1 + y, 1 + n - y) for y DLTs among n; that of a shorter key is raised in proportion to what it
lacks. Strongest key left of the target key: escalate; the target key: stay; right: de-escalate.
Of keys that are equally strong the rightmost counts.

A level and those above it are eliminated when P(p > phi) > cutoff_eli. At the end: the isotonic
transform of the posterior means under Beta(.05, .05), of levels treated and not eliminated; the
nearest to the target is recommended.

Yan, Mandrekar and Yuan 2017, Clin Cancer Res 23:3994; the R package Keyboard. The package's text
asks for 3 patients before a level is eliminated, but its decision tables eliminate from the first;
the default here is the tables' (`min_n_eli`). The rule of the moves is that of `mtpi2`.
"""

from dataclasses import dataclass
from typing import ClassVar

from trialwright.design.design import Design, new_design
from trialwright.design.doses import Doses
from trialwright.design.methods.mtpi2 import LEAST_MARGIN, Mtpi2
from trialwright.design.methods.parts.interval import read_elimination, read_margins
from trialwright.design.parameters import by_name, flag, rate
from trialwright.design.rules.lowest_dose import lowest_dose

_OFFSET_LEAST = 3  # patients at the lowest level before the extra-safe cutoff is looked at


@dataclass(frozen=True, slots=True)
class Keyboard(Mtpi2):
    """The method alone; `keyboard` makes a design of it."""

    name: ClassVar[str] = "keyboard"
    title: ClassVar[str] = "Keyboard"


@by_name
def keyboard(
    *,
    target: float,
    doses: Doses,
    start: int = 1,
    margin_left: float = 0.05,
    margin_right: float = 0.05,
    cutoff_eli: float = 0.95,
    min_n_eli: int = 1,
    extrasafe_offset: float | None = None,
    stay_1_of_3: bool = False,
    select_untested: bool = False,
) -> Design:
    """Return a Keyboard design with the authors' defaults.

    `target` is the DLT rate aimed at; the target key reaches `margin_left` below it and
    `margin_right` above. `cutoff_eli` (1 switches elimination off) and `min_n_eli` govern
    elimination; `extrasafe_offset` (the authors use 0.05) lowers the cutoff at the lowest level,
    from 3 patients there. `stay_1_of_3` stays on 1 DLT of 3. `select_untested` lets a level be
    recommended at the end where nobody was treated. De-escalating at the lowest level means
    staying there unless `| lowest_dose(...)` says otherwise. Raises InputError naming the
    parameter.
    """
    phi = rate("target", target)
    margins = {"margin_left": margin_left, "margin_right": margin_right}
    below, above = read_margins(phi, margins, LEAST_MARGIN)
    method = Keyboard(
        phi,
        phi - below,
        phi + above,
        stay_1_of_3=flag("stay_1_of_3", stay_1_of_3),
        select_untested=flag("select_untested", select_untested),
    )
    elimination = read_elimination(method, cutoff_eli, min_n_eli, extrasafe_offset, _OFFSET_LEAST)
    return new_design(method, doses, start).with_own(elimination, lowest_dose())
