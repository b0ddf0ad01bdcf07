"""What a reader has to say about its source, collected while it reads."""

from trialwright.record.record import Finding


class Notes:
    """Findings in the order in which they were made."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    def add(self, kind: str, where: str, text: str) -> None:
        """Note one finding; saying the same again adds nothing."""
        finding = Finding(kind, where, text)
        if finding not in self._findings:
            self._findings.append(finding)

    def unplaced(self, where: str, line: str) -> None:
        """Note text that has no field: it is kept here, word for word."""
        self.add("unplaced", where, line)

    def all(self) -> tuple[Finding, ...]:
        """Return every finding so far."""
        return tuple(self._findings)
