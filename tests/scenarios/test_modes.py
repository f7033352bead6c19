"""Shadow reads and says nothing; assist lets a clerk confirm; half the customers live."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot import assisting, desk, take_over
from bot.claims import Overtaken
from bot.desk import Act
from bot.hear import hear
from orders.model import ShadowReading
from people import modes
from routing.model import Matter
from tests.made_papers import PDF, attached, order_pdf
from tests.scenarios.cast import ANKIT, BABULAL, DINESH, FARIDA, MAHENDRA, RAMESH, STRANGER, VIKAS
from tests.scenarios.modes import puts
from tests.scenarios.plant_files import posted, rewrite
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]
ORDER = "8 case marie 120"


def readings(stage: Stage) -> list[ShadowReading]:
    with stage.session() as session:
        return list(session.scalars(select(ShadowReading).order_by(ShadowReading.inbound_id)))


def decides(stage: Stage, what: Act, *, version: int | None = None) -> None:
    """A clerk acts on the draft that waits, as he sees it."""
    (matter,) = stage.matters("draft_to_confirm")
    (draft,) = [one for one in stage.drafts() if one.state == "open"]
    with stage.session() as session:
        seen = version or draft.version
        desk.act(stage.app, session, matter.id, what, by="Deepika", reason="looked at", draft_version=seen)
    stage.run()


# --- shadow ---


def test_in_shadow_nothing_is_said_posted_or_put_before_anybody_and_every_reading_is_kept(
    stage: Stage, plant: Path
) -> None:
    puts(stage, "shadow", "C104")
    farida = stage.phone(FARIDA)
    first = farida.says(ORDER)
    farida.says("haan")
    farida.says("2 case toota hua mila, kab badloge?")
    farida.says("", kind="image", media=({"url": "https://example.invalid/1", "type": "image/jpeg"},))
    stage.passes(hours=3)
    stage.until(11, days=1)
    farida.expects_nothing()
    assert not (stage.drafts())
    assert not (stage.orders())
    assert not (posted(plant))
    assert not stage.matters()
    order, *_, photo = readings(stage)
    assert (order.party_code, order.reading["lines"][0]["sku"], order.kind) == ("C104", "SM-120", "text")
    assert order.revision > 0
    assert photo.kind == "image"
    assert stage.inbound(first).outcome == "shadow"


def test_what_is_read_in_shadow_stands_on_what_was_written_that_day(stage: Stage) -> None:
    puts(stage, "shadow", "C104")
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120, 5 case lachhi masala")
    farida.says("1 number 10 case kar do")
    last = readings(stage)[-1].reading
    assert last["slots"]["changes"][0]["sku"] == "SM-120"


def test_a_bubble_that_was_on_its_way_is_not_sent_any_more(stage: Stage) -> None:
    farida = stage.phone(FARIDA)
    sid = farida.sends(ORDER)
    hear(stage.app, stage.inbound(sid).id)
    puts(stage, "shadow", "C104")
    stage.passes(hours=1)
    farida.expects_nothing()


def test_a_rep_is_answered_for_live_customers_and_met_with_silence_for_those_in_shadow(
    stage: Stage, plant: Path
) -> None:
    puts(stage, "shadow", "C108")
    vikas, dinesh = stage.phone(VIKAS), stage.phone(DINESH)
    vikas.says("Balaji Kirana Ratlam ke liye 5 peti kutku g chota")
    vikas.expects_nothing()
    assert [row.party_code for row in readings(stage)] == ["C108"]
    vikas.says("Agrawal Trading ke liye 20 peti kutku g chota")
    vikas.expects("Agrawal", "20 CASE")
    dinesh.says("5 peti kutku g chota")
    dinesh.expects_nothing()
    stage.passes(minutes=25)
    vikas.ignores()
    assert not posted(plant)


def test_while_everybody_is_in_shadow_a_stranger_is_not_greeted(stage: Stage) -> None:
    with stage.session() as session:
        codes = list(session.scalars(select(modes.Party.code)))
    puts(stage, "shadow", *codes)
    stranger = stage.phone(STRANGER)
    stranger.says("hello")
    stranger.expects_nothing()
    assert stage.matters("unknown_sender")
    puts(stage, "live", "C101")
    stranger.says("hello?")
    stranger.expects()


def test_a_paper_for_a_customer_in_shadow_is_read_and_met_with_silence(stage: Stage) -> None:
    puts(stage, "shadow", "C106")
    mahendra = stage.phone(MAHENDRA)
    content = order_pdf(
        ["Kothari Agencies", "PO No: PO-1"],
        [("Item Code", "Description", "Qty", "UOM"), ("A-1", "Lachhi Noodles Masala 70 g", "5", "CTN")],
    )
    mahendra.says("Kothari Agencies", media=attached(content, PDF), kind="document")
    mahendra.expects_nothing()
    assert not stage.drafts()
    assert not stage.matters()
    assert [row.party_code for row in readings(stage)] == ["C106"]


def test_half_the_customers_live(stage: Stage, plant: Path) -> None:
    """One live, one in assist, one in shadow: each is served as its mode says, side by side; one more goes live."""
    puts(stage, "assist", "C104")
    puts(stage, "shadow", "C106", "C107")
    ramesh, farida, mahendra = stage.phone(RAMESH), stage.phone(FARIDA), stage.phone(MAHENDRA)
    ramesh.orders("20 peti kutku g chota")
    farida.says(ORDER)
    farida.expects("noted", buttons=[])
    mahendra.says("Kothari Agencies 8 peti lachhi masala")
    mahendra.expects_nothing()
    decides(stage, Act.CONFIRM_DRAFT)
    farida.expects("The office has confirmed", "8 CASE", "✅")
    puts(stage, "live", "C106", "C107")
    mahendra.says("Kothari Agencies 8 peti lachhi masala")
    mahendra.expects("8 CASE", buttons=BUTTONS)
    mahendra.taps("confirm")
    mahendra.expects("✅")
    assert sorted(document["customer"] for document in posted(plant).values()) == ["C101", "C104", "C106"]
    assert [row.party_code for row in readings(stage)] == ["C106"]


# --- assist ---


def test_in_assist_the_sender_hears_that_it_is_noted_and_a_clerk_confirms(stage: Stage, plant: Path) -> None:
    puts(stage, "assist", "C101")
    ankit = stage.phone(ANKIT)
    ankit.says("20 peti kutku g chota")
    ankit.expects("Order note ho gaya (lines: 1)", "Office dekh kar", buttons=[])
    ankit.says("haan")
    ankit.expects("note ho gaya")
    stage.passes(hours=1)
    ankit.expects_nothing()
    assert not posted(plant)
    ankit.says("aur 5 ctn lachhi masala")
    ankit.expects("lines: 2")
    with pytest.raises(assisting.NotNow):
        decides(stage, Act.CONFIRM_DRAFT, version=1)
    decides(stage, Act.CONFIRM_DRAFT)
    ankit.expects("Office ne", "20 CASE", "5 CASE", "✅")
    stage.phone(RAMESH).ignores()
    assert len(posted(plant)) == 1
    assert not stage.matters()


def test_sent_to_its_sender_he_confirms_what_the_clerk_saw_and_a_change_goes_back_to_the_desk(
    stage: Stage, plant: Path
) -> None:
    puts(stage, "assist", "C104")
    farida = stage.phone(FARIDA)
    farida.says(ORDER)
    farida.expects("noted")
    decides(stage, Act.LET_GO)
    summary = farida.expects("8 CASE", buttons=BUTTONS)
    farida.says("1 number 10 case kar do")
    farida.expects("noted", buttons=[])
    farida.taps("confirm", on=summary)
    farida.expects("noted")
    assert not posted(plant)
    decides(stage, Act.LET_GO)
    farida.expects("10 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅")
    (document,) = posted(plant).values()
    assert document["lines"][0]["qty"] == "10"
    assert not stage.matters()


def test_what_credit_holds_is_held_at_the_desk_too_and_looks_alike_must_be_said_to_be_new(stage: Stage) -> None:
    puts(stage, "assist", "C127", "C104")
    babulal, farida = stage.phone(BABULAL), stage.phone(FARIDA)
    babulal.says("5 peti kutku g chota")
    babulal.ignores()
    decides(stage, Act.CONFIRM_DRAFT)
    assert [order.state for order in stage.orders()] == ["held"]
    with stage.session() as session:
        closed = session.scalars(select(Matter).where(Matter.kind == "draft_to_confirm")).one()
    assert (closed.closed_by, closed.close_reason) == ("Deepika", "looked at")
    assert stage.matters("held_order")
    babulal.ignores()
    for _ in range(2):
        farida.says(ORDER)
        farida.expects("noted")
        (matter,) = stage.matters("draft_to_confirm")
        with stage.session() as session:
            (first, *_) = desk.acts(stage.app, session, session.merge(matter))
        decides(stage, first)
        farida.expects("✅")
        stage.passes(minutes=20)
    assert first == Act.CONFIRM_AS_NEW
    for phone in stage.phones.values():
        phone.ignores()


def test_a_price_that_changed_since_the_clerk_looked_is_looked_at_again(stage: Stage, plant: Path) -> None:
    puts(stage, "assist", "C104")
    farida = stage.phone(FARIDA)
    farida.says(ORDER)
    farida.expects("noted")
    rewrite(plant, "prices.csv", {"sku": "SM-120"}, price="777.77")
    stage.pull()
    with pytest.raises(assisting.NotNow):
        decides(stage, Act.CONFIRM_DRAFT)
    (draft,) = stage.drafts()
    with stage.session() as session:
        assert not assisting.bring_up_to_date(stage.app, session, draft.id)
    decides(stage, Act.CONFIRM_DRAFT)
    farida.expects("777.77", "✅")


def test_once_live_only_its_sender_says_yes_to_what_still_stands_at_the_desk(stage: Stage, plant: Path) -> None:
    puts(stage, "assist", "C104")
    farida = stage.phone(FARIDA)
    farida.says(ORDER)
    farida.expects("noted")
    puts(stage, "live", "C104")
    with pytest.raises(Overtaken):
        decides(stage, Act.CONFIRM_DRAFT)
    (draft,) = stage.drafts()
    with pytest.raises(assisting.NotNow), stage.session() as session:
        seen = draft.version
        assisting.confirm_for(stage.app, session, draft.id, version=seen, by="D", reason="r", as_new=False)
    assert not posted(plant)
    decides(stage, Act.LET_GO)
    farida.expects("8 CASE", buttons=BUTTONS)
    farida.taps("confirm")
    farida.expects("✅")


def test_what_another_clerk_talks_about_is_not_confirmed(stage: Stage, plant: Path) -> None:
    puts(stage, "assist", "C104")
    farida = stage.phone(FARIDA)
    farida.says(ORDER)
    farida.expects("noted")
    (draft,) = stage.drafts()
    with stage.session() as session:
        take_over.take_over(session, draft.account_id, by="Asha")
    with pytest.raises(assisting.NotNow, match="Asha"):
        decides(stage, Act.CONFIRM_DRAFT)
    assert not posted(plant)


def test_a_draft_is_cancelled_only_as_the_clerk_saw_it(stage: Stage) -> None:
    puts(stage, "assist", "C104")
    farida = stage.phone(FARIDA)
    farida.says(ORDER)
    farida.expects("noted")
    seen = stage.drafts()[0].version
    farida.says("aur 5 ctn lachhi masala")
    farida.expects("noted")
    with pytest.raises(Overtaken):
        decides(stage, Act.CANCEL_DRAFT, version=seen)
    farida.expects_nothing()
    assert stage.matters("draft_to_confirm")
    decides(stage, Act.CANCEL_DRAFT)
    farida.ignores()
    assert not stage.matters("draft_to_confirm")


def test_a_draft_that_has_ended_is_not_priced_again(stage: Stage, plant: Path) -> None:
    puts(stage, "assist", "C104")
    farida = stage.phone(FARIDA)
    farida.says(ORDER)
    farida.expects("noted")
    decides(stage, Act.CONFIRM_DRAFT)
    farida.expects("✅")
    rewrite(plant, "prices.csv", {"sku": "SM-120"}, price="777.77")
    stage.pull()
    (draft,) = stage.drafts()
    before = draft.lines[0].price
    with stage.session() as session:
        assisting.bring_up_to_date(stage.app, session, draft.id)
    assert stage.drafts()[0].lines[0].price == before


# --- an admin's word and the file ---


def test_the_admins_word_stands_before_the_file_and_check_names_the_difference(stage: Stage, plant: Path) -> None:
    puts(stage, "shadow", "C104")
    rewrite(plant, "customers.csv", {"code": "C104"}, city="Sehore")
    stage.pull()
    with stage.session() as session:
        assert modes.mode_of(session, "C104") == "shadow"
        (difference,) = modes.differences(session)
        assert (difference.party_code, difference.told, difference.holds, difference.by) == (
            "C104",
            "live",
            "shadow",
            "Asha",
        )
        modes.override(session, ["C104"], modes.MODE, None, by="Asha", reason="as in the ERP")
        assert modes.mode_of(session, "C104") == "live"
        assert modes.differences(session) == []
        assert [entry.value for entry in modes.history(session, "C104")] == [None, "shadow"]
