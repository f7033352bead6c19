"""What was ordered of a plant: each item against what is there and what all open orders hold of it."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from erp.mirror_model import MirroredItem, MirroredPlant, MirroredStock, MirroredUom, MirroredWarehouse
from orders.plant_day import PlantDay, plant_day
from people.model import Party, Person
from store.database import Database, now
from tests import booked
from tests.conftest import START

NITIN = "+919000000007"


def seen(session: Session, model: type, **values: object) -> None:
    texts = {column.name: "" for column in model.__table__.columns if str(column.type) == "TEXT"}  # type: ignore[attr-defined]
    session.add(model(**(texts | {"erp": "main", "listed": True, "changed_at": now(session)} | values)))


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        seen(session, MirroredPlant, code="LDH", name="Ludhiana")
        seen(session, MirroredWarehouse, code="FG1", plant="LDH", warehouse_kind="fg")
        seen(session, MirroredWarehouse, code="HOLD", plant="LDH", warehouse_kind="hold")
        seen(
            session,
            MirroredItem,
            sku="00123",
            name="Salt 1 kg",
            base_uom="PCS",
            order_uom="BAG",
            active=True,
            attributes={},
        )
        for uom, factor in (("PCS", 1), ("BAG", 25)):
            seen(session, MirroredUom, sku="00123", uom=uom, factor=Decimal(factor), decimals=False, sales=True)
        for warehouse, quantity in (("FG1", 125), ("HOLD", 900)):
            seen(session, MirroredStock, sku="00123", warehouse=warehouse, status="available", qty=Decimal(quantity))
        session.add_all([Party(code="C004", name="New Bharat"), Person(phone=NITIN, name="Nitin", parties=["C004"])])
        session.flush()
        yield session
        session.rollback()


def of_the_plant(session: Session, plant: str = "LDH") -> PlantDay:
    return plant_day(session, plant, since=START.replace(hour=0), until=START, day=START.date())


def test_all_orders_are_of_the_only_plant_and_what_is_short_counts_every_open_order(session: Session) -> None:
    booked.order(session, "M1", at=START)
    booked.order(session, "M2", at=START.replace(day=19), plant="LDH")
    found = of_the_plant(session)
    (salt,) = found.goods
    assert (found.orders, salt.quantity, salt.uom, salt.stock, salt.held, salt.short) == (1, 4, "BAG", 5, 8, 3)


def test_with_two_plants_each_hears_of_its_own_orders(session: Session) -> None:
    seen(session, MirroredPlant, code="LKO", name="Lucknow")
    booked.order(session, "M1", at=START, plant="LDH")
    booked.order(session, "M2", at=START, plant="LKO")
    assert [of_the_plant(session, plant).orders for plant in ("LDH", "LKO", "")] == [1, 1, 0]


def test_what_is_cancelled_or_only_played_is_not_in_it_and_no_words_of_a_message_are(session: Session) -> None:
    booked.order(session, "M1", at=START, state="cancelled")
    booked.order(session, "M2", at=START, simulated=True)
    unsettled = booked.draft(session, party="C004", phone=NITIN, at=START)
    unsettled.lines[0].sku, unsettled.lines[0].source = None, "kuchh to bhi"
    session.flush()
    found = of_the_plant(session)
    assert (found.orders, [draft.firm for draft in found.unconfirmed]) == (0, ["New Bharat"])
    assert "(not settled)" in found.sheet
    assert "kuchh" not in found.sheet
