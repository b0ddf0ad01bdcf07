"""What a person has to say before a draft can be made, and what the person said."""

import shlex
from collections.abc import Sequence, Set
from decimal import Decimal

from trialwright.core.errors import InputError
from trialwright.protocol.arms import ArmReading, Dose, Question, doses
from trialwright.protocol.numerals import readable
from trialwright.protocol.sources import Sources

Places = Sequence[tuple[str, ArmReading]]  # each field, and what was read in it


def answered(dose: Dose, sources: Sources) -> Decimal | None:
    """Return the amount that a person gave for a dose in doubt."""
    if not _can_be_answered(dose):
        return None
    given = sources.answers.items()
    return next((amount for words, amount in given if _one_line(words) == dose.words), None)


def require_answered(places: Places, counted: Set[str], sources: Sources) -> None:
    """Refuse a question without its answer, and an answer that settles nothing.

    counted: the units of the planned amounts; a doubt about another substance is not asked.
    """
    _require_used(tuple(dose for _, reading in places for dose in doses(reading.text)), sources)
    for field, reading in places:
        for question in reading.questions:
            if question.dose.counted in counted and not answered(question.dose, sources):
                line = reading.line_of(question.start)
                raise _ask(question, f"{sources.place(field)}, line {line}")


def _require_used(known: Sequence[Dose], sources: Sources) -> None:
    for words in sources.answers:
        alike = [dose for dose in known if dose.words == _one_line(words)]
        if any(map(_can_be_answered, alike)):
            continue
        clear = next((dose.value for dose in alike if dose.value is not None), None)
        what = f"{words!r} is read as {readable(clear)}" if clear else f"{words!r} is no dose here"
        asked = dict.fromkeys(repr(dose.words) for dose in known if _can_be_answered(dose))
        wanted = f"the words of a dose in doubt ({', '.join(asked) or 'there is none'})"
        raise InputError("--answer", what, wanted)


def _can_be_answered(dose: Dose) -> bool:
    """Say whether an amount is all that is missing: a unit is not settled by an amount."""
    return dose.value is None and not dose.fault and dose.counted != "1"


def _ask(question: Question, where: str) -> InputError:
    what = f"{question.text!r}: {question.why}"
    likely = " or ".join(question.readings)
    if not _can_be_answered(question.dose):
        named = f"{likely} in the record" if likely else "an amount per kg in the record"
        return InputError(where, what, named)
    answer = f"--answer {shlex.quote(f'{question.text}=amount')}"
    return InputError(where, what, f"{likely}, by {answer}" if likely else answer)


def _one_line(words: str) -> str:
    return " ".join(words.split())
