"""A closed-loop load of signed webhooks that costs its machine little: requests made beforehand, raw sockets."""

from __future__ import annotations

import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

CONNECTIONS = 16
BODY = "20 peti parle g chota\n15 peti marie\n5 ctn cream orange, kal bhej dena"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """What a load met: requests answered with 200 a second, and the others."""

    per_second: float
    failed: int


def signed_requests(url: str, *, public_url: str, token: str, count: int) -> list[bytes]:
    """Whole HTTP requests, each a message of its own, as Twilio would post them."""
    validator, parts = RequestValidator(token), urlsplit(url)
    signed_url = public_url + parts.path
    return [_request(parts.path, parts.netloc, _params(), validator, signed_url) for _ in range(count)]


def _params() -> dict[str, str]:
    sid = "SM" + uuid4().hex
    phone = f"+9190000{int(sid[2:8], 16) % 100000:05d}"
    return {
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "MessageSid": sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "ProfileName": "Ramesh",
        "MessageType": "text",
        "WaId": phone[1:],
        "SmsStatus": "received",
        "Body": BODY,
        "From": f"whatsapp:{phone}",
        "To": "whatsapp:+14155550100",
        "ReferralNumMedia": "0",
        "AccountSid": "AC" + "1" * 32,
        "ApiVersion": "2010-04-01",
    }


def _request(path: str, host: str, params: dict[str, str], validator: RequestValidator, url: str) -> bytes:
    body = urlencode(params).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nX-Twilio-Signature: {validator.compute_signature(url, params)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def load(url: str, *, public_url: str, token: str, seconds: float, connections: int = CONNECTIONS) -> Rate:
    """Requests one upon the other over several connections, from a process of its own."""
    given = [url, public_url, token, str(seconds), str(connections)]
    told = subprocess.run([sys.executable, "-m", "bench.client", *given], check=True, capture_output=True, text=True)
    answered, failed, took = told.stdout.split()
    return Rate(per_second=int(answered) / float(took), failed=int(failed))


class _Line:
    """One connection that is never idle."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._socket = socket.create_connection(address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, request: bytes) -> None:
        self._socket.sendall(request)

    def receive(self) -> bool:
        """Read the whole answer; whether it was a 200."""
        answer, missing = b"", 1
        while missing > 0:
            part = self._socket.recv(65536)
            if not part:
                raise ConnectionError("the server hung up")
            answer += part
            missing = _missing(answer)
        return answer.startswith(b"HTTP/1.1 200")

    def close(self) -> None:
        self._socket.close()


def _missing(answer: bytes) -> int:
    """How many bytes of an answer are still to come, as far as can be told."""
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    return int(length[1]) - len(body) if end and length else 1


def _drive(url: str, requests: Sequence[bytes], *, seconds: float, connections: int) -> tuple[int, int, float]:
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    selector, waiting = selectors.DefaultSelector(), iter(requests)
    lines = [_Line(address) for _ in range(connections)]
    answered = failed = 0
    started = time.monotonic()
    for line in lines:
        selector.register(line, selectors.EVENT_READ, line)
        line.send(next(waiting))
    while time.monotonic() - started < seconds:
        for key, _ in selector.select(1):
            line = key.data
            try:
                good = line.receive()
                answered, failed = answered + good, failed + (not good)
                line.send(next(waiting))
            except OSError:
                # A server may end a kept connection at any time; that costs a new one.
                selector.unregister(line)
                line.close()
                line = _Line(address)
                selector.register(line, selectors.EVENT_READ, line)
                line.send(next(waiting))
    took = time.monotonic() - started
    for line in lines:
        line.close()
    return answered, failed, took


def main() -> None:
    url, public_url, token, seconds, connections = sys.argv[1:]
    most = int(float(os.environ.get("BENCH_MOST_PER_SECOND", "3000")) * float(seconds))
    requests = signed_requests(url, public_url=public_url, token=token, count=most)
    answered, failed, took = _drive(url, requests, seconds=float(seconds), connections=int(connections))
    print(answered, failed, took)


if __name__ == "__main__":
    main()
