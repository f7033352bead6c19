"""The ERP stand-in and its adapter: what each fault looks like through the port."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from erp.documents import DocumentKind, OrderLineDocument, SalesOrderDocument
from erp.port import ErpDown, OutcomeUnknown, PostingState, Refused
from erp.records import OpenOrderLine, RecordKind
from tests.faults.erp_over_http import ErpOverHttp
from tests.faults.erp_stand_in import FORBIDDEN_SKU, ErpStandIn, Options
from tests.faults.http_server import StandInServer

LINE = OrderLineDocument(
    line=1, sku="A1", qty=Decimal(5), uom="CASE", price=Decimal("10.50"), list_price=Decimal("10.50")
)
ORDER = SalesOrderDocument(
    number="M26000001",
    customer="C001",
    ordered_by="+919000010101",
    total=Decimal("52.50"),
    confirmed_at=datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
    lines=(LINE,),
)


class World:
    def __init__(self, tmp_path: Path) -> None:
        options = Options(settles_in=0.3, hang_seconds=0.2)
        self.server = StandInServer(0, ErpStandIn(options).respond)
        self.server.start()
        self.erp = ErpOverHttp(
            base_url=self.server.url,
            plant=tmp_path,
            settles_in=timedelta(seconds=0.3),
            patience=timedelta(seconds=0.1),
        )

    def faults(self, **faults: Any) -> None:
        requests.post(f"{self.server.url}/stand-in/faults", json=faults, timeout=5)

    def record(self) -> dict[str, Any]:
        answer: dict[str, Any] = requests.get(f"{self.server.url}/stand-in/record", timeout=5).json()
        return answer

    def found(self) -> str:
        posting = self.erp.find(DocumentKind.SALES_ORDER, ORDER.number, party="C001")
        return posting.erp_number if posting else ""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_posted_order_is_found_under_our_number(world: World) -> None:
    posting = world.erp.post(ORDER)
    assert (posting.state, posting.erp_number) == (PostingState.POSTED, "SO100001")
    assert world.found() == "SO100001"
    assert world.record()["orders"][0]["document"] == ORDER.as_json()


def test_posting_twice_makes_two_orders_as_most_erps_do(world: World) -> None:
    world.erp.post(ORDER)
    world.erp.post(ORDER)
    assert len(world.record()["orders"]) == 2


@pytest.mark.parametrize(
    ("fault", "booked"),
    [("500", ""), ("500_after", "SO100001"), ("timeout_before", ""), ("timeout_after", "SO100001")],
)
def test_an_outcome_that_nobody_told_is_unknown(world: World, fault: str, booked: str) -> None:
    world.faults(**{fault: 1})
    with pytest.raises(OutcomeUnknown):
        world.erp.post(ORDER)
    assert world.found() == booked


def test_a_late_order_is_there_only_after_our_first_look(world: World) -> None:
    world.faults(late=1)
    with pytest.raises(OutcomeUnknown):
        world.erp.post(ORDER)
    assert world.found() == ""
    until = time.monotonic() + 2
    while not world.found() and time.monotonic() < until:
        time.sleep(0.01)
    assert [order["how"] for order in world.record()["orders"]] == ["after our look-up"]


def test_a_late_order_nobody_looks_for_is_booked_while_it_may_still_settle(world: World) -> None:
    world.faults(late=1)
    with pytest.raises(OutcomeUnknown):
        world.erp.post(ORDER)
    until = time.monotonic() + 2
    while not world.record()["orders"] and time.monotonic() < until:
        time.sleep(0.01)
    assert [order["how"] for order in world.record()["orders"]] == ["late"]


def test_an_erp_that_went_away_did_nothing(world: World) -> None:
    world.faults(down_seconds=60)
    with pytest.raises(ErpDown):
        world.erp.post(ORDER)
    with pytest.raises(ErpDown):
        world.found()
    assert world.record()["orders"] == []


def test_a_blocked_item_is_refused_with_the_erps_words(world: World) -> None:
    line = replace(LINE, sku=FORBIDDEN_SKU)
    with pytest.raises(Refused, match="blocked for sales"):
        world.erp.post(replace(ORDER, lines=(line,)))
    assert world.record()["orders"] == []


def test_its_open_orders_are_pulled_once(world: World) -> None:
    world.erp.post(ORDER)
    batches = {batch.kind: batch for batch in world.erp.pull({})}
    (line,) = batches[RecordKind.ORDERS].records
    assert isinstance(line, OpenOrderLine)
    assert (line.our_number, line.sku, line.ordered, line.price) == (
        "M26000001",
        "A1",
        Decimal(5),
        Decimal("10.5"),
    )
    again = {batch.kind: batch for batch in world.erp.pull({"orders": batches[RecordKind.ORDERS].stamp})}
    assert list(again[RecordKind.ORDERS].records) == []
