"""What stands behind "except": kinds of the same thing, and things that clear a person.

"Any malignancy except basal cell carcinoma" is about records: one that is an exception does not
count, and whoever has lung cancer beside it is not cleared. "Unless a pacemaker is implanted" is
about the person. An exception is read as a kind where its codes are a part of the base's. One of
the same domain that is no such kind may be meant either way: it never clears anybody for certain.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trialwright.core.truth import Truth
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.nodes import Domain, Has
from trialwright.screening.codes import TREES
from trialwright.screening.model import ClinicalFact, Code
from trialwright.screening.silence import doubt
from trialwright.screening.terms import ConceptTerm, Terms, means


@dataclass(frozen=True, slots=True)
class Exempt:
    """A kind whose records do not count.

    `whole`: being one is enough; otherwise the exception asks for more than a record of the kind
    says ("adequately treated"). `possible`: leave out what may be one, too.
    """

    node: Has
    term: ConceptTerm
    whole: bool = True
    possible: bool = False

    def drops(self, domain: Domain, fact: ClinicalFact) -> bool:
        """Say whether a record is left out."""
        found = self.is_it(domain, fact)
        return found is Truth.TRUE or (self.possible and found is Truth.UNKNOWN)

    def is_it(self, domain: Domain, fact: ClinicalFact) -> Truth:
        """Say whether a record is of the kind, whatever its dates."""
        if domain != self.node.domain and domain not in self.term.also:
            return Truth.FALSE
        if means(fact.codes, self.term):
            return of_degree(fact, self.node) & (Truth.TRUE if self.whole else Truth.UNKNOWN)
        may_be = not self.term.complete or doubt(fact, self.term) is not None
        return of_degree(fact, self.node) & (Truth.UNKNOWN if may_be else Truth.FALSE)


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The exceptions of a base, by what each does."""

    kinds: tuple[Exempt, ...]  # their records do not count
    clearing: tuple[nodes.Node, ...]  # the person is cleared where one holds
    unsure: tuple[nodes.Node, ...]  # which of the two is meant is open

    @property
    def possible(self) -> tuple[Exempt, ...]:
        """The kinds with what may be one, too: without them, the least counts."""
        return tuple(replace(each, possible=True) for each in self.kinds)


def other_than(kinds: Iterable[Exempt]) -> str:
    """Return the kinds that do not count in words; empty where all count."""
    names = " or ".join(dict.fromkeys(each.term.label for each in kinds))
    return f"other than {names}" if names else ""


def of_degree(fact: ClinicalFact, node: Has) -> Truth:
    """Say whether the recorded severity is one that counts; unknown where none is recorded."""
    if not node.severity:
        return Truth.TRUE
    return Truth.of(fact.severity in node.severity if fact.severity else None)


def dropped(kinds: Iterable[Exempt], domain: Domain, fact: ClinicalFact) -> bool:
    """Say whether a record does not count."""
    return any(each.drops(domain, fact) for each in kinds)


def exceptions(node: nodes.Except, terms: Terms) -> Exceptions:
    """Return the exceptions of a node, sorted by what each does."""
    bases = tuple(_counting(node.base))
    kinds: list[Exempt] = []
    clearing: list[nodes.Node] = []
    unsure: list[nodes.Node] = []
    for part in _each(node.but):
        members = tuple(_members(_in_the_same_time(part, node.base)))
        of_one_domain = [m for m in members if any(m[0].domain == base.domain for base in bases)]
        found = tuple(_exempt(m, whole, bases, terms) for m, whole in of_one_domain)
        if any(found):
            kinds += (each for each in found if each is not None)
        else:
            (unsure if of_one_domain else clearing).append(part)
    return Exceptions(tuple(kinds), tuple(clearing), tuple(unsure))


def _each(parts: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    """Yield the exceptions one by one: `a or b` is two."""
    for part in parts:
        if isinstance(part, nodes.Any):
            yield from _each(part.of)
        else:
            yield part


def _in_the_same_time(part: nodes.Node, base: nodes.Node) -> nodes.Node:
    """Return an exception without a window that its base has too."""
    match part, base:
        case nodes.Within(), nodes.Within() if replace(part, of=base.of) == base:
            return part.of
        case _:
            return part


def _counting(base: nodes.Node) -> Iterator[Has]:
    """Yield the facts that count for a base, not those whose absence does."""
    match base:
        case nodes.Has():
            yield base
        case nodes.All(of) | nodes.Any(of) | nodes.AtLeast(_, of):
            for part in of:
                yield from _counting(part)
        case nodes.Within(of=part) | nodes.Except(base=part):
            yield from _counting(part)
        case _:
            return


def _members(part: nodes.Node, whole: bool = True) -> Iterator[tuple[Has, bool]]:
    """Yield the facts that an exception names, and whether a record of one is all that it asks."""
    match part:
        case nodes.Has(when=when):
            yield part, whole and when != "current"
        case nodes.Within(of=inner):
            yield from _members(inner, False)
        case nodes.All(of) | nodes.Any(of):
            for each in of:
                yield from _members(each, whole and len(of) == 1)
        case _:
            return


def _exempt(node: Has, whole: bool, bases: Iterable[Has], terms: Terms) -> Exempt | None:
    """Return the kind that an exception names; None where it is none of the base's kinds."""
    term = _term(node, terms)
    if term is None:
        return None
    known = (_term(base, terms) for base in bases if base.domain == node.domain)
    wider = tuple(each for each in known if each is not None and not each.tests)
    own = tuple(code for code in term.codes.codes if code.system in TREES)
    if not own or not all(_covered(code, wider) for code in own):
        return None
    return Exempt(node, term, whole)


def _covered(code: Code, wider: Iterable[ConceptTerm]) -> bool:
    return any(term.codes.covers(code) for term in wider)


def _term(node: Has, terms: Terms) -> ConceptTerm | None:
    return terms.concepts.get((node.domain, node.concept)) if node.concept else None
