"""What would decide: the smallest list of open facts that could make a person eligible.

The criteria are joined by AND, so a list suffices when some values of its facts make each
criterion that is open TRUE, with everything else still unknown (Kleene). The search is a hitting
set by iterative deepening: every solution finds out a fact of every open criterion, so one of the
criterion with the fewest facts is tried first; criteria without a fact in common bound the length
from below. Where the work grows too large the list is one that suffices, and says that a shorter
one may exist. What is known already stays as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialwright.core.truth import Truth, all_of
from trialwright.screening.open_facts import Ask, Found, Logic, Value, asks_of, truth_of, turns

# Cheapest first: what is asked or looked up in a minute, what is measured, what people weigh.
COST = {"person": 0, "record": 1, "measure": 1, "class": 1, "answer": 2}
MOST_WORK = 4000  # criteria evaluated in one search: some ten milliseconds


@dataclass(frozen=True, slots=True)
class Demand:
    """One open criterion: its logic, and the truth that eligibility demands of it."""

    id: str
    logic: Logic
    demanded: Truth
    asks: tuple[Ask, ...]  # cheapest first
    turns: bool  # a fact that is found later may overrule what an answer made of it

    @staticmethod
    def of(name: str, logic: Logic, demanded: Truth) -> "Demand":
        """Return the demand with the facts that its logic leaves open."""
        asks = dict.fromkeys(asks_of(logic))
        cheapest = tuple(sorted(asks, key=lambda ask: COST[ask.kind]))
        return Demand(name, logic, demanded, cheapest, turns(logic))

    def met(self, found: Found) -> Truth:
        """Say whether the criterion is as demanded, once some facts are found."""
        truth = truth_of(self.logic, found)
        return truth if self.demanded is Truth.TRUE else ~truth


@dataclass(frozen=True, slots=True)
class Deciding:
    """Facts that could make the person eligible, and facts of which each could exclude alone."""

    smallest: tuple[Ask, ...]
    could_exclude: tuple[Ask, ...]
    exact: bool = True  # no shorter list suffices
    # False: no values of all that is open make the person eligible; None: the search was cut short.
    suffice: bool | None = True


def deciding(demands: Sequence[Demand], values: Mapping[Ask, tuple[Value, ...]]) -> Deciding:
    """Return what would decide; `values` are what each fact may turn out to be."""
    smallest: list[Ask] = []
    each = [_Search(group, values, MOST_WORK).smallest() for group in components(demands)]
    for found in each:
        smallest += found.smallest
    smallest.sort(key=lambda ask: COST[ask.kind])
    suffice = all_of(Truth.of(found.suffice) for found in each)
    return Deciding(
        tuple(smallest),
        tuple(_excluding(demands, values)),
        all(found.exact for found in each),
        None if suffice is Truth.UNKNOWN else suffice is Truth.TRUE,
    )


def components(demands: Sequence[Demand]) -> Iterator[tuple[Demand, ...]]:
    """Yield the criteria in groups that have no fact in common."""
    left = list(demands)
    while left:
        group, asks = [left.pop(0)], set[Ask]()
        asks.update(group[0].asks)
        while touching := [d for d in left if not asks.isdisjoint(d.asks)]:
            group += touching
            asks.update(ask for demand in touching for ask in demand.asks)
            left = [d for d in left if d not in touching]
        yield tuple(group)


def _excluding(demands: Sequence[Demand], values: Mapping[Ask, tuple[Value, ...]]) -> Iterator[Ask]:
    """Yield each fact that alone could make a criterion fail, the cheapest first."""
    asks = dict.fromkeys(ask for demand in demands for ask in demand.asks)
    for ask in sorted(asks, key=lambda a: COST[a.kind]):
        touched = [d for d in demands if ask in d.asks]
        if any(d.met({ask: v}) is Truth.FALSE for v in values[ask] for d in touched):
            yield ask


class _Spent(Exception):
    """The search has used up its steps."""


class _Search:
    """The smallest list for one group of criteria that share facts."""

    def __init__(
        self,
        demands: tuple[Demand, ...],
        values: Mapping[Ask, tuple[Value, ...]],
        work: int,
    ) -> None:
        self._demands = demands
        self._values = values
        self._left = work

    def smallest(self) -> Deciding:
        """Return the list, and whether it is certain and suffices."""
        most = len({ask for demand in self._demands for ask in demand.asks})
        try:
            for length in range(_apart(self._demands, frozenset()), most + 1):
                found = self._within(length, {}, frozenset(), self._demands)
                if found is not None:
                    return Deciding(tuple(found), ())
        except _Spent:
            return self._one_by_one()
        return Deciding((), (), suffice=False)

    def _within(
        self, length: int, found: Found, dropped: frozenset[Ask], asked: tuple[Demand, ...]
    ) -> Found | None:
        """Return values of at most `length` more facts that meet every demand.

        `asked` are the demands that were open before; what was met once is looked at again only at
        the end, where a fact that was found later may have changed it.
        """
        left = self._open(asked, found)
        if left == ():
            left = self._open(self._demands, found)
            if left == ():
                return found
        if left is None:
            return None
        gone = dropped.union(found)
        if _apart(left, gone) > length:
            return None
        return self._branch(left, length, found, gone)

    def _open(self, demands: tuple[Demand, ...], found: Found) -> tuple[Demand, ...] | None:
        """Return the demands that are not met; None where one can no longer be."""
        self._left -= len(demands)
        if self._left < 0:
            raise _Spent
        met = [(demand, demand.met(found)) for demand in demands]
        if any(truth is Truth.FALSE and not demand.turns for demand, truth in met):
            return None
        return tuple(demand for demand, truth in met if truth is not Truth.TRUE)

    def _branch(
        self, left: tuple[Demand, ...], length: int, found: Found, gone: frozenset[Ask]
    ) -> Found | None:
        for ask in min(left, key=lambda demand: len(demand.asks)).asks:
            if ask in gone:
                continue
            for value in self._values[ask]:
                solved = self._within(length - 1, {**found, ask: value}, gone, left)
                if solved is not None:
                    return solved
            gone |= {ask}
        return None

    def _one_by_one(self) -> Deciding:
        """Solve one criterion after the other and join the lists: an upper bound."""
        found: Found = {}
        for demand in self._demands:
            if demand.met(found) is Truth.TRUE:
                continue
            alone = _Search((demand,), self._values, MOST_WORK // len(self._demands))
            solved = alone.from_here(found)
            found = solved if solved is not None else found
        if all(demand.met(found) is Truth.TRUE for demand in self._demands):
            return Deciding(tuple(found), (), exact=False)
        every = dict.fromkeys(ask for demand in self._demands for ask in demand.asks)
        return Deciding(tuple(every), (), exact=False, suffice=None)

    def from_here(self, found: Found) -> Found | None:
        """Return values that meet the demands beside those found, or None where none are seen."""
        try:
            for length in range(1, len(self._demands[0].asks) + 1):
                solved = self._within(length, found, frozenset(), self._demands)
                if solved is not None:
                    return solved
        except _Spent:
            pass
        return None


def _apart(demands: Sequence[Demand], gone: frozenset[Ask]) -> int:
    """Return how many of the criteria certainly need a fact of their own; many where one cannot."""
    seen: set[Ask] = set()
    count = 0
    for demand in sorted(demands, key=lambda d: len(d.asks)):
        asks = [ask for ask in demand.asks if ask not in gone]
        if not asks:
            return 10**9
        if seen.isdisjoint(asks):
            count += 1
            seen.update(asks)
    return count
