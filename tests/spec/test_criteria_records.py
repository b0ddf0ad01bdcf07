"""Every record's criteria: all characters are accounted for, and every reading round-trips."""

import gzip
from pathlib import Path

from trialwright.protocol.criteria.codec import decode, encode
from trialwright.protocol.criteria.read import read_criteria
from trialwright.record.service import read


def test_real_records(shared: Path) -> None:
    items = 0
    with gzip.open(shared / "registry" / "v2.ndjson.gz") as lines:
        for line in list(lines)[::4]:
            section = read(line, "v2").study.protocol_section
            module = section.eligibility_module if section else None
            text = (module.eligibility_criteria if module else None) or ""
            reading = read_criteria(text)
            spans = [i.span for i in reading.items] + [piece.span for piece in reading.leftover]
            assert sum(end - start for start, end in spans) == len(text)
            for item in reading.items:
                assert decode(encode(item.expr)) == item.expr
            items += len(reading.items)
    assert items > 2000
