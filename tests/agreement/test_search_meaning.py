"""The search engine finds what a plain reading of the query over the studies' words finds."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.record.formats import v2
from trialwright.record.record import Record
from trialwright.registry.model import Filters
from trialwright.registry.query import (
    AllOf,
    AnyOf,
    Everything,
    Expression,
    Not,
    Phrase,
    Words,
    parse,
)
from trialwright.store.catalogue import CatalogueOnDisk

VOCABULARY = ("heart", "failure", "cell", "lung", "vein", "rest")
STATUSES = ("RECRUITING", "COMPLETED", None)
COUNTRIES = ((), ("France",), ("France", "Japan"), ("Japan",))


def record(number: int) -> Record:
    """Return a study whose words follow from its number."""
    picks = [VOCABULARY[(number * step) % len(VOCABULARY)] for step in (1, 2, 3, 5, 7)]
    protocol: dict[str, object] = {
        "identificationModule": {
            "nctId": f"NCT{number:08d}",
            "briefTitle": f"{picks[0]} {picks[1]}",
        },
        "descriptionModule": {"briefSummary": f"{picks[2]}, {picks[3]}. {picks[0]}"},
        "conditionsModule": {"conditions": [picks[4], f"{picks[1]} {picks[4]}"][: number % 3]},
        "contactsLocationsModule": {
            "locations": [{"country": name} for name in COUNTRIES[number % 4]]
        },
    }
    if STATUSES[number % 3]:
        protocol["statusModule"] = {"overallStatus": STATUSES[number % 3]}
    return v2.from_value({"protocolSection": protocol}, "test")


RECORDS = tuple(record(number) for number in range(1, 61))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> CatalogueOnDisk:
    on_disk = CatalogueOnDisk(tmp_path_factory.mktemp("catalogue"))
    on_disk.add(RECORDS)
    return on_disk


def protocol_of(one: Record) -> dict[str, Any]:
    protocol: dict[str, Any] = v2.to_value(one)["protocolSection"]
    return protocol


def fields(one: Record) -> Iterator[list[str]]:
    """Yield the words of each text of the study, one list for each field's value."""
    protocol = protocol_of(one)
    yield protocol["identificationModule"]["briefTitle"].split()
    yield re.findall(r"\w+", protocol["descriptionModule"]["briefSummary"])
    for condition in protocol["conditionsModule"].get("conditions", []):
        yield condition.split()


def finds(expression: Expression, one: Record) -> bool:
    match expression:
        case Everything():
            return True
        case Words(words):
            return all(any(word in text for text in fields(one)) for word in words)
        case Phrase(text):
            return any(f" {text} " in f" {' '.join(words)} " for words in fields(one))
        case AllOf(parts):
            return all(finds(part, one) for part in parts)
        case AnyOf(parts):
            return any(finds(part, one) for part in parts)
        case Not(part):
            return not finds(part, one)


def queries() -> st.SearchStrategy[str]:
    word = st.sampled_from(VOCABULARY)
    leaf = st.one_of(
        word,
        st.just("ALL"),
        st.tuples(word, word).map(" ".join),
        st.tuples(word, word).map(lambda pair: f'"{pair[0]} {pair[1]}"'),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            inner.map(lambda q: f"NOT ({q})"),
            st.tuples(inner, st.sampled_from([" AND ", " OR ", " NOT ", " "]), inner).map(
                lambda three: f"({three[0]}){three[1]}({three[2]})"
            ),
        ),
        max_leaves=5,
    )


@settings(max_examples=150, deadline=None)
@given(queries())
def test_the_engine_finds_what_the_words_say(catalogue: CatalogueOnDisk, query: str) -> None:
    expected = [one.nct_id for one in RECORDS if finds(parse(query), one)]
    result = catalogue.search(query, limit=100)
    assert sorted(hit.nct_id for hit in result.hits) == expected
    assert result.total == len(expected)


@settings(max_examples=60, deadline=None)
@given(
    queries(),
    st.sets(st.sampled_from(["RECRUITING", "COMPLETED"])),
    st.sets(st.sampled_from(["france", "Japan"])),
)
def test_filters_facets_and_what_was_left_out(
    catalogue: CatalogueOnDisk, query: str, status: set[str], country: set[str]
) -> None:
    found = [one for one in RECORDS if finds(parse(query), one)]
    wanted = {name.lower() for name in country}

    def has_status(one: Record) -> bool:
        return not status or status_of(one) in status

    def has_country(one: Record) -> bool:
        return not wanted or bool(wanted & {name.lower() for name in countries_of(one)})

    result = catalogue.search(query, Filters(tuple(status), (), tuple(country)), limit=100)
    kept = [one for one in found if has_status(one) and has_country(one)]
    assert sorted(hit.nct_id for hit in result.hits) == [one.nct_id for one in kept]
    for name in ("RECRUITING", "COMPLETED"):
        count = sum(status_of(one) == name for one in kept)
        assert result.facets["status"].get(name, 0) == count
    if status:
        left_out = [one for one in found if status_of(one) is None and has_country(one)]
        assert result.left_out["status"] == len(left_out)
    if country:
        left_out = [one for one in found if not countries_of(one) and has_status(one)]
        assert result.left_out["country"] == len(left_out)


def status_of(one: Record) -> str | None:
    status: str | None = protocol_of(one).get("statusModule", {}).get("overallStatus")
    return status


def countries_of(one: Record) -> list[str]:
    places = protocol_of(one)["contactsLocationsModule"].get("locations", [])
    return [place["country"] for place in places]
