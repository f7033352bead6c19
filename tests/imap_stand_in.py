"""A mailbox to be read over IMAP: as much of the protocol as we speak, on a free port of this machine."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Box:
    """What stands in it, and what was done with it."""

    url: str = ""
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    refuses: bool = False

    def receives(self, content: bytes) -> int:
        """A mail arrives; its number."""
        number = max(self.mails, default=0) + 1
        self.mails[number] = content
        return number


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            if not self._answer(tag, rest):
                return

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _answer(self, tag: str, rest: str) -> bool:
        box: Box = self.server.box  # type: ignore[attr-defined]
        command = rest.split(" ")[0].upper()
        if command == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif command == "LOGIN" and box.refuses:
            self._say(f"{tag} NO no such user")
            return True
        elif command == "SELECT":
            self._say(f"* {len(box.mails)} EXISTS")
            self._say(f"* OK [UIDVALIDITY {box.validity}] ok")
        elif command == "UID":
            self._uid(box, rest[4:])
        elif command == "LOGOUT":
            self._say("* BYE")
        self._say(f"{tag} OK done")
        return command != "LOGOUT"

    def _uid(self, box: Box, rest: str) -> None:
        command, _, words = rest.partition(" ")
        if command == "SEARCH":
            since = re.search(r"UID (\d+):", words)
            found = [one for one in box.mails if (one not in box.seen if since is None else one >= int(since[1]))]
            if since is not None and not found and box.mails:
                found = [max(box.mails)]  # as IMAP's `n:*` does
            self._say("* SEARCH " + " ".join(map(str, found)))
            return
        number = int(words.split(" ")[0])
        content = box.mails[number]
        if command == "STORE":
            box.seen.add(number)
        elif "RFC822.SIZE" in words:
            self._say(f"* 1 FETCH (UID {number} RFC822.SIZE {len(content)})")
        else:
            part = content if "BODY.PEEK[]" in words else content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (number, len(part), part))


@contextmanager
def mailbox() -> Iterator[Box]:
    """The stand-in, for a block."""
    box = Box()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.box = box  # type: ignore[attr-defined]
    box.url = f"imap://orders%40example.com:secret@127.0.0.1:{server.server_address[1]}/INBOX"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
