"""Days as the command line takes them."""

from datetime import date

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError


def whole_day(text: str, option: str) -> date:
    """Return the day that an option names; InputError for a month or a year alone."""
    read = PartialDate.parse(text, option)
    if read.day is None:
        raise InputError(option, repr(text), "a whole date as yyyy-mm-dd")
    return read.earliest()
