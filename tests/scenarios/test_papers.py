"""Orders that come as files, photos and voice notes: read apart, shown as read, confirmed by their sender."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.hear import hear
from bot.intake import Incoming, take_in
from bot.model import InboundMedia
from bot.papers import opening, reading
from bot.transcriber import Transcriber
from orders.model import Alias
from tests.made_papers import PDF, PHOTO, VOICE, XLSX, attached, bomb, order_pdf, slip, xlsx
from tests.scenarios import reader_stand_in
from tests.scenarios.cast import ARVIND, MAHENDRA, RAMESH, STRANGER, UMESH
from tests.scenarios.plant_files import posted
from tests.scenarios.reader_stand_in import StandIn, listening
from tests.scenarios.stage import CHANNEL, Phone, Stage

BUTTONS = ["confirm", "change", "cancel"]
HEADINGS = ("Item Code", "Description", "Qty", "UOM", "Rate", "Amount")
with_ocr = pytest.mark.skipif(not opening.reads_pictures(), reason="Tesseract is not installed")


def sends(phone: Phone, content: bytes, content_type: str, text: str = "", **more: object) -> str:
    kind = content_type.partition("/")[0]
    return phone.says(
        text, media=attached(content, content_type), kind=kind if kind in ("image", "audio") else "document", **more
    )


def purchase_order(number: str = "PO-4711", code: str = "AG-77", rate: str = "1,036.80") -> bytes:
    return order_pdf(
        ["Agrawal Trading Company", f"PO No: {number}   Date: 20/11/2026", "Delivery Date: 24/11/2026"],
        [
            HEADINGS,
            (code, "Kutku-G Glucose Biscuit", "20", "CTN", "555.43", "11,108.60"),
            ("", "50 g, family"),
            ("AG-91", "Lachhi Noodles Masala 70 g", "5", "CTN", rate, "5,184"),
            ("", "Total", "25"),
        ],
    )


def test_a_purchase_order_as_pdf_with_his_own_codes(stage: Stage, plant: Path) -> None:
    ramesh = stage.phone(RAMESH)
    sid = sends(ramesh, purchase_order(rate="1,000.00"), PDF)
    shown = ramesh.expects("PDF", "20 CASE", "5 CASE", "PO-4711", "₹1,000", buttons=BUTTONS, without=["📷"])
    assert "₹555.43 maanga" not in shown.text, "his price that is ours asks for nothing"
    stage.phone(ARVIND).expects("₹1,000", "₹1,036.80", without=["Kutku-G"])
    ramesh.taps("confirm")
    ramesh.expects("✅")
    stage.phone(ARVIND).ignores()
    (order,) = posted(plant).values()
    assert order["customer_reference"] == "PO-4711"
    assert order["requested_on"] == "2026-11-24"
    assert order["message_ids"][0] == sid
    assert [(line["sku"], line["qty"], line["uom"]) for line in order["lines"]] == [
        ("KG-050", "20", "CASE"),
        ("LN-MA-070", "5", "CASE"),
    ]
    with stage.session() as session:
        codes = {alias.phrase: (alias.sku, alias.state) for alias in session.query(Alias).filter_by(origin="pick")}
    assert codes == {"code ag 77": ("KG-050", "proposed"), "code ag 91": ("LN-MA-070", "proposed")}


def test_his_codes_are_known_once_he_confirmed_them_twice(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    for number in ("PO-1", "PO-2"):
        sends(ramesh, purchase_order(number), PDF)
        ramesh.expects(buttons=BUTTONS)
        ramesh.taps("confirm")
        ramesh.ignores()
        if ramesh.last and "confirm" in ramesh.last.acts:
            ramesh.taps("confirm")
            ramesh.ignores()
        stage.passes(hours=30)
        ramesh.ignores()
    bare = order_pdf(["PO No: PO-3"], [("Item Code", "Qty", "UOM"), ("AG-91", "7", "CTN")])
    sends(ramesh, bare, PDF)
    ramesh.expects("Lachhi Noodles Masala 70 g – 7 CASE", "PO-3", buttons=BUTTONS)


def test_an_order_of_another_number_is_not_mixed_into_the_open_one(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    sends(ramesh, purchase_order("PO-1"), PDF)
    ramesh.expects("PO-1", buttons=BUTTONS)
    sends(ramesh, purchase_order("PO-2", code="AG-78"), PDF)
    ramesh.expects("PO-2", "PO-1", "N1")
    (draft,) = stage.drafts()
    assert draft.customer_reference == "PO-1"
    assert len(draft.lines) == 2
    assert [matter.facts["reason"] for matter in stage.matters("media")] == ["after_this"]


def test_a_workbook_of_three_hundred_rows_is_one_order(stage: Stage) -> None:
    with stage.session() as session:
        catalogue = stage.app.catalogues.current(session)
    items = [item for item in catalogue.items if item.active and item.sold and item.order_uom == "CASE"][:300]
    rows = [["Order of November"], ["Sr", "Item Name", "Item Code", "MRP", "Order (Cs)", "Stock"]]
    rows += [[at, item.name, item.sku, 10, 1 + at % 9, 55] for at, item in enumerate(items, 1)]
    rows += [["", "Not wanted", "KG-200", 10, "", 3], ["", "Grand Total", "", "", 999, ""]]
    stage.phone(RAMESH).sends(media=attached(xlsx(rows), XLSX), kind="document")
    stage.phone(RAMESH).ignores()
    for told_of_prices in list(stage.phones.values()):
        told_of_prices.ignores()
    (draft,) = stage.drafts()
    assert [(line.sku, line.quantity, line.uom) for line in draft.lines] == [
        (item.sku, 1 + at % 9, "CASE") for at, item in enumerate(items, 1)
    ]
    assert {line.read_from for line in draft.lines} == {"sheet"}


def test_a_sheet_in_hindi_with_its_columns_in_another_order(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    sheet = "मात्रा;इकाई;माल का विवरण\n२०;पेटी;कुटकु छोटा\n५;पेटी;lachhi\nकुल;;२५\n".encode()
    sends(ramesh, sheet, "text/csv")
    ramesh.expects("20 CASE", "5 CASE", buttons=BUTTONS)


@with_ocr
def test_a_photo_of_a_slip_is_shown_as_read_from_it_and_goes_by_his_yes_alone(stage: Stage, plant: Path) -> None:
    stage.app = replace(stage.app, reads_pictures=True)
    ramesh = stage.phone(RAMESH)
    photo = slip(["Kutku-G Glucose 50 g  20 case", "Lachhi Noodles Masala 70 g  5 case"])
    sends(ramesh, photo, PHOTO, "kal bhej dena")
    shown = ramesh.expects("photo se padha", "20 CASE", "5 CASE", "22 Nov", buttons=BUTTONS)
    assert shown.text.count("📷") == 2, "every line is marked"
    assert not posted(plant)
    ramesh.taps("confirm")
    ramesh.expects("✅")
    assert [line["qty"] for order in posted(plant).values() for line in order["lines"]] == ["20", "5"]


def test_without_a_reader_of_pictures_a_photo_is_a_persons_as_before(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    sends(ramesh, slip(["Kutku 20 case"]), PHOTO)
    ramesh.expects("note hai")
    assert [matter.kind for matter in stage.matters()] == ["media"]


def test_what_one_machine_said_it_reads_and_another_cannot_is_a_persons(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    photo = Incoming(channel=CHANNEL, sid="SM-photo", sender=RAMESH, kind="image", media=({"url": "", "type": PHOTO},))
    with stage.session() as session:
        inbound_id = take_in(session, photo)
        assert inbound_id is not None
        content = slip(["Kutku 20 case"])
        session.add(InboundMedia(inbound_id=inbound_id, no=0, content_type=PHOTO, content=content, refused=""))
    hear(replace(stage.app, reads_pictures=True), inbound_id)
    assert not stage.matters()
    reading.read(stage.app, inbound_id)
    stage.run()
    ramesh.expects("note hai")
    assert [matter.kind for matter in stage.matters()] == ["media"]


@pytest.fixture
def transcriber() -> Iterator[StandIn]:
    with listening(
        lambda _: (200, json.dumps({"text": "bees peti kutku g chota aur paanch ctn lachhi"}).encode())
    ) as one:
        yield one


def hearing(stage: Stage, endpoint: StandIn) -> Phone:
    stage.app = replace(stage.app, transcriber=Transcriber(url=endpoint.url, model="whisper-1", key="k"))
    return stage.phone(RAMESH)


def test_a_voice_note_is_shown_as_heard_and_goes_by_his_yes_alone(
    stage: Stage, plant: Path, transcriber: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    ramesh = hearing(stage, transcriber)
    sends(ramesh, b"OggS" + b"\x01" * 2000, VOICE)
    shown = ramesh.expects("voice note se suna", "20 CASE", "5 CASE", buttons=BUTTONS)
    assert shown.text.count("🎤") == 2
    (request,) = transcriber.requests
    assert request.path == "/v1/audio/transcriptions"
    assert request.headers["Authorization"] == "Bearer k"
    assert b'name="model"\r\n\r\nwhisper-1' in request.body
    assert b"OggS" in request.body
    assert "kutku" not in "".join(capsys.readouterr()), "nothing that was said is logged"
    ramesh.taps("confirm")
    ramesh.expects("✅")


def test_a_yes_that_is_spoken_confirms_nothing(stage: Stage, plant: Path, transcriber: StandIn) -> None:
    ramesh = hearing(stage, transcriber)
    ramesh.says("20 peti kutku g chota")
    ramesh.expects(buttons=BUTTONS)
    transcriber.act = lambda _: (200, b'{"text": "haan confirm kar do"}')
    sends(ramesh, b"OggS" + b"\x02" * 2000, VOICE)
    ramesh.expects("note hai")
    assert not posted(plant)
    assert [matter.kind for matter in stage.matters()] == ["media"]


@pytest.mark.parametrize(
    "act", [reader_stand_in.fails(401), lambda _: (200, b"<html>"), lambda _: (200, b'{"text": " "}')]
)
def test_a_transcriber_that_is_of_no_use_leaves_it_to_a_person(
    stage: Stage, transcriber: StandIn, act: reader_stand_in.Act
) -> None:
    transcriber.act = act
    ramesh = hearing(stage, transcriber)
    sends(ramesh, b"OggS", VOICE)
    ramesh.expects("note hai")
    assert len(stage.matters("media")) == 1


def test_a_transcriber_that_is_away_is_asked_again_and_then_a_person_listens(
    stage: Stage, transcriber: StandIn
) -> None:
    transcriber.act = reader_stand_in.fails(503)
    ramesh = hearing(stage, transcriber)
    sends(ramesh, b"OggS", VOICE)
    ramesh.expects_nothing()
    for _ in range(6):
        stage.passes(minutes=2)
    ramesh.expects("note hai")
    assert len(transcriber.requests) == 5
    assert len(stage.matters("media")) == 1


@pytest.mark.parametrize(
    ("content", "content_type", "said"),
    [
        (bomb(), XLSX, "bahut badi"),
        (b"%PDF-1.7 \x00\x01 nothing of the kind", PDF, "nahi khuli"),
        (b"PK\x03\x04 torn", XLSX, "nahi khuli"),
        (b"\xff" * 100, "text/csv", "note hai"),
        (order_pdf(["Price list 2026"], [("Item", "Rate"), ("Kutku", "5")]), PDF, "note hai"),
    ],
    ids=["bomb", "no pdf", "torn", "no text", "no order"],
)
def test_what_cannot_be_read_gets_a_polite_answer_and_a_person(
    stage: Stage, content: bytes, content_type: str, said: str
) -> None:
    ramesh = stage.phone(RAMESH)
    sends(ramesh, content, content_type)
    ramesh.expects(said, "N1")
    (matter,) = stage.matters()
    assert (matter.kind, matter.party_code) == ("media", "C101")
    assert not stage.drafts()


def test_a_firm_of_several_is_asked_and_the_paper_waits(stage: Stage) -> None:
    mahendra = stage.phone(MAHENDRA)
    sends(mahendra, xlsx([["Item", "Qty (Cs)"], ["kutku g chota", 12]]), XLSX)
    mahendra.expects("firm")
    mahendra.taps("Kothari Agencies")
    mahendra.expects("Kothari Agencies", "sheet", "12 CASE", buttons=BUTTONS)


def test_the_paper_of_another_firm_is_no_order_of_its_bearer(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    sends(
        ramesh, order_pdf(["Lakeview Mart Distribution"], [("Item", "Qty", "UOM"), ("Kutku-G 50 g", "4", "CTN")]), PDF
    )
    ramesh.expects("note hai")
    assert [matter.facts["reason"] for matter in stage.matters("media")] == ["not_his"]


def test_the_same_paper_twice_is_one_order(stage: Stage) -> None:
    ramesh = stage.phone(RAMESH)
    sends(ramesh, purchase_order(), PDF)
    ramesh.expects(buttons=BUTTONS)
    sends(ramesh, purchase_order(), PDF)
    ramesh.expects("20 CASE", buttons=BUTTONS)
    (draft,) = stage.drafts()
    assert [line.quantity for line in draft.lines] == [20, 5]


def test_who_orders_nothing_has_his_papers_looked_at(stage: Stage) -> None:
    umesh = stage.phone(UMESH)
    sends(umesh, purchase_order(), PDF)
    umesh.expects("N1")
    assert not stage.drafts()


def test_a_strangers_paper_waits_for_who_he_is(stage: Stage) -> None:
    stranger = stage.phone(STRANGER)
    sends(stranger, purchase_order(), PDF)
    stranger.ignores()
    assert not stage.drafts()
    assert [matter.kind for matter in stage.matters()] == ["unknown_sender"]
