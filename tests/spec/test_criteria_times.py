"""The facts of a criterion: ages, classes of a scale, and times before an anchor."""

from decimal import Decimal

import pytest
from tests.stated_facts import fact, facts, named

from trialwright.core.dates import Duration
from trialwright.protocol.criteria import nodes

# --- ages ------------------------------------------------------------------------------------

YEARS = [
    ("age 18 to 80 years", 18, 80), ("Age ≥ 18 years", 18, None), ("Age≥18", 18, None),
    ("aged 18 years or older", 18, None), ("aged 18+", 18, None), ("18 and older", 18, None),
    ("18 years of age or older", 18, None), ("18 years old and above", 18, None),
    ("Between 20 and 50 years of age (inclusive)", 20, 50), ("6-17 years old", 6, 17),
    ("between the ages of 18 and 65", 18, 65), ("Age: 30 to 65 years", 30, 65),
    ("ages 18-65 years, inclusive", 18, 65), ("≥ 18 and ≤ 75 years of age", 18, 75),
    ("aged ≥19 years and ≤ 50 years", 19, 50), ("Less than 18 years old", None, 17),
    ("under the age of 18", None, 17), ("younger than 18 years", None, 17),
    ("At most 75 years of age", None, 75), ("75 years of age or younger", None, 75),
    ("aged between 18 and < 65 years", 18, 64), ("18 and over", 18, None), ("≥ 18 years", 18, None),
    ("Patients ≥ 18 years", 18, None), ("20-70 age", 20, 70),
    ("at least 18 years old at the time of signing informed consent", 18, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high"), YEARS)
def test_ages_are_completed_years(text: str, low: int | None, high: int | None) -> None:
    years = (Duration(months=12 * n) if n is not None else None for n in (low, high))
    assert fact(text) == nodes.Demographic(*years)


def test_ages_in_other_units() -> None:
    assert fact("6 months to 5 years of age") == nodes.Demographic(
        Duration(months=6), Duration(months=60)
    )
    assert fact("age < 6 months") == nodes.Demographic(age_max=Duration(months=5))
    assert fact("age < 3 weeks") == nodes.Demographic(age_max=Duration(days=20))
    assert fact("aged 1-28 days") == nodes.Demographic(Duration(days=1), Duration(days=28))


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("age ≤ 24 months", nodes.Demographic(age_max=Duration(months=24))),
        ("age < 13 months", nodes.Demographic(age_max=Duration(months=12, days=31))),
        ("age < 72 hours", nodes.Demographic(age_max=Duration(days=3))),
    ],
)
def test_an_age_whose_end_is_open_keeps_its_doubt(text: str, certain: nodes.Node) -> None:
    node = fact(text)
    assert isinstance(node, nodes.All)
    assert node.of[0] == certain
    assert isinstance(node.of[1], nodes.Residue)


@pytest.mark.parametrize(("text", "years"), [("Aged over 18 years", 18), ("age > 65 years", 65)])
def test_who_is_over_an_age_by_a_year_is_so_for_certain(text: str, years: int) -> None:
    """Only the year itself is in doubt: from the birthday, or from the next one?"""
    node = fact(text)
    assert isinstance(node, nodes.Any)
    surely, perhaps = node.of
    assert surely == nodes.Demographic(Duration(months=12 * (years + 1)))
    assert isinstance(perhaps, nodes.All)
    assert perhaps.of[0] == nodes.Demographic(Duration(months=12 * years))
    assert isinstance(perhaps.of[1], nodes.Residue)


@pytest.mark.parametrize(
    "text",
    [
        "Adults",
        "transplants less than one year old",
        "≥ 18 years of age at diagnosis",
        "2 years after surgery",
        "age 150 to 200 years",
    ],
)
def test_what_is_no_age_limit_of_a_person(text: str) -> None:
    assert not any("Demographic" in str(p.node) for p in facts(text))


def test_a_gestational_age_is_a_measure() -> None:
    low = fact("gestational age ≥ 32 weeks")
    assert isinstance(low, nodes.Compare)
    assert (low.op, low.value, low.unit) == (">=", Decimal(32), "wk")


# --- classes ---------------------------------------------------------------------------------

CLASSES = [
    ("NYHA Class III", "nyha", "III"), ("NYHA class II-IV", "nyha", "II III IV"),
    ("NYHA functional class 2 to 4", "nyha", "II III IV"), ("NYHA I/II", "nyha", "I II"),
    ("New York Heart Association (NYHA) functional class III or IV", "nyha", "III IV"),
    ("class III or IV of the New York Heart Association", "nyha", "III IV"),
    ("≥ NYHA class III", "nyha", "III IV"), ("NYHA class > II", "nyha", "III IV"),
    ("NYHA class III or higher", "nyha", "III IV"),
    ("NYHA class greater than II", "nyha", "III IV"),
    ("ECOG performance status ≤ 2", "ecog", "0 1 2"), ("ECOG 3 or more", "ecog", "3 4 5"),
    ("Eastern Cooperative Oncology Group (ECOG) status of 0, 1, or 2", "ecog", "0 1 2"),
    ("ECOG PS 0-1", "ecog", "0 1"), ("ECOG (Eastern Cooperative Oncology Group) of 0~2", "ecog",
     "0 1 2"), ("ECOG < 2", "ecog", "0 1"), ("ECOG of less than or equal to 1", "ecog", "0 1"),
    ("Child-Pugh class B or C", "child_pugh", "B C"), ("Child-Pugh A", "child_pugh", "A"),
    ("Child-Pugh score 5-6", "child_pugh", "A"), ("Child-Pugh score ≥ 7", "child_pugh", "B C"),
    ("ASA 1-3", "asa", "I II III"), ("ASA grade I to II", "asa", "I II"),
    ("ASA physical status classification of III", "asa", "III"), ("CCS class II", "ccs", "II"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "scale", "chosen"), CLASSES)
def test_classes(text: str, scale: str, chosen: str) -> None:
    assert fact(text) == nodes.Ordinal(scale, tuple(chosen.split()))


def test_points_that_cut_a_class_are_an_open_measure() -> None:
    assert fact("Child-Pugh score ≤ 7") == named("Child-Pugh score", "<=", "7")


@pytest.mark.parametrize("text", ["NYHA class unknown", "ECOG 0 or better", "NYHA class IX"])
def test_what_is_no_class(text: str) -> None:
    assert facts(text) == ()


# --- time windows ----------------------------------------------------------------------------

MONTHS, DAYS, WEEKS = Duration(months=3), Duration(days=30), Duration(days=28)
WINDOWS = [
    ("within the last 3 months", MONTHS, "enrolment"),
    ("in the past 3 months", MONTHS, "enrolment"),
    ("in the preceding 3 months", MONTHS, "enrolment"),
    ("over the last 3 months", MONTHS, "enrolment"),
    ("within previous three months", MONTHS, "enrolment"),
    ("within last 3 months", MONTHS, "enrolment"),
    ("less than 3 months ago", MONTHS, "enrolment"),
    ("within 3 months before inclusion", MONTHS, "enrolment"),
    ("within 3 months of enrollment", MONTHS, "enrolment"),
    ("< 3 months prior to screening", MONTHS, "screening"),
    ("within 30 days of the screening visit", DAYS, "screening"),
    ("in the 30 days prior to the first infusion", DAYS, "first_infusion"),
    ("within 4 weeks before the first dose of study drug", WEEKS, "first_infusion"),
    ("within 4 weeks (28 days) prior to Cycle 1 Day 1", WEEKS, "first_infusion"),
    ("during the 4 weeks preceding randomization", WEEKS, "randomisation"),
    ("within 30 days prior to signing informed consent", DAYS, "consent"),
    ("no more than 30 days prior to baseline", DAYS, "baseline"),
    ("within 30 days prior to study entry", DAYS, "enrolment"),
    ("within 30 days before surgery", DAYS, "surgery"),
    ("within 30 days prior to Visit 1", DAYS, "visit 1"),
    ("within 30 days of visit 1", DAYS, "visit 1"),
    ("in the past year", Duration(months=12), "enrolment"),
    ("within ten (10) days prior to enrolment", Duration(days=10), "enrolment"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "last", "anchor"), WINDOWS)
def test_windows_before_an_anchor(text: str, last: Duration, anchor: str) -> None:
    (piece,) = facts(f"stroke {text}")
    assert (piece.kind, piece.last, piece.anchor) == ("window", last, anchor)
    assert (piece.gap, piece.half_lives) == (None, None)
    assert piece.text == text


@pytest.mark.parametrize(
    ("text", "gap", "anchor"),
    [
        ("at least 4 weeks before enrolment", WEEKS, "enrolment"),
        ("more than 3 months prior to screening", MONTHS, "screening"),
        ("≥ 30 days before randomisation", DAYS, "randomisation"),
        ("> 3 months ago", MONTHS, "enrolment"),
    ],
)
def test_gaps_before_an_anchor(text: str, gap: Duration, anchor: str) -> None:
    (piece,) = facts(f"surgery {text}")
    assert (piece.kind, piece.last, piece.gap, piece.anchor) == ("window", None, gap, anchor)


def test_a_window_from_one_time_to_another() -> None:
    (piece,) = facts("stroke between 2 and 6 months before randomisation")
    assert (piece.last, piece.gap) == (Duration(months=6), Duration(months=2))


@pytest.mark.parametrize(
    "text",
    [
        "within 30 days or 5 half-lives, whichever is longer, prior to screening",
        "within 30 days or 5 half-lives (whichever is longer) before screening",
        "within 30 days or five half-lives of the drug (whichever is greater) before screening",
    ],
)
def test_half_lives(text: str) -> None:
    (piece,) = facts(f"any drug {text}")
    assert (piece.last, piece.half_lives, piece.anchor) == (DAYS, Decimal(5), "screening")


@pytest.mark.parametrize(
    "text",
    [
        "alcohol within 24 hours before screening",  # records have days
        "stroke within 2-4 weeks before screening",  # which of the two?
        "for 30 days after the last dose",
        "within 4 weeks or 5 half-lives (whichever is shorter) before screening",
        "within 30 days of diagnosis",  # before it, or after it?
        "4 weeks prior to enrolment",  # at least, or within?
        "erectile dysfunction for at least 6 months",
        "during 4 weeks of treatment",
    ],
)
def test_a_time_that_is_no_window(text: str) -> None:
    assert facts(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "stroke within 3 months",
        "stroke within 3 months.",
        "stroke (within 3 months)",
        "no stroke within 3 months or seizures",
        "recent (within 3 months) stroke",
        "any of the following within 3 months; stroke",
        "stroke within 3 months, with a deficit",
        "must not have had a stroke within 3 months",
        "surgery is planned. Stroke within 3 months",  # another sentence
    ],
)
def test_a_time_alone_is_counted_back_from_enrolment(text: str) -> None:
    (piece,) = [each for each in facts(text) if each.kind == "window"]
    assert (piece.last, piece.gap, piece.anchor) == (MONTHS, None, "enrolment")


@pytest.mark.parametrize(
    "text",
    [
        "stroke within 3 months of diagnosis",
        "stroke within 3 months, of diagnosis",
        "stroke within 3 months post-partum",
        "stroke within 3 months following surgery",
        "after surgery, stroke within 3 months",
        "after a procedure, e.g. A or B, stroke within 3 months",
        "trying to conceive within 3 months",
        "stroke within 3 months, no fever before surgery",
        "relapse within 3 months",  # of the treatment
        "stroke that resolved within 3 months",  # how long it lasted
        "planned surgery within 3 months",  # still to come
        "surgery will be done within 3 months",
        "treatment must start within 3 months",
        "requires surgery within 3 months",
        "death is expected within 3 months",
        "malignancy likely to recur within 3 months",
        "two readings on separate days within 3 months",  # of each other
        "at least 2 occurrences within 3 months",
        "for 3 months",
        "in 3 months",
        "< 3 months",
    ],
)
def test_a_time_alone_that_may_be_counted_from_something_else(text: str) -> None:
    assert [each for each in facts(text) if each.kind == "window"] == []


@pytest.mark.parametrize(
    "text",
    [
        "of child-bearing potential (i.e. not sterile) and not using contraception",
        "of childbearing potential (e.g. before menopause) without contraception",
        "women of childbearing potential, failure rate below 1.5 % per year",
    ],
)
def test_a_point_inside_words_does_not_end_what_the_site_answers(text: str) -> None:
    (piece,) = facts(f"{text}; surgery")[:1]
    assert piece.node == nodes.Attest(text)
