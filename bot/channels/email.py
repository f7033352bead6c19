"""Mail as a way in: a mailbox read over IMAP, and what a mail holds. Nothing is ever answered by mail."""

from __future__ import annotations

import email
import hashlib
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.papers.mail_text import of_html, own_words

NAME = "email"
"""The channel of messages that came by mail; nothing goes out on it."""
SECONDS = 20.0
PORTS = {"imaps": 993, "imap": 143}
LARGEST = 24 * 1024 * 1024
MOST_AT_ONCE = 50
MOST_PARTS, MOST_ATTACHMENTS = 80, 10
LARGEST_ATTACHMENT = 16 * 1024 * 1024
SMALL_PICTURE = 40 * 1024
"""Pictures in the text of a mail below this are logos and lines."""
LONGEST_NAME = 120
REPLIED = ("auto-replied", "auto-notified")
ROBOTS = ("mailer-daemon", "postmaster")


class MailAway(Exception):  # noqa: N818  (a decision)
    """The mailbox cannot be read now; looked at again later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """One file of a mail; without content when it is too large to be kept."""

    name: str
    content_type: str
    content: bytes | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """What a mail holds that concerns us."""

    sid: str
    """Its Message-ID; made of its content when it has none."""
    sender: str
    """The address it says it is from, in lower case; anybody can write any."""
    name: str
    subject: str
    text: str
    sent_at: datetime | None
    digest: str
    automatic: str = ""
    """Why nobody wrote it: `reply`, `bounce`, `list`; empty when somebody did."""
    attachments: tuple[Attachment, ...] = ()
    left_out: int = 0
    """Attachments beyond those that are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapBox:
    """Where the mailbox is, as IMAP_URL says it."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str = field(repr=False)
    folder: str

    @classmethod
    def from_url(cls, url: str) -> ImapBox:
        """`imaps://USER:PASSWORD@HOST[:PORT][/FOLDER]`, signs escaped with %. Raises ValueError with a remedy."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or not parts.username:
            raise ValueError("write it like `imaps://orders%40example.com:password@mail.example.com/INBOX`")
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            encrypted=parts.scheme == "imaps",
            user=unquote(parts.username),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )

    @property
    def name(self) -> str:
        """Under which it is remembered how far it was read."""
        return f"{self.user}@{self.host}/{self.folder}"

    def opened(self) -> OpenBox:
        """Signed in, the folder chosen. Raises MailAway."""
        try:
            return OpenBox(self._connected(), self.folder)
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailAway(type(error).__name__) from error

    def _connected(self) -> imaplib.IMAP4:
        context = ssl.create_default_context()
        if self.encrypted:
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=SECONDS)
        else:
            server = imaplib.IMAP4(self.host, self.port, timeout=SECONDS)
        try:
            if not self.encrypted and "STARTTLS" in server.capabilities:
                server.starttls(context)
            server.login(self.user, self.password)
        except BaseException:
            server.shutdown()
            raise
        return server

    def check(self) -> str:
        """What is wrong with it; empty when it can be read."""
        try:
            self.opened().close()
        except MailAway as away:
            return f"the mailbox cannot be read ({away}); see IMAP_URL"
        return ""


class OpenBox:
    """A mailbox that is being read. Every method raises MailAway."""

    def __init__(self, server: imaplib.IMAP4, folder: str) -> None:
        self._server = server
        quoted = '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
        kind, _ = server.select(quoted)
        if kind != "OK":
            raise MailAway("no such folder")
        told = server.response("UIDVALIDITY")[1]
        self.validity = int(told[0]) if told and told[0] else 0

    def close(self) -> None:
        """Leave it; whatever happens."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._server.logout()

    def waiting(self, last: int | None) -> list[int]:
        """The numbers of the mails after `last`; None: of those nobody has seen. Oldest first, at most so many."""
        wanted = "UNSEEN" if last is None else f"UID {last + 1}:*"
        found = self._uid("SEARCH", wanted)
        numbers = sorted(int(one) for one in (found[0] or b"").split())
        # `n:*` names the last mail even when it is before n.
        return [number for number in numbers if last is None or number > last][:MOST_AT_ONCE]

    def content(self, number: int) -> bytes:
        """A mail as it came; of one that is too large its head alone."""
        size = self._uid("FETCH", str(number), "(RFC822.SIZE)")
        text = b" ".join(part if isinstance(part, bytes) else part[0] for part in size if part)
        told = text.rpartition(b"RFC822.SIZE")[2].strip(b" )").split(b" ")[0]
        whole = told.isdigit() and int(told) <= LARGEST
        answer = self._uid("FETCH", str(number), "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])")
        return next((bytes(part[1]) for part in answer if isinstance(part, tuple)), b"")

    def seen(self, number: int) -> None:
        """Mark a mail as read: it is stored."""
        self._uid("STORE", str(number), "+FLAGS", "(\\Seen)")

    def _uid(self, command: str, *words: str) -> list[Any]:
        try:
            kind, answer = self._server.uid(command, *words)
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailAway(type(error).__name__) from error
        if kind != "OK":
            raise MailAway(f"{command} was refused")
        return answer


def mail_of(content: bytes, *, fallback: str) -> Mail:
    """What a mail holds, however it was made; `fallback` names one without a Message-ID. Never raises."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    try:
        return _mail_of(email.message_from_bytes(content, policy=default), fallback=fallback, digest=digest)
    except Exception:  # a stranger's bytes: whatever is wrong with them, the mail is kept for a person
        whole = Attachment(name="mail.eml", content_type="message/rfc822", content=content[:LARGEST_ATTACHMENT])
        return Mail(
            sid=fallback, sender="unreadable", name="", subject="", text="", sent_at=None, digest=digest,
            attachments=(whole,),
        )  # fmt: skip


def _mail_of(message: EmailMessage, *, fallback: str, digest: str) -> Mail:
    name, sender = _sender(message)
    texts, files, left_out = _parts(message)
    sid = " ".join(str(message.get("Message-ID", "")).split())[:300]
    content = hashlib.sha256(repr((texts, [(one.name, one.content) for one in files])).encode()).hexdigest()[:16]
    return Mail(
        sid=sid or fallback,
        sender=sender or "unreadable",
        name=name[:LONGEST_NAME],
        subject=" ".join(str(message.get("Subject", "")).split())[:300],
        text=own_words(texts),
        sent_at=_sent_at(message),
        digest=content if texts or files else digest,
        automatic=_automatic(message, sender),
        attachments=files,
        left_out=left_out,
    )


def _sender(message: EmailMessage) -> tuple[str, str]:
    found = getaddresses([str(message.get("From", ""))])
    name, address = found[0] if found else ("", "")
    try:
        address = Address(addr_spec=address).addr_spec
    except (ValueError, IndexError):
        return name, ""
    return name, address.casefold()[:254]


def _sent_at(message: EmailMessage) -> datetime | None:
    """When it says it was sent, unless that is to come."""
    try:
        at = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if at <= datetime.now(UTC) else None


def _automatic(message: EmailMessage, sender: str) -> str:
    """Answers of machines, undeliverable mail, lists. What a program sends of itself may well be an order."""
    said = str(message.get("Auto-Submitted", "")).casefold().partition(";")[0].strip()
    if said in REPLIED or message.get("X-Autoreply") or message.get("X-Autorespond"):
        return "reply"
    bounced = str(message.get("Return-Path", "")).strip() == "<>"
    if bounced or message.get_content_type() == "multipart/report" or sender.partition("@")[0] in ROBOTS:
        return "bounce"
    return "list" if message.get("List-Id") or message.get("List-Unsubscribe") else ""


def _parts(message: EmailMessage) -> tuple[str, tuple[Attachment, ...], int]:
    """Its text, its files, and how many more there were."""
    plain: list[str] = []
    markup: list[str] = []
    files: list[Attachment] = []
    for number, part in enumerate(_walk(message)):
        if number >= MOST_PARTS:
            break
        kind, file = part.get_content_type(), part.get_filename() or ""
        if kind in ("text/plain", "text/html") and not file and part.get_content_disposition() != "attachment":
            (plain if kind == "text/plain" else markup).append(_text(part))
        elif (attachment := _attachment(part, kind, file)) is not None:
            files.append(attachment)
    text = "\n".join(plain) if any(one.strip() for one in plain) else "\n".join(map(of_html, markup))
    return text, tuple(files[:MOST_ATTACHMENTS]), max(0, len(files) - MOST_ATTACHMENTS)


def _walk(message: Message) -> Iterator[Any]:
    """Every part that is no multipart, without going down by recursion: mails are nested to hurt."""
    waiting: list[Any] = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart():
            waiting += reversed(part.get_payload())
        else:
            yield part


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _attachment(part: EmailMessage, kind: str, name: str) -> Attachment | None:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    logo = kind.startswith("image/") and len(content) < SMALL_PICTURE and part.get_content_disposition() != "attachment"
    if not content or logo:
        return None
    kept = content if len(content) <= LARGEST_ATTACHMENT else None
    return Attachment(name=name[:LONGEST_NAME], content_type=kind, content=kept)
