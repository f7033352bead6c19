"""A duty: what the provider's message list has and we do not is taken in, as a webhook that was lost."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import func, select

from bot.callbacks import record_status
from bot.channels.port import Channel, ChannelError, Direction, HasChannels, ListedMessage, Media
from bot.intake import Incoming, take_in
from bot.model import Inbound, Outbound, OutboundState
from store.database import Database
from store.holds import held

log = structlog.get_logger()

# A younger message may still come by its webhook.
OLDER_THAN = timedelta(minutes=3)
# Read every time, and once an hour and at every start: what a longer fault of ours may have missed.
SHORT, DEEP, DEEP_EVERY = timedelta(hours=1), timedelta(hours=24), timedelta(hours=1)
LONGEST = timedelta(days=7)
BATCH = 200
# A message waits this long for its attachments to be named, then it is taken in without them.
PATIENCE = timedelta(minutes=15)

_read_deeply_at: WeakKeyDictionary[Channel, datetime] = WeakKeyDictionary()


def take_missing(app: HasChannels) -> int:
    """Read the list of every channel; how many messages older than three minutes were missing and taken in.

    Outgoing ones tell on the way what callbacks did not. After a restore it is `reconcile` that reads the list: much
    of what we do not know was answered before.
    """
    with app.database.transaction() as session:
        if held(session):
            return 0
    return sum(_take_missing(app.database, channel) for channel in app.channels.values())


def _take_missing(database: Database, channel: Channel) -> int:
    present = database.clock.now()
    since, deep = _since(database, channel, present)
    try:
        missing = list(_missing(database, channel, since))
        taken = [take_listed(database, channel, one) for one in sorted(missing, key=lambda one: one.at)]
    except ChannelError as error:
        _read_deeply_at.pop(channel, None)
        log.warning("list_not_read", channel=channel.name, error=type(error).__name__, code=error.code)
        return 0
    if deep:
        _read_deeply_at[channel] = present
    if any(taken):
        log.info("missing_taken_in", channel=channel.name, messages=sum(taken))
    return sum(taken)


def _since(database: Database, channel: Channel, present: datetime) -> tuple[datetime, bool]:
    """From when on to read, and whether that is the long look back. Nothing from before we began is ours."""
    last = _read_deeply_at.get(channel)
    if last is not None and last <= present < last + DEEP_EVERY:
        return present - SHORT, False
    with database.transaction() as session:
        whole = select(func.min(Inbound.stored_at), func.max(Inbound.stored_at))
        found = session.execute(whole.where(Inbound.channel == channel.name)).one()
    first: datetime | None = found[0]
    newest: datetime | None = found[1]
    if first is None or newest is None:
        return present - SHORT, True
    since = min(present - DEEP, newest - SHORT)
    return max(since, first - SHORT, present - LONGEST), True


def _missing(database: Database, channel: Channel, since: datetime) -> Iterator[ListedMessage]:
    settled = database.clock.now() - OLDER_THAN
    listed = (one for one in channel.listed(since) if one.at <= settled)
    while batch := list(islice(listed, BATCH)):
        _hear_outgoing(database, [one for one in batch if one.direction == Direction.OUTBOUND])
        incoming = [one for one in batch if one.direction == Direction.INBOUND]
        known = known_sids(database, channel, incoming)
        yield from (one for one in incoming if one.sid not in known)


def known_sids(database: Database, channel: Channel, listed: Sequence[ListedMessage]) -> set[str]:
    """Those of these incoming messages that we have."""
    with database.transaction() as session:
        sids = [one.sid for one in listed]
        found = select(Inbound.sid).where(Inbound.channel == channel.name, Inbound.sid.in_(sids))
        return set(session.scalars(found))


def _hear_outgoing(database: Database, listed: Sequence[ListedMessage]) -> None:
    by_sid = {one.sid: one for one in listed}
    with database.transaction() as session:
        open_ones = select(Outbound.sid).where(Outbound.sid.in_(by_sid), Outbound.state == OutboundState.SENT.value)
        for sid in session.scalars(open_ones).all():
            one = by_sid[sid or ""]
            record_status(session, sid=one.sid, status=one.status, error=one.error)


def take_listed(database: Database, channel: Channel, listed: ListedMessage) -> bool:
    """Take a message in as its webhook would have; False when it is known, or must wait for its attachments."""
    attachments = _attachments(database, channel, listed)
    if attachments is None:
        return False
    with database.transaction() as session:
        return take_in(session, as_incoming(channel, listed, attachments)) is not None


def as_incoming(channel: Channel, listed: ListedMessage, attachments: Sequence[Media]) -> Incoming:
    """A listed message in the form in which messages are taken in."""
    return Incoming(
        channel=channel.name,
        sid=listed.sid,
        sender=listed.person,
        sent_at=listed.at,
        kind=_kind(attachments),
        body=listed.body,
        media=tuple({"url": one.url, "type": one.content_type} for one in attachments),
        raw=listed.raw,
        found_in_list=True,
    )


def _attachments(database: Database, channel: Channel, listed: ListedMessage) -> Sequence[Media] | None:
    """What came with a message; None when the provider does not say now and it may wait for the next run."""
    if not listed.media:
        return ()
    try:
        return channel.media(listed.sid)
    except ChannelError as error:
        log.warning("attachments_not_listed", sid=listed.sid, code=error.code)
        return None if listed.at > database.clock.now() - PATIENCE else ()


def _kind(attachments: Sequence[Media]) -> str:
    """The list does not say: as far as the attachment tells."""
    if not attachments:
        return "text"
    family = attachments[0].content_type.partition("/")[0]
    return family if family in ("image", "audio", "video") else "document"
