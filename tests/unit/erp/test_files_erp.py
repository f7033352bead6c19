"""The plain-file ERP: documents land whole and once, answers are read with care, the stand-in does as it is told."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from erp import mirror
from erp.documents import (
    BookedLine,
    DiffLine,
    DiffOp,
    DocumentKind,
    OrderCancellationDocument,
    OrderChangeDocument,
    OrderLineDocument,
    SalesOrderDocument,
    document_from_json,
)
from erp.files import Answer, FilesErp, answer_mode, stand_in
from erp.files.adapter import DEMO
from erp.files.stand_in import StandIn
from erp.port import ErpDown, Level, PostingState, Refused
from erp.pull import pull
from store.database import Database
from tests.plain_files import PlainFiles

SALES_ORDER_KEYS = (
    "number, customer, ship_to, plant, warehouse, customer_reference, requested_on, next_dispatch_on, ordered_by, "
    "on_behalf_of, source, currency, total, tax_estimate, message_ids, confirmed_at, approvals, remarks, lines"
)
LINE_KEYS = "line, sku, qty, uom, price, list_price, free, scheme, base_line, requested_on, original_text"


@pytest.fixture
def files(tmp_path: Path) -> PlainFiles:
    return PlainFiles.sound(tmp_path / "plant")


@pytest.fixture
def erp(files: PlainFiles) -> FilesErp:
    return FilesErp(files.folder, answer=Answer.RESULTS, file_settles_in=timedelta())


def order(number: str = "M26000123", *, qty: str = "20") -> SalesOrderDocument:
    return SalesOrderDocument(
        number=number,
        customer="C001",
        ship_to="MAIN",
        ordered_by="Ramesh Sharma",
        total=Decimal("16400"),
        confirmed_at=datetime(2026, 11, 21, 4, 30, tzinfo=UTC),
        lines=(
            OrderLineDocument(
                line=1, sku="PG-070", qty=Decimal(qty), uom="CASE", price=Decimal(820), list_price=Decimal(820)
            ),
            OrderLineDocument(
                line=2, sku="MG-12", qty=Decimal(2), uom="CASE", price=Decimal(1500), list_price=Decimal(1500)
            ),
        ),
    )


def result(files: PlainFiles, content: Any, *, number: str = "M26000123") -> None:
    folder = files.folder / "in" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / f"{number}.json").write_text(text, encoding="utf-8")


# --- out ---


def test_the_file_holds_exactly_what_is_promised(files: PlainFiles, erp: FilesErp) -> None:
    erp.post(order())
    written = json.loads((files.folder / "out/sales_orders/M26000123.json").read_text(encoding="utf-8"))
    assert list(written) == SALES_ORDER_KEYS.split(", ")
    assert list(written["lines"][0]) == LINE_KEYS.split(", ")
    assert (written["lines"][0]["qty"], written["lines"][0]["price"], written["total"]) == ("20", "820", "16400")
    assert (written["lines"][0]["free"], written["requested_on"], written["source"]) == (False, None, "chat")


def test_changes_and_cancellations_have_their_own_folders(files: PlainFiles, erp: FilesErp) -> None:
    change = OrderChangeDocument(
        number="M26000124",
        order="M26000123",
        revision=1,
        diff=(DiffLine(line=1, op=DiffOp.SET, sku="PG-070", qty=Decimal(30), uom="CASE", price=Decimal(820)),),
        ordered_by="Ramesh Sharma",
        message_ids=("SM9",),
        party="C001",
    )
    cancellation = OrderCancellationDocument(number="M26000125", order="M26000123", revision=2, reason="twice")
    for document in (change, cancellation):
        erp.post(document)
        written = json.loads(
            (files.folder / "out" / document.kind.value / f"{document.number}.json").read_text(encoding="utf-8")
        )
        assert ", ".join(written) == "number, order, revision, diff, reason, ordered_by, message_ids, approvals"
        assert document_from_json(document.kind, written, party=document.party) == document


def test_posting_twice_makes_one_file_and_the_same_answer(files: PlainFiles, erp: FilesErp) -> None:
    assert erp.post(order()) == erp.post(order())
    assert [path.name for path in (files.folder / "out/sales_orders").iterdir()] == ["M26000123.json"]


def test_another_document_under_the_same_number_is_refused(files: PlainFiles, erp: FilesErp) -> None:
    erp.post(order())
    with pytest.raises(Refused, match="already holds another document"):
        erp.post(order(qty="21"))
    written = json.loads((files.folder / "out/sales_orders/M26000123.json").read_text(encoding="utf-8"))
    assert written["lines"][0]["qty"] == "20"


def test_a_file_that_the_other_side_took_away_is_not_written_again(files: PlainFiles, erp: FilesErp) -> None:
    erp.post(order())
    path = files.folder / "out/sales_orders/M26000123.json"
    path.unlink()
    assert erp.find(DocumentKind.SALES_ORDER, "M26000123", party="C001") is not None
    assert erp.post(order()).state is PostingState.ACCEPTED
    assert not path.exists()


@pytest.mark.parametrize("number", ["../M1", "a/b", "", ".hidden", "x" * 200, "M1\n"])
def test_a_number_that_cannot_name_a_file_is_refused(files: PlainFiles, erp: FilesErp, number: str) -> None:
    before = sorted(files.folder.rglob("*"))
    with pytest.raises(Refused):
        erp.post(order(number))
    assert sorted(files.folder.rglob("*")) == before


def test_where_nothing_can_be_written_the_erp_is_down_and_nothing_is_there(files: PlainFiles, erp: FilesErp) -> None:
    (files.folder / "out").write_text("in the way")
    with pytest.raises(ErpDown):
        erp.post(order())
    assert erp.find(DocumentKind.SALES_ORDER, "M26000123", party="C001") is None


def test_who_answers_by_default(tmp_path: Path) -> None:
    assert answer_mode(tmp_path) is Answer.SELF
    (tmp_path / "in").mkdir()
    assert answer_mode(tmp_path) is Answer.RESULTS
    assert answer_mode(tmp_path, "self") is Answer.SELF
    assert answer_mode(DEMO) is Answer.SELF
    assert (DEMO / "items.csv").exists()


# --- in ---


def test_until_the_other_side_answers_a_document_is_accepted(files: PlainFiles, erp: FilesErp) -> None:
    assert erp.post(order()).state is PostingState.ACCEPTED
    assert list(erp.results(["M26000123"])) == []
    at = "2026-11-21T10:05:00+05:30"
    result(files, {"number": "M26000123", "status": "posted", "erp_number": "SO/77", "reason": "", "at": at})
    (answer,) = erp.results(["M26000123", "M26000999"])
    assert (answer.state, answer.erp_number, answer.at) == (
        PostingState.POSTED,
        "SO/77",
        datetime(2026, 11, 21, 4, 35, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no JSON"),
        ("[]", "is no JSON object"),
        ('{"number": "M26000123", "status": "ok"}', "status 'ok'"),
        ('{"number": "M26000123", "status": "posted"}', "without an erp_number"),
        ('{"number": "M1", "status": "posted", "erp_number": "7"}', "speaks of number 'M1'"),
        ('{"number": "M26000123", "status": "posted", "erp_number": "7", "at": "noon"}', "'noon' for a moment"),
    ],
)
def test_a_malformed_answer_is_told_and_not_believed(
    files: PlainFiles, erp: FilesErp, content: str, words: str
) -> None:
    erp.post(order())
    result(files, content)
    assert list(erp.results(["M26000123"])) == []
    found = erp.find(DocumentKind.SALES_ORDER, "M26000123", party="C001")
    assert found is not None
    assert found.state is PostingState.ACCEPTED
    (finding,) = erp.check()
    assert (finding.level, finding.subject) == (Level.WARNING, "in/results/M26000123.json")
    assert words in finding.text
    assert finding.remedy


def test_check_names_missing_files_and_folders(files: PlainFiles, erp: FilesErp) -> None:
    (files.folder / "items.csv").unlink()
    (files.folder / "orders.csv").unlink()
    assert [finding.text for finding in erp.check()] == ["items.csv is missing"]
    (finding,) = FilesErp(files.folder / "nowhere").check()
    assert (finding.level, bool(finding.remedy)) == (Level.ERROR, True)


# --- the stand-in ---


@pytest.fixture
def tell(files: PlainFiles) -> Callable[..., list[str]]:
    """Run the program with arguments; what it said."""

    def run(*arguments: str) -> list[str]:
        said: list[str] = []
        assert stand_in.main([str(files.folder), *arguments], say=said.append) == 0
        return said

    return run


def state_of(erp: FilesErp, number: str) -> PostingState | None:
    found = erp.find(DocumentKind.SALES_ORDER, number, party="C001")
    return found.state if found else None


def test_the_stand_in_books_each_document_once(erp: FilesErp, tell: Callable[..., list[str]]) -> None:
    erp.post(order())
    assert tell("run", "--once") == ["M26000123 posted SO-26000123"]
    assert tell("run", "--once") == []
    assert state_of(erp, "M26000123") is PostingState.POSTED


def test_the_stand_in_rejects_what_it_is_told_to(erp: FilesErp, tell: Callable[..., list[str]]) -> None:
    tell("reject", "M26000002", "blocked item")
    tell("reject", "next", "period closed")
    for number in ("M26000001", "M26000002", "M26000003"):
        erp.post(order(number))
    assert tell("run", "--once") == [
        "M26000001 rejected period closed",
        "M26000002 rejected blocked item",
        "M26000003 posted SO-26000003",
    ]
    tell("reject", "all", "closed")
    erp.post(order("M26000004"))
    tell("run", "--once")
    tell("accept")
    erp.post(order("M26000005"))
    tell("run", "--once")
    assert [state_of(erp, f"M2600000{n}") for n in (4, 5)] == [PostingState.REJECTED, PostingState.POSTED]


def test_the_stand_in_can_keep_silent(erp: FilesErp, tell: Callable[..., list[str]]) -> None:
    tell("silent", "on")
    erp.post(order())
    assert tell("run", "--once") == []
    tell("silent", "off")
    assert len(tell("run", "--once")) == 1


def test_dispatch_and_invoice_appear_in_the_mirror_and_in_what_the_customer_owes(
    database: Database, files: PlainFiles, erp: FilesErp, tell: Callable[..., list[str]]
) -> None:
    pull(database, erp, {})
    erp.post(order())
    tell("run", "--once")
    tell("dispatch", "M26000123", "--line", "1", "--qty", "12", "--vehicle", "UP32 AB 1234", "--lr", "LR9")
    pull(database, erp, {})
    with database.transaction() as session:
        first, second = mirror.lines_of_order(session, "M26000123")
    assert (first.erp_number, first.dispatched, first.status, first.vehicle) == (
        "SO-26000123",
        Decimal(12),
        "part_dispatched",
        "UP32 AB 1234",
    )
    assert (second.dispatched, second.status) == (Decimal(0), "open")
    # 12 cases at 820 with 5 % tax.
    assert tell("invoice", "M26000123") == ["M26000123: 10332 invoiced, with tax"]
    assert "C001,Sharma Traders,A,PL-A,500000,22832.5,0" in files.read("customers.csv")
    tell("dispatch", "SO-26000123")
    tell("invoice", "SO-26000123", "--invoice", "INV9")
    pull(database, erp, {})
    with database.transaction() as session:
        assert [line.erp_number for line in mirror.open_lines(session, "C001")] == ["E100", "E100"]
        assert len(mirror.lines_of_order(session, "M26000123")) == 2, "closed, not forgotten"


def test_a_booking_stand_in_lists_posted_orders_at_once(
    files: PlainFiles, erp: FilesErp, tell: Callable[..., list[str]]
) -> None:
    tell("book", "on")
    erp.post(order())
    tell("run", "--once")
    assert files.read("orders.csv").count("SO-26000123,M26000123,C001,MAIN,2026-11-21") == 2


def test_the_stand_in_says_when_there_is_no_such_order_or_folder(files: PlainFiles, tmp_path: Path) -> None:
    said: list[str] = []
    assert stand_in.main([str(files.folder), "dispatch", "M9"], say=said.append) == 1
    assert stand_in.main([str(tmp_path / "none"), "run"], say=said.append) == 1
    assert said[0].startswith("no open order M9 in")
    assert said[1].endswith("is not there")


def test_the_stand_in_keeps_a_files_own_separator(files: PlainFiles) -> None:
    files.write("orders.csv", files.read("orders.csv").replace(",", ";"))
    StandIn(files.folder).dispatch("E100", line=2)
    assert files.read("orders.csv").splitlines()[2].startswith("E100;;C001;MAIN;2026-11-18;2;MG-12;CASE;5;5;0")


def test_an_answer_may_say_what_was_booked_and_else_the_list_of_open_orders_does(
    files: PlainFiles, erp: FilesErp
) -> None:
    erp.post(order())
    answers = files.folder / "in/results"
    answers.mkdir(parents=True, exist_ok=True)
    said = {"number": "M26000123", "status": "posted", "erp_number": "SO-771", "at": "2026-11-21T10:05:00+05:30"}
    (answers / "M26000123.json").write_text(json.dumps(said), encoding="utf-8")
    found = erp.find(DocumentKind.SALES_ORDER, "M26000123", party="C001")
    assert found is not None
    assert found.booked is None
    files.append("orders.csv", "SO-771,M26000123,C001,MAIN,2026-11-21,1,PG-070,CASE,20,0,0,0,815,open,,,,,")
    (posting,) = erp.results(["M26000123"])
    assert posting.booked == (BookedLine(line=1, sku="PG-070", qty=Decimal(20), uom="CASE", price=Decimal(815)),)
    lines = [{"line": 1, "sku": "PG-070", "qty": "20", "uom": "CASE", "price": "820"}]
    (answers / "M26000123.json").write_text(json.dumps({**said, "lines": lines}), encoding="utf-8")
    (posting,) = erp.results(["M26000123"])
    assert posting.booked == (BookedLine(line=1, sku="PG-070", qty=Decimal(20), uom="CASE", price=Decimal(820)),)


def test_the_stand_in_carries_changes_out_and_refuses_what_has_left(files: PlainFiles, erp: FilesErp) -> None:
    erp.post(order())
    other_side = StandIn(files.folder)
    other_side.book(on=True)
    other_side.answer()
    other_side.dispatch("M26000123", line=1, qty=Decimal(12))
    for number, qty in (("M26000124", "15"), ("M26000125", "10")):
        less = DiffLine(line=1, op=DiffOp.SET, sku="PG-070", qty=Decimal(qty), uom="CASE", price=Decimal(820))
        erp.post(OrderChangeDocument(number=number, order="M26000123", revision=1, diff=(less,)))
    other_side.answer()
    results = {posting.number: posting for posting in erp.results(["M26000124", "M26000125"])}
    assert results["M26000124"].erp_number == results["M26000124"].erp_number != ""
    assert "12 CASE dispatched already" in results["M26000125"].reason
    assert ",15,12,0,0,820," in files.read("orders.csv")
