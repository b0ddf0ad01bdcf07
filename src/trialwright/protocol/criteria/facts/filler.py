"""From a limit to the left, over words that say nothing, to what the limit is about.

    filler := "of" | "is" | "level" | "at screening" | "by echo" | "(" short form ")" | ...

A bracket that names a measure or abbreviates one is noted, and so is a method of measuring.
"""

import re
from typing import NamedTuple

from trialwright.protocol.criteria.facts.named import Names
from trialwright.protocol.criteria.facts.places import opening, rstrip, word_start
from trialwright.protocol.criteria.facts.words import FILLER, HEADS, NOUNS, TIME_HEADS
from trialwright.protocol.criteria.matcher import Mention

REACH = 160  # characters in front of a limit in which its measure may stand
_STEPS = 12
_LONGEST_ASIDE = 50  # characters of a bracket that spells out a short form
_HOW = (
    r"(?P<method>(?:2-?D\s+|two-dimensional\s+|transthoracic\s+)?(?:echo(?:cardiogra\w+)?|TTE)"
    r"|(?:cardiac\s+)?MRI|CMR|(?:radionuclide\s+)?(?:angiograph\w+|ventriculogra\w+)"
    r"|MUGA(?:\s+scan)?"
    r"|(?:modified\s+)?Coc?kc?roft[\s-]+(?:and\s+)?Gault(?:\s+(?:formula|equation|method))?"
    r"|CKD-EPI(?:\s+\w+)?|MDRD"
    r"|Fridericia(?:'?s)?(?:\s+(?:formula|correction))?|Bazz?ett(?:'?s)?(?:\s+(?:formula"
    r"|correction))?|spirometry|DE?XA)\s*"
)
_MEASURED = (
    r"(?:as\s+)?(?:(?:measured|assessed|determined|calculated|estimated|evaluated|defined)\s+)"
)
_METHOD = re.compile(
    rf"(?:,\s*)?{_MEASURED}?(?:(?:by|on|using|via|with|according to|per|from)\s+)?(?:the\s+)?"
    rf"{_HOW}",
    re.IGNORECASE,
)
# Between a measure and its limit: `ejection fraction measured by MUGA scan of at least 50%`.
_BY_METHOD = re.compile(
    rf"(?:(?:,\s*)?{_MEASURED})?\b(?:by|on|using|via|with|from)\s+(?:an?\s+|the\s+)?{_HOW}\Z",
    re.IGNORECASE,
)
_METHOD_SIGNS = (
    "echo", "tte", "mri", "cmr", "gra", "muga", "gault", "epi", "mdrd", "ricia", "zett",
    "spirometry", "dexa", "dxa",
)  # fmt: skip
_AT_VISIT = re.compile(
    r"\bat\s+(?:the\s+)?(?:time\s+of\s+)?(?:screening|baseline|enrol+ment|(?:study\s+)?entry"
    r"|inclusion|admission|presentation|registration|randomi[sz]ation|rest)(?:\s+visit)?\s*\Z",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(
    r"(?:(?:an?|the)\s+)?(?:amount|level|number|measure|percentage)\s+of\b", re.I
)
_PREDICTED = re.compile(r"(?:%|percent)\s*(?:of\s+)?(?:the\s+)?pred(?:icted)?\s*\Z", re.IGNORECASE)


class Left(NamedTuple):
    """How far filler reaches to the left of a limit, and what it said."""

    at: int
    named: Mention[str] | None = None  # the measure that ends there
    aside: int | None = None  # where a bracket opens
    short: Mention[str] | None = None  # the measure that the bracket names
    method: str | None = None
    of_predicted: bool = False
    in_bracket: bool = False  # the limit stands alone in brackets
    noun_end: int = 0  # where `score`, `count` or `level` ends, which belongs to the name
    said_score: bool = False


def left_of(text: str, at: int, least: int, names: Names, limit_end: int = 0) -> Left:
    """Walk from a limit, which ends at `limit_end`, to the left as far as filler goes."""
    walk = _Walk(text, at, max(least, at - REACH), names)
    for _ in range(_STEPS):
        if walk.at <= walk.least or walk.has_arrived() or not walk.step(limit_end):
            break
    return walk.result()


class _Walk:
    """One walk to the left: the place, and what was passed."""

    def __init__(self, text: str, at: int, least: int, names: Names) -> None:
        self.text, self.least, self.names = text, least, names
        self.at = rstrip(text, at, least)
        self.named: Mention[str] | None = None
        self.short: Mention[str] | None = None
        self.aside: int | None = None
        self.method: str | None = None
        self.of_predicted = self.in_bracket = self.said_score = False
        self.noun_end = 0

    def result(self) -> Left:
        """Return where the walk ended."""
        return Left(
            self.at, self.named, self.aside, self.short, self.method, self.of_predicted,
            self.in_bracket, self.noun_end, self.said_score,
        )  # fmt: skip

    def has_arrived(self) -> bool:
        """Say whether a measure of the lexicon ends here."""
        named = self.names.by_end.get(self.at)
        self.named = named if named and named.start >= self.least else None
        return self.named is not None

    def step(self, limit_end: int) -> bool:
        """Pass one bracket, mark or word; False where it is no filler."""
        mark = self.text[self.at - 1]
        if mark in "([（":
            return self._into_bracket(limit_end)
        if mark in ")]）":
            return self._over_bracket()
        if mark in ":,=-–":
            return self._over_mark()
        return self._over_words()

    def _go(self, at: int) -> bool:
        self.at = rstrip(self.text, at, self.least)
        return True

    def _into_bracket(self, limit_end: int) -> bool:
        """Leave a bracket that holds the limit and nothing else: `score (< 20)`."""
        alone = limit_end > self.at and self.text[limit_end : limit_end + 1] in (")", "]")
        if not alone or self.in_bracket:
            return False
        self.in_bracket = True
        return self._go(self.at - 1)

    def _over_bracket(self) -> bool:
        opened = opening(self.text, self.at, self.least)
        if opened is None or self.aside is not None:
            return False
        inside = self.text[opened + 1 : self.at - 1].strip()
        short = self._named_inside(opened)
        if how := _METHOD.fullmatch(inside):
            self.method = how["method"].strip()
        elif abbreviates(inside) or short or self._spells_out(inside, opened):
            self.aside = opened
            self.short = short
        else:
            return False
        return self._go(opened)

    def _named_inside(self, opened: int) -> Mention[str] | None:
        """Return the measure that a bracket names and says nothing beside."""
        short = self.names.by_end.get(rstrip(self.text, self.at - 1, self.least))
        alone = short is not None and not self.text[opened + 1 : short.start].strip()
        return short if alone else None

    def _spells_out(self, inside: str, opened: int) -> bool:
        """Say whether a bracket says what the short form in front of it stands for."""
        end = rstrip(self.text, opened, self.least)
        before = self.text[word_start(self.text, end, self.least) : end]
        if _EXPLAINS.match(inside) and not any(c.isdigit() for c in inside):
            return before.lower() in HEADS  # viral load (amount of HIV in the blood)
        plain = len(inside) <= _LONGEST_ASIDE and not any(c.isdigit() for c in inside)
        return plain and len(before) > 1 and before.isupper() and inside[:1].isalpha()

    def _over_mark(self) -> bool:
        """Pass the colon of `Age: 18` and the dash of `BMI - 30`, not that of a list."""
        beside = self.text[self.at - 2 : self.at - 1]
        following = self.text[self.at : self.at + 2]
        if self.text[self.at - 1] == "," and following.strip()[:1].isalpha():
            return False
        following = following[:1]
        if not (
            (beside.isalnum() or beside in ") ")
            and (following in " \t<>≥≤=" or following.isdigit())
        ):
            return False
        return self._go(self.at - 1)

    def _over_words(self) -> bool:
        if found := _PREDICTED.search(self.text, max(self.least, self.at - 24), self.at):
            self.of_predicted = True
            return self._go(found.start())
        start = word_start(self.text, self.at, self.least)
        word = self.text[start : self.at].lower()
        if word in FILLER or (word == "to" and self._leads_to(start)):
            self.said_score = self.said_score or word in ("score", "scores")
            self.noun_end = self.at if word in NOUNS else self.noun_end
            return self._go(start)
        begin = max(self.least, self.at - 80)
        shows = any(map(self.text[begin : self.at].lower().__contains__, _METHOD_SIGNS))
        if shows and (how := _BY_METHOD.search(self.text, begin, self.at)):
            self.method = self.method or how["method"].strip()
            return self._go(how.start())
        found = _AT_VISIT.search(self.text, max(self.least, self.at - 40), self.at)
        return self._go(found.start()) if found else False

    def _leads_to(self, at: int) -> bool:
        """Say whether `to` stands behind a measure: `limits life expectancy to less than ...`."""
        end = rstrip(self.text, at, self.least)
        word = self.text[word_start(self.text, end, self.least) : end].lower()
        return end in self.names.by_end or word in HEADS or word in TIME_HEADS


def abbreviates(words: str) -> bool:
    """Say whether words in brackets are a short form."""
    return len(words) <= 14 and " " not in words.strip("., ") and any(c.isupper() for c in words)
