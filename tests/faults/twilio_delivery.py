"""How the Twilio stand-in calls us: forms signed by Twilio's own algorithm, at their time, never retried."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

CONNECTS_WITHIN = 5.0
PATIENCE = 15.0
"""Twilio's own: after this many seconds it gives a webhook up."""


class Postman:
    """Calls made at their time by a handful of threads."""

    def __init__(self, token: str, *, threads: int = 24, doors: Sequence[str] = ()) -> None:
        self._doors = tuple(doors)
        self._validator = RequestValidator(token)
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._changed = threading.Condition()
        self._given = 0
        self.patience = PATIENCE
        for _ in range(threads):
            threading.Thread(target=self._work, daemon=True).start()

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        with self._changed:
            self._given += 1
            heapq.heappush(self._due, (time.monotonic() + seconds, self._given, call))
            self._changed.notify()

    def post(self, url: str, params: Mapping[str, str], headers: Mapping[str, str] | None = None) -> int:
        """Post a signed form and return the status; 0 when there was no answer."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        signed = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": self._validator.compute_signature(url, dict(params)),
            "User-Agent": "TwilioProxy/1.1",
            "Connection": "close",
            **(headers or {}),
        }
        connection = self._connected(f"{parts.scheme}://{parts.netloc}")
        if connection is None:
            return 0
        try:
            connection.request("POST", path, body=urlencode(params), headers=signed)
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            return 0
        else:
            return response.status
        finally:
            connection.close()

    def _connected(self, address: str) -> HTTPConnection | None:
        """To the address, or to the first of its doors that opens, another one each time."""
        doors = self._doors or (address,)
        first = self._given % len(doors)
        for door in (*doors[first:], *doors[:first]):
            parts = urlsplit(door)
            connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=CONNECTS_WITHIN)
            try:
                connection.connect()
            except OSError:
                continue
            connection.sock.settimeout(self.patience)
            return connection
        return None

    def _work(self) -> None:
        while True:
            call = self._next()
            call()

    def _next(self) -> Callable[[], None]:
        with self._changed:
            while True:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
