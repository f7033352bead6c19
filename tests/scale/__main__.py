"""`python -m tests.scale`: the scale run. SEED and CONVERSATIONS may be given."""

from __future__ import annotations

import os
import sys

from tests.faults.run import seed_of
from tests.scale.run import run, told


def main() -> int:
    seed = seed_of(os.environ)
    conversations = int(os.environ.get("CONVERSATIONS") or 120)
    print(f"SEED={seed} CONVERSATIONS={conversations}", flush=True)
    outcome = run(
        conversations=conversations,
        firms=min(60, max(10, conversations // 2)),
        seed=seed,
        most_seconds=480.0,
        say=lambda line: print(line, flush=True),
    )
    print(told(outcome))
    for finding in outcome.verdict.findings[:40]:
        print(f"WRONG: {finding}")
    print("PASSED" if outcome.passed else f"FAILED; records and logs are in {outcome.folder}")
    return 0 if outcome.passed else 1


if __name__ == "__main__":
    sys.exit(main())
