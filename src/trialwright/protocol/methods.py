"""Escalation methods by name, as a protocol states them.

The design stage is above this one and holds the methods themselves; a test keeps the names equal.
"""

METHOD_NAMES = (
    "blrm",
    "boin",
    "boin12",
    "crm",
    "efftox",
    "i3_plus_3",
    "keyboard",
    "mtpi",
    "mtpi2",
    "three_plus_three",
    "tite_boin",
    "tite_crm",
    "tpi",
    "wages_tait",
)

# Other spellings of the field; case, spaces and hyphens do not matter either.
ALIASES = {
    "3+3": "three_plus_three",
    "i3+3": "i3_plus_3",
    "mtpi_2": "mtpi2",
    "wages_and_tait": "wages_tait",
    "eff_tox": "efftox",
}


def method_name(text: str) -> str:
    """Return a method's name here, however it is spelled; the text itself where none is known.

    >>> method_name("BOIN")
    'boin'
    >>> method_name("3 + 3")
    'three_plus_three'
    """
    name = "+".join(part.strip() for part in text.lower().split("+"))
    name = name.replace("-", "_").replace(" ", "_")
    return ALIASES.get(name, name)
