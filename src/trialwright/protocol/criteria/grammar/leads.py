"""What stands before the fact of a part.

lead := glue | "history of" | "active" | degree | test result | window | sex | modifier
"""

from trialwright.protocol.criteria.grammar.cues import (
    DRUG_HINTS,
    PROCEDURE_HINTS,
    STANDS_UNDER,
)
from trialwright.protocol.criteria.grammar.part import degrees, is_measured
from trialwright.protocol.criteria.grammar.reading import Reading
from trialwright.protocol.criteria.pieces import Piece


def read_leads(part: Reading) -> None:
    """Take every piece that leads up to the fact."""
    while part.left:
        piece = part.pieces[part.i]
        match piece.kind:
            case "ever":
                part.when, part.clause, part.past = "ever", True, True
                _of_a_participle(part, piece)
            case "current":
                part.when = part.when or "current"  # a history of active cancer is a history
            case "degree":
                part.degree = degrees(piece.text)
            case "window":
                part.window, part.window_leads = piece, True
            case "sex":
                part.sex, part.clause = piece.text, True
            case "glue" | "who" | "both" | "any" | "all" | "positive" | "negative":
                _hinted(part, piece)
            case "open" if _parenthesised_window(part) or _opens_a_value(part):
                pass
            case "neutral":
                part.until_tail()
                continue
            case "bound" if piece.text.lower() in STANDS_UNDER and not part.window:
                part.hint = "drug" if piece.text.lower() == "on" else part.hint
            case "modifier" | "other":
                if not _modified(part, piece):
                    return
            case _:
                return
        part.i += 1


def _of_a_participle(part: Reading, piece: Piece) -> None:
    """Keep `(concurrent or) previously` with the participle that it stands before."""
    after = part.pieces[part.i + 1 : part.i + 2]
    if piece.text.lower() == "previously" and after and after[0].kind == "modifier":
        start = part.pieces[part.i - 1].end if part.i else piece.start
        part.lead.append(part.text[start : piece.end].strip())


def _modified(part: Reading, piece: Piece) -> bool:
    """Take a word that modifies the whole; others stand with the fact."""
    low = piece.text.lower()
    if piece.kind == "other":  # `other prior malignancy`: another than the one under study
        taken = low == "other" and _next_kind(part) in ("ever", "current")
    elif low in ("recent", "recently") and any(p.kind == "window" for p in part.pieces[part.i :]):
        return True  # `recent (within the last 3 months) stroke`: the window says what it means
    else:
        of = _of_follows(part)
        taken = low.startswith("adult") or of
        part.i += of and not low.startswith("adult")
    if taken:
        part.lead.append(piece.text)
    return taken


def _next_kind(part: Reading) -> str | None:
    after = part.pieces[part.i + 1 : part.i + 2]
    return after[0].kind if after else None


def _of_follows(part: Reading) -> bool:
    """`The end-stage of liver cirrhosis` is end-stage liver cirrhosis."""
    after = part.pieces[part.i + 1 : part.i + 3]
    return len(after) == 2 and after[0].text.lower() == "of" and after[1].node is not None


def _parenthesised_window(part: Reading) -> bool:
    inside = part.pieces[part.i + 1 : part.i + 3]
    if len(inside) == 2 and inside[0].kind == "window" and inside[1].kind == "close":
        part.window, part.window_leads = inside[0], True
        part.i += 2
        return True
    return False


def _opens_a_value(part: Reading) -> bool:
    """`Adult patients (age 18 and above)`: nothing but the value is asked."""
    following = part.pieces[part.i + 1 : part.i + 2]
    return bool(following) and is_measured(following[0].node)


def _hinted(part: Reading, piece: Piece) -> None:
    low = " ".join(piece.text.lower().split())
    part.clause = part.clause or piece.kind == "who" or low in ("a", "an", "the", "any")
    if low in DRUG_HINTS:
        part.hint = "drug"
    elif low in PROCEDURE_HINTS:
        part.hint = "procedure"
