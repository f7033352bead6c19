"""What Meta's webhook says, as values: every message, delivery status and template decision of a batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.channels.cloud import MEDIA, NAME
from bot.intake import Incoming
from store.clock import Clock

log = structlog.get_logger()

# Ids are indexed; a longer one is none of Meta's.
LONGEST_ID = 300
# Older than this a message was held up on its way: then it counts from when Meta had it.
ON_TIME = timedelta(seconds=5)
# Meta cuts the fraction of a second off: it may have been sent as much later.
CUT_OFF = timedelta(seconds=1)
OF_MEDIA = ("image", "audio", "video", "document", "sticker")
MESSAGES, FORMS = "messages", "message_template_status_update"
# A flagged template may be sent until it is paused; a reinstated one again.
MAY_BE_SENT = {"flagged": "approved", "reinstated": "approved"}

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """What became of a message of ours, as `record_status` takes it; our own id, if Meta gives it back."""

    sid: str
    status: str
    outbound_id: str
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What WhatsApp decided about a template, as `record_approval` takes it."""

    sid: str
    approval: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Everything one call brings, in its order."""

    messages: tuple[Incoming, ...]
    statuses: tuple[Status, ...]
    decisions: tuple[Decision, ...]


def batch(said: Json, *, phone_number_id: str, clock: Clock) -> Batch:
    """Every entry and every change of it; what is for another number of the account is left out."""
    values = [(_text(change, "field"), _object(change, "value")) for change in _changes(said)]
    ours = [value for field, value in values if field == MESSAGES and _is_for(value, phone_number_id)]
    return Batch(
        messages=tuple(one for value in ours for one in _messages(value, clock)),
        statuses=tuple(one for value in ours for one in map(_status, _objects(value, "statuses")) if one.sid),
        decisions=tuple(
            one for field, value in values if field == FORMS for one in (_decision(value),) if one.sid and one.approval
        ),
    )


def _changes(said: Json) -> Iterator[Json]:
    for entry in _objects(said, "entry"):
        yield from _objects(entry, "changes")


def _is_for(value: Json, phone_number_id: str) -> bool:
    """Whether it is our number's. What Meta could not do for it stands beside, and is logged."""
    number = _text(_object(value, "metadata"), "phone_number_id")
    if number and number != phone_number_id:
        log.warning("webhook_of_another_number", phone_number_id=number)
        return False
    for error in _objects(value, "errors"):
        log.warning("webhook_error", code=_text(error, "code"), title=_text(error, "title"))
    return True


def _messages(value: Json, clock: Clock) -> Iterator[Incoming]:
    contacts = _objects(value, "contacts")
    for message in _objects(value, "messages"):
        incoming = _incoming(message, _contact_of(message, contacts), metadata=_object(value, "metadata"), clock=clock)
        if incoming is None:
            log.warning("webhook_without_sender", sid=_text(message, "id")[:LONGEST_ID])
        else:
            yield incoming


def _contact_of(message: Json, contacts: Sequence[Json]) -> Json:
    """Who wrote it; of a single message the single contact."""
    for contact in contacts:
        for ours, theirs in (("from_user_id", "user_id"), ("from", "wa_id")):
            if _text(message, ours) and _text(message, ours) == _text(contact, theirs):
                return contact
    return contacts[0] if len(contacts) == 1 else {}


def _incoming(message: Json, contact: Json, *, metadata: Json, clock: Clock) -> Incoming | None:
    """One message, whatever its type; None when it lacks an id or a sender. All of it is kept."""
    sid = _text(message, "id")
    phone = _phone(_text(message, "from"))
    user_ids = (_text(message, "from_user_id"), _text(contact, "user_id"))
    user_id = next((one for one in user_ids if 0 < len(one) <= LONGEST_ID), "")
    sender = phone or user_id
    if not sid or not sender or max(len(sid), len(sender)) > LONGEST_ID:
        return None
    kind = _text(message, "type") or "unsupported"
    context = _object(message, "context")
    body, payload = _said(kind, _object(message, kind))
    return Incoming(
        channel=NAME,
        sid=sid,
        sender=sender,
        sent_at=_sent_at(_text(message, "timestamp"), clock),
        also_known_as=user_id if user_id != sender else "",
        profile_name=_text(_object(contact, "profile"), "name"),
        kind=kind,
        body=body,
        payload=payload,
        quoted_sid=_text(context, "id") or _text(_object(message, "reaction"), "message_id"),
        forwarded=True in (context.get("forwarded"), context.get("frequently_forwarded")),
        media=_media(kind, _object(message, kind)),
        raw={"message": dict(message), "contact": dict(contact), "metadata": dict(metadata)},
    )


def _phone(number: str) -> str:
    """Meta leaves out the plus. What is no number is an id, and stays as it is."""
    return f"+{number}" if number.isascii() and number.isdecimal() else number


def _said(kind: str, content: Json) -> tuple[str, str]:
    """What a person reads of a message, and the payload of what was tapped."""
    if kind == "text":
        return _text(content, "body"), ""
    if kind == "button":
        return _text(content, "text"), _text(content, "payload")
    if kind == "interactive":
        reply = _object(content, "button_reply") or _object(content, "list_reply")
        return _text(reply, "title"), _text(reply, "id")
    if kind == "reaction":
        return _text(content, "emoji"), ""
    if kind == "order":
        return _cart(content), ""
    if kind == "system":
        return _text(content, "body"), ""
    return _text(content, "caption") if kind in OF_MEDIA else "", ""


def _cart(order: Json) -> str:
    """A catalogue's cart as lines of text. Its prices are the customer's own and are left out."""
    goods = _objects(order, "product_items")
    lines = [f"{_text(one, 'quantity') or '1'} x {_text(one, 'product_retailer_id')}" for one in goods]
    return "\n".join([*lines, _text(order, "text")]).strip()


def _media(kind: str, content: Json) -> tuple[Mapping[str, str], ...]:
    media_id = _text(content, "id")
    if kind not in OF_MEDIA or not media_id:
        return ()
    return ({"url": MEDIA + media_id, "type": _text(content, "mime_type").partition(";")[0].strip()},)


def _sent_at(timestamp: str, clock: Clock) -> datetime | None:
    """When a message that was held up was sent; None for one on time, which counts from when it came."""
    try:
        sent = datetime.fromtimestamp(int(timestamp), UTC) + CUT_OFF
    except (ValueError, OverflowError, OSError):
        return None
    # Meta's time is the machine's, which trials do not push.
    age = clock.pacing() - sent
    return clock.now() - age if age > ON_TIME else None


def _status(status: Json) -> Status:
    errors = _objects(status, "errors")
    return Status(
        sid=_text(status, "id")[:LONGEST_ID],
        status=_text(status, "status"),
        outbound_id=_text(status, "biz_opaque_callback_data")[:LONGEST_ID],
        error=_text(errors[0], "code") if errors else "",
    )


def _decision(value: Json) -> Decision:
    reason, event = _text(value, "reason"), _text(value, "event").lower()
    return Decision(
        sid=_text(value, "message_template_id"),
        approval=MAY_BE_SENT.get(event, event),
        reason="" if reason == "NONE" else reason,
    )


def _objects(where: Json, name: str) -> list[Json]:
    found = where.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _object(where: Json, name: str) -> Json:
    found = where.get(name)
    return found if isinstance(found, dict) else {}


def _text(where: Json, name: str) -> str:
    """A text, or a number as text; Meta writes ids as either."""
    found = where.get(name)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
