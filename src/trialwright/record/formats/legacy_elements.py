"""Reading a legacy XML document element by element, and knowing afterwards what was not read."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from lxml import etree

from trialwright.core.dates import PartialDate
from trialwright.core.errors import InputError
from trialwright.record.formats.legacy_text import reflow
from trialwright.record.formats.legacy_words import DATE_TYPE, GROUP_PREFIX, iso_date
from trialwright.record.formats.notes import Notes
from trialwright.record.model import DateStruct, PartialDateStruct

Element = etree._Element
_T = TypeVar("_T")
_WANTED = "a study record in the registry's legacy XML, <clinical_study>"


def parse(data: bytes, name: str) -> Element:
    """Parse a document; refuse one with a DTD, and one whose root is not a study."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        why = " ".join(str(error).split())
        raise InputError(name, f"XML that cannot be read ({why})", _WANTED) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError(name, "a document type declaration (DTD)", "XML without a DTD")
    if root.tag != "clinical_study":
        raise InputError(name, f"the root element <{root.tag!s}>", _WANTED)
    return root


class Document:
    """One document being read: every element that is asked for counts as read."""

    def __init__(self, root: Element, name: str) -> None:
        self.root = root
        self.name = name
        self.notes = Notes()
        self._read: set[Element] = set()

    def all(self, parent: Element | None, path: str) -> list[Element]:
        """Return the elements at a path below a parent; none where there is no parent."""
        found = [] if parent is None else parent.findall(path)
        self._read.update(found)
        return found

    def one(self, parent: Element | None, path: str) -> Element | None:
        """Return the first element at a path; further ones stay unread, and so become findings."""
        found = None if parent is None else parent.find(path)
        if found is not None:
            self._read.add(found)
        return found

    def text(self, parent: Element | None, path: str) -> str | None:
        """Return an element's text on one line, or None."""
        found = self.one(parent, path)
        return None if found is None else (" ".join((found.text or "").split()) or None)

    def texts(self, parent: Element | None, path: str) -> tuple[str, ...]:
        """Return the texts of all elements at a path."""
        found = (" ".join((e.text or "").split()) for e in self.all(parent, path))
        return tuple(text for text in found if text)

    def block(self, parent: Element | None, path: str) -> str | None:
        """Return a text of several paragraphs or lists, as v2 would write it."""
        found = self.one(parent, path)
        return None if found is None else (reflow(found.text or "") or None)

    def paragraphs(self, parent: Element | None, path: str) -> str | None:
        """Return a text that has one paragraph a line, as v2 would write it."""
        found = self.one(parent, path)
        return None if found is None else (reflow(found.text or "", wrapped=False) or None)

    def word(self, parent: Element | None, path: str, table: Mapping[str, _T]) -> _T | None:
        """Return the v2 word for an element's wording; a wording not in the table is a finding."""
        wording = self.text(parent, path)
        return None if wording is None else self.translate(wording, table, path)

    def translate(self, wording: str, table: Mapping[str, _T], where: str) -> _T | None:
        """Look a wording up; one that the table does not have is a finding."""
        if wording.casefold() not in table:
            self.notes.unplaced(where, wording)
            return None
        return table[wording.casefold()]

    def date(self, parent: Element | None, path: str) -> str | None:
        """Return an element's date in ISO form; what is no date is a finding."""
        wording = self.text(parent, path)
        return None if wording is None else self._iso(wording, path)

    def date_struct(self, parent: Element, path: str) -> DateStruct | None:
        """Return a date of posting with its type."""
        day = self.date(parent, path)
        return DateStruct(day, self._date_type(parent, path)) if day else None

    def partial_date(self, parent: Element, path: str) -> PartialDateStruct | None:
        """Return a date of the study with its type."""
        day = self.date(parent, path)
        return PartialDateStruct(day, self._date_type(parent, path)) if day else None

    def count(self, parent: Element, path: str) -> int | None:
        """Return a whole number; what is none is a finding."""
        return self.whole(self.text(parent, path), path)

    def whole(self, text: str | None, where: str) -> int | None:
        """Read a whole number of at most 12 digits."""
        if text is None or not text.strip():
            return None
        if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) <= 12):
            self.notes.unplaced(where, text)
            return None
        return int(text)

    def unread(self) -> Iterator[tuple[str, str]]:
        """Yield path and text of every element with text that nobody asked for."""
        for element in self.root.iter(etree.Element):
            text = " ".join((element.text or "").split())
            if text and element not in self._read:
                yield self._path(element), text
            after = " ".join((element.tail or "").split())
            if after:  # text between elements has no place in this format
                yield self._path(element), after

    def _iso(self, wording: str, where: str) -> str | None:
        day = iso_date(wording)
        if day is None or not is_date(day):
            self.notes.unplaced(where, wording)
            return None
        return day

    def _date_type(self, parent: Element, path: str) -> str | None:
        found = self.one(parent, path)
        wording = None if found is None else found.get("type")
        return self.translate(wording, DATE_TYPE, f"{path} type") if wording else None

    def _path(self, element: Element) -> str:
        tags = [str(e.tag) for e in element.iterancestors()][:-1]
        return "/".join([*reversed(tags), str(element.tag)])


def is_date(day: str) -> bool:
    """Say whether the calendar has a date."""
    try:
        PartialDate.parse(day)
    except InputError:
        return False
    return True


def group_id(legacy: str | None) -> str | None:
    """Return a legacy group's number as v2 writes it.

    >>> group_id("P1"), group_id("O12")
    ('FG000', 'OG011')
    """
    head, digits = (legacy or "")[:1], (legacy or "")[1:]
    if (
        head in GROUP_PREFIX
        and digits.isascii()
        and digits.isdigit()
        and 0 < int(digits[:6]) < 1000
    ):
        return f"{GROUP_PREFIX[head]}{int(digits[:6]) - 1:03d}"
    return legacy
