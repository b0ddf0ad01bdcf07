"""Every block of the published dose-escalation numbers is read by a test here, or named as not."""

import ast
import json
from pathlib import Path
from typing import Any

FILES = ("published_anchors", "published_worked_examples", "crm_dfcrm_examples")

# A block that no test compares, or the part of one, and why.
OUT_OF_SCOPE: dict[tuple[str, ...], str] = {
    ("tite_boin_example_table_raw",): (
        "its own status forbids it: columns lost in extraction; the table itself is compared"
    ),
    ("beta_binomial_lee_liu", "predprob"): "no method here computes a predictive probability",
    ("beta_binomial_lee_liu", "mixture"): "no method here has a mixture as prior of a rate",
    ("efftox_thall2014", "elicited"): "priors are stated as parameters here, never elicited",
    ("tpi_ji2007_table2_sc1", "mean_n"): (
        "does not follow from the stated k1 and k2 (at dose 2: exactly 17.8, printed 16.1)"
    ),
}


def blocks(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in FILES:
        stated = json.loads((shared / "dose" / f"{file}.json").read_text())
        assert not found.keys() & stated.keys()
        found |= stated
    return found


def strings_of_the_tests() -> set[str]:
    """Return every string constant in the tests beside this one."""
    here = Path(__file__)
    trees = [
        ast.parse(file.read_text(encoding="utf-8"))
        for file in here.parent.glob("test_*.py")
        if file.name != here.name
    ]
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_block_is_read_or_out_of_scope(shared: Path) -> None:
    names = set(blocks(shared))
    read = names & strings_of_the_tests()
    whole = {path[0] for path in OUT_OF_SCOPE if len(path) == 1}
    assert read | whole == names
    assert not read & whole  # what is read is no longer out of scope


def test_what_is_out_of_scope_is_in_the_data(shared: Path) -> None:
    found = blocks(shared)
    for path in OUT_OF_SCOPE:
        part = found
        for name in path:
            assert name in part, path
            part = part[name]
