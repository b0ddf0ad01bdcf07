"""A criterion with items below it: what its first words make of them.

    head     := [before] quantity "the following" [after]     history of any of the following ...
              | before ("of" | "with" | "have" | ...)         history of:
              | base ("except" | "unless") [quantity]         cancer, except:
              | ("for" | "if") whom                           for women:
              | label                                         adequate organ function:
    quantity := "all" | "both" | "any" | "one or more" | "either" | "at least" n | n "of" ...

`before` and `after` go with every item, so that a window or a negation in them reaches each one.
Where the words do not say whether all or any are meant, the list is true where all hold, false
where none does, and else unknown. What is not read at all is residue.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.clause_words import INELIGIBLE
from trialwright.protocol.criteria.layout import Item, Section
from trialwright.protocol.criteria.layout.abstracts import is_heading
from trialwright.protocol.criteria.layout.remarks import (
    admits,
    answers_nothing,
    may_let_in,
    opening,
    rescues,
    tail,
)
from trialwright.protocol.criteria.layout.subheaders import is_label
from trialwright.protocol.criteria.list_words import (
    ADEQUATE,
    ALL_MUST,
    ALSO,
    BARE_NUMBER,
    BINDING,
    CLAUSE,
    DEFINED,
    DISTRIBUTES_WITH,
    EXCEPT,
    FOR,
    GROUP,
    IF,
    LEADS,
    LIMITED,
    LONGEST,
    LONGEST_GROUP,
    NEGATION,
    OF_A_GROUP,
    OPEN,
    PERSON,
    PLACES,
    SECOND_MARK,
    SENTENCE,
    TAIL_LIMIT,
    WINDOW_FIRST,
    Quantity,
    joined,
    only_a_slot,
    only_people,
    quantity_of,
    slot,
    split_rescue,
    without_slot,
)
from trialwright.protocol.criteria.trees import every, some, tidy
from trialwright.protocol.criteria.unescape import unescaped

Compose = Callable[[str, Section], nodes.Node]


def expression(item: Item, compose: Compose) -> nodes.Node:
    """Return the expression of an item and of all items below it."""
    return _Lists(compose, item.section).read(item, "", "")


def all_words(item: Item) -> str:
    """Return all words of an item and of those below it, as residue keeps them."""
    return tidy(unescaped(item.words)) or "(no words)"


def words_of(item: Item) -> str:
    """Return an item's own words without a second mark and without the connectives at its ends."""
    text = unescaped(item.text)
    start = text[:6]
    second = SECOND_MARK.match(text) if "." in start or ")" in start else None
    if second:
        text = text[second.end() :]
    if end := tail(text):
        text = text[: end.start("word")]
    if first := opening(text):
        text = text[first.end() :]
    return text.strip()


@dataclass(frozen=True, slots=True)
class _Lists:
    compose: Compose
    section: Section

    def read(self, item: Item, before: str, after: str) -> nodes.Node:
        """Read an item; the words `before` and `after` stand around it."""
        if item.role == "several":
            return nodes.Residue(joined(before, all_words(item), after))
        if not item.children and "|" not in item.text:
            return self._alone(words_of(item), before, after)
        remarks = [child for child in item.children if child.role in ("note", "rescue")]
        below = [child for child in item.children if child.role in ("criterion", "several")]
        if len(below) + len(remarks) < len(item.children) or _is_table(item):
            return nodes.Residue(joined(before, all_words(item), after))
        node = (
            self._parent(item, below, before, after)
            if below
            else self._alone(words_of(item), before, after)
        )
        if remarks and not below and is_label(words_of(item), self.section):
            return nodes.Residue(all_words(item))
        for remark in remarks:
            node = self._remarked(node, unescaped(remark.words), item)
        return node

    def _alone(self, words: str, before: str, after: str) -> nodes.Node:
        """Read an item without items below it; a last sentence may let some people in."""
        out = self.section == "exclusion"
        base, rescue = split_rescue(words, admits if out else rescues)
        if out and may_let_in(base.lower()) and admits(base):
            return nodes.Residue(joined(before, words, after))
        group = OF_A_GROUP.match(base) if ":" in base[:LONGEST_GROUP] else None
        own = base[group.end() :] if group else base
        text = joined(before, own, after) if before or after else own
        node = self.compose(text, self.section)
        if group:
            whom = nodes.Residue(group["whom"])
            inclusion = self.section == "inclusion"
            node = nodes.IfThen(whom, node) if inclusion else every((whom, node))
        return self._rescued(node, rescue) if rescue else node

    def _rescued(self, node: nodes.Node, words: str) -> nodes.Node:
        """Let a rescue widen who is admitted; whom it rescues is for a person to say."""
        said = tidy(words) or words
        if isinstance(node, nodes.Residue):
            return nodes.Residue(f"{node.words}. {said}")
        if INELIGIBLE.search(said):  # it lets in nobody
            more = (node, nodes.Residue(said))
            return some(more) if self.section == "exclusion" else every(more)
        left = nodes.Residue(f"whether this lets in: {said}")
        return nodes.Except(node, (left,)) if self.section == "exclusion" else some((node, left))

    def _remarked(self, node: nodes.Node, words: str, item: Item) -> nodes.Node:
        if rescues(words):
            return self._rescued(node, words)
        if answers_nothing(words.partition(": ")[2]):
            return node
        return nodes.Residue(all_words(item)) if BINDING.search(words) else node

    # --- what the first words make of the list -------------------------------------------------

    def _parent(self, item: Item, below: Sequence[Item], before: str, after: str) -> nodes.Node:
        head = words_of(item).strip(" :：.;,*_–-\\")
        unread = nodes.Residue(joined(before, all_words(item), after))
        if len(head) > LONGEST or SENTENCE.search(head):
            return unread
        if not head:
            read = [self.read(child, before, after) for child in below]
            quantity: Quantity = "any" if self.section == "inclusion" else None
            return self._combined(read, quantity, all_words(item))
        if item.loose and not (is_label(head, self.section) or only_people(without_slot(head))):
            return unread
        if (
            item.loose
            and (found := slot(head))
            and not self._is_plain(quantity_of(found["quantity"]))
        ):
            return unread  # where the list ends is not said: the next criteria are no alternatives
        last = self._slotted if slot(head) else self._labelled
        for way in (self._except, self._conditional, last):
            node = way(head, below, before, after)
            if node is not None:
                return node
        return unread

    def _except(
        self, head: str, below: Sequence[Item], before: str, after: str
    ) -> nodes.Node | None:
        found = EXCEPT.fullmatch(head)
        said = only_a_slot(found["rest"]) if found else None
        if not found or said is None:
            return None
        quantity = quantity_of(said) or (None if found["word"].lower() == "unless" else "any")
        exceptions = self._combined([self.read(each, "", "") for each in below], quantity, head)
        base = self.compose(joined(before, found["base"], after), self.section)
        if isinstance(base, nodes.Not):
            return nodes.Not(_excepting(base.of, exceptions))
        negated = NEGATION.search(joined(before, found["base"]))
        return None if negated else _excepting(base, exceptions)

    def _conditional(
        self, head: str, below: Sequence[Item], before: str, after: str
    ) -> nodes.Node | None:
        found = FOR.fullmatch(head) or IF.fullmatch(head) or GROUP.fullmatch(head)
        if not found or before or after:
            return None
        group = nodes.Residue(tidy(head)) if found.re is GROUP else None
        when = group or self.compose(found[1], "inclusion")
        read = [self.read(child, "", "") for child in below]
        said = _connective(below)
        if self.section == "exclusion":
            return every((when, self._combined(read, "any" if said != "and" else None, head)))
        return nodes.IfThen(when, self._combined(read, "any" if said == "or" else "all", head))

    def _slotted(
        self, head: str, below: Sequence[Item], before: str, after: str
    ) -> nodes.Node | None:
        """Read `before quantity the following after`."""
        found = slot(head)
        if not found:
            return None
        first, behind = head[: found.start()].strip(" ,:("), head[found.end() :].strip(" ,:)")
        if LIMITED.search(first) or len(behind) > TAIL_LIMIT or CLAUSE.search(behind):
            return None
        if BARE_NUMBER.fullmatch(found["quantity"] or "") and " of" not in found[0].lower():
            return None  # `Groups 1 and 2`
        quantity = quantity_of(found["quantity"]) or self._unsaid(first, below)
        named = "" if PLACES.search(behind) else behind  # cardiac abnormalities
        goes_on = joined("" if named else behind, after)
        node = self._around(first, quantity, below, before, goes_on, head)
        if node is None or not named or is_label(named, self.section):
            return node
        return every((node, nodes.Residue(tidy(named))))

    def _labelled(
        self, head: str, below: Sequence[Item], before: str, after: str
    ) -> nodes.Node | None:
        """Read a list whose first words name no quantity."""
        if is_label(head, self.section) or is_heading(head):
            if before or after:
                return None
            return self._combined(
                [self.read(each, "", "") for each in below], self._plain(below), head
            )
        if opened := OPEN.fullmatch(head):
            return self._opened(opened, below, before, after)
        if LEADS.search(head) or DEFINED.fullmatch(head) or only_people(head):
            return self._around(head, self._unsaid(head, below), below, before, after, head)
        return None

    def _around(
        self,
        first: str,
        quantity: Quantity,
        below: Sequence[Item],
        before: str,
        after: str,
        head: str,
    ) -> nodes.Node | None:
        """Read a list in the words around it: what goes with every item, and what stands beside."""
        if only_people(first):
            return self._spread(below, before, after, quantity, head)
        if opened := OPEN.fullmatch(first):
            return self._opened(opened, below, before, after)
        if window := WINDOW_FIRST.fullmatch(first):
            return self._spread(below, before, joined(window["window"], after), quantity, head)
        if defined := DEFINED.fullmatch(first):
            return self._beside(defined["what"], below, before, after, quantity, defines=True)
        also = None if DISTRIBUTES_WITH.search(first) else ALSO.fullmatch(first)
        if also and not only_people(also["what"]):
            return self._beside(also["what"], below, before, after, quantity, defines=False)
        if not LEADS.search(first) or len(first) > TAIL_LIMIT:
            return None
        if NEGATION.search(joined(before, first)):
            if quantity not in ("any", None):
                return None
            read = [self.read(each, joined(before, first), after) for each in below]
            return every(read)  # none of them: not the first, and not the second
        return self._spread(below, joined(before, first), after, quantity, head)

    def _spread(
        self, below: Sequence[Item], before: str, after: str, quantity: Quantity, head: str
    ) -> nodes.Node | None:
        below = _ungrouped(below, quantity, self.section)
        said = _connective(below)
        if isinstance(quantity, int) and (quantity > len(below) or said == "mixed"):
            return None
        if said == "mixed" or (quantity == "all" and said == "or"):
            quantity = None
        return self._combined([self.read(each, before, after) for each in below], quantity, head)

    def _beside(
        self,
        what: str,
        below: Sequence[Item],
        before: str,
        after: str,
        quantity: Quantity,
        *,
        defines: bool,
    ) -> nodes.Node | None:
        """Read `X with any of ...`; or `X defined as any of ...`, where the list is X."""
        if NEGATION.search(joined(before, what)):
            return None
        listed = self._spread(below, "", after, quantity, what)
        if listed is None or (not before and self._only_sorts(what, defines)):
            return listed
        named = self.compose(joined(before, what), self.section)
        doubt = nodes.Residue(f"{tidy(what)}: by this definition")
        return every((some((named, doubt)) if defines else named, listed))

    def _only_sorts(self, what: str, defines: bool) -> bool:
        """Say whether words beside a list add nothing to it: adequate organ function with ..."""
        bare = PERSON.sub(" ", what)
        wanted = defines or (self.section == "inclusion" and ADEQUATE.search(bare))
        return bool(wanted) and is_label(bare, self.section)

    def _opened(
        self, opened: "re.Match[str]", below: Sequence[Item], before: str, after: str
    ) -> nodes.Node | None:
        """Read `X, including:` of an exclusion: the items are X, and so are others."""
        what, includes = opened["what"], "includ" in opened[0].lower()
        adequate = self.section == "inclusion" and ADEQUATE.search(what)
        if adequate and includes and not before:
            return self._beside(what, below, before, after, "all", defines=False)
        named = self.compose(joined(before, what, after), self.section)
        facts = named.of if isinstance(named, nodes.Any) else (named,)
        whole = all(isinstance(fact, nodes.Has) for fact in facts)
        if self.section == "inclusion" or not whole:
            return None
        listed = [self.read(each, "", "") for each in below]
        return some((named, *listed, nodes.Residue(f"{tidy(what)}: others of this kind")))

    # --- quantities ------------------------------------------------------------------------------

    def _is_plain(self, quantity: Quantity) -> bool:
        """Say whether a list says no more than that it stands in its section."""
        return quantity in (None, "all" if self.section == "inclusion" else "any")

    def _plain(self, below: Sequence[Item]) -> Quantity:
        """Return what a plain list means: all of an inclusion, each of an exclusion."""
        said = _connective(below)
        if self.section == "inclusion":
            return "any" if said == "or" else None if said == "mixed" else "all"
        return None if said in ("and", "mixed") else "any"

    def _unsaid(self, first: str, below: Sequence[Item]) -> Quantity:
        """Return the quantity of a list whose words name none."""
        said = _connective(below)
        if self.section == "exclusion" and said is None and not DEFINED.fullmatch(first):
            also = ALSO.fullmatch(first) if not DISTRIBUTES_WITH.search(first) else None
            return None if also and not only_people(also["what"]) else "any"
        if said == "or":
            return "any"
        if self.section == "exclusion":
            return "all" if said == "and" and not only_people(first) else None
        if said == "and" or (said is None and (ALL_MUST.search(first) or ADEQUATE.search(first))):
            return "all"
        return None

    def _combined(self, read: Sequence[nodes.Node], quantity: Quantity, words: str) -> nodes.Node:
        if len(read) == 1:
            return read[0]
        match quantity:
            case "all":
                return every(read)
            case "any":
                return some(read)
            case int() if quantity <= 1:
                return some(read)
            case int() if quantity <= len(read):
                return nodes.AtLeast(quantity, tuple(read))
            case _:
                doubt = nodes.Residue(f"{tidy(words)}: whether all or any")
                return some((every(read), every((some(read), doubt))))


def _excepting(base: nodes.Node, exceptions: nodes.Node) -> nodes.Node:
    """Limit what holds; who has an exception may have more than that (two cancers, one of skin)."""
    beyond = every((base, exceptions, nodes.Residue("whether there is more than the exception")))
    return some((nodes.Except(base, (exceptions,)), beyond))


def _connective(below: Sequence[Item]) -> Literal["or", "and", "mixed"] | None:
    """Return the connective of a list: `a; b; or c`, `a or b or c`; mixed where it is not one."""
    joins: list[str | None] = []
    for one, other in pairwise(below):
        found = tail(unescaped(one.words)) or opening(unescaped(other.text))
        joins.append(("or" if "or" in found["word"].lower() else "and") if found else None)
    said = {join for join in joins if join}
    if not said:
        return None
    if len(said) > 1 or joins[-1] is None:
        return "mixed"
    return "or" if "or" in said else "and"


def _ungrouped(below: Sequence[Item], quantity: Quantity, section: Section) -> Sequence[Item]:
    """Return a counted list without the group that its closing connective made of its end."""
    last = below[-1]
    closing = not last.text and (isinstance(quantity, int) or section == "exclusion")
    return (*below[:-1], *last.children) if closing else below


def _is_table(item: Item) -> bool:
    return item.text.count("|") > 1
