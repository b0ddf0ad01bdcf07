"""The registry's ways to write signs: markdown escapes and HTML entities."""

import html
import re

_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!<>~|^&-])")


def _sign(found: "re.Match[str]") -> str:
    return found[1]


def unescaped(text: str) -> str:
    r"""Return text without markdown escapes (`\>`, `\*`, `\[`) and HTML entities (`&lt;`).

    >>> unescaped(r"LVEF \<= 40 &#37; &amp; stable")
    'LVEF <= 40 % & stable'
    """
    if "\\" in text:
        text = _ESCAPE.sub(_sign, text)
    return html.unescape(text) if "&" in text else text
