"""The phrases that carry a criterion's structure, as tables.

A phrase is a run of tokens (words, hyphenated words, single marks), in small letters; the longest
one at a place wins. What is in no table and is no fact is a word that was not understood.
"""

from dataclasses import dataclass, field
from functools import cache

from trialwright.protocol.criteria.pieces import Kind

_PEOPLE = (
    "patient", "patients", "subject", "subjects", "participant", "participants", "person",
    "persons", "individual", "individuals", "people", "adult", "adults", "candidates",
    "adult patients", "adult subjects", "those", "all patients", "any patient", "the patient",
    "the subject", "the participant", "the patients", "the subjects", "the participants",
    "subject's", "patient's", "participant's", "their", "his", "her", "they", "he", "she",
    "must", "adult", "adult men", "adult women",
)  # fmt: skip
_SEXES = tuple(
    f"{sex}{who}"
    for sex in ("male", "female")
    for who in (
        "", "s", " patient", " patients", " subject", " subjects", " participant",
        " participants",
    )
)  # fmt: skip
_BOTH_SEXES = tuple(
    f"{one} {word} {other}"
    for one, other in (
        ("male", "female"), ("female", "male"), ("males", "females"), ("females", "males"),
        ("men", "women"), ("women", "men"), ("man", "woman"), ("woman", "man"),
    )
    for word in ("and", "or", "and / or", "/")
)  # fmt: skip

_HOW = ("histologically", "cytologically", "pathologically", "histopathologically",
        "radiologically", "biopsy", "microbiologically", "serologically",
        "genetically")  # fmt: skip
_SHOWN = ("confirmed", "proven", "documented", "verified", "diagnosed")
_CONFIRMED = tuple(
    phrase
    for one in _HOW
    for shown in _SHOWN
    for phrase in (
        f"{one} {shown}", f"{one}-{shown}",
        *(f"{one} {word} {other} {shown}" for other in _HOW if other != one
          for word in ("or", "and", "/", "and / or")),
    )
)  # fmt: skip

_TABLE: tuple[tuple[Kind, str], ...] = (
    ("glue", "|".join(_PEOPLE + _BOTH_SEXES + _CONFIRMED)),
    ("sex", "|".join((*_SEXES, "men", "women", "man", "woman", "women who", "women who are",
                      "women with", "men with", "female patient who is",
                      "females who are", "female who is", "female gender", "male gender",
                      "female sex", "male sex"))),
    ("glue", """
        a|an|the|is|are|was|were|be|been|being|has|have|had|having|known|documented|confirmed
        |pre existing|pre-existing|preexisting|known to be|known to have|have taken|has taken
        |to be
        |histologic diagnosis of|clinical diagnosis of|confirmed diagnosis of|newly diagnosed with
        |diagnosed|established|evidence of|presence of|documented presence of|a diagnosis of
        |diagnosis of|diagnoses of|documentation of|diagnosed with|a diagnosis|suffering from
        |suffer from|suffers from|presenting with|present with|presents with|inclusive|levels of
        |level of|plasma level of|serum level of|plasma levels of|serum levels of|levels|level
        |must have|must be|must present|should have|should be|shall have|need to have
        |needs to have|are known to have
        |treated with|treatment with|being treated with|receiving|received|use of|the use of
        |using|taking|takes|take|on treatment with|therapy with|administration of|undergoing
        |undergone|underwent|implanted|performed|have received|has received|have undergone
        |has undergone|have had|has had|have been|has been|be in
        |at the time of inclusion|at inclusion|at enrolment|at enrollment|at screening
        |at the time of enrollment|at the time of enrolment|at the time of screening|at entry
        |at study entry|at baseline|of any type|any type of|of any kind|any kind of|any form of
        |of any cause|of any etiology|of any aetiology|regardless of the cause
        |regardless of cause|regardless of etiology|acute or chronic|chronic or acute
        |acute and chronic|acute / chronic|either|will have|a subject|cases of|episode of
        |episodes of|an episode of|symptomatic or asymptomatic|in addition|also|as well|any|some
        |symptoms or signs of|signs or symptoms of|signs and symptoms of
        |occurrence of|existence of|following|the following|of the following
        |the following conditions
        |affected by|affected with|infection with|infections with|infected with|infection by
        |will be|will have been|meet criteria of|meet criteria for|meet the criteria for
        |who meet criteria of|who meet the criteria for|who meet criteria for|meeting criteria for
        |meets criteria for|meets the criteria for|meeting the criteria for
        |one of the following conditions|following conditions|following criteria
        |the following criteria|with any
        """),
    ("who", """
        with|who|who is|who are|who has|who have|who had|who have had|who has had|who were
        |who was|who present with|who have been|who has been|with a|with an|with the
        |that have|that has|with known|who must have|who currently have|who suffer from
        |patients with|subjects with|participants with|individuals with|people with|persons with
        |patient with|subject with|participant with|adults with|those with
        |patients who|subjects who|participants who|individuals who|patient who|subject who
        |patients who have|subjects who have|participants who have|patients who are
        |subjects who are|participants who are|patient who is
        |patients whose|subjects whose|participants whose|patient whose
        |patients having|subjects having|patients having a|patients who had|subjects who had
        |those who are|those who have|individuals who have
        |individuals who are|any patient with|all patients with
        |patients diagnosed with|subjects diagnosed with|participants diagnosed with
        |patients with a diagnosis of|patients receiving|subjects receiving|patients taking
        |subjects taking|patients on|subjects on|patients undergoing|subjects undergoing
        """),
    ("ever", """
        history of|a history of|any history of|known history of|medical history of|previous
        |previously|prior|past|past history of|personal history of|prior history of
        |previous history of|have a history of|has a history of|with a history of
        |with history of|patients with a history of|patients with history of
        |patients who have a history of|subjects with a history of|subjects with history of
        |who have a history of|who has a history of|history or presence of
        |current or past history of|past or current history of|current or past
        |prior or concurrent|concurrent or prior|previous or concurrent
        |prior or concomitant|past or current|current or previous|previous or current
        |history or evidence of
        |history or current|current or prior|prior or current|current or history of
        |past or present|present or past|history or current evidence of|ever
        |medical history|documented history of|positive history of|past medical history of
        |current or a history of|current evidence or history of|history or diagnosis of
        |have or have had|has or has had|has had|have had|presence or history of
        |evidence or history of|current history of or|personal or
        """),
    ("current", "current|currently|active|ongoing|on-going|present|concurrent|concomitant"
                "|existing|presence of active|is currently|are currently|actively"),
    ("degree", """
        severe|moderate|mild|moderate to severe|mild to moderate|moderate or severe
        |mild or moderate|moderate - to - severe|moderate-to-severe|mild-to-moderate|moderate-severe
        |mild to severe|mild-to-severe|mild - to - severe|mild , moderate or severe
        |moderate / severe|mild / moderate|moderate and severe|severe or moderate|severely
        """),
    ("positive", "positive for|positivity for|seropositive for|seropositivity for|positive"
                 "|positivity|seropositive|seropositivity|serum positivity for|positive test for"
                 "|positive test|positive testing for|tested positive for|tests positive for"
                 "|test positive for|positive serology for|positive result for|sero-positive"
                 "|positive serum|positive blood|seropositivity of|positive status for"
                 "|positive test result for|positive results for|positive test results for"
                 "|known positive for|who test positive for|positive serologic test for"),
    ("negative", "negative for|negative|seronegative|seronegative for|negative test for"
                 "|tested negative for|tests negative for|test negative for|negative tests for"
                 "|negative serology for|negative test|negative test result for"),
    ("restate", "i.e|i.e.|ie|that is|namely"
                "|as evidenced by"
                "|evidenced by|as shown by|as demonstrated by|demonstrated by|as indicated by"
                "|indicated by|meaning|based on|as determined by|as assessed by|determined by"
                "|confirmed by|documented by|as documented by|assessed by|verified by|diagnosed by"
                "|according to|as per|per"),
    ("not", """
        no|without|absence of|the absence of|in the absence of|lack of|free of|free from|none of
        |without any|no evidence of|no known|without evidence of|no history of|no prior history of
        |without a history of|without history of|no prior|no previous|no current|no active
        |no signs of|no sign of|no known history of|no concurrent|no documented
        |no clinical evidence of|must not have|should not have|do not have|does not have
        |have not had|has not had|must not have had|have no|has no|having no|must have no
        |with no|with no evidence of|who have no|who do not have|who does not have
        |with no history of
        |never had|have never had|has never had|denies|no diagnosis of|no indication of
        |no clinically evident|without known|neither|no symptoms of|without symptoms of
        |not have|not had|must be free of|no signs or symptoms of|no ongoing
        |but no|but without|but with no|but has no|but have no|must not be|should not be|are not
        |is not|not been diagnosed with|not diagnosed with
        |have not received|has not received|must not have received|not received|not receiving
        |not currently receiving|not taking|not currently taking|not currently|not on
        |not undergoing|not undergone|must not be receiving|no use of
        """),
    ("dont", "not|never|non|cannot|can't|can not|doesn't|don't|isn't"),
    ("neutral", "|".join(
        f"{who} with {word} without"
        for who in ("patients", "subjects", "participants", "individuals", "people", "persons",
                    "patient", "adults", "those", "women", "men")
        for word in ("or", "/", "and / or")
    )),
    ("neutral", "with or without|without or with|with / without|with and without|and / or without"
                "|with or with no|with or without a|with or without any"
                "|regardless of|whether or not|independent of"),
    ("except", """
        except|except for|except in|excepting|excluding|with the exception of|with exception of
        |other than|apart from|aside from|with the exceptions of|exception of|exceptions are
        |not including|but not|outside of|with an exception of
        """),
    ("unless", "unless|provided that|provided|as long as|only if"),
    ("if", "in the case where|in cases where|in case where|if|in case of|in the case of"
           "|in the event of|when|in case"),
    ("all", "all of the following|all the following|each of the following"
            "|both of the following|all of|meet all of the following"
            "|fulfilling all of the following"
            "|meeting all of the following"),
    ("any", "any of the following|any one of the following|one of the following"
            "|either of the following|one or more of the following|at least one of the following"
            "|any of|one or more of"
            "|at least one of|one of|any one or more of the following|any of these|one or both of"
            "|any one of|at least 1 of the following|one or more"),
    ("both", "both"),
    ("aside", """
        unexplained by|not explained by|in spite of|despite|not due to|not caused by|not related to
        |not attributable to|unrelated to|irrespective of|defined as|defined by|is defined as
        |are defined as|as defined by|characterized by|characterised by|that is defined as
        """),
    ("bound", """
        due|due to|caused by|secondary to|because of|resulting from|related to|associated with
        |requiring|requires|require|needing|that require|that requires|which|that|whose|where|while
        |resistant to|refractory to|responsive to|in patients|during|until
        |after|before|prior to|following|lasting|leading to|in|at|on|by|from|of|to|for|as|via
        |prior admission|prior enrolment|prior enrollment|prior inclusion
        |within|without response to|under|over|through|throughout|against|upon|among|between
        |attributable to|induced by|treated by|not responding to|not requiring|since|about
        |as a result of|in the context of|in the setting of|with no response to|with respect to
        |not responsive to|inadequately controlled by|not controlled by|not controlled with
        |controlled by|controlled with|who require|who requires|who need|other than for|because
        |so that|such that|although|however|then|than|rather than|in conjunction with
        |in combination with
        |along with|together with|into|onto|likely due to|not amenable to|amenable to
        """),
    ("example", """
        such as|for example|e.g|e.g.|eg|including|including but not limited to
        |including , but not limited to|for instance|like|include|includes|inclusive of
        |( including|but not limited to|, but not limited to|such as but not limited to
        |including any
        """),
    ("other", "or other|and other|or any other|any other|other|others|etc|etc.|or similar"
              "|and similar"
              "|and others|or others|or another|another|and / or other"
              "|similar"),
    ("relation", """
        allergy to|allergies to|allergic to|allergic reaction to|allergic reactions to
        |hypersensitivity to|hypersensitivity reaction to|hypersensitivity reactions to
        |hypersensitive to|intolerance to|intolerance of|sensitivity to|intolerant to|intolerant of
        |allergy or hypersensitivity to|hypersensitivity or allergy to|known allergy to
        |anaphylaxis to|anaphylactic reaction to|anaphylactic reactions to|reaction to|reactions to
        |adverse reaction to|adverse reactions to|allergy or intolerance to
        |hypersensitivity or intolerance to
        |resistance to|exposure to|response to|responses to|complications of|complication of
        |family history of|symptoms of|signs of|risk factors for|risk factor for|at risk for
        |at risk of|high risk of|risk of|risk for|increased risk of|increased risk for
        |high risk for|vaccination against|vaccine against|immunization against|candidate for
        |candidates for|indication for|indications for|need for|suspicion of|suspected of
        |suspicious for|suggestive of|potential for|treatment for|medication for|medications for
        |therapy for|drugs for|treated for|treatment of|surgery for|screening for|test for|tests for
        |tested for|testing for|monitoring of|plan for|plans for|planned|scheduled for|waiting for
        |referred for|eligible for|predisposition to|tendency to|dependence on|addiction to
        |inability to
        |failure of|failure to|refusal of|refusal to|desire to|ability to|able to|unable to
        |willing to|unwilling to|willingness to|agree to|agrees to|likely to|unlikely to|expected to
        |intend to|intends to|intention to|plan to|plans to|planning to|scheduled to|need to
        |needs to
        |listed for|prophylaxis of|prophylaxis for|prevention of|donor of|donation of|access to
        |clearance of
        |lack of response to|diagnostic of|consistent with|contraindication to|contraindications to
        |contraindication for|contraindications for|contra-indication to|contra-indications to
        |contraindicated for|eligibility for|interest in|interested in|change in|changes in
        |increase in|increase of|decrease in|decrease of|reduction in|reduction of|rise in|drop in
        |fall in
        |improvement in|improvement of|worsening of|deterioration of|loss of|absent
        """),
    ("hazard", """
        two or more|three or more|2 or more|3 or more|more than one|one or two|one third|two thirds
        |lack|lacks|lacking|lacked|family|familial|relative|relatives|mother|maternal|father|paternal|parent|parents|sibling
        |siblings
        |donor|donors|caregiver|caregivers|partner|partner's|partners|spouse|risk|suspected
        |suspicion
        |possible|probable|potential|potentially|likely|unlikely|candidate|vaccine|vaccines
        |vaccination
        |vaccinations|prevent|preventing|prevention|prophylaxis|prophylactic|screening|test|tests
        |tested
        |testing|change|changes|increase|increased|decrease|decreased|reduction|ratio|difference
        |variation
        |drop|fall|rise|resolved|unknown|plan|plans|planning|planned|planning|scheduled|intend
        |intends
        |intended|intention|sum|times|but|however|only|whether|rule|ruled|rather|instead|than
        |exclude|excludes|excluded|exclusion|eligible|ineligible|allowed|permitted|acceptable|absent
        |negativity|may|might|can|could|would|will|should|shall|suggestive|equivocal|borderline
        |former
        |improvement|worsening|recovery|recovered|remission|free|rate|duration|number|frequency
        |baseline
        |anti|post|pseudo|self-reported|reported|consider|considered|considering|does|do|did
        """),
    ("modifier", """
        uncontrolled|poorly controlled|controlled|well-controlled|well controlled|acute|chronic
        |symptomatic
        |asymptomatic|significant|clinically significant|clinically relevant|relevant|advanced
        |unstable
        |stable|recurrent|persistent|decompensated|terminal|end-stage|end stage|viremic|viraemic
        |untreated
        |congenital|idiopathic|primary|secondary|sustained|refractory|major|serious|progressive
        |malignant
        |metastatic|ischemic|ischaemic|hemorrhagic|haemorrhagic|insulin-dependent|bilateral
        |unilateral
        |new|first|recent|recently|clinically|life-threatening|inadequately controlled
        |current or recent|recent or current|active or recent|recent or active
        |newly diagnosed
        |treated|documented|resectable|unresectable|localized|systemic|local|intravenous|oral
        |topical
        |inherited|hereditary|acquired|complicated|uncomplicated|isolated|diffuse|focal|late|early
        |concurrent|overt|manifest|clinical|medically significant|poor|adequate|normal|abnormal
        |elevated
        |reduced|low|high|impaired
        """),
    ("join", "and|or|nor|, nor|,|/|&|+|and / or|as well as|or / and|plus|, and|, or|, and / or"
             "|; and|; or"),
    ("stop", ";"),
    ("colon", ":"),
    ("open", "(|[|{"),
    ("close", ")|]|}"),
)  # fmt: skip


@dataclass(slots=True)
class Step:
    """One token of a phrase: what a phrase is that ends here, and the tokens that go on."""

    kind: Kind | None = None
    then: "dict[str, Step]" = field(default_factory=dict)


@cache
def kinds() -> dict[tuple[str, ...], Kind]:
    """Return what each phrase is, by its tokens."""
    named: dict[tuple[str, ...], Kind] = {}
    for kind, listed in _TABLE:
        for phrase in listed.split("|"):
            if tokens := tuple(phrase.split()):
                named.setdefault(tokens, kind)
    return named


@cache
def phrases() -> dict[str, Step]:
    """Return the phrases as steps from token to token."""
    first = Step()
    for tokens, kind in kinds().items():
        step = first
        for token in tokens:
            step = step.then.setdefault(token, Step())
        step.kind = kind
    return first.then
