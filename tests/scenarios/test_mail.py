"""Orders by mail: who wrote decides only whom it concerns, and nothing goes without a yes on WhatsApp or the desk's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot import mailing
from bot.alarms import watch
from bot.channels.email import ImapBox
from bot.model import Inbound, Mailbox, Outbound
from bot.parked import read_now
from bot.settings import read
from people.model import Account, Person
from people.sync import link_accounts
from people.who import assign
from store.alarms import standing
from tests.imap_stand_in import Box, mailbox
from tests.made_papers import XLSX, order_pdf, xlsx
from tests.scenarios.cast import FARIDA, RAMESH
from tests.scenarios.plant_files import posted
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]
ADDRESS = "ramesh@agrawal.example"


@pytest.fixture
def box(stage: Stage) -> Iterator[Box]:
    """The mailbox orders come to; Ramesh's address is known."""
    with mailbox() as found:
        stage.app = replace(stage.app, mailbox=ImapBox.from_url(found.url))
        with stage.session() as session:
            session.execute(update(Person).where(Person.phone == RAMESH).values(emails=[ADDRESS]))
        yield found


def mail(
    text: str = "", *, sender: str = f"Ramesh <{ADDRESS}>", sid: str = "<1@agrawal.example>", **headers: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = sender, "orders@example.com", sid
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text or "PFA our order.\n")
    return message


def with_pdf(message: EmailMessage) -> EmailMessage:
    rows = [("Item Code", "Description", "Qty", "UOM"), ("AG-1", "Kutku-G Glucose Biscuit 50 g", "20", "CTN")]
    message.add_attachment(order_pdf(["PO No: PO-88"], rows), maintype="application", subtype="pdf", filename="po.pdf")
    return message


def comes(stage: Stage, box: Box, message: EmailMessage) -> int:
    number = box.receives(message.as_bytes().replace(b"\n", b"\r\n"))
    mailing.look(stage.app)
    stage.run()
    return number


def said(stage: Stage) -> list[Outbound]:
    with stage.session() as session:
        return list(session.scalars(select(Outbound)))


def test_a_known_person_confirms_on_whatsapp_what_came_by_mail(stage: Stage, box: Box, plant: Path) -> None:
    number = comes(stage, box, with_pdf(mail(Subject="Our order")))
    ramesh = stage.phone(RAMESH)
    ramesh.expects("email se", "20 CASE", "PO-88", buttons=BUTTONS)
    assert box.seen == {number}
    assert not posted(plant)
    assert not stage.matters(), "the words around the order are no matter of their own"
    with stage.session() as session:
        accounts = session.scalars(select(Account).join(Person).where(Person.phone == RAMESH)).all()
        chats = [one for one in accounts if one.identities[0].kind == "phone"]
        assert [one.last_heard_at for one in chats] == [None], "a mail opens no window"
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert order["message_ids"][0] == "<1@agrawal.example>"


def test_an_order_in_the_text_without_its_signature_and_the_mail_it_answers(stage: Stage, box: Box) -> None:
    text = (
        "Namaste,\n20 peti kutku g chota bhej do\n5 ctn lachhi\n\nThanks & Regards\nRamesh\n30 peti marie\n\n"
        "On Fri, 20 Nov 2026, Orders wrote:\n> 50 peti marie 120\n"
    )
    comes(stage, box, mail(text))
    shown = stage.phone(RAMESH).expects("email se", "20 CASE", "5 CASE", buttons=BUTTONS)
    assert "Marie" not in shown.text


def test_the_same_mail_twice_is_one_order(stage: Stage, box: Box) -> None:
    comes(stage, box, with_pdf(mail()))
    stage.phone(RAMESH).expects("20 CASE", buttons=BUTTONS)
    comes(stage, box, with_pdf(mail()))
    box.validity += 1
    box.seen.clear()
    mailing.look(stage.app)
    stage.phone(RAMESH).expects_nothing()
    assert len(stage.drafts()) == 1
    assert box.seen == {1, 2}


def test_another_mail_that_bears_the_same_id_is_not_lost(stage: Stage, box: Box) -> None:
    comes(stage, box, mail("20 peti kutku g chota"))
    stage.phone(RAMESH).expects("20 CASE")
    comes(stage, box, mail("5 ctn lachhi"))
    stage.phone(RAMESH).expects("5 CASE")


def test_a_strangers_mail_is_the_desks_and_is_read_for_him_once_he_is_known(stage: Stage, box: Box) -> None:
    comes(stage, box, with_pdf(mail(sender="new@firm.example")))
    (matter,) = stage.matters()
    assert (matter.kind, matter.facts["from"]) == ("mail", "stranger")
    assert not said(stage), "nothing is answered by mail"
    assert not stage.drafts()
    with stage.session() as session:
        known = session.scalars(select(Person).where(Person.phone == RAMESH)).one()
        account_id = session.scalars(select(Inbound.account_id).where(Inbound.sender == "new@firm.example")).first()
        assert account_id is not None
        assign(session, account_id, person=known)
        read_now(session, account_id)
    stage.phone(RAMESH).expects("email se", "20 CASE", "PO-88", buttons=BUTTONS)


def test_an_address_that_two_share_is_nobodys_after_the_next_pull_either(stage: Stage, box: Box) -> None:
    with stage.session() as session:
        session.execute(update(Person).where(Person.phone == FARIDA).values(emails=[ADDRESS]))
    comes(stage, box, with_pdf(mail()))
    with stage.session() as session:
        link_accounts(session)
        assert session.scalars(select(Account.person_id)).all() == [None]
    assert [matter.facts["from"] for matter in stage.matters()] == ["stranger"]


def test_of_a_known_person_without_a_phone_the_desk_gets_a_draft(stage: Stage, box: Box) -> None:
    with stage.session() as session:
        session.execute(update(Person).where(Person.phone == RAMESH).values(emails=[]))
        session.add(Person(phone="buyer@mail.example", name="By Mail", parties=["C101"], roles=["buyer"], functions=[]))
    comes(stage, box, with_pdf(mail(sender="Buyer@mail.example")))
    (draft,) = stage.drafts()
    assert (draft.state, draft.party_code, draft.customer_reference) == ("desk", "C101", "PO-88")
    assert [(line.sku, line.quantity, line.read_from) for line in draft.lines] == [("KG-050", 20, "mail")]
    (matter,) = stage.matters()
    assert matter.reference == f"draft:{draft.id}"
    assert not said(stage)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Return-Path": "<>"},
        {"List-Id": "<o.example>"},
        {"X-Autoreply": "yes"},
    ],
)
def test_what_machines_answer_is_no_order_and_nobodys_matter(stage: Stage, box: Box, headers: dict[str, str]) -> None:
    message = mail("20 peti kutku g chota")
    for name, value in headers.items():
        message[name] = value
    comes(stage, box, message)
    assert not stage.drafts()
    assert not stage.matters()
    with stage.session() as session:
        (inbound,) = session.scalars(select(Inbound))
    assert inbound.outcome.startswith("automatic_")


def test_a_mail_that_orders_nothing_stands_before_the_desk(stage: Stage, box: Box) -> None:
    comes(stage, box, mail("Please send us your new price list and the account statement of October."))
    assert [matter.kind for matter in stage.matters()] == ["mail"]
    stage.phone(RAMESH).expects_nothing()


@pytest.mark.parametrize("large", [False, True])
def test_a_mail_of_which_nothing_can_be_read_stands_before_the_desk(
    stage: Stage, box: Box, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    if large:
        monkeypatch.setattr("bot.channels.email.LARGEST", 10)
    message = with_pdf(mail(Subject="Order")) if large else mail(" ", Subject="20 peti kutku g chota")
    comes(stage, box, message)
    assert [matter.kind for matter in stage.matters()] == ["mail"]
    stage.phone(RAMESH).expects_nothing()


def test_a_sheet_in_a_forwarded_mail_is_read(stage: Stage, box: Box) -> None:
    message = mail("FYI\n\n---------- Forwarded message ---------\nFrom: shop@x.example\nSubject: order\n\nas attached")
    sheet = xlsx([["Item", "Qty (Cs)"], ["Kutku-G Glucose Biscuit 50 g", 12]])
    kind, _, sub = XLSX.partition("/")
    message.add_attachment(sheet, maintype=kind, subtype=sub, filename="order.xlsx")
    comes(stage, box, message)
    stage.phone(RAMESH).expects("email se", "12 CASE", buttons=BUTTONS)


def test_a_mailbox_that_is_away_is_an_alarm_until_it_is_back(stage: Stage, box: Box) -> None:
    box.refuses = True
    assert mailing.look(stage.app) == 0
    watch(stage.app)
    stage.clock.push(timedelta(minutes=6))
    mailing.look(stage.app)
    watch(stage.app)
    with stage.session() as session:
        assert "mailbox" in {alarm.key for alarm in standing(session)}
    box.refuses = False
    comes(stage, box, mail("20 peti kutku g chota"))
    stage.phone(RAMESH).expects("20 CASE")
    watch(stage.app)
    with stage.session() as session:
        assert "mailbox" not in {alarm.key for alarm in standing(session)}
        assert session.scalars(select(Mailbox.trouble)).one() == ""


def test_the_settings_name_it_and_say_what_is_wrong() -> None:
    assert read({"IMAP_URL": "imaps://a%40b.example:x@mail.example.com"}).imap_url.get_secret_value()
    for wrong in ("pop3://x", "imaps://mail.example.com", "imap://a:secret@mail.example.com"):
        with pytest.raises(Exception, match="IMAP_URL") as error:
            read({"IMAP_URL": wrong})
        assert "secret" not in str(error.value)
