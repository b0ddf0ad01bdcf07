"""One expression as YAML that a person edits, read back with the line of whatever is wrong."""

import json
import re
from typing import Any

import msgspec

from trialwright.core.errors import InputError
from trialwright.core.yaml_tree import YamlTree, read_tree
from trialwright.protocol.check_criteria import entry_faults
from trialwright.protocol.criteria.codec import decode, encode
from trialwright.protocol.model import CriterionEntry
from trialwright.protocol.yaml_file import written

LARGEST = 64 * 1024  # bytes
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def write_expression(expr: dict[str, Any]) -> str:
    """Return an expression as YAML; characters that would turn the text round are spelt out."""
    text = written(expr)
    if not _TURNING.search(text):
        return text
    plain = json.dumps(expr, indent=2, ensure_ascii=False)  # JSON is YAML, and all in quotes
    return _TURNING.sub(lambda found: f"\\u{ord(found[0]):04x}", plain) + "\n"


def read_expression(data: bytes, entry: CriterionEntry, name: str) -> dict[str, Any]:
    """Read a criterion's new expression; InputError names the line, the key and what was wanted."""
    tree = read_tree(data, name, LARGEST)
    try:
        value = encode(decode(tree.value, "expr"))
    except InputError as error:
        raise InputError(_place(tree, error.where, name), error.what, error.wanted) from error
    new = msgspec.structs.replace(
        entry, expr=value, sha256=None, status="auto", by=None, at=None, span=(0, 0)
    )
    for fault in entry_faults(new, "$"):
        where = _place(tree, fault.path.removeprefix("$."), name)
        raise InputError(where, fault.what, fault.wanted)
    return value


def _place(tree: YamlTree, where: str, name: str) -> str:
    """Return where `expr.all[1].compare` stands in a text that holds the expression alone."""
    key = where.removeprefix("expr").removeprefix(".")
    line = tree.line(f"$.{key}" if key else "$")
    return f"{name}, line {line}{f', {key}' if key else ''}"
