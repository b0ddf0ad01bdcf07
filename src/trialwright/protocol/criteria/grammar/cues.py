"""Small cues inside a part: words that hint at a domain, repeat a noun, or say nothing alone."""

import re
from collections.abc import Sequence

from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.grammar.part import concept_of, leaves
from trialwright.protocol.criteria.pieces import Piece

SAME = frozenset(
    ("disease", "diseases", "disorder", "disorders", "infection", "infections", "syndrome",
     "syndromes", "condition", "conditions", "illness", "diagnosis", "diagnoses", "status",
     "virus", "patient", "patients")
)  # fmt: skip
SAME_DRUG = frozenset(
    ("therapy", "therapies", "treatment", "treatments", "use", "agent", "agents", "medication",
     "medications", "drug", "drugs", "administration", "infusion", "infusions", "regimen",
     "regimens")
)  # fmt: skip
# in front of a drug: the medication metformin
SAYS_TAKEN = frozenset(("taken", "medication", "medications", "drug", "drugs"))
DRUG_HINTS = frozenset(
    ("treated with", "treatment with", "being treated with", "receiving", "received", "use of",
     "the use of", "using", "taking", "takes", "take", "on treatment with", "therapy with",
     "administration of", "patients receiving", "subjects receiving", "patients taking",
     "subjects taking", "patients on", "subjects on", "have received", "has received",
     "not taking", "not receiving", "not currently taking", "have taken", "has taken")
)  # fmt: skip
PROCEDURE_HINTS = frozenset(
    ("undergoing", "undergone", "underwent", "performed", "have undergone", "has undergone",
     "patients undergoing", "subjects undergoing", "not undergoing", "not undergone")
)  # fmt: skip
TAILS = frozenset(
    ("bound", "aside", "neutral", "restate", "example", "who", "not", "dont", "except", "if",
     "unless")
)  # fmt: skip
STANDS_UNDER = frozenset(("on", "in", "under", "at", "of", "to"))
EARLIER = frozenset(
    ("history", "previous", "previously", "prior", "past", "ever", "recent", "initial")
)
EMPTY = frozenset(
    ("more", "less", "greater", "fewer", "one", "two", "three", "four", "five", "none", "same",
     "such", "all", "each")
)  # fmt: skip
WANTS_AN_OBJECT = frozenset(("allergic", "hypersensitive", "intolerant", "sensitive"))
OF_ITS_OWN = frozenset(  # a fact of its own, told by another: symptoms of pulmonary embolism
    ("symptoms of", "signs of", "complications of", "complication of", "treatment for",
     "treatment of", "therapy for", "medication for", "medications for", "drugs for",
     "surgery for", "vaccination against", "loss of", "worsening of")
)  # fmt: skip
LABORATORY = frozenset(
    ("serum", "plasma", "level", "levels", "concentration", "concentrations", "value", "values")
)
SEX_IMPLIED = re.compile(r"pregnan|lactat|breast-?\s?feed|nursing|child-?\s?bearing", re.IGNORECASE)
MOVES_A_LIMIT = re.compile(
    r"\b(?:if|unless|exceptions?|except|allowed|acceptable|permitted"
    r"|in (?:case|patients|subjects|the (?:presence|case)))\b",
    re.IGNORECASE,
)
VALUE_NAMED = re.compile(
    r"(?:a?emia|penia|cytosis|tension|cardia|obesity|uria|fever|pyrexia|h?ypoxia)s?$", re.IGNORECASE
)
_QUALIFIED = re.compile(
    r"\b(?:severe|serious|significant|uncontrolled|unstable|active|major|other|known|certain|some"
    r"|relevant|additional|primary|secondary|un\w+|poor\w*|high|low|\w+ed)\b",
    re.IGNORECASE,
)
DEEPEST = 5
SIGNIFICANT = ("significant", "relevant")


def ends_neutral(piece: Piece) -> bool:
    """`With or without` reaches no further than its own phrase."""
    if piece.kind == "join":
        return "," in piece.text or "and" in piece.text.lower()
    if piece.kind in ("restate", "who", "aside", "open"):
        return True
    return piece.kind == "bound" and piece.text.lower() != "of"


_COMPARES = frozenset(("more", "less", "greater", "longer", "fewer", "higher", "lower"))


def is_compared(pieces: Sequence[Piece], at: int) -> bool:
    """Say whether `less than` and the like stands at a place: an amount that is not read."""
    if pieces[at].text.lower() not in _COMPARES or at + 1 >= len(pieces):
        return False
    return pieces[at + 1].text.lower().startswith("than")


_REASON = re.compile(r"\s*because\b(?!\s+of\b)", re.IGNORECASE)
_TURNS_ROUND = re.compile(
    r"\b(?:un(?:treated|exposed|tested|vaccinated)|na[iï]ve)\b", re.IGNORECASE
)


def is_reason(text: str) -> bool:
    """Say whether words only tell why: `because this could affect the measurements`."""
    return _REASON.match(text) is not None


def turns_round(words: str) -> bool:
    """Say whether what follows with `with` is what did not happen: `untreated with ...`."""
    return _TURNS_ROUND.search(words) is not None


def modifies(piece: Piece) -> bool:
    return piece.kind in ("modifier", "hazard", "other") or piece.text.lower().endswith(
        ("ed", "able")
    )


def is_laboratory(core: Sequence[Piece]) -> bool:
    return any(
        piece.node is None and not LABORATORY.isdisjoint(piece.text.lower().split())
        for piece in core
    )


def repeats(head: nodes.Node) -> frozenset[str]:
    """Return the words that only repeat what kind of thing is named."""
    domains = {n.domain for n in leaves(head) if isinstance(n, nodes.Has)}
    return SAME_DRUG if domains <= {"drug", "procedure"} else SAME


def is_kind(node: nodes.Node) -> bool:
    """Say whether a phrase without a code names a kind and nothing that narrows it."""
    return isinstance(node, nodes.Has) and not _QUALIFIED.search(node.words)


def is_participle(word: str) -> bool:
    low = word.lower()
    return low.endswith(("ed", "ly")) or low in ("inadequately", "treated")


def is_short(text: str) -> bool:
    """Say whether parentheses hold only a short form: (NSCLC), (HFrEF), (IBDs)."""
    return (
        2 <= len(text) <= 12
        and " " not in text
        and sum(c.isupper() for c in text) * 2 >= len([c for c in text if c.isalpha()]) > 0
    )


def same_concept(one: nodes.Node, other: nodes.Node | None) -> bool:
    named = next((concept_of(n) for n in leaves(one) if concept_of(n)), None)
    second = concept_of(other)
    if not named or not second:
        return False
    known = concepts().concepts.get(second)
    return named in (second, known.broader if known else None)
