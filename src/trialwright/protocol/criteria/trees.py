"""Small constructors that keep an expression flat: no nested All in All, no list of one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from trialwright.protocol.criteria import nodes


def every(parts: Iterable[nodes.Node]) -> nodes.Node:
    """Return the conjunction, flat and without repeats."""
    flat: list[nodes.Node] = []
    for part in parts:
        flat += part.of if isinstance(part, nodes.All) else (part,)
    unique = _said(flat)
    return unique[0] if len(unique) == 1 else nodes.All(unique)


def some(parts: Iterable[nodes.Node]) -> nodes.Node:
    """Return the disjunction, flat and without repeats."""
    flat: list[nodes.Node] = []
    for part in parts:
        flat += part.of if isinstance(part, nodes.Any) else (part,)
    unique = _said(flat)
    return unique[0] if len(unique) == 1 else nodes.Any(unique)


def narrowed(node: nodes.Node, words: Iterable[str]) -> nodes.Node:
    """Return the node ANDed with words that were not understood (empty ones are dropped)."""
    left = tuple(nodes.Residue(word) for word in map(tidy, words) if word)
    return every((node, *left)) if left else node


def tidy(words: str) -> str:
    """Return words without the marks and spaces around them."""
    if "  " in words or "\n" in words or "\t" in words or not words.isprintable():
        words = " ".join(words.split())
    return words.strip(" ,;:.")


def walk(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the node and every node inside it, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


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


def _said(parts: Iterable[nodes.Node]) -> tuple[nodes.Node, ...]:
    """Return the parts, each once, without residue that has no words."""
    listed = tuple(parts)
    if len(listed) == 1 and not isinstance(listed[0], nodes.Residue):
        return listed
    unique = tuple(dict.fromkeys(listed))
    said = tuple(p for p in unique if not isinstance(p, nodes.Residue) or p.words)
    return said or (nodes.Residue("(no words)"),)


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
