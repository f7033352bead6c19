"""Whatever people, approvers, the clock, the files and accidents do: what is posted passes the independent checker.

`STEPS` and `EXAMPLES` say how much is tried, `SEED` what; `make prices` tries more.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.prices.conftest import Begin
from tests.prices.machine import Prices

STEPS = int(os.environ.get("STEPS", "25"))
EXAMPLES = int(os.environ.get("EXAMPLES", "6"))
SEED = os.environ.get("SEED", "")
REACHED = (
    "approval used", "own limit", "free goods", "discount by scheme", "request lapsed", "request withdrawn",
    "line approved", "line rejected", "line countered", "order held", "edits", "files_change", "crash", "repeats",
    "the_provider_repeats_itself", "the_last_job_runs_again", "a_night_passes", "confirms_something_old",
)  # fmt: skip


@pytest.mark.slow
def test_whatever_happens_what_is_posted_passes_the_checker(begin: Begin) -> None:
    machine = type("Tried", (Prices,), {"begin": staticmethod(begin)})
    Prices.did.clear()
    if SEED:
        machine = seed(int(SEED))(machine)
    tried = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=not SEED,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(machine, settings=tried)
    print(f"SEED={SEED or 'fixed'}, {EXAMPLES} × {STEPS} steps:", dict(machine.did.most_common()))
    assert [kind for kind in REACHED if not machine.did[kind]] == [], "this tried little"
