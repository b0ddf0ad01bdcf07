"""The words that tell what a limit is about, as tables."""

import re


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Between a measure and its limit these say nothing.
FILLER = _set("""
    index level levels value values count counts concentration concentrations score scores of is
    was are
    were must should shall will has have had be been being a an the blood serum plasma measured
    reading readings result results it remains currently equal ranging ranges range measurement
    measurements extending measuring averaging totalling totaling
""")

# Of these, the ones that belong to a measure's name.
NOUNS = _set("""
    index level levels value values count counts concentration concentrations score scores
""")

# Words in front of a measure that belong to it.
KINDS = _set("""
    estimated calculated serum plasma blood level levels value values baseline concentration
    sitting seated resting
""")

# A word in front of a measure that makes another measure of it.
DIFFERENT = _set("""
    urine urinary direct indirect conjugated unconjugated free ionized ionised cerebrospinal csf
    pleural ascitic fluid donor maternal fetal foetal birth target ideal lean excess corrected
    delta stool faecal fecal salivary tumor tumour graft neonatal paternal dry nocturnal reversed
    spot 24-hour 24h artery pulmonary ventricular end end-systolic
    end-diastolic sweat bile drain right non-fasting partner dietary daily oral supplemental
    abnormal capillary cord
""")
# Words (or their beginnings) in front of a measure that say how it moved, not what it was.
CHANGED = _set("elevation delta gain loss variability fell")
CHANGING = (
    "chang", "increas", "rise", "rising", "declin", "decreas", "drop", "fall", "reduc", "improv",
    "difference", "variation", "doubl", "worsen",
)  # fmt: skip
TOWARDS = _set("in of from to by")
OF_CHANGED = _set("the their baseline serum plasma total")

PEOPLE = _set("""
    patient patients subject subjects participant participants person persons individual individuals
    women woman men man male males female females people adult adults child children infant infants
    neonate neonates newborn newborns volunteer volunteers boy boys girl girls caregivers caregiver
    parents parent adolescents adolescent students student recipients recipient donors candidates
    mothers citizens
""")  # fmt: skip

# Words at which a noun phrase ends.
STOP = PEOPLE | _set("""
    with who whose which that and or but if when where while has have having had is are was were
    be been must should will can may could a an the in on at by for to from of than then as
    because due defined considered indicated showing show shows shown demonstrated documented not
    no without any all each their his her its other either neither both including include includes
    e.g i.e achieve following during after before within prior history known diagnosed received
    receiving using require requires requiring evidence presence least minimum currently eg ie
    also only plus per via into upon until unless except whom being obtain obtained since through
    over under above below demonstrates meet meets and/or these those such there it they he she
    lasting between measured confirmed
    reported report demonstrating demonstrate take taking taken consuming consume treated need
    needing presenting present exhibit whether following:
""")

# Words that name a measure.
HEADS = _set("""
    score scores scale index indices level levels count counts distance diameter diameters size
    length width height volume thickness depth area ratio rate rates pressure concentration
    concentrations titer titre titers titres percentage percent proportion weight girth
    circumference angle gradient velocity saturation fraction expression acuity number
    questionnaire inventory test dose-equivalent burden intake consumption excretion output flow
    frequency threshold temperature power clearance density mass dimension strength range quotient
    iq resistance capacity bmi load amplitude latency reserve probability proteinuria albuminuria
    hemoglobin haemoglobin creatinine glucose cholesterol protein albumin ferritin triglycerides
    lipase amylase lactate fibrinogen testosterone d-dimer urate deficit stenosis ef shunt
    displacement residual qmax prevalence positivity myopia hyperopia refraction sphere cylinder
    astigmatism birthweight lesion lesions tumor tumour tumors tumours masses nodule nodules cyst
    node
""")
# A visit, or when it is, behind `at`.
VISIT = re.compile(
    r"(?:screening|baseline|visit|day|week|month|randomi[sz]ation|enrol+ment|(?:study\s+)?entry"
    r"|inclusion|admission|presentation|registration|diagnosis|discharge|rest|time|start)\b",
    re.IGNORECASE,
)
# Words that name a length of time.
TIME_HEADS = _set("""
    expectancy survival duration interval time period length delay latency age gestation stay
    prognosis lifespan half-life
""")

# At the end of a phrase these say that the number is no measurement.
NOT_MEASURED = _set("""
    grade grades stage stages type types class classes phase cycle cycles day days visit visits
    line lines dose doses course courses week weeks month months year years arm cohort version
    part group groups appendix section criteria criterion trial study protocol step item dosage
    dosages regimen regimens prednisone prednisolone dexamethasone aspirin methotrexate
    corticosteroids steroids opioids insulin equivalent equivalents therapy medication medications
    drug drugs treatment table figure note phone chapter ctcae recist iterations approximately
    about around one two three four five toxicity toxicities use data randomization randomisation
    random position os interest or_ this live lives rest
    positive negative formula equation echocardiogram
    nv mri ct ecg ekg gy hla-a hla-b meddra weighing
    january february march april june july august september october november december
    metastasis metastases
    involvement disease syndrome cirrhosis
    contribute contributes
    account accounts represent represents comprise comprises cover covers involve involves
    involving constitute lost lead leads event events episode episodes and/or within every
""")

# In front of `age`, the age of something else.
OTHER_AGES = _set("""
    gestational gestation bone mental maternal paternal menstrual postmenstrual post-menstrual
    conceptional corrected developmental donor biological vascular fetal
""")
# In front of `18 years old`, words that leave it the age of a person.
OF_A_PERSON = PEOPLE | _set("""
    be is are who must been was were aged age and or of with the only for than all being not if
    between years should will to both least from currently healthy
""")
# Between people and their age.
SAID_OF_AGES = _set("must be are is who of aged should will were older younger")
# The last words of what opens a window of time.
BEFORE_A_TIME = _set("""
    within in during over throughout for the a least than of about last past previous preceding
    prior recent
""")
# At the beginning of what follows `before` these name no anchor.
NO_ANCHOR = _set("the a an any this that it which each another all and or you time")

# Alone these name no measure.
VAGUE = _set("""
    period time duration interval length delay ratio test score level levels number index rate range
    size value count percent drop fall rise increase decrease reduction change decline improvement
    loss gain
""")
