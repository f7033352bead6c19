"""A stand-in for an ERP over HTTP as a process of its own: takes, finds and lists orders, and fails at will.

Like most ERPs it does not mind the same order twice: posting again makes a second one. It is the record.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.faults.chance import Chance
from tests.faults.http_server import Answer, Ask, StandInServer
from tests.faults.stand_in_clock import StandInClock

FORBIDDEN_SKU = "NOT-FOR-SALE"
"""The ERP refuses any order that holds this item; the refusal is scripted, not drawn."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How this stand-in is set up."""

    clock: Path | None = None
    journal: Path | None = None
    seed: int = 1
    settles_in: float = 20.0
    """Seconds of its clock within which it acts on a request that it has not answered."""
    hang_seconds: float = 2.0
    """Real seconds without an answer; the caller should have given up."""


@dataclass(kw_only=True, slots=True)
class _Late:
    """A request that was not answered and that the ERP acts on later."""

    document: dict[str, Any]
    due: datetime
    looked_up: bool = False


@dataclass(kw_only=True, slots=True)
class _Store:
    lock: threading.RLock = field(default_factory=threading.RLock)
    orders: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    late: dict[str, list[_Late]] = field(default_factory=dict)
    looked_up: dict[str, int] = field(default_factory=dict)


class ErpStandIn:
    """Orders by our number: create, find, list."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.chance = Chance(options.seed)
        self._clock = StandInClock(options.clock)
        self._store = _Store()
        self._down_until = 0.0
        self._journal = options.journal.open("a", encoding="utf-8") if options.journal else None
        threading.Thread(target=self._act_late, daemon=True).start()

    def respond(self, ask: Ask) -> Answer:
        if ask.path.startswith("/stand-in/"):
            return self._control(ask)
        if time.monotonic() < self._down_until:
            return Answer(status=503, data={"error": "down for maintenance"})
        if ask.path == "/orders" and ask.method == "POST":
            return self._create(ask.json)
        if ask.path == "/orders" and ask.method == "GET":
            return self._find(ask.query["number"]) if "number" in ask.query else self._list(int(ask.query["after"]))
        return Answer(status=404, data={"error": "no such resource"})

    def _create(self, document: dict[str, Any]) -> Answer:
        reason = self._why_not(document)
        if reason:
            with self._store.lock:
                self._store.refused.append({"number": document["number"], "reason": reason})
            return Answer(status=422, data={"error": reason})
        if self.chance.strikes("500"):
            return Answer(status=500, data={"error": "internal error"})
        if self.chance.strikes("500_after"):
            self._book(document, how="500_after")
            return Answer(status=500, data={"error": "internal error"})
        if self.chance.strikes("timeout_before"):
            return self._hang()
        if self.chance.strikes("timeout_after"):
            self._book(document, how="timeout_after")
            return self._hang()
        if self.chance.strikes("late"):
            self._keep_for_later(document)
            return self._hang()
        return Answer(status=201, data=_answer(self._book(document, how="at once")))

    def _hang(self) -> Answer:
        time.sleep(self.options.hang_seconds)
        return Answer(cut=True)

    def _why_not(self, document: dict[str, Any]) -> str:
        if not document.get("number") or not document.get("customer") or not document.get("lines"):
            return "number, customer and lines are required"
        if any(line["sku"] == FORBIDDEN_SKU for line in document["lines"]):
            return f"item {FORBIDDEN_SKU} is blocked for sales"
        return ""

    def _book(self, document: dict[str, Any], *, how: str) -> dict[str, Any]:
        with self._store.lock:
            order = {
                "erp_number": f"SO{100001 + len(self._store.orders)}",
                "at": self._clock.now().isoformat(),
                "how": how,
                "document": document,
            }
            self._store.orders.append(order)
            if self._journal:
                self._journal.write(json.dumps(order, ensure_ascii=False) + "\n")
                self._journal.flush()
            return order

    def _keep_for_later(self, document: dict[str, Any]) -> None:
        due = self._clock.now() + timedelta(seconds=self.options.settles_in * 0.8)
        with self._store.lock:
            self._store.late.setdefault(document["number"], []).append(_Late(document=document, due=due))

    def _act_late(self) -> None:
        """Book what was kept once it was looked for in vain, at the latest while it may still settle."""
        while True:
            time.sleep(0.05)
            with self._store.lock:
                for number, waiting in list(self._store.late.items()):
                    ripe = [late for late in waiting if late.looked_up or late.due <= self._clock.now()]
                    for late in ripe:
                        self._book(late.document, how="after our look-up" if late.looked_up else "late")
                    self._store.late[number] = [late for late in waiting if late not in ripe]

    def _find(self, number: str) -> Answer:
        if self.chance.strikes("find_500"):
            return Answer(status=500, data={"error": "internal error"})
        with self._store.lock:
            found = [_answer(order) for order in self._store.orders if order["document"]["number"] == number]
            self._store.looked_up[number] = self._store.looked_up.get(number, 0) + 1
            for late in self._store.late.get(number, []):
                late.looked_up = True
            return Answer(data={"orders": found})

    def _list(self, after: int) -> Answer:
        with self._store.lock:
            rows = [_answer(order) | {"document": order["document"]} for order in self._store.orders[after:]]
            return Answer(data={"orders": rows, "next": len(self._store.orders)})

    def _control(self, ask: Ask) -> Answer:
        if ask.path == "/stand-in/faults":
            data = ask.json
            if "down_seconds" in data:
                self._down_until = time.monotonic() + float(data.pop("down_seconds"))
            self.chance.set({fault: float(odds) for fault, odds in data.items()})
            return Answer(data={"ok": True})
        if ask.path == "/stand-in/record":
            with self._store.lock:
                waiting = sum(len(late) for late in self._store.late.values())
                record = {"orders": self._store.orders, "refused": self._store.refused, "waiting": waiting}
                return Answer(data=record | {"faults": self.chance.happened})
        return Answer(status=404, data={"error": "no such control"})


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    number = order["document"]["number"]
    return {"number": number, "erp_number": order["erp_number"], "status": "posted", "at": order["at"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--options", required=True, help="JSON of Options")
    arguments = parser.parse_args()
    data = json.loads(arguments.options)
    paths = {name: Path(data[name]) if data.get(name) else None for name in ("clock", "journal")}
    server = StandInServer(arguments.port, ErpStandIn(Options(**{**data, **paths})).respond, host=arguments.host)
    print(server.url, flush=True)
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
