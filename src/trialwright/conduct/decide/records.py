"""Which event each decision records: so that permission is asked before any other rule."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from trialwright.conduct import events
from trialwright.conduct.decide.board import decide_gate
from trialwright.conduct.decide.gates import hold_gate
from trialwright.conduct.decide.infusions import give, miss, prepare
from trialwright.conduct.decide.people import consent, enrol, leave, screen
from trialwright.conduct.decide.safety import adjudicate, report
from trialwright.conduct.decide.setup import (
    appoint,
    end_trial,
    receive_lot,
    release_lot,
    stop_trial,
)
from trialwright.conduct.decide.visits import assess

RECORDS: Mapping[Callable[..., object], type[events.Event]] = MappingProxyType({
    adjudicate: events.DltAdjudicated,
    appoint: events.StaffAppointed,
    assess: events.AssessmentRecorded,
    consent: events.ConsentSigned,
    decide_gate: events.BoardDecided,
    end_trial: events.TrialEnded,
    enrol: events.PatientEnrolled,
    give: events.InfusionGiven,
    hold_gate: events.GateHeld,
    leave: events.PatientLeft,
    miss: events.InfusionMissed,
    prepare: events.InfusionPrepared,
    receive_lot: events.LotReceived,
    release_lot: events.LotReleased,
    report: events.AdverseEventReported,
    screen: events.PatientScreened,
    stop_trial: events.TrialStopped,
})  # fmt: skip
