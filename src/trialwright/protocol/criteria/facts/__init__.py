"""The facts that a criterion states: comparisons, ages, classes, time windows, concepts.

Every number of a text is read once, with its operator and unit (`amounts`); those that limit one
thing together are grouped (`groups`); each group is about an age (`ages`), a measure
(`comparisons`, `subjects`) or a time (`windows`). What is uncertain is no fact.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from trialwright.protocol.criteria.facts.acuity import acuities
from trialwright.protocol.criteria.facts.ages import age
from trialwright.protocol.criteria.facts.amounts import Amount, amounts, names_time
from trialwright.protocol.criteria.facts.attested import childbearing
from trialwright.protocol.criteria.facts.classes import classes, may_hold_classes
from trialwright.protocol.criteria.facts.comparisons import comparison
from trialwright.protocol.criteria.facts.concepts import named_concepts
from trialwright.protocol.criteria.facts.graded import grades
from trialwright.protocol.criteria.facts.groups import groups
from trialwright.protocol.criteria.facts.named import Names, names_in
from trialwright.protocol.criteria.facts.normal import normal_ranges
from trialwright.protocol.criteria.facts.since import times_since
from trialwright.protocol.criteria.facts.windows import windows
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.vocabulary import Vocabulary

__all__ = ["found_facts", "named_concepts"]


def found_facts(text: str, *more: Vocabulary) -> tuple[Piece, ...]:
    """Return the facts of a text in its order, none overlapping another.

    Where two finders see one place, the earlier keeps it: attested, classes, numbers, concepts.
    """
    taken = _Taken(text)
    if "earing" in text or "EARING" in text:
        taken.add(childbearing(text))
    if may_hold_classes(text):
        taken.add(classes(text))
    if "20/" in text or "6/" in text:
        taken.add(acuities(text))
    if "rade" in text or "RADE" in text or "moderate" in text or "mild" in text:
        taken.add(grades(text))
    stated = taken.free(amounts(text))
    if stated:
        taken.add(_numeric(text, stated))
    elif names_time(text.lower()):
        taken.add(windows(text, (), set()))
    if "ormal" in text:
        taken.add(normal_ranges(text))
    concepts = tuple(named_concepts(text, *more))
    if " since " in text and ("day" in text.lower() or "week" in text.lower()):
        taken.add(times_since(text, concepts))
    if not taken.pieces:  # concepts come in order, and none overlaps another
        return concepts
    taken.add(concepts)
    return taken.in_order()


def _numeric(text: str, stated: tuple[Amount, ...]) -> Iterator[Piece]:
    """Yield what the amounts of a text say: ages and measures, then windows with what is left."""
    used: set[int] = set()
    least, done, aged = 0, -1, -1
    names: Names | None = None
    for group in groups(text, stated):
        if group.first <= done:
            continue
        if group.first:
            least = max(least, _end(stated[group.first - 1]))
        piece = age(text, group, stated, least, aged)
        aged = piece.end if piece else -1
        last = group.last
        if piece is None:
            names = names or names_in(text)
            if compared := comparison(text, group, stated, names, least):
                piece, last = compared
        if piece:
            used.update(range(group.first, last + 1))
            done = last
            yield piece
        least = max(least, piece.end if piece else group.end)
    yield from windows(text, stated, used)


def _end(amount: Amount) -> int:
    """Return how far an amount bars the way to a measure in front; a bare number does not."""
    bare = amount.op is None and amount.unit.kind == "none"
    return 0 if bare else amount.end


class _Taken:
    """The pieces that were kept, and the characters that they cover."""

    def __init__(self, text: str) -> None:
        self.pieces: list[Piece] = []
        self._covered = bytearray(len(text))

    def add(self, found: Iterable[Piece]) -> None:
        """Keep the pieces that overlap none that was kept before."""
        covered = self._covered
        for piece in found:
            start, end = piece.start, piece.end
            if covered.find(1, start, end) < 0:
                covered[start:end] = b"\x01" * (end - start)
                self.pieces.append(piece)

    def free(self, found: tuple[Amount, ...]) -> tuple[Amount, ...]:
        """Return the amounts outside what was kept."""
        if not self.pieces or not found:
            return found
        return tuple(each for each in found if self._covered.find(1, each.start, each.end) < 0)

    def in_order(self) -> tuple[Piece, ...]:
        """Return the pieces in the order of the text."""
        if len(self.pieces) > 1:
            self.pieces.sort(key=_START)
        return tuple(self.pieces)


_START = attrgetter("start")
