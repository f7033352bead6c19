"""What goes wrong during a run: processes killed and verified by pid, the web kept away, stand-ins that fail."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import psutil


class Victims(Protocol):
    """Where the processes are found."""

    def pids(self, kind: str) -> Sequence[int]:
        """Living processes of one kind: `worker`, `web`, `clock`, `postgres`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How much goes wrong, in seconds and weights."""

    between_kills: tuple[float, float] = (3.0, 8.0)
    weights: Mapping[str, int] = field(default_factory=lambda: {"worker": 5, "web": 3, "postgres": 1, "clock": 1})
    first: Sequence[str] = ("worker", "postgres", "web", "worker")
    """Killed first in this order, so that even a short run has each."""
    most_kills: int = 1000
    web_away_after: float = 25.0
    web_away_for: float = 60.0
    erp_down_after: float = 12.0
    erp_down_for: float = 6.0
    back_within: float = 45.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Kill:
    """One process ended with SIGKILL, seen to be gone, and when another stood in its place."""

    kind: str
    pid: int
    gone: bool
    back_after: float | None


class Chaos:
    """A thread that does harm until told to stop; `kills` is its record."""

    def __init__(self, victims: Victims, plan: Plan, *, seed: int, erp_down: Callable[[float], None]) -> None:
        self.kills: list[Kill] = []
        self.away: float = 0.0
        """For how many seconds the web was in fact away."""
        self.kept_down = 0
        """How many processes of the web were ended to keep it away."""
        self._victims = victims
        self._plan = plan
        self._chance = random.Random(f"{seed}:chaos")
        self._erp_down = erp_down
        self._stop = threading.Event()
        self._web_is_away = threading.Event()
        self._threads = [
            threading.Thread(target=target, daemon=True)
            for target in (self._kill_at_random, self._keep_web_away, self._take_erp_down)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _kill_at_random(self) -> None:
        ahead = list(self._plan.first)
        while not self._stop.wait(self._chance.uniform(*self._plan.between_kills)):
            if len(self.kills) >= self._plan.most_kills:
                return
            kinds = list(self._plan.weights)
            drawn = self._chance.choices(kinds, weights=list(self._plan.weights.values()))[0]
            if self._web_is_away.is_set() and (ahead[:1] == ["web"] or drawn == "web"):
                continue
            kind = ahead.pop(0) if ahead else drawn
            if pids := sorted(self._victims.pids(kind)):
                self._kill(kind, self._chance.choice(pids), pids)

    def _kill(self, kind: str, pid: int, before: Sequence[int]) -> None:
        started = time.monotonic()
        gone = end(pid)
        back_after: float | None = None
        while back_after is None and time.monotonic() - started < self._plan.back_within:
            now = self._victims.pids(kind)
            if len(now) >= len(before) and set(now) - set(before):
                back_after = time.monotonic() - started
            elif self._stop.wait(0.1):
                break
        self.kills.append(Kill(kind=kind, pid=pid, gone=gone, back_after=back_after))

    def _keep_web_away(self) -> None:
        """Whoever starts the web again, it is ended again; nothing answers at its address."""
        if self._stop.wait(self._plan.web_away_after):
            return
        started = time.monotonic()
        self._web_is_away.set()
        while time.monotonic() - started < self._plan.web_away_for and not self._stop.is_set():
            for pid in self._victims.pids("web"):
                self.kept_down += end(pid)
            time.sleep(0.02)
        self._web_is_away.clear()
        self.away = time.monotonic() - started

    def _take_erp_down(self) -> None:
        if not self._stop.wait(self._plan.erp_down_after):
            self._erp_down(self._plan.erp_down_for)


def end(pid: int) -> bool:
    """SIGKILL, then look until the pid is gone or a zombie: True when it is."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return True
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.005)
    return False
