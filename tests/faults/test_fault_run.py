"""The short fault run: it passes as we are, and fails once a guard is taken away."""

from __future__ import annotations

import pytest

from tests.faults.run import SHORT, SMALL, run, told

pytestmark = pytest.mark.slow
SEED = 11


def test_no_order_is_lost_or_doubled_and_nobody_is_told_an_untruth_while_things_fail() -> None:
    outcome = run(SHORT, seed=SEED)
    report = "\n".join([told(outcome), *outcome.verdict.findings, outcome.folder])
    assert outcome.passed, report
    assert outcome.verdict.expected == outcome.verdict.in_erp > 0
    assert {kill.kind for kill in outcome.kills} >= {"worker", "postgres"}, report
    assert outcome.verdict.webhooks_lost > 0, report
    assert outcome.kept_down > 0, report


def test_a_small_run_without_kills_passes_so_that_what_breaks_below_is_what_was_taken_away() -> None:
    outcome = run(SMALL, seed=SEED)
    assert outcome.passed, "\n".join([told(outcome), *outcome.verdict.findings, outcome.folder])


def test_without_the_unique_key_of_the_inbox_people_are_told_untruths() -> None:
    outcome = run(SMALL, seed=SEED, broken="inbox-key")
    verdict = outcome.verdict
    assert verdict.untrue + verdict.asked + verdict.repeats + verdict.doubled > 0, told(outcome)
    assert not outcome.passed


def test_without_the_look_up_before_a_retry_orders_are_doubled() -> None:
    outcome = run(SMALL, seed=SEED, broken="lookup")
    assert outcome.verdict.doubled > 0, told(outcome)
    assert not outcome.passed
