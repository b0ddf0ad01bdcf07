"""Escalation methods, one per file."""

from collections.abc import Callable

from trialwright.design.design import Design
from trialwright.design.methods.boin import boin
from trialwright.protocol.methods import method_name

# name: a function whose keyword parameters are the method's; `doses` and `start` are every design's
METHODS: dict[str, Callable[..., Design]] = {
    "boin": boin,
}

__all__ = ["METHODS", "method_name"]
