"""The provider's own list of messages beside ours: what it has and we do not, and what a restore forgot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.channels.port import Channel, ChannelError, Direction, ListedMessage, Refused
from bot.listing import OLDER_THAN, as_incoming, known_sids, take_listed
from bot.model import ACCEPTED_STATES, Inbound, InboundState, Outbound
from bot.sending import OPEN, fail
from erp.reconcile import CannotCompare, Difference
from orders.restored import close_drafts, with_open_drafts
from people.model import Account, Function
from people.who import account_of, firms_of
from routing import matters
from routing.model import MatterKind
from store.database import now
from store.holds import Hold

DAY = timedelta(days=1)
LONGEST = timedelta(days=14)
OVERLAP = timedelta(hours=1)
"""Before the last message of a backup; a webhook may have been late."""
MARGIN = timedelta(minutes=5)
ANSWERED_BEFORE = "before_restore"
"""The outcome of a message that was answered by what the restore forgot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lists:
    """What a provider lists from `since` on, oldest first."""

    since: datetime
    incoming: list[ListedMessage]
    outgoing: list[ListedMessage]

    def answered(self, message: ListedMessage) -> bool:
        """Whether its sender was written to after it."""
        return any(one.person == message.person and one.at >= message.at for one in self.outgoing)


def compare_lists(app: Munshi, hold: Hold | None) -> Iterator[Difference]:
    """Messages either side has and the other has not. Raises CannotCompare."""
    for channel in app.channels.values():
        if not channel.keeps_list:
            if hold is not None:
                text = f"{channel.name} keeps no list: what was written between the backup and now is not known"
                yield Difference(name=f"provider:{channel.name}", text=text)
            continue
        lists = _read(app, channel, hold)
        settled = app.database.clock.now() - (OLDER_THAN if hold is None else timedelta())
        known = known_sids(app.database, channel, lists.incoming)
        for one in lists.incoming:
            if one.sid not in known and one.at <= settled:
                text = f"{channel.name} has a message of {one.at:%Y-%m-%d %H:%M} UTC that we have not"
                yield Difference(name=f"message:{one.sid}", text=text)
        if hold is None:
            yield from _never_sent(app, channel, lists)


def _never_sent(app: Munshi, channel: Channel, lists: Lists) -> Iterator[Difference]:
    """Bubbles we have as sent that the provider does not list."""
    present = app.database.clock.now()
    with app.database.transaction() as session:
        rows = session.execute(
            select(Outbound.id, Outbound.sid).where(
                Outbound.channel == channel.name,
                Outbound.state.in_([state.value for state in ACCEPTED_STATES]),
                Outbound.sent_at.between(lists.since + MARGIN, present - MARGIN),
            )
        ).all()
    listed = {one.sid for one in lists.outgoing}
    # Nothing is listed where there is no provider.
    for outbound_id, sid in rows if listed else ():
        if sid not in listed:
            text = f"we have bubble {outbound_id} as sent, {channel.name} does not list it"
            yield Difference(name=f"sent:{outbound_id}", text=text)


def _read(app: Munshi, channel: Channel, hold: Hold | None) -> Lists:
    since = _since(app, channel, hold)
    try:
        listed = sorted(channel.listed(since), key=lambda one: one.at)
    except ChannelError as error:
        raise CannotCompare(f"{channel.name} gave no answer: {error}") from error
    return Lists(
        since=since,
        incoming=[one for one in listed if one.direction == Direction.INBOUND],
        outgoing=[one for one in listed if one.direction == Direction.OUTBOUND],
    )


def _since(app: Munshi, channel: Channel, hold: Hold | None) -> datetime:
    """From the last message the backup holds on; without a hold a day back. Nothing from before we began is ours."""
    present = app.database.clock.now()
    until = hold.since if hold else present
    with app.database.transaction() as session:
        ours = (Inbound.channel == channel.name, Inbound.stored_at < until)
        found = session.execute(select(func.min(Inbound.stored_at), func.max(Inbound.stored_at)).where(*ours)).one()
    first: datetime | None = found[0]
    newest: datetime | None = found[1]
    if first is None or newest is None:
        return until - DAY
    since = newest - OVERLAP if hold else present - DAY
    return max(since, first - OVERLAP, present - LONGEST)


# --- after a restore ---


def take_gap(app: Munshi, hold: Hold) -> list[str]:
    """Take in what was written since the backup; what was done, in words. Raises CannotCompare.

    What nobody answered is heard as soon as we go on. What was answered stays as it is, before a person; the open
    drafts of its sender are closed, since they may have been ordered meanwhile. Where no list tells, that is so of
    everybody with something open.
    """
    done = []
    for channel in app.channels.values():
        if channel.keeps_list:
            done += _take_gap(app, channel, hold)
        else:
            done += app.database.retrying(partial(_put_aside, channel=channel.name, since=hold.since))
    return done


def _take_gap(app: Munshi, channel: Channel, hold: Hold) -> list[str]:
    lists = _read(app, channel, hold)
    known = known_sids(app.database, channel, lists.incoming) - _unread(app, channel, hold)
    missing = [one for one in lists.incoming if one.sid not in known]
    answered = [one for one in missing if lists.answered(one)]
    people: set[int] = set()
    for one in answered:
        people.add(app.database.retrying(partial(_keep, channel=channel, listed=one)))
    try:
        heard = sum(take_listed(app.database, channel, one) for one in missing if one not in answered)
    except ChannelError as error:
        raise CannotCompare(f"{channel.name} gave no answer: {error}") from error
    done = []
    if answered:
        done.append(
            f"{len(answered)} messages of {len(people)} people were answered after the backup; see the order desk"
        )
    if heard:
        done.append(f"{heard} messages nobody answered are read once we go on")
    return done


def _unread(app: Munshi, channel: Channel, hold: Hold) -> set[str]:
    """Messages that had come and were not yet read when the backup was written: they may have been, since."""
    stored = (Inbound.channel == channel.name, Inbound.state == InboundState.STORED.value)
    with app.database.transaction() as session:
        return set(session.scalars(select(Inbound.sid).where(*stored, Inbound.stored_at < hold.since)))


def _put_aside(session: Session, *, channel: str, since: datetime) -> list[str]:
    """What was open when the backup was written may have gone on: none of it is read, said or ordered by itself."""
    unread = session.scalars(
        update(Inbound)
        .where(Inbound.channel == channel, Inbound.state == InboundState.STORED.value, Inbound.stored_at < since)
        .values(state=InboundState.DONE.value, done_at=now(session), outcome=ANSWERED_BEFORE)
        .returning(Inbound.sender)
    ).all()
    accounts = {account_of(session, sender).id for sender in unread}
    accounts |= {one for one in with_open_drafts(session, since) if _wrote_by(session, one, channel)}
    for account_id in sorted(accounts):
        _set_aside(session, session.get_one(Account, account_id))
    unsent = session.scalars(
        select(Outbound)
        .where(Outbound.channel == channel, Outbound.state.in_(OPEN), Outbound.created_at < since)
        .order_by(Outbound.position)
        .with_for_update()
    ).all()
    for row in unsent:
        fail(session, row, Refused("was on its way when the backup was written", code="restored"))
    if not accounts and not unsent:
        return []
    return [f"{len(accounts)} people had something open, {len(unsent)} bubbles were on their way; see the order desk"]


def _wrote_by(session: Session, account_id: int, channel: str) -> bool:
    return bool(session.scalar(select(exists().where(Inbound.account_id == account_id, Inbound.channel == channel))))


def _keep(session: Session, *, channel: Channel, listed: ListedMessage) -> int:
    """Store an answered message as done, and put its sender before a person; the account's id."""
    account = account_of(session, listed.person)
    incoming = as_incoming(channel, listed, ())
    over = {
        "account_id": account.id,
        "state": InboundState.DONE.value,
        "done_at": now(session),
        "outcome": ANSWERED_BEFORE,
    }
    row = insert(Inbound).values(
        channel=incoming.channel,
        sid=incoming.sid,
        sender=incoming.sender,
        body=incoming.body,
        raw=dict(incoming.raw),
        found_in_list=True,
        sent_at=listed.at,
        stored_at=now(session),
        **over,
    )
    still_unread = Inbound.state == InboundState.STORED.value
    session.execute(row.on_conflict_do_update(index_elements=["channel", "sid"], set_=over, where=still_unread))
    account.last_heard_at = max(listed.at, account.last_heard_at or listed.at)
    _set_aside(session, account, said="wrote after the backup and was answered; what was agreed is only in the chat")
    return account.id


MAY_HAVE_GONE_ON = "had something open at the backup; what was agreed since is only in the chat"


def _set_aside(session: Session, account: Account, *, said: str = MAY_HAVE_GONE_ON) -> None:
    """Close the open drafts of somebody whose talk we forgot, and put him before a person."""
    drafts = close_drafts(session, account.id)
    for draft_id in drafts:
        matters.close_about(session, f"draft:{draft_id}", by="restore", reason="talked about after the backup")
    firms = firms_of(session, account.person)
    said = f"{said} and the ERP"
    if drafts:
        said += f"; draft {', '.join(map(str, drafts))} was closed"
    matters.open_matter(
        session,
        kind=MatterKind.AFTER_RESTORE,
        reference=f"account:{account.id}",
        function=Function.COMMERCIAL,
        party_code=firms[0] if len(firms) == 1 else None,
        account_id=account.id,
        facts={"said": said},
    )
