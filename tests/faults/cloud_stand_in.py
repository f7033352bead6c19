"""A stand-in for Meta's Cloud API: the Graph resources we use, and its calls to our webhook, signed and in batches."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from tests.faults.chance import Chance
from tests.faults.cloud_rules import Refusal, Sending, Template, sending_from, template_from, text_of
from tests.faults.http_server import Answer, Ask

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How the stand-in is set up."""

    number: str = "106540352242922"
    account: str = "102290129340398"
    token: str = "token"
    secret: str = "app secret"
    webhook: str = ""


@dataclass(kw_only=True)
class CloudStandIn:
    """One number of one account: what it was sent, what it knows, and what it calls us with."""

    options: Options = field(default_factory=Options)
    chance: Chance = field(default_factory=Chance)
    sent: dict[str, Sending] = field(default_factory=dict)
    templates: list[Template] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)
    """Of a template's name: what WhatsApp decides; approved if nothing is said."""
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    file_url: str = ""
    """Where files are said to be instead."""
    refuses: list[Refusal] = field(default_factory=list)
    """The next messages, one each."""
    people: set[str] = field(default_factory=set)
    """Who wrote within 24 hours."""
    subscribed: bool = True
    managed: tuple[str, ...] = ("102290129340398",)
    token_ends: int = 0
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def respond(self, ask: Ask) -> Answer:
        try:
            return self._answered(ask)
        except Refusal as refusal:
            return refused(refusal)

    def _answered(self, ask: Ask) -> Answer:
        if ask.bearer != self.options.token:
            raise Refusal(190, "Invalid OAuth access token", status=401)
        if self.chance.strikes("429"):
            raise Refusal(130429, "Rate limit hit")
        if self.chance.strikes("cut_before"):
            return Answer(cut=True)
        if ask.path.startswith("/files/"):
            return self._file(ask.path.removeprefix("/files/"))
        version, _, path = ask.path.removeprefix("/").partition("/")
        if not re.fullmatch(r"v\d+\.\d+", version):
            raise Refusal(2500, "Unknown path components", status=400)
        return self._resource(ask, path)

    def _resource(self, ask: Ask, path: str) -> Answer:
        number, account = self.options.number, self.options.account
        if (ask.method, path) == ("POST", f"{number}/messages"):
            return self._send(ask)
        if path == f"{account}/message_templates":
            return self.make_template(ask.json) if ask.method == "POST" else self._find_templates(ask)
        if path == f"{account}/subscribed_apps":
            return Answer(data={"data": [{"whatsapp_business_api_data": {"id": "1"}}] if self.subscribed else []})
        if path == "debug_token":
            scopes = [{"scope": "whatsapp_business_management", "target_ids": list(self.managed)}]
            return Answer(data={"data": {"is_valid": True, "expires_at": self.token_ends, "granular_scopes": scopes}})
        if path == number:
            return Answer(data={"id": number, "display_phone_number": "+91 22 4000 1234", "quality_rating": "GREEN"})
        if path in self.files:
            return self._about_file(ask, path)
        if template := next((one for one in self.templates if one.id == path), None):
            return self._one_template(ask, template)
        raise Refusal(100, f"Unsupported get request. Object with ID '{path}' does not exist", status=400)

    def _send(self, ask: Ask) -> Answer:
        if self.refuses:
            raise self.refuses.pop(0)
        to = str(ask.json.get("to") or ask.json.get("recipient") or "")
        sending = sending_from(ask.json, templates=self.templates, window_open=to in self.people)
        with self._lock:
            sid = f"wamid.{next(self._ids):06d}=="
            self.sent[sid] = sending
        answer = {"messaging_product": "whatsapp", "contacts": [{"input": to}], "messages": [{"id": sid}]}
        return Answer(data=answer, cut=self.chance.strikes("cut_after"))

    def make_template(self, body: Json) -> Answer:
        made = template_from(body, id=f"9{next(self._ids):014d}")
        if any((one.name, one.language) == (made.name, made.language) for one in self.templates):
            raise Refusal(100, "Content in this language already exists")
        self.templates.append(made)
        self._decide(made)
        return Answer(data={"id": made.id, "status": "PENDING", "category": "UTILITY"})

    def _decide(self, template: Template) -> None:
        template.status = self.verdicts.get(template.name, "APPROVED")
        template.reason = "INVALID_FORMAT" if template.status == "REJECTED" else "NONE"

    def _find_templates(self, ask: Ask) -> Answer:
        """By a part of the name, as Meta finds them."""
        found = [one for one in self.templates if ask.query.get("name", "") in one.name]
        rows = [{"id": one.id, "name": one.name, "language": one.language, "status": one.status} for one in found]
        return Answer(data={"data": rows})

    def _one_template(self, ask: Ask, template: Template) -> Answer:
        if ask.method == "POST":
            if template.status not in ("REJECTED", "PAUSED", "APPROVED"):
                raise Refusal(100, "This template cannot be edited now")
            template.text = text_of(ask.json)
            self._decide(template)
            return Answer(data={"success": True})
        return Answer(data={"id": template.id, "status": template.status, "rejected_reason": template.reason})

    def _about_file(self, ask: Ask, media_id: str) -> Answer:
        kind, content = self.files[media_id]
        url = self.file_url or f"{ask.base_url}/files/{media_id}?ext=1&hash=x"
        about = {"messaging_product": "whatsapp", "url": url, "mime_type": kind, "file_size": len(content)}
        return Answer(data={**about, "id": media_id})

    def _file(self, media_id: str) -> Answer:
        if media_id not in self.files:
            return Answer(status=404, data=b"")
        kind, content = self.files[media_id]
        return Answer(data=content, headers={"Content-Type": kind})

    # --- its calls to us

    def says(self, person: str, message: Json, *, contact: Json | None = None, at: datetime | None = None) -> str:
        """A person writes: delivered at once; the id of the message."""
        written = self.message(person, message, at=at)
        self.call(self.value(messages=[written], contacts=[contact or self.contact(person)]))
        return str(written["id"])

    def message(self, person: str, message: Json, *, at: datetime | None = None) -> dict[str, Any]:
        """A message as a webhook holds it, with its id, time and sender."""
        self.people.add(person)
        moment = int((at or datetime.now(UTC)).timestamp())
        sid = f"wamid.in{next(self._ids):06d}=="
        return {"from": person.removeprefix("+"), "id": sid, "timestamp": str(moment), **message}

    def contact(self, person: str, name: str = "Ramesh") -> dict[str, Any]:
        return {"profile": {"name": name}, "wa_id": person.removeprefix("+")}

    def status(self, sid: str, status: str, **more: Any) -> dict[str, Any]:
        """What became of a message, as a webhook tells it."""
        sending = self.sent[sid]
        moment = str(int(datetime.now(UTC).timestamp()))
        told = {"id": sid, "status": status, "timestamp": moment, "recipient_id": sending.to.removeprefix("+")}
        return {**told, **({"biz_opaque_callback_data": sending.opaque} if sending.opaque else {}), **more}

    def value(self, **parts: Any) -> dict[str, Any]:
        """The value of a change of the field `messages`."""
        metadata = {"display_phone_number": "912240001234", "phone_number_id": self.options.number}
        return {"messaging_product": "whatsapp", "metadata": metadata, **parts}

    def payload(self, *values: Json, field: str = "messages") -> dict[str, Any]:
        """A batch: an entry for each value."""
        entries = [
            {"id": self.options.account, "changes": [{"field": field, "value": dict(value)}]} for value in values
        ]
        return {"object": "whatsapp_business_account", "entry": entries}

    def call(self, *values: Json, field: str = "messages") -> requests.Response:
        """Deliver values as one batch."""
        return self.post(json.dumps(self.payload(*values, field=field)).encode())

    def post(self, body: bytes, *, signature: str | None = None) -> requests.Response:
        """Deliver these very bytes."""
        signed = signature_of(body, self.options.secret) if signature is None else signature
        headers = {"Content-Type": "application/json"} | ({"X-Hub-Signature-256": signed} if signed else {})
        return requests.post(self.options.webhook, data=body, headers=headers, timeout=10)

    def delivered(self, sids: Sequence[str] = ()) -> None:
        """Tell that messages went on, those of others and of earlier calls left out."""
        for sid in sids or list(self.sent):
            self.call(self.value(statuses=[self.status(sid, "sent"), self.status(sid, "delivered")]))


def signature_of(body: bytes, secret: str) -> str:
    """As Meta signs what it calls with."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def refused(refusal: Refusal) -> Answer:
    """The error object of the Graph API."""
    error = {
        "message": f"(#{refusal.code}) {refusal.text}",
        "type": "OAuthException",
        "code": refusal.code,
        "error_data": {"messaging_product": "whatsapp", "details": refusal.text},
        "fbtrace_id": "A1",
    }
    return Answer(status=refusal.status, data={"error": error})
