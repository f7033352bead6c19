"""What is free for a customer: the mirror's lots less what open orders hold, the ERP's and ours, each once."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.pull import pull
from bot.settings import read
from erp.files.adapter import FilesErp
from erp.mirror_model import MirrorState
from orders.model import OrderDraft, OrderLine, OrderState, SalesOrder
from orders.stock import free_stock
from people.model import Account, Party, Person
from store.clock import ManualClock
from store.database import Database, now
from tests.plain_files import PlainFiles

DAY = date(2026, 11, 21)
OPEN = "E100,,C001,MAIN,2026-11-18,1,PG-070,CASE,{ordered},{dispatched},{invoiced},{cancelled},820,open,,,,,\n"
HEADER = (
    "erp_number,our_number,customer,ship_to,date,line,sku,uom,ordered,dispatched,invoiced,cancelled,price,status,"
    "promised_on,invoice,vehicle,lr_no,as_of\n"
)


@pytest.fixture
def files(tmp_path: Path) -> PlainFiles:
    return PlainFiles.sound(tmp_path / "plant")


@pytest.fixture
def app(database: Database, files: PlainFiles) -> Munshi:
    erp = FilesErp(files.folder, name="files", file_settles_in=timedelta())
    found = Munshi(settings=read({}), database=database, channels={}, erps={erp.name: erp})
    pull(found)
    return found


def left(app: Munshi, sku: str = "PG-070", *, warehouse: str = "FG1") -> Decimal | None:
    with app.database.transaction() as session:
        return free_stock(session, [sku], warehouse=warehouse, day=DAY).get(sku)


def supplied_from(app: Munshi, warehouse: str) -> None:
    with app.database.transaction() as session:
        session.execute(update(Party).values(warehouse=warehouse))


def ours(session: Session, number: str, state: OrderState, *, cases: int = 10, simulated: bool = False) -> None:
    """An order of ours, by whoever."""
    present = now(session)
    person = Person(phone=f"+9198000{number[-5:]}", name="Ramesh", customers=[])
    account = Account(person=person, first_seen_at=present)
    session.add_all([person, account])
    session.flush()
    draft = OrderDraft(
        party_code="C001", account_id=account.id, person_id=person.id, opened_at=present, touched_at=present, state="x"
    )
    session.add(draft)
    session.flush()
    session.add(
        SalesOrder(
            number=number,
            party_code="C001",
            draft_id=draft.id,
            draft_version=1,
            account_id=account.id,
            person_id=person.id,
            erp="files",
            state=state.value,
            total=Decimal(1),
            value_with_tax=Decimal(1),
            confirmed_at=present,
            simulated=simulated,
        )
    )
    session.flush()
    line = {"order_number": number, "no": 1, "sku": "PG-070", "quantity": cases, "uom": "CASE", "original_text": ""}
    session.execute(insert(OrderLine).values(**line, price=1, list_price=1))


def test_open_orders_of_the_warehouse_hold_what_has_neither_left_nor_lapsed(app: Munshi, files: PlainFiles) -> None:
    assert left(app) == 9600, "E100 is a firm's without a warehouse, and so not of this one"
    supplied_from(app, "FG1")
    assert left(app) == 9600 - 20 * 96
    files.write("orders.csv", HEADER + OPEN.format(ordered=30, dispatched=10, invoiced=12, cancelled=3))
    pull(app)
    assert left(app) == 9600 - 15 * 96
    assert left(app, warehouse="") == 9600 - 15 * 96, "who has no warehouse takes from all of finished goods"


def test_our_orders_count_until_the_erps_list_has_them(app: Munshi, files: PlainFiles, clock: ManualClock) -> None:
    supplied_from(app, "FG1")
    free = 9600 - 20 * 96
    with app.database.transaction() as session:
        ours(session, "M26000001", OrderState.HELD)
        ours(session, "M26000002", OrderState.POSTED, cases=5)
        ours(session, "M26000003", OrderState.CANCELLED)
        ours(session, "M26000004", OrderState.CONFIRMED, simulated=True)
    assert left(app) == free - 15 * 96
    listed = OPEN.format(ordered=5, dispatched=0, invoiced=0, cancelled=0).replace("E100,,", "E200,M26000002,")
    files.append("orders.csv", listed.strip())
    pull(app)
    assert left(app) == free - 15 * 96, "counted once, as the list says"


def test_what_was_posted_long_ago_and_never_listed_holds_nothing(app: Munshi, clock: ManualClock) -> None:
    supplied_from(app, "FG1")
    with app.database.transaction() as session:
        ours(session, "M26000001", OrderState.POSTED)
    free = left(app)
    clock.push(timedelta(days=8))
    with app.database.transaction() as session:
        session.execute(update(MirrorState).values(pulled_at=now(session)))
    assert free is not None
    assert left(app) == free + 10 * 96


def test_of_what_stock_was_never_told_or_long_ago_nothing_is_known(app: Munshi, clock: ManualClock) -> None:
    assert left(app, "OLD-1") is None
    assert left(app, "MG-12") == 0, "it lies in inspection"
    assert left(app, warehouse="NOWHERE") is None
    clock.push(timedelta(hours=49))
    assert left(app) is None
