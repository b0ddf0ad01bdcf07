"""What an export carried and what it did not: every leaf of every criterion is in one of the two.

A leaf is named by its place: the criterion's id, then the way down (`I4.any[1].not`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.trees import children
from trialwright.protocol.criteria.wording import wording
from trialwright.screening.exceptions import exceptions
from trialwright.screening.terms import Terms

PERSON = "a person decides this; no record states it"
NOT_UNDERSTOOD = "these words were not understood"
BY_RECORDS = "records that are an exception do not count, and any other still does"


class Unsaid(Exception):
    """A language has no way to say a leaf; the text says why."""


@dataclass(frozen=True, slots=True)
class NotCarried:
    """One leaf that the export cannot say, and why."""

    place: str
    reading: str
    why: str


@dataclass(frozen=True, slots=True)
class Export:
    """A text in another language, with its balance.

    carried: places of the leaves that it says. not_carried: all others. limits: in what the text
    says less, or something else, than the expressions do.
    """

    text: str
    carried: tuple[str, ...]
    not_carried: tuple[NotCarried, ...]
    limits: tuple[str, ...]


def leaves(node: nodes.Node, place: str) -> Iterator[tuple[str, nodes.Node]]:
    """Yield every leaf of an expression with its place, from left to right."""
    below = tuple(parts(node, place))
    if not below and not isinstance(node, nodes.All | nodes.Any):
        yield place, node
    for where, part in below:
        yield from leaves(part, where)


def parts(node: nodes.Node, place: str) -> Iterator[tuple[str, nodes.Node]]:
    """Yield a node's direct parts with their places."""
    name = type(node).__name__.lower()
    match node:
        case nodes.Not() | nodes.Within():
            yield f"{place}.{name}", node.of
        case _:
            for index, part in enumerate(children(node)):
                yield f"{place}.{name}[{index}]", part


@dataclass
class Ledger:
    """Keeps the balance while an export is written."""

    said: list[str] = field(default_factory=list)
    lost: dict[str, NotCarried] = field(default_factory=dict)
    limits: dict[str, None] = field(default_factory=dict)

    def carry(self, place: str) -> None:
        """Note that a leaf is said."""
        self.said.append(place)

    def lose(self, node: nodes.Node, place: str, why: str) -> None:
        """Note that a node, with every leaf below it, is not said."""
        for where, leaf in leaves(node, place):
            self.lost[where] = NotCarried(where, wording(leaf), why)

    def limit(self, words: str) -> None:
        """Note what the text says otherwise than the expressions, once."""
        self.limits[words] = None

    def closed(self, text: str, extra: Iterable[str] = ()) -> Export:
        """Return the export; a leaf that was lost anywhere counts as lost."""
        carried = tuple(place for place in dict.fromkeys(self.said) if place not in self.lost)
        return Export(text, carried, tuple(self.lost.values()), (*extra, *self.limits))


def by_records(node: nodes.Except, terms: Terms) -> bool:
    """Say whether an exception is about records: `base and not exception` would clear too many."""
    found = exceptions(node, terms)
    return bool(found.kinds or found.unsure)


def unsayable(leaf: nodes.Node) -> str | None:
    """Say why no language can state a leaf; None where one may."""
    match leaf:
        case nodes.Attest() | nodes.Judgement():
            return PERSON
        case nodes.Residue():
            return NOT_UNDERSTOOD
        case nodes.Compare(unit_fault=str() as fault):
            return f"the unit is in doubt: {fault}"
        case nodes.Compare(measure=None):
            return "no vocabulary knows this measure"
        case nodes.Compare(percent_predicted=limit) if limit is not None:
            return "predicted values are not on record"
        case nodes.Has(concept=None):
            return "no vocabulary knows this"
        case _:
            return None
