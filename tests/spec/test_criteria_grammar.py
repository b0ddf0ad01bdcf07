"""How the words of a criterion become logic: negation, lists, exceptions, conditions, qualifiers.

Each table is one construction. Expressions are shown in a short form: `a & b`, `a | b`, `!a`,
`a \\ b` (a except b), `a -> b`, `2 of (..)`; a fact by its concept or its words, `?words` for what
was not understood, `~words` for a judgement, `@words` for what the site answers.
"""

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.truth import Truth, all_of, any_of, at_least
from trialwright.protocol.criteria import nodes
from trialwright.protocol.criteria.codec import decode, encode
from trialwright.protocol.criteria.compose import compose
from trialwright.protocol.criteria.grammar.clauses import is_label
from trialwright.protocol.criteria.grammar.cues import SAYS_TAKEN
from trialwright.protocol.criteria.grammar.scan import scan
from trialwright.protocol.criteria.pieces import Piece
from trialwright.protocol.criteria.trees import either_way, residue, tidy, walk
from trialwright.protocol.criteria.unescape import unescaped
from trialwright.protocol.criteria.wording import wording


def short(node: nodes.Node) -> str:
    """Return an expression in the short form."""
    match node:
        case nodes.All(of):
            return " & ".join(map(_bracketed, of))
        case nodes.Any(of):
            return " | ".join(map(_bracketed, of))
        case nodes.Not(of):
            return f"!{_bracketed(of)}"
        case nodes.AtLeast(n, of):
            return f"{n} of ({', '.join(map(short, of))})"
        case nodes.Except(base, but):
            return f"{_bracketed(base)} \\ {_bracketed(but[0])}"
        case nodes.IfThen(when, then, _):
            return f"{_bracketed(when)} -> {_bracketed(then)}"
        case nodes.Within():
            return f"{_bracketed(node.of)} in {node.last}"
        case nodes.Compare():
            return f"{node.measure or node.words} {node.op} {node.value or node.times_uln}"
        case nodes.Ordinal(scale, classes):
            return f"{scale} {'/'.join(classes)}"
        case nodes.Has():
            time = {"ever": "ever ", "current": "now ", None: ""}[node.when]
            return f"{time}{'/'.join(node.severity)}{' ' * bool(node.severity)}{_name(node)}"
        case nodes.Demographic():
            return node.sex or f"age {node.age_min or ''}..{node.age_max or ''}"
        case nodes.Residue(words):
            return f"?{words}"
        case nodes.Judgement(words):
            return f"~{words}"
        case nodes.Attest(words):
            return f"@{words}"
        case _:
            assert_never(node)


def _name(node: nodes.Has) -> str:
    return node.concept or f"[{node.domain}: {node.words}]"


def _bracketed(node: nodes.Node) -> str:
    compound = nodes.All | nodes.Any | nodes.Except | nodes.IfThen
    return f"({short(node)})" if isinstance(node, compound) else short(node)


def inclusion(text: str) -> str:
    return short(compose(text, "inclusion"))


def exclusion(text: str) -> str:
    return short(compose(text, "exclusion"))


NEGATION = {
    "No history of stroke": "!ever stroke",
    "Without stroke": "!stroke",
    "Absence of stroke": "!stroke",
    "Free of stroke": "!stroke",
    "Patients must not have stroke": "!stroke",
    "Non-pregnant women": "!pregnancy",
    "No stroke or asthma": "!(stroke | asthma)",
    "Neither stroke nor asthma": "!(stroke | asthma)",
    "No stroke, asthma or epilepsy": "!(stroke | asthma | epilepsy)",
    "No stroke and NYHA class III": "!stroke & nyha III",
    "Asthma without stroke": "asthma & !stroke",
    "Asthma but no stroke": "asthma & !stroke",
    "Asthma without stroke or epilepsy": "asthma & !(stroke | epilepsy)",
    "Men without asthma": "male & !asthma",
    "HIV negative": "!(hiv | ?HIV positive)",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NEGATION.items())
def test_negation_and_where_its_scope_ends(text: str, expected: str) -> None:
    assert inclusion(text) == expected


def test_an_exclusion_that_forbids_to_lack_something_is_not_guessed() -> None:
    """`No stroke` among exclusions: is the stroke excluded, or its absence?"""
    assert exclusion("No history of stroke") == "?No history of stroke"
    assert exclusion("HIV negative") == "?HIV negative"


def test_alternatives_of_an_exclusion_each_exclude() -> None:
    assert exclusion("stroke, asthma or epilepsy") == "stroke | asthma | epilepsy"
    assert exclusion("either stroke or asthma") == "stroke | asthma"
    assert exclusion("stroke and/or asthma") == "stroke | asthma"
    assert exclusion("stroke; asthma; epilepsy") == "stroke | asthma | epilepsy"
    assert exclusion("stroke, asthma, and epilepsy") == "stroke | asthma | epilepsy"
    assert exclusion("both stroke and asthma") == "stroke & asthma"
    assert exclusion("history of stroke or asthma") == "ever stroke | ever asthma"


def test_two_that_an_exclusion_joins_by_and_may_exclude_alone() -> None:
    node = compose("stroke and asthma", "exclusion")
    stroke = nodes.Has("condition", "stroke", "stroke")
    asthma = nodes.Has("condition", "asthma", "asthma")
    doubt = "whether one alone excludes"
    assert node == either_way(nodes.All((stroke, asthma)), nodes.Any((stroke, asthma)), doubt)
    assert truth(node, {"stroke": Truth.TRUE, "asthma": Truth.TRUE}) is Truth.TRUE
    assert truth(node, {"stroke": Truth.TRUE, "asthma": Truth.FALSE}) is Truth.UNKNOWN
    assert truth(node, {"stroke": Truth.FALSE, "asthma": Truth.FALSE}) is Truth.FALSE


def test_counts_of_a_list() -> None:
    two = "at least two of the following: stroke, asthma, epilepsy"
    assert exclusion(two) == "2 of (stroke, asthma, epilepsy)"
    assert exclusion("one or more of the following: stroke; asthma") == "stroke | asthma"


def test_and_binds_before_or_and_a_comma_makes_the_outer_one() -> None:
    assert inclusion("stroke and asthma, or epilepsy") == "(stroke & asthma) | epilepsy"
    assert inclusion("stroke or asthma, and epilepsy") == "(stroke | asthma) & epilepsy"
    doubtful = compose("stroke and asthma or epilepsy", "inclusion")
    nothing = dict.fromkeys(("stroke", "asthma", "epilepsy"), Truth.FALSE)
    assert truth(doubtful, nothing) is Truth.FALSE
    assert truth(doubtful, nothing | {"stroke": Truth.TRUE}) is Truth.UNKNOWN


def test_a_head_is_shared() -> None:
    assert exclusion("severe flurbic or grombal disease") == (
        "severe [condition: flurbic disease] | severe [condition: grombal disease]"
    )


def test_an_exception_of_a_kind_leaves_the_others() -> None:
    node = compose("malignancy other than melanoma", "exclusion")
    assert isinstance(node, nodes.Except)
    both = {"malignancy": Truth.TRUE, "melanoma": Truth.TRUE}
    # screening looks for another malignancy on record beside it
    assert node == nodes.Except(
        nodes.Has("condition", "malignancy", "malignancy"),
        (nodes.Has("condition", "melanoma", "melanoma"),),
    )
    assert truth(node, both | {"melanoma": Truth.FALSE}) is Truth.TRUE
    assert truth(node, {"malignancy": Truth.FALSE, "melanoma": Truth.FALSE}) is Truth.FALSE


def test_an_exception_that_was_not_read_stays_open() -> None:
    assert exclusion("stroke, except lacunar grombling") == "stroke \\ ?lacunar grombling"
    node = compose("stroke unless it was more than 5 years ago", "exclusion")
    assert truth(node, {"stroke": Truth.TRUE}) is Truth.UNKNOWN
    assert truth(node, {"stroke": Truth.FALSE}) is Truth.FALSE


def test_who_is_exempt_from_a_requirement_need_not_meet_it() -> None:
    text = "bilirubin <= 1.5 x ULN unless patients have asthma"
    assert inclusion(text) == "bilirubin <= 1.5 | asthma"


def test_conditions() -> None:
    assert inclusion("If asthma, HbA1c < 8 %") == "asthma -> hba1c < 8"
    assert inclusion("In case of asthma, HbA1c < 8 %") == "asthma -> hba1c < 8"
    assert inclusion("For women: HbA1c < 8 %") == "female -> hba1c < 8"
    assert exclusion("If asthma: stroke; epilepsy") == "asthma & (stroke | epilepsy)"


QUALIFIERS = {
    "severe asthma": "severe asthma",
    "moderate to severe asthma": "moderate/severe asthma",
    "prior asthma": "ever asthma",
    "previous asthma": "ever asthma",
    "current asthma": "now asthma",
    "active asthma": "now asthma",
    "known asthma": "asthma",
    "uncontrolled asthma": "asthma & ?uncontrolled",
    "asthma requiring oxygen": "asthma & ?requiring oxygen",
    "asthma within the last 3 months": "asthma in P3M",
    "asthma (within the last 3 months)": "asthma in P3M",
    "recurrent or refractory asthma": "asthma & ?recurrent or refractory",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), QUALIFIERS.items())
def test_qualifiers(text: str, expected: str) -> None:
    assert exclusion(text) == expected


def test_severe_does_not_certainly_reach_the_next() -> None:
    node = compose("severe stroke or asthma", "exclusion")
    assert truth(node, {"asthma": Truth.TRUE, "stroke": Truth.FALSE}) is Truth.UNKNOWN
    assert truth(node, {"asthma": Truth.FALSE, "stroke": Truth.FALSE}) is Truth.FALSE


OPEN = {
    "flurbic gromblitis": "[condition: flurbic gromblitis]",
    "flurbectomy": "[procedure: flurbectomy]",
    "flurbic surgery": "surgery & ?flurbic",
    "grombumab": "[drug: grombumab]",
    "treatment with grombol": "[drug: grombol]",
    "grombol inhibitors": "[drug: grombol inhibitors]",
    "allergy to grombol": "[allergy: allergy to grombol]",
    "flurbic implants": "[device: flurbic implants]",
    "in the opinion of the investigator unfit": "~in the opinion of the investigator unfit",
    "contraindication to grombol": "~contraindication to grombol",
    "willing to wear a device": "@willing to wear a device",
    "able to speak French": "@able to speak French",
    "at the end of week 12": "?at the end of week 12",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), OPEN.items())
def test_what_no_vocabulary_knows(text: str, expected: str) -> None:
    assert exclusion(text) == expected


# --- soundness --------------------------------------------------------------------------------


def truth(node: nodes.Node, known: dict[str, Truth]) -> Truth:
    """Return the Kleene value where the concepts have these values and all else is unknown."""
    match node:
        case nodes.All(of):
            return all_of(truth(part, known) for part in of)
        case nodes.Any(of):
            return any_of(truth(part, known) for part in of)
        case nodes.Not(of):
            return ~truth(of, known)
        case nodes.AtLeast(n, of):
            return at_least(n, (truth(part, known) for part in of))
        case nodes.Except(base, but):
            return truth(base, known) & ~any_of(truth(part, known) for part in but)
        case nodes.IfThen(when, then, _):
            return ~truth(when, known) | truth(then, known)
        case nodes.Within(of=of):
            return truth(of, known)
        case nodes.Has(concept=concept):
            return known.get(concept or "", Truth.UNKNOWN)
        case _:
            return Truth.UNKNOWN


CONSUMED = frozenset(
    ("atom", "window", "join", "stop", "colon", "open", "close", "glue", "who", "sex",
     "ever", "current", "degree", "positive", "negative", "not", "dont", "except", "unless", "if",
     "count", "all", "any", "both", "neutral", "restate", "example")
)  # fmt: skip


JOINS_MORE = re.compile(r"^(?:and|or) (?=any other|other|similar|another)")  # or other: a join


def unsaid(text: str, node: nodes.Node) -> Iterator[str]:
    """Yield the words of a text that carry meaning and stand nowhere in its expression."""
    said = " ".join(_words(node)).lower()
    tokens = frozenset(re.findall(r"[^\W_]+", said)) | FUNCTION
    if {"acute", "chronic"} <= {*re.findall(r"[a-z]+", text.lower())}:
        tokens |= {"acute", "chronic"}  # acute or chronic: any
    pieces = meant(tidy(text))
    after_fact = False
    for piece in pieces:
        low = piece.text.lower()
        noun = low in SAYS_TAKEN or (after_fact and low in SAME)
        after_fact = piece.kind == "atom" or (after_fact and (noun or piece.kind == "glue"))
        if piece.kind not in CONSUMED and not noun:
            told = JOINS_MORE.sub("", low)
            yield from (w for w in re.findall(r"[^\W_]+", told) if w not in tokens)


@pytest.mark.parametrize(("text", "sentences"), [
    ("Heart failure. Diabetes", 2), ("abdominal fat assessed by. CT abdomen", 1),
])  # fmt: skip
def test_a_sentence_does_not_end_in_a_preposition(text: str, sentences: int) -> None:
    assert sum(piece.kind == "stop" for piece in scan(text)) == sentences - 1


def meant(text: str) -> list[Piece]:
    """Return the pieces that mean something: no label before a colon, nothing `with or without`."""
    pieces = [*scan(text)]
    colon = next((p.start for p in pieces if p.kind == "colon"), 0)
    if colon and is_label(tidy(text[pieces[0].start : colon])):
        pieces = [p for p in pieces if p.start >= colon]
    kept: list[Piece] = []
    neutral = False
    for piece in pieces:
        if piece.text.lower() == "because":
            break  # why, and not what
        neutral = (neutral or piece.kind == "neutral") and not (
            piece.kind in ("stop", "window", "colon", "restate", "who", "aside", "open")
            or (piece.kind == "bound" and piece.text.lower() != "of")
            or (piece.kind == "join" and ("," in piece.text or "and" in piece.text.lower()))
        )
        kept += [] if neutral else [piece]
    return kept


# Words that only join others, nouns that repeat what a fact is, and restatements.
FUNCTION = frozenset(
    [
        "of",
        "in",
        "for",
        "to",
        "at",
        "on",
        "by",
        "from",
        "under",
        "as",
        "during",
        "about",
        "via",
        "per",
        "than",
        "etc",
        "recent",
        "recently",
    ]
)
SAME = frozenset(
    [
        "disease",
        "diseases",
        "disorder",
        "disorders",
        "infection",
        "infections",
        "syndrome",
        "syndromes",
        "condition",
        "conditions",
        "illness",
        "status",
        "virus",
        "patient",
        "patients",
        "therapy",
        "therapies",
        "treatment",
        "treatments",
        "use",
        "agent",
        "agents",
        "diagnosis",
        "diagnoses",
        "medication",
        "medications",
        "drug",
        "drugs",
        "administration",
        "infusion",
        "infusions",
        "regimen",
        "regimens",
    ]
)
RESTATED = re.compile(
    r",? (?:(?:will|must|should|may|can) (?:also )?(?:not )?be|are|is|were)"
    r" (?:also |therefore |not )*(?:excluded|ineligible|eligible|included|recruited|enrolled)"
    r"(?: (?:from|in|for) (?:this|the)(?: present)? (?:study|trial)"
    r"| for (?:inclusion|enrol+ment|participation))?[.;:,\s]*$"
    r"|[(\[]\s*[^()\[\]\s]{2,12}\s*[)\]]|^\W*(?:\(?\w{1,4}\)|\d+\.)\s*|(?:as )?defined (?:as|by)"
)


def _words(node: nodes.Node) -> Iterator[str]:
    for part in walk(node):
        match part:
            case nodes.Has(words=words) | nodes.Residue(words) | nodes.Attest(words):
                yield words
            case nodes.Judgement(words):
                yield words
            case nodes.Compare():
                yield f"{part.words or ''} {part.method or ''}"
            case _:
                pass


def plain(line: str) -> str:
    """Return a line without its mark, escapes, and what only restates: `(COPD)`."""
    return tidy(RESTATED.sub(" ", unescaped(line.lstrip("* -0123456789."))))


def records(shared: Path) -> Iterator[str]:
    with gzip.open(shared / "registry" / "v2.ndjson.gz") as lines:
        for line in lines:
            module = json.loads(line)["protocolSection"].get("eligibilityModule", {})
            yield module.get("eligibilityCriteria", "")


def test_no_word_of_a_real_criterion_is_lost(shared: Path) -> None:
    """Every word that carries meaning is in a piece that was consumed, or in the expression."""
    lost: list[str] = []
    for text in records(shared):
        for line in filter(None, map(plain, text.splitlines())):
            for section in ("inclusion", "exclusion"):
                words = [*unsaid(line, compose(line, section))]
                lost += [f"{words}: {line}"] if words else []
    assert not lost[:20]


PHRASES = (
    "stroke", "asthma", "HIV", "LVEF", "NYHA", "III", "≤", "40", "%", "or", "and", ",", ";",
    "(", ")", ":", "not", "no", "with", "without", "severe", "within the last 3 months", "age",
    "18", "years",
    "unless", "such as", "due to", "history of", "active", "except", "other than", "if", "neither",
    "nor", "e.g.", "i.e.", "at least two of the following", "any of the following", "women",
    "flurbic",
    "disease", "surgery", "positive", "negative", "defined as", "in spite of", "allergy to", "both",
    "/", ".", "cancer-free for at least 2 years", "with or without", "for women", "uncontrolled",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PHRASES) | st.text(max_size=4), max_size=30).map(" ".join)


# --- what turns a reading over ------------------------------------------------------------------


def test_a_sentence_that_keeps_out_or_lets_in_ends_with_its_side() -> None:
    assert exclusion("stroke patients will be excluded from this study") == exclusion("stroke")
    assert inclusion("Patients with stroke are not eligible") == "!stroke"
    assert inclusion("Patients with stroke will be included") == "stroke"
    allowed = "Patients with stroke may be included in this study"
    assert exclusion(allowed) == f"?{allowed}"


def test_a_definition_replaces_what_it_defines_and_a_value_beside_stays_open() -> None:
    assert inclusion("must not have hypertension (i.e., LVEF < 40%)") == "!lvef < 40"
    node = compose("asthma (LVEF < 40%)", "exclusion")
    assert short(node) == "(asthma | ?whether the value alone counts) & lvef < 40"
    judged = "asthma defined as what the investigator judges to be asthma"
    assert exclusion(judged) == f"~{judged}"


def test_what_decides_nothing_asks_nothing() -> None:
    assert inclusion("patients with or without stroke, asthma") != "!stroke"
    assert inclusion("Individuals with or without asthma between ages 30 to 70 years") == (
        "age P30Y..P70Y"
    )
    assert exclusion("asthma based on history, imaging and/or stroke") == (
        "asthma & ?based on history, imaging and/or stroke"
    )


def test_more_than_is_listed_widens() -> None:
    assert exclusion("stroke or other grombal disease") == (
        "stroke | [condition: other grombal disease]"
    )
    assert exclusion("LVEF < 40% and those with stroke") == "lvef < 40 | stroke"


@pytest.mark.parametrize(
    "text",
    [
        "Stroke or asthma of the partner",
        "LVEF < 40% must be confirmed, patients with stroke must have imaging",
        "tests for asthma negative, HIV positive",
        "neurological disease other than stroke (such as asthma)",
        "stroke with LVEF < 40% (30% if asthma is present)",
    ],
)
def test_what_may_be_about_another_person_or_side_decides_nothing(text: str) -> None:
    sure = dict.fromkeys(("stroke", "asthma", "hiv"), Truth.TRUE)
    assert truth(compose(text, "exclusion"), sure) is Truth.UNKNOWN


def test_a_diagnosis_within_a_time_is_its_beginning() -> None:
    node = compose("diagnosis of asthma within 6 months prior to enrolment", "inclusion")
    assert residue(node) == ("diagnosis of",)


def test_adults_are_asked_for_where_no_age_is_told() -> None:
    assert inclusion("Adult patients with asthma") == "asthma & ?Adult patients"
    assert inclusion("Adults aged 18 or over with asthma") == "age P18Y.. & asthma"


def test_a_capital_no_opens_a_clause_where_no_full_stop_does() -> None:
    assert inclusion("measurable flurbic asthma No stroke") == (
        f"{inclusion('measurable flurbic asthma')} & !stroke"
    )


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(("inclusion", "exclusion")))
def test_any_words_become_a_tree(text: str, section: str) -> None:
    node = compose(text, "inclusion" if section == "inclusion" else "exclusion")
    assert decode(encode(node)) == node
    assert wording(node)
    assert all(part.words for part in walk(node) if isinstance(part, nodes.Residue | nodes.Has))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_word_of_any_text_is_lost(text: str) -> None:
    for section in ("inclusion", "exclusion"):
        assert not [*unsaid(text, compose(text, section))]


@pytest.mark.parametrize(
    "unit",
    ["stroke or ", "no stroke, ", "(", "severe flurbic ", "if stroke, ", "due to asthma and "],
)
def test_work_grows_no_faster_than_the_text(unit: str) -> None:
    """Four times the text makes at most some six times as many nodes, and calls."""
    short_, long = unit * (1000 // len(unit)), unit * (3900 // len(unit))
    assert _calls(long) < 6 * _calls(short_)


def _calls(text: str) -> int:
    counted = 0

    def count(frame: object, event: str, arg: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        compose(text, "exclusion")
    finally:
        sys.setprofile(None)
    return counted
