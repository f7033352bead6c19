"""Twilio's own resources over HTTP: messages, content and approval requests, with faults at will."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.faults.chance import Chance
from tests.faults.http_server import Answer, Ask
from tests.faults.twilio_record import Message, Record, new_sid
from tests.faults.twilio_rules import Bubble, Refusal, Sending, approval_of, content_from, sending_from


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How the stand-in is set up; times in seconds."""

    account: str
    token: str
    number: str
    webhook: str
    clock: Path | None = None
    journal: Path | None = None
    seed: int = 1
    pace: float = 6.0
    refuse_pace: bool = False
    """Whether a message that follows another too soon fails (63018) or is only counted."""
    callbacks: bool = True
    doors: tuple[str, ...] = ()
    """Where calls to the public address are brought, in turn, as a load balancer does; none: to the address itself."""


class TwilioApi:
    """The rules of `twilio_rules` at Twilio's addresses. `taken` is called once a message's answer is out."""

    def __init__(self, options: Options, record: Record, chance: Chance, taken: Callable[[Message], None]) -> None:
        self._options = options
        self._record = record
        self._chance = chance
        self._call_back = taken
        self._account = f"/2010-04-01/Accounts/{options.account}"
        self.slow_seconds = 0.5
        self.retry_after = 1

    def respond(self, ask: Ask) -> Answer:
        """Raises Refusal."""
        if (ask.user, ask.password) != (self._options.account, self._options.token):
            raise Refusal(20003, "Authenticate", status=401)
        if self._chance.strikes("429"):
            return refused(Refusal(20429, "Too Many Requests", status=429), retry_after=self.retry_after)
        if self._chance.strikes("cut_before"):
            return Answer(cut=True)
        if self._chance.strikes("slow"):
            time.sleep(self.slow_seconds)
        return self._route(ask)

    def _route(self, ask: Ask) -> Answer:
        if ask.path == f"{self._account}/Messages.json":
            return self._send(ask) if ask.method == "POST" else self._list(ask)
        if message := re.fullmatch(rf"{self._account}/Messages/(\w+)\.json", ask.path):
            return self._fetch_message(message.group(1))
        if ask.path in ("/v1/Content", "/v1/ContentAndApprovals"):
            return self._create_content(ask) if ask.method == "POST" else self._list_contents(ask)
        if content := re.fullmatch(r"/v1/Content/(HX\w+)(/ApprovalRequests(?:/whatsapp)?)?", ask.path):
            return self._one_content(ask, content.group(1), approval=bool(content.group(2)))
        raise Refusal(20404, f"The requested resource {ask.path} was not found", status=404)

    def _send(self, ask: Ask) -> Answer:
        form = ask.form
        sending = sending_from(
            form,
            contents=self._record.contents,
            window_open=self._record.window_open(form.get("To", "")),
            our_number=self._options.number,
        )
        message = self._taken(sending)
        body = message.as_json(self._options.account)
        return Answer(
            status=201,
            data=body,
            cut=self._chance.strikes("cut_after"),
            after=lambda: self._call_back(message),
        )

    def _taken(self, sending: Sending) -> Message:
        message = message_now(self._record, "outbound-api", sending.sender, sending.to, sending.bubble, status="queued")
        message.callback, message.content_sid = sending.status_callback, sending.content_sid
        too_soon = self._record.add(message)
        failure = sending.fails_with
        if too_soon and self._options.refuse_pace and failure is None:
            failure = Refusal(63018, "Rate limit exceeded for Channel (131056: pair rate limit hit)", late=True)
        if failure is not None:
            message.error_code, message.error_text = failure.code, failure.text
            self._record.note("failed", sid=message.sid, to=message.to, code=failure.code, text=failure.text)
            return message
        self._record.note("message", too_soon=too_soon, **_seen(message))
        return message

    def _fetch_message(self, sid: str) -> Answer:
        message = self._record.get(sid)
        if message is None:
            raise Refusal(20404, f"The requested resource {sid} was not found", status=404)
        return Answer(data=message.as_json(self._options.account))

    def _list(self, ask: Ask) -> Answer:
        found = [message for message in self._record.newest_first() if _matches(message, ask)]
        size = min(int(ask.query.get("PageSize") or 50), 1000)
        page = int(ask.query.get("Page") or 0)
        start = _start_of_page(found, ask.query.get("PageToken", ""), page * size)
        shown = found[start : start + size]
        more = start + size < len(found)
        query = {key: value for key, value in ask.query.items() if key not in ("Page", "PageToken", "PageSize")}
        base = f"{self._account}/Messages.json"
        following = {"PageSize": size, "Page": page + 1, "PageToken": f"PA{shown[-1].sid}" if shown else ""}
        data = {
            "messages": [message.as_json(self._options.account) for message in shown],
            "page": page,
            "page_size": size,
            "start": start,
            "end": start + max(len(shown) - 1, 0),
            "uri": f"{base}?{urlencode(ask.query)}",
            "first_page_uri": f"{base}?{urlencode({**query, 'PageSize': size, 'Page': 0})}",
            "previous_page_uri": None,
            "next_page_uri": f"{base}?{urlencode({**query, **following})}" if more else None,
        }
        return Answer(data=data)

    def _create_content(self, ask: Ask) -> Answer:
        sid = new_sid("HX")
        content = content_from(ask.json, sid=sid, created=self._record.clock.now().isoformat())
        self._record.contents[sid] = content
        self._record.note("content", sid=sid, name=content.friendly_name)
        return Answer(status=201, data=self._content_json(ask, sid))

    def _list_contents(self, ask: Ask) -> Answer:
        sids = list(self._record.contents)
        size = min(int(ask.query.get("PageSize") or 50), 500)
        page = int(ask.query.get("Page") or 0)
        shown = sids[page * size : (page + 1) * size]
        more = (page + 1) * size < len(sids)
        following = urlencode({"PageSize": size, "Page": page + 1, "PageToken": shown[-1] if shown else ""})
        meta = {
            "key": "contents",
            "page": page,
            "page_size": size,
            "url": f"{ask.base_url}{ask.path}?{urlencode(ask.query)}",
            "first_page_url": f"{ask.base_url}{ask.path}?PageSize={size}&Page=0",
            "previous_page_url": None,
            "next_page_url": f"{ask.base_url}{ask.path}?{following}" if more else None,
        }
        approvals = ask.path.endswith("Approvals")
        rows = [self._content_json(ask, sid) for sid in shown]
        if approvals:
            rows = [{**row, "approval_requests": self._approval_json(row["sid"])} for row in rows]
        return Answer(data={"contents": rows, "meta": meta})

    def _one_content(self, ask: Ask, sid: str, *, approval: bool) -> Answer:
        content = self._record.contents.get(sid)
        if content is None:
            raise Refusal(20404, f"The requested resource {ask.path} was not found", status=404)
        if ask.method == "DELETE":
            del self._record.contents[sid]
            return Answer(status=204, data=b"")
        if not approval:
            return Answer(data=self._content_json(ask, sid))
        if ask.method == "GET":
            data = {"sid": sid, "account_sid": self._options.account, "whatsapp": self._approval_json(sid)}
            return Answer(data={**data, "url": f"{ask.base_url}{ask.path}"})
        name, category = str(ask.json.get("name") or ""), str(ask.json.get("category") or "")
        content.approval, content.rejection_reason = approval_of(content, name=name, category=category)
        content.approval_name, content.category = name, category
        return Answer(status=201, data={**self._approval_json(sid), "status": "received"})

    def _content_json(self, ask: Ask, sid: str) -> dict[str, Any]:
        content = self._record.contents[sid]
        url = f"{ask.base_url}/v1/Content/{sid}"
        return {
            "sid": sid,
            "account_sid": self._options.account,
            "friendly_name": content.friendly_name,
            "language": content.language,
            "variables": content.variables,
            "types": content.types,
            "date_created": content.created,
            "date_updated": content.created,
            "url": url,
            "links": {
                "approval_create": f"{url}/ApprovalRequests/whatsapp",
                "approval_fetch": f"{url}/ApprovalRequests",
            },
        }

    def _approval_json(self, sid: str) -> dict[str, Any]:
        content = self._record.contents[sid]
        return {
            "type": "whatsapp",
            "name": content.approval_name,
            "category": content.category,
            "content_type": content.kind,
            "status": content.approval,
            "rejection_reason": content.rejection_reason,
            "allow_category_change": True,
        }


def message_now(record: Record, direction: str, sender: str, to: str, bubble: Bubble, *, status: str) -> Message:
    """A message as it comes into being; the caller keeps it."""
    now = record.clock.now()
    return Message(
        sid=new_sid("SM"),
        direction=direction,
        sender=sender,
        to=to,
        bubble=bubble,
        status=status,
        created=now,
        updated=now,
        arrived=time.monotonic(),
    )


def _matches(message: Message, ask: Ask) -> bool:
    if ask.query.get("To") and message.to != ask.query["To"]:
        return False
    if ask.query.get("From") and message.sender != ask.query["From"]:
        return False
    day, sent = timedelta(days=1), message.created
    when = {key: _moment(value) for key, value in ask.query.items() if key.startswith("DateSent") and value}
    on, after, before = when.get("DateSent"), when.get("DateSent>"), when.get("DateSent<")
    return (
        (on is None or on <= sent < on + day)
        and (after is None or sent >= after)
        and (before is None or sent < before + timedelta(seconds=1))
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _start_of_page(found: list[Message], token: str, default: int) -> int:
    """Twilio pages by token: what came in meanwhile shifts nothing."""
    for index, message in enumerate(found):
        if token == f"PA{message.sid}":
            return index + 1
    return default


def _seen(message: Message) -> dict[str, Any]:
    bubble = message.bubble
    return {
        "sid": message.sid,
        "to": message.to,
        "body": bubble.body,
        "buttons": [{"id": button.id, "title": button.title} for button in bubble.buttons],
        "rows": [{"id": row.id, "title": row.title, "description": row.description} for row in bubble.rows],
        "content_sid": message.content_sid,
        "arrived": message.arrived,
        "on": message.created.isoformat(),
    }


def refused(refusal: Refusal, *, retry_after: int | None = None) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{refusal.code}"
    body = {"code": refusal.code, "message": refusal.text, "more_info": more, "status": refusal.status}
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Answer(status=refusal.status, data=body, headers=headers)
