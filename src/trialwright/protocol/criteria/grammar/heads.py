"""What neighbours share: a head (renal or hepatic disease), words that modify, an object.

recurrent or refractory cancer       one thing, with one doubt
renal or hepatic disease             two things: the head is given to both
cancer of the breast or lung         the second only goes on with the first
"""

from collections.abc import Sequence
from dataclasses import replace

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.facts import found_facts
from trialwright.protocol.criteria.grammar.alternatives import retold
from trialwright.protocol.criteria.grammar.groups import Join
from trialwright.protocol.criteria.grammar.nouns import (
    domain_of,
    head_of,
    is_place,
    leaf,
    shares_a_head,
)
from trialwright.protocol.criteria.grammar.part import Part, in_degree
from trialwright.protocol.criteria.trees import every, tidy


def heads(
    parts: Sequence[Part], joins: Sequence[Join], commas: Sequence[bool], text: str
) -> tuple[tuple[Part, ...], tuple[Join, ...], tuple[bool, ...]]:
    if len(parts) < 2:
        return tuple(parts), tuple(joins), tuple(commas)
    read = list(parts)
    kept_joins, kept_commas = list(joins), list(commas)
    at = len(read) - 2
    while at >= 0:
        one, other = read[at], read[at + 1]
        if _is_object(one, other):
            read[at : at + 2] = [_absorbed(one, other, text)]
            del kept_joins[at], kept_commas[at]
        elif one.bare and not one.tail and not one.window and _takes(other):
            read[at : at + 2] = [_modified(one, other, kept_joins[at])]
            del kept_joins[at], kept_commas[at]
        elif (shared := _shared_head(one, other)) is not None:
            read[at] = shared
            if shared.coded and shared.words == head_of(other.text):
                del read[at + 1], kept_joins[at], kept_commas[at]  # acute or chronic: any
                at -= 1
                continue
            if one.degree and not other.degree:
                graded = in_degree(other.node, one.degree)
                read[at + 1] = replace(other, node=graded, degree=one.degree)
        at -= 1
    if len(read) > 1:
        read = [_headless(part) for part in read]
        if read[0].hint == "drug":
            read = [read[0], *map(_given, read[1:])]
    return tuple(read), tuple(kept_joins), tuple(kept_commas)


def _given(part: Part) -> Part:
    """`Treatment with steroids or immunoglobulins`: what no vocabulary knows is given, too."""
    match part.node:
        case nodes.Has("condition", None) if not part.clause and not part.when:
            return replace(part, node=replace(part.node, domain="drug"))
        case _:
            return part


def _headless(part: Part) -> Part:
    """`Metabolic` alone names nothing: its noun was not found."""
    bare = isinstance(part.node, nodes.Has) and part.node.concept is None
    if not bare or not part.words or not shares_a_head(part.words) or is_place(part.words):
        return part
    return replace(part, node=nodes.Residue(part.text), unsure=True)


def _shared_head(one: Part, other: Part) -> Part | None:
    """Give `renal` the head of `hepatic disease`."""
    if not one.words or not shares_a_head(one.words):
        return None
    plain = other.coded and not (other.measured or other.clause or other.tail or other.when)
    said = other.words or (other.text if plain else "")
    head = head_of(said)
    if head is None or one.tail:
        return None
    first, _, place = one.words.partition(" ")
    if place and is_place(place) and not is_place(one.words):
        bare = _shared_head(replace(one, words=place), other)  # serious heart or lung disease
        if bare is None:
            return None
        return replace(bare, node=every((bare.node, nodes.Residue(first))), lead=first)
    both = {one.words.lower(), said.split(" ", 1)[0].lower()}
    words = head if both == {"acute", "chronic"} else f"{one.words} {head}"
    fact = next(iter(found_facts(words)), None)
    whole = fact is not None and fact.node is not None and (fact.start, fact.end) == (0, len(words))
    node: nodes.Node = (
        fact.node if whole and fact is not None and fact.node is not None
        else nodes.Has(domain_of(words, one.hint or other.hint), None, words)
    )  # fmt: skip
    if one.degree:
        node = in_degree(node, one.degree)
    first, _, second = one.words.partition(" ")
    lead = first if second and not is_place(one.words) else one.lead  # it may reach the others
    return replace(one, node=node, words=words, lead=lead, hint=one.hint or other.hint)


def _takes(part: Part) -> bool:
    """Say whether words that modify may go before a part: `recurrent or refractory cancer`."""
    if part.unsure or part.clause or part.measured or part.when:
        return False
    return bool(part.lead) or (not part.coded and bool(part.words) and not part.bare)


def _modified(one: Part, other: Part, join: Join) -> Part:
    """Read `recurrent or refractory cancer` as one thing with one doubt."""
    by = "or" if join == "or" else "and"
    words = tidy(f"{one.words or one.text} {by} {other.text}")
    if not other.coded:
        node = leaf(words.replace(f" {by} ", "/"), other.hint)
        named = replace(node, words=words) if isinstance(node, nodes.Has) else nodes.Residue(words)
        return replace(other, node=named, text=words, words=words)
    lead = tidy(f"{one.words or one.text} {by} {other.lead}")
    return replace(other, node=retold(other.node, other.lead, lead), text=words, lead=lead)


def _is_object(one: Part, other: Part) -> bool:
    """Say whether a part only goes on with the phrase before: `cancer of the breast or lung`."""
    open_tail = one.tail_from >= 0 or " of " in f" {one.words} " or " in " in f" {one.words} "
    return bool(other.words) and open_tail and is_place(other.words) and not other.clause


def _absorbed(one: Part, other: Part, text: str) -> Part:
    words = tidy(f"{one.text} or {other.text}")
    if not one.coded:
        return replace(
            one, node=nodes.Has(domain_of(words, one.hint), None, words), words=words, text=words
        )
    node = every((one.node, nodes.Residue(f"or {other.text}")))
    return replace(one, node=node, text=words, tail=tidy(f"{one.tail} or {other.text}"))
