"""Tells customers what has left for them: once, all of a customer's in one message, by day."""

from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.model import Conversation
from bot.notices import account_language, write_to
from bot.replies import words
from bot.replies.dispatched import dispatched_text
from bot.replies.words import LONGEST_PIECE, short
from bot.turn import pages
from erp import dispatches, mirror
from orders.dispatched import OrderNews, take_news
from people.model import Account, Party, Person
from people.modes import in_shadow
from people.who import account_for, main_buyer, speaker
from routing.quiet import by_day, quiet_until
from store.database import now
from store.holds import standstill

log = structlog.get_logger()


def tell_dispatches(app: Munshi) -> int:
    """The duty: how many customers were told. Each is claimed in a transaction of its own."""
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        for erp in app.erps:
            if known := dispatches.begin(session, erp):
                log.info("dispatches_watched", erp=erp, left_before=known)
        if quiet_until(by_day(app.settings.timezone), now(session)) is not None:
            return 0
        customers = dispatches.customers_with_news(session)
    return sum(app.database.retrying(partial(_tell, app, party_code=code)) for code in customers)


def _tell(app: Munshi, session: Session, *, party_code: str) -> bool:
    """What is told to nobody (switched off, in shadow, no person to tell) is taken as told all the same."""
    party = session.get(Party, party_code, with_for_update=True, populate_existing=True)
    if party is None or standstill(session).stops((party_code,)) or _clerk_talks(session, party_code):
        return False  # told when it goes on, or is handed back
    today = now(session).astimezone(ZoneInfo(app.settings.timezone)).date()
    found = take_news(session, party_code, today=today)
    if not party.dispatch_news or in_shadow(session, (party_code,)):
        return False
    told: dict[int, list[OrderNews]] = {}
    for news in found:
        account = _reader(app, session, party, news)
        if account is not None:
            told.setdefault(account.id, []).append(news)
    for account_id, of_one in told.items():
        _write(app, session, session.get_one(Account, account_id), party, of_one)
    if told:
        log.info("dispatches_told", party=party_code, orders=sum(len(of_one) for of_one in told.values()))
    return bool(told)


def _clerk_talks(session: Session, party_code: str) -> bool:
    """Whether a clerk talks with somebody who buys for the firm: nothing of ours comes between."""
    taken = (
        select(Conversation.account_id)
        .join(Account, Account.id == Conversation.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(Conversation.taken_over_by.is_not(None), Person.parties.contains([party_code]))
    )
    return session.scalars(taken.limit(1)).first() is not None


def _reader(app: Munshi, session: Session, party: Party, news: OrderNews) -> Account | None:
    """Whoever ordered it, if he still buys for the firm; else its main buyer, if he has ever written to us."""
    if news.order is not None:
        account = session.get_one(Account, news.order.account_id)
        who = speaker(session, account.person, timezone=app.settings.timezone)
        if who is not None and party.code in who.buys_for:
            return account
    buyer = main_buyer(session, party.code, timezone=app.settings.timezone)
    found = account_for(session, buyer) if buyer is not None else None
    return found if found is not None and found.last_heard_at is not None else None


def _write(app: Munshi, session: Session, account: Account, party: Party, news: Sequence[OrderNews]) -> None:
    skus = {goods.sku for order in news for one in order.consignments for goods in one.goods}
    skus |= {goods.sku for order in news for goods in order.remains}
    said = words(account_language(account))
    simulated = any(order.order is not None and order.order.simulated for order in news)
    lines = dispatched_text(said, news, mirror.items(session, skus), firm=party.name)
    for bubble in pages([short(line, LONGEST_PIECE) for line in lines], language=said.catalogue, kind="dispatched"):
        write_to(app, session, account, bubble, simulated=simulated)
