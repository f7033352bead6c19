"""The console: a chat page that behaves like WhatsApp, in front of the same intake and outgoing table as Twilio."""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.callbacks import record_status
from bot.intake import Incoming, take_in
from bot.model import Inbound, Outbound
from store.database import now
from web.pages import chats, conversation
from web.pages.guard import May, munshi, pages, to_sign_in, transaction, visitor
from web.pages.live import stream
from web.pages.placeholders import CONTENT_TYPES, Placeholder, address
from web.pages.zones import zone_of

P = ParamSpec("P")
blueprint = pages("console", __name__, url_prefix="/console")

LONGEST_TEXT = 4096
SIDES = ("a", "b")
RETRY_MS = 700
# A phone in E.164, or the id WhatsApp gives of somebody who hides his number.
SENDER = re.compile(r"\+[1-9]\d{7,14}|[A-Z]{2}\.[A-Za-z0-9]{4,60}")
NONCE = re.compile(r"[A-Za-z0-9-]{8,64}")


def open_to_all() -> bool:
    """Whether the set-up is a demonstration on this machine alone; else an admin's sign-in is asked for."""
    return munshi().settings.console_open


def guarded(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """A view for whoever may play other people's parts."""

    @wraps(view)
    def asked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if open_to_all():
            return view(*args, **kwargs)
        if not current_user.is_authenticated:
            return to_sign_in()
        if not visitor().may(May.ADMIN):
            abort(403)
        return view(*args, **kwargs)

    asked.asks = May.ADMIN  # type: ignore[attr-defined]
    return asked


@blueprint.get("/")
@guarded
def console() -> ResponseReturnValue:
    """Two panes side by side; who plays in them stands in the address."""
    with transaction() as session:
        panes = [_pane(session, side, request.args.get(side, "")) for side in SIDES]
        return render_template("console/page.html", panes=panes, simulated=not open_to_all())


@blueprint.get("/pane/<any(a, b):side>")
@guarded
def pane(side: str) -> ResponseReturnValue:
    """One pane: the chat of `sender`, or the list of people to choose from."""
    sender = request.args.get("sender", "").strip()
    if request.args.get("stranger") and not sender.startswith("+") and sender.isdigit():
        sender = "+" + sender
    with transaction() as session:
        return render_template("console/pane.html", **_pane(session, side, sender, request.args.get("called", "")))


@blueprint.get("/people/<any(a, b):side>")
@guarded
def people(side: str) -> ResponseReturnValue:
    """The list of people that match the words typed."""
    with transaction() as session:
        found = chats.contacts(session, request.args.get("words", "")[:80])
        return render_template("console/people.html", side=side, contacts=found, zone=zone_of(session, ""))


def _pane(session: Session, side: str, sender: str, called: str = "") -> dict[str, Any]:
    plain: dict[str, Any] = {"side": side, "problem": "", "zone": zone_of(session, "")}
    if not sender:
        return plain | {"contact": None, "contacts": chats.contacts(session)}
    if not SENDER.fullmatch(sender):
        problem = f"{sender[:40]} is no phone number. Type it with + and the country's code, such as +919800000001."
        return plain | {"contact": None, "contacts": chats.contacts(session), "problem": problem}
    who = chats.contact(session, sender, called=called.strip()[:60])
    return plain | {
        "contact": who,
        "zone": zone_of(session, who.plant),
        "bubbles": conversation.of_sender(session, sender, channel=chats.CHANNEL),
        "placeholders": list(Placeholder),
    }


@blueprint.post("/say")
@guarded
def say() -> ResponseReturnValue:
    """A typed message, perhaps quoting another."""
    words = request.form.get("text", "").replace("\r\n", "\n")[:LONGEST_TEXT]
    if not words.strip():
        return "", 204
    return _take(body=words, raw={"MessageType": "text"})


@blueprint.post("/tap")
@guarded
def tap() -> ResponseReturnValue:
    """A tap on a button or a list's row: its payload and its title, as the bubble has them, quoting the bubble."""
    with transaction() as session:
        bubble = session.get(Outbound, request.form.get("bubble", ""))
    offered = {} if bubble is None else {one["payload"]: one for one in (*bubble.rows, *bubble.buttons)}
    chosen = offered.get(request.form.get("payload", ""))
    if bubble is None or chosen is None:
        abort(404)
    kind = "list" if chosen in bubble.rows else "button"
    return _take(
        kind=kind,
        body=chosen["title"],
        payload=chosen["payload"],
        quoted_sid=bubble.sid or "",
        raw={"MessageType": kind},
    )


@blueprint.post("/attach")
@guarded
def attach() -> ResponseReturnValue:
    """A photo, voice note or document: a placeholder file, with a caption or without."""
    try:
        kind = Placeholder(request.form.get("kind", ""))
    except ValueError:
        abort(404)
    medium = {"url": address(kind), "type": CONTENT_TYPES[kind]}
    message_type = {Placeholder.PHOTO: "image", Placeholder.VOICE: "audio"}.get(kind, "document")
    caption = request.form.get("text", "")[:1024]
    return _take(kind=message_type, body=caption, media=(medium,), raw={"MessageType": message_type})


def _take(
    *,
    kind: str = "text",
    body: str = "",
    payload: str = "",
    quoted_sid: str = "",
    media: tuple[Mapping[str, str], ...] = (),
    raw: Mapping[str, Any],
) -> ResponseReturnValue:
    """Store the message as a webhook would. The page's own nonce makes a repeated request the same message."""
    sender, nonce = request.form.get("sender", ""), request.form.get("nonce", "")
    if not SENDER.fullmatch(sender):
        abort(422)
    sid = f"CO{nonce if NONCE.fullmatch(nonce) else uuid4().hex}"
    with transaction() as session:
        take_in(
            session,
            Incoming(
                channel=chats.CHANNEL,
                sid=sid,
                sender=sender,
                sent_at=now(session),
                profile_name=request.form.get("called", "")[:60],
                kind=kind,
                body=body,
                payload=payload,
                quoted_sid=quoted_sid or _quotable(session, request.form.get("quoted", "")),
                forwarded=bool(request.form.get("forwarded")),
                media=media,
                raw=raw,
                simulated=not open_to_all(),
            ),
        )
    return {"sid": sid}


def _quotable(session: Session, sid: str) -> str:
    """The sid, when it is one of a message of this channel."""
    if not sid:
        return ""
    found = select(Outbound.sid).where(Outbound.sid == sid).union(select(Inbound.sid).where(Inbound.sid == sid))
    return sid if session.scalars(found).first() else ""


@blueprint.post("/seen")
@guarded
def seen() -> ResponseReturnValue:
    """The page tells which bubbles it shows, and which of them stand before somebody's eyes."""
    with transaction() as session:
        for status in ("delivered", "read"):
            for sid in request.form.getlist(status)[:200]:
                record_status(session, sid=sid, status=status)
    return "", 204


@blueprint.get("/feed")
@guarded
def feed() -> ResponseReturnValue:
    """What is new since the event id that comes back, at once; then the browser asks again. No worker is held."""
    known = (request.headers.get("Last-Event-ID", "") + "||").split("|")
    senders = [(side, request.args.get(side, "")) for side in SIDES]
    events: list[tuple[str, Any]] = []
    with transaction() as session:
        waiting = chats.unread(session)
        versions = [chats.probe(session, sender) if sender else "" for _, sender in senders]
        for (side, sender), version, before in zip(senders, versions, known, strict=False):
            if sender and version != before:
                events.append(("pane", _news(session, side, sender)))
    unread_version = ",".join(f"{sender}={count}" for sender, count in sorted(waiting.items())) or "nobody"
    if known[2] != unread_version:
        events.append(("unread", waiting))
    return stream(events, event_id="|".join([*versions, unread_version]), retry_ms=RETRY_MS)


def _news(session: Session, side: str, sender: str) -> dict[str, Any]:
    who = chats.contact(session, sender)
    zone = zone_of(session, who.plant)
    bubbles = conversation.of_sender(session, sender, channel=chats.CHANNEL)
    return {
        "side": side,
        "sender": sender,
        "typing": any(bubble.mine and bubble.tick == "delivered" for bubble in bubbles[-3:]),
        "bubbles": [_drawn(bubble, zone) for bubble in bubbles],
    }


def _drawn(bubble: conversation.Bubble, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "key": bubble.key,
        "sid": bubble.sid,
        "version": bubble.version if bubble.mine else bubble.key,
        "html": render_template("console/bubble.html", b=bubble, zone=zone),
    }
