"""API v2 JSON: what goes in comes out, and what v2 has no field for travels with it."""

import gzip
from pathlib import Path

import msgspec
import pytest

from trialwright.core.errors import InputError
from trialwright.record.formats import v2
from trialwright.record.model import Study
from trialwright.record.record import (
    DesignFact,
    Finding,
    Provenance,
    Record,
    RelatedTrial,
)

PLAIN = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A trial"},
        "conditionsModule": {"keywords": []},
        "designModule": {"phases": ["PHASE1"], "newModule": {"deep": [1, {"x": None}]}},
        "armsInterventionsModule": {"armGroups": [{"label": "A"}, {"label": "B", "extra": 1.5}]},
    },
    "derivedSection": {"miscInfoModule": {"modelPredictions": {"score": 0.25}}},
    "hasResults": False,
}


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


def test_a_plain_record_comes_out_as_it_went_in() -> None:
    record = v2.read(_json(PLAIN), "x.json")
    assert msgspec.json.decode(v2.write(record)) == PLAIN
    paths = {".".join(map(str, one.path)) for one in record.unmodelled}
    assert paths == {
        "protocolSection.conditionsModule.keywords",
        "protocolSection.designModule.newModule",
        "protocolSection.armsInterventionsModule.armGroups.1.extra",
        "derivedSection.miscInfoModule.modelPredictions",
    }


def test_what_the_model_does_not_know_survives_a_change_beside_it() -> None:
    record = v2.read(_json(PLAIN), "x.json")
    protocol = msgspec.structs.replace(
        record.study.protocol_section, arms_interventions_module=None
    )
    study = msgspec.structs.replace(record.study, protocol_section=protocol)
    written = msgspec.json.decode(v2.write(msgspec.structs.replace(record, study=study)))
    assert written["derivedSection"] == PLAIN["derivedSection"]
    assert "armsInterventionsModule" not in written["protocolSection"]


def test_every_registry_record_comes_out_as_it_went_in(shared: Path) -> None:
    read = 0
    with gzip.open(shared / "registry" / "v2.ndjson.gz") as lines:
        for line in lines:
            record = v2.read(line, "v2.ndjson")
            assert msgspec.json.decode(msgspec.json.encode(v2.to_value(record))) == (
                msgspec.json.decode(line)
            )
            read += 1
    assert read == 1059


def test_what_v2_has_no_field_for_travels_in_a_member_of_its_own() -> None:
    record = Record(
        study=msgspec.convert(PLAIN, Study),
        source_format="page",
        findings=(Finding("lost", "resultsSection", "no results", "a paper (2024)"),),
        provenance=(Provenance("a.b", "c", "a paper", "a shelf", "old"),),
        related=(RelatedTrial("NCT00000002", "Another", more=True),),
        design_facts=(DesignFact("days", (0, 21, 42), "a paper", "a shelf"),),
        simulated=True,
    )
    written = v2.write(record)
    assert v2.read(written, "x.json") == record
    assert msgspec.json.decode(written)["trialwright"]["simulated"] is True


def test_an_empty_member_is_left_out() -> None:
    assert b"trialwright" not in v2.write(v2.read(_json(PLAIN), "x.json"))


@pytest.mark.parametrize(
    "data",
    [
        _json(PLAIN),
        _json([PLAIN]),
        _json({"studies": [PLAIN]}),
    ],
)
def test_one_study_is_read_from_each_shape(data: bytes) -> None:
    assert v2.read(data, "x.json").nct_id == "NCT00000001"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", r"x, line 1: .*truncated"),
        (b'{"a": 1}', "no protocolSection"),
        (b"[]", "a list of studies"),
        (b'[{"a": 1}, 2]', "a list of studies"),
        (b'{"protocolSection": {}}', r"no protocolSection\.identificationModule\.nctId"),
        (b'{"protocolSection": {"identificationModule": {"nctId": 7}}}', r"nctId"),
        (b"[" * 100_000, "cannot be decoded"),
    ],
)
def test_what_is_no_study_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        v2.read(data, "x")
