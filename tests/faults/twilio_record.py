"""What the Twilio stand-in knows: every message either way, templates, and a feed of all that happened."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.faults.stand_in_clock import StandInClock
from tests.faults.twilio_rules import Bubble, Content

WINDOW = timedelta(hours=24)
Event = dict[str, Any]


@dataclass(kw_only=True, slots=True)
class Message:
    """One message as Twilio keeps it. `arrived` is monotonic seconds, for measuring."""

    sid: str
    direction: str
    sender: str
    to: str
    bubble: Bubble
    status: str
    created: datetime
    updated: datetime
    arrived: float
    callback: str = ""
    content_sid: str = ""
    error_code: int | None = None
    error_text: str = ""

    def as_json(self, account: str) -> dict[str, Any]:
        """The Message resource; its dates know whole seconds only, as Twilio's."""
        uri = f"/2010-04-01/Accounts/{account}/Messages/{self.sid}"
        return {
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": self.bubble.body,
            "date_created": format_datetime(self.created),
            "date_sent": format_datetime(self.created),
            "date_updated": format_datetime(self.updated),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": self.error_text or None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


class Record:
    """Everything received and delivered, in order. All access goes through here, from many threads."""

    def __init__(self, clock: StandInClock, *, journal: Path | None = None, pace: float = 6.0) -> None:
        self.clock = clock
        self.contents: dict[str, Content] = {}
        self._pace = timedelta(seconds=pace)
        self._messages: list[Message] = []
        self._by_sid: dict[str, Message] = {}
        self._last_heard: dict[str, datetime] = {}
        self._last_sent: dict[str, datetime] = {}
        self._events: list[Event] = []
        self._counts: dict[str, int] = {}
        self._changed = threading.Condition()
        self._journal = journal.open("a", encoding="utf-8") if journal else None

    def add(self, message: Message) -> bool:
        """Keep a message; True when it followed the one before to the same person too soon for WhatsApp."""
        with self._changed:
            self._messages.append(message)
            self._by_sid[message.sid] = message
            if message.direction == "inbound":
                self._last_heard[message.sender] = message.created
                return False
            before = self._last_sent.get(message.to)
            self._last_sent[message.to] = message.created
            too_soon = before is not None and message.created - before < self._pace
            if too_soon:
                self._count("paced_too_fast")
            return too_soon

    def window_open(self, address: str) -> bool:
        heard = self._last_heard.get(address)
        return heard is not None and self.clock.now() - heard < WINDOW

    def set_status(self, sid: str, status: str) -> None:
        with self._changed:
            message = self._by_sid[sid]
            message.status, message.updated = status, self.clock.now()

    def get(self, sid: str) -> Message | None:
        return self._by_sid.get(sid)

    def newest_first(self) -> list[Message]:
        with self._changed:
            return self._messages[::-1]

    def note(self, kind: str, **facts: Any) -> None:
        """Add an event to the feed and count its kind."""
        with self._changed:
            event = {"seq": len(self._events), "kind": kind, "at": time.monotonic(), **facts}
            self._events.append(event)
            self._count(kind)
            if self._journal:
                self._journal.write(json.dumps(event, ensure_ascii=False) + "\n")
                self._journal.flush()
            self._changed.notify_all()

    def events(self, after: int, wait: float, kinds: Iterable[str] = ()) -> tuple[list[Event], int]:
        """Events from `after` on (of these kinds; none: all) and where to go on; waits for the first."""
        wanted = frozenset(kinds)
        until = time.monotonic() + wait
        with self._changed:
            while len(self._events) <= after and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            new = self._events[after:]
            return [event for event in new if not wanted or event["kind"] in wanted], after + len(new)

    def counts(self) -> dict[str, int]:
        with self._changed:
            return dict(self._counts)

    def _count(self, kind: str) -> None:
        self._counts[kind] = self._counts.get(kind, 0) + 1


def new_sid(prefix: str) -> str:
    return prefix + uuid4().hex
