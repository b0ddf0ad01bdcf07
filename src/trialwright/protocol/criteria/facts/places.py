"""Places in a text: words, spaces and brackets to the left of them."""


def opening(text: str, end: int, least: int) -> int | None:
    """Return where the bracket that closes at a place opens; None where it is far away."""
    if text[end - 1] == "）":
        return _found(text.rfind("（", max(least, end - 60), end))
    opened = max(
        text.rfind("(", max(least, end - 60), end), text.rfind("[", max(least, end - 60), end)
    )
    return _found(opened)


def _found(at: int) -> int | None:
    return at if at >= 0 else None


def rstrip(text: str, at: int, least: int) -> int:
    """Step to the left over spaces."""
    while at > least and text[at - 1].isspace():
        at -= 1
    return at


def word_start(text: str, end: int, least: int) -> int:
    """Return where the word that ends at a place begins; brackets and commas are no part of it."""
    at = end
    while at > least and not text[at - 1].isspace() and text[at - 1] not in "()[]{},;<>=≥≤":
        at -= 1
    return at


def lowered(text: str) -> str:
    """Return a text in lower case, every character in its own place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(each.lower()[0] for each in text)


def closed(text: str, start: int, end: int) -> int:
    """Return the end of a span together with the bracket that closes one it opens."""
    opens = text.count("(", start, end) > text.count(")", start, end)
    return end + 1 if opens and text[end : end + 1] == ")" else end
