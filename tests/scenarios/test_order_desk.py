"""The order desk: what ends before a clerk, and how a clerk ends it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from bot import assisting, desk, desk_drafts, take_over
from bot.channels.console import ConsoleChannel
from bot.channels.port import OutgoingMessage, WindowClosed
from bot.claims import Overtaken
from bot.conversations import locked_conversation
from bot.desk_drafts import Terms
from bot.take_over import CannotSend, Reply
from bot.window import why_it_waits
from orders.drafts import NewLine
from orders.keyed import KeyedLine
from orders.model import LineStatus, OrderDraft
from people.model import Account, Identity
from routing import desk_list, matters
from routing.desk_list import Filter
from routing.model import Matter
from tests.scenarios.cast import DEEPIKA, FARIDA, OMPRAKASH, RAMESH, VIJAY, VIKAS
from tests.scenarios.modes import puts
from tests.scenarios.plant_files import goods, posted
from tests.scenarios.stage import Phone, Stage
from tests.scenarios.test_long_orders import Order, omprakash

__all__ = ["omprakash"]

ASHA, BINA = "Asha", "Bina"
"""Clerks, by the names they sign in with."""
BUTTONS = ["confirm", "change", "cancel"]
PHOTO = [{"url": "https://media.example/slip", "type": "image/jpeg"}]
VOICE = [{"url": "https://media.example/note", "type": "audio/ogg"}]


class Clerk:
    """Somebody at the order desk, through the use cases its pages call."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.name = stage, name

    def sees(self) -> list[str]:
        """The kinds on the desk's list, oldest first."""
        with self.stage.session() as session:
            return [row.matter.kind for row in desk_list.page_of(session, Filter(), size=100)]

    def account_of(self, phone: Phone) -> int:
        with self.stage.session() as session:
            return session.scalars(select(Account.id).join(Identity).where(Identity.value == phone.number)).one()

    def takes_over(self, phone: Phone) -> None:
        account_id = self.account_of(phone)
        with self.stage.session() as session:
            take_over.take_over(session, account_id, by=self.name)

    def hands_back(self, phone: Phone) -> None:
        account_id = self.account_of(phone)
        with self.stage.session() as session:
            take_over.hand_back(self.stage.app, session, account_id, by=self.name)
        self.stage.run()

    def replies(self, phone: Phone, text: str, *, key: str = "", seen: int = 10**9) -> None:
        account_id = self.account_of(phone)
        with self.stage.session() as session:
            said = Reply(text=text, key=key or text, seen=seen)
            take_over.reply(self.stage.app, session, account_id, said, by=self.name)
        self.stage.run()

    def keys_in(self, matter: Matter, party: str, *lines: tuple[str, str, str]) -> tuple[OrderDraft, Matter]:
        """Begin a draft beside a matter and save lines of item, quantity and unit."""
        assert matter.account_id is not None
        with self.stage.session() as session:
            draft, keyed = desk_drafts.begin(
                self.stage.app,
                session,
                account_id=matter.account_id,
                party_code=party,
                inbound_id=matter.inbound_id,
                by=self.name,
            )
            rows = [KeyedLine(sku=sku, quantity=Decimal(quantity), uom=uom) for sku, quantity, uom in lines]
            draft = self._save(session, draft, keyed, rows)
        return draft, keyed

    def _save(self, session, draft, keyed, rows):  # type: ignore[no-untyped-def]
        return desk_drafts.save(
            self.stage.app,
            session,
            draft.id,
            version=draft.version,
            lines=rows,
            terms=Terms(ship_to=draft.ship_to),
            matter_id=keyed.id,
            by=self.name,
        )

    def changes(self, draft: OrderDraft, keyed: Matter, *rows: KeyedLine) -> OrderDraft:
        with self.stage.session() as session:
            return self._save(session, draft, keyed, rows)  # type: ignore[no-any-return]

    def sends(self, draft: OrderDraft, keyed: Matter) -> None:
        with self.stage.session() as session:
            desk_drafts.send_for_confirmation(
                self.stage.app, session, draft.id, version=draft.version, matter_id=keyed.id, by=self.name, seen=10**9
            )
        self.stage.run()


@pytest.fixture
def asha(stage: Stage) -> Clerk:
    return Clerk(stage, ASHA)


@pytest.fixture
def bina(stage: Stage) -> Clerk:
    return Clerk(stage, BINA)


def test_photo_of_a_slip(stage: Stage, asha: Clerk, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    sid = ramesh.says(media=PHOTO, kind="image")
    ramesh.expects("N101")
    (matter,) = stage.matters("media")
    draft, keyed = asha.keys_in(matter, "C101", ("KG-050", "20", "CASE"), ("LN-MA-070", "5", "CASE"))
    ramesh.expects_nothing()
    assert asha.sees() == ["desk_draft"], "the photo is being keyed in: one thing to do, not two"
    asha.sends(draft, keyed)
    ramesh.expects("Office ne aapka order likh liya hai", "20 CASE", "5 CASE", buttons=BUTTONS)
    assert asha.sees() == []
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert goods(order) == [("KG-050", "20", "CASE"), ("LN-MA-070", "5", "CASE")]
    assert (order["source"], order["message_ids"][0], order["ordered_by"]) == ("desk", sid, "Ramesh Agrawal")


def test_voice_note_beside_a_list_he_has_open_completes_that_list(stage: Stage, asha: Clerk, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    before = ramesh.last
    ramesh.says(media=VOICE, kind="audio")
    ramesh.expects("N101")
    draft, keyed = asha.keys_in(stage.matters("media")[0], "C101", ("LN-MA-070", "5", "CASE"))
    asha.sends(draft, keyed)
    ramesh.expects("20 CASE", "5 CASE", buttons=BUTTONS)
    ramesh.taps("confirm", on=before)
    ramesh.expects("20 CASE", "5 CASE", buttons=BUTTONS)
    assert not posted(plant), "a tap on what he saw before is no yes to what the clerk added"
    ramesh.taps("confirm")
    ramesh.expects("✅")
    (order,) = posted(plant).values()
    assert len(order["lines"]) == 2
    assert order["source"] == "desk"


def test_a_draft_not_sent_yet_can_be_confirmed_by_nothing_and_ends_with_its_matter(
    stage: Stage, asha: Clerk, plant: Path
) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says(media=PHOTO, kind="image")
    ramesh.expects("N101")
    asha.keys_in(stage.matters("media")[0], "C101", ("KG-050", "20", "CASE"))
    ramesh.says("haan")
    ramesh.expects(without=["20 CASE"])
    stage.passes(hours=3)
    ramesh.expects_nothing()
    assert not posted(plant)
    assert "desk_draft" in asha.sees()


def test_a_list_he_writes_while_the_clerk_keys_in_is_joined_by_what_the_clerk_sends(
    stage: Stage, asha: Clerk, plant: Path
) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says(media=PHOTO, kind="image")
    ramesh.expects("N101")
    draft, keyed = asha.keys_in(stage.matters("media")[0], "C101", ("KG-050", "20", "CASE"))
    ramesh.says("5 ctn lachhi masala")
    ramesh.expects("5 CASE", buttons=BUTTONS)
    asha.sends(draft, keyed)
    ramesh.expects("5 CASE", "20 CASE", buttons=BUTTONS)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert [len(order["lines"]) for order in posted(plant).values()] == [2]


def test_take_over_in_the_middle_of_a_question(stage: Stage, asha: Clerk, plant: Path) -> None:
    vijay = stage.phone(VIJAY)
    vijay.says("8 peti milap cream 80")
    question = vijay.expects()
    assert stage.drafts()[0].lines[0].status == LineStatus.ASK
    asha.takes_over(vijay)
    vijay.says("1a")
    vijay.says("aur 5 peti kutku g chota")
    vijay.expects_nothing()
    assert [line.status for line in stage.drafts()[0].lines] == [LineStatus.ASK], "nothing is read as an order"
    (waiting,) = stage.matters("unanswered")
    assert (waiting.owner, waiting.facts["said"]) == (ASHA, "1a")
    asha.replies(vijay, "Masala wala hi na?\nMain likh deti hoon.")
    assert vijay.expects("Masala wala hi na?", "Main likh deti hoon.").row.kind == "desk_reply"
    assert not stage.matters("unanswered")
    vijay.says("haan")
    vijay.expects_nothing()
    asha.hands_back(vijay)
    assert asha.sees() == ["unanswered"], "his haan was to the clerk, who closes it or answers"
    vijay.expects("8 ", "Ab aapke order par")
    vijay.taps("pick:1.0", on=question)
    vijay.expects("8 CASE", buttons=BUTTONS)
    assert not posted(plant)


def test_a_yes_to_what_the_clerk_asked_is_none_to_munshi(stage: Stage, asha: Clerk, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    asha.takes_over(ramesh)
    asha.hands_back(ramesh)
    ramesh.expects("20 CASE", buttons=BUTTONS)
    asha.replies(ramesh, "Gaadi kal aayegi, theek hai?")
    ramesh.expects("Gaadi kal")
    with stage.session() as session:
        take_over.end(session, take_over.take_over(session, asha.account_of(ramesh), by=ASHA), by=ASHA, reason="")
    ramesh.says("haan")
    ramesh.expects("20 CASE", buttons=BUTTONS)
    assert not posted(plant)


def test_after_two_idle_hours_munshi_answers_again_and_what_came_waits_for_anybody(stage: Stage, asha: Clerk) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    asha.takes_over(ramesh)
    stage.passes(minutes=90)
    asha.replies(ramesh, "Abhi dekhti hoon")
    ramesh.expects("Abhi dekhti hoon")
    ramesh.says("10 peti aur")
    stage.passes(minutes=119)
    ramesh.expects_nothing()
    stage.passes(minutes=1)
    assert {"unanswered", "unconfirmed_draft"} <= set(asha.sees())
    assert stage.matters("unanswered")[0].owner is None
    assert not stage.matters("taken_over")
    stage.passes(seconds=15)
    ramesh.expects("20 CASE", buttons=BUTTONS)
    ramesh.says("aur 5 ctn lachhi masala")
    ramesh.expects("5 CASE", buttons=BUTTONS)


def test_two_clerks_do_not_collide(stage: Stage, asha: Clerk, bina: Clerk) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says(media=PHOTO, kind="image")
    ramesh.expects("N101")
    (matter,) = stage.matters("media")
    draft, keyed = asha.keys_in(matter, "C101", ("KG-050", "20", "CASE"))
    with pytest.raises(Overtaken) as overtaken:
        bina.keys_in(matter, "C101", ("KG-050", "20", "CASE"))
    assert overtaken.value.who == ASHA
    with pytest.raises(Overtaken):
        bina.sends(draft, keyed)
    asha.takes_over(ramesh)
    for act in (
        lambda: bina.takes_over(ramesh),
        lambda: bina.replies(ramesh, "hello"),
        lambda: bina.hands_back(ramesh),
    ):
        with pytest.raises(Overtaken) as overtaken:
            act()
        assert overtaken.value.who == ASHA
    newer = asha.changes(draft, keyed, KeyedLine(no=1, sku="KG-050", quantity=Decimal(25), uom="CASE"))
    with pytest.raises(Overtaken):
        asha.changes(draft, keyed, KeyedLine(no=1, sku="KG-050", quantity=Decimal(30), uom="CASE"))
    asha.sends(newer, keyed)
    ramesh.expects("25 CASE", buttons=BUTTONS)
    assert not stage.matters("taken_over"), "his answer is Munshi's again"


def test_a_form_sent_twice_is_said_once(stage: Stage, asha: Clerk) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("namaste")
    ramesh.expects()
    asha.replies(ramesh, "Kal chhutti hai", key="form1")
    asha.replies(ramesh, "Kal chhutti hai", key="form1")
    ramesh.expects("Kal chhutti hai")
    ramesh.expects_nothing()
    asha.replies(ramesh, "Kal chhutti hai", key="form2")
    ramesh.expects("Kal chhutti hai")


def test_a_message_that_came_while_the_clerk_typed_still_waits(stage: Stage, asha: Clerk) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("namaste")
    ramesh.expects()
    asha.takes_over(ramesh)
    seen = stage.inbound(ramesh.says("rate kya hai")).id
    ramesh.says("aur maal kab aayega")
    asha.replies(ramesh, "₹555", seen=seen)
    ramesh.expects("₹555")
    assert stage.matters("unanswered"), "the second question was not before the clerk yet"


def test_who_wants_no_more_messages_is_heard_though_a_clerk_talks_with_him(stage: Stage, asha: Clerk) -> None:
    ramesh = stage.phone(RAMESH)
    ramesh.says("namaste")
    ramesh.expects()
    asha.takes_over(ramesh)
    ramesh.says("STOP")
    ramesh.ignores()
    with stage.session() as session:
        assert session.get_one(Account, asha.account_of(ramesh)).opted_out_at is not None


def test_43_lines_at_2310_and_no_tap(stage: Stage, asha: Clerk, omprakash: Phone) -> None:
    stage.until(23, 10)
    order = Order(stage, 43)
    omprakash.says(order.text)
    omprakash.ignores()
    stage.passes(minutes=30)
    stage.clerks_are_told()
    omprakash.expects_nothing()
    (matter,) = stage.matters("unconfirmed_draft")
    assert asha.sees() == ["unconfirmed_draft"]
    assert stage.orders() == []
    stage.until(8, 1, days=1)
    omprakash.ignores()
    for hour, minute in ((8, 45), (10, 15)):
        stage.until(hour, minute)
        stage.clerks_are_told()
    deepika = stage.phone(DEEPIKA)
    told = [bubble for bubble in deepika.unread if matter.number in bubble.text]
    stage.until(10, 40, days=1)
    stage.clerks_are_told()
    later = [bubble for bubble in deepika.unread if matter.number in bubble.text]
    assert len(told) + len(later) >= 1, "commercial hears of it in working time"
    assert len(later) == 1, "once"
    for phone in stage.phones.values():
        phone.ignores()


def test_what_a_clerk_has_taken_is_not_told_and_what_waits_is_told_once_in_one_message(
    stage: Stage, asha: Clerk
) -> None:
    for number in (RAMESH, FARIDA, OMPRAKASH):
        phone = stage.phone(number)
        phone.says(media=PHOTO, kind="image")
        phone.expects()
    first, *_ = stage.matters("media")
    with stage.session() as session:
        assert matters.take(session, first.id, owner=ASHA)
    stage.passes(minutes=29)
    stage.clerks_are_told()
    assert not stage.phone(DEEPIKA).unread
    stage.passes(minutes=1)
    stage.clerks_are_told()
    stage.clerks_are_told()
    heard = [bubble.text for bubble in stage.phone(DEEPIKA).unread]
    assert sum("N102" in text for text in heard) == 1
    assert sum("N103" in text for text in heard) == 1
    assert not any("N101" in text for text in heard)
    for other in stage.phones.values():
        other.ignores()


def test_what_was_read_from_a_message_stands_at_the_desk_once_and_says_nothing(stage: Stage, asha: Clerk) -> None:
    farida = stage.phone(FARIDA)
    sid = farida.says(media=[{"url": "https://media.example/po", "type": "application/pdf"}], kind="document")
    farida.expects()
    line = NewLine(status=LineStatus.MATCHED, sku="KG-050", quantity=Decimal(10), uom="CASE", source="10 cs Kutku-G")
    for _ in range(2):
        with stage.session() as session:
            draft, matter = desk_drafts.open_desk_draft(
                stage.app, session, inbound_id=stage.inbound(sid).id, party_code="C104", lines=[line]
            )
    farida.expects_nothing()
    assert [len(one.lines) for one in stage.drafts()] == [1]
    asha.sends(draft, matter)
    farida.expects("10 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅")
    assert asha.sees() == ["media"], "the file itself is still to be looked at"


def test_a_rep_is_keyed_in_only_for_firms_of_his(stage: Stage, asha: Clerk) -> None:
    vikas = stage.phone(VIKAS)
    vikas.says(media=PHOTO, kind="image")
    vikas.expects()
    (matter,) = stage.matters("media")
    with pytest.raises(CannotSend):
        asha.keys_in(matter, "C104", ("KG-050", "5", "CASE"))
    draft, keyed = asha.keys_in(matter, "C108", ("KG-050", "5", "CASE"))
    asha.sends(draft, keyed)
    vikas.expects("Balaji Kirana", "5 CASE", buttons=BUTTONS)


class Windowed(ConsoleChannel):
    """WhatsApp's window, and no approved form."""

    window = timedelta(hours=24)

    def send(self, message: OutgoingMessage) -> str:
        if message.opens_window:
            raise WindowClosed("no form", code="63016")
        return super().send(message)


def test_a_reply_outside_24_hours_says_why_it_waits_and_goes_when_the_person_writes(stage: Stage, asha: Clerk) -> None:
    stage.through(Windowed())
    ramesh = stage.phone(RAMESH)
    ramesh.says("namaste")
    ramesh.expects()
    stage.passes(hours=25)
    with stage.session() as session:
        account = session.get_one(Account, asha.account_of(ramesh))
        assert "waits until the person writes" in why_it_waits(stage.app, session, account, kind="desk_reply")
    asha.replies(ramesh, "Kal aaiye")
    ramesh.expects_nothing()
    assert "window_closed" in asha.sees()
    ramesh.says("hello")
    ramesh.expects("Kal aaiye")


def test_who_asked_us_not_to_write_is_answered_within_24_hours_of_his_message_and_not_later(
    stage: Stage, asha: Clerk
) -> None:
    stage.through(Windowed())
    ramesh = stage.phone(RAMESH)
    ramesh.says("STOP")
    ramesh.ignores()
    asha.replies(ramesh, "Theek hai, ek baat: payment mil gaya")
    ramesh.expects("payment mil gaya")
    stage.passes(hours=25)
    with pytest.raises(CannotSend, match="asked us not to write"):
        asha.replies(ramesh, "Naya maal aaya hai")


def test_in_assist_a_list_no_clerk_has_seen_is_not_sent_with_what_another_keyed_in(stage: Stage, asha: Clerk) -> None:
    puts(stage, "assist", "C101")
    ramesh = stage.phone(RAMESH)
    ramesh.says(media=PHOTO, kind="image")
    ramesh.expects("N101")
    draft, keyed = asha.keys_in(stage.matters("media")[0], "C101", ("KG-050", "20", "CASE"))
    ramesh.says("5 ctn lachhi masala")
    ramesh.expects("note ho gaya")
    with pytest.raises(CannotSend, match="no clerk has seen"):
        asha.sends(draft, keyed)
    ramesh.expects_nothing()
    assert stage.matters("draft_to_confirm")


@pytest.mark.parametrize("act", ["save", "cancel", "price"])
def test_the_office_changes_a_draft_only_behind_the_lock_of_its_talk(stage: Stage, asha: Clerk, act: str) -> None:
    """A turn has read the draft by then, and would write over what it has not seen."""
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.ignores()
    ramesh.says(media=VOICE, kind="audio")
    ramesh.ignores()
    draft, keyed = asha.keys_in(stage.matters("media")[0], "C101", ("LN-MA-070", "5", "CASE"))
    with stage.session() as turn:
        locked_conversation(turn, draft.account_id)
        with pytest.raises(OperationalError, match="lock timeout"), stage.session() as session:
            session.execute(text("SET LOCAL lock_timeout = '200ms'"))
            if act == "save":
                asha._save(session, draft, keyed, [KeyedLine(sku="KG-050", quantity=Decimal(1), uom="CASE")])
            elif act == "cancel":
                desk.act(stage.app, session, keyed.id, desk.Act.CANCEL_DRAFT, by=ASHA, reason="not wanted")
            else:
                assisting.bring_up_to_date(stage.app, session, draft.id)
