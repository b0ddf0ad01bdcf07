"""Lines that are no criterion of their own: notes, rescues, connectives, empty answers."""

import re

_NOTE = re.compile(
    r"\W*(?:(?:please\s+)?notes?\b(?:\s+(?:that|for|on|to)\b|\s*[:.–-])|n\.?b\.?\s*[:.–-]"
    r"|\*+\s*see\b|see\s+(?:also\s+)?(?:the\s+)?(?:appendix|section|protocol|below|above|disease"
    r"|patient|table|criteri))",
    re.IGNORECASE,
)
_ONLY_A_NOTE = re.compile(
    r"\W*(?:see (?:also )?(?:the )?(?:disease|patient) characteristics"
    r"|\*?\s*(?:please )?(?:see|refer to) (?:also )?(?:the )?[^.;]{0,60}\b(?:appendix|appendices"
    r"|protocol|website)\b[^.;]{0,40}|(?:please )?contact (?:the )?(?:study )?sites? for[^.;]{0,60}"
    r"|(?:note:?\s*)?other (?:protocol[- ]defined|protocol[- ]specified) (?:(?:in|ex)clusion)"
    r"(?:\s?(?:/|and|or|&)\s?exclusion)? criteria (?:may |might |will |also |can )*appl(?:y|ied)"
    r"|no eligibility criteria|not specified|not applicable|not available|not provided"
    r"|none(?: specified| stated)?|n/?a|tbd)\W*",
    re.IGNORECASE,
)
_LONGEST_POINTER = 160
_POINTER_LETTERS = frozenset("sSpPrRcCnNtToO*([")
_RESCUE = re.compile(
    r"\b(?:may (?:still |also )?(?:be (?:considered |still )?"
    r"(?:eligible|allowed|included|enrol+ed|permitted|accepted|acceptable|considered|entered"
    r"|re-?screened)|participate|enrol+|enter)"
    r"|(?:can|could|might|will|would) (?:still |also )"
    r"(?:be (?:eligible|included|enrol+ed)|participate)"
    r"|(?:can|could|might|will|would|is|are) (?:be )?(?:still )?(?:allowed|permitted|acceptable)"
    r"|(?:is|are) (?:still |also )?eligible,? (?:if|provided|as long as|so long as|after|when)"
    r"|(?:is|are) still eligible"
    r"|(?:not|never) (?:be )?(?:excluded|exclusionary|considered (?:an? )?exclusion\w*)"
    r"|(?:is|are) not (?:an? )?(?:exclusion\w*|excluded)|allowed|(?<!legally )permitted"
    r"|permissible)\b"
)  # in small letters
_REFUSAL = re.compile(
    r"\b(?:not|no longer|never|only|nor|if|unless) (?:be )?(?:considered |otherwise )?"
    r"(?:eligible|allowed|permitted|included|enrol+ed|acceptable|accepted)\b"
    r"|\b(?:unless|cannot|must|should|shall|only|required|requires?|at least|no more|up to)\b"
    r"|[<>≤≥=]",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_CONNECTIVE = re.compile(r"\W*(and\s*/\s*or|or|and)\W*", re.IGNORECASE)


def is_note(words: str) -> bool:
    """Say whether a line presents itself as a remark."""
    return len(words) > 1 and _NOTE.match(words) is not None


def says_nothing(words: str) -> bool:
    """Say whether a line only points elsewhere or answers that there is nothing to say."""
    if len(words) > _LONGEST_POINTER or words[:1] not in _POINTER_LETTERS:
        return False
    return _ONLY_A_NOTE.fullmatch(words) is not None


_NO_ANSWER = re.compile(
    r"\W*(?:not specified|not applicable|any(?: age| status| histology| stage)?"
    r"|none(?: specified)?|no (?:limits?|restrictions?|limitations?)|(?:male or female|any sex)"
    r"|see (?:also )?(?:the )?(?:disease|patient|prior|other|above|below|chemotherapy|biologic"
    r"|radiotherapy|surgery|endocrine|general|inclusion|exclusion|eligibility|performance|age)\b"
    r"[^.;:\d]{0,40})?\W*",
    re.IGNORECASE,
)


def answers_nothing(words: str) -> bool:
    """Say whether the words behind a label ask for nothing: not specified, any age."""
    return len(words) < 64 and _NO_ANSWER.fullmatch(words) is not None


def rescues(words: str) -> bool:
    """Say whether a line lets some people in, and asks for nothing.

    >>> rescues("Adjuvant hormonal therapy is allowed."), rescues("Smokers are not allowed")
    (True, False)
    >>> rescues("Haemoglobin of 8 (transfusion allowed)"), rescues("20 to 65 years can be enrolled")
    (False, False)
    """
    if len(words) > 400:
        return False
    low = words.lower()
    if not may_let_in(low) or not _may_rescue(low) or not _RESCUE.search(low):
        return False
    plain = _BRACKETED.sub(" ", low)
    found = _RESCUE.search(plain)
    if not found or _REFUSAL.search(plain):
        return False
    return ". " not in plain[: found.start()]


def _may_rescue(low: str) -> bool:
    """Say cheaply whether words in small letters hold what every rescue has."""
    return (
        "allowed" in low
        or "permi" in low
        or "may " in low
        or "acceptable" in low
        or "eligible" in low
        or "still " in low
        or "also " in low
        or ("exclu" in low and ("not " in low or "never " in low))
    )


def may_let_in(low: str) -> bool:
    """Say cheaply whether words in small letters may let somebody in; `rescues` decides."""
    return (
        "allow" in low
        or "permi" in low
        or "eligib" in low
        or "exclu" in low
        or "accept" in low
        or "includ" in low
        or "enrol" in low
        or "particip" in low
        or "consider" in low
        or "enter" in low
        or "screened" in low
    )


_ADMITS = re.compile(
    r"\b(?:is|are|remains?|be) (?:still |also |considered )?(?:eligible|enrol+ed|included|accepted)"
    r"(?:\W*$|,? (?:if|provided|as long|so long|when|after|in (?:the|this) (?:study|trial))\b"
    r"| (?:for|to) (?:inclusion|participat\w*|enrol\w*|enter|the (?:study|trial)|this)\b)",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"\b(?:not|never|no longer|cannot|nor)\b", re.IGNORECASE)


def admits(words: str) -> bool:
    """Say whether a sentence among exclusions says whom it lets in.

    >>> admits("Patients with treated metastases are eligible for inclusion")
    True
    >>> admits("Pregnant women are not eligible"), admits("Any bleeding that is not allowed")
    (False, False)
    """
    found = _ADMITS.search(words)
    if found and not _REFUSED.search(words[: found.end()]):
        return True
    return rescues(words)


def connective(words: str) -> str | None:
    """Return `or`, `and` or `and/or` where a line is nothing else."""
    found = _CONNECTIVE.fullmatch(words) if len(words) < 16 else None
    return "".join(found[1].lower().split()) if found else None


_CLOSING = " :.,;*_)-"  # may stand behind a closing connective
_TAIL = re.compile(r"(?:^|[\s,;.(])(?P<word>and\s*/\s*or|or|and)[\s:.,;*_)-]*$", re.IGNORECASE)
_HEAD_LETTERS = frozenset("oOaA*_- ")
_HEAD = re.compile(r"^[\s*_-]*(?P<word>and\s*/\s*or|or|and)\b[\s:,]+(?=\S)", re.IGNORECASE)


def tail(words: str) -> "re.Match[str] | None":
    """Return the connective that a line ends with."""
    end = words[-14:]
    if "or" not in end and "and" not in end and "OR" not in end and "AND" not in end:
        return None
    last = end.rstrip(_CLOSING)
    if not last or (last[-1] not in "rdRD" and not last[-1].isspace()):
        return None
    return _TAIL.search(words, max(0, len(words) - 14))


def opening(words: str) -> "re.Match[str] | None":
    """Return the connective that a line begins with."""
    return _HEAD.match(words) if words[:1] in _HEAD_LETTERS else None
