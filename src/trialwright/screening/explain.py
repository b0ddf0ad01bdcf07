"""A screening in plain English: one line per patient, one block per criterion."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from trialwright.core.dates import Duration, PartialDate
from trialwright.core.truth import Truth
from trialwright.screening.model import (
    CriterionVerdict,
    Evidence,
    OpenFact,
    PatientScreening,
    Question,
    UnknownKind,
)

ANSWERS = {"yes": "eligible", "no": "not eligible", "undecided": "undecided"}

UNKNOWN_WORDS: dict[UnknownKind, str] = {
    "no_data": "nothing on record",
    "stale": "the record is too old, or its time is not clear",
    "unit": "the unit does not fit",
    "uncoded": "no code for it is known",
    "pending_answer": "the site has to confirm it",
    "judgement": "an investigator has to judge it",
    "residue": "the text was not fully understood",
}


QUESTIONS: dict[Question, str] = {
    "confirm": "the site's answer to",
    "judge": "an investigator's judgement of",
    "read": "a person's reading of",
}

# Kinds that a measurement or a look into the record can settle; the others need a person.
_ON_RECORD = frozenset({"no_data", "stale", "unit"})
_MEASURED = frozenset({"measure", "class"})
_FIRST = 5  # so many are named on one line
_A_YEAR = Duration(months=12)


def headline(screening: PatientScreening) -> str:
    """Return the answer, and the criterion that decides or what would decide, with evidence."""
    answer = ANSWERS[screening.eligible]
    verdicts = {verdict.id: verdict for verdict in screening.criteria}
    if screening.deciding:
        first = verdicts[screening.deciding[0]]
        return f"{answer}: {first.id} {reason(first)}"
    if screening.would_decide:
        return f"{answer}: {_missing([verdicts[e] for e in screening.would_decide], screening)}"
    return "; ".join([f"{answer}: every criterion is met", *cautions(screening)])


def cautions(screening: PatientScreening) -> tuple[str, ...]:
    """Return what an eligible answer rests on that a person should see: old values, doubts."""
    evidence = [piece for each in screening.criteria for piece in each.verdict.evidence]
    doubted = [
        f"{each.id} ({', '.join(named)})"
        for each in screening.criteria
        if (named := [shortened(p.what, 40) for p in each.verdict.evidence if p.in_doubt])
    ]
    said = (f"answered over records in doubt: {', '.join(doubted)}",) if doubted else ()
    return (*_oldest(evidence, screening.on), *said)


def _oldest(evidence: Sequence[Evidence], on: date) -> tuple[str, ...]:
    """Name the oldest value that counted, where all of its possible days are over a year ago."""
    limit = _A_YEAR.before(on)
    dated = [
        (PartialDate.parse(piece.date), piece)
        for piece in evidence
        if piece.date and piece.record and piece.record.startswith("Observation/")
    ]
    old = sorted(
        (each for each in dated if each[0].latest() < limit), key=lambda each: each[0].latest()
    )
    if not old:
        return ()
    return (f"the oldest value that counted is over 12 months old: {_value(old[0][1])}",)


def _value(piece: Evidence) -> str:
    return f"{piece.what} {piece.recorded or ''} on {piece.date}"


def _missing(open_criteria: Sequence[CriterionVerdict], screening: PatientScreening) -> str:
    """Say what would decide: what is to be measured, what to be looked up, what people answer."""
    asked = [fact for fact in screening.facts if fact.question is None]
    measured = [fact for fact in asked if fact.kind in _MEASURED]
    to_measure, to_find = _ids(measured), _ids(asked)
    facts = [c for c in open_criteria if _is_looked_up(c)]
    facts.sort(key=lambda c: (c.id not in to_measure, c.id not in to_find))
    first, others = facts[:1], facts[1:]
    parts = [f"{c.id} {reason(c, [fact.name for fact in asked])}" for c in first]
    also = [_with_ids(f) for f in measured if not {c.id for c in first}.intersection(f.criteria)]
    parts += [f"also to measure: {_few(also, '; ')}"] if also else []
    left = [c.id for c in others if c.id not in to_measure]
    parts += [f"also open on record: {_few(left)}"] if left else []
    parts += [f"{each.id} {told}" for each in others for told in _unusable(each)]
    people = [c.id for c in open_criteria if not _is_looked_up(c)]
    parts += [f"for people to answer: {_few(people)}"] if people else []
    return "; ".join(parts)


def _ids(facts: Iterable[OpenFact]) -> frozenset[str]:
    return frozenset(each for fact in facts for each in fact.criteria)


def _is_looked_up(criterion: CriterionVerdict) -> bool:
    """Say whether the record settles it: a value that is missing, or a record in doubt."""
    verdict = criterion.verdict
    return verdict.unknown in _ON_RECORD or (
        verdict.unknown == "uncoded" and any(piece.in_doubt for piece in verdict.evidence)
    )


def _few(names: Sequence[str], between: str = ", ") -> str:
    if len(names) <= _FIRST + 1:
        return between.join(names)
    return f"{between.join(names[:_FIRST])} and {len(names) - _FIRST} more"


def explanation(screening: PatientScreening) -> tuple[str, ...]:
    """Return all lines: the answer, the reading of silence, every criterion with its evidence."""
    marks = " (simulated)" if screening.simulated else ""
    lines = [
        f"{screening.id}{marks} on {screening.on}: {headline(screening)}",
        f"  read with: {screening.policy}",
        *_next(screening),
    ]
    for verdict in screening.criteria:
        lines.append(f"  {verdict.id} {state(verdict)}: {shortened(verdict.text)}")
        lines += [f"      {sentence(evidence)}" for evidence in verdict.verdict.evidence]
    return tuple(lines)


def _next(screening: PatientScreening) -> tuple[str, ...]:
    """Return what to find out: the smallest list that could decide, and what could end it."""
    if not screening.would_decide:
        return ()
    if screening.facts_suffice is False:
        lines = ["  no answers and values could make every criterion met; what matters still:"]
    elif screening.facts_suffice is None:
        lines = ["  ask or measure next (too much is open to say how little would do):"]
    else:
        least = "" if screening.facts_exact else ", though fewer may do"
        lines = [f"  ask or measure next ({len(screening.facts)} could decide{least}):"]
    lines += [f"      {_with_ids(fact)}" for fact in screening.facts if fact.question is None]
    lines += [f"      {asked}" for asked in _questions(screening.facts)]
    alone = [fact.name for fact in screening.could_exclude[:_FIRST]]
    more = len(screening.could_exclude) - len(alone)
    rest = f"; and {more} more" if more > 0 else ""
    return (*lines, *((f"  one alone could exclude: {'; '.join(alone)}{rest}",) if alone else ()))


def _with_ids(fact: OpenFact) -> str:
    return f"{fact.name} ({', '.join(fact.criteria)})"


def _questions(facts: Sequence[OpenFact]) -> Iterator[str]:
    """Yield a line for each kind of question with all its criteria: their texts stand below."""
    for question, words in QUESTIONS.items():
        asked = [each for fact in facts if fact.question == question for each in fact.criteria]
        if asked:
            yield f"{words} {', '.join(dict.fromkeys(asked))}"


def state(criterion: CriterionVerdict) -> str:
    """Say how a criterion stands, in the clinic's words."""
    verdict = criterion.verdict
    if verdict.unknown == "no_data" and _unusable(criterion):
        return "unknown (a value on record cannot be used)"
    if verdict.unknown is not None:
        return f"unknown ({UNKNOWN_WORDS[verdict.unknown]})"
    if verdict.truth is Truth.TRUE:
        return "met" if criterion.section == "inclusion" else "does not apply"
    return "not met" if criterion.section == "inclusion" else "applies"


def reason(criterion: CriterionVerdict, asked: Sequence[str] = ()) -> str:
    """Return the state with the evidence that explains it best.

    Where it is open: a value on record that cannot be used, else what is missing, first a record
    in doubt, then what is named first among `asked`; and a recorded value that did not settle it.
    Where it is decided: the first piece of evidence, a record before a silence.
    """
    evidence = criterion.verdict.evidence
    if criterion.verdict.truth is Truth.UNKNOWN:
        unknown = [piece for piece in evidence if piece.truth is Truth.UNKNOWN]
        unknown.sort(key=lambda p: (not p.in_doubt, _place(p, asked)))
        missing = [sentence(piece) for piece in unknown[:1]]
        told = [piece for piece in evidence if piece.truth is Truth.FALSE and piece.record][:1]
        return "; ".join(["unknown", *(_unusable(criterion) or missing), *map(sentence, told)])
    first = sorted(evidence, key=lambda piece: (piece.in_doubt, piece.record is None))[:1]
    return "; ".join([state(criterion), *map(sentence, first)])


def _place(piece: Evidence, asked: Sequence[str]) -> int:
    """Return the place of the first name that evidence is about: a label with units and days."""
    return next((n for n, name in enumerate(asked) if piece.what in name), len(asked))


def _unusable(criterion: CriterionVerdict) -> list[str]:
    """Say which observations are on record and cannot be used, and why."""
    told = [
        piece
        for piece in criterion.verdict.evidence
        if piece.in_doubt and str(piece.record).startswith("Observation/")
    ]
    return [f"{shortened(each.what)} on record but not usable: {_recorded(each)}" for each in told]


def _recorded(evidence: Evidence) -> str:
    day = f" on {evidence.date}" if evidence.date else ""
    source = f" [{evidence.record}]"
    return f"{evidence.recorded or 'no value'}{day}: {evidence.rule}{source}"


def sentence(evidence: Evidence) -> str:
    """Return one piece of evidence: what, as recorded, converted, when, by which rule, where."""
    what, recorded = shortened(evidence.what), evidence.recorded or ""
    named = recorded if recorded.lower().startswith(what.lower()) else f"{what} {recorded}".strip()
    steps = f" ({evidence.conversion})" if evidence.conversion else ""
    day = f" on {evidence.date}" if evidence.date and not recorded.startswith("born") else ""
    source = f" [{evidence.record}]" if evidence.record else ""
    return f"{named}{steps}{day}: {evidence.rule}{source}"


def shortened(text: str, length: int = 100) -> str:
    """Return the text on one line, cut at a word where it is long."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length - 2].rsplit(" ", 1)[0] + " …"
