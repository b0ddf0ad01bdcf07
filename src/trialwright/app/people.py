"""Where patients come from, with the drivers of a warehouse where one is meant."""

from trialwright.screening.patients.omop import OmopSource


def warehouse(where: str) -> OmopSource:
    """Open the OMOP tables in a folder, a DuckDB file or a database; InputError if it cannot be."""
    from trialwright.store.omop import open_omop  # only now: it needs an extra

    return open_omop(where)
