"""An unconfirmed draft is an order at risk: one reminder, and a place on Needs a person until it is settled."""

from datetime import datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.hear import locked_conversation
from bot.model import Inbound
from bot.notices import account_language, channel_for
from bot.outgoing import queue
from bot.replies import words
from bot.replies.summary import Facts, summary
from orders import drafts
from orders.goods import goods_of
from orders.model import DraftState, OrderDraft
from people.model import Account, Function, Party
from people.who import speaker
from routing import matters
from routing.model import MatterKind
from store.database import now

QUIET_FROM, QUIET_TO = time(21), time(8)
BATCH = 200


def remind(app: Munshi) -> int:
    """Remind of every draft that is due; how many. Each draft is claimed in its own transaction."""
    with app.database.transaction() as session:
        due = session.scalars(
            select(OrderDraft.id)
            .where(
                OrderDraft.state == DraftState.OPEN.value,
                OrderDraft.reminder_due_at <= now(session),
            )
            .order_by(OrderDraft.reminder_due_at)
            .limit(BATCH)
        ).all()
    return sum(app.database.retrying(partial(_remind, app, draft_id=draft_id)) for draft_id in due)


def is_quiet(moment: datetime, timezone: str) -> bool:
    """From 21:00 to 08:00 nobody is reminded."""
    local = moment.astimezone(ZoneInfo(timezone)).time()
    return local >= QUIET_FROM or local < QUIET_TO


def _remind(app: Munshi, session: Session, *, draft_id: int) -> bool:
    account_id = session.scalars(select(OrderDraft.account_id).where(OrderDraft.id == draft_id)).one()
    conversation = locked_conversation(session, account_id)
    draft = drafts.locked(session, draft_id)
    if draft.state != DraftState.OPEN.value or draft.reminder_due_at is None or draft.reminder_due_at > now(session):
        return False
    _stand_before_a_person(session, draft)
    if is_quiet(now(session), app.settings.timezone):
        return False
    draft.reminder_due_at = None
    draft.reminded_at = now(session)
    account = session.get_one(Account, account_id)
    who = speaker(session, account.person, timezone=app.settings.timezone)
    if account.opted_out_at is not None or conversation.stopped_at is not None or who is None:
        return False
    _write(app, session, draft, account, name_firm=draft.on_behalf or len(who.firms) > 1)
    drafts.note(session, draft, "reminded", by="munshi")
    return True


def _stand_before_a_person(session: Session, draft: OrderDraft) -> None:
    matters.open_matter(
        session,
        kind=MatterKind.UNCONFIRMED_DRAFT,
        reference=f"draft:{draft.id}",
        function=Function.COMMERCIAL,
        party_code=draft.party_code,
        account_id=draft.account_id,
        facts={"lines": len(draft.lines)},
    )


def _write(app: Munshi, session: Session, draft: OrderDraft, account: Account, *, name_firm: bool) -> None:
    """The summary again, at today's prices; a price that moved makes a new version."""
    today = now(session).astimezone(ZoneInfo(app.settings.timezone)).date()
    changed = drafts.refresh(session, draft, day=today)
    if changed.repriced:
        draft.version += 1
    party = session.get_one(Party, draft.party_code)
    skus = {line.sku for line in draft.lines if line.sku}
    skus |= {entry["sku"] for line in draft.lines for entry in line.candidates}
    said = words(account_language(app, account))
    facts = Facts(
        draft=draft,
        goods=goods_of(session, skus, price_list=party.price_list),
        firm=party.name,
        name_firm=name_firm,
        places=drafts.places(session, draft.party_code),
        changed=changed,
        heading="summary.reminder",
        whole=False,
    )
    for bubble in summary(said, facts):
        queue(
            session,
            account_id=account.id,
            channel=_last_channel(app, session, account, simulated=draft.simulated),
            bubble=bubble,
            simulated=draft.simulated,
        )


def _last_channel(app: Munshi, session: Session, account: Account, *, simulated: bool) -> str:
    heard = session.scalars(
        select(Inbound.channel).where(Inbound.account_id == account.id).order_by(Inbound.id.desc()).limit(1)
    ).first()
    return heard or channel_for(app, simulated=simulated)
