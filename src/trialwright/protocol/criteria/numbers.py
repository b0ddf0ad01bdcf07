"""Numbers, comparison signs and durations as clinical texts write them.

number   := 2,500 | 100 000 | 1.5 | 1,5          (three digits after a comma are thousands)
operator := "≥" | ">=" | "at least" | "greater than or equal to" | ...
after    := "or more" | "or less" | ...           (behind the number)
"""

import re
from decimal import Decimal

from trialwright.core.dates import Duration
from trialwright.protocol.criteria.nodes import Operator

NUMBER = re.compile(r"\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:[.,]\d+)?")

_OPERATORS: tuple[tuple[str, Operator], ...] = (
    (r"≥|>\s*/?\s*=|=\s*>|⩾|>\s*or\s*=|≧", ">="),
    (r"≤|<\s*/?\s*=|=\s*<|⩽|<\s*or\s*=|≦", "<="),
    (r">", ">"),
    (r"<", "<"),
    (
        r"\b(?:(?:is |of )?(?:greater|higher|more|larger)(?: than)? or equal(?: to)?|at least"
        r"|no less than|not less than|no lower than|a minimum of|minimum(?: of)?)",
        ">=",
    ),
    (
        r"\b(?:(?:less|lower|smaller)(?: than)? or equal(?: to)?|at most|no more than"
        r"|not more than|no greater than|not greater than|not exceeding"
        r"|a maximum of|maximum(?: of)?|up to)",
        "<=",
    ),
    (r"\b(?:(?:greater|more|higher|larger) than|above|over|exceeding|exceeds|in excess of)", ">"),
    (r"\b(?:(?:less|lower|smaller|fewer) than|below|under)", "<"),
    (r"=|equal to", "="),
)
OPERATOR = re.compile(
    "|".join(f"(?P<op{i}>{_})" for i, (_, __) in enumerate(_OPERATORS)), re.IGNORECASE
)
AFTER = re.compile(
    r"\s*,?\s*(?:or|and)\s+(?:(?P<more>more|greater|higher|above|over|older|up)"
    r"|(?P<less>less|lower|below|under|younger))\b",
    re.IGNORECASE,
)

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "a": 1, "an": 1, "eighteen": 18, "thirty": 30,
}  # fmt: skip
COUNT = rf"(?:\d{{1,4}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
TIME_UNIT = r"(?:years?|yrs?|months?|weeks?|days?)"


def number(text: str) -> Decimal:
    """Return the value of a number as written.

    >>> number("2,500"), number("1,5"), number("100 000"), number("0,125")
    (Decimal('2500'), Decimal('1.5'), Decimal('100000'), Decimal('0.125'))
    """
    groups = re.split(r"[,\u202f\u00a0 ]", text.partition(".")[0])
    thousands = len(groups) > 1 and groups[0] != "0" and all(len(g) == 3 for g in groups[1:])
    if thousands or "." in text:
        return Decimal(re.sub(r"[,\u202f\u00a0 ]", "", text))
    return Decimal(text.replace(",", "."))


def operator(found: "re.Match[str]") -> Operator:
    """Return the operator that a match of OPERATOR stands for."""
    return next(op for i, (_, op) in enumerate(_OPERATORS) if found[f"op{i}"] is not None)


def count(text: str) -> int:
    """Return a small whole number written in digits or as a word."""
    return int(text) if text.isdigit() else _WORDS[text.lower()]


def duration(n: int, unit: str) -> Duration:
    """Return n years, months, weeks or days."""
    match unit.lower()[0]:
        case "y":
            return Duration(months=12 * n)
        case "m":
            return Duration(months=n)
        case "w":
            return Duration(days=7 * n)
        case _:
            return Duration(days=n)
