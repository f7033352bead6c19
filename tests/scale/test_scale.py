"""The scale run, short."""

from __future__ import annotations

import pytest

from tests.scale.run import run, told

pytestmark = pytest.mark.slow


def test_with_two_machines_of_which_one_loses_its_power_no_order_is_lost_or_doubled() -> None:
    outcome = run(conversations=20, firms=20, seed=7, most_seconds=200.0, say=print)
    report = "\n".join([told(outcome), *outcome.verdict.findings, outcome.folder])
    assert outcome.passed, report
    assert outcome.verdict.expected == outcome.verdict.in_erp > 0
    assert outcome.verdict.lost == outcome.verdict.doubled == 0
    assert outcome.left == 4, "a web, two workers and a clock go on"
