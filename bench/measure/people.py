"""Generated patients for measuring: five tables by NumPy, the same seed the same people.

Nobody of them exists. The shape is a hospital's: values of a few measures at several visits, in the
units that laboratories use, and conditions, drugs, procedures and devices with partial dates.
"""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from trialwright.screening.population.gather import _TYPES
from trialwright.screening.population.kinds import Entry, Reading
from trialwright.screening.population.tables import SCHEMAS

ON = date(2024, 9, 2)
_EPOCH = date(1970, 1, 1).toordinal()
_DAY = ON.toordinal() - _EPOCH

# LOINC code, unit, mean, spread, decimals, records per person
NUMBERS = (
    ("10230-1", "%", 42, 12, 0, 1.5), ("30934-4", "pg/mL", 180, 90, 0, 0.6),
    ("30934-4", "pmol/L", 52, 25, 1, 0.2), ("33762-6", "pg/mL", 500, 300, 0, 0.8),
    ("4544-3", "%", 40, 6, 1, 1.0), ("4544-3", "L/L", 0.4, 0.06, 3, 0.3),
    ("6690-2", "10*3/uL", 7, 2.5, 2, 1.0), ("777-3", "10*3/uL", 240, 70, 0, 1.0),
    ("2160-0", "mg/dL", 1.0, 0.3, 2, 1.0), ("8480-6", "mm[Hg]", 130, 18, 0, 1.6),
)  # fmt: skip
CLASSES = (("88020-3", "NYHA class II", 0.5), ("88020-3", "NYHA class III", 0.3))
# domain, system, code, words, records per person
FACTS = (
    ("condition", "icd10", "I42.0", "Dilated cardiomyopathy", 0.5),
    ("condition", "icd10", "I50.9", "Heart failure", 0.6),
    ("condition", "icd10", "I10", "Essential hypertension", 0.6),
    ("condition", "icd10", "I25.1", "Coronary artery disease", 0.3),
    ("condition", "icd10", "E11.9", "Type 2 diabetes", 0.3),
    ("condition", "icd10", "I63.9", "Stroke", 0.08),
    ("condition", "icd10", "J44.9", "COPD", 0.1),
    ("condition", "icd10", "C50.9", "Breast cancer", 0.05),
    ("condition", "icd10", "B20", "HIV", 0.01),
    ("condition", "icd10", "Z00.0", "General examination", 1.0),
    ("drug", "atc", "C07AB02", "metoprolol", 0.8), ("drug", "atc", "C09AA05", "ramipril", 0.8),
    ("drug", "atc", "C01CA04", "dopamine", 0.02), ("drug", "atc", "L04AA06", "mycophenolate", 0.02),
    ("procedure", "snomed", "232717009", "Coronary bypass", 0.08),
    ("device", "snomed", "447365002", "CRT-D", 0.05),
)  # fmt: skip


def generate(folder: Path, people: int, seed: int = 1) -> dict[str, int]:
    """Write the five Parquet files; return their rows by name."""
    rng = np.random.default_rng(seed)
    tables = {
        "persons": _persons(rng, people),
        **_measured(rng, people),
        **_history(rng, people),
    }
    for name, columns in tables.items():
        types = {column: _TYPES[kind] for column, kind in SCHEMAS[name].items()}
        arrays = {c: _array(columns[c], kind) for c, kind in types.items()}
        parquet.write_table(pa.table(arrays), folder / f"{name}.parquet", compression="zstd")
    return {name: len(next(iter(columns.values()))) for name, columns in tables.items()}


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, np.ma.MaskedArray):
        return pa.array(values.data, mask=values.mask).cast(kind)
    return pa.array(values).cast(kind)


def _persons(rng: np.random.Generator, people: int) -> dict[str, Any]:
    birth = (_DAY - rng.integers(15 * 365, 95 * 365, people)).astype("int32")
    nobody = np.ma.MaskedArray(np.zeros(people, "int32"), mask=np.ones(people, bool))
    return {
        "person": np.arange(people), "id": [f"generated-{n}" for n in range(people)],
        "sex": np.array(["female", "male"])[rng.integers(0, 2, people)],
        "birth_first": birth, "birth_last": birth, "deceased": np.zeros(people, bool),
        "died_first": nobody, "died_last": nobody, "simulated": np.ones(people, bool),
        "untold": np.full(people, ""),
    }  # fmt: skip


def _measured(rng: np.random.Generator, people: int) -> dict[str, dict[str, Any]]:
    parts, readings = [], []
    for code, unit, mean, spread, decimals, each in NUMBERS:
        who = _who(rng, people, each)
        value = np.abs(rng.normal(mean, spread, len(who))).round(decimals) + 0.0
        parts.append((who, np.full(len(who), len(readings)), value))
        readings.append(Reading((("loinc", code),), unit))
    for code, words, each in CLASSES:
        who = _who(rng, people, each)
        parts.append((who, np.full(len(who), len(readings)), np.zeros(len(who))))
        readings.append(Reading((("loinc", code),), words=words))
    person, reading, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(person, kind="stable")
    first, last = _dates(rng, len(person), 900)
    nothing = np.ma.MaskedArray(np.zeros(len(person), "int64"), mask=np.ones(len(person), bool))
    observations = {
        "person": person[order], "reading": reading[order].astype("int32"),
        "nth": np.arange(len(person)), "value": value[order], "first": first, "last": last,
        "instant": nothing,
    }  # fmt: skip
    return {"observations": observations, "readings": _short("reading", readings)}


def _history(rng: np.random.Generator, people: int) -> dict[str, dict[str, Any]]:
    parts, entries, domains = [], [], []
    for domain, system, code, words, each in FACTS:
        who = _who(rng, people, each)
        parts.append((who, np.full(len(who), len(entries), "int32")))
        entries.append(Entry(((system, code),), words))
        domains.append(domain)
    person, entry = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(person, kind="stable")
    first, last = _dates(rng, len(person), 3000)
    ended = rng.random(len(person)) > 0.2
    end = np.minimum(last + rng.integers(1, 400, len(person)), _DAY).astype("int32")
    ends = np.ma.MaskedArray(end, mask=ended)
    facts = {
        "person": person[order], "entry": entry[order], "nth": np.arange(len(person)),
        "start_first": first, "start_last": last, "end_first": ends, "end_last": ends,
    }  # fmt: skip
    return {"facts": facts, "entries": {**_short("entry", entries), "domain": domains}}


def _who(rng: np.random.Generator, people: int, each: float) -> Any:
    return np.repeat(np.arange(people), rng.poisson(each, people))


def _dates(rng: np.random.Generator, count: int, back: int) -> tuple[Any, Any]:
    """Return first and last days; one in ten dates is a month, and a few are none."""
    day = (_DAY - rng.integers(0, back, count)).astype("datetime64[D]")
    month = rng.random(count) < 0.1
    none = rng.random(count) < 0.02
    start = day.astype("datetime64[M]").astype("datetime64[D]")
    end = (day.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    first, last = np.where(month, start, day), np.where(month, end, day)
    return (np.ma.MaskedArray(first.astype("int32"), mask=none),
            np.ma.MaskedArray(last.astype("int32"), mask=none))  # fmt: skip


def _short(name: str, records: list[Any]) -> dict[str, Any]:
    return {
        name: np.arange(len(records), dtype="int32"),
        "record": [msgspec.json.encode(record).decode() for record in records],
    }
