"""A document reaches its ERP exactly once, whatever happens to the connection, to the ERP or to us."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from erp import circuit, outbox
from erp.documents import Document, DocumentKind, OrderLineDocument, SalesOrderDocument
from erp.outbox import OutboxState, Outcome
from erp.outbox_model import OutboxRow
from erp.port import Capability, ErpDown, OutcomeUnknown, Posting, PostingState
from store.clock import ManualClock
from store.database import Database
from store.queue import JobRegistry, Queue, drain
from tests import wayward_erp as acts
from tests.wayward_erp import WaywardErp


def order(number: str = "M26000001") -> SalesOrderDocument:
    return SalesOrderDocument(
        number=number,
        customer="C001",
        ordered_by="Ramesh Sharma",
        total=Decimal("16400"),
        confirmed_at=datetime(2026, 11, 21, 4, 30, tzinfo=UTC),
        lines=(
            OrderLineDocument(
                line=1, sku="PG-070", qty=Decimal(20), uom="CASE", price=Decimal(820), list_price=Decimal(820)
            ),
        ),
    )


@dataclass(kw_only=True)
class Desk:
    """Our side: the outbox with its job, and what the job that follows was told."""

    database: Database
    erp: WaywardErp
    clock: ManualClock
    followed: list[str]
    jobs: JobRegistry

    def enqueue(self, number: str = "M26000001", *, simulated: bool = False) -> int:
        with self.database.transaction() as session:
            return outbox.enqueue(
                session,
                erp="main",
                document=order(number),
                then="orders.posted",
                reference=number,
                simulated=simulated,
            )

    def work(self) -> None:
        drain(self.jobs, self)

    def after(self, seconds: float) -> None:
        """Time passes; the tick looks for what is due; workers work."""
        self.clock.push(timedelta(seconds=seconds))
        self.erp.tick()
        with self.database.transaction() as session:
            outbox.wake(session)
        self.work()

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.after(1)

    def status(self, number: str = "M26000001") -> Outcome:
        with self.database.transaction() as session:
            return outbox.status(session, erp="main", kind=DocumentKind.SALES_ORDER, number=number)

    def down_since(self) -> datetime | None:
        with self.database.transaction() as session:
            return circuit.down_since(session, "main")


@pytest.fixture
def desk(database: Database, clock: ManualClock) -> Desk:
    jobs = JobRegistry()
    desk = Desk(database=database, erp=WaywardErp(clock), clock=clock, followed=[], jobs=jobs)

    @jobs.job("erp.post", queue=Queue.ERP)
    def post(app: Desk, outbox_id: int) -> None:
        outbox.deliver(app.database, {"main": app.erp}, outbox_id)

    @jobs.job("orders.posted", queue=Queue.TALK)
    def posted(app: Desk, reference: str) -> None:
        app.followed.append(f"{reference} {app.status(reference).state}")

    return desk


def test_a_document_is_booked_and_the_following_job_is_told(desk: Desk) -> None:
    desk.enqueue()
    desk.work()
    told = desk.status()
    assert (told.state, told.erp_number, told.posted_at) == (
        OutboxState.POSTED,
        "E-M26000001",
        desk.clock.now(),
    )
    assert desk.erp.made == ["M26000001"]
    assert desk.erp.look_ups == [], "nothing to look up before the first request"
    assert desk.followed == ["M26000001 posted"]


def test_the_same_number_left_twice_is_one_document(desk: Desk) -> None:
    assert desk.enqueue() == desk.enqueue()
    desk.work()
    assert desk.erp.made == ["M26000001"]
    assert desk.followed == ["M26000001 posted"]


def test_nothing_is_left_behind_when_the_transaction_fails(desk: Desk) -> None:
    with pytest.raises(RuntimeError, match="on purpose"), desk.database.transaction() as session:
        outbox.enqueue(session, erp="main", document=order(), then="orders.posted", reference="x")
        raise RuntimeError("on purpose")
    desk.work()
    assert desk.erp.requests == []


def test_after_a_time_out_behind_the_effect_the_document_is_found_and_not_made_again(desk: Desk) -> None:
    desk.erp.acts.append(acts.times_out_after)
    desk.enqueue()
    desk.work()
    assert desk.status().state is OutboxState.UNKNOWN
    assert desk.followed == []
    desk.after(1)
    assert (desk.status().state, desk.status().erp_number) == (OutboxState.POSTED, "E-M26000001")
    assert desk.erp.made == ["M26000001"]
    assert len(desk.erp.requests) == 1


def test_after_a_time_out_before_the_effect_it_is_sent_again_only_once_absence_is_proven(desk: Desk) -> None:
    desk.erp.acts.append(acts.times_out_before)
    desk.enqueue()
    desk.work()
    desk.pass_time(19)
    assert (desk.status().state, len(desk.erp.requests)) == (OutboxState.UNKNOWN, 1)
    assert len(desk.erp.look_ups) > 2, "it is looked for meanwhile"
    desk.pass_time(2)
    assert (desk.status().state, desk.erp.made) == (OutboxState.POSTED, ["M26000001"])
    assert len(desk.erp.requests) == 2


@pytest.mark.parametrize("late", [0.5, 3, 12, 19.5])
def test_an_erp_that_acts_only_after_we_looked_makes_one_document(desk: Desk, late: float) -> None:
    desk.erp.acts.append(acts.acts_late(timedelta(seconds=late)))
    desk.enqueue()
    desk.work()
    desk.pass_time(25)
    assert desk.erp.made == ["M26000001"]
    assert len(desk.erp.requests) == 1
    assert desk.status().state is OutboxState.POSTED


def test_each_further_request_must_settle_anew(desk: Desk) -> None:
    desk.erp.acts += [acts.times_out_before, acts.acts_late(timedelta(seconds=15))]
    desk.enqueue()
    desk.work()
    desk.pass_time(45)
    assert desk.erp.made == ["M26000001"]
    assert len(desk.erp.requests) == 2


def test_a_look_up_that_fails_leaves_the_outcome_unknown(desk: Desk) -> None:
    desk.erp.acts.append(acts.times_out_after)
    desk.erp.look_up_fails += [OutcomeUnknown("no answer"), ErpDown("refused"), ValueError("not JSON")]
    desk.enqueue()
    desk.work()
    desk.pass_time(3)
    assert (desk.status().state, len(desk.erp.requests)) == (OutboxState.UNKNOWN, 1)
    desk.pass_time(15)
    assert (desk.status().state, desk.erp.made) == (OutboxState.POSTED, ["M26000001"])


def test_whatever_else_an_adapter_raises_counts_as_unknown(desk: Desk) -> None:
    desk.erp.acts.append(acts.breaks)
    desk.enqueue()
    desk.work()
    assert (desk.status().state, desk.status().reason) == (OutboxState.UNKNOWN, "KeyError: 'orderNumber'")
    desk.pass_time(25)
    assert (desk.status().state, desk.erp.made) == (OutboxState.POSTED, ["M26000001"])


def test_a_refusal_is_final_and_keeps_the_erps_words(desk: Desk) -> None:
    desk.erp.acts.append(acts.refuses)
    desk.enqueue()
    desk.work()
    assert (desk.status().state, desk.status().reason) == (OutboxState.REJECTED, "Customer C001 is frozen")
    assert desk.followed == ["M26000001 rejected"]
    desk.pass_time(40)
    assert len(desk.erp.requests) == 1


def test_accepted_and_posted_are_two_pieces_of_news(desk: Desk) -> None:
    desk.erp.acts.append(acts.accepted)
    desk.enqueue()
    desk.work()
    assert desk.status().state is OutboxState.ACCEPTED
    assert outbox.collect_results(desk.database, {"main": desk.erp}) == 0
    desk.erp.answers["M26000001"] = Posting(number="M26000001", state=PostingState.POSTED, erp_number="E-7")
    assert outbox.collect_results(desk.database, {"main": desk.erp}) == 1
    assert outbox.collect_results(desk.database, {"main": desk.erp}) == 0
    desk.work()
    assert (desk.status().state, desk.status().erp_number) == (OutboxState.POSTED, "E-7")
    assert desk.followed[-1] == "M26000001 posted"


def test_an_accepted_document_may_be_rejected_later(desk: Desk) -> None:
    desk.erp.acts.append(acts.accepted)
    desk.enqueue()
    desk.work()
    desk.erp.answers["M26000001"] = Posting(number="M26000001", state=PostingState.REJECTED, reason="no stock")
    outbox.collect_results(desk.database, {"main": desk.erp})
    desk.work()
    assert (desk.status().state, desk.status().reason) == (OutboxState.REJECTED, "no stock")


def test_an_answer_that_stays_away_too_long_is_given_out_once(desk: Desk) -> None:
    desk.erp.acts.append(acts.accepted)
    desk.enqueue()
    desk.work()
    desk.clock.push(timedelta(minutes=29))
    with desk.database.transaction() as session:
        assert outbox.overdue(session, timedelta(minutes=30)) == []
    desk.clock.push(timedelta(minutes=1))
    with desk.database.transaction() as session:
        assert [outcome.number for outcome in outbox.overdue(session, timedelta(minutes=30))] == ["M26000001"]
    with desk.database.transaction() as session:
        assert outbox.overdue(session, timedelta(minutes=30)) == []


# --- an ERP that is down ---


def test_an_erp_that_is_down_is_probed_once_for_all_its_documents(desk: Desk) -> None:
    desk.erp.acts += [acts.is_down] * 100
    for number in range(30):
        desk.enqueue(f"M260000{number:02}")
    desk.work()
    assert desk.down_since() == desk.clock.now()
    assert len(desk.erp.requests) == 1, "the others were not even tried"
    before = len(desk.erp.requests)
    desk.pass_time(40)
    assert 3 <= len(desk.erp.requests) - before <= 8
    desk.erp.acts.clear()
    desk.pass_time(31)
    assert desk.down_since() is None, "the longest pause between two probes is 30 s"
    desk.pass_time(1)
    assert sorted(desk.erp.made) == [f"M260000{number:02}" for number in range(30)]


def test_a_document_of_an_erp_that_was_down_was_never_sent(desk: Desk) -> None:
    desk.erp.acts.append(acts.is_down)
    desk.enqueue()
    desk.work()
    assert desk.status().state is OutboxState.WAITING
    desk.pass_time(3)
    assert (desk.status().state, desk.erp.look_ups) == (OutboxState.POSTED, [])


def test_a_busy_erp_is_left_alone_as_long_as_it_asks(desk: Desk) -> None:
    desk.erp.acts.append(acts.is_busy)
    desk.enqueue()
    desk.work()
    desk.pass_time(6)
    assert len(desk.erp.requests) == 1
    desk.pass_time(2)
    assert desk.status().state is OutboxState.POSTED


def test_being_locked_out_keeps_everything_waiting_for_a_person(desk: Desk) -> None:
    desk.erp.acts += [acts.locks_us_out] * 3
    desk.enqueue()
    desk.work()
    desk.pass_time(29)
    assert (len(desk.erp.requests), desk.status().reason) == (1, "bad key")
    desk.erp.acts.clear()
    desk.pass_time(3)
    assert desk.status().state is OutboxState.POSTED


def test_one_bad_document_does_not_keep_the_others_waiting(desk: Desk) -> None:
    def poisonous(erp: WaywardErp, document: Document) -> Posting:
        raise OutcomeUnknown("500")

    class Picky(WaywardErp):
        def post(self, document: Document) -> Posting:
            if document.number == "M26000001":
                self.acts.appendleft(poisonous)
            return super().post(document)

    desk.erp = Picky(desk.clock, settles_in=timedelta(seconds=1))
    desk.enqueue("M26000001")
    desk.work()
    desk.pass_time(60)
    assert desk.down_since() is not None
    desk.enqueue("M26000002")
    desk.work()
    desk.pass_time(40)
    assert desk.erp.made == ["M26000002"]
    assert desk.status("M26000001").state is OutboxState.UNKNOWN


def test_an_erp_that_never_answers_counts_as_down_after_a_few_calls(desk: Desk) -> None:
    desk.erp.acts += [acts.times_out_before] * 50
    for number in range(20):
        desk.enqueue(f"M260000{number:02}")
    desk.work()
    assert desk.down_since() is not None
    assert len(desk.erp.requests) == circuit.FAILURES_TO_OPEN


def test_an_erp_that_is_not_configured_keeps_the_document(desk: Desk) -> None:
    row = desk.enqueue()
    outbox.deliver(desk.database, {}, row)
    assert desk.status().state is OutboxState.WAITING
    assert "no ERP named main" in desk.status().reason


def test_a_simulated_document_never_reaches_an_erp_that_takes_none(desk: Desk) -> None:
    desk.enqueue(simulated=True)
    desk.work()
    assert (desk.erp.requests, desk.status().state) == ([], OutboxState.REJECTED)
    desk.erp.capabilities |= {Capability.TAKES_SIMULATED}
    desk.enqueue("M26000002", simulated=True)
    desk.work()
    assert desk.erp.made == ["M26000002"]


# --- held back ---


def test_a_held_document_is_not_sent_until_it_is_released(desk: Desk) -> None:
    desk.enqueue()
    with desk.database.transaction() as session:
        assert outbox.hold(session, erp="main", kind=DocumentKind.SALES_ORDER, number="M26000001")
    desk.work()
    desk.pass_time(40)
    assert (desk.erp.requests, desk.status().state) == ([], OutboxState.HELD)
    with desk.database.transaction() as session:
        assert outbox.release(session, erp="main", kind=DocumentKind.SALES_ORDER, number="M26000001")
        assert not outbox.release(session, erp="main", kind=DocumentKind.SALES_ORDER, number="M26000001")
    desk.work()
    assert desk.status().state is OutboxState.POSTED


@pytest.mark.parametrize("act", [acts.booked, acts.accepted, acts.times_out_before, acts.refuses])
def test_what_the_erp_may_have_cannot_be_held(desk: Desk, act: acts.Act) -> None:
    desk.erp.acts.append(act)
    desk.enqueue()
    desk.work()
    with desk.database.transaction() as session:
        assert not outbox.hold(session, erp="main", kind=DocumentKind.SALES_ORDER, number="M26000001")


def test_a_held_document_may_be_withdrawn_for_good(desk: Desk) -> None:
    desk.enqueue()
    kind = DocumentKind.SALES_ORDER
    with desk.database.transaction() as session:
        assert not outbox.withdraw(session, erp="main", kind=kind, number="M26000001", reason="not ours")
        assert outbox.hold(session, erp="main", kind=kind, number="M26000001")
        assert outbox.withdraw(session, erp="main", kind=kind, number="M26000001", reason="not ours")
        assert not outbox.release(session, erp="main", kind=kind, number="M26000001")
    desk.pass_time(40)
    assert (desk.erp.requests, desk.status().state) == ([], OutboxState.WITHDRAWN)


# --- our own end ---


class Killed(BaseException):
    """Ends a delivery where a kill would: no handler of ours sees it."""


def killed_at(desk: Desk, commit: int) -> None:
    """Run a delivery that dies just before its how-manieth commit."""
    whole, count = desk.database.transaction, 0

    class Dying:
        clock = desk.database.clock

        def transaction(self) -> object:
            nonlocal count
            count += 1
            if count > commit:
                raise Killed
            return whole()

    with pytest.raises(Killed):
        outbox.deliver(Dying(), {"main": desk.erp}, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("act", [acts.booked, acts.times_out_before, acts.times_out_after, acts.refuses])
@pytest.mark.parametrize("commit", [0, 1])
def test_killed_between_any_two_commits_it_is_made_once(desk: Desk, act: acts.Act, commit: int) -> None:
    desk.erp.acts.append(act)
    desk.enqueue()
    killed_at(desk, commit)
    desk.pass_time(45)
    made = [] if act is acts.refuses and commit == 0 else ["M26000001"]
    assert desk.erp.made == made
    assert desk.status().state is (OutboxState.POSTED if made else OutboxState.REJECTED)
    assert len(desk.followed) == 1


def test_a_killed_workers_document_is_taken_up_when_its_time_is_up(desk: Desk) -> None:
    desk.erp.acts.append(acts.times_out_after)
    desk.enqueue()
    killed_at(desk, 1)
    assert desk.status().state is OutboxState.SENDING
    desk.work()
    assert len(desk.erp.requests) == 1, "it is still in the dead one's hands"
    desk.pass_time(40)
    assert (desk.status().state, desk.erp.made) == (OutboxState.POSTED, ["M26000001"])


def test_killed_during_the_second_request_that_one_must_settle_too(desk: Desk) -> None:
    row = desk.enqueue()
    desk.erp.acts += [acts.times_out_before, acts.acts_late(timedelta(seconds=15))]
    desk.work()
    desk.pass_time(19)
    desk.clock.push(timedelta(seconds=2))
    killed_at(desk, 2)
    desk.pass_time(60)
    assert (desk.status().id, desk.status().state) == (row, OutboxState.POSTED)
    assert desk.erp.made == ["M26000001"]


def test_a_worker_whose_time_was_up_does_not_overwrite_what_its_successor_found(desk: Desk) -> None:
    def hangs(erp: WaywardErp, document: Document) -> Posting:
        erp.make(document.number)
        desk.pass_time(30)
        raise OutcomeUnknown("no answer")

    desk.erp.acts.append(hangs)
    row = desk.enqueue()
    outbox.deliver(desk.database, {"main": desk.erp}, row)
    assert (desk.status().state, desk.erp.made) == (OutboxState.POSTED, ["M26000001"])
    assert desk.followed == ["M26000001 posted"]


def test_of_two_workers_at_once_one_sends(desk: Desk) -> None:
    gate = threading.Barrier(2, timeout=5)
    row = desk.enqueue()

    def deliver() -> None:
        gate.wait()
        outbox.deliver(desk.database, {"main": desk.erp}, row)

    run_at_once(deliver, deliver)
    assert desk.erp.requests == ["M26000001"]
    assert desk.status().state is OutboxState.POSTED


def test_a_second_worker_keeps_off_while_the_first_one_is_calling(desk: Desk) -> None:
    row = desk.enqueue()

    def slow(erp: WaywardErp, document: Document) -> Posting:
        outbox.deliver(desk.database, {"main": erp}, row)
        with desk.database.transaction() as session:
            locked = select(OutboxRow).where(OutboxRow.id == row).with_for_update(nowait=True)
            assert session.scalars(locked).one().state == "sending", "no lock is held during the call"
        return erp.make("M26000001")

    desk.erp.acts.append(slow)
    desk.work()
    assert desk.erp.requests == ["M26000001"]


def test_a_worker_that_was_stopped_for_long_does_not_send_what_another_one_took_over(desk: Desk) -> None:
    row = desk.enqueue()
    desk.erp.acts.append(acts.times_out_before)
    desk.work()
    desk.pass_time(19)

    class Stopped(WaywardErp):
        def find(self, kind: DocumentKind, number: str, *, party: str) -> Posting | None:
            desk.clock.push(timedelta(seconds=60))
            desk.after(1)
            return None

    sleeper = Stopped(desk.clock)
    desk.clock.push(timedelta(seconds=2))
    outbox.deliver(desk.database, {"main": sleeper}, row)
    assert (sleeper.requests, desk.erp.made) == ([], ["M26000001"])
    assert desk.status().state is OutboxState.POSTED


def test_the_tick_finds_a_document_once(desk: Desk) -> None:
    desk.enqueue()
    desk.clock.push(timedelta(seconds=31))
    with desk.database.transaction() as session:
        assert len(outbox.due(session)) == 1
    with desk.database.transaction() as session:
        assert outbox.due(session) == []


def test_two_clocks_at_once_wake_each_document_once(desk: Desk) -> None:
    for number in range(20):
        desk.enqueue(f"M260000{number:02}")
    desk.clock.push(timedelta(seconds=31))
    woken: list[int] = []

    def tick() -> None:
        with desk.database.transaction() as session:
            woken.append(outbox.wake(session))

    run_at_once(tick, tick)
    assert sum(woken) == 20


def run_at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
