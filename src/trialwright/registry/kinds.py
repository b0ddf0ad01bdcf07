"""What kind of thing a trial gives, and by which route, as its own words tell.

Two tables of spellings, for any trial: a kind or a route is read where one of its spellings stands
in the names of the interventions, their descriptions or the titles. What the words do not say stays
unsaid.
"""

import re

from trialwright.registry.words import folded

# kind: spellings, folded and in the singular; a spelling matches whole words and their plurals.
KINDS: dict[str, tuple[str, ...]] = {
    "cells": (
        "stem cell", "stromal cell", "progenitor", "progenitor cell", "precursor cell",
        "mononuclear cell", "bone marrow cell", "mesenchymal", "cardiomyocyte", "msc", "hmsc",
        "ipsc", "hipsc", "hpsc", "hesc", "ips cell", "cell therapy", "engineered tissue",
        "engineered human myocardium",
    ),
    "products that cells secrete": (
        "extracellular vesicle", "exosome", "secretome", "conditioned medium", "microvesicle",
    ),
    "gene transfer": ("gene therapy", "gene transfer", "aav", "plasmid", "viral vector"),
    "an assist device": ("ventricular assist device", "lvad", "vad", "assist device"),
    "pacing": ("pacing", "pacemaker", "pace maker", "resynchronization", "defibrillator"),
    "an antibody": ("antibody", "monoclonal"),
    "a vaccine": ("vaccine", "vaccination"),
    "exercise": ("exercise", "training", "rehabilitation"),
    "surgery": ("surgery", "surgical", "bypass", "resection"),
    "radiation": ("radiotherapy", "radiation", "irradiation"),
}  # fmt: skip
ROUTES: dict[str, tuple[str, ...]] = {
    "intravenous": ("intravenous", "intravenously", "iv"),
    "into the heart's inner wall": (
        "transendocardial", "transendocardially", "endocardial", "intramyocardial",
        "intramyocardially", "catheter based",
    ),
    "onto the heart": ("epicardial", "epicardially", "patch", "engineered human myocardium"),
    "intracoronary": ("intracoronary",),
    "inhaled": ("inhalation", "inhaled", "aerosol", "nebulizer", "nebulized"),
    "by mouth": ("oral", "orally", "tablet", "capsule"),
    "under the skin": ("subcutaneous", "subcutaneously"),
    "into a muscle": ("intramuscular", "intramuscularly"),
    "into the spinal canal": ("intrathecal", "intrathecally"),
    "into the eye": ("intravitreal", "subretinal"),
    "into a joint": ("intraarticular", "intra articular"),
}  # fmt: skip

_GIVING = """administration delivery derived implant implantation infusion injection transplantation
    transplant""".split()  # noqa: SIM905

# In a title, such a word tells what is given, and how, rather than for what.
WORDS_OF_GIVING = frozenset(_GIVING) | frozenset(
    word
    for table in (KINDS, ROUTES)
    for spellings in table.values()
    for spelling in spellings
    for word in spelling.split()
)


def kinds(text: str) -> tuple[str, ...]:
    """Return the kinds of intervention that a text speaks of.

    >>> kinds("Extracellular vesicles of progenitor cells")
    ('cells', 'products that cells secrete')
    """
    return _read(_KINDS, text)


def routes(text: str) -> tuple[str, ...]:
    """Return the routes of administration that a text speaks of.

    >>> routes("Repeated IV infusions")
    ('intravenous',)
    """
    return _read(_ROUTES, text)


def _read(patterns: dict[str, re.Pattern[str]], text: str) -> tuple[str, ...]:
    plain = re.sub(r"[^a-z0-9]+", " ", folded(text))
    return tuple(name for name, pattern in patterns.items() if pattern.search(plain))


def _patterns(table: dict[str, tuple[str, ...]]) -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(r"\b(?:" + "|".join(map(re.escape, spellings)) + r")s?\b")
        for name, spellings in table.items()
    }


_KINDS = _patterns(KINDS)
_ROUTES = _patterns(ROUTES)
