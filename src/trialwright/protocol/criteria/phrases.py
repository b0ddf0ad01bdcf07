"""The phrases that carry a criterion's structure, as tables.

What is not in these tables and is no fact is a word that was not understood.
"""

import re

from trialwright.protocol.criteria.pieces import Kind


def _any(listed: str) -> str:
    """Return a pattern for whole words, from a list with commas."""
    return rf"\b(?:{'|'.join(' '.join(words.split()) for words in listed.split(','))})\b"


_METHOD = (
    r"(?:transthoracic\s+)?echocardiograph?[a-z]*|echo|TTE|cardiac magnetic resonance(?: imaging)?"
    r"|(?:cardiac\s+)?MRI|CMR(?: imaging)?|MUGA(?: scan)?|radionuclide ventriculography"
)
_BY_METHOD = (
    r"\b(?:as\s+)?(?:measured\s+|assessed\s+|determined\s+|documented\s+)?(?:on|by|using|via)\s+"
    rf"(?:{_METHOD})(?:\s*(?:,|and/or|or|and)\s*(?:{_METHOD}))*\b"
)
_PEOPLE = r"""
    patients?, subjects?, participants?, females?, female patients?, persons?, individuals?,
    adults?, people
"""
_WHO = r"""
    with, who (?:is|are|has|have), having, has, have, must have, must be, is, are, treated with,
    receiving, presenting with, diagnosed with, suffering from
"""

# kind: what it matches; earlier rows win
_TABLE: tuple[tuple[Kind, str], ...] = (
    ("method", _BY_METHOD),
    ("glue", r"\(?\bregardless of (?:the )?cause\)?|\bof any (?:cause|etiology|aetiology)\b"),
    ("glue", _any("(?:fe)?males? (?:and|or|and/or|/) (?:fe)?males?")),
    ("glue", _any("(?:wo)?men (?:and|or|and/or|/) (?:wo)?men")),
    ("glue", _any("acute (?:or|and) chronic, chronic (?:or|and) acute")),
    ("cut", _any(r"""
        unexplained by, not explained by, in spite of, despite, not due to, not caused by,
        not related to, without, in the absence of
    """)),
    ("define", r"\b(?:defined (?:by|as)|with)\s+(?:an?\s+)?(?:reduced|decreased|elevated|low)\b"),
    ("define", _any("defined (?:by|as), with")),
    ("bound", _any(r"""
        due(?: to)?, caused by, secondary to, because of, resulting from, related to,
        associated with, requiring, requires?, needing, treated, which, that, who, whose, having,
        when, while, where, resistant to, refractory to, responsive to, in patients, in spite,
        during, until, after, before, prior to, lasting, leading to, including,
        as (?:assessed|determined|evidenced|shown|judged)
    """)),
    ("widen", r"\b(?:e\.?g\.?|i\.e\.?|etc\.?)|/(?=\w)"),
    ("widen", _any(r"""
        such as, for example, like, and similar, or other, and other, or any other, any other,
        other, others, any
    """)),
    ("hazard", r"\bnon-|\banti-|\bpre-|\bpost-|[<>≤≥=]"),
    ("hazard", _any(r"""
        no, not, none, never, neither, nor, non, cannot, can't, free of, free from, absence, absent,
        lack, negative, negativity, unless, except, excepting, excluding, exclude[sd]?, exclusion,
        other than, apart from, but, however, provided, providing, if, in case of, in the event,
        only, either, whether, rule, ruled, rather, instead, than, likely, unlikely, risk,
        suspected, suspicion, possible, probable, potential, family, familial, relatives?, mother,
        father, parents?, siblings?, donors?, caregivers?, candidates?, vaccin\w*, prevent\w*,
        prophyla\w*, screening, test(?:s|ed|ing)?, change[sd]?, increase[sd]?,
        decrease[sd]? (?:in|of|by), reduction, ratio, difference, variation, delta, drop, fall,
        rise, below which, baseline, previously, ever, at least one, one of, two of, any of,
        all of, both, following, resolved, unknown, willing\w*, able, ability, unable, capable,
        intend\w*, plan\w*, sum, times, per
    """)),
    ("glue", _any(r"""
        (?:history|evidence|presence|diagnosis|diagnoses|documentation) of(?: an?\b| the\b)?
    """)),
    ("glue", rf"{_any(_PEOPLE)}(?:\s+{_any(_WHO)})?"),
    ("test", r"\b(?:(?:serum|plasma|blood)\s+)?(?:positivity|positive|sero-?positiv\w+)"
             r"(?:\s+(?:of|for))?\b"),
    ("glue", r"\b(?:serum|plasma|blood)?\s*levels?(?:\s+(?:of|for))?\b"),
    ("glue", _any(r"""
        an?, the, of, is, are, has, have, had, be, must, been, known, documented, confirmed,
        diagnosed, established, previous, prior, past, present, current, currently, inclusive,
        at (?:the time of )?(?:inclusion|enrol+ment|screening), treated with, treatment with,
        implanted, received, performed, and in
    """)),
    ("modifier", _any(r"""
        moderate to severe, mild to moderate, severe, severely, moderate, mild, uncontrolled,
        poorly controlled, controlled, active, acute, chronic, symptomatic, asymptomatic,
        significant, clinically significant, clinically, advanced, unstable, stable, recurrent,
        persistent, decompensated, terminal, end-stage, viremic, viraemic, untreated, congenital,
        idiopathic, primary, secondary, sustained, refractory, ongoing, major, serious,
        progressive, malignant, metastatic, ischemic, ischaemic, hemorrhagic, haemorrhagic,
        insulin-dependent, bilateral, unilateral, new, first, recent, recently
    """)),
    ("join", r"\band\s*/\s*or\b|\bor\b|\band\b|,|;|\+|&"),
    ("open", r"[(\[]"),
    ("close", r"[)\]]"),
)  # fmt: skip

TABLE_KINDS: tuple[Kind, ...] = tuple(kind for kind, _ in _TABLE)
PHRASE = re.compile(
    "|".join(f"(?P<k{i}>{pattern})" for i, (_, pattern) in enumerate(_TABLE))
    + r"|(?P<word>[^\W_]+(?:['’-][^\W_]+)*)",
    re.IGNORECASE,
)

# Whole criteria that no record answers.
ATTEST = re.compile(
    r"\binformed consent\b|\b(?:written|signed) consent\b|\bconsent form\b|\bsocial security\b"
    r"|\bhealth insurance\b|\bcontracepti\w+|\bbirth control\b|\blegal protection\b"
    r"|\bguardianship\b"
    r"|\bparticipati\w+ in (?:another|other|any other)\b.*\b(?:trial|study|studies)\b"
    r"|\benrol+ed in (?:another|other)\b.*\b(?:trial|study)\b"
    r"|\bwilling\w* (?:and able )?to comply\b",
    re.IGNORECASE | re.DOTALL,
)
JUDGEMENT = re.compile(
    r"\bin the (?:opinion|judg\w+) of\b|\binvestigator'?s?'? (?:opinion|judg\w+|discretion)\b"
    r"|\bjudged by\b|\bat the discretion\b|\bcontra-?indicat\w+|\blife expectancy\b"
    r"|\bdeemed\b|\baccording to the investigator\b|\bconsidered by\b",
    re.IGNORECASE,
)
DONE_THEN = re.compile(
    r"\b(?:implanted|performed|received|placed|administered|given|used|undergone|occurring)\s*$",
    re.IGNORECASE,
)
EXAMPLES = re.compile(r"\b(?:such as|for example|e\.g\.|including)\s*:?\s*", re.IGNORECASE)
CONDITION_FIRST = re.compile(
    r"(?:if|in case of|in the event|unless|for (?:patients|subjects|those))\b", re.IGNORECASE
)
HEADING = re.compile(
    r"\s*[^:;,()<>≤≥\d]{3,60}\b(?:diseases?|disorders?|conditions?|abnormalit\w+):\s*",
    re.IGNORECASE,
)
ABBREVIATION = re.compile(r"[A-Z][A-Za-z0-9-]{1,9}")
EVER = re.compile(r"\b(?:history of|previous|prior|past)\b(?! to)", re.IGNORECASE)
TIME = re.compile(r"\b(?:within|ago|hours?|days?|weeks?|months?|years?|yrs?)\b", re.IGNORECASE)
RECENT = re.compile(r"recent(?:ly)?", re.IGNORECASE)
EARLIER = re.compile(
    r"\b(?:history|previous|previously|prior|past|ever|recent|initial)\b", re.IGNORECASE
)
# What governs the items below a subheader in a way that is not read.
DOUBTFUL_SUBHEADER = re.compile(
    r"\b(?:no|not|any|one|either|none|without|unless|if|only|least|cohort|part|phase|group|arm|for"
    r"|exclusion|inclusion|except|following|criteria|must|should|may)\b",
    re.IGNORECASE,
)
SECTION_NAME = re.compile(r"\b(?:in|ex)clusion\s+criteria\b", re.IGNORECASE)
