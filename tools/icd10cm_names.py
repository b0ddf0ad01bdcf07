"""Write the names of ICD-10-CM that a criterion may use to vocabularies/icd10cm.tsv.

Run: python tools/icd10cm_names.py [--check]. The code set is the United States' and public domain;
it is read from the package simple-icd-10-cm, which takes seconds, so that the names are kept.
A name stands for its code only where the code says no more and no less: a title. What a code only
includes may be it or not, and is marked `in`; so is `X NOS`, which is coded where no kind is known,
while a criterion that says X means all kinds.
"""

import re
import sys
from collections.abc import Iterator
from importlib import resources
from importlib.metadata import version
from pathlib import Path

import simple_icd_10_cm as icd

from trialwright.protocol.criteria.spelling import normal
from trialwright.protocol.criteria.stop_words import is_stopped

FILE = Path(__file__).parents[1] / "src/trialwright/protocol/criteria/vocabularies/icd10cm.tsv"
CHAPTERS = "ABCDEFGHIJKLMNQR"  # no pregnancies, injuries, causes and reasons: few say them so
LONGEST = 6  # words
DEEPEST = 7  # characters of a code, the point too
# Titles that say what is left over, or join several things, are nobody's words for one.
LEFT_OVER = re.compile(
    r"\b(other|others|elsewhere|classified|specified|encounter|not|without|status|see|code|see also"
    r"|following|sequelae?|unspecified|right|left|bilateral|multiple sites|remission|relapse|type"
    r"|stage|in diseases|complications?|due to|with|and)\b",
    re.IGNORECASE,
)
KEEP = re.compile(r"\b(type [12]|stage [1-5]|end stage|bundle-branch|left ventricular)\b", re.I)


def names(code: str) -> Iterator[tuple[str, str]]:
    """Yield `is` or `in` and a name of a code."""
    title = icd.get_description(code)
    bare = re.sub(r",? unspecified$|^Unspecified ", "", title)
    if is_said(bare):
        yield from (("is", name) for name in variants(bare))
    for term in icd.get_inclusion_term(code):
        term = re.sub(r" NOS$", "", term)
        if is_said(term):
            yield from (("in", name) for name in variants(term))


def is_said(name: str) -> bool:
    """Say whether a title names one thing in words that a criterion may use."""
    left = LEFT_OVER.search(KEEP.sub("", name))
    return not left and len(name.split()) <= LONGEST and "," not in name and ":" not in name


def variants(name: str) -> Iterator[str]:
    """Yield a name without its brackets, and with the words of round ones (they may stay or go)."""
    name = re.sub(r"\s*\[[^\]]*\]", "", name)
    bare = re.sub(r"\s*\([^)]*\)", "", name)
    full = re.sub(r"[()]", "", name)
    for each in dict.fromkeys((bare, full)):
        words = re.sub(r"\s+", " ", each).strip()
        if len(words) > 3:
            yield words[0].lower() + words[1:] if words[1:2].islower() else words


def table() -> str:
    """Return the file's text: of two codes with one name, the wider and the exact one."""
    kept: dict[str, tuple[str, str, str]] = {}
    codes = [c for c in icd.get_all_codes(True) if icd.is_category_or_subcategory(c)]
    said_often = (code for code in codes if code[0] in CHAPTERS and len(code) <= DEEPEST)
    for code in sorted(said_often, key=lambda code: (len(code), code)):
        for kind, name in names(code):
            for said in (name, *also_said(name)):
                form = normal(said)
                before = kept.get(form)
                if before is None or (before[0] == "in" and kind == "is"):
                    kept[form] = (kind, code, said)
    rows = sorted(kept.values(), key=lambda row: (row[1], row[0], row[2]))
    lines = [f"{code}\t{kind}{held(name)}\t{name}" for kind, code, name in rows]
    package = f"simple-icd-10-cm {version('simple-icd-10-cm')}"
    head = f"# ICD-10-CM's names, from {package}; made by tools/icd10cm_names.py"
    return "\n".join((head, f"version\t{edition()}", *lines, ""))


def held(name: str) -> str:
    """Return the mark of an ordinary word: the code keeps it as a title, no text is read by it."""
    return "-" if is_stopped(name) else ""


def edition() -> str:
    """Return the edition that the package holds, by the name of its list: April-2026."""
    (listed,) = (resources.files(icd) / "data").glob("code-list-*.txt")
    return str(listed.name).removeprefix("code-list-").removesuffix(".txt")


def also_said(name: str) -> Iterator[str]:
    """Yield the other order of words: breast cancer for malignant neoplasm of breast."""
    found = re.fullmatch(r"malignant neoplasm of (?:the )?([a-z]+(?: [a-z]+)?)", name, re.I)
    if found:
        yield f"{found[1]} cancer"
        yield f"cancer of the {found[1]}"
        yield f"carcinoma of the {found[1]}"
    found = re.fullmatch(r"(.+) of (?:the )?([a-z]+)", name)
    if found and not found[1].startswith("malignant"):
        yield f"{found[2]} {found[1]}"
        yield f"{found[1]} of the {found[2]}"


if __name__ == "__main__":
    text = table()
    if "--check" in sys.argv:
        sys.exit(FILE.read_text(encoding="utf-8") != text)
    FILE.write_text(text, encoding="utf-8")
    print(f"{text.count(chr(10)):,} lines to {FILE.name}")
