"""Keep what the lexicons' YAML files say in JSON, which is quick to read.

Run: python tools/lexicons.py, after an edit of a lexicon or of the measures.
"""

from pathlib import Path

import msgspec

from trialwright.protocol.criteria import lexicon_files, measures

FOLDER = Path(lexicon_files.__file__).parent

if __name__ == "__main__":
    for kept in (lexicon_files, measures):
        text = msgspec.json.format(msgspec.json.encode(kept.compiled()), indent=0)
        (FOLDER / kept.COMPILED).write_bytes(text + b"\n")
        print(f"{len(text):,} bytes to {kept.COMPILED}")
