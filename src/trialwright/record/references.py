"""What a citation holds besides its words."""

import re

from trialwright.record.model import Reference

# Crossref's recommended pattern for modern DOIs, ended by white space or a closing bracket.
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s<>\"\])]+")


def doi(reference: Reference) -> str | None:
    """Return the DOI that a reference's citation names, without the sentence's full stop.

    >>> doi(Reference(citation="A trial. Some J. 2018. doi: 10.1093/eurheartj/ehy012."))
    '10.1093/eurheartj/ehy012'
    """
    found = _DOI.search(reference.citation or "")
    return found.group().rstrip(".,;:") if found else None
