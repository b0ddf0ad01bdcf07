"""Templates: everything that a page shows is escaped, and a name that is missing is an error."""

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from trialwright import __version__
from trialwright.interfaces.web.blocks import Badge, Inline, Link, Word

_PACKAGE = "trialwright.interfaces.web"
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def render(template: str, **values: Any) -> str:
    """Return a page from its template and view model."""
    return _environment().get_template(f"{template}.html.jinja").render(**values)


@cache
def static(name: str) -> bytes:
    """Return one of the site's own static files."""
    return (files(_PACKAGE) / "static" / name).read_bytes()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_told,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = _kind
    environment.globals["version"] = __version__
    # The address changes with the content, so a browser never keeps an old style.
    fingerprint = sha256(static("style.css")).hexdigest()[:10]
    environment.globals["style_address"] = f"/style.css?v={fingerprint}"
    return environment


def _told(value: Any) -> Any:
    """Show characters that would turn the text after them round: people sign what they see.

    A text of Arabic or Hebrew needs none of them; its letters have a direction of their own.
    """
    if type(value) is not str:
        return value
    return _TURNING.sub(lambda found: f"\u27e6U+{ord(found[0]):04X}\u27e7", value)


def _kind(value: Inline) -> str:
    match value:
        case Link():
            return "link"
        case Badge():
            return "badge"
        case Word():
            return "word"
        case _:
            return "text"
