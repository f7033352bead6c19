"""Telling those who are asked to decide: when they are at work, all that is open for them in one message; and its end.

Which of them have been told stands in `asked_persons`; claimed there under lock, nobody is told twice.
"""

from collections.abc import Iterable, Sequence
from functools import partial

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.asked import about
from bot.bubbles import Bubble
from bot.model import Inbound, InboundState, Outbound, OutboundState
from bot.notices import language_of, write_to
from bot.price_asks import DEAL, keep_facts
from bot.replies import Words, words
from bot.replies import approval as texts
from bot.replies.words import clock_time
from orders.approval_model import PriceRequest
from orders.price_requests import withdraw_of_closed, withdraw_of_leavers
from people.model import Account, Function, Identity, Person
from people.who import account_for
from routing import asks, matters
from routing.ask_model import Ask, AskedPerson, AskKind, AskState
from routing.model import MatterKind
from store.database import now
from store.holds import standstill

log = structlog.get_logger()

BATCH = 200


def tell_asked(app: Munshi) -> int:
    """The duty: tell whoever has come to work what he is asked to decide; how many people. None in a standstill."""
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        waiting = session.scalars(
            select(AskedPerson.person_id)
            .join(Ask, Ask.id == AskedPerson.ask_id)
            .where(AskedPerson.told_at.is_(None), AskedPerson.sees_at <= now(session), _is_asked())
            .group_by(AskedPerson.person_id)
            .limit(BATCH)
        ).all()
    return sum(app.database.retrying(partial(_tell_one, app, person_id=person_id)) for person_id in waiting)


def _is_asked() -> ColumnElement[bool]:
    return (Ask.state == AskState.OPEN.value) & (AskedPerson.step == Ask.step)


def _tell_one(app: Munshi, session: Session, *, person_id: int) -> bool:
    return not standstill(session).everything and tell(app, session, person_id)


def tell_new(app: Munshi, session: Session, ask: Ask, asked: Iterable[AskedPerson]) -> None:
    """It has just been asked, or has moved on: whoever is at work is told now, the others when their plant opens."""
    if ask.kind == AskKind.PRICE.value:
        keep_facts(session, ask, timezone=app.settings.timezone)
        session.flush()
    for person_id in dict.fromkeys(row.person_id for row in asked):
        tell(app, session, person_id)


def tell(app: Munshi, session: Session, person_id: int) -> bool:
    """Tell somebody what he has not been told yet; with what waits to be sent to him it is one message."""
    rows = session.scalars(
        select(AskedPerson)
        .join(Ask, Ask.id == AskedPerson.ask_id)
        .where(
            AskedPerson.person_id == person_id,
            AskedPerson.told_at.is_(None),
            AskedPerson.sees_at <= now(session),
            _is_asked(),
        )
        .order_by(AskedPerson.id)
        .with_for_update(of=AskedPerson)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return False
    for row in rows:
        row.told_at = now(session)
    open_ones = {ask.id: ask for ask in asks.open_for(session, person_id, timezone=app.settings.timezone)}
    person = session.get_one(Person, person_id)
    unsent = _unsent(session, person)
    new = [ask_id for ask_id in dict.fromkeys([*unsent, *(row.ask_id for row in rows)]) if ask_id in open_ones]
    if not new:
        return False
    said = words(language_of(person))
    told = [open_ones[ask_id] for ask_id in new]
    _write(app, session, person, show(told, said, before=_in_whose_stead(session, rows, said)), told)
    log.info("asked_to_decide", person=person_id, asks=new)
    return True


def _unsent(session: Session, person: Person) -> list[int]:
    """What was put to him and has not left yet: a message every six seconds is all there is."""
    waiting = session.scalars(
        select(Outbound)
        .where(
            Outbound.account_id == account_for(session, person).id,
            Outbound.kind.in_((texts.KIND, texts.LIST_KIND)),
            Outbound.state == OutboundState.QUEUED.value,
            Outbound.inbound_id.is_(None),
        )
        .order_by(Outbound.position)
        .with_for_update()
    ).all()
    found: list[int] = []
    for row in waiting:
        found += [row.subject["ask"]] if "ask" in row.subject else [ask_id for ask_id, _ in row.subject["asks"]]
        row.state, row.state_at = OutboundState.SUPERSEDED.value, now(session)
    return found


def show(open_ones: Sequence[Ask], said: Words, *, before: Sequence[str] = ()) -> Bubble:
    """One with all its figures; several as a list, the worst margin first."""
    if len(open_ones) == 1:
        return about(open_ones[0]).bubble(open_ones[0], said, before=before)
    return open_list(open_ones, said, before=before)


def open_list(open_ones: Sequence[Ask], said: Words, *, first: int = 0, before: Sequence[str] = ()) -> Bubble:
    """What is open, numbered."""
    ordered = sorted(open_ones, key=lambda ask: (about(ask).urgency(ask), ask.id))
    rows = [(ask.id, ask.version, *about(ask).row(ask, said)) for ask in ordered]
    return texts.open_list(said, rows, first=first, before=before)


def _in_whose_stead(session: Session, rows: Iterable[AskedPerson], said: Words) -> list[str]:
    whose = dict.fromkeys(row.for_person_id for row in rows if row.for_person_id is not None)
    return [said("approval.in_stead", name=session.get_one(Person, person_id).name) for person_id in whose]


def _write(app: Munshi, session: Session, person: Person, bubble: Bubble, told: Sequence[Ask]) -> None:
    simulated = all(ask.simulated for ask in told)
    write_to(app, session, account_for(session, person), bubble, simulated=simulated)


def tell_end(app: Munshi, session: Session, ask: Ask, others: Iterable[AskedPerson]) -> None:
    """Tell those who had been asked too what became of it, and by whom; whoever was not told of it hears nothing."""
    by = session.get(Person, ask.answered_by) if ask.answered_by is not None else None
    for row in others:
        if row.told_at is None:
            continue
        person = session.get_one(Person, row.person_id)
        said = words(language_of(person))
        bubble = Bubble(
            kind="approval_over",
            lines=(ended(ask, by, said, timezone=app.settings.timezone),),
            language=said.catalogue,
            topic=f"ask:{ask.id}",
        )
        _write(app, session, person, bubble, [ask])


def ended(ask: Ask, by: Person | None, said: Words, *, timezone: str) -> str:
    """What became of an ask, by whom and when."""
    what = about(ask).outcome(ask, said)
    if by is None or ask.answered_at is None:
        return what
    return said("approval.decided_by", what=what, name=by.name, at=clock_time(ask.answered_at, timezone))


def tell_withdrawn(app: Munshi, session: Session, others: Iterable[AskedPerson], *, but: Iterable[int] = ()) -> None:
    """What they were asked is not wanted any more; `but` are those who are asked anew in the same moment."""
    anew = set(but)
    for row in others:
        if row.person_id not in anew:
            tell_end(app, session, session.get_one(Ask, row.ask_id), [row])


def tell_reason(app: Munshi, session: Session, ask_id: int, reason: str) -> bool:
    """Why it is asked for came later: whoever was told already sees it again with its reason. False: it is decided."""
    ask = asks.locked(session, ask_id)
    if ask.state != AskState.OPEN.value:
        return False
    before = ask.facts[DEAL]["reason"]
    ask.facts = {**ask.facts, DEAL: {**ask.facts[DEAL], "reason": f"{before}; {reason}" if before else reason}}
    told = session.scalars(
        select(AskedPerson)
        .where(AskedPerson.ask_id == ask_id, AskedPerson.step == ask.step, AskedPerson.told_at.is_not(None))
        .order_by(AskedPerson.id)
    ).all()
    for person_id in dict.fromkeys(row.person_id for row in told):
        person = session.get_one(Person, person_id)
        said = words(language_of(person))
        bubble = about(ask).bubble(ask, said, before=(said("approval.reason_came"),))
        _write(app, session, person, bubble, [ask])
    return True


def was_asked(session: Session, ask: Ask, person_id: int) -> bool:
    """Whether it was ever put to somebody."""
    rows = select(AskedPerson.id).where(AskedPerson.ask_id == ask.id, AskedPerson.person_id == person_id)
    return session.scalars(rows.limit(1)).first() is not None


def tend(app: Munshi) -> int:
    """The duty: asks whose time is over move on, whoever stands in now is asked; how many were looked after."""
    with app.database.transaction() as session:
        if standstill(session).everything:
            return 0
        tell_withdrawn(app, session, withdraw_of_closed(session))
        for request, told in withdraw_of_leavers(session, timezone=app.settings.timezone):
            tell_withdrawn(app, session, told)
            _stands_before_the_office(session, request)
        open_ones = asks.open_ids(session)
    return sum(app.database.retrying(partial(_tend, app, ask_id=ask_id)) for ask_id in open_ones)


def _stands_before_the_office(session: Session, request: PriceRequest) -> None:
    """Who asked has left: his order is somebody else's to finish."""
    matters.open_matter(
        session,
        kind=MatterKind.UNCONFIRMED_DRAFT,
        reference=f"draft:{request.draft_id}",
        function=Function.COMMERCIAL,
        party_code=request.party_code,
        account_id=request.account_id,
        facts={"lines": len(request.lines)},
    )


def _tend(app: Munshi, session: Session, *, ask_id: int) -> int:
    if standstill(session).everything or _is_unheard(session, ask_id):
        return 0
    tended = asks.tend(session, ask_id, timezone=app.settings.timezone)
    if tended is None or not tended.asked:
        return int(tended is not None and tended.lapsed)
    tell_new(app, session, tended.ask, tended.asked)
    return 1


def _is_unheard(session: Session, ask_id: int) -> bool:
    """Whether somebody who is asked has written what was not read yet, as after a pause: it may be the very answer."""
    names = (
        select(Identity.value)
        .join(Account, Account.id == Identity.account_id)
        .join(AskedPerson, AskedPerson.person_id == Account.person_id)
        .join(Ask, Ask.id == AskedPerson.ask_id)
        .where(Ask.id == ask_id, _is_asked())
    )
    unread = select(Inbound.id).where(Inbound.sender.in_(names), Inbound.state == InboundState.STORED.value)
    return session.scalars(unread.limit(1)).first() is not None
