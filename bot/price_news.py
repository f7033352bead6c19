"""What became of a price somebody asked for, told to him: the order at the granted price, a counter, the list price."""

from collections.abc import Sequence
from dataclasses import replace

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import price_asking, to_the_desk
from bot.app import Munshi
from bot.bubbles import Bubble, Button, fits
from bot.conversations import locked_conversation
from bot.drafted import facts_of
from bot.model import Conversation
from bot.notices import account_language, write_to
from bot.price_asking import item_name
from bot.replies import Words, words
from bot.replies.approval import number, reason_text
from bot.replies.summary import summary
from bot.replies.words import amount, quoted, rupees
from bot.turn import pages
from orders import price_decisions
from orders.approval_model import PriceRequest, RequestedLine
from orders.model import OrderDraft
from orders.price_decisions import NOT_DECIDED, Decided
from orders.price_requests import ABSOLUTE
from people.model import Account, Function, Party
from people.who import speaker
from routing import matters
from routing.ask_model import AskedPerson
from routing.model import MatterKind

log = structlog.get_logger()


def price_decided(app: Munshi, ask_id: int) -> None:
    """Follows the answer or lapse of a price request's ask; a repeat of the same news says nothing."""
    if app.database.retrying(lambda session: _price_decided(app, session, ask_id)):
        log.info("price_decided", ask=ask_id)


def _price_decided(app: Munshi, session: Session, ask_id: int) -> bool:
    account_id = session.scalars(select(PriceRequest.account_id).where(PriceRequest.ask_id == ask_id)).one()
    conversation = locked_conversation(session, account_id)
    party_code = session.scalars(select(PriceRequest.party_code).where(PriceRequest.ask_id == ask_id)).one()
    session.scalars(select(Party).where(Party.code == party_code).with_for_update()).one()
    decided = price_decisions.decided(session, ask_id, timezone=app.settings.timezone)
    if decided is None:
        return False
    account = session.get_one(Account, account_id)
    said = words(account_language(account))
    sentences = _sentences(session, decided, said)
    if decided.lapsed and not _anybody_asked(session, ask_id):
        _put_before_a_person(session, decided)
    if decided.voided:
        sentences.append(said("price.voided"))
        sentences += price_asking.ask(
            app,
            session,
            decided.draft,
            person_id=decided.request.person_id,
            reason=decided.request.reason,
            inbound_id=decided.request.inbound_id,
            said=said,
        )
    _tell(app, session, conversation, account, decided, sentences)
    return True


def _anybody_asked(session: Session, ask_id: int) -> bool:
    return session.scalars(select(AskedPerson.id).where(AskedPerson.ask_id == ask_id).limit(1)).first() is not None


def _put_before_a_person(session: Session, decided: Decided) -> None:
    """No rule names anybody who could decide it: the office sees what was asked for."""
    request = decided.request
    matters.open_matter(
        session,
        kind=MatterKind.FURTHER,
        reference=f"price:{request.id}",
        function=Function.COMMERCIAL,
        party_code=request.party_code,
        account_id=request.account_id,
        inbound_id=request.inbound_id,
        facts={
            "intent": "discount_request",
            "said": "\n".join(
                f"{line.sku}: {amount(line.quantity, line.uom)}, {rupees(line.wished_price)} / {line.uom}"
                for line in request.lines
            ),
        },
    )


def _sentences(session: Session, decided: Decided, said: Words) -> list[str]:
    """Line by line what was decided; a counter has its own bubble."""
    number_of = number(decided.ask.id)
    if decided.lapsed:
        return [said("price.lapsed", number=number_of)]
    texts = [_granted(session, said, one.sku, one.uom, rupees(one.price)) for one in decided.approvals]
    return texts + [_rejected(session, said, decided.draft, line) for line in decided.rejected]


def _granted(session: Session, said: Words, sku: str, uom: str, price: str) -> str:
    return said("price.approved", item=item_name(session, sku), price=price, uom=uom)


def _rejected(session: Session, said: Words, draft: OrderDraft, line: RequestedLine) -> str:
    held = any(one.no == line.line_no and one.held_schemes for one in draft.lines)
    facts = {
        "item": item_name(session, line.sku),
        "price": rupees(line.wished_price),
        "listed": rupees(line.list_price if held else line.price),
        "uom": line.uom,
    }
    if not line.reason or line.reason in (ABSOLUTE, NOT_DECIDED):
        return said("price.rejected", **facts)
    return said("price.rejected_because", **facts, why=reason_text(said, line.reason))


def _tell(
    app: Munshi,
    session: Session,
    conversation: Conversation,
    account: Account,
    decided: Decided,
    sentences: Sequence[str],
) -> None:
    """Nobody who has left hears of it; where a clerk talks with him, that one shows him his order again."""
    draft = decided.draft
    who = speaker(session, account.person, timezone=app.settings.timezone)
    if who is None or draft.party_code not in who.firms or conversation.taken_over_by is not None:
        return
    said = words(account_language(account))
    kept = to_the_desk.keeps(session, draft)
    if kept:
        to_the_desk.put(session, draft, inbound_id=decided.request.inbound_id)
    conversation.draft_id = draft.id
    if decided.countered:
        bubbles = _counter(session, said, decided, sentences)
    elif kept:
        bubbles = pages(sentences, language=said.catalogue, kind="price_news")
    else:
        name_firm = draft.on_behalf or len(who.firms) > 1
        heading = "price.still_open" if decided.lapsed or not decided.approvals else "price.please_confirm"
        facts = facts_of(session, draft, name_firm=name_firm, timezone=app.settings.timezone, heading=heading)
        bubbles = summary(said, facts, before=sentences)
    for bubble in bubbles:
        write_to(app, session, account, bubble, simulated=draft.simulated, inbound_id=decided.request.inbound_id)


def _counter(session: Session, said: Words, decided: Decided, sentences: Sequence[str]) -> list[Bubble]:
    """In rupees per the asked UoM: to be taken, or not. Many lines stand in bubbles before the one with the buttons."""
    draft: OrderDraft = decided.draft
    lines = [
        said(
            "price.counter_line",
            item=quoted(item_name(session, line.sku)),
            quantity=amount(line.quantity, line.uom),
            price=rupees(line.decided_price or line.list_price),
            uom=line.uom,
            asked=rupees(line.wished_price),
            listed=rupees(line.list_price),
        )
        for line in decided.countered
    ]
    firm = session.get_one(Party, draft.party_code).name
    heading = said("price.counter", firm=quoted(firm))
    closing = Bubble(
        kind="price_counter",
        lines=(*sentences, heading, *lines, said("price.counter_how")),
        buttons=(
            Button(act="confirm", arg="counter", title=said("button.accept")),
            Button(act="change", arg="list", title=said("button.at_list")),
            Button(act="cancel", title=said("button.cancel")),
        ),
        language=said.catalogue,
        topic=f"draft:{draft.id}",
        draft_id=draft.id,
        draft_version=draft.version,
        subject={"request": decided.request.id},
    )
    if fits(closing):
        return [closing]
    listed = pages([*sentences, heading, *lines], language=said.catalogue, kind="price_news")
    return [*listed, replace(closing, lines=(heading, said("price.counter_how")))]
