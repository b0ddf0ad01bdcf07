"""Small constructors that keep an expression flat: no nested All in All, no list of one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from trialwright.protocol.criteria import nodes


def every(parts: Iterable[nodes.Node]) -> nodes.Node:
    """Return the conjunction, flat and without repeats."""
    flat: list[nodes.Node] = []
    for part in parts:
        if isinstance(part, nodes.All):
            flat += part.of
        else:
            flat.append(part)
    unique = _said(flat)
    return unique[0] if len(unique) == 1 else nodes.All(unique)


def some(parts: Iterable[nodes.Node]) -> nodes.Node:
    """Return the disjunction, flat and without repeats."""
    flat: list[nodes.Node] = []
    for part in parts:
        if isinstance(part, nodes.Any):
            flat += part.of
        else:
            flat.append(part)
    unique = _said(flat)
    return unique[0] if len(unique) == 1 else nodes.Any(unique)


def narrowed(node: nodes.Node, words: Iterable[str]) -> nodes.Node:
    """Return the node ANDed with words that were not understood (empty ones are dropped)."""
    left = tuple(nodes.Residue(word) for word in map(tidy, words) if word)
    return every((node, *left)) if left else node


def tidy(words: str) -> str:
    """Return words without the marks and spaces around them."""
    if "  " in words or not words.isprintable():  # of spaces, only the plain one is printable
        words = " ".join(words.split())
    return words.strip(" ,;:.")


def placed(words: str, text: str, at: int) -> int:
    """Return where words stand in a text from a place on, as whole words; -1 where they do not.

    >>> placed("renal", "adrenal or renal", 0), placed("renal", "adrenal", 0)
    (11, -1)
    """
    start = text.find(words, at)
    while start >= 0:
        end = start + len(words)
        if not ((start and _is_of_a_word(text[start - 1])) or _is_of_a_word(text[end : end + 1])):
            return start
        start = text.find(words, start + 1)
    return -1


def _is_of_a_word(mark: str) -> bool:
    return mark.isalnum() or mark == "_"


_LEAVES = (
    nodes.Has, nodes.Residue, nodes.Compare, nodes.Demographic, nodes.Ordinal, nodes.Attest,
    nodes.Judgement,
)  # fmt: skip


def walk(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the node and every node inside it, from left to right."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, _LEAVES):
            left += reversed(children(node))


def children(node: nodes.Node) -> tuple[nodes.Node, ...]:
    """Return a node's direct parts."""
    match node:
        case nodes.All(of) | nodes.Any(of) | nodes.AtLeast(_, of):
            return of
        case nodes.Not(of) | nodes.Within(of=of):
            return (of,)
        case nodes.Except(base, but):
            return (base, *but)
        case nodes.IfThen(when, then, otherwise):
            return (when, then) if otherwise is None else (when, then, otherwise)
        case _:
            return ()


def with_left(node: nodes.Node, change: Callable[[str], str]) -> nodes.Node:
    """Return the expression with the words that are left to a person changed (cut short, say)."""

    def left(leaf: nodes.Node) -> nodes.Node:
        match leaf:
            case nodes.Residue(words) | nodes.Attest(words) | nodes.Judgement(words):
                return type(leaf)(change(words))
            case _:
                return leaf

    return mapped(node, left)


def residue(node: nodes.Node) -> tuple[str, ...]:
    """Return the words of an expression that were not understood, each once."""
    return tuple(dict.fromkeys(n.words for n in walk(node) if isinstance(n, nodes.Residue)))


_FEW = 4  # parts that are compared with one another faster than hashed


def _said(parts: Sequence[nodes.Node]) -> tuple[nodes.Node, ...]:
    """Return the parts, each once, without residue that has no words."""
    said: Iterable[nodes.Node] = parts
    if len(parts) == 1 or (len(parts) == 2 and type(parts[0]) is not type(parts[1])):
        pass  # the most frequent pair: a fact, and words beside it
    elif len(parts) > _FEW:
        said = dict.fromkeys(parts)
    else:
        said = [part for i, part in enumerate(parts) if part not in parts[:i]]
    unique = tuple([p for p in said if not isinstance(p, nodes.Residue) or p.words])
    return unique or (nodes.Residue("(no words)"),)


def either_way(narrow: nodes.Node, wide: nodes.Node, doubt: str) -> nodes.Node:
    """Return what is certain where a text may mean a narrow or a wide reading.

    `narrow` implies `wide`: where the narrow one holds, both do; where the wide one fails, neither
    holds; between them the words decide nothing.
    """
    if narrow == wide:
        return narrow
    return some((narrow, every((wide, nodes.Residue(doubt)))))


def mapped(node: nodes.Node, change: Callable[[nodes.Node], nodes.Node]) -> nodes.Node:
    """Return the expression with every leaf changed."""
    match node:
        case nodes.All(of) | nodes.Any(of):
            return type(node)(tuple(mapped(part, change) for part in of))
        case nodes.AtLeast(n, of):
            return nodes.AtLeast(n, tuple(mapped(part, change) for part in of))
        case nodes.Not(of) | nodes.Within(of=of):
            return replace(node, of=mapped(of, change))
        case nodes.Except(base, but):
            return nodes.Except(mapped(base, change), tuple(mapped(part, change) for part in but))
        case nodes.IfThen(when, then, otherwise):
            other = mapped(otherwise, change) if otherwise else None
            return nodes.IfThen(mapped(when, change), mapped(then, change), other)
        case _:
            return change(node)
