"""A time that no anchor follows: `stroke within 3 months`.

It is counted back from enrolment where nothing else in its sentence can be what it is counted from:
no event (`after surgery`, `relapse`, `post-partum`), no later day (`planned`, `will start`), and no
second occurrence (`twice within 6 months`). Where one of these stands there, it is no window.
"""

import re

_ENDS = re.compile(r"\s*(?:\Z|[;.](?!\w)|[)\]]|,(?!\s*(?:of|from)\b)|(?:and|or)\b)", re.IGNORECASE)
# What the time may be counted from instead, or what says that it is still to come.
_OTHER = re.compile(
    r"\b(?:after|since|before|prior\s+to|from|until|postpartum|post\b|(?<!the\s)following|upon"
    r"|birth|born|deliver\w*|diagnosis|onset|randomi\w+|enrol\w*|registration|start\w*|begin\w*"
    r"|began|initiat\w+|interval|duration|screening|baseline|admission|discharge"
    r"|relaps\w+|recur\w*|progress\w*|refractor\w+|resist\w+|respon\w+|fail\w*|remission|heal\w*"
    r"|recover\w*|resolv\w+|improv\w+|worsen\w*|complet\w+|persist\w*|last(?:s|ing|ed)|return\w*"
    r"|plan\w*|schedul\w+|expect\w*|anticipat\w+|inten[dt]\w*|will|wish\w*|willing|may|might|could"
    r"|can|able|likel\w+|liable|upcoming|future|await\w*|candidat\w*|requir\w*|need\w*|risk"
    r"|propos\w+|desir\w+|want\w*|pending|try\w*|seek\w*|due\s+for|expir\w+|follow(?:ed)?[\s-]?up"
    r"|prognos\w+|predict\w*|surviv\w+|death|die[ds]?|life|expectan\w+|available|become|if|urgent"
    r"|elective|(?:must|should|shall)(?!\s+(?:not\s+)?have\b)|to\s+(?:be|have|undergo|receive|conceive)"
    r"|apart|consecutive\w*|separate|successive|repeated\w*|each\s+other|occasions?|occurrences?"
    r"|times|twice|visits?|cycles?|doubl\w+)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r";|(?<!\.[a-z])\.(?=\s+[A-Z])")  # and not that of `e.g.`
_REACH = 400  # characters of a sentence on either side


def counts_from_enrolment(text: str, start: int, end: int) -> bool:
    """Say whether a time without an anchor is counted back from enrolment; its span is given."""
    if not _ENDS.match(text, end):
        return False
    begin = max(0, start - _REACH)
    opens = max(
        (found.end() for found in _SENTENCE_END.finditer(text, begin, start)), default=begin
    )
    closes = _SENTENCE_END.search(text, end, end + _REACH)
    until = closes.start() if closes else min(len(text), end + _REACH)
    return not (_OTHER.search(text, opens, start) or _OTHER.search(text, end, until))
