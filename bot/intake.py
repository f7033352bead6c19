"""Taking in what people send: the raw message and its jobs in one statement, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from store.database import Database, call_after_commit, now
from store.job_sql import job_sql
from store.queue import Queue


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


_HEAR = job_sql("talk.hear", queue=Queue.TALK, lock="'talk:' || kept.sender", inbound_id="kept.id")
_FETCH = job_sql("media.fetch", queue=Queue.SEND, lock="'media:' || kept.id", inbound_id="kept.id")
# No conflict target: whatever unique key a repeat breaks, it is a repeat.
STORE = text(f"""
    WITH kept AS (
        INSERT INTO inbound (channel, sid, sender, also_known_as, profile_name, kind, body, payload, quoted_sid,
                             forwarded, media, raw, simulated, found_in_list, sent_at, stored_at,
                             state, outcome, failure)
        VALUES (:channel, :sid, :sender, :also_known_as, :profile_name, :kind, :body, :payload, :quoted_sid,
                :forwarded, CAST(:media AS jsonb), CAST(:raw AS jsonb), :simulated, :found_in_list,
                :sent_at, :stored_at, 'stored', '', '')
        ON CONFLICT DO NOTHING RETURNING id, sender, media
    )
    SELECT kept.id, procrastinate_defer_jobs_v1(
               CASE WHEN kept.media = '[]' THEN ARRAY[{_HEAR}] ELSE ARRAY[{_HEAR}, {_FETCH}] END)
      FROM kept
""")  # noqa: S608  (made of words of ours alone)

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
    call_after_commit(session, Queue.TALK)
    return _take_in(session.connection(), incoming, present=now(session))


def take_in_alone(database: Database, incoming: Incoming) -> int | None:
    """The same as a transaction of its own: one statement is one, and needs one trip to the database."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        kept = _take_in(connection, incoming, present=database.clock.now())
    database.call_workers(Queue.TALK)
    return kept


def _take_in(connection: Connection, incoming: Incoming, *, present: datetime) -> int | None:
    values = _values(incoming, stored_at=present)
    kept = connection.execute(STORE, values).first()
    if kept is None and not incoming.found_in_list:
        connection.execute(COMPLETE, values)
    return kept.id if kept else None


def _values(incoming: Incoming, *, stored_at: datetime) -> dict[str, Any]:
    return {
        "channel": incoming.channel,
        "sid": storable(incoming.sid),
        "sender": storable(incoming.sender),
        "also_known_as": storable(incoming.also_known_as),
        "profile_name": storable(incoming.profile_name),
        "kind": storable(incoming.kind),
        "body": storable(incoming.body),
        "payload": storable(incoming.payload),
        "quoted_sid": storable(incoming.quoted_sid),
        "forwarded": incoming.forwarded,
        "media": json.dumps(storable([dict(one) for one in incoming.media])),
        "raw": json.dumps(storable(dict(incoming.raw))),
        "simulated": incoming.simulated,
        "found_in_list": incoming.found_in_list,
        "sent_at": incoming.sent_at or stored_at,
        "stored_at": stored_at,
    }


def storable(value: Any) -> Any:
    """PostgreSQL stores neither the character zero nor half of a surrogate pair; everything else stays."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable(one) for one in value]
    return value
