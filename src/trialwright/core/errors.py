"""What went wrong, in one line, for the person who reads it."""

from typing import Any


class TrialwrightError(Exception):
    """Anything this program reports in one line."""

    def __reduce__(self) -> Any:
        """Say how it is pickled, whatever its constructor takes: workers hand errors back."""
        return _bare, (type(self), self.args), vars(self)


class InputError(TrialwrightError):
    """The input or the call was wrong: where, what was found, what was wanted. Exit status 2.

    >>> str(InputError("protocol.yaml, line 12, doses[0].amount", "-2e10", "a number above 0"))
    'protocol.yaml, line 12, doses[0].amount: -2e10; wanted a number above 0'
    """

    def __init__(self, where: str, what: str, wanted: str) -> None:
        super().__init__(f"{where}: {what}; wanted {wanted}")
        self.where = where
        self.what = what
        self.wanted = wanted


class Refused(TrialwrightError):
    """The trial's rules forbid this now: which rule, why, and what would lift it. Exit status 1.

    >>> str(Refused("gate", "cohort 2 is closed", "a signed board decision that opens it"))
    'gate: cohort 2 is closed; it needs a signed board decision that opens it'
    """

    def __init__(self, rule: str, why: str, needs: str) -> None:
        super().__init__(f"{rule}: {why}; it needs {needs}")
        self.rule = rule
        self.why = why
        self.needs = needs


def _bare(kind: type[TrialwrightError], arguments: tuple[Any, ...]) -> TrialwrightError:
    return kind.__new__(kind, *arguments)
