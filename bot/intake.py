"""Taking in what people send: the raw message and its job in one transaction, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from store.database import now
from store.queue import Queue, defer


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """One message as a channel hands it over; `sender` and `also_known_as` exactly as given."""

    channel: str
    sid: str
    sender: str
    sent_at: datetime | None = None
    """None: the provider does not say; it counts as sent when it was stored."""
    also_known_as: str = ""
    profile_name: str = ""
    kind: str = "text"
    body: str = ""
    payload: str = ""
    quoted_sid: str = ""
    forwarded: bool = False
    media: tuple[Mapping[str, str], ...] = ()
    """`{"url", "type"}` of each attachment."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False
    found_in_list: bool = False


STORE = text("""
    INSERT INTO inbound (channel, sid, sender, also_known_as, profile_name, kind, body, payload, quoted_sid,
                         forwarded, media, raw, simulated, found_in_list, sent_at, stored_at,
                         state, outcome, failure)
    VALUES (:channel, :sid, :sender, :also_known_as, :profile_name, :kind, :body, :payload, :quoted_sid,
            :forwarded, CAST(:media AS jsonb), CAST(:raw AS jsonb), :simulated, :found_in_list,
            :sent_at, :stored_at, 'stored', '', '')
    ON CONFLICT DO NOTHING RETURNING id
""")

# A message found in the provider's list first has no payload; its own webhook, come late, brings it.
COMPLETE = text("""
    UPDATE inbound
       SET payload = :payload, body = :body, kind = :kind, quoted_sid = :quoted_sid, forwarded = :forwarded,
           also_known_as = :also_known_as, profile_name = :profile_name, media = CAST(:media AS jsonb),
           raw = CAST(:raw AS jsonb), found_in_list = false
     WHERE channel = :channel AND sid = :sid AND found_in_list AND state IN ('stored', 'parked')
""")


def take_in(session: Session, incoming: Incoming) -> int | None:
    """Store a message with its jobs; the row's id, or None for a repeat, which changes nothing.

    The webhook of a message that the list had first fills in what is missing, unless it is handled already.
    """
    values = _values(incoming, stored_at=now(session))
    inbound_id: int | None = session.execute(STORE, values).scalar_one_or_none()
    if inbound_id is None:
        if not incoming.found_in_list:
            session.execute(COMPLETE, values)
        return None
    defer(session, "talk.hear", queue=Queue.TALK, lock=f"talk:{incoming.sender}", inbound_id=inbound_id)
    if incoming.media:
        defer(session, "media.fetch", queue=Queue.SEND, lock=f"media:{inbound_id}", inbound_id=inbound_id)
    return inbound_id


def _values(incoming: Incoming, *, stored_at: datetime) -> dict[str, Any]:
    return {
        "channel": incoming.channel,
        "sid": incoming.sid,
        "sender": incoming.sender,
        "also_known_as": incoming.also_known_as,
        "profile_name": incoming.profile_name,
        "kind": incoming.kind,
        "body": incoming.body,
        "payload": incoming.payload,
        "quoted_sid": incoming.quoted_sid,
        "forwarded": incoming.forwarded,
        "media": json.dumps([dict(one) for one in incoming.media]),
        "raw": json.dumps(dict(incoming.raw)),
        "simulated": incoming.simulated,
        "found_in_list": incoming.found_in_list,
        "sent_at": incoming.sent_at or stored_at,
        "stored_at": stored_at,
    }
