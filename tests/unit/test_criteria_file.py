"""The criteria file: written and read back, edited in place, acted on, brought up to date."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.test_criteria_codec import TREES

from trialwright.core.errors import InputError, Refused
from trialwright.core.yaml_tree import read_tree
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.codec import decode, encode
from trialwright.protocol.criteria.wording import wording
from trialwright.protocol.criteria_file.actions import (
    ACTIONS,
    BECOMES,
    STATUSES,
    Signed,
    acted,
    allowed,
)
from trialwright.protocol.criteria_file.completeness import completeness
from trialwright.protocol.criteria_file.document import (
    CriteriaDocument,
    doubts,
    faults,
    read_document,
    require_sound,
    whole_text,
)
from trialwright.protocol.criteria_file.entries import explained, text_hash
from trialwright.protocol.criteria_file.expression import read_expression, write_expression
from trialwright.protocol.criteria_file.merge import OUTCOMES, merged
from trialwright.protocol.criteria_file.model import CriteriaFile, CriteriaSource, LeftoverEntry
from trialwright.protocol.criteria_file.service import act, update
from trialwright.protocol.criteria_file.splice import Kept, rewritten
from trialwright.protocol.criteria_file.versions import parser_version
from trialwright.protocol.model import CriterionEntry

AT = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
SIGNED = Signed("Dr Ada", AT, "compared with the protocol")
LVEF: dict[str, Any] = {"compare": {"measure": "lvef", "op": "<=", "value": 40, "unit": "%"}}
ODD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
SPACED = st.text(" \n\t:#-'\"\\é\x85\u2028\ufeff|>ab", min_size=1, max_size=60)
LONG = st.text(" ab", min_size=90, max_size=240)
TEXTS = ODD | SPACED | LONG


def entry(name: str = "I1", text: str = "LVEF <= 40 %", **more: Any) -> CriterionEntry:
    """Return a criterion as the program files it."""
    given = {
        "id": name,
        "section": "inclusion" if name[0] == "I" else "exclusion",
        "text": text,
        "span": (0, len(text)),
        "status": "auto",
        "expr": {"attest": text or "x"},
    } | more
    return explained(CriterionEntry(**given))


def signed(name: str, text: str, status: str = "locked", **more: Any) -> CriterionEntry:
    return entry(name, text, status=status, by="Dr Ada", at="2031-01-31", **more)


def filed(*criteria: CriterionEntry, text: str = "text") -> CriteriaFile:
    source = CriteriaSource("record.json", text_hash(text), "NCT99999991")
    return CriteriaFile(source, "0.1.0", {"measures": "2031.1"}, criteria)


def placed(*items: tuple[str, str], **more: Any) -> tuple[CriterionEntry, ...]:
    """Return criteria one after the other in a text."""
    out: list[CriterionEntry] = []
    at = 10
    for name, text in items:
        out.append(entry(name, text, span=(at, at + len(text)), **more))
        at += len(text) + 1
    return tuple(out)


def document(value: CriteriaFile) -> CriteriaDocument:
    return read_document(whole_text(value).encode(), "criteria.yaml")


def of_text(text: str) -> CriteriaDocument:
    return read_document(text.encode(), "criteria.yaml")


# --- written and read back -----------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(TREES, TEXTS, TEXTS)
def test_a_file_read_back_is_the_same_tree_and_the_same_text(
    tree: nodes.Node, text: str, name: str
) -> None:
    value = msgspec.structs.replace(
        filed(entry("E1", text, expr=encode(tree))),
        source=CriteriaSource(name, text_hash(text)),
        leftover=(LeftoverEntry("note", (0, 3), text),),
    )
    back = document(value)
    assert back.filed == value
    assert decode(back.criteria[0].expr) == tree


@settings(max_examples=40, deadline=None)
@given(TREES, TREES, TEXTS, TEXTS)
def test_one_criterion_changes_and_no_line_of_another(
    tree: nodes.Node, other: nodes.Node, text: str, new_text: str
) -> None:
    before = filed(entry("I1"), entry("I2", text, expr=encode(tree)), entry("I3"))
    old = document(before)
    changed = entry(
        "I2", new_text, expr=encode(other), status="edited", by=new_text, at="2031-01-01"
    )
    after = msgspec.structs.replace(before, criteria=(before.criteria[0], changed, entry("I3")))
    result = rewritten(old, after, [Kept(e, i) for i, e in enumerate(after.criteria)])
    assert of_text(result.text).filed == after


def test_an_expression_is_written_and_read_back() -> None:
    text = write_expression(LVEF)
    assert read_expression(text.encode(), entry(), "the expression") == LVEF


def test_a_decimal_that_no_float_holds_survives() -> None:
    expr = encode(nodes.Compare("lvef", "<=", Decimal("0.1000000000000000000001"), "%"))
    assert decode(document(filed(entry(expr=expr))).criteria[0].expr) == decode(expr)


def test_the_reading_is_made_from_the_expression() -> None:
    made = entry(expr={"all": [LVEF, {"residue": "stable"}]})
    assert made.reading == wording(decode(made.expr))
    assert made.residue == ("stable",)


def test_the_parser_names_its_version() -> None:
    number, mark = parser_version().split("+")
    assert number
    assert len(mark) == 12


# --- what is wrong -------------------------------------------------------------------------------


def test_a_reading_that_no_longer_fits_is_reported_and_remade() -> None:
    text = whole_text(filed(entry(expr=LVEF))).replace("value: 40", "value: 35")
    edited = of_text(text)
    assert faults(edited) == ()
    (doubt,) = doubts(edited)
    assert doubt.path == "$.criteria[0].reading"
    line = edited.tree.line(doubt.path)
    assert text.splitlines()[line - 1].strip().startswith("reading:")
    result = act(edited, ["I1"], "review", SIGNED)
    assert "at most 35 %" in (of_text(result.text).criteria[0].reading or "")


@pytest.mark.parametrize(
    ("old", "new", "key", "wanted"),
    [
        ("text: LVEF <= 40 %", "text: LVEF <= 45 %", "criteria[0].sha256", "the record's own text"),
        ("status: auto", "status: locked", "criteria[0].status", "who (`by: Dr Name`)"),
        ("status: auto", "status: auto\n  by: Dr X\n  at: 2031-01-31", "criteria[0].status",
         "reviewed, edited or locked"),
        ("status: auto", "status: locked\n  by: Dr X\n  at: 2031-02-31", "criteria[0].at",
         "a day, or a day and time in UTC, that exists"),
        ("span: [0, 12]", "span: [12, 0]", "criteria[0].span", "from and to"),
        ("measure: lvef", "measure: lvfe", "criteria[0].expr.compare.measure", "nearest: lvef"),
        ("op: <=", "op: =<", "criteria[0].expr.compare.op", "one of <, <=, >, >=, ="),
        ("id: I1", "id: E1", "criteria[0].id", "I and a number"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_names_its_line(old: str, new: str, key: str, wanted: str) -> None:
    text = whole_text(filed(entry(expr=LVEF)))
    assert old in text
    found = of_text(text.replace(old, new, 1))
    (first, *_) = faults(found)
    assert first.path == f"$.{key}"
    assert wanted in first.wanted
    leaf = key.rpartition(".")[2]
    assert leaf in found.text.split("\n")[found.tree.line(first.path) - 1]
    with pytest.raises(InputError, match=f"criteria.yaml, line .*{leaf}"):
        require_sound(found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "status: auto",
            "status: done",
            "criteria[0].status: 'done'; wanted one of the words auto",
        ),
        (
            "status: auto",
            "statsu: auto",
            "an unknown key; wanted only keys of the schema (nearest: status)",
        ),
        ("span: [0, 12]", "span: here", "criteria[0].span: 'here'; wanted a list"),
        ("  section:", "  id: I1\n  section:", "the key 'id' a second time"),
        ("- id: I1", "- id: Q1", "I or E and a number, such as E4"),
        ("sha256: ", "sha256: x", "64 hexadecimal digits"),
        ("status: auto", "status: locked\n  by: Dr X\n  at: yesterday", "2026-01-31T09:30:00Z"),
    ],
)
def test_a_wrong_shape_names_line_key_and_what_was_wanted(old: str, new: str, said: str) -> None:
    text = whole_text(filed(entry(expr=LVEF)))
    assert old in text
    with pytest.raises(InputError) as caught:
        of_text(text.replace(old, new, 1))
    assert "criteria.yaml, line " in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_id_twice_is_a_fault() -> None:
    found = document(filed(entry("I1"), entry("I1", "other words")))
    assert [(f.path, f.what) for f in faults(found)] == [("$.criteria[1].id", "I1 a second time")]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"criteria: []", b"\xff\xfe", b"a: &x [*x]", b"{" * 100_000,
        b"trial: {}\ncriteria: []", b"- " * 100_000, b"x" * (3 * 1024 * 1024), b"criteria: !!x 1",
    ],
)  # fmt: skip
def test_what_is_no_criteria_file_is_one_line(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_document(data, "criteria.yaml")
    assert str(caught.value).startswith("criteria.yaml")
    assert "\n" not in str(caught.value)


SAMPLE = whole_text(filed(entry("I1", expr=LVEF), signed("E2", "no stroke"), entry("E3", "x\ny")))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_mutated_file_is_read_or_refused_in_one_line(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SAMPLE)))
    cut = data.draw(st.integers(0, 12))
    new = data.draw(st.text(alphabet="abz0-:[]{}'\"&*!|>#%\n\t é", max_size=6))
    try:
        found = of_text(SAMPLE[:at] + new + SAMPLE[at + cut :])
        if not faults(found):
            doubts(found)
            act(found, [found.criteria[0].id], "review", SIGNED)
    except InputError as error:
        assert "\n" not in str(error)
    except (Refused, IndexError):
        assert not found.criteria or found.criteria[0].status == "locked"


# --- comments ------------------------------------------------------------------------------------

COMMENTED = """\
# Kept by hand.
source:
  name: record.json  # from the registry
  sha256: {hash}
parser: 0.1.0
vocabularies: {{}}

# The criteria, as agreed on 3 February.
criteria:
# first
  - id: I1
    section: inclusion
    # as in section 4.1
    text: LVEF <= 40 %  # sic
    span: [0, 12]
    status: auto
    # read by hand
    expr: {{attest: LVEF}}
# second
  - id: E1
    section: exclusion
    text: stroke
    span: [12, 20]
    status: auto
    expr:
      attest: stroke  # ask
# the end
leftover: []
"""


def test_comments_stay_where_they_are() -> None:
    text = COMMENTED.format(hash=text_hash("x"))
    result = act(of_text(text), ["E1"], "edit", SIGNED, {"has": {
        "domain": "condition", "concept": "stroke", "words": "stroke"}})  # fmt: skip
    assert result.comments_kept
    head, second = result.text.split("# second\n")
    assert head == text.partition("# second\n")[0]
    assert second.endswith("# the end\nleftover: []\n")
    assert of_text(result.text).criteria[1].status == "edited"
    locked = act(of_text(result.text), ["I1"], "lock", SIGNED)
    for comment in ("# Kept by hand.", "# as in section 4.1", "# read by hand", "# second",
                    "# The criteria, as agreed", "# from the registry", "# the end"):  # fmt: skip
        assert locked.text.count(comment) == 1


def test_a_criterion_on_one_line_is_still_edited_and_the_loss_of_comments_is_told() -> None:
    text = COMMENTED.format(hash=text_hash("x"))
    start, end = text.index("  - id: E1"), text.index("# the end")
    flow = (
        "  - {id: E1, section: exclusion, text: stroke, span: [12, 20], status: auto, "
        "expr: {attest: stroke}}\n"
    )
    result = act(of_text(text[:start] + flow + text[end:]), ["E1"], "review", SIGNED)
    assert not result.comments_kept
    assert of_text(result.text).criteria[1].status == "reviewed"
    assert of_text(result.text).criteria[0].text == "LVEF <= 40 %"


# --- what a status allows ------------------------------------------------------------------------


def test_the_table_covers_every_action_and_every_status() -> None:
    for action in ACTIONS:
        for status in STATUSES:
            given = entry() if status == "auto" else signed("I1", "words", status)
            expr = LVEF if action == "edit" else None
            if allowed(action, status):
                after = acted(given, action, SIGNED, expr)
                assert after.status == BECOMES[action, status]
            else:
                with pytest.raises(Refused):
                    acted(given, action, SIGNED, expr)


def test_a_lock_holds_until_somebody_opens_it_with_a_reason() -> None:
    locked = acted(entry(), "lock", SIGNED)
    with pytest.raises(Refused, match="edit I1: it is locked; it needs to be unlocked first"):
        acted(locked, "edit", SIGNED, LVEF)
    with pytest.raises(InputError, match="no reason"):
        acted(locked, "unlock", Signed("Dr Bo", AT))
    opened = acted(locked, "unlock", Signed("Dr Bo", AT, "amendment 2"))
    assert (opened.status, opened.by) == ("reviewed", "Dr Ada")


def test_an_edit_signs_and_makes_the_reading_anew() -> None:
    after = acted(entry(), "edit", SIGNED, LVEF)
    assert (after.status, after.by, after.at) == ("edited", "Dr Ada", "2031-02-03T04:05:06Z")
    assert after.reading == "left ventricular ejection fraction at most 40 %"


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x1b[2J", "x" * 201])
def test_a_name_that_says_nothing_signs_nothing(name: str) -> None:
    with pytest.raises(InputError, match="the name"):
        Signed(name, AT)


def test_several_are_done_or_none() -> None:
    found = document(filed(entry("I1"), signed("I2", "locked words")))
    with pytest.raises(Refused, match="lock I2"):
        act(found, ["I1", "I2"], "lock", SIGNED)
    with pytest.raises(InputError, match=r"no criterion 'I9'; wanted one of I1, I2"):
        act(found, ["I9"], "lock", SIGNED)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("compare:\n  measure: lvef\n  op: <=\n  value: 40\n  unit: kg\n",
         "line 5, compare.unit: 'kg'"),
        ("all:\n- attest: x\n- compare:\n    measure: lvfe\n    op: <\n    value: 1\n",
         "line 4, all[1].compare.measure"),
        ("any: []\n", "line 1, any: []; wanted a list that is not empty"),
        ("nonsense", "line 1: 'nonsense'; wanted an object with one key"),
        ("a: 1\nb: 2\n", "line 1"),
        ("all:\n- attest: x\n  judgement: y\n", "line 2, all[0]"),
        ("attest: [", "line 1"),
        ("", "line 1"),
    ],
)  # fmt: skip
def test_an_expression_that_is_wrong_names_its_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_expression(text.encode(), entry(), "the expression")
    assert f"the expression, {said}" in str(caught.value)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text("abz0-:[]{}'\"&*!|>#%\n ", max_size=60).map(str.encode))
def test_any_bytes_are_an_expression_or_one_line(data: bytes) -> None:
    try:
        decode(read_expression(data, entry(), "the expression"))
    except InputError as error:
        assert "\n" not in str(error)


# --- bringing it up to date ----------------------------------------------------------------------


def outcomes(old: Any, new: Any, same_text: bool = False) -> dict[str, str]:
    found = merged(old, new, same_text)
    assert sum(found.count(o) for o in OUTCOMES if o != "new") == len(old)
    assert sum(found.count(o) for o in OUTCOMES if o != "gone") == len(new) or same_text
    assert len({e.id for e in found.criteria}) == len(found.criteria)
    named = [(c.before or c.after, c.outcome) for c in found.changes]
    return {e.id: outcome for e, outcome in named if e is not None}


def test_a_new_parser_changes_what_is_auto_and_nothing_that_is_signed() -> None:
    texts = (("I1", "one"), ("I2", "two"), ("E1", "three"))
    auto, reviewed, locked = placed(*texts)
    reviewed = msgspec.structs.replace(reviewed, status="reviewed", by="Dr A", at="2031-01-01")
    locked = msgspec.structs.replace(locked, status="locked", by="Dr A", at="2031-01-01")
    new = placed(*texts, expr={"judgement": "read otherwise now"})
    found = merged((auto, reviewed, locked), new, same_text=True)
    assert outcomes((auto, reviewed, locked), new, True) == {
        "I1": "read anew", "I2": "kept", "E1": "kept"
    }  # fmt: skip
    assert found.criteria == (new[0], reviewed, locked)
    assert [bool(change.differs) for change in found.changes] == [False, True, True]


def test_a_new_parser_that_cuts_otherwise_leaves_what_is_signed_whole() -> None:
    old = (
        signed("I1", "age above 18 and LVEF below 40", span=(0, 30)),
        entry("I2", "consent", span=(30, 40)),
    )
    new = (
        entry("I1", "age above 18", span=(0, 13)),
        entry("I2", "and LVEF below 40", span=(13, 30)),
        entry("I3", "consent", span=(30, 40)),
    )
    found = merged(old, new, same_text=True)
    assert [(e.id, e.text, e.status) for e in found.criteria] == [
        ("I1", "age above 18 and LVEF below 40", "locked"),
        ("I3", "consent", "auto"),
    ]


def test_an_id_that_something_signed_has_is_not_given_twice() -> None:
    old = (signed("I2", "kept whole", span=(0, 30)),)
    new = (
        entry("I1", "kept", span=(0, 10)),
        entry("I2", "something else", span=(30, 40)),
    )
    found = merged(old, new, same_text=True)
    assert [(e.id, e.text) for e in found.criteria] == [
        ("I2", "kept whole"),
        ("I3", "something else"),
    ]


def test_a_new_text_reopens_exactly_what_changed() -> None:
    one, two, three, four = (
        signed("I1", "signed informed consent"),
        signed("I2", "LVEF of at most 40 % on echocardiography"),
        signed("E1", "stroke in the last three months", "edited"),
        signed("E2", "pregnant or breastfeeding", "reviewed"),
    )
    new = placed(
        ("I1", "age of at least 18 years"),
        ("I2", "signed informed consent"),
        ("I3", "LVEF of at most 45 % on echocardiography"),
        ("E1", "stroke in the last three months"),
    )
    assert outcomes((one, two, three, four), new) == {
        "I1": "moved", "I2": "re-opened", "E1": "kept", "E2": "gone"
    } | {"I1": "moved"}  # fmt: skip
    found = merged((one, two, three, four), new, same_text=False)
    by_id = {e.id: e for e in found.criteria}
    assert by_id["I1"].status == "auto"
    assert (by_id["I2"].status, by_id["I2"].by) == ("locked", "Dr Ada")
    assert (by_id["I3"].status, by_id["I3"].by) == ("auto", None)
    assert by_id["E1"].status == "edited"
    assert found.count("new") == 1


def test_a_criterion_that_moves_to_the_other_section_is_reopened() -> None:
    old = (signed("I1", "active infection"),)
    new = (entry("E1", "active infection"),)
    found = merged(old, new, same_text=False)
    assert found.criteria[0].status == "auto"
    assert found.count("re-opened") == 1


def test_what_the_registrys_fields_say_is_reopened_when_they_change() -> None:
    old = (signed("I0", "registry fields: 18 Years", span=(0, 0)), entry("I1", "x", span=(0, 9)))
    new = (entry("I0", "registry fields: 21 Years", span=(0, 0)), entry("I1", "x", span=(0, 9)))
    assert outcomes(old, new, True) == {"I0": "re-opened", "I1": "kept"}


def test_equal_texts_are_paired_one_to_one() -> None:
    old = (signed("I1", "the same"), signed("I2", "the same", "edited"))
    new = placed(("I1", "the same"), ("I2", "the same"), ("I3", "the same"))
    found = merged(old, new, same_text=False)
    assert [e.status for e in found.criteria] == ["locked", "edited", "auto"]


STATUS = st.sampled_from(STATUSES)
WORDS = st.sampled_from(
    ["stroke", "LVEF 40", "age 18", "consent", "stroke or LVEF", "age 18 years"]
)


@st.composite
def readings(draw: st.DrawFn, any_status: bool) -> tuple[CriterionEntry, ...]:
    out: list[CriterionEntry] = []
    at = 0
    for letter in ("I", "E"):
        for number in range(1, draw(st.integers(0, 4)) + 1):
            text, width = draw(WORDS), draw(st.integers(1, 3))
            status = draw(STATUS) if any_status else "auto"
            more = {} if status == "auto" else {"by": "Dr A", "at": "2031-01-01"}
            expr = {"attest": draw(WORDS)}
            name = f"{letter}{number}"
            out.append(entry(name, text, span=(at, at + width), status=status, expr=expr, **more))
            at += width
    return tuple(out)


@settings(max_examples=100, deadline=None)
@given(readings(any_status=True), readings(any_status=False), st.booleans())
def test_no_merge_loses_or_changes_what_somebody_signed(old: Any, new: Any, same: bool) -> None:
    found = merged(old, new, same)
    assert sum(found.count(o) for o in OUTCOMES if o != "new") == len(old)
    assert sum(found.count(o) for o in OUTCOMES if o != "gone") == len(found.criteria)
    assert len({e.id for e in found.criteria}) == len(found.criteria)
    for change in found.changes:
        before, after = change.before, change.after
        if before is None or before.status == "auto":
            assert change.outcome != "re-opened"
        elif change.outcome in ("kept", "moved"):
            assert after is not None
            assert (after.text, after.section, after.expr) == (
                before.text, before.section, before.expr
            )  # fmt: skip
            assert (after.status, after.by, after.at) == (before.status, before.by, before.at)
        else:
            assert change.outcome in ("re-opened", "gone")
            assert not same
    if same:
        texts = [e for e in old if e.status != "auto"]
        assert all(any(e.text == kept.text and e.expr == kept.expr for kept in found.criteria)
                   for e in texts)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(readings(any_status=True), readings(any_status=False), st.booleans())
def test_an_update_is_written_and_read_back(old: Any, new: Any, same: bool) -> None:
    before = document(filed(*old))
    result = update(before, filed(*new, text="text" if same else "other"))
    assert of_text(result.edit.text).criteria == result.merge.criteria
    again = update(of_text(result.edit.text), filed(*new, text="text" if same else "other"))
    assert again.merge.criteria == result.merge.criteria


def test_what_is_signed_and_gone_is_told() -> None:
    before = document(filed(signed("I1", "gone now"), entry("I2", "stays")))
    result = update(before, filed(entry("I1", "stays"), text="other"))
    assert [(a and a.id, b) for a, b in result.edit.changes] == [("I1", None)]


# --- how completely ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expr", "degree"),
    [
        (LVEF, "full"),
        ({"all": [LVEF, {"attest": "consent"}]}, "asked"),
        ({"judgement": "fit"}, "asked"),
        ({"has": {"domain": "condition", "concept": None, "words": "rare"}}, "uncoded"),
        ({"not": {"compare": LVEF["compare"] | {"unit_fault": "no"}}}, "uncoded"),
        ({"compare": {"measure": None, "words": "packs", "op": ">", "value": 1}}, "uncoded"),
        ({"all": [LVEF, {"residue": "stable"}]}, "part"),
        ({"any": [{"residue": "a"}, {"residue": "b"}]}, "none"),
    ],
)
def test_completeness(expr: dict[str, Any], degree: str) -> None:
    assert completeness(decode(expr)) == degree


def test_the_sample_of_the_fuzz_test_is_sound() -> None:
    assert faults(of_text(SAMPLE)) == ()
    assert read_tree(SAMPLE.encode(), "x").value is not None


def test_an_expression_spells_out_what_would_turn_it_round() -> None:
    expr = {"residue": "age \u202e04 => x\u202c of \u05d0"}
    text = write_expression(expr)
    assert "\\u202e04" in text
    assert not {"\u202e", "\u202c"} & set(text)
    assert read_tree(text.encode(), "x", 9999).value == expr
