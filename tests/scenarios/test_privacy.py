"""What the law gives people: an export of all that is kept, its erasure, and forgetting by age."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select, text, update

from bot import media
from bot.breach import report
from bot.channels.console import ConsoleChannel
from bot.channels.port import Fetched
from bot.erasure import erase
from bot.intake import Incoming, take_in
from bot.model import Inbound, InboundMedia, Outbound
from bot.papers import reading
from bot.papers.kinds import PaperKind
from bot.papers.opening import Opened
from bot.papers.values import Origin
from bot.personal_data import BY_TABLE
from bot.privacy_export import export
from bot.retention import forget_old
from nlp.tables import Cell
from people.model import Account, Person, PrivacyEntry
from people.privacy import NobodyFound, Subject, subject
from store.base import Base
from store.database import now
from store.holds import Pause
from tests.scenarios.cast import DEEPIKA, FARIDA, RAMESH, STRANGER, VIKAS
from tests.scenarios.stage import Stage

BUTTONS = ["confirm", "change", "cancel"]
MARK = "bhaijaan jaldi"
NO_PERSONAL_DATA = {"wrong_posts"}
"""Numbers and goods of orders alone."""


def whose(stage: Stage, words: str) -> Subject:
    with stage.session() as session:
        return subject(session, words)


def name_of(stage: Stage, number: str) -> str:
    with stage.session() as session:
        return session.scalars(select(Person.name).where(Person.phone == number)).one()


def everything_written(stage: Stage) -> dict[str, str]:
    """Every table but the ERP's own master data, as text."""
    with stage.session() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        return {
            name: "\n".join(session.scalars(text(f'SELECT t::text FROM "{name}" AS t')).all())
            for name in tables
            if name not in ("history_lines", "parties", "addresses", "items")
        }


def talk_of(stage: Stage, number: str) -> str:
    """An order with a complaint, a photo and an open list beside it; the order's number."""
    phone = stage.phone(number)
    phone.says(f"8 case marie 120 {MARK}", profile_name="Phone of Farida")
    phone.ignores()
    phone.taps("confirm")
    phone.expects("✅")
    phone.says("pichli baar 3 peti tooti hui aayi thi")
    phone.ignores()
    phone.says("", kind="image", media=({"url": "https://x/1", "type": "image/jpeg"},), raw={"WaId": number})
    phone.ignores()
    phone.says(f"6 case lachhi {MARK}")
    phone.ignores()
    with stage.session() as session:
        photo = session.scalars(select(Inbound).where(Inbound.kind == "image").order_by(Inbound.id.desc())).first()
        assert photo is not None
        session.merge(InboundMedia(inbound_id=photo.id, no=0, content_type="image/jpeg", content=b"a face", refused=""))
    return stage.orders()[-1].number


def test_export_for_a_data_protection_request(stage: Stage, tmp_path: Path) -> None:
    number = talk_of(stage, FARIDA)
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.ignores()
    file = tmp_path / "farida.zip"
    with stage.session() as session:
        counts = export(session, subject(session, FARIDA.removeprefix("+91")), file, by="anita")
    assert file.stat().st_mode & 0o077 == 0, "for its owner alone"
    with ZipFile(file) as archive:
        names = set(archive.namelist())
        data = json.loads(archive.read("data.json"))
        talk = archive.read("messages.csv").decode("utf-8-sig")
        whole = archive.read("data.json").decode() + talk
    assert {"READ_ME.txt", "data.json", "messages.csv"} < names
    assert len([name for name in names if name.startswith("media/")]) == 1
    assert [order["number"] for order in data["sales_orders"]] == [number]
    assert data["persons"][0]["phone"] == FARIDA
    assert [entry["what"] for entry in data["consents"]] == ["noticed"]
    assert MARK in talk
    assert "✅" in talk
    assert name_of(stage, RAMESH) not in whole, "of nobody else"
    assert "kutku" not in whole.casefold()
    with stage.session() as session, pytest.raises(FileExistsError):
        export(session, subject(session, FARIDA), file, by="anita")
    with stage.session() as session:
        (act,) = session.scalars(select(PrivacyEntry).where(PrivacyEntry.what == "export"))
    assert act.counts["inbound"] == counts["inbound"] == len(data["inbound"]) == 5
    assert FARIDA not in str(act.__dict__)


def test_a_cell_of_the_talk_is_never_a_formula(stage: Stage, tmp_path: Path) -> None:
    farida = stage.phone(FARIDA)
    farida.says('=HYPERLINK("http://x")')
    farida.ignores()
    with stage.session() as session:
        export(session, subject(session, FARIDA), tmp_path / "f.zip", by="anita")
    with ZipFile(tmp_path / "f.zip") as archive:
        assert "'=HYPERLINK" in archive.read("messages.csv").decode()


def test_erased_nothing_of_the_person_is_left_but_the_order(stage: Stage) -> None:
    name = name_of(stage, FARIDA)
    number = talk_of(stage, FARIDA)
    vikas = stage.phone(VIKAS)
    vikas.says("hello")
    vikas.ignores()
    before = stage.orders()[-1]
    with stage.session() as session:
        session.execute(
            text("UPDATE matters SET facts = facts || jsonb_build_object('told', CAST(:name AS text))"), {"name": name}
        )
        counts = erase(session, subject(session, FARIDA), by="anita")
    assert counts["inbound"] == 5
    for table, content in everything_written(stage).items():
        for mark in (
            FARIDA,
            FARIDA.removeprefix("+"),
            name,
            MARK,
            "Phone of Farida",
            "tooti",
            "a face",
            b"a face".hex(),
        ):
            assert mark not in content, f"{mark!r} is left in {table}"
    (after,) = [order for order in stage.orders() if order.number == number]
    assert (after.total, after.state, after.party_code) == (before.total, before.state, before.party_code)
    assert [(line.sku, line.quantity, line.price) for line in after.lines] == [
        (line.sku, line.quantity, line.price) for line in before.lines
    ]
    assert {line.original_text for line in after.lines} == {""}
    assert stage.matters() == [], "nobody is asked about what nobody can read"
    assert {draft.state for draft in stage.drafts()} == {"confirmed", "cancelled"}
    assert name_of(stage, VIKAS), "others stay"


def test_erased_with_his_mail_addresses(stage: Stage, tmp_path: Path) -> None:
    address = "farida@shop.example"
    with stage.session() as session:
        session.execute(update(Person).where(Person.phone == FARIDA).values(emails=[address]))
        session.add(Pause(customer="C1", since=now(session), by="anita", reason=f"asked by {address}"))
    with stage.session() as session:
        export(session, subject(session, FARIDA), tmp_path / "f.zip", by="anita")
        erase(session, subject(session, FARIDA), by="anita")
    with ZipFile(tmp_path / "f.zip") as archive:
        assert address in archive.read("data.json").decode()
    for table, content in everything_written(stage).items():
        assert address not in content, table


def test_what_of_his_was_not_heard_yet_is_never_heard(stage: Stage) -> None:
    with stage.session() as session:
        take_in(session, Incoming(channel="console", sid="SM-late", sender=FARIDA, body="8 case marie 120"))
        erase(session, subject(session, FARIDA), by="anita")
    stage.run()
    with stage.session() as session:
        (inbound,) = session.scalars(select(Inbound))
        assert (inbound.state, inbound.outcome) == ("done", "erased")
        assert not session.scalars(select(Outbound)).all()
        assert not session.scalars(select(Account.id).where(Account.person_id.is_(None))).all()


def test_his_draft_at_the_desk_ends_with_him(stage: Stage) -> None:
    talk_of(stage, FARIDA)
    with stage.session() as session:
        session.execute(text("UPDATE order_drafts SET state = 'desk' WHERE state = 'open'"))
        erase(session, subject(session, FARIDA), by="anita")
    assert {draft.state for draft in stage.drafts()} == {"confirmed", "cancelled"}


def test_a_photo_that_is_fetched_while_he_is_erased_is_not_kept(stage: Stage) -> None:
    class Slow(ConsoleChannel):
        def fetch(self, url: str) -> Fetched:
            with stage.session() as session:
                erase(session, subject(session, FARIDA), by="anita")
            return Fetched(content_type="image/jpeg", content=url.encode())

    with stage.session() as session:
        photo = {"url": "https://x/1", "type": "image/jpeg"}
        inbound_id = take_in(session, Incoming(channel="console", sid="SM-p", sender=FARIDA, media=(photo,)))
    assert inbound_id is not None
    media.fetch(replace(stage.app, channels={"console": Slow()}), inbound_id)
    with stage.session() as session:
        assert not session.scalars(select(InboundMedia)).all()
    stage.run()


def test_what_is_read_from_his_paper_while_he_is_erased_is_not_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(kind: PaperKind, content: bytes) -> Opened:
        del kind, content
        with stage.session() as session:
            erase(session, subject(session, FARIDA), by="anita")
        return Opened(origin=Origin.SHEET, rows=((Cell(text="8 case marie 120", left=0, right=1, top=0),),))

    monkeypatch.setattr("bot.papers.opening.opened", opened)
    sheet = {"url": "", "type": "text/csv"}
    with stage.session() as session:
        inbound_id = take_in(session, Incoming(channel="console", sid="SM-c", sender=FARIDA, media=(sheet,)))
        assert inbound_id is not None
        session.add(InboundMedia(inbound_id=inbound_id, no=0, content_type="text/csv", content=b"x", refused=""))
    reading.read(stage.app, inbound_id)
    with stage.session() as session:
        assert [one.body for one in session.scalars(select(Inbound))] == [""]
    stage.run()


def test_what_a_person_is_called_never_changes_our_own_words(stage: Stage) -> None:
    number = talk_of(stage, RAMESH)
    stranger = stage.phone(STRANGER)
    for name in ("confirmed", "CASE", "kind"):
        stranger.says("namaste", profile_name=name)
        stranger.ignores()
        with stage.session() as session:
            session.execute(text("UPDATE sales_orders SET remarks = :r"), {"r": f"as {name} asked"})
            before = [(o.state, [line.uom for line in o.lines]) for o in stage.orders()]
            facts = session.execute(text("SELECT facts FROM order_trail ORDER BY id")).all()
            erase(session, subject(session, STRANGER), by="anita")
        (order,) = [one for one in stage.orders() if one.number == number]
        assert order.remarks == "as – asked"
        assert [(o.state, [line.uom for line in o.lines]) for o in stage.orders()] == before
        with stage.session() as session:
            assert session.execute(text("SELECT facts FROM order_trail ORDER BY id")).all() == facts


def test_erasing_again_finds_nobody_and_by_his_number_here_changes_nothing(stage: Stage) -> None:
    talk_of(stage, FARIDA)
    him = whose(stage, FARIDA)
    with stage.session() as session:
        erase(session, him, by="anita")
    with pytest.raises(NobodyFound):
        whose(stage, FARIDA)
    before = {name: rows for name, rows in everything_written(stage).items() if name != "privacy_acts"}
    with stage.session() as session:
        counts = erase(session, subject(session, him.reference), by="anita")
    assert not any(counts.values())
    assert {name: rows for name, rows in everything_written(stage).items() if name != "privacy_acts"} == before


def test_who_was_erased_and_writes_again_is_a_stranger(stage: Stage) -> None:
    talk_of(stage, FARIDA)
    with stage.session() as session:
        erase(session, subject(session, FARIDA), by="anita")
    farida = stage.phone(FARIDA)
    farida.says("8 case marie 120")
    farida.expects("I do not know this number", "STOP")
    assert len(stage.orders()) == 1


def test_a_stranger_is_erased_by_his_number(stage: Stage) -> None:
    stranger = stage.phone(STRANGER)
    stranger.says("Sharma Traders se bol raha hoon", profile_name="Pappu S")
    stranger.ignores()
    with stage.session() as session:
        erase(session, subject(session, STRANGER), by="anita")
    for table, content in everything_written(stage).items():
        assert "Pappu" not in content, table
        assert STRANGER not in content, table


def test_a_name_two_people_have_asks_which_is_meant(stage: Stage) -> None:
    with stage.session() as session:
        session.execute(text("UPDATE persons SET name = 'Asha' WHERE phone IN (:a, :b)"), {"a": FARIDA, "b": RAMESH})
    with pytest.raises(NobodyFound, match=r"person:\d+, person:\d+"):
        whose(stage, "Asha")


def test_old_texts_go_and_orders_and_what_is_open_stay(stage: Stage) -> None:
    number = talk_of(stage, FARIDA)
    stage.app = replace(stage.app, settings=stage.app.settings.model_copy(update={"keep_messages": 1}))
    stage.clock.push(timedelta(days=32))
    open_ones = {matter.inbound_id for matter in stage.matters() if matter.inbound_id}
    assert open_ones
    assert forget_old(stage.app) > 0
    with stage.session() as session:
        for inbound in session.scalars(select(Inbound)):
            assert bool(inbound.body or inbound.raw or inbound.media) == (inbound.id in open_ones)
        assert all(row.lines == [] for row in session.scalars(select(Outbound)))
    (order,) = [order for order in stage.orders() if order.number == number]
    assert order.total
    assert order.lines[0].original_text == ""
    (still_open,) = [draft for draft in stage.drafts() if draft.state == "open"]
    assert still_open.lines[0].source
    assert forget_old(stage.app) == 0, "once a day"
    stage.app = replace(stage.app, settings=stage.app.settings.model_copy(update={"keep_messages": 0}))


def test_the_report_of_a_breach_counts_whose_data_of_which_kinds_was_in_reach(stage: Stage, tmp_path: Path) -> None:
    talk_of(stage, FARIDA)
    stage.clock.push(timedelta(hours=2))
    with stage.session() as session:
        since = now(session)
        export(session, subject(session, FARIDA), tmp_path / "f.zip", by="anita")
    ramesh = stage.phone(RAMESH)
    ramesh.says("20 peti kutku g chota")
    ramesh.ignores()
    with stage.session() as session:
        found = report(session, since)
    farida = next(one for one in found.people if one.phone == FARIDA)
    his = next(one for one in found.people if one.phone == RAMESH)
    assert (farida.messages, farida.new_messages, farida.orders, farida.attachments) == (5, 0, 1, 1)
    assert (his.messages, his.new_messages, his.orders) == (1, 1, 0)
    assert next(one for one in found.people if one.phone == DEEPIKA).staff
    assert [act.what for act in found.acts] == ["export"]
    stage.phone(FARIDA).ignores()


def test_every_table_about_people_or_their_messages_is_named() -> None:
    ours = {"account_id", "inbound_id", "person_id", "draft_id", "order_number"}
    about_people = {
        table.name
        for table in Base.metadata.tables.values()
        if ours & set(table.columns.keys())
        or any(column.references(Base.metadata.tables["accounts"].c.id) for column in table.columns)
    }
    assert about_people - NO_PERSONAL_DATA <= set(BY_TABLE)
