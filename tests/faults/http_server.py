"""A small threaded HTTP server for the stand-ins: keep-alive, one answer a packet, a line that can be cut."""

from __future__ import annotations

import json
import socket
import threading
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One request, decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    user: str
    password: str
    base_url: str
    bearer: str = ""

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8"), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What goes back. Cut: nothing does, the line drops; `after` is called when that is done."""

    status: int = 200
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    after: Callable[[], None] | None = None


Respond = Callable[[Ask], Answer]


class StandInServer(ThreadingHTTPServer):
    """Listens on loopback unless told otherwise; `start` returns at once."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, respond: Respond, *, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), _Handler)
        self.respond = respond

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that was killed in the middle of a request is what we are here for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: StandInServer

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            # The caller died while writing: nobody acts on half a request.
            self.close_connection = True
            return
        user, password = self._credentials()
        ask = Ask(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            body=body,
            user=user,
            password=password,
            base_url=self.server.url,
            bearer=(self.headers.get("Authorization") or "").partition("Bearer ")[2],
        )
        answer = self.server.respond(ask)
        if answer.cut:
            self._cut()
        else:
            self._write(answer)
        if answer.after is not None:
            answer.after()

    do_GET = do_POST = do_DELETE = do_PUT = _serve  # noqa: N815 - the names http.server looks for

    def _credentials(self) -> tuple[str, str]:
        scheme, _, value = (self.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "basic":
            return "", ""
        user, _, password = b64decode(value).decode("utf-8", "replace").partition(":")
        return user, password

    def _write(self, answer: Answer) -> None:
        raw = isinstance(answer.data, bytes)
        body = answer.data if raw else json.dumps(answer.data).encode()
        lines = [f"HTTP/1.1 {answer.status} {'OK' if answer.status < 400 else 'Refused'}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if "Content-Type" not in answer.headers:
            lines.append("Content-Type: application/json")
        lines += [f"Content-Length: {len(body)}", "", ""]
        self.wfile.write("\r\n".join(lines).encode() + body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: what matters is in the record."""
