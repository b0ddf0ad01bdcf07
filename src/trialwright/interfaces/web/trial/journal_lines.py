"""The journal in words: what each kind of entry says, and whether the chain holds."""

from trialwright.conduct import events as happened
from trialwright.conduct.events import AnyEvent, Entry
from trialwright.conduct.journal import Verification
from trialwright.interfaces.web.blocks import Badge, Block, Cell, Fact, Facts, Note, Table

KINDS: dict[type, str] = {
    happened.TrialOpened: "Trial opened",
    happened.StaffAppointed: "Staff appointed",
    happened.LotReceived: "Lot received",
    happened.LotReleased: "Lot released",
    happened.PatientScreened: "Person screened",
    happened.ConsentSigned: "Consent signed",
    happened.PatientEnrolled: "Person enrolled",
    happened.InfusionPrepared: "Infusion prepared",
    happened.InfusionGiven: "Infusion given",
    happened.InfusionMissed: "Infusion missed",
    happened.DeviationOpened: "Deviation opened",
    happened.AdverseEventReported: "Adverse event reported",
    happened.DltAdjudicated: "Toxicity adjudicated",
    happened.AssessmentRecorded: "Assessment recorded",
    happened.PatientLeft: "Person left the trial",
    happened.GateHeld: "Gate held",
    happened.BoardDecided: "Board decided",
    happened.TrialStopped: "Trial stopped",
    happened.TrialEnded: "Trial ended",
}
_LAST = 12


def journal(entries: tuple[Entry, ...], verification: Verification) -> tuple[Block, ...]:
    """Return the chain's state and the last entries, the newest first."""
    head = (Cell("Entry"), Cell("Time (UTC)"), Cell("What"), Cell("By"), Cell("Reason"))
    rows = tuple(_entry(entry) for entry in reversed(entries[-_LAST:]))
    caption = f"The last {len(rows)} of {len(entries):,} entries"
    return (*_chain(verification), Table(caption, head, rows))


def whole(verification: Verification) -> Badge:
    """Return whether the chain holds."""
    return Badge("Chain verified", "good") if verification.whole else Badge("Chain broken", "stop")


def broken(verification: Verification) -> str:
    """Say where a chain is broken; nothing where it is whole."""
    fault = verification.first_fault
    if verification.whole or fault is None:
        return "" if verification.whole else "Chain broken."
    where = f" at entry {fault.seq}" if fault.seq else ""
    return f"Chain broken{where}: {fault.what}."


def about(event: AnyEvent) -> str:
    """Say what an entry is about: a subject, a screening number, a lot, a gate, a person."""
    for name in ("subject", "screening_no", "lot", "person"):
        if value := getattr(event, name, None):
            return str(value)
    gate = getattr(event, "gate", None)
    return f"gate {gate}" if gate else ""


def _chain(verification: Verification) -> tuple[Block, ...]:
    facts = Facts((
        Fact("Chain", (whole(verification),)),
        Fact("Entries that hold", (f"{verification.events:,}",)),
        Fact("Head", (verification.head,)),
    ))  # fmt: skip
    fault = verification.first_fault
    note = (Note(f"First fault, entry {fault.seq}: {fault.what}.", "stop"),) if fault else ()
    return (facts, *note)


def _entry(entry: Entry) -> tuple[Cell, ...]:
    return (
        Cell(str(entry.seq)),
        Cell(f"{entry.at:%Y-%m-%d %H:%M}"),
        Cell(KINDS[type(entry.event)], note=about(entry.event)),
        Cell(entry.actor, note=entry.role.replace("_", " ")),
        Cell(entry.reason),
    )
