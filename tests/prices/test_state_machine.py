"""Whatever people, approvers, the clock, the files and accidents do: what is posted passes the independent checker.

`STEPS` and `EXAMPLES` say how much is tried, `SEED` what; `make prices` tries more.
"""

import os
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.prices.conftest import Begin
from tests.prices.happenings import Happenings
from tests.prices.machine import CRASHES, Prices, requires_nothing_to_be_wrong
from tests.prices.world import KUTKU, LACHHI, TIN, WAFER, dearer_list, end_scheme
from tests.scenarios.cast import RAMESH, SANJAY, SUNITA, VIKAS

EXAMPLES_STEPS = int(os.environ.get("STEPS", "20"))
EXAMPLES = int(os.environ.get("EXAMPLES", "4"))
SEED = os.environ.get("SEED", "")
EACH_KIND: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("orders", {"who": RAMESH, "wanted": [(WAFER, 12, 0), (TIN, 10, 0)]}),
    ("crashes_at_the_yes", {"who": RAMESH, "crash": CRASHES[0]}),
    ("haggles", {"who": VIKAS, "sku": KUTKU, "quantity": 24, "depth": "0.5", "decision": 0}),
    ("haggles", {"who": SANJAY, "sku": LACHHI, "quantity": 24, "depth": "5", "decision": 0}),
    ("changes_what_is_posted", {"who": SANJAY, "quantity": 20, "line": 1, "cancels": False}),
    ("changes_what_is_posted", {"who": SANJAY, "quantity": 20, "line": 1, "cancels": True}),
    ("haggles", {"who": RAMESH, "sku": LACHHI, "quantity": 9, "depth": "4", "decision": 6}),
    ("haggles", {"who": RAMESH, "sku": KUTKU, "quantity": 30, "depth": "5", "decision": 8}),
    ("haggles", {"who": RAMESH, "sku": LACHHI, "quantity": 12, "depth": "30", "decision": 0}),
    ("orders_at_a_price", {"who": RAMESH, "sku": WAFER, "quantity": 25, "depth": "2"}),
    ("edits", {"who": RAMESH, "quantity": 9, "place": 0, "sku": WAFER, "depth": "4", "how": 0}),
    ("files_change", {"change": dearer_list, "sku": WAFER}),
    ("confirms", {"who": RAMESH}),
    ("confirms", {"who": RAMESH}),
    ("the_provider_repeats_itself", {}),
    ("the_last_job_runs_again", {}),
    ("confirms_something_old", {"who": RAMESH, "age": 1}),
    ("orders", {"who": SUNITA, "wanted": [(KUTKU, 30, 0), (LACHHI, 30, 0)]}),
    ("confirms", {"who": SUNITA}),
    ("finance_decides", {"place": 0}),
    ("nobody_decides", {"who": SANJAY, "sku": TIN, "quantity": 12, "depth": "11"}),
    ("files_change", {"change": end_scheme, "sku": WAFER}),
    ("a_night_passes", {}),
    ("repeats", {"who": RAMESH}),
    ("confirms", {"who": RAMESH}),
)
"""One of each at least, whatever else is tried."""
REACHED = (
    "approval used", "own limit", "free goods", "discount by scheme", "request lapsed", "request withdrawn",
    "line granted", "line approved", "line rejected", "line countered", "order posted", "changed", "cancelled",
    "crash", "heard approval", "finance_decides",
)  # fmt: skip


def test_each_kind_of_happening_passes_the_checker(begin: Begin) -> None:
    with begin() as play:
        stage = Happenings(play)
        for name, given in EACH_KIND:
            stage.happens(name, **given)
            requires_nothing_to_be_wrong(play)
        did = play.did + play.reached()
    assert [kind for kind in REACHED if not did[kind]] == [], did


@pytest.mark.slow
def test_whatever_happens_what_is_posted_passes_the_checker(begin: Begin) -> None:
    machine = type("Tried", (Prices,), {"begin": staticmethod(begin)})
    Prices.did.clear()
    if SEED:
        machine = seed(int(SEED))(machine)
    tried = settings(
        max_examples=EXAMPLES,
        stateful_step_count=EXAMPLES_STEPS,
        deadline=None,
        database=None,
        derandomize=not SEED,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(machine, settings=tried)
    print(f"SEED={SEED or 'fixed'}, {EXAMPLES} × {EXAMPLES_STEPS} steps:", dict(Prices.did.most_common()))
    assert Prices.did["posted"], "nobody ordered anything: this tried little"
