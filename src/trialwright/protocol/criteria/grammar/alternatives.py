"""Alternatives: what the words of one member may say of its neighbours.

    words in front that grade (severe, uncontrolled)      of the plain list behind them
    words behind a member, before the next connective     its own
    words behind the last member; other words in front    perhaps of the others: the doubt is asked
    a member that was not understood                      it may be a fragment that takes the others
                                                          with it: they are left in one piece

A doubt is a question whose truthful yes makes its member count.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.grammar.nouns import shares_a_head
from trialwright.protocol.criteria.grammar.open_facts import is_whole, names_a_fact
from trialwright.protocol.criteria.grammar.part import (
    Part,
    leaf_or_residue,
    timed,
    within,
)
from trialwright.protocol.criteria.grammar.words import HEAD
from trialwright.protocol.criteria.trees import either_way, every, mapped, placed, some, tidy

_DONE_THEN = re.compile(
    r"\b(?:implanted|performed|received|placed|administered|given|used|undergone|occurring"
    r"|diagnosed|taken|initiated|occurred)\s*$",
    re.IGNORECASE,
)
_GRADES = re.compile(  # said in front of a list, it is said of all of it
    r"(?:(?:any|all|known|presence of|evidence of|clinically|clinical|documented|confirmed|severe"
    r"|serious|major|significant|relevant|important|substantial|uncontrolled|unstable|untreated"
    r"|symptomatic|poorly|inadequately|controlled|not adequately|active|ongoing|persistent"
    r"|unresolved|concomitant|concurrent|advanced|and|or)\s*)+",
    re.IGNORECASE,
)
_GRADE_OF_NAME = re.compile(
    r"(?:(?:any|all|known|other|evidence of|presence of)\s+)*"
    r"((?:clinically\s+significant|severe|serious|major|significant|relevant|uncontrolled|unstable"
    r"|untreated|symptomatic|active|advanced)(?:\s+(?:and|or)\s+\w+(?=\s\w+\s))?)\s+\w",
    re.IGNORECASE,
)
_OWN_WORDS = re.compile(
    r"(?:who|whose|has|have|had|is|are|was|were)\b"
    r"|(?!.*\b(?:that|which|who|within|during|requiring|if|unless|except|at|on|in)\b)"
    r"(?:any|other|an?|the|history|evidence|presence|suspected|possible|recent|previous|prior"
    r"|current\w*|planned|expected|family|risk|high risk)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(r"(?:any\s+|an)?other\b|the\s+investigator|in\s+the\s+opinion", re.IGNORECASE)
_JUDGES = re.compile(
    r"\b(?:that|which)\b.*\b(?:may|might|could|would|can|preclud\w+|interfer\w+|compromis\w+"
    r"|jeopardi[sz]\w+|affect\w*|impair\w*|prevent\w*|influenc\w+|limit\w*)\b"
    r"|\b(?:affecting|interfering|precluding|compromising|impairing|jeopardi[sz]ing|influencing"
    r"|limiting|preventing)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"(?:or\s+)?other\b", re.IGNORECASE)  # `any other` has its own
_CAUSE = re.compile(
    r"(?:\w+ly\s+)?(?:due\s+to|caused\s+by|secondary\s+to|resulting\s+from|attributable\s+to"
    r"|related\s+to|associated\s+with|because\s+of)\b",
    re.IGNORECASE,
)
_ADJECTIVES = re.compile(  # a front without its noun: patients with paroxysmal
    r"(?:(?:patients?|subjects?|participants?|with|who have|has|have|any|all|evidence of"
    r"|history of|presence of|diagnosis of|documented|severe|acute|chronic"
    r"|\w{2,}(?:ed|al|ic|ive|ent|ant|ary|ous|able|ible|ing))\s*)+",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"biologics?|synthetic|topical|oral|systemic|inhaled|injectable|steroidal|hormonal|surgical"
    r"|medical|radical|allergic|hypersensitive",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"(?:or\s+)?(?:(?:any|an)\s*)?other\s+(?:(?:severe|serious|significant|major|medical|clinical|chronic|acute"
    r"|systemic|concurrent|concomitant)\s+)*"
    r"(?:conditions?|diseases?|disorders?|illness(?:es)?|problems?|medications?|drugs?|treatments?"
    r"|therap(?:y|ies)|procedures?)",
    re.IGNORECASE,
)
_SEEDS = (" bacterial", " viral", " fungal", " parasitic", " neuroendocrine")
_SHORTEST = 3  # letters of a member; a shorter one (hepatitis B, C) goes with what precedes it


def alternatives(parts: Sequence[Part], text: str) -> nodes.Node:
    """Join alternatives; words of one that may be said of the others are, or are asked for."""
    parts = _with_fronts(tuple(map(_named, parts)), text)
    torn = _torn(parts)
    if torn is not None:
        left = leaf_or_residue(_said(parts, torn, text))
        return some((alternatives(parts[:torn], text), left)) if torn else left
    parts = _with_history(_merged(parts, text))
    last = parts[-1]
    shared = None if last.window_leads or last.own_window else last.window
    if len(parts) == 1 or shared is None or any(part.window for part in parts[:-1]):
        return _narrowed(parts, text)
    inside = _narrowed(tuple(replace(part, window=None) for part in parts), text)
    together = within(shared, inside)
    owned = _DONE_THEN.search(text[: shared.start]) and not parts[0].lead
    if owned or not any(p.coded for p in parts[:-1]):
        return together
    apart = _narrowed(parts, text)
    return either_way(together, apart, f"whether this is of the last only: {shared.text}")


def _named(part: Part) -> Part:
    """Leave to a person a kind that names nothing: `or any other medical conditions`."""
    if (
        isinstance(part.node, nodes.Has)
        and part.node.concept is None
        and _KIND.fullmatch(part.text)
    ):
        return replace(part, node=nodes.Residue(part.text), unsure=True)
    return part


# --- what was not understood ---------------------------------------------------------------------


def _torn(parts: Sequence[Part]) -> int | None:
    """Return from which member on all are left in one piece; None where nothing is torn."""
    for k, part in enumerate(parts):
        waits = k < len(parts) - 1 and (_names_nothing(part) or _is_adjective(part, parts[-1]))
        if not (part.unsure or waits):
            continue
        asked = isinstance(part.node, nodes.Attest | nodes.Judgement)
        judged = isinstance(part.node, nodes.Judgement)
        last = k == len(parts) - 1
        if k and _judges_all(parts[k:]):
            return 0
        if last and k and _KIND.fullmatch(part.text):
            return None
        if last and ((asked and not judged) or _OWN_WORDS.match(part.text)):
            return None
        if last and judged and _OTHER.match(part.text):
            return None
        if last:
            return 0
        if all(other.clause or other.when for other in parts[k + 1 :]) and asked:
            continue
        return max(0, k - 1) if len(part.text) <= _SHORTEST else k
    return None


def _judges_all(parts: Sequence[Part]) -> bool:
    """Say whether what is left ends in a clause that judges, perhaps what stands before too."""
    own = any(part.clause or _OWN_WORDS.match(part.text) for part in parts)
    return not own and _JUDGES.search(parts[-1].text) is not None


def _is_adjective(part: Part, last: Part) -> bool:
    """Say whether a member stands before a noun that follows: `biologic or fascial sling`."""
    alone = part.coded and not (part.lead or part.measured) and " " not in part.text
    return alone and _WAITING.fullmatch(part.text) is not None and " " in last.text


def _names_nothing(part: Part) -> bool:
    """Say whether a phrase without a code names no fact: it waits for what its neighbour says."""
    match part.node:
        case nodes.Has(domain, None, words, when=when):
            if words.lower().endswith(_SEEDS) and not part.tail:
                return True
            if names_a_fact(words, domain, cued="ever" in (when, part.when)):
                return False
            first, _, last = words.rpartition(" ")  # several words and a noun: it waits for none
            return not first or shares_a_head(last) or not is_whole(words)
        case _:
            return False


def _said(parts: Sequence[Part], first: int, text: str) -> str:
    """Return the text's words from a member on: each is looked for behind the one before."""
    flat = tidy(text)
    at = start = 0
    for k, part in enumerate(parts):
        found = placed(part.text, flat, at)
        if found < 0:
            return " or ".join(part.text for part in parts[first:])
        start = found if k == first else start
        at = found + len(part.text)
    return flat[start:at]


# --- what is certainly said of others ------------------------------------------------------------


def _with_fronts(parts: Sequence[Part], text: str) -> tuple[Part, ...]:
    """Give a front without its noun to the member behind: `uncontrolled or secondary gout`."""
    read = list(parts)
    for at in range(len(read) - 2, -1, -1):
        front, other = read[at], read[at + 1]
        waits = front.unsure and isinstance(front.node, nodes.Residue) and not other.clause
        waits = waits and other.coded and not _WAITING.fullmatch(other.text)
        if not (waits and _ADJECTIVES.fullmatch(front.text)):
            continue
        comma = f"{front.text}, {other.text}" in tidy(text)
        by = ", " if comma else " or "  # as it is written
        said = f"{front.text}{by}{other.text}"
        if not (other.lead or other.tail or other.measured):
            node = some((timed(other), nodes.Residue(said)))
            read[at : at + 2] = [replace(other, node=node, window=None, when=None, text=said)]
        elif other.lead:
            lead = f"{front.text}{by}{other.lead}"
            node = retold(other.node, other.lead, lead)
            if node != other.node:
                read[at : at + 2] = [replace(other, node=node, lead=lead, text=said)]
    return tuple(read)


def _with_history(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Let `history of` or `current` reach the parts behind that say nothing else of time."""
    done: list[Part] = []
    when: nodes.When | None = None
    for part in parts:
        own = part.when or (when if when and not part.window and not part.unsure else None)
        when = part.when or when
        done.append(replace(part, when=own) if own else part)
    return tuple(done)


def _merged(parts: Sequence[Part], text: str) -> tuple[Part, ...]:
    """Let words behind a member take what certainly goes on with them.

    related to a peripheral | central catheter     an adjective waits for its noun
    A due to B | C                                 causes, and nothing else is listed
    """
    read = list(parts)
    at = 0
    while at < len(read) - 1:
        owner, other = read[at], read[at + 1]
        plain = not (other.unsure or other.clause or other.window or other.when or other.measured)
        waits = shares_a_head(owner.tail.rsplit(" ", 1)[-1])
        rest: Sequence[Part] = ()
        if owner.tail_from >= 0 and _CAUSE.match(owner.tail) and _are_causes(read[at + 1 :], text):
            rest = read[at + 1 :]
        elif owner.tail_from >= 0 and plain and waits:
            rest = (other,)
        longer = _longer(owner, rest)
        if longer.node == owner.node:
            at += 1
        else:
            read[at : at + 1 + len(rest)] = [longer]
    return tuple(read)


def _are_causes(parts: Sequence[Part], text: str) -> bool:
    """Say whether members are plain names that go on with a cause: no comma parts them off."""
    parted = len(parts) == 1 and f", or {parts[0].text}" in tidy(text)
    return not parted and all(_is_plain(part) and not (part.window or part.tail) for part in parts)


def _longer(owner: Part, rest: Sequence[Part]) -> Part:
    """Return a member whose last words go on with other members."""
    if not rest:
        return owner
    more = " or ".join(part.text for part in rest)
    tail = tidy(f"{owner.tail} or {more}")
    node = retold(owner.node, owner.tail, tail)
    return replace(owner, node=node, tail=tail, text=tidy(f"{owner.text} or {more}"))


def retold(node: nodes.Node, old: str, new: str) -> nodes.Node:
    """Return a node whose words left to a person go on."""

    def change(part: nodes.Node) -> nodes.Node:
        if isinstance(part, nodes.Residue | nodes.Judgement) and old.endswith(part.words):
            return type(part)(new)
        return part

    return mapped(node, change)


# --- what may be said of others ------------------------------------------------------------------


def _narrowed(parts: Sequence[Part], text: str) -> nodes.Node:
    """Join alternatives; those that words of another reach, or may reach, share these words."""
    at = next((i for i, part in enumerate(parts[:-1]) if part.tail_from >= 0), None)
    if at is not None and not any(p.unsure or p.clause or p.window for p in parts[at + 1 :]):
        return _under_tail(parts, at, text)
    held: dict[tuple[nodes.Node, ...], list[nodes.Node]] = {}
    first = _common(parts)
    before: tuple[str, ...] = ()
    behind = parts[-1].tail if parts[-1].tail and not _in_brackets(parts[-1].tail, text) else ""
    behind = behind or _said_of_others(parts[-1])
    place = _place_of(parts[0])
    for i, part in enumerate(parts):
        if first and i < first:
            key, bare = _led(part, parts[0], leads=i == 0)
        else:
            after = behind if part.coded and not part.tail and i < len(parts) - 1 else ""
            said = before if i and not _has_front(part) else ()
            near = place if i and part.coded and HEAD.fullmatch(part.text) else ""
            key, bare = _doubts((*said, near, after)), timed(part)
        if any(front := _front(part)):
            before = front
        held.setdefault(key, []).append(bare)
    free = held.pop((), [])
    return some((*free, *(every((some(nodes_), *key)) for key, nodes_ in held.items())))


def _said_of_others(last: Part) -> str:
    """Return the clause behind `other ...` that judges: it may judge what stands before, too."""
    judges = _JUDGES.search(last.text) if last.unsure and _OTHERS.match(last.text) else None
    return last.text[judges.start() :] if judges else ""


def _common(parts: Sequence[Part]) -> int:
    """Return how many members the first one's words in front are certainly said of."""
    first = parts[0]
    if not first.lead or first.degree or not _GRADES.fullmatch(first.lead):
        return 0  # a degree: `severe stroke or asthma`
    end = 1
    while end < len(parts) and not parts[end - 1].tail and _is_plain(parts[end]):
        end += 1
    return end if end > 1 else 0


def _is_plain(part: Part) -> bool:
    return not (
        part.lead or part.degree or part.clause or part.measured or part.unsure or part.window_leads
    ) and part.when in (None, "ever")


def _led(part: Part, first: Part, *, leads: bool) -> tuple[tuple[nodes.Node, ...], nodes.Node]:
    """Return what the first member's words in front say of a member, and the member without."""
    inside = first.node.of if isinstance(first.node, nodes.All) else ()
    said = tuple(
        node
        for node in inside
        if isinstance(node, nodes.Residue | nodes.Judgement) and node.words == first.lead
    )
    if not leads:
        return said or (nodes.Residue(first.lead),), timed(part)
    bare = every(node for node in inside if node not in said) if said else part.node
    return said, timed(replace(part, node=bare))


def _has_front(part: Part) -> bool:
    own = part.lead or part.degree or part.measured or part.clause
    return bool(own or part.when == "current" or " any " in part.text)  # of any kind: of every one


def _front(part: Part) -> tuple[str, ...]:
    """Return the words in front of a member: how it must be, and when."""
    when = part.window.text if part.window and part.window_leads else ""
    return (part.lead or tidy(" ".join(part.degree)) or _grade_of_name(part), when)


def _grade_of_name(part: Part) -> str:
    """Return the grading words in a name without a code: `clinically significant renal disease`."""
    node = part.node
    if not isinstance(node, nodes.Has) or node.concept is not None:
        return ""
    grades = _GRADE_OF_NAME.match(node.words)
    return grades[1] if grades else ""


def _doubts(words: Iterable[str]) -> tuple[nodes.Node, ...]:
    """Return what is asked of a member of which words of another may be said too."""
    said = dict.fromkeys(tidy(word) for word in words if word)
    return tuple(nodes.Residue(f"if meant here too: {word}") for word in said)


def _place_of(part: Part) -> str:
    """Return the place in front of a name: `pelvic` of `pelvic surgery or trauma`."""
    node = part.node
    if not isinstance(node, nodes.Has) or (node.concept is not None and node.domain == "condition"):
        return ""  # the place is of the name: myocardial infarction
    first, _, head = node.words.partition(" ")
    return first if head and " " not in head and shares_a_head(first) else ""


def _in_brackets(tail: str, text: str) -> bool:
    """Say whether words behind a member stand in parentheses, and so are its own."""
    return f"({tail.split(' ', 1)[0]}" in text and f"({tail[:12]}" in text.replace("( ", "(")


def _under_tail(parts: Sequence[Part], at: int, text: str) -> nodes.Node:
    """Read `A due to B, C or D`: they are causes, and it stays open whether one alone counts."""
    owner, rest = parts[at], parts[at + 1 :]
    doubt = nodes.Residue(f"whether this counts without: {owner.text}")
    apart = every((some(timed(part) for part in rest), doubt))
    cause = replace(_longer(owner, rest), tail_from=-1)
    before = (*parts[:at], cause)
    return some((_narrowed(before, text) if len(before) > 1 else timed(cause), apart))
