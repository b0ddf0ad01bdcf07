"""Escalation methods, one per file."""

from collections.abc import Callable

from trialwright.design.design import Design
from trialwright.design.methods.blrm import blrm
from trialwright.design.methods.boin import boin
from trialwright.design.methods.boin12 import boin12
from trialwright.design.methods.crm import crm
from trialwright.design.methods.efftox import efftox
from trialwright.design.methods.i3_plus_3 import i3_plus_3
from trialwright.design.methods.keyboard import keyboard
from trialwright.design.methods.mtpi import mtpi
from trialwright.design.methods.mtpi2 import mtpi2
from trialwright.design.methods.three_plus_three import three_plus_three
from trialwright.design.methods.tite_boin import tite_boin
from trialwright.design.methods.tite_crm import tite_crm
from trialwright.design.methods.tpi import tpi
from trialwright.design.methods.wages_tait import wages_tait
from trialwright.protocol.methods import method_name

# name: a function whose keyword parameters are the method's; `doses` and `start` are every design's
METHODS: dict[str, Callable[..., Design]] = {
    "blrm": blrm,
    "boin": boin,
    "boin12": boin12,
    "crm": crm,
    "efftox": efftox,
    "i3_plus_3": i3_plus_3,
    "keyboard": keyboard,
    "mtpi": mtpi,
    "mtpi2": mtpi2,
    "three_plus_three": three_plus_three,
    "tite_boin": tite_boin,
    "tite_crm": tite_crm,
    "tpi": tpi,
    "wages_tait": wages_tait,
}

__all__ = ["METHODS", "method_name"]
