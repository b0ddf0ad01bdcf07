"""The portal page's sections: order, headings, explanations, and the labels of its bare values.

One table serves the page's reader and writer and the study page of the web workspace. The
explanations are the project's own; the reader accepts any one-line explanation.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from trialwright.record import vocabulary as words


class Section(NamedTuple):
    """A section of the page; an optional one is printed only where it has something to say."""

    key: str
    heading: str
    explanation: str
    required: bool = True


SECTIONS = (
    Section("results", "Study Results", "What the study team has published of the outcome."),
    Section("basic", "Basic Information", "Status, phase, size and dates at a glance."),
    Section("summary", "Brief Summary", "What the study asks and why, in the sponsor's words."),
    Section("related", "Related Clinical Trials", "Trials that the portal names beside this one."),
    Section("description", "Detailed Description", "Background, aims and procedures at length."),
    Section("conditions", "Conditions", "The diseases or states that the study is about."),
    Section("keywords", "Keywords", "Words that the sponsor gave for finding the study.", False),
    Section("design", "Study Design", "How groups are formed, why, and who knows of them."),
    Section("groups", "Study Groups", "Each group of participants and what it receives."),
    Section("interventions", "Interventions", "What is given or done in this study."),
    Section("outcomes", "Outcome Measures", "What is measured to answer its questions.", False),
    Section("eligibility", "Eligibility Criteria", "Who may take part and who may not."),
    Section("sponsors", "Sponsors", "Who leads and who supports the study."),
    Section("responsible", "Responsible Party", "Who answers for the registered information."),
    Section("officials", "Principal Investigators", "The scientists who lead the study."),
    Section("locations", "Locations", "The sites, and whether each one recruits."),
    Section("countries", "Countries", "The countries that have a site."),
    Section("central_contacts", "Central Contacts", "Whom to ask about the study as a whole."),
    Section("facility_contacts", "Facility Contacts", "Whom to ask at one of the sites."),
    Section("references", "References", "Publications that bear on the study."),
    Section("identifiers", "Other Identifiers", "The study's numbers in other registers."),
    Section("more_related", "More Related Trials", "Further trials that the portal finds alike."),
)

NO_RESULTS = "The study team has not published results yet."
RESULTS = "The study team has published results."
RESULTS_SIMULATED = "The study team has not published results; those here are SIMULATED."
RESULTS_UNKNOWN = "Whether the study team has published results is not said."
MISSING = "-"  # how the page writes a value that is not there


class Slot(NamedTuple):
    """A bare value's place: its label on pages that have one, and what such a value looks like."""

    label: str
    fits: Callable[[str], bool]
    many: bool = False


def one_of(vocabulary: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a test for the words of a vocabulary."""
    return frozenset(vocabulary).__contains__


def like(pattern: str) -> Callable[[str], bool]:
    """Return a test for a whole line of a pattern."""
    compiled = re.compile(pattern)
    return lambda line: compiled.fullmatch(line) is not None


is_date = like(r"\d{4}-\d{2}(-\d{2})?")
is_age = like(r"N/A|\d{1,3} (Year|Month|Week|Day|Hour|Minute)s?")

BASIC_SLOTS = (
    Slot("Recruitment status", one_of(words.STATUSES)),
    Slot("Clinical phase", one_of(words.PHASES), many=True),
    Slot("Total enrollment", like(r"\d{1,9} participants?")),
    Slot("Study classification", one_of(words.STUDY_TYPES)),
    Slot("Start date", is_date),
    Slot("Completion date", is_date),
)
DESIGN_SLOTS = (
    Slot("Allocation", one_of(words.ALLOCATIONS)),
    Slot("Intervention model", one_of(words.INTERVENTION_MODELS)),
    Slot("Observational model", one_of(words.OBSERVATIONAL_MODELS[:-1])),
    Slot("Time perspective", one_of(words.TIME_PERSPECTIVES[:-1])),
    Slot("Primary purpose", one_of(words.PURPOSES)),
    Slot("Masking", one_of(words.MASKINGS)),
    Slot("Who is masked", one_of(words.WHO_MASKED), many=True),
)
ELIGIBILITY_SLOTS = (
    Slot("Minimum age", is_age),
    Slot("Maximum age", is_age),
    Slot("Sex", one_of(words.SEXES)),
    Slot("Healthy volunteers", one_of(("Yes", "No"))),
)
# Each pair looks alike: one such bare value alone could be either, and must be labelled.
ALIKE = (("Start date", "Completion date"), ("Minimum age", "Maximum age"))
GROUP_TYPE = Slot("Group type", one_of(words.ARM_TYPES))
INTERVENTION_TYPE = Slot("Intervention type", one_of(words.INTERVENTION_TYPES))
# Labels that only a labelled page has: their values could not be told apart bare.
LABELLED_ONLY = (
    "Last known status",
    "Why stopped",
    "Primary completion date",
    "Study population",
    "Sampling method",
)
