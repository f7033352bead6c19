"""Telling people other than the speaker: a function's staff, a firm's main buyer."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.bubbles import Bubble, Button
from bot.model import Inbound, KeptNotice, Outbound
from bot.outgoing import queue
from bot.replies import DEFAULT_LANGUAGE, words
from bot.replies.words import amount, rupees
from erp.records import Item
from orders.goods import goods_of
from orders.model import SalesOrder
from orders.schedule import plant_of_party
from people.model import Account, Function, Party, Person
from people.who import account_for, answering, main_buyer
from routing.quiet import MOST_SEVERE, ORDINARY, quiet_until
from routing.staff_hours import hours_of
from store.database import now

SHOWN_LINES = 12


def channel_for(app: Munshi, *, simulated: bool) -> str:
    """What began in the console of a demonstration is told in it."""
    return "console" if simulated and "console" in app.channels else app.channel.name


def channel_of(app: Munshi, session: Session, account: Account, *, simulated: bool) -> str:
    """The channel by which this account wrote last; of one that never wrote, the usual one."""
    heard = session.scalars(
        select(Inbound.channel).where(Inbound.account_id == account.id).order_by(Inbound.id.desc()).limit(1)
    ).first()
    return heard if heard is not None and heard in app.channels else channel_for(app, simulated=simulated)


def write_to(
    app: Munshi,
    session: Session,
    account: Account,
    bubble: Bubble,
    *,
    simulated: bool,
    inbound_id: int | None = None,
    hold: timedelta = timedelta(),
) -> Outbound:
    """Queue a bubble by the channel this account wrote by last; how, `queue` says."""
    return queue(
        session,
        account_id=account.id,
        channel=channel_of(app, session, account, simulated=simulated),
        bubble=bubble,
        inbound_id=inbound_id,
        hold=hold,
        simulated=simulated,
    )


def tell(app: Munshi, session: Session, person: Person, bubble: Bubble, *, simulated: bool) -> Outbound:
    """Write to a person; if he asked us not to, it stays unsaid."""
    return write_to(app, session, account_for(session, person), bubble, simulated=simulated)


def language_of(person: Person) -> str:
    """In which he is written to."""
    return person.language or DEFAULT_LANGUAGE


def tell_function(
    app: Munshi,
    session: Session,
    function: Function,
    key: str,
    /,
    *,
    party_code: str | None,
    simulated: bool,
    plant: str = "",
    severity: int = ORDINARY,
    **facts: object,
) -> None:
    """One sentence to those who answer for a function in what concerns a firm; until rosters exist, all of them.

    A fact that depends on the language is a function of the words of whoever is told. Whose plant is closed hears it
    when it opens, unless it is of the first severity.
    """
    party = session.get(Party, party_code) if party_code else None
    facts["firm"] = party.name if party is not None else "–"
    timezone = app.settings.timezone
    place = plant or ("" if party is None else plant_of_party(session, party, timezone=timezone).code)
    for person in answering(session, function, timezone=timezone, plant=plant, party=party):
        said = words(language_of(person))
        told = {name: fact(said) if callable(fact) else fact for name, fact in facts.items()}
        hours = hours_of(session, person, plant=place, timezone=timezone)
        quiet = None if severity <= MOST_SEVERE else quiet_until(hours, now(session))
        if quiet is not None:
            keep(session, person, said(key, **told), plant=place, due_at=quiet, simulated=simulated, facts=told)
            continue
        bubble = Bubble(kind=key.replace(".", "_"), lines=(said(key, **told),), language=said.catalogue)
        tell(app, session, person, bubble, simulated=simulated)


def keep(
    session: Session,
    person: Person,
    sentence: str,
    *,
    plant: str,
    due_at: datetime,
    simulated: bool,
    facts: Mapping[str, object],
    topic: str = "",
) -> None:
    """Leave a sentence for the digest at the opening of his plant (`bot/digest.py`)."""
    session.add(
        KeptNotice(
            person_id=person.id,
            plant=plant,
            sentence=sentence,
            reference=str(facts.get("reference", "")),
            topic=topic,
            simulated=simulated,
            kept_at=now(session),
            due_at=due_at,
        )
    )


def tell_main_buyer(app: Munshi, session: Session, order: SalesOrder, *, by: str) -> None:
    """An order was placed in the firm's name: its main buyer may say that it is not theirs."""
    buyer = main_buyer(session, order.party_code, timezone=app.settings.timezone)
    if buyer is None or buyer.id == order.person_id:
        return
    said = words(language_of(buyer))
    goods = goods_of(session, {line.sku for line in order.lines}, price_list="")
    lines = [said("on_behalf.told", by=by, number=order.number, firm=_firm(session, order))]
    lines += [
        f"{line.no}. {_name(goods.items.get(line.sku), line.sku)} – {amount(line.quantity, line.uom)}"
        + (f" ({said('mark.goes_free')})" if line.free else "")
        for line in order.lines[:SHOWN_LINES]
    ]
    if len(order.lines) > SHOWN_LINES:
        lines.append(said("summary.more_lines", count=len(order.lines) - SHOWN_LINES))
    lines.append(said("on_behalf.total", total=rupees(order.total)))
    bubble = Bubble(
        kind="placed_for_you",
        lines=tuple(lines),
        buttons=(
            Button(act="ack", title=said("button.ours")),
            Button(act="notmine", title=said("button.not_ours")),
        ),
        language=said.catalogue,
        subject={"order": order.number},
    )
    tell(app, session, buyer, bubble, simulated=order.simulated)


def _name(item: Item | None, sku: str) -> str:
    return item.name if item else sku


def _firm(session: Session, order: SalesOrder) -> str:
    return session.get_one(Party, order.party_code).name


def account_language(account: Account) -> str:
    """In which an account is written to."""
    return language_of(account.person) if account.person else DEFAULT_LANGUAGE
