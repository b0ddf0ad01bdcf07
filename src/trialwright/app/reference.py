"""The example trial's record, as every command that fills a catalogue with it takes it."""

from trialwright.app.example import read_example
from trialwright.app.examples import REFERENCE_EXAMPLE, examples_folder
from trialwright.record.record import Record
from trialwright.record.service import complete, read, read_facts


def reference_record() -> Record:
    """Return the example trial's record, completed with its published facts."""
    folder = examples_folder(REFERENCE_EXAMPLE)
    example = read_example(folder)
    record = read((folder / example.record).read_bytes(), example.record)
    if not example.facts:
        return record
    return complete(record, read_facts((folder / example.facts).read_bytes(), example.facts))
