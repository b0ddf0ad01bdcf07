"""What the pictures of a design say: its doses, its curves of assumed rates, what follows."""

from collections.abc import Sequence

from trialwright.design import Design
from trialwright.design.curves import TrueRates
from trialwright.results.words import listed, scientific, unit

ASSUMED = "assumed true DLT rates"


def dose(design: Design, level: int) -> str:
    """Return a level with its amount, where the design states amounts.

    >>> from trialwright.design import boin
    >>> from trialwright.design.doses import DoseSet
    >>> dose(boin(target=0.25, doses=DoseSet((2e10, 4e10), "particles/kg")), 2)
    'dose 2 (4 × 10¹⁰ particles/kg)'
    """
    amount = amount_of(design, level)
    return f"dose {level} ({amount})" if amount else f"dose {level}"


def amount_of(design: Design, level: int) -> str:
    """Return a level's amount with its unit; empty where the design states none."""
    if design.amounts is None:
        return ""
    return f"{scientific(design.amounts.amounts[level - 1])} {unit(design.amounts.unit)}".rstrip()


def doses_note(design: Design) -> tuple[str, ...]:
    """Return a line that lists every level's amount; none where the design states no amounts."""
    if design.amounts is None:
        return ()
    amounts = [f"dose {k}: {amount_of(design, k)}" for k in range(1, design.doses + 1)]
    return (f"Amounts: {', '.join(amounts)}.",)


def design_note(design: Design) -> tuple[str, ...]:
    """Return the design's own summary, a line for the method and for each rule."""
    lines = (line.replace("(1, 1)", "(1,\N{NO-BREAK SPACE}1)") for line in design.summary)
    return tuple(f"{line[:1].upper()}{line[1:]}." for line in lines)


def curve_name(number: int) -> str:
    """Return a curve's letter, or its number beyond 26; curves count from 0.

    >>> curve_name(0), curve_name(26)
    ('A', '27')
    """
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def curves_note(truth: TrueRates | None) -> tuple[str, ...]:
    """Return a line that states the curves; none without curves."""
    if truth is None:
        return ()
    stated = [f"{curve_name(k)} {curve_rates(truth, k)}" for k in range(len(truth))]
    return (f"{ASSUMED[:1].upper()}{ASSUMED[1:]} by dose level: {'; '.join(stated)}.",)


def curve_rates(truth: TrueRates, curve: int) -> str:
    """Return one curve's DLT rates, and its response rates where it has such."""
    toxic = rates(truth.dlt[curve].tolist())
    if truth.response.shape[1] == 0:
        return toxic
    return f"{toxic} with response rates {rates(truth.response[curve].tolist())}"


def rates(values: Sequence[float]) -> str:
    """Return rates as a list.

    >>> rates([0.1, 0.25])
    '0.1, 0.25'
    """
    return ", ".join(f"{value:.3g}" for value in values)


def chance(probability: float) -> str:
    """Return a probability in percent, short enough for a table.

    >>> chance(0.3241), chance(0.004), chance(0.00001), chance(0), chance(0.99999)
    ('32.4', '0.4', '<0.1', '0', '>99.9')
    """
    percent = 100 * probability
    if percent <= 0:
        return "0"
    if percent < 0.05:
        return "<0.1"
    if 99.95 <= percent < 100 - 1e-9:
        return ">99.9"
    return f"{percent:.0f}" if percent >= 99.95 else f"{percent:.1f}"


def chances(probability: Sequence[float]) -> str:
    """Return probabilities with the curves they belong to.

    >>> chances((0.5, 0.25))
    'A 50.0 %, B 25.0 %'
    """
    named = [f"{curve_name(k)} {chance(p)} %" for k, p in enumerate(probability)]
    return ", ".join(named)


def ranges(numbers: Sequence[int]) -> str:
    """Return ascending whole numbers as runs.

    >>> ranges([0, 1, 2, 5])
    '0–2, 5'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{r[0]}–{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs)


def recommended(level: int | None) -> str:
    """Return a recommendation at the end in two words."""
    return f"dose {level}" if level else "no dose"


def listed_or(items: Sequence[str]) -> str:
    """Return different possibilities as one phrase, in the order first met."""
    return listed(list(dict.fromkeys(items))).replace(" and ", " or ")
