"""Templates: everything that a page shows is escaped, and a name that is missing is an error."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from trialwright import __version__
from trialwright.interfaces.web.blocks import Badge, Inline, Link, Word

_PACKAGE = "trialwright.interfaces.web"


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
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = _kind
    environment.globals["version"] = __version__
    # The address changes with the content, so a browser never keeps an old style.
    fingerprint = sha256(static("style.css")).hexdigest()[:10]
    environment.globals["style_address"] = f"/style.css?v={fingerprint}"
    return environment


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
