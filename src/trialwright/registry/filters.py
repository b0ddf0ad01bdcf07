"""The filters of a search, from what people write to the registry's own values."""

from collections.abc import Iterable

from trialwright.core.errors import InputError
from trialwright.record.vocabulary import PHASES, STATUSES
from trialwright.registry.model import Filters

_MAX_LENGTH = 100


def filters(
    status: Iterable[str] = (), phase: Iterable[str] = (), country: Iterable[str] = ()
) -> Filters:
    """Return filters; `not yet recruiting`, `Phase 1`, `1` and `phase1` are read, too.

    Raises InputError for a status or a phase that the registry does not have.

    >>> filters(status=["recruiting"], phase=["1", "Phase 2"])
    Filters(status=('RECRUITING',), phase=('PHASE1', 'PHASE2'), country=())
    """
    return Filters(
        tuple(_one_of(STATUSES, "status", value) for value in status),
        tuple(_one_of(PHASES, "phase", value) for value in phase),
        tuple(_country(value) for value in country),
    )


def _one_of(known: tuple[str, ...], what: str, value: str) -> str:
    letters = _letters(value)
    for spelling in known:
        if letters in (_letters(spelling), _letters(spelling).removeprefix("PHASE")):
            return spelling
    raise InputError(what, repr(value[:_MAX_LENGTH]), "one of " + ", ".join(known))


def _letters(value: str) -> str:
    return "".join(letter for letter in value.upper() if letter.isalnum())


def _country(value: str) -> str:
    name = " ".join(value.split())
    if not name or len(name) > _MAX_LENGTH:
        raise InputError("country", repr(value[:_MAX_LENGTH]), "the name of a country")
    return name
