"""The words that tell what a phrase is, as tables; see `nouns` for how they are used."""

import re


def one_of(text: str) -> "re.Pattern[str]":
    """Compile a list of whole words."""
    return re.compile("|".join(text.split()), re.IGNORECASE)


def _phrases(text: str) -> "re.Pattern[str]":
    """Compile a list of phrases, one a line; they are looked for in small letters."""
    lines = (line.strip() for line in text.strip().splitlines())
    return re.compile(rf"\b(?:{'|'.join(line for line in lines if line)})\b")


_WHO = (
    r"(?:(?:principal|treating|study|site|attending) )?(?:investigator|physician|doctor|clinician"
    r"|surgeon|sponsor|oncologist|pi|psychiatrist|cardiologist|provider)"
)
_WEIGHED = r"judged|deemed|considered|felt|determined|assessed|thought|believed|decided"

_HARMS = (
    r"interfere|confound|affect|compromise|jeopardi[sz]e|impair|preclude|prevent|impact"
    r"|limit|influence|increase|put|place|pose|make|alter|render|hinder|complicate"
)

JUDGEMENT = _phrases(rf"""
    in the (?:opinion|judg\w+|view|estimation) of
    in (?:the )?{_WHO}[’']?s?[’']? (?:opinion|judg\w+|view|discretion|estimation)
    {_WHO}s?[’']?s? (?:opinion|judg\w+|discretion|decision|assessment|determination)
    {_WHO}s? (?:believes?|considers?|thinks?|judges?|determines?|feels?|deems?)
    (?:{_WEIGHED})(?: \w+)?(?: \w+)?(?: \w+)? by (?:the |an? )?{_WHO}
    judged (?:by|to|as)
    as judged
    at the discretion
    discretion of
    opinion of
    contra-?\s?indicat\w+
    life[ -]expectancy
    adequate (?:\w+ ){{0,3}}functions?
    expected survival
    survival expectancy
    expected to survive
    estimated survival
    deemed
    according to (?:the )?{_WHO}
    (?:researchers?|{_WHO}s?)[’']?s?[’']? judge?ments?
    considered by
    unsuitable
    not suitable
    suitab\w+
    inappropriate
    (?:would|could|might|may|can|will|potentially) (?:\w+ )?(?:{_HARMS})
    likely to (?:interfere|confound|affect|compromise|impair|be|require)
    interfer(?:es?|ing) with
    precludes?
    (?:high|increased|elevated|undue|unacceptable|significant|at) (?:\w+ )?risk (?:of|for)
    (?:unable|inability) to tolerate
    cannot tolerate
    candidates? for
    eligible for
    fit for
    medically (?:unfit|unstable|stable|fit|cleared|unqualified)
    cleared medically
    expected to (?:die|live|need|require|undergo|receive|be)
    amenable to
    clinically (?:significant|relevant) as
    """)
JUDGED_WORD = one_of(r"""
    opinions? judge?ment judg\w+ view estimation discretion decision assessment determination
    believes? considers? considered thinks? determines? determined feels? deems? deemed felt
    assessed thought believed decided contra-?indicat\w* indicated contraindicat\w+ expectancy
    survival survive suitab\w+ unsuitable inappropriate would could might may can will potentially
    likely interfer(?:es?|ed|ing) preclud\w+ risk tolerate candidates? eligible expected fit
    medically adequate amenable according significant relevant
    """)
ASKED = one_of(r"""
    consent\w* assent\w* insurance insured contracepti\w+ guardian\w* curatorship tutorship
    willing\w* unwilling\w* agree\w* abilit(?:y|ies) inability capable incapable
    cooperat\w* co-operat\w* comply compliance compliant noncompliance adhere understands?
    understanding comprehend\w* reads? reading speaks? speaking speakers? fluent fluency literate
    illitera\w+
    languages? english spanish french german chinese mandarin communicat\w* availab\w+ internet
    smartphone phone telephone computer plans? planning planned intends? intending intention
    scheduled
    undecided wish\w* desire\w* refus\w+ declined? prisoners? incarcerated imprisoned detained
    institutionali[sz]ed homeless\w* resident\w* resides? students? employees? staff sponsors?
    enrol\w+ participat\w+ volunteers?
    interested motivat\w+ attend\w* travel transportation signed sign childbearing child-bearing
    relationships? partners? partner's heterosexual married marital questionnaires? surveys?
    legal\w* custody mother\w* father\w*
    parents? siblings? caregivers? carers? donors? abstain\w* abstinen\w+ refrain\w* donat\w+
    employment employed workers? school educat\w+ right-handed left-handed vulnerable
    randomi[sz]ed unable able
    players? athletes? musicians? ethnic\w* ethics? racial habits? yoga healthy proficiency fluently
    admitted referred referral certificate hobb(?:y|ies) occupations? occupational veterans?
    citizens? citizenship literacy
    swallow relatives? family familial investigational investigators?
    """)
ASKED_WORD = one_of(
    r"social birth sexual capacity access pregnancy family sexually clinical research another other"
    r" complete trials? study interest"
)
ASKED_PHRASE = _phrases(r"""
    social security
    birth control
    sexual activity
    capacity to
    access to
    (?:negative|positive) (?:[\w()/-]+ ){0,5}pregnancy tests?
    pregnancy tests? (?:\w+ ){0,3}(?:negative|positive)
    family (?:history|members?)
    sexually active
    (?:clinical|another|other) (?:\w+ )?(?:trials?|stud(?:y|ies))
    (?:research|interventional|investigational) (?:\w+ )?(?:trials?|stud(?:y|ies))
    interest in
    ^complete (?:all|the|at least|an?|both|each)
    """)
UNSURE = one_of(r"""
    if unless must should shall would could may might can will eligible ineligible allowed
    permitted excluded exclude included however but whether than or provided see appendix criteria
    criterion above below they it this these
    child(?:ren)? infants? neonates? newborns? adolescents? toddlers?
    changes? increase[sd]? decrease[sd]? reduction ratio difference only not no cannot nor neither
    none except without never adults?
    normal confidence gender analys[ie]s values? signs influence scores? scale edition manual third
    fourth findings results? specified unspecified affected half everyone requirements?
    """)
DIGIT = re.compile(r"\d")
NAMED_DIGIT = re.compile(
    r"\b(?:type|stage|grade|class|phase|factor|vitamin|group|level|category|line|stages|grades"
    r"|types|gold|T|N|M|cd|her|covid)"
    r"[\s-]?(?:\d+[a-z]?)(?:\s?(?:-|/|or|and|,|to)\s?\d+[a-z]?)*\b|[A-Za-z]+-?\d+\w*"
    r"|\d+[A-Za-z]+\b|\b\d+(?:st|nd|rd|th)\b|\d+-[a-z]+",
    re.IGNORECASE,
)
ALLERGY = one_of(r"allerg\w* hypersensitiv\w* anaphyla\w* intoleran\w*")
PROCEDURE = one_of(r"""
    \w+(?:ectom|ostom|otom|plast|scop)(?:y|ies) surger(?:y|ies) surgical operations? operative
    transplant\w* (?:auto|allo|homo)?grafts? grafting biops\w+ resections? procedures?
    radiotherap\w+ radiation irradiation chemoradi\w+
    h?a?emodialysis dialysis ablation cathet?eri[sz]ation revasculari[sz]ation angiogra\w+
    intubation ventilation transfusions? bypass scans? imaging mri ct x-ray radiograph\w*
    ultrasound amputation an(?:a)?esthesia injections?
    vaccinat\w+ immuni[sz]ation rehabilitation physiotherapy psychotherapy brachytherapy
    phototherapy stenting fusion replacement hospitali[sz]ations? hospitali[sz]ed admission
    apheresis plasmapheresis endoscopy exercise training
    acupuncture interventions? delivery repair decompression implantation
    """)
PROCEDURE_THERAPY = re.compile(
    r"\b(?:radiation|radio|physical|cell|gene|behaviou?ral|occupational|laser|shock"
    r"|replacement|speech|light|oxygen)[\s-]*therap(?:y|ies)\b",
    re.IGNORECASE,
)
DRUG = one_of(r"""
    \w+(?:mab|tinib|ciclib|parib|statin|cillin|mycin|floxacin|azole|prazole|sartan|olol|dipine|pril|gliptin|gliflozin|glutide|taxel|rubicin|platin|vir|caine|zepam|zolam|afil|steroids?|parin|limus|cept|toin|xaban)s?
    \w*therap\w+ treatments? inhibitors? medications? medicines? drugs? agents? antagonists?
    agonists? \w*blockers? antibiotics? anticoagula\w+ antiplatelets? chemotherap\w+
    immunosuppress(?:ants?|ives?) antidepressants? antipsychotics? antihypertensives? diuretics?
    insulin hormones? supplements? vitamins? opioids? narcotics? sedatives? nitrates? analgesics?
    nsaids? aspirin steroids? vaccines? doses? infusions? regimens? products? inducers? substrates?
    modulators? stimulants? antivirals? antifungals? warfarin heparin antibod(?:y|ies) herbal
    probiotics? tobacco nicotine cannabis marijuana cocaine use
    """)
DEVICE = one_of(r"""
    pacemakers? implants? prosthes[ie]s prosthetics? devices? stents? defibrillators? pumps?
    shunts? clips? electrodes? stimulators? aids? catheters? lens\w* metal metallic hardware
    wheelchair mesh iud piercings? braces drains?
    """)
DISEASE = one_of(r"""
    diseases? disorders? syndromes? illness(?:es)? abuse addiction dependence misuse failure
    infections? toxicity resistance withdrawal injur(?:y|ies) complications? symptoms? pain
    conditions? h(?:a)?emorrhages? bleeding reactions?
    """)
PREPOSITION = one_of(r"""
    of in for to with at on by from due that which who during after before requiring against
    within under as involving affecting including
    """)

# heads that several adjectives may share: renal or hepatic disease
HEAD = re.compile(
    r"(?:diseases?|disorders?|cancers?|carcinomas?|failure|insufficiency|impairment"
    r"|infections?|surger(?:y|ies)|syndromes?|therap(?:y|ies)|injur(?:y|ies)"
    r"|fractures?|transplant(?:s|ation)?|dysfunctions?|tumou?rs?|lesions?|bleeding"
    r"|metastas[ie]s|h(?:a)?emorrhages?|illness(?:es)?|conditions?|abnormalit(?:y|ies)"
    r"|leuk(?:a)?emias?|lymphomas?|arrhythmias?"
    r"|treatments?|drugs?|medications?|agents?|inhibitors?|use|abuse|dependence|pain|events?"
    r"|malignanc(?:y|ies)|thrombos[ie]s|embolism|replacement|prosthes[ie]s|implants?|ulcers?"
    r"|hepatitis|function|defects?|problems?|diabetes|reactions?|ascites|angina|stenosis"
    r"|hypertension|hypotension|history|allerg(?:y|ies)|asthma|inflammation|obstruction"
    r"|neoplasms?|trauma|deficits?|disabilit(?:y|ies)|complications?|symptoms?|instability"
    r"|tract|disc|joint|skin|infarction|stroke|ischemia|ischaemia|pressures?)$",
    re.IGNORECASE,
)
ADJECTIVE = re.compile(
    r"(?:al|ic|ar|ary|ive|ous|oid|ant|ent|ory|ed|ile|ine|an|like|type|ac|acute|subacute"
    r"|chronic|severe|mild|moderate|benign|malignant|invasive|squamous|basal|stable|unstable"
    r"|left|right|upper|lower|long|short|major|minor|inhaled|oral|topical|new|old|primary"
    r"|secondary)$",
    re.IGNORECASE,
)
ORGAN = re.compile(
    r"breast|lungs?|liver|kidneys?|heart|brain|bones?|bone marrow|skin|colon|rectum|prostate"
    r"|bladder|cervix|uterus|ovary|ovaries|testis|stomach|pancreas|spleen|thyroid|eyes?|ear"
    r"|nose|throat|head|neck|spine|spinal cord|knees?|hips?"
    r"|shoulder|hands?|foot|feet|legs?|arms?|muscle|nerve|blood|valve|cells?|solid organ|organ"
    r"|stem cell|alcohol|drug|substance|tobacco|opioid|nicotine|psychiatric|autoimmune|immune"
    r"|o?esophagus|larynx|lymph nodes?|penis|vagina|cord"
    r"|gut|bowel|intestine|type \d|grade \d|stage \w+|hepatitis \w|chest|abdomen|pelvis|thorax"
    r"|back|face|oral cavity|mouth|tongue",
    re.IGNORECASE,
)
