"""The words that tell a medical fact from words that are none; see `open_facts`."""

import re

from trialwright.protocol.criteria.grammar.words import one_of

PEOPLE = one_of("males? females? m[ae]n wom[ae]n boys? girls? genders? sex(?:es)?")
# What is measured names no state of a person: salivary flow rate, pain threshold.
MEASURE = one_of(r"""
    rates? levels? counts? scores? times? ratios? thresholds? volumes? heights? weights? widths?
    lengths? indices index values? percentages? durations? ages? diameters? thickness amounts?
    concentrations? frequenc(?:y|ies) numbers?
    """)
# Heads by their ending: appendicitis, vasculopathy, glomerulosclerosis, camizestrant is none.
FACT_ENDING = re.compile(
    r"(?:"
    r"(?:it[iy]s|oma|path(?:y|ies)|a?emia|uria|osis|oses|iasis|penia|algia|dynia|plegia|paresis"
    r"|troph(?:y|ia|ies)|ectas(?:is|ia)|malacia|megaly|stenosis|rrh(?:o?ea|agia)|phagia|pno?ea|phobia"
    r"|mania|lepsy|tension|cardia|plasia|[oe]lysis|cele|ptosis|o?edema|esthesia|kinesia|taxia|phasia"
    r"|thymia|somnia|orexia|oxia|thermia|clonus|spasm|spasticity|sepsis|embolism|rrhythmia|thyroidism"
    r"|gonadism|alcoholism|autism|parkinsonism|ectom(?:y|ies)|[oe]stom(?:y|ies)|[ao]tom(?:y|ies)"
    r"|plast(?:y|ies)|scop(?:y|ies)|centesis|desis|pexy|rrhaphy|graph(?:y|ies)|toxicity|philia"
    r"|itides|glycemia|lithiasis|phrenia|opsia|opia|ptysis|plakia|derma|blastoma|cytosis"
    r"|mab|tinib|ciclib|parib|statin|cillin|mycin|floxacin|azole|prazole|sartan|olol|dipine|pril"
    r"|gliptin|gliflozin|glutide|taxel|rubicin|platin|vir|caine|zepam|zolam|afil|steroid|parin|limus"
    r"|tercept|toin|xaban|suppressants?|suppressives?|blocker|therap(?:y|ies)|statins)s?"
    r"|omata|abuser|addict|smoker|drinker|carrier|survivor|recipient|user"
    r")s?$"
)
FACT = one_of(r"""
    physiology responses? products? substances? analog(?:ue)?s? \w+cyclines?
    diseases? disorders? syndromes? illness(?:es)? infections? infestations? failure insufficiency
    deficienc(?:y|ies) impairments? dysfunctions? abnormalit(?:y|ies) anomal(?:y|ies) malformations?
    defects? deformit(?:y|ies) deformations? disabilit(?:y|ies) deficits? weakness paralysis
    pals(?:y|ies) pains? \w*aches? migraines? seizures? epilepsy convulsions? coma delirium dementia
    depression anxiety psychos[ei]s hallucinations? suicide suicidality ideation attempts? abuse
    misuse addiction dependenc[ey] withdrawal overdose poisoning intoxication bleeding
    h?a?emorrhages? h(?:a)?ematomas? fever cough nausea vomiting diarrh(?:o)?ea constipation
    jaundice rash(?:es)? pruritus erythema swelling effusions? ascites shock strokes? angina
    fibrillation flutter regurgitation prolapse reflux aneurysms? dissections? varices diabetes
    obesity malnutrition asthma emphysema influenza hepatitis herpes mycos[ie]s malaria parasites?
    eczema psoriasis acne scars? scarring wrinkles? keloids? alopecia blindness glaucoma cataracts?
    myopia deafness tinnitus vertigo dizziness syncope incontinence retention stones? calcul(?:i|us)
    infertility menopause pregnanc(?:y|ies) pre-?eclampsia eclampsia abortions? miscarriages?
    prematurity mutations? translocations? rearrangements? amplifications? deletions? aberrations?
    recurrences? relapses? progression rejection involvement invasion contractures? instability
    malalignment laxity immunodeficienc(?:y|ies) complications? reactions? intolerances?
    hypersensitivit(?:y|ies) allerg(?:y|ies) symptoms? symptomatology toxicit(?:y|ies) resistance
    injur(?:y|ies) traumas? burns? dislocations? tears? ruptures? perforations? obstructions?
    occlusions? strictures? fistulas? fistulae abscess(?:es)? ulcers? ulcerations? fractures?
    hernias? lesions? tumou?rs? cancers? malignanc(?:y|ies) neoplasms? carcinomas? leuk(?:a)?emias?
    lymphomas? sarcomas? melanomas? metastas[ei]s nodules? mass(?:es)? cysts? polyps? wounds?
    inflammation(?:s)? infarct(?:ion|ions|s)? isch(?:a)?emia embol(?:i|us) thromb(?:i|us)
    arrhythmias? arrests? blocks? trauma disturbances? disorientation impairment damage problems?
    conditions? episodes? events? colonization colonisation adhesions? calcifications? amnesia
    enlargement incapacit(?:y|ation) aggression agitation apathy apn(?:o)?ea hypoxi?a bruxism
    thalass?aemia atroph(?:y|ies) warts? worms? lupus gout rickets scurvy polio measles mumps
    rubella varicella zoster shingles tuberculosis pneumonia tb hiv aids covid-19 gvhd copd
    cirrhosis gangrene necrosis stenos[ie]s thrombos[ie]s fibros[ie]s scleros[ie]s alterations?
    complaints? distress exacerbations? surger(?:y|ies) operations? transplant(?:s|ation|ations)?
    (?:auto|allo|homo)?grafts? grafting biops(?:y|ies) resections? procedures? radiotherap\w+
    radiation irradiation chemoradi\w+ h?a?emodialysis dialysis ablations? cathet?eri[sz]ations?
    revasculari[sz]ations? angiogra\w+ intubation ventilation transfusions? bypass amputations?
    an?(?:a)?esthesia vaccinations? immuni[sz]ations? hospitali[sz]ed gestations? rehabilitation
    physiotherapy psychotherapy phototherapy stenting fusions? replacements? hospitali[sz]ations?
    \w*apheresis endoscop(?:y|ies) acupuncture interventions? repair decompression implantations?
    castration orchiectomy treatments? inhibitors? medications? medicines? drugs? agents?
    antagonists? agonists? \w*blockers? antibiotics? anticoagula(?:nts?|tion) antiplatelets?
    chemotherap\w+ immunosuppress(?:ants?|ives?|ion) antidepressants? antipsychotics?
    antihypertensives? diuretics? insulins? hormones? supplements? supplementation vitamins?
    opioids? narcotics? sedatives? nitrates? analgesics? nsaids? aspirin \w*steroids? vaccines?
    injections? infusions? inducers? modulators? stimulants? antivirals? antifungals? antipyretics?
    antihistamines? anti\w+s vasodilators? vasopressors? warfarin heparin antibod(?:y|ies)
    probiotics? tobacco nicotine cannabis marijuana cocaine alcohol use exposures? intake
    consumption aspiration reconstruction sprains? concussions? neglect hygiene loss(?:es)?
    positivity \w+-positive death protrusion syncopes? remission improvement palpitations? spasms?
    stiffness tenderness numbness fatigue tremor ataxia claudication erosions? \w*globulins?
    accumulation transformation cigarettes? contraceptives? interferons? interleukins? cytokines?
    retinoids? bisphosphonates? laxatives? thinners? pacemakers? implants? prosthes[ie]s
    prosthetics? devices? stents? defibrillators? cardioverter-defibrillators? shunts? clips?
    stimulators? neurostimulators? catheters? wheelchairs? iuds? piercings? drains? ventilators?
    """)
NO_FACT = one_of(r"""
    city capacity ability stability availability majority minority activity analys[ie]s
    \w*diagnos[ie]s prognos[ie]s photography geography philosophy telescopy dystopia utopia mania
    doses purposes diagnoses those poses proposes loses noses closes chooses imposes hypotheses
    dispos?is basis emphasis anatomy autonomy economy trophy pathology virility
    """)
# High risk, clinical opinion, mobile apps: nothing that a record holds.
NO_STATE = one_of("risks? opinions? judge?ments? apps? applications? phones? computers?")
# Kinds that name nothing by themselves.
GENERIC = one_of(r"""
    products? substances?
    diseases? disorders? syndromes? illness(?:es)? conditions? problems? procedures? interventions?
    treatments? therap(?:y|ies) medications? medicines? drugs? agents? use symptoms? complications?
    reactions? toxicity failure resistance withdrawal replacements? repair retention attempts?
    injections? infusions? implants? devices? mass(?:es)? blocks? arrests? defects?
    deficienc(?:y|ies) mutations? deletions? progression recurrences? relapses? involvement
    invasion abnormalit(?:y|ies) events? episodes? damage tears? alterations? blockers? inhibitors?
    operations? complaints? users? recipients? carriers? tension antagonists? agonists? supplements?
    hormones? disturbances? weakness impairments? dysfunctions? deficits? distress instability
    stimulators? modulators? inducers? clips? drains? aberrations? amplifications? rearrangements?
    stones? obstructions? occlusions? perforations? ruptures? adhesions? anomal(?:y|ies)
    """)
FACT_PHRASE = re.compile(
    r"\b(?:(?:growth|stimulating) factors?|side effects?|heart attacks?"
    r"|given birth|(?:weight|hearing|vision|visual|hair|bone|memory|blood) loss)$"
)
LEADS_IN = one_of(r"""
    experienced reporting reports? developed develops? shows? showing exhibits? exhibiting presents?
    presenting had
    """)
LEADS_ON = one_of(r"""
    evidence proofs? confirmation detection documentation states? signs? presence episodes?
    forms? types? kinds? degrees? stages? courses? cases? attacks? onset findings? suspicion
    features? manifestations? symptoms? conditions? remission improvement
    """)
BEHIND_A_NAME = one_of(r"type stage grade class level nos history [ivx]+[abc]? \d\w* [a-d]")
NAME = re.compile(r"\b(?:[A-Z]|\w*\d|[a-z]+[A-Z]{2})")  # Whiplash, RAS, SU101, mTBI
PREPOSITION = one_of(r"""
    of in for to with at on by from due that which who during after before requiring against
    within under as involving affecting including since following like via per without through
    despite between among over prior secondary associated related caused
    """)
# Adjectives that make a finding of what they stand before: dilated LV, elevated PSA.
STATES = one_of(r"""
    dilated enlarged reduced impaired elevated raised decreased diminished increased abnormal
    low high absent constrictive restrictive obstructed occluded blocked congested deformed
    poorly uncontrolled poor labile irregular
    """)
# Words that only point: `other such diseases` are no certain disease.
POINTS = one_of(r"""
    the an? any other others such certain some all these those listed following same or and another
    e\.?g i\.?e several various many more further additional similar medical clinical
    """)
VERB = one_of(r"""
    is are was were am be been being has have had having does did do doing exists? occurs? occurred
    fails affects? affected interferes? requires? needs needed receives? received starts? started
    starting stops? stopped takes taken took taking gives? given gave undergo(?:es)? underwent
    undergone develops? developed shows? showed showing demonstrates? demonstrated presents
    presented presenting meets? met became become becomes becoming performed remains? remained
    wants? went goes go gets? got makes? made appears? appeared seems? provides? provided obtained
    expressed reports? reported agrees? consumes? drinks? eats? smokes? lives? works? worked visits?
    visited attends? attended expected admitted referred discontinued administered attempted failed
    experienced engaging using shown known contributing causing leading resulting preventing seeking
    precluding making exposed providing developing obtaining considered deemed meeting allows?
    allowing indicates? indicating endangers? jeopardi[sz]es? contraindicates? improves? improved
    evaluates? assess(?:es)? decides? chooses? confirms? advises? prescribes? recommends?
    achieved completed revealed reveals accompanied whose whom he she his her their one's unlikely
    exceeds? exceeding prevents? dissolves? hampering hindering hampers?
    """)
STARTS_LOOSE = one_of(r"""
    least most more less greater than equal e\.?g i\.?e and but of in for to with at on by from due
    that which who during after before within under as like via per between not no nor only up off
    """)
ENDS_LOOSE = one_of(r"""
    of in for to with at on by from due that which who during after before requiring against within
    under as involving affecting including since following and or but the an? any other such more
    less least most than greater one like via per between be not no very too
    """)
