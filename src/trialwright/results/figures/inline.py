"""An SVG that can stand inside a page: own ids, colours as CSS variables, no style attributes.

Without style attributes and style elements a page may forbid all inline styles but its own.
"""

import re
from html import escape

from trialwright.results.figures.render import Drawn
from trialwright.results.figures.style import VARIABLES

_BEFORE_ROOT = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_STYLE_ELEMENT = re.compile(r"<style[^>]*>.*?</style>", re.DOTALL)
_STYLE_ATTRIBUTE = re.compile(r'\sstyle="([^"]*)"')
_ID = re.compile(r'\bid="([^"]+)"')
_REFERENCE = re.compile(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"")
_ROOT = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_VIEW_BOX = re.compile(r'viewBox="[^"]+"')
_COLOUR = re.compile("|".join(map(re.escape, VARIABLES)), re.IGNORECASE)


def inline(drawn: Drawn) -> str:
    """Return the figure's SVG for a page, with its title and description for assistive software."""
    svg = _METADATA.sub("", _BEFORE_ROOT.sub("", drawn.svg))
    svg = _STYLE_ELEMENT.sub("", svg).replace("<defs>\n  \n </defs>", "")
    svg = _STYLE_ATTRIBUTE.sub(_as_attributes, svg)
    svg = _ID.sub(lambda m: f'id="{drawn.name}-{m[1]}"', svg)
    svg = _REFERENCE.sub(lambda m: _reference(drawn.name, m), svg)
    svg = _COLOUR.sub(lambda m: f"var({VARIABLES[m[0].lower()]})", svg)
    return _ROOT.sub(lambda m: _root(drawn, m[0]), svg, count=1)


def _as_attributes(match: re.Match[str]) -> str:
    """Turn `style="fill: #fff; stroke: none"` into presentation attributes."""
    pairs = (part.partition(":") for part in match[1].split(";") if part.strip())
    return "".join(_attribute(name.strip(), value.strip()) for name, _, value in pairs)


def _attribute(name: str, value: str) -> str:
    if name == "font":  # a shorthand, which is no presentation attribute: "bold 9px 'DejaVu'"
        size = re.search(r"([\d.]+)px", value)
        bold = ' font-weight="bold"' if re.search(r"\b(bold|700)\b", value) else ""
        return f' font-size="{size[1]}"{bold}' if size else bold
    if name == "font-family":
        return ""  # the page's own
    return f' {name}="{escape(value)}"'


def _reference(prefix: str, match: re.Match[str]) -> str:
    if match[1]:
        return f"url(#{prefix}-{match[1]})"
    return f'href="#{prefix}-{match[2]}"'


def _root(drawn: Drawn, tag: str) -> str:
    box = _VIEW_BOX.search(tag)
    name = drawn.name
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box[0] if box else ""} role="img" aria-labelledby="{name}-title {name}-description" '
        f'class="figure-image" stroke-linejoin="round">\n'
        f'<title id="{name}-title">{escape(drawn.title)}</title>\n'
        f'<desc id="{name}-description">{escape(drawn.alternative)}</desc>'
    )
