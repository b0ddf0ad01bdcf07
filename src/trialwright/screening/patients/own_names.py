"""The program's own names of measures and scales, as codes that screening finds.

A concept has no such name here: its list holds many codes, and none of them says no more than it.
"""

from trialwright.screening.lexicon import project_terms
from trialwright.screening.model import Code


def own_names(system: str, name: str) -> tuple[Code, ...]:
    """Return a code of `measure:lvef` or `scale:nyha`; none where the name is not known."""
    terms = project_terms()
    known = terms.measures if system == "measure" else terms.scales
    codes = known[name].codes if name in known else frozenset()
    return tuple(sorted(codes, key=lambda code: (code.system, code.code))[:1])
