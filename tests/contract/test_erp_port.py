"""One suite for every implementation of the port to the ERPs: what `erp/port.py` says is true of each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pytest

from erp import check, outbox
from erp.documents import ApprovalDocument, DocumentKind, Json, OrderLineDocument, SalesOrderDocument, Source
from erp.files import Answer, FilesErp
from erp.files.stand_in import StandIn
from erp.mirror_apply import Verdict
from erp.outbox import OutboxState
from erp.port import Capability, Erp, ErpDown, Level, Posting, PostingState, Refused
from erp.pull import pull
from erp.records import RecordKind
from store.clock import ManualClock
from store.database import Database
from store.queue import JobRegistry, Queue, drain
from tests.faults.erp_over_http import ErpOverHttp
from tests.faults.erp_stand_in import FORBIDDEN_SKU, ErpStandIn, Options
from tests.faults.http_server import StandInServer
from tests.plain_files import PlainFiles


class Subject(Protocol):
    """An implementation with the other side in the test's hands."""

    erp: Erp
    plant: PlainFiles
    refused_sku: str

    def booked(self) -> list[Json]:
        """Every order the other side holds, as it was handed over; one made twice is there twice."""

    def settle(self) -> None:
        """Let the other side do what it has to do."""

    def break_down(self) -> None:
        """Nobody answers from here on."""

    def list_orders(self) -> None:
        """Let what is booked appear among the open orders."""


@dataclass(kw_only=True)
class PlainFilesSubject:
    """The plain files, with the stand-in on the other side or with nobody there."""

    erp: Erp
    plant: PlainFiles
    stand_in: StandIn
    refused_sku: str = ""

    def booked(self) -> list[Json]:
        folder = self.plant.folder / "out" / "sales_orders"
        return [json_of(path) for path in sorted(folder.glob("*.json"))]

    def settle(self) -> None:
        self.stand_in.answer()

    def break_down(self) -> None:
        self.plant.folder.rename(self.plant.folder.with_name("gone"))

    def list_orders(self) -> None:
        for order in self.booked():
            self.stand_in.dispatch(order["number"], line=1, qty=Decimal(1))


@dataclass(kw_only=True)
class HttpSubject:
    """An adapter over HTTP with its stand-in."""

    erp: Erp
    plant: PlainFiles
    stand_in: ErpStandIn
    server: StandInServer
    refused_sku: str = FORBIDDEN_SKU

    def booked(self) -> list[Json]:
        return [order["document"] for order in self.stand_in._store.orders]

    def settle(self) -> None:
        pass

    def break_down(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def list_orders(self) -> None:
        pass


def json_of(path: Path) -> Json:
    import json

    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def self_answering(plant: PlainFiles) -> Iterator[Subject]:
    erp = FilesErp(plant.folder, name="main", answer=Answer.SELF, file_settles_in=timedelta())
    yield PlainFilesSubject(erp=erp, plant=plant, stand_in=StandIn(plant.folder))


def answered(plant: PlainFiles) -> Iterator[Subject]:
    erp = FilesErp(plant.folder, name="main", answer=Answer.RESULTS, file_settles_in=timedelta())
    stand_in = StandIn(plant.folder)
    stand_in.reject("M26000666", "the customer is frozen")
    yield PlainFilesSubject(erp=erp, plant=plant, stand_in=stand_in)


def over_http(plant: PlainFiles) -> Iterator[Subject]:
    stand_in = ErpStandIn(Options())
    server = StandInServer(0, stand_in.respond)
    server.start()
    erp = ErpOverHttp(
        base_url=server.url,
        plant=plant.folder,
        settles_in=timedelta(seconds=20),
        patience=timedelta(seconds=1),
        name="main",
    )
    yield HttpSubject(erp=erp, plant=plant, stand_in=stand_in, server=server)
    server.shutdown()
    server.server_close()


KINDS: Mapping[str, Callable[[PlainFiles], Iterator[Subject]]] = {
    "files, FILES_ANSWER=self": self_answering,
    "files, answered by the other side": answered,
    "over HTTP": over_http,
}


@pytest.fixture(params=list(KINDS))
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    yield from KINDS[request.param](PlainFiles.sound(tmp_path / "plant"))


def order(number: str = "M26000123", **changes: Any) -> SalesOrderDocument:
    values: dict[str, Any] = {
        "number": number,
        "customer": "C001",
        "ship_to": "GODOWN",
        "plant": "LDH",
        "warehouse": "FG1",
        "customer_reference": "PO/77 – दिवाली",
        "requested_on": date(2026, 11, 23),
        "ordered_by": "Ramesh Sharma",
        "source": Source.CHAT,
        "total": Decimal("16400.50"),
        "tax_estimate": Decimal("820.025"),
        "message_ids": ("SM1", "SM2"),
        "confirmed_at": datetime(2026, 11, 21, 4, 30, tzinfo=UTC),
        "approvals": (
            ApprovalDocument(line=2, by="Asha", price=Decimal("799.5"), at=datetime(2026, 11, 21, tzinfo=UTC)),
        ),
        "lines": (
            line(1, "PG-070", "20", "CASE", "820.00"),
            line(2, "SUG-50", "0.5", "BAG", "2150.125"),
        ),
    }
    return SalesOrderDocument(**values | changes)


def line(no: int, sku: str, qty: str, uom: str, price: str) -> OrderLineDocument:
    return OrderLineDocument(
        line=no,
        sku=sku,
        qty=Decimal(qty),
        uom=uom,
        price=Decimal(price),
        list_price=Decimal(price),
        original_text="20 peti parle g chota",
    )


def final(subject: Subject, posting: Posting) -> Posting:
    """What becomes of a document once the other side has done its part."""
    if posting.state is not PostingState.ACCEPTED:
        return posting
    assert Capability.ANSWERS_LATER in subject.erp.capabilities
    subject.settle()
    (answer,) = subject.erp.results([posting.number])
    return answer


# --- documents ---


def test_a_document_that_was_never_handed_over_is_not_found(subject: Subject) -> None:
    assert subject.erp.find(DocumentKind.SALES_ORDER, "M26000123", party="C001") is None


def test_a_document_is_posted_under_the_erps_number_and_found_by_ours(subject: Subject) -> None:
    posting = subject.erp.post(order())
    assert posting.number == "M26000123"
    answer = final(subject, posting)
    assert answer.state is PostingState.POSTED
    assert answer.erp_number
    found = subject.erp.find(DocumentKind.SALES_ORDER, "M26000123", party="C001")
    assert found is not None
    assert (found.state, found.erp_number) == (PostingState.POSTED, answer.erp_number)
    assert subject.erp.find(DocumentKind.SALES_ORDER, "M26000124", party="C001") is None


def test_every_figure_of_a_document_arrives(subject: Subject) -> None:
    subject.erp.post(order())
    (there,) = subject.booked()
    assert there["customer"] == "C001"
    assert there["customer_reference"] == "PO/77 – दिवाली"
    assert [(row["sku"], row["qty"], row["uom"], row["price"]) for row in there["lines"]] == [
        ("PG-070", "20", "CASE", "820"),
        ("SUG-50", "0.5", "BAG", "2150.125"),
    ]
    assert SalesOrderDocument.from_json(there) == order()


def test_two_documents_are_two(subject: Subject) -> None:
    numbers = [subject.erp.post(order(number)).number for number in ("M26000001", "M26000002")]
    assert sorted(there["number"] for there in subject.booked()) == numbers


def test_a_refusal_tells_the_erps_reason(subject: Subject) -> None:
    if isinstance(subject.erp, FilesErp) and subject.erp.answer is Answer.SELF:
        pytest.skip("nobody there to refuse")
    if subject.refused_sku:
        with pytest.raises(Refused) as refused:
            subject.erp.post(order(lines=(line(1, subject.refused_sku, "1", "CASE", "1"),)))
        assert subject.refused_sku in refused.value.reason
        return
    answer = final(subject, subject.erp.post(order("M26000666")))
    assert (answer.state, answer.reason) == (PostingState.REJECTED, "the customer is frozen")


def test_an_erp_that_is_down_says_that_nothing_was_done(subject: Subject) -> None:
    subject.break_down()
    with pytest.raises(ErpDown):
        subject.erp.post(order())
    with pytest.raises(ErpDown):
        list(subject.erp.pull({}))


def test_asking_for_results_of_nothing_gives_nothing(subject: Subject) -> None:
    assert list(subject.erp.results([])) == []
    assert list(subject.erp.results(["M26999999"])) == []


# --- master data ---


def test_everything_is_pulled_once(subject: Subject, database: Database) -> None:
    taken = pull(database, subject.erp, {})
    assert {each.verdict for each in taken} == {Verdict.TAKEN}
    assert {each.kind for each in taken} >= {
        RecordKind.ITEMS,
        RecordKind.UOMS,
        RecordKind.CUSTOMERS,
        RecordKind.PEOPLE,
        RecordKind.PRICES,
        RecordKind.HISTORY,
    }
    assert [each.written for each in pull(database, subject.erp, {}) if each.written] == []


def test_every_record_has_a_key_of_its_own(subject: Subject) -> None:
    for batch in subject.erp.pull({}):
        keys = [record.key for record in batch.records]
        assert len(keys) == len(set(keys)), batch.kind
        assert batch.tally.stamp, "a stamp to go on from"


def test_our_posted_orders_come_back_among_the_open_ones(subject: Subject) -> None:
    subject.erp.post(order())
    subject.settle()
    subject.list_orders()
    (batch,) = (batch for batch in subject.erp.pull({}) if batch.kind is RecordKind.ORDERS)
    ours = [row for row in batch.records if getattr(row, "our_number", "") == "M26000123"]
    assert [(getattr(row, "sku", ""), getattr(row, "ordered", 0)) for row in ours] == [
        ("PG-070", Decimal(20)),
        ("SUG-50", Decimal("0.5")),
    ]


# --- check ---


def test_check_finds_nothing_wrong_with_what_is_right_and_never_raises(subject: Subject) -> None:
    assert {finding.level for finding in subject.erp.check()} == {Level.OK}
    subject.break_down()
    findings = subject.erp.check()
    assert Level.ERROR in {finding.level for finding in findings}
    assert all(finding.remedy for finding in findings if finding.level is Level.ERROR)
    assert check.findings({"main": subject.erp})


# --- through the outbox ---


@dataclass(kw_only=True)
class App:
    """What jobs are handed."""

    database: Database
    followed: list[str]


def test_through_the_outbox_a_document_is_there_once(subject: Subject, database: Database, clock: ManualClock) -> None:
    jobs, app = JobRegistry(), App(database=database, followed=[])

    @jobs.job("erp.post", queue=Queue.ERP)
    def post(app: App, outbox_id: int) -> None:
        outbox.deliver(app.database, {"main": subject.erp}, outbox_id)

    @jobs.job("orders.posted", queue=Queue.TALK)
    def posted(app: App, reference: str) -> None:
        app.followed.append(reference)

    with database.transaction() as session:
        for _ in range(2):
            outbox.enqueue(session, erp="main", document=order(), then="orders.posted", reference="M26000123")
    drain(jobs, app)
    subject.settle()
    outbox.collect_results(database, {"main": subject.erp})
    drain(jobs, app)
    with database.transaction() as session:
        told = outbox.status(session, erp="main", kind=DocumentKind.SALES_ORDER, number="M26000123")
    assert (told.state, bool(told.erp_number)) == (OutboxState.POSTED, True)
    assert len(subject.booked()) == 1
    assert app.followed
