"""What is proposed to a decision, held against the decision's own annotations beforehand."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, get_type_hints

from trialwright.conduct.events import Event
from trialwright.conduct.legible import exact
from trialwright.core.errors import InputError

_GIVEN_BY_THE_SERVICE = 2  # the state and the signature come first

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def checked(
    decision: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Arguments:
    """Return the arguments, each exactly of its type; InputError names the first that is not."""
    signature, hints = _promised(decision)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        wanted = ", ".join(signature.parameters) or "nothing"
        raise InputError(decision.__name__, str(error), f"the arguments {wanted}") from error
    for name, value in bound.arguments.items():
        if name in hints:
            bound.arguments[name] = exact(value, hints[name], _place(decision, name, value))
    return bound.args, bound.kwargs


def _place(decision: Callable[..., object], name: str, value: object) -> str:
    what = type(value).__name__ if isinstance(value, Event) else name
    return f"{decision.__name__}, {what}"


@cache
def _promised(decision: Callable[..., object]) -> tuple[inspect.Signature, dict[str, Any]]:
    """Return what a decision takes beside the state and the signature, and of which types."""
    whole = inspect.signature(decision)
    taken = list(whole.parameters.values())[_GIVEN_BY_THE_SERVICE:]
    return whole.replace(parameters=taken), get_type_hints(decision)
