"""One fault run from start to verdict, with its progress told."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.faults.chaos import Chaos, Kill, Plan
from tests.faults.house import House, StandIn
from tests.faults.people import Crowd, Manner
from tests.faults.plant import make_plant
from tests.faults.report import Records, Verdict, as_text, judge
from tests.faults.script import Script, write_script

TWILIO_FAULTS = {
    "429": 0.03,
    "cut_after": 0.02,
    "cut_before": 0.01,
    "slow": 0.02,
    "webhooks_together": 0.3,
    "callbacks_out_of_order": 0.1,
}
ERP_FAULTS = {
    "500": 0.03,
    "500_after": 0.02,
    "timeout_before": 0.02,
    "timeout_after": 0.03,
    "late": 0.03,
    "find_500": 0.02,
}
BREAKS = ("", "inbox-key", "lookup")
QUIET_FOR = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How large a run is and how long it may take."""

    conversations: int = 500
    firms: int = 60
    most_seconds: float = 480.0
    manner: Manner = field(default_factory=Manner)
    plan: Plan = field(default_factory=Plan)
    erp_faults: dict[str, float] = field(default_factory=lambda: dict(ERP_FAULTS))
    twilio_faults: dict[str, float] = field(default_factory=lambda: dict(TWILIO_FAULTS))


SHORT = Size(
    conversations=30,
    firms=30,
    most_seconds=150.0,
    manner=Manner(patience=110.0),
    plan=Plan(
        between_kills=(1.5, 3.0),
        most_kills=5,
        web_away_after=4.0,
        web_away_for=5.0,
        erp_down_after=3.0,
        erp_down_for=2.0,
    ),
    erp_faults={fault: 3 * odds for fault, odds in ERP_FAULTS.items()},
)
"""Each kind of harm once, for the tests."""
UNHARMED = Plan(most_kills=0, web_away_after=1e6, erp_down_after=1e6)
SMALL = Size(
    conversations=7,
    firms=7,
    most_seconds=90.0,
    manner=Manner(patience=60.0),
    plan=UNHARMED,
    erp_faults={"500_after": 0.5, "timeout_after": 0.3},
    twilio_faults={"webhooks_together": 0.3},
)
"""Nothing is killed: what is taken away by BREAK must show by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A run that ended: its verdict, and what was done to it."""

    seed: int
    script: Script
    verdict: Verdict
    kills: list[Kill]
    web_away: float
    kept_down: int
    happened: Counter[str]
    took: float
    stopped_in: float
    folder: str

    @property
    def passed(self) -> bool:
        return self.verdict.passed and all(kill.gone for kill in self.kills)


def run(size: Size, *, seed: int, broken: str = "", say: Callable[[str], None] = print) -> Outcome:
    """Start everything, let the people talk while things go wrong, and judge. Leaves nothing running."""
    plant = make_plant(firms=size.firms, two_phones=max(size.firms // 5, 1))
    script = write_script(plant, seed=seed, conversations=size.conversations)
    house = House(plant, seed=seed, broken=broken)
    started = time.monotonic()
    try:
        house.wait_until_ready()
        if broken == "inbox-key":
            house.drop_inbox_key()
        say(f"ready after {time.monotonic() - started:.1f} s, in {house.folder}")
        outcome = _talk(house, script, size, seed=seed, say=say)
    except BaseException:
        house.stop()
        raise
    if outcome.passed:
        house.clear()
    return outcome


def _talk(house: House, script: Script, size: Size, *, seed: int, say: Callable[[str], None]) -> Outcome:
    house.twilio.tell("faults", size.twilio_faults)
    house.erp.tell("faults", size.erp_faults)
    crowd = Crowd(script, Line(house), size.manner)
    chaos = Chaos(
        house, size.plan, seed=seed, erp_down=lambda seconds: house.erp.tell("faults", {"down_seconds": seconds})
    )
    started = time.monotonic()
    crowd.start()
    chaos.start()
    ear = Ear(house, crowd)
    talks = sum(len(conversation.talks) for conversation in script.conversations)
    while crowd.running() and time.monotonic() - started < size.most_seconds:
        ear.listen(1.0)
        _tell_progress(say, started, crowd, chaos, ear, talks)
    chaos.stop()
    wait_for_quiet(house, ear)
    took = time.monotonic() - started
    events = house.twilio.ask("feed", after=0)["events"]
    record = house.erp.ask("record")
    counts = Counter({k: v for k, v in house.twilio.ask("counts").items() if k.startswith("fault ")})
    counts.update({f"fault ERP {name}": times for name, times in record["faults"].items()})
    stopped_in = house.stop()
    held = list(crowd.held)
    records = Records(script=script, held=held, twilio=events, erp_orders=record["orders"], kills=len(chaos.kills))
    return Outcome(
        seed=seed,
        script=script,
        verdict=judge(records),
        kills=chaos.kills,
        web_away=chaos.away,
        kept_down=chaos.kept_down,
        happened=counts,
        took=took,
        stopped_in=stopped_in,
        folder=str(house.folder),
    )


class Surroundings(Protocol):
    """What stands around the product."""

    twilio: StandIn
    erp: StandIn


class Line:
    """People's phones: what they write goes to the Twilio stand-in."""

    def __init__(self, house: Surroundings) -> None:
        self._house = house

    def say(self, data: dict[str, Any]) -> str:
        return str(self._house.twilio.tell("say", data)["sid"])


class Ear:
    """Hands every bubble that arrives at the stand-in to whom it was sent."""

    def __init__(self, house: Surroundings, crowd: Crowd) -> None:
        self.bubbles = 0
        self.last_heard = time.monotonic()
        self._house = house
        self._crowd = crowd
        self._next = 0
        self._told = 0.0

    def listen(self, wait: float) -> None:
        answer = self._house.twilio.ask("feed", after=self._next, wait=wait, kinds="message")
        self._next = answer["next"]
        for event in answer["events"]:
            self.bubbles += 1
            self.last_heard = time.monotonic()
            self._crowd.hear(event)

    def due(self, every: float) -> bool:
        """Whether it is time for another line of progress."""
        now = time.monotonic()
        if now - self._told < every:
            return False
        self._told = now
        return True


def _tell_progress(
    say: Callable[[str], None], started: float, crowd: Crowd, chaos: Chaos, ear: Ear, talks: int
) -> None:
    if ear.due(5.0):
        troubled = sum(bool(held.trouble) for held in crowd.held)
        say(
            f"{time.monotonic() - started:5.0f} s   talks ended {len(crowd.held)} of {talks}"
            f"   bubbles {ear.bubbles}   killed {len(chaos.kills)}   in trouble {troubled}"
        )


def wait_for_quiet(house: Surroundings, ear: Ear) -> None:
    """Let what is under way arrive: repeats and late orders would count against us."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        ear.listen(0.5)
        if time.monotonic() - ear.last_heard > QUIET_FOR and not house.erp.ask("record")["waiting"]:
            return


def told(outcome: Outcome) -> str:
    """The run in figures, then what went wrong by itself and what we did to it."""
    kills = Counter(kill.kind for kill in outcome.kills)
    back = [kill.back_after for kill in outcome.kills if kill.back_after is not None]
    lines = [
        as_text(outcome.verdict, outcome.script),
        "",
        "killed (each seen gone by its pid): "
        + (", ".join(f"{kind} {count}" for kind, count in sorted(kills.items())) or "none"),
        f"replaced within {max(back, default=0):.1f} s at the longest",
        f"web away for {outcome.web_away:.0f} s: {outcome.kept_down} of its processes ended as they came",
        "faults: " + ", ".join(f"{n.removeprefix('fault ')} {c}" for n, c in sorted(outcome.happened.items())),
        f"took {outcome.took:.0f} s; the product stopped in {outcome.stopped_in:.1f} s; seed {outcome.seed}",
    ]
    return "\n".join(lines)


def seed_of(environment: dict[str, str] | os._Environ[str]) -> int:
    return int(environment.get("SEED") or time.time_ns() % 1_000_000)
