"""The scale run: two machines on one PostgreSQL take orders, one loses its power, and nothing is lost or doubled."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.people import Crowd, Manner
from tests.faults.plant import make_plant
from tests.faults.report import Records, Verdict, as_text, judge
from tests.faults.run import Ear, Line, wait_for_quiet
from tests.faults.script import Script, write_script
from tests.scale.machines import Site, living

CUT_AFTER = 0.25
"""The share of talks after which a machine loses its power."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A run that ended."""

    script: Script
    verdict: Verdict
    networks: bool
    killed: int
    left: int
    cut_at: float
    took: float
    folder: str

    @property
    def passed(self) -> bool:
        return self.verdict.passed and self.killed > 0


def run(*, conversations: int, firms: int, seed: int, most_seconds: float, say: Callable[[str], None]) -> Outcome:
    """Start everything, let people talk, cut one machine's power, and judge. Leaves nothing running."""
    plant = make_plant(firms=firms, two_phones=max(firms // 5, 1))
    script = write_script(plant, seed=seed, conversations=conversations)
    site = Site(plant, seed=seed)
    try:
        site.wait_until_ready()
        where = "each in a network of its own" if site.networks else "on loopback, as networks may not be made here"
        say(f"{living(site.machines)} processes on {len(site.machines)} machines, {where}; {site.folder}")
        outcome = _talk(site, script, most_seconds=most_seconds, say=say)
    finally:
        site.stop()
    if outcome.passed:
        site.clear()
    return outcome


def _talk(site: Site, script: Script, *, most_seconds: float, say: Callable[[str], None]) -> Outcome:
    crowd = Crowd(script, Line(site), Manner(patience=most_seconds / 2))
    ear = Ear(site, crowd)
    talks = sum(len(conversation.talks) for conversation in script.conversations)
    started, cut_at, killed = time.monotonic(), 0.0, 0
    crowd.start()
    while crowd.running() and time.monotonic() - started < most_seconds:
        ear.listen(0.5)
        if not killed and len(crowd.held) >= CUT_AFTER * talks:
            cut_at = time.monotonic() - started
            killed = site.machines[-1].power_cut()
            say(f"{cut_at:5.0f} s   the second machine has lost its power: {killed} processes gone")
        if ear.due(5.0):
            say(f"{time.monotonic() - started:5.0f} s   talks ended {len(crowd.held)} of {talks}")
    wait_for_quiet(site, ear)
    records = Records(
        script=script,
        held=list(crowd.held),
        twilio=site.twilio.ask("feed", after=0)["events"],
        erp_orders=site.erp.ask("record")["orders"],
        kills=killed,
    )
    return Outcome(
        script=script,
        verdict=judge(records),
        networks=site.networks,
        killed=killed,
        left=living(site.machines),
        cut_at=cut_at,
        took=time.monotonic() - started,
        folder=str(site.folder),
    )


def told(outcome: Outcome) -> str:
    """The run in figures."""
    return "\n".join(
        [
            as_text(outcome.verdict, outcome.script),
            "",
            "two webs, four workers, two clocks on two machines, one PostgreSQL",
            f"a machine cut off after {outcome.cut_at:.0f} s: {outcome.killed} processes gone, {outcome.left} went on",
            f"took {outcome.took:.0f} s",
        ]
    )
