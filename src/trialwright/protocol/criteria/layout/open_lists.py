"""Lists that stand at the depth of their own first words, so that nothing shows where they end.

* One of the following types of surgery:
* Hip replacement                              a member of it, or a criterion of its own?

Such first words ask for nothing by themselves, and what stands behind them is only certain where it
is a whole sentence (`Patients must ...`), or where the first words do no more than say that all of
them hold. The same goes for a line that breaks off (`Are above 55 years of age AND have`).
"""

import re
from collections.abc import Iterator, Sequence

from trialwright.protocol.criteria.layout.headings import only_admits
from trialwright.protocol.criteria.layout.model import Item
from trialwright.protocol.criteria.layout.remarks import tail
from trialwright.protocol.criteria.layout.sides import is_sentence, side
from trialwright.protocol.criteria.layout.subheaders import COLONS, is_label, stands_alone

_ENDS = (
    "have", "has", "having", "with", "except", "unless", "of", "the", "a", "an", "to", "by", "at",
    "than", "from",
)  # fmt: skip
_BREAKS_OFF = re.compile(rf"\b(?:{'|'.join(_ENDS)})$", re.IGNORECASE)
_LONGEST_END = 16  # characters of the last words
_SOME = re.compile(
    r"\b(?:any|either|one|two|three|least|or more|except\w*|unless|other than|no|not|without)\b",
    re.IGNORECASE,
)
_NARROWS = re.compile(
    r"\b(?:with|within|during|for|prior|before|after|if|when|who|that|except\w*|unless|other than"
    r"|have|has|had|history|due|by|in|at|on|until|allowed|avoid\w*|discouraged|defined|following)\b|\d",
    re.IGNORECASE,
)
_ALL = re.compile(r"\ball (?:of )?the following\b|\bfollowing criteria\W*$", re.IGNORECASE)
_EACH_OUT = re.compile(
    r"\bfollowing\b.*\b(?:excluded|ineligible|not (?:be )?eligible|met|apply|applies|fulfilled)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\d|\b(?:prior|within|previous|history|before|if they|with any)\b", re.IGNORECASE
)
_REMARK = re.compile(r"\bnote\W*:\W*$", re.IGNORECASE)  # said of one item, not of a list


_PERSON = re.compile(
    r"\W*(?:age[ds]?\b|(?:wh?o\s+)?performance status|karnofsky|lansky|ecog|zubrod|life expectancy"
    r"|(?:body )?weight|body mass|bmi\b|patients? must|informed consent|sex\s*:)",
    re.IGNORECASE,
)


def members(items: Sequence[Item]) -> Iterator[bool]:
    """Say of each item whether it opens a list at its own depth, or may be a member of one."""
    opener: Item | None = None
    runs_on = False
    for at, item in enumerate(items):
        behind = items[at + 1] if at + 1 < len(items) else None
        if opener and (_differs(opener, item) or _of_another_kind(item)):
            opener = None
        inside = opener is not None or runs_on
        leads = behind is not None and not _differs(item, behind)
        opens = leads and _opens(item)
        if opens and _governs(item):
            opener = item
        off = opens and _REMARK.search(item.text) is not None
        off = off or (leads and _breaks_off(item))
        runs_on = off or (runs_on and not item.children and tail(item.text) is not None)
        yield inside or off or opens


def _opens(item: Item) -> bool:
    """Say whether an item is the first words of a list, without a list below it."""
    text = item.text.rstrip(" *_\\")
    if item.children or text[-1:] not in COLONS or item.role != "criterion":
        return False
    return not is_label(text, item.section) and not stands_alone(text, item.section)


def _governs(item: Item) -> bool:
    """Say whether the first words may ask something else of the members than the section does."""
    text = item.text
    if _REMARK.search(text):
        return False
    if item.section == "exclusion":
        plain = only_admits(text) or (_EACH_OUT.search(text) and not _DATED.search(text))
        return not plain and _NARROWS.search(text) is not None
    if _ALL.search(text) and not _SOME.search(text):
        return False
    return _SOME.search(text) is not None or not only_admits(text)


def _of_another_kind(item: Item) -> bool:
    """Say whether an item is plainly no member of the list before it: consent, an age, a `No`."""
    if is_sentence(item.text):
        return True
    if item.section == "exclusion":
        return False
    return side(item.text) == "inclusion" or _PERSON.match(item.text) is not None


def _differs(opener: Item, item: Item) -> bool:
    return opener.section != item.section or opener.under != item.under


def _breaks_off(item: Item) -> bool:
    if item.children:
        return False
    end = item.text[-_LONGEST_END:].rstrip(" *_\\")
    return end.lower().endswith(_ENDS) and _BREAKS_OFF.search(end) is not None
