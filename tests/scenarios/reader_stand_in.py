"""A stand-in for an OpenAI-compatible endpoint: says what it is told to say, and keeps what it was sent."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Act = Callable[["Request"], tuple[int, bytes]]


@dataclass(kw_only=True)
class Request:
    """One call as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def asked(self) -> dict[str, Any]:
        """What the user's part of the prompt holds."""
        found: dict[str, Any] = json.loads(json.loads(self.body)["messages"][-1]["content"])
        return found


@dataclass(kw_only=True)
class StandIn:
    """Where it listens, what it was sent, and how it answers next."""

    url: str
    act: Act
    requests: list[Request] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


def completion(content: str) -> bytes:
    """As such endpoints wrap what a model says."""
    return json.dumps({"choices": [{"index": 0, "message": {"role": "assistant", "content": content}}]}).encode()


def proposes(*names: str) -> Act:
    """For every line these items."""

    def act(request: Request) -> tuple[int, bytes]:
        lines = [{"line": number, "items": list(names)} for number in range(1, len(request.asked["lines"]) + 1)]
        return 200, completion("Here it is:\n```json\n" + json.dumps({"lines": lines}) + "\n```")

    return act


def says(content: str) -> Act:
    """Whatever it is asked."""
    return lambda _: (200, completion(content))


def fails(status: int = 500) -> Act:
    """With an HTTP status."""
    return lambda _: (status, b"no")


@contextmanager
def listening(act: Act) -> Iterator[StandIn]:
    """The stand-in on a free port of this machine; what hangs in it ends with the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler())
    server.daemon_threads = True
    stand_in = StandIn(url=f"http://127.0.0.1:{server.server_address[1]}/v1", act=act)
    server.stand_in = stand_in  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield stand_in
    finally:
        stand_in.released.set()
        server.shutdown()
        server.server_close()


def hangs(stand_in: StandIn, seconds: float = 10) -> None:
    """From now on it takes so long to answer."""

    def act(_: Request) -> tuple[int, bytes]:
        stand_in.released.wait(seconds)
        return 200, completion('{"lines": []}')

    stand_in.act = act


def _handler() -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            stand_in: StandIn = self.server.stand_in  # type: ignore[attr-defined]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request(path=self.path, headers=dict(self.headers), body=body)
            stand_in.requests.append(request)
            status, answer = stand_in.act(request)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                pass  # nobody waits for it any more

        def log_message(self, *_: object) -> None:
            pass

    return Handler
