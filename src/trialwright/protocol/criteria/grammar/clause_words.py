"""The words that tell what a segment of a criterion is: a label, a demand, a permission."""

import re

from trialwright.protocol.criteria.layout import Section

LABEL = re.compile(
    r"(?:(?:adequate|known|laboratory|clinical|organ|any|medical|general|other|the|following|of|and|hematological|haematological|hematologic"
    r"|haematologic|bone|marrow|blood|renal|hepatic|liver|kidney|cardiac|cardiovascular|pulmonary|heart|lung|vital|psychiatric|neurological|endocrine|metabolic"
    r"|gastrointestinal|coagulation|hematology|haematology|biochemistry|chemistry|serum|age|sex|gender|diagnosis|weight|ecog|performance|exclusion|inclusion"
    r"|disease|diseases|disorder|disorders|condition|conditions|function|functions|status|abnormalit(?:y|ies)|parameters?|values?|tests?|criteria|characteristics|history"
    r"|signs?|system|key|subjects?|patients?|participants?'?|eligibility|infection|infections|immune|allergies|medications?|demographics?)\s*)+",
    re.IGNORECASE,
)
SEX = re.compile(
    r"(?:(?:for|in)\s+)?(?:(?P<female>women|females?)|men|males?)(?:\s+(?:patients?|subjects?|participants?))?(?:\s+only)?",
    re.IGNORECASE,
)
ELIGIBLE = re.compile(
    r"\b(?:eligible|allowed|permitted|acceptable|may be (?:enrolled|included|considered)"
    r"|can be (?:enrolled|included)|(?:can|may) enrol+|are included|is included|will be included"
    r"|not (?:be )?excluded|not exclusionary|not an exclusion"
    r"|(?:do|does) not (?:require|need) (?:to (?:use|undergo|be|have)"
    r"|(?:an? |the |this |these |any )?(?:\w+ )?"
    r"(?:tests?|testing|contracepti\w+|biopsy|confirmation)))\b",
    re.IGNORECASE,
)
INELIGIBLE = re.compile(
    r"\b(?:ineligible"
    r"|not (?:\w+ )?(?:be )?(?:eligible|allowed|permitted|acceptable|included|enrolled))\b",
    re.IGNORECASE,
)
DEFINES = re.compile(  # a second sentence that explains, and asks nothing
    r"(?:because|since|as)\b|.{0,120}?\b(?:(?:is|are|was|were) (?:\w+ )?"
    r"(?:defined|considered|regarded|understood)|refers? to|means?)\b",
    re.IGNORECASE,
)
ELABORATES = re.compile(
    r"(?:this|these|it|they|such|note|the above|only|for|if|in|examples?|please|however|see)\b",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"\b(?:consent\w*|contracepti\w+|birth control|insurance|social security|guardian\w*"
    r"|comply|compliance|participat\w+ in|enrol+ed in|willing\w*)\b",
    re.IGNORECASE,
)
REQUIRED = re.compile(
    r"^(?:(?:patients?|subjects?|participants?)\s+)?(?:no|must not|should not|must be free|are not"
    r"|is not|do not|does not|have no|has no|without)\b",
    re.IGNORECASE,
)


OTHER_PERSON = re.compile(
    r"\b(?:partner|spouse|mother|father|parent|sibling|caregiver|donor|family member)s?\b"
    r"|\b(?:an?|the|their|his|her|whose|with) relatives?\b|\brelatives\b",
    re.IGNORECASE,
)
PERSONS = (
    "partner", "spouse", "mother", "father", "parent", "sibling", "caregiver", "donor", "relative",
    "family member",
)  # fmt: skip
UNSAID_SIGNS = ("eligible", "exclu", "inclu", "allowed", "permitted", "acceptable", "enrol")
ASKED_SIGNS = (
    "consent", "contracepti", "birth control", "insurance", "social security", "guardian", "compl",
    "participat", "enrol", "willing",
)  # fmt: skip
UNSAID: dict[Section, re.Pattern[str]] = {  # what turns a section over
    "inclusion": re.compile(r"\b(?:excluded|ineligible|not eligible)\b", re.IGNORECASE),
    "exclusion": ELIGIBLE,
}
COHORT = re.compile(
    r"\b\d{2,}\s+(?:of\s+(?:the\s+)?\d+\s+)?(?:patients|subjects|participants)\b", re.IGNORECASE
)
MUST = re.compile(r"\b(?:must|should|shall)\b", re.IGNORECASE)
STOPS = re.compile(  # what is done about it, and no fact of the person
    r"\bwill (?:have to )?be"
    r" (?:withdrawn|suspended|stopped|held|discontinued|paused|interrupted|tapered)\b",
    re.IGNORECASE,
)
PERMITS = re.compile(
    r"(?!.*\b(?:no|not|nor|none|only|never)\b).*\b(?:allowed|permitted|acceptable)\b"
    r"|(?!no\b|.*\b(?:not|never|only) (?:\w+ )?(?:allowed|permitted|acceptable)\b)"
    r".*\b(?:allowed|permitted|acceptable)(?:,? (?:provided|if|when|as long as)\b.*)?\W*\Z"
    r"|.*\beligible (?:if|provided|when|as long as)\b"
    r"|(?!.*\b(?:no|not|only)\b)"
    r".*\b(?:can|may) (?:also )?be (?:enrolled|included|entered|admitted)\W*\Z"
    r"|(?:patients?|subjects?|participants?) (?:who|with|whose)\b.*\bmay (?!not\b|have\b)",
    re.IGNORECASE,
)
PERMIT_SIGNS = ("allowed", "permitted", "acceptable", "eligible", " may ", " can be ")
BRACKETS = re.compile(r"\s*\([^()]*\)")
CONSENT_AS_TIME = re.compile(
    r"\b(?:(?:prior|up) to|before|after|at|from|since|until|of|when|upon|preceding)\s+(?:the\s+)?"
    r"(?:(?:date|time|day|signing|signature|signed|obtaining|providing|giving)\s+(?:of\s+)?)*"
    r"(?:the\s+)?(?:written\s+|signed\s+)?(?:informed\s+)consent",
    re.IGNORECASE,
)
OF_SOME = re.compile(
    r"\(\s*(?P<whom>(?:only\s+)?(?:for|in|if)\s+(?:the\s+)?(?:patients?|subjects?|participants?"
    r"|those|women|men|females?|males?|children|adults?)\b[^()]*)\)\s*\Z",
    re.IGNORECASE,
)
OF_THOSE = re.compile(
    r"(?:in|for) (?:patients|subjects|participants|those|individuals)(?: (?:with|on|who|who are))?",
    re.IGNORECASE,
)
OR_BEHIND_A_COMMA = re.compile(r",\s*(?:and/)?or", re.IGNORECASE)
INSTRUCTS = re.compile(  # what the trial does or demands, and no fact of the person
    r"\b(?:must|should|shall|will(?! be excluded| not be)"
    r"|(?:is|are) (?:not )?(?:required|identical|recommended|mandatory|necessary))\b"
    r"|\b(?:may|can) be (?:included|enrolled|admitted|entered)\b|^we\b",
    re.IGNORECASE,
)
NEGATIVE = re.compile(r"\bnegative\b", re.IGNORECASE)
NO_OR_LITTLE = re.compile(
    r"\bno(?: \w+)? or (?:only )?"
    r"(?:low|minimal|mild|little|few|minor|trace|rare|slight|moderate|limited)\b",
    re.IGNORECASE,
)
IN_FRAME = re.compile(
    r"(?:patients?|subjects?|participants?|individuals|persons?|those)\s+"
    r"(?:with|who have|having|who meet|meeting)\s+"
    r"(?:(?:any|one|or more|of|the|following|prior|conditions?|criteria|diseases?|disorders?)\s*)+"
    r"(?:(?:are|will be|must be|should be)\s+excluded)?"
    r"(?:\s+from\s+(?:the|this)\s+(?:study|trial))?",
    re.IGNORECASE,
)
JUDGED_FIRST = re.compile(
    r"\W*(?:according to|in|at|as (?:judged|determined|deemed|assessed) by|per|based on)\s+"
    r"(?:the\s+)?(?:\w+['’]?s?['’]?\s+){0,3}"
    r"(?:opinion|judg\w*|discretion|investigators?|physicians?|researchers?)\b",
    re.IGNORECASE,
)

APPLIES = re.compile(
    r"\(?\s*(?:this|these|the)\s+(?:criteri\w+|requirements?|restrictions?|exclusions?)\s+"
    r"(?:only\s+)?appl\w+",
    re.IGNORECASE,
)
OPEN_LIST = re.compile(
    r"\b(?:include|includes|comprise|comprises|are|is)\s*,?\s*but\s+(?:are\s+|is\s+)?not\s+limited\s+to",
    re.IGNORECASE,
)
BOTH_SEXES = re.compile(
    r"(?:females?|wom[ae]n)\s*(?:and|or|/|and\s*/\s*or)\s*(?:males?|m[ae]n)"
    r"|(?:males?|m[ae]n)\s*(?:and|or|/|and\s*/\s*or)\s*(?:females?|wom[ae]n)",
    re.IGNORECASE,
)
