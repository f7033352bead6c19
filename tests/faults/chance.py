"""Seeded chance for the stand-ins: each kind of fault draws from its own stream, so none shifts another."""

from __future__ import annotations

import random
import threading


class Chance:
    """Draws for named faults, each with its own probability; nought until told."""

    def __init__(self, seed: int = 1) -> None:
        self._lock = threading.Lock()
        self._seed = seed
        self._streams: dict[str, random.Random] = {}
        self._odds: dict[str, float] = {}
        self.happened: dict[str, int] = {}

    def set(self, odds: dict[str, float]) -> None:
        with self._lock:
            self._odds.update(odds)

    def strikes(self, fault: str) -> bool:
        """Whether this fault happens now; counted when it does."""
        with self._lock:
            odds = self._odds.get(fault, 0.0)
            struck = odds > 0 and self._stream(fault).random() < odds
            if struck:
                self.happened[fault] = self.happened.get(fault, 0) + 1
            return struck

    def between(self, name: str, low: float, high: float) -> float:
        with self._lock:
            return self._stream(name).uniform(low, high)

    def _stream(self, name: str) -> random.Random:
        if name not in self._streams:
            self._streams[name] = random.Random(f"{self._seed}:{name}")
        return self._streams[name]
