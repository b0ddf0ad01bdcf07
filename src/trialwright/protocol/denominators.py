"""What a dose is counted per: `/kg`, `per kg of body weight`, `/kg/dose`; anything else is refused.

per := [words] ("/" | "per") word { ("/" | "per") word }
"""

import re
from dataclasses import dataclass

_STEP = re.compile(r"\s*(?:/|⁄|\bper\b)\s*(?P<word>\d{0,3}\s?[a-zµμ]+\d?)", re.IGNORECASE)
_WORDS_BEFORE = re.compile(
    r"\s*(?:(?!per\b)[a-z]+\s){1,2}?(?=(?:/|⁄|per\b)\s*k(?:g|ilo))", re.IGNORECASE
)
_KILOGRAM = re.compile(r"kgs?|kilos?|kilograms?", re.IGNORECASE)
_EACH_TIME = re.compile(
    r"(?:unit\s)?(?:doses?|infusions?|injections?|times?|administrations?|treatments?"
    r"|applications?|body|protocol|patient|subject|participant|person)",
    re.IGNORECASE,
)
_BODY_WEIGHT = re.compile(
    r"\s*(?:of\s+)?(?:body[\s-]?weight|bw)\b(?=\s*(?:/|per\b))", re.IGNORECASE
)
_TIME = r"(?:h|hr|hours?|d|days?|min|minutes?|s|sec|seconds?|weeks?|wk|months?|ml|l|m2)\b"
_GOES_ON = re.compile(rf"\s?[\^²³⁰-⁹⁻]|\s?[·∙⋅]\s?[a-z]|[.*]{_TIME}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Per:
    """What stands behind a counted thing: per kilogram or not, and what cannot be used."""

    kilogram: bool
    end: int
    fault: str | None = None


def per(text: str, at: int) -> Per:
    """Read what a dose is counted per, from its unit's end on.

    >>> per("cells/kg/dose", 5).kilogram, per("cells per mL per kg", 5).fault
    (True, 'per mL per kg, not per kg')
    """
    start = found.end() if (found := _WORDS_BEFORE.match(text, at)) else at
    words, end = _chain(text, start)
    kilograms = [word for word in words if _KILOGRAM.fullmatch(word)]
    if not any("kg" in word.lower() or "kilo" in word.lower() for word in words):
        return Per(False, at)
    others = [word for word in words if word not in kilograms and not _EACH_TIME.fullmatch(word)]
    goes_on = _GOES_ON.match(text, end)
    if len(kilograms) == 1 and not others and not goes_on:
        return Per(True, end)
    read = " ".join(f"per {word}" for word in words) + (goes_on[0] if goes_on else "")
    return Per(True, goes_on.end() if goes_on else end, f"{read}, not per kg")


def _chain(text: str, at: int) -> tuple[list[str], int]:
    words: list[str] = []
    while len(words) < 5 and (step := _STEP.match(text, at)):
        words.append(step["word"].strip())
        at = step.end()
        if weight := _BODY_WEIGHT.match(text, at):
            at = weight.end()
    return words, at
