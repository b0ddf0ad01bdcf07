"""How completely a criterion was understood: five degrees, from all of it to nothing."""

from typing import Literal

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.trees import walk

Completeness = Literal["full", "asked", "uncoded", "part", "none"]

# In words, from the best to the worst.
DEGREES: dict[Completeness, str] = {
    "full": "read in full",
    "asked": "read in full; a person answers part of it",
    "uncoded": "read, but no code or no usable unit is known for part of it",
    "part": "read in part",
    "none": "not read",
}
_LEFT = nodes.Residue | nodes.Attest | nodes.Judgement
_JOINS = (
    nodes.All | nodes.Any | nodes.Not | nodes.AtLeast | nodes.Except | nodes.IfThen | nodes.Within
)


def completeness(node: nodes.Node) -> Completeness:
    """Return how completely an expression says what its text says.

    >>> completeness(nodes.Residue("words"))
    'none'
    """
    leaves = tuple(part for part in walk(node) if not isinstance(part, _JOINS))
    if any(isinstance(leaf, nodes.Residue) for leaf in leaves):
        return "none" if all(isinstance(leaf, nodes.Residue) for leaf in leaves) else "part"
    if any(_is_uncoded(leaf) for leaf in leaves):
        return "uncoded"
    return "asked" if any(isinstance(leaf, _LEFT) for leaf in leaves) else "full"


def _is_uncoded(leaf: nodes.Node) -> bool:
    match leaf:
        case nodes.Has(concept=None) | nodes.Compare(measure=None):
            return True
        case nodes.Compare(unit_fault=str()):
            return True
        case _:
            return False
