"""Writes seeds for the fuzzer: `python -m tests.fuzz.seeds FOLDER` makes one file of each labelled message."""

import json
import sys
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus"


def write_seeds(folder: Path) -> int:
    """One file a message; the byte in front chooses speaker and context as `fuzz_reader.message_of` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for path in sorted(CORPUS.glob("*/messages.jsonl")):
        for row in path.read_text(encoding="utf-8").splitlines():
            message = json.loads(row)
            (folder / message["id"]).write_bytes(bytes([count % 12]) + message["text"].encode())
            count += 1
    return count


if __name__ == "__main__":
    print(write_seeds(Path(sys.argv[1])))
