"""Keep what the lexicon's YAML files say in lexicons/compiled.json, which is quick to read.

Run: python tools/lexicons.py, after an edit of a lexicon.
"""

from pathlib import Path

import msgspec

from trialwright.protocol.criteria import lexicon_files

FOLDER = Path(lexicon_files.__file__).parent

if __name__ == "__main__":
    text = msgspec.json.format(msgspec.json.encode(lexicon_files.compiled()), indent=0)
    (FOLDER / lexicon_files.COMPILED).write_bytes(text + b"\n")
    print(f"{len(text):,} bytes to {lexicon_files.COMPILED}")
