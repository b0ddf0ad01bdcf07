"""The Leaf Clinical Trials pairs: criterion texts beside the logic form that annotators gave them.

The form is a small language: `age().num_filter(eq().op(GTEQ).val('18').temporal_unit(YEAR))`,
`union(..)` for or, `intersect(..)` for and, `neg()` for not. What it does not say: the unit of a
value (only units of time), exceptions, at-least, if-then. An `or(..)` at the top says that several
statements were not joined, and is no gold for shape (Dobbins and others, Sci Data 2022).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Literal

_TOKEN = re.compile(r"\s*(?:'((?:[^'\\]|\\.|'(?![,)]))*)'|([\w-]+)|([().,]))")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a chain, with its arguments: chains, or plain words."""

    name: str
    args: "tuple[Chain | str, ...]" = ()


Chain = tuple[Call, ...]
_Tokens = list[tuple[str | None, str | None, str | None]]  # words, name, mark


@dataclass(frozen=True, slots=True)
class Pair:
    """A criterion's text and its logic form."""

    text: str
    form: Chain
    source: str

    @property
    def part(self) -> Literal["train", "test"]:
        """The part that the text falls into, by its hash."""
        even = int(md5(self.text.encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 0
        return "train" if even else "test"


def pairs(path: Path) -> Iterator[Pair]:
    """Yield the pairs whose form can be read; a few hold the annotators' own program's faults."""
    for row in json.loads(path.read_text(encoding="utf-8")):
        form = read_form(row["snippet"])
        if form:
            yield Pair(row["intent"].strip(), form, row["snippet"])


def read_form(text: str) -> Chain | None:
    """Return a form's tree; None where it is broken."""
    tokens: _Tokens = [(f[1], f[2], f[3]) for f in _TOKEN.finditer(text)]
    if "[<" in text or not tokens:
        return None
    try:
        chain, at = _chain(tokens, 0)
    except (IndexError, ValueError):
        return None
    return chain if at == len(tokens) else None


def _chain(tokens: _Tokens, at: int) -> tuple[Chain, int]:
    calls = []
    while True:
        call, at = _call(tokens, at)
        calls.append(call)
        if at >= len(tokens) or tokens[at][2] != ".":
            return tuple(calls), at
        at += 1


def _call(tokens: _Tokens, at: int) -> tuple[Call, int]:
    name = tokens[at][1]
    if name is None or tokens[at + 1][2] != "(":
        raise ValueError(name)
    at += 2
    args: list[Chain | str] = []
    while tokens[at][2] != ")":
        if tokens[at][2] == ",":
            at += 1
            continue
        words, plain, _ = tokens[at]
        if words is not None:
            args.append(words)
            at += 1
        elif at + 1 < len(tokens) and tokens[at + 1][2] == "(":
            chain, at = _chain(tokens, at)
            args.append(chain)
        else:
            args.append(plain or "")
            at += 1
    return Call(name, tuple(args)), at + 1
