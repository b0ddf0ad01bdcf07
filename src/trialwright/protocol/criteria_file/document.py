"""A file that holds criteria, read with its lines: a criteria file, or a protocol.

Nothing in it is believed that can be computed: readings are made anew when it is written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import YamlTree, read_tree
from trialwright.protocol.check_criteria import entry_faults
from trialwright.protocol.criteria_file.entries import filing_doubts
from trialwright.protocol.criteria_file.model import CriteriaFile
from trialwright.protocol.fault import Doubt, Fault
from trialwright.protocol.model import CriterionEntry, Protocol
from trialwright.protocol.yaml_file import of_tree, spaced, typed, write_protocol, written

LARGEST = 2 * 1024 * 1024  # bytes; a file with forty criteria takes about 30,000

_HEADER = """\
# The eligibility criteria of {name}, as the program read them; meant to be corrected and signed.
# `expr` counts. `reading` and `residue` are made from it. `trialwright criteria check` says what
# does not hold; `trialwright criteria review | set | lock` signs a change and keeps its history.
"""
_WANTED = "a criteria file (`trialwright criteria parse RECORD --out FILE`) or a protocol"


@dataclass(frozen=True, slots=True)
class CriteriaDocument:
    """A file as it lies there: its name, its text, the lines of its keys, and its value."""

    name: str
    text: str
    tree: YamlTree
    filed: CriteriaFile | Protocol

    @property
    def criteria(self) -> tuple[CriterionEntry, ...]:
        """The criteria in the file's order."""
        return self.filed.criteria

    def entry(self, name: str) -> CriterionEntry:
        """Return the criterion of an id; InputError where there is none."""
        found = next((entry for entry in self.criteria if entry.id == name.upper()), None)
        if found is None:
            ids = ", ".join(entry.id for entry in self.criteria[:8])
            more = ", ..." if len(self.criteria) > 8 else ""
            raise InputError(self.name, f"no criterion {name!r}", f"one of {ids}{more}")
        return found

    def place(self, path: str) -> str:
        """Return the file, line and key of a path such as `$.criteria[3].expr`."""
        return f"{self.name}, line {self.tree.line(path)}, {path.removeprefix('$.')}"


def read_document(data: bytes, name: str) -> CriteriaDocument:
    """Read a file's criteria; InputError names file, line and key where its shape is wrong.

    What its criteria say may still be wrong: `faults` lists that, `require_sound` refuses it.
    """
    tree = read_tree(data, name, LARGEST)
    filed: CriteriaFile | Protocol
    if isinstance(tree.value, Mapping) and "trial" in tree.value:
        filed = of_tree(tree, name)
    else:
        filed = typed(tree, name, CriteriaFile, _WANTED)
    return CriteriaDocument(name, data.decode("utf-8-sig"), tree, filed)


def faults(document: CriteriaDocument) -> tuple[Fault, ...]:
    """Return everything that cannot be right in the criteria, in the file's order."""
    return tuple(_faults(document.criteria))


def _faults(criteria: tuple[CriterionEntry, ...]) -> Iterator[Fault]:
    seen: set[str] = set()
    for i, entry in enumerate(criteria):
        if entry.id in seen:
            yield Fault(f"$.criteria[{i}].id", f"{entry.id} a second time", "each id once")
        seen.add(entry.id)
        yield from entry_faults(entry, f"$.criteria[{i}]")


def doubts(document: CriteriaDocument) -> tuple[Doubt, ...]:
    """Return the readings that do not fit their expressions; for a document without faults."""
    found = (filing_doubts(e, f"$.criteria[{i}]") for i, e in enumerate(document.criteria))
    return tuple(doubt for each in found for doubt in each)


def require_sound(document: CriteriaDocument) -> CriteriaDocument:
    """Return the document; InputError with the first fault where there is one."""
    found = faults(document)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        first = found[0]
        raise InputError(document.place(first.path), first.what, f"{first.wanted}{more}")
    return document


def whole_text(filed: CriteriaFile | Protocol) -> str:
    """Write a file anew; comments in it are not kept (see `splice`)."""
    if isinstance(filed, Protocol):
        return write_protocol(filed)
    name = filed.source.nct_id or filed.source.name
    head = _HEADER.format(name=name if name.isprintable() else "a text")
    return head + spaced(written(msgspec.to_builtins(filed)))
