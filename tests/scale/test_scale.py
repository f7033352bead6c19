"""The scale run, short: a process of its own, as its machines may have networks that tests may not reach."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


def test_with_two_machines_of_which_one_loses_its_power_no_order_is_lost_or_doubled() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.scale"],
        cwd=ROOT,
        env={**os.environ, "CONVERSATIONS": "20", "SEED": "7"},
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    figures = {name: int(number) for name, number in re.findall(r"^(\S.*?)\s{2,}(\d+)$", done.stdout, re.M)}
    assert figures["orders expected"] == figures["orders in the ERP"] > 0, told
    assert figures["lost"] == figures["doubled or not meant"] == 0, told
    assert "4 processes gone, 4 went on" in told
