from decimal import Decimal

from trialwright.core.quantity import conversion
from trialwright.protocol.criteria.conditions import concepts
from trialwright.protocol.criteria.measures import lexicon
from trialwright.protocol.criteria.names import key


def test_bnp_and_nt_probnp_convert_by_their_own_mass() -> None:
    nt, bnp = lexicon().measures["nt_probnp"], lexicon().measures["bnp"]
    assert conversion("pmol/L", "pg/mL", nt.molar_mass) * 47 == Decimal("397.62")
    assert conversion("pmol/L", "pg/mL", nt.molar_mass) != conversion(
        "pmol/L", "pg/mL", bnp.molar_mass
    )


def test_every_name_means_one_thing() -> None:
    entries = [(key(n), m) for m, e in lexicon().measures.items() for n in e.names]
    entries += [(key(n), c) for c, e in concepts().concepts.items() for n in e.names]
    entries += [(key(n), s) for s, e in lexicon().scales.items() for n in e.names]
    meanings: dict[str, set[str]] = {}
    for name, entry in entries:
        meanings.setdefault(name, set()).add(entry)
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


def test_codes_belong_to_one_measure() -> None:
    codes = [code for entry in lexicon().measures.values() for code in entry.loinc]
    assert len(codes) == len(set(codes))


def test_plausible_ranges_and_class_codes_are_in_order() -> None:
    for entry in lexicon().measures.values():
        assert entry.plausible[0] < entry.plausible[1]
    for scale in lexicon().scales.values():
        assert set(scale.codes) <= set(scale.classes)


def test_every_reference_names_a_concept() -> None:
    listed = concepts().concepts
    for name, entry in listed.items():
        assert set(entry.vaguer) <= set(listed) - {name}
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
