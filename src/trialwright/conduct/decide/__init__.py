"""What may happen next: each decision returns the events to record, or raises Refused.

Every function takes the state, a signature at a moment, and what is proposed; it reads nothing
else and changes nothing.
"""

from trialwright.conduct.decide.board import decide_gate
from trialwright.conduct.decide.fitness import may_dose
from trialwright.conduct.decide.gates import hold_gate
from trialwright.conduct.decide.infusions import give, miss, prepare
from trialwright.conduct.decide.people import consent, enrol, leave, may_enrol, screen
from trialwright.conduct.decide.records import RECORDS
from trialwright.conduct.decide.safety import adjudicate, report
from trialwright.conduct.decide.setup import (
    appoint,
    end_trial,
    open_trial,
    receive_lot,
    release_lot,
    stop_trial,
)
from trialwright.conduct.decide.visits import assess

__all__ = [
    "RECORDS",
    "adjudicate",
    "appoint",
    "assess",
    "consent",
    "decide_gate",
    "end_trial",
    "enrol",
    "give",
    "hold_gate",
    "leave",
    "may_dose",
    "may_enrol",
    "miss",
    "open_trial",
    "prepare",
    "receive_lot",
    "release_lot",
    "report",
    "screen",
    "stop_trial",
]
