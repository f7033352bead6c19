"""The ways alarms are told that do not depend on WhatsApp: a web address (ALERT_URL) and mail (SMTP_URL)."""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import requests

TIMEOUT = 10.0
SMTP_PORTS = {"smtp": 587, "smtps": 465}
SUBJECT = 120


class NotTold(Exception):  # noqa: N818
    """The alarm could not be delivered; it is tried again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """One alarm as it is told. `source` says which Munshi it is of."""

    key: str
    text: str
    over: bool
    source: str

    @property
    def line(self) -> str:
        """In one line, as people read it."""
        return f"{'Over' if self.over else 'Alarm'}: {self.text} ({self.source})"


class Way(Protocol):
    """One way of telling."""

    def tell(self, telling: Telling) -> None:
        """Deliver it within some seconds. Raises NotTold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebWay:
    """A POST of `{"text": …}`, which Slack, Mattermost, Google Chat and most others take; they refuse other fields.

    For programs the facts stand in headers: `X-Munshi-Alarm`, `X-Munshi-State` (`began`, `over`).
    """

    url: str

    def tell(self, telling: Telling) -> None:
        """Deliver it."""
        headers = {"X-Munshi-Alarm": telling.key, "X-Munshi-State": "over" if telling.over else "began"}
        try:
            answer = requests.post(self.url, json={"text": telling.line}, headers=headers, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise NotTold(f"ALERT_URL: {type(error).__name__}") from error
        if not answer.ok:
            raise NotTold(f"ALERT_URL answered {answer.status_code}")


@dataclass(frozen=True, kw_only=True, slots=True)
class MailWay:
    """Mail through a server that takes it from us; encrypted wherever the server can."""

    host: str
    port: int
    encrypted: bool
    """From the first byte; else STARTTLS where it is offered, and always before a password is given."""
    user: str
    password: str
    sender: str
    to: tuple[str, ...]

    @classmethod
    def from_url(cls, url: str) -> "MailWay":
        """`smtp[s]://USER:PASSWORD@HOST:PORT?from=…&to=…`, signs escaped with %. Raises ValueError with a remedy."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        to = tuple(one for given in query.get("to", ()) for one in given.split(",") if one)
        if parts.scheme not in SMTP_PORTS or not parts.hostname:
            raise ValueError(
                "write it like `smtp://user:password@mail.example.com:587?from=munshi@example.com&to=it@example.com`"
            )
        if not to or not all("@" in one for one in to):
            raise ValueError("say whom to write to: `?to=it@example.com`, several with commas")
        user = unquote(parts.username or "")
        sender = query.get("from", [user if "@" in user else to[0]])[0]
        return cls(
            host=parts.hostname,
            port=parts.port or SMTP_PORTS[parts.scheme],
            encrypted=parts.scheme == "smtps",
            user=user,
            password=unquote(parts.password or ""),
            sender=sender,
            to=to,
        )

    def tell(self, telling: Telling) -> None:
        """Deliver it."""
        try:
            with self._connected() as server:
                server.send_message(self._message(telling))
        except (OSError, smtplib.SMTPException) as error:
            # The server's words may hold addresses and names.
            raise NotTold(f"SMTP_URL: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.encrypted:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            server.ehlo()
            if not self.encrypted and (self.user or server.has_extn("starttls")):
                server.starttls(context=context)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, telling: Telling) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self.sender, ", ".join(self.to)
        message["Subject"] = f"Munshi: {telling.line}"[:SUBJECT].replace("\n", " ")
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=self.sender.partition("@")[2] or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{telling.line}\n\nWhat to do about it: docs/operating.md, Alarms.\n")
        return message


def ways(*, alert_url: str, smtp_url: str) -> Mapping[str, Way]:
    """The ways that are set up, by name."""
    found: dict[str, Way] = {}
    if alert_url:
        found["web"] = WebWay(url=alert_url)
    if smtp_url:
        found["mail"] = MailWay.from_url(smtp_url)
    return found
