import os
import subprocess
import sys
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from trialwright.core.quantity import conversion
from trialwright.protocol.criteria import lexicon_files, measures
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.icd10cm import table
from trialwright.protocol.criteria.matcher import is_short_form
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.criteria.spelling import normal
from trialwright.protocol.criteria.vocabulary import finder

REPOSITORY = Path(__file__).parents[2]


def test_bnp_and_nt_probnp_convert_by_their_own_mass() -> None:
    nt, bnp = lexicon().measures["nt_probnp"], lexicon().measures["bnp"]
    assert conversion("pmol/L", "pg/mL", nt.molar_mass) * 47 == Decimal("397.62")
    assert conversion("pmol/L", "pg/mL", nt.molar_mass) != conversion(
        "pmol/L", "pg/mL", bnp.molar_mass
    )


def test_every_name_means_one_thing() -> None:
    entries = [(n, m) for m, e in lexicon().measures.items() for n in e.names]
    entries += [(n, c) for c, e in concepts().concepts.items() for n in e.names]
    entries += [(n, s) for s, e in lexicon().scales.items() for n in (*e.names, *e.short)]
    meanings: dict[tuple[str, str], set[str]] = {}
    for name, entry in entries:
        written = name if is_short_form(name) else ""
        meanings.setdefault((normal(name), written), set()).add(entry)
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


def test_codes_belong_to_one_measure() -> None:
    codes = [code for entry in lexicon().measures.values() for code in entry.loinc]
    assert len(codes) == len(set(codes))


def test_plausible_ranges_and_class_codes_are_in_order() -> None:
    for entry in lexicon().measures.values():
        assert entry.plausible[0] < entry.plausible[1]
    for scale in lexicon().scales.values():
        assert set(scale.codes) <= set(scale.classes)


def test_measures_are_many_and_their_units_are_units() -> None:
    measures = lexicon().measures
    assert len(measures) >= 150
    for name, entry in measures.items():
        assert conversion(entry.unit, entry.unit) == 1, name
        if entry.molar_mass:
            assert conversion("umol/L", entry.unit, entry.molar_mass) > 0, name


def test_every_loinc_code_has_its_check_digit() -> None:
    """The digit behind the hyphen is computed from the others (Luhn); a slip of the pen fails."""
    entries = (*lexicon().measures.values(), *lexicon().scales.values())
    for code in (code for entry in entries for code in entry.loinc):
        body, digit = code.split("-")
        doubled = [int(each) * (2 - at % 2) for at, each in enumerate(reversed(body))]
        assert sum(each // 10 + each % 10 for each in doubled) % 10 == -int(digit) % 10, code


def test_short_names_that_mean_two_things_are_out() -> None:
    entries = (*lexicon().measures.values(), *lexicon().scales.values())
    names = {name for entry in entries for name in entry.names}
    assert not names & {"PT", "RA", "MS", "PVR", "IPSS", "VAS", "ACT", "ASQ", "ACR", "CK", "CVP"}


def test_british_and_american_spellings_name_the_same_measure() -> None:
    measures = lexicon().measures
    for entry, names in {
        "haemoglobin": {"haemoglobin", "hemoglobin"},
        "ahi": {"apnoea-hypopnoea index", "apnea-hypopnea index"},
        "faecal_calprotectin": {"faecal calprotectin", "fecal calprotectin"},
        "ionised_calcium": {"ionised calcium", "ionized calcium"},
    }.items():
        assert names <= set(measures[entry].names)


def test_every_reference_names_a_concept() -> None:
    listed = dict(concepts().concepts)
    for name, entry in listed.items():
        assert all(other in listed and other != name for other in entry.vaguer)
        assert entry.broader is None or entry.broader in listed
        assert entry.domain not in entry.also


def test_a_near_code_is_not_also_a_hit() -> None:
    for name, entry in concepts().concepts.items():
        assert not set(entry.near.snomed) & set(entry.snomed), name
        assert not set(entry.near.rxnorm) & set(entry.rxnorm), name
        for system in ("icd10", "atc"):
            hits, near = getattr(entry, system), getattr(entry.near, system)
            assert not [code for code in near if code.startswith(tuple(hits))], name


def test_a_closed_list_lists_something() -> None:
    for name, entry in concepts().concepts.items():
        for system in entry.closed:
            assert getattr(entry, system) or getattr(entry.near, system), (name, system)


def test_a_wrong_scale_code_is_gone() -> None:
    """75622-1 is a panel of HIV tests."""
    assert lexicon().scales["child_pugh"].loinc == ()
    assert "75622-1" in concepts().concepts["hiv"].loinc


def test_a_concept_that_claims_completeness_has_codes() -> None:
    for name, entry in concepts().concepts.items():
        coded = entry.snomed or entry.icd10 or entry.atc or entry.rxnorm
        assert coded or not entry.complete, name


# --- files that are made from others -----------------------------------------------------------


def test_the_compiled_lexicon_says_what_the_files_say() -> None:
    """After an edit of a lexicon, run tools/lexicons.py."""
    fresh = lexicon_files.compiled()
    kept = msgspec.json.decode(
        (files(lexicon_files.__package__) / lexicon_files.COMPILED).read_bytes(),
        type=lexicon_files.Compiled,
    )
    assert kept == fresh
    assert lexicon_files.read_lexicons() == (fresh.version, fresh.concepts)


def test_the_compiled_measures_say_what_the_file_says() -> None:
    """After an edit of measures.yaml, run tools/lexicons.py."""
    fresh = measures.compiled()
    kept = msgspec.json.decode(
        (files(measures.__package__) / measures.COMPILED).read_bytes(), type=measures.Compiled
    )
    assert kept == fresh
    assert lexicon() == fresh.lexicon


def test_edited_measures_are_read_although_the_compiled_ones_are_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edited = structs.replace(lexicon(), version="edited")
    monkeypatch.setattr(measures, "digest", lambda: "another")
    monkeypatch.setattr(measures, "load_yaml", lambda name, kind: edited)
    assert measures.lexicon.__wrapped__().version == "edited"


def test_an_edited_lexicon_is_read_although_the_compiled_one_is_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fresh = lexicon_files.compiled()
    edited = structs.replace(fresh, digest="another", version="edited")
    monkeypatch.setattr(lexicon_files, "digest", lambda: "another")
    monkeypatch.setattr(lexicon_files, "compiled", lambda: edited)
    assert lexicon_files.read_lexicons()[0] == "edited"


def test_the_table_of_icd_is_what_the_package_holds() -> None:
    """After a new edition, or an edit of stop_words.yaml, run tools/icd10cm_names.py."""
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "tools/icd10cm_names.py", "--check"],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": "src"}, check=False,
    )  # fmt: skip
    assert made.returncode == 0


def test_an_ordinary_word_of_a_public_vocabulary_is_held_back() -> None:
    words = {"plague", "callus"}
    assert words <= set(table().titles.values())
    assert [word for word in words if finder().mentions(f"a {word}.")] == []


def test_a_degree_before_a_known_name_makes_no_concept_of_its_own() -> None:
    """`Uncontrolled hypertension` is hypertension, and a word that narrows it."""
    assert [m.value.id for m in finder().mentions("uncontrolled hypertension")] == ["hypertension"]


def test_reading_is_ready_in_a_moment() -> None:
    """What the program waits for before it reads its first criterion, in seconds of CPU."""
    code = (
        "import time; start = time.process_time();"
        "from trialwright.protocol.criteria.vocabulary import finder; finder();"
        "print(time.process_time() - start)"
    )
    taken = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(taken.stdout) < 2.0  # 0.35 on a quiet machine
