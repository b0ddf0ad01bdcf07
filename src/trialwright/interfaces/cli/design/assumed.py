"""What a protocol assumes of its escalation, for pages that show what follows from it."""

from datetime import date
from pathlib import Path

from trialwright.interfaces.cli.files import read_bytes
from trialwright.protocol.service import load
from trialwright.results.assumptions import assumptions


def assumed_lines(path: Path | None) -> tuple[str, ...]:
    """Return a line that names the unconfirmed assumptions of the escalation; none without."""
    if path is None:
        return ()
    start, protocol = "escalation.", load(read_bytes(path), str(path), date.today())
    opened = [
        f"{found.key.removeprefix(start)} {found.value}"
        for found in assumptions(protocol)
        if found.key.startswith(start) and found.confirmed is None
    ]
    if not opened:
        return ()
    return (f"Assumed in the protocol and not confirmed yet: {', '.join(opened)}.",)
