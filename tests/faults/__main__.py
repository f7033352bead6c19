"""`python -m tests.faults`: the fault run. SEED, CONVERSATIONS and BREAK (`inbox-key`, `lookup`) may be given."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from tests.faults.run import BREAKS, Size, run, seed_of, told

MOST_FINDINGS = 40


def main() -> int:
    broken = os.environ.get("BREAK", "")
    if broken not in BREAKS:
        print(f"BREAK={broken} is not known; it may be {' or '.join(BREAKS[1:])}")
        return 2
    seed = seed_of(os.environ)
    size = Size()
    if given := os.environ.get("CONVERSATIONS"):
        size = replace(size, conversations=int(given), firms=min(60, max(10, int(given) // 2)))
    print(f"SEED={seed} CONVERSATIONS={size.conversations} BREAK={broken or 'nothing'}", flush=True)
    outcome = run(size, seed=seed, broken=broken, say=lambda line: print(line, flush=True))
    print(told(outcome))
    for finding in outcome.verdict.findings[:MOST_FINDINGS]:
        print(f"WRONG: {finding}")
    if len(outcome.verdict.findings) > MOST_FINDINGS:
        print(f"… and {len(outcome.verdict.findings) - MOST_FINDINGS} more")
    print("PASSED" if outcome.passed else f"FAILED; records and logs are in {outcome.folder}")
    return 0 if outcome.passed else 1


if __name__ == "__main__":
    sys.exit(main())
