"""Which parser and which vocabularies read a text."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from trialwright import __version__
from trialwright.core.canonical import sha256
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.icd10cm import table
from trialwright.protocol.criteria.measures import lexicon

_PACKAGE = "trialwright.protocol.criteria"


@cache
def parser_version() -> str:
    """Return the program's version, and a mark that changes with any file of the parser."""
    parts = sorted(_parts(files(_PACKAGE), ""))
    mark = sha256(b"\0".join(name.encode() + b"\0" + sha256(data).encode() for name, data in parts))
    return f"{__version__}+{mark[:12]}"


def _parts(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _parts(item, f"{name}{item.name}/")
        elif item.name.endswith((".py", ".yaml")):
            yield f"{name}{item.name}", item.read_bytes()


def vocabulary_versions() -> dict[str, str]:
    """Return the versions of the vocabularies that come with the program, by name."""
    return {
        "measures": lexicon().version,
        "lexicons": concepts().version,
        "icd10cm": table().version,
    }
