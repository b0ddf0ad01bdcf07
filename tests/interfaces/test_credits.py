"""Who is credited with what: derived values, the program's own lists, the example's record."""

import json
from pathlib import Path

import pytest
from tests.interfaces.web_desk import study

from trialwright.app import reference_record
from trialwright.interfaces.cli.main import run
from trialwright.interfaces.web.study.about import About, RelatedLine
from trialwright.interfaces.web.study.page import study_page
from trialwright.record.formats.sections import SECTIONS
from trialwright.record.record import Record, RelatedTrial
from trialwright.record.service import write_page


def test_what_follows_from_a_fact_is_called_derived() -> None:
    rows = {row.field: row for row in reference_record().provenance}
    typed = rows["protocolSection.armsInterventionsModule.interventions[0].type"]
    linked = rows["protocolSection.armsInterventionsModule.armGroups[0].interventionNames"]
    assert (typed.source, typed.seen_on) == ("the trial's page", "a third portal")
    assert linked.source.startswith("derived: the intervention of the same name")
    assert typed.field in linked.source
    assert linked.seen_on == "this record"


def test_the_web_page_does_not_credit_the_portal_with_the_programs_lists() -> None:
    record = Record(
        study(), related=(RelatedTrial("NCT1", "A"), RelatedTrial("NCT2", "B", more=True))
    )
    found = (RelatedLine("NCT3", "C", ()),)
    shown = {
        part.key: part.explanation
        for part in study_page(About(record, frozenset(), found, found)).sections
    }
    printed = {part.key: part.explanation for part in SECTIONS}
    for key in ("related", "more_related"):
        assert "found here" in shown[key]
        assert printed[key] in write_page(record)
        assert "found here" not in printed[key]
    assert all(shown[key] == printed[key] for key in shown.keys() & printed if "related" not in key)


def test_the_starter_catalogue_holds_the_trial_that_its_others_are_related_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRIALWRIGHT_HOME", str(tmp_path))
    reference = reference_record()
    assert run(["catalogue", "add", "--starter"]) == 0
    capsys.readouterr()
    assert run(["related", str(reference.nct_id), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["named_on_the_page"] == [trial.nct_id for trial in reference.related]
    assert document["by_characteristics"]
