"""What an approval is good for, who is asked for it and what ends it: the use cases, without the chat."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from erp.mirror_model import MirroredPrice, MirroredScheme
from erp.rule_model import MirroredLevel
from orders import approvals, drafts, order_changes
from orders.approval_model import Approval, Decision, PriceRequest, RequestState
from orders.approval_rules import LineVerdict, Verdict, answer_facts, depth
from orders.approver_gaps import approver_gaps
from orders.confirm import Confirmation, Confirmed, ShowAgain, confirm
from orders.confirm_change import ChangeConfirmed
from orders.model import DraftState, LineStatus, OrderDraft, UsedScheme
from orders.price_decisions import Decided, Gone, accept_counter, decided
from orders.price_requests import Requested, ask_for, open_request, withdraw, withdraw_of_closed, withdraw_of_leavers
from people.model import Party, Person
from people.who import account_of
from routing import asks
from routing.ask_model import Answer, Ask
from store.clock import ManualClock
from store.database import Database, now
from tests.conftest import START, TestServer
from tests.scenarios.cast import PRERNA, RAMESH, SUSHMA, VIKAS
from tests.scenarios.conftest import PulledPlant

ZONE = "Asia/Kolkata"
TODAY = date(2026, 11, 21)
RAJESH, ARVIND, CHANDRAKANT = "+919000049064", "+919000049078", "+919000049092"
GLUCOSE, NOODLES = "KG-050", "LN-MA-070"
LIST, FLOOR = Decimal("555.43"), Decimal("533.21")
"""Of a case of GLUCOSE, below 25 cases."""


@pytest.fixture(scope="module")
def house(server: TestServer, pulled_plant: PulledPlant) -> Iterator[Database]:
    """The demo plant once for all: what a test writes is undone at its end."""
    name = f"scenario_{uuid4().hex[:12]}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {pulled_plant.database} STRATEGY FILE_COPY")
    database = Database(url=server.url_of(name), clock=ManualClock(START))
    yield database
    database.dispose()
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock(house: Database) -> ManualClock:
    clock = house.clock
    assert isinstance(clock, ManualClock)
    clock.push(START - clock.now())
    return clock


@pytest.fixture
def session(house: Database, clock: ManualClock) -> Iterator[Session]:
    with house.transaction() as session:
        yield session
        session.rollback()


def who(session: Session, phone: str) -> Person:
    return session.scalars(select(Person).where(Person.phone == phone)).one()


def draft_of(session: Session, *lines: tuple[str, int, str | None], by: str = RAMESH, firm: str = "C101") -> OrderDraft:
    """A priced draft of cases; of each line the item, how many, and the price that was asked for."""
    person = who(session, by)
    draft = drafts.start(
        session,
        party_code=firm,
        account_id=account_of(session, by).id,
        person_id=person.id,
        on_behalf=firm not in person.parties,
        simulated=False,
    )
    new = [
        drafts.NewLine(
            status=LineStatus.MATCHED,
            sku=sku,
            quantity=Decimal(cases),
            uom="CASE",
            source=sku,
            requested_price=Decimal(price) if price else None,
        )
        for sku, cases, price in lines
    ]
    drafts.add_lines(draft, new)
    session.flush()
    return touched(session, draft)


def touched(session: Session, draft: OrderDraft) -> OrderDraft:
    """Changed by its sender, and priced anew."""
    drafts.touch(session, draft, reminder=timedelta(minutes=20))
    drafts.refresh(session, draft, day=now(session).date())
    session.flush()
    return draft


def asks_for(session: Session, draft: OrderDraft, *, by: str = RAMESH) -> Requested:
    return ask_for(
        session, draft, person_id=who(session, by).id, reason="others give it", inbound_id=None, timezone=ZONE
    )


def told(session: Session, requested: Requested) -> list[str]:
    return [session.get_one(Person, row.person_id).phone for row in requested.told]


def says(session: Session, ask: Ask | None, by: str, answer: Answer = Answer.APPROVE, **lines: LineVerdict) -> Any:
    assert ask is not None
    facts = answer_facts({int(no.removeprefix("line")): verdict for no, verdict in lines.items()}) if lines else {}
    return asks.answer(
        session,
        ask.id,
        person_id=who(session, by).id,
        version=ask.version,
        answer=answer,
        facts=facts,
        inbound_id=None,
        timezone=ZONE,
    )


def taken_over(session: Session, ask: Ask | None) -> Decided:
    assert ask is not None
    found = decided(session, ask.id, timezone=ZONE)
    assert found is not None
    return found


def approved(session: Session, *lines: tuple[str, int, str | None], by: str = RAMESH) -> tuple[OrderDraft, Approval]:
    """A draft whose first line was approved as it was asked for."""
    draft = draft_of(session, *(lines or ((GLUCOSE, 20, "530"),)), by=by)
    requested = asks_for(session, draft, by=by)
    says(session, requested.ask, ARVIND)
    result = taken_over(session, requested.ask)
    return draft, result.approvals[0]


def confirms(session: Session, draft: OrderDraft) -> Any:
    return confirm(
        session,
        Confirmation(
            draft_id=draft.id,
            version=draft.version,
            by="Ramesh",
            account_id=draft.account_id,
            inbound_id=None,
            timezone=ZONE,
            erp="files",
        ),
    )


# --- who is asked ---


def test_within_the_own_limit_a_price_is_granted_and_recorded(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "550"), by=VIKAS)
    result = asks_for(session, draft, by=VIKAS)
    (line,) = draft.lines
    assert (line.price, line.granted_price, result.ask) == (Decimal("550"), Decimal("550"), None)
    assert [one.decision for one in result.granted] == [Decision.GRANTED.value]
    approval = approvals.covering(session, draft, line)
    assert approval is not None
    assert (approval.basis, approval.by, approval.least_price) == ("own_limit", "Vikas Patidar", Decimal("550"))
    assert asks_for(session, draft, by=VIKAS).granted == []
    confirmed = confirms(session, draft)
    assert isinstance(confirmed, Confirmed)
    assert approval.used_order == confirmed.order.number


def test_what_he_gives_away_on_the_whole_order_counts_line_by_line_or_at_once(session: Session) -> None:
    """₹1,500 an order is a rep's own: 1 % off two lines of ₹83,000 is more, asked together or one after the other."""
    draft = draft_of(session, (GLUCOSE, 150, "539"), by=VIKAS)
    assert [one.line_no for one in asks_for(session, draft, by=VIKAS).granted] == [1]
    drafts.add_lines(
        draft,
        [
            drafts.NewLine(
                status=LineStatus.MATCHED,
                sku=NOODLES,
                quantity=Decimal(100),
                uom="CASE",
                source="",
                requested_price=Decimal("1006"),
            )
        ],
    )
    session.flush()
    result = asks_for(session, touched(session, draft), by=VIKAS)
    assert (result.granted, [one.line_no for one in result.asked]) == ([], [2])


def test_a_buyer_has_no_limit_of_his_own_and_the_depth_says_who_is_asked(session: Session) -> None:
    shallow = asks_for(session, draft_of(session, (GLUCOSE, 20, "550")))
    assert told(session, shallow) == [RAJESH]
    assert shallow.seen_at is None
    draft = session.get_one(OrderDraft, shallow.request.draft_id)  # type: ignore[union-attr]
    assert (draft.lines[0].price, draft.lines[0].problem) == (LIST, "")
    draft.lines[0].requested_price = Decimal("530")
    deeper = asks_for(session, touched(session, draft))
    assert [session.get_one(Person, row.person_id).phone for row in deeper.withdrawn] == [RAJESH]
    assert told(session, deeper) == [ARVIND]


def test_below_the_absolute_floor_nobody_is_asked(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "1"))
    result = asks_for(session, draft)
    assert (result.ask, [one.reason for one in result.refused]) == (None, ["absolute"])
    assert draft.lines[0].requested_price is None


def test_one_alone_at_the_top_who_asks_himself_is_decided_on_by_finance(session: Session) -> None:
    who(session, CHANDRAKANT).customers = ["C101"]
    draft = draft_of(session, (GLUCOSE, 20, "470"), by=CHANDRAKANT)
    result = asks_for(session, draft, by=CHANDRAKANT)
    assert told(session, result) == [SUSHMA]


def test_without_a_level_or_a_person_left_it_lapses_and_the_wish_is_over(session: Session, clock: ManualClock) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "500"))
    requested = asks_for(session, draft)
    assert requested.ask is not None
    assert told(session, requested) == [CHANDRAKANT]
    clock.push(timedelta(minutes=30))
    moved = asks.tend(session, requested.ask.id, timezone=ZONE)
    assert moved is not None
    assert [session.get_one(Person, row.person_id).phone for row in moved.asked] == [SUSHMA]
    clock.push(timedelta(minutes=30))
    moved = asks.tend(session, requested.ask.id, timezone=ZONE)
    assert moved is not None
    assert moved.lapsed
    result = taken_over(session, requested.ask)
    assert result.lapsed
    assert (draft.lines[0].requested_price, draft.lines[0].price) == (None, LIST)
    assert asks_for(session, draft).ask is None
    assert decided(session, requested.ask.id, timezone=ZONE) is None


def test_where_nobody_would_decide_is_told_before_anybody_asks(session: Session) -> None:
    assert approver_gaps(session, timezone=ZONE) == []
    who(session, CHANDRAKANT).active = False
    for finance in session.scalars(select(Person).where(Person.roles.contains(["finance"]))):
        finance.active = False
    session.flush()
    found = approver_gaps(session, timezone=ZONE)
    assert found[0].endswith("level 3: nobody is reached of approver:3")
    session.execute(update(MirroredLevel).values(listed=False))
    assert "there is no approval matrix" in approver_gaps(session, timezone=ZONE)[0]


def test_both_levels_at_once_are_asked_in_parallel_and_the_first_answer_counts(session: Session) -> None:
    session.execute(update(MirroredLevel).where(MirroredLevel.level == 2).values(mode="parallel"))
    requested = asks_for(session, draft_of(session, (GLUCOSE, 20, "550")))
    assert told(session, requested) == [RAJESH, ARVIND]
    answered = says(session, requested.ask, ARVIND)
    assert [row.person_id for row in answered.others] == [who(session, RAJESH).id]
    assert isinstance(says(session, requested.ask, RAJESH, Answer.REJECT), asks.TooLate)
    assert taken_over(session, requested.ask).approvals[0].by == "Arvind Mehrotra"


# --- what it covers ---


def test_an_approval_is_the_lines_price_until_its_one_use(session: Session) -> None:
    draft, approval = approved(session)
    assert (draft.lines[0].price, draft.lines[0].problem, draft.version) == (Decimal("530"), "", 2)
    confirmed = confirms(session, draft)
    assert isinstance(confirmed, Confirmed)
    (line,) = confirmed.order.lines
    assert (line.price, line.list_price, line.approval_id) == (Decimal("530"), LIST, approval.id)
    assert (approval.used_order, approval.used_line) == (confirmed.order.number, 1)
    assert session.get_one(PriceRequest, approval.request_id).order_number == confirmed.order.number
    approvals.use(session, approval, confirmed.order.number, 1)
    with pytest.raises(approvals.AlreadyUsed):
        approvals.use(session, approval, "M26999999", 1)
    other = draft_of(session, (GLUCOSE, 20, "530"), firm="C108", by=VIKAS)
    assert approvals.covering(session, other, other.lines[0]) is None


@pytest.mark.parametrize(
    ("what", "reason"),
    [("quantity", "quantity"), ("uom", "uom"), ("ship_to", "ship_to"), ("item", "changed"), ("term", "payment_term")],
)
def test_whatever_lies_outside_ends_it_and_the_list_price_holds(session: Session, what: str, reason: str) -> None:
    draft, approval = approved(session)
    line = draft.lines[0]
    match what:
        case "quantity":
            line.quantity = Decimal(19)
        case "uom":
            line.uom, line.quantity = "BOX", Decimal(200)
        case "ship_to":
            draft.ship_to = "OTHER"
        case "item":
            line.sku = NOODLES
        case "term":
            session.get_one(Party, "C101").credit_days = 45
    touched(session, draft)
    assert (line.granted_price, line.price) == (None, line.list_price)
    assert approval.voided_at is not None
    assert approval.void_reason in (reason, "item")
    again = asks_for(session, draft)
    assert again.ask is not None or what in ("uom", "item")


def test_more_of_it_goes_at_the_price_that_was_approved(session: Session) -> None:
    draft, approval = approved(session)
    draft.lines[0].quantity = Decimal(24)
    touched(session, draft)
    assert (draft.lines[0].price, approval.voided_at) == (Decimal("530"), None)


def uploaded(session: Session, sku: str, **amounts: str) -> None:
    """A price list came in between."""
    row = MirroredPrice.price_list == "PL-DIST", MirroredPrice.sku == sku, MirroredPrice.uom == "CASE"
    session.execute(update(MirroredPrice).where(*row).values({name: Decimal(one) for name, one in amounts.items()}))


def test_a_price_list_uploaded_in_between_judges_it_again(session: Session) -> None:
    draft, approval = approved(session)
    uploaded(session, NOODLES, price="2000")
    uploaded(session, GLUCOSE, floor="520")
    touched(session, draft)
    assert (draft.lines[0].price, approval.voided_at) == (Decimal("530"), None)
    uploaded(session, GLUCOSE, floor="540")
    assert isinstance(confirms(session, draft), ShowAgain)
    assert (draft.lines[0].price, approval.void_reason) == (LIST, "floor_rose")


def test_a_list_price_that_fell_to_the_approved_one_makes_it_moot(session: Session) -> None:
    draft, approval = approved(session)
    uploaded(session, GLUCOSE, price="530", floor="500")
    touched(session, draft)
    assert (draft.lines[0].price, draft.lines[0].granted_price) == (Decimal("530"), None)
    assert approval.void_reason == "moot"
    assert asks_for(session, draft).ask is None


def test_a_price_list_uploaded_while_it_is_open_puts_the_new_figures_before_them(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "530"))
    first = asks_for(session, draft)
    uploaded(session, GLUCOSE, price="560")
    says(session, first.ask, ARVIND)
    result = taken_over(session, first.ask)
    assert [one.void_reason for one in result.voided] == ["list_rose"]
    again = asks_for(session, draft)
    assert (told(session, again), again.asked[0].list_price) == ([ARVIND], Decimal("560"))


def test_a_crash_between_leaves_the_approval_for_the_one_use(session: Session) -> None:
    draft, approval = approved(session)
    with session.begin_nested() as lost:
        assert isinstance(confirms(session, draft), Confirmed)
        assert approval.used_at is not None
        lost.rollback()
    session.expire_all()
    assert (approval.used_at, draft.state) == (None, DraftState.OPEN.value)
    confirmed = confirms(session, draft)
    assert isinstance(confirmed, Confirmed)
    assert approval.used_order == confirmed.order.number


def test_lowered_as_the_approver_taps_it_is_asked_anew(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "530"))
    requested = asks_for(session, draft)
    says(session, requested.ask, ARVIND)
    draft.lines[0].quantity = Decimal(10)
    touched(session, draft)
    meanwhile = asks_for(session, draft)
    assert (meanwhile.told, meanwhile.request) == ((), requested.request)
    result = taken_over(session, requested.ask)
    assert ([one.void_reason for one in result.voided], result.approvals) == (["quantity"], [])
    assert draft.lines[0].price == LIST
    assert told(session, asks_for(session, draft)) == [ARVIND]


def test_lowered_before_he_taps_his_tap_comes_too_late(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "530"))
    first = asks_for(session, draft)
    draft.lines[0].quantity = Decimal(10)
    second = asks_for(session, touched(session, draft))
    assert second.request is not first.request
    assert isinstance(says(session, first.ask, ARVIND), asks.TooLate)
    assert [row.person_id for row in second.withdrawn] == [who(session, ARVIND).id]


def test_more_of_it_while_it_is_open_asks_nobody_again(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "530"))
    first = asks_for(session, draft)
    draft.lines[0].quantity = Decimal(24)
    second = asks_for(session, touched(session, draft))
    assert (second.request, second.told) == (first.request, ())


def test_confirmed_at_list_the_request_is_over_and_a_late_answer_changes_nothing(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "530"))
    requested = asks_for(session, draft)
    assert isinstance(confirms(session, draft), Confirmed)
    withdraw_of_closed(session)
    assert isinstance(says(session, requested.ask, ARVIND), asks.TooLate)
    assert draft.state == DraftState.CONFIRMED.value
    assert requested.request is not None
    assert requested.request.state == RequestState.WITHDRAWN.value


def test_answered_just_before_it_was_confirmed_at_list_nothing_is_approved(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "530"))
    requested = asks_for(session, draft)
    says(session, requested.ask, ARVIND)
    confirmed = confirms(session, draft)
    assert isinstance(confirmed, Confirmed)
    assert confirmed.order.lines[0].price == LIST
    assert withdraw(session, draft, "confirmed") == ()
    assert requested.ask is not None
    assert decided(session, requested.ask.id, timezone=ZONE) is None
    assert not session.scalars(select(Approval)).all()
    assert open_request(session, draft.id) is None


def test_a_rep_who_leaves_with_two_open_leaves_nobody_to_decide_them(session: Session) -> None:
    first = asks_for(session, draft_of(session, (GLUCOSE, 20, "530"), by=VIKAS), by=VIKAS)
    second = asks_for(session, draft_of(session, (GLUCOSE, 20, "530"), firm="C108", by=VIKAS), by=VIKAS)
    assert withdraw_of_leavers(session, timezone=ZONE) == []
    who(session, VIKAS).until = TODAY - timedelta(days=1)
    session.flush()
    ended = withdraw_of_leavers(session, timezone=ZONE)
    assert [request for request, _ in ended] == [first.request, second.request]
    assert [[row.person_id for row in told] for _, told in ended] == [[who(session, ARVIND).id]] * 2
    assert isinstance(says(session, first.ask, ARVIND), asks.TooLate)
    assert withdraw_of_leavers(session, timezone=ZONE) == []


def test_it_is_good_to_the_end_of_the_next_working_day(session: Session, clock: ManualClock) -> None:
    draft, approval = approved(session)
    assert approval.expires_at == START.replace(hour=0) + timedelta(days=3)
    clock.push(timedelta(days=2, hours=14))
    shown = confirms(session, draft)
    assert isinstance(shown, ShowAgain)
    assert draft.lines[0].price == LIST
    assert approval.void_reason == "expired"


# --- counters and refusals ---


def test_a_counter_waits_for_whoever_asked(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "530"), (NOODLES, 5, "1000"))
    requested = asks_for(session, draft)
    says(
        session,
        requested.ask,
        ARVIND,
        Answer.MIXED,
        line1=LineVerdict(verdict=Verdict.COUNTER, price=Decimal("545")),
        line2=LineVerdict(verdict=Verdict.REJECT, reason="too_deep"),
    )
    result = taken_over(session, requested.ask)
    assert [one.line_no for one in result.countered] == [1]
    assert [(one.line_no, one.reason) for one in result.rejected] == [(2, "too_deep")]
    assert [line.price for line in draft.lines] == [LIST, Decimal("1036.8")]
    assert asks_for(session, draft).ask is None
    assert isinstance(accepts(session, result.request, by=VIKAS), Gone)
    assert accepts(session, result.request) is draft
    version = draft.version
    assert accepts(session, result.request) is draft
    assert (draft.lines[0].price, draft.version) == (Decimal("545"), version)
    (approval,) = session.scalars(select(Approval)).all()
    assert (approval.basis, approval.by) == ("counter", "Arvind Mehrotra")
    assert isinstance(confirms(session, draft), Confirmed)


def accepts(session: Session, request: PriceRequest, *, by: str = RAMESH) -> OrderDraft | Gone:
    return accept_counter(session, request.id, line_nos=None, person_id=who(session, by).id, timezone=ZONE)


def test_a_counter_below_what_was_asked_or_for_what_is_gone_is_none(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "530"))
    requested = asks_for(session, draft)
    deeper = LineVerdict(verdict=Verdict.COUNTER, price=Decimal("520"))
    says(session, requested.ask, ARVIND, Answer.COUNTER, line1=deeper)
    result = taken_over(session, requested.ask)
    assert (result.countered, len(result.rejected)) == ([], 1)
    draft.lines[0].requested_price = Decimal("530")
    requested = asks_for(session, touched(session, draft))
    fair = LineVerdict(verdict=Verdict.COUNTER, price=Decimal("545"))
    says(session, requested.ask, ARVIND, Answer.COUNTER, line1=fair)
    result = taken_over(session, requested.ask)
    draft.lines[0].quantity = Decimal(5)
    touched(session, draft)
    assert isinstance(accepts(session, result.request), Gone)
    assert draft.lines[0].price == LIST


def test_a_counter_dearer_than_what_a_scheme_gives_already_is_none(session: Session) -> None:
    draft = draft_of(session, ("RT-AS-250", 4, "1580"))
    by_scheme, listed = draft.lines[0].price, draft.lines[0].list_price
    assert by_scheme is not None
    assert listed is not None
    assert by_scheme < Decimal("1625") < listed
    requested = asks_for(session, draft)
    dearer = LineVerdict(verdict=Verdict.COUNTER, price=Decimal("1625"))
    says(session, requested.ask, ARVIND, Answer.COUNTER, line1=dearer)
    result = taken_over(session, requested.ask)
    assert (result.countered, len(result.rejected), draft.lines[0].price) == ([], 1, by_scheme)


def test_free_goods_nobody_gives_are_a_request_and_become_a_price(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, None))
    draft.lines[0].asked_free = Decimal(1)
    requested = asks_for(session, touched(session, draft))
    assert [one.asked_free for one in requested.asked] == [Decimal(1)]
    assert requested.ask is not None
    says(session, requested.ask, ARVIND)
    taken_over(session, requested.ask)
    assert (draft.lines[0].price, draft.lines[0].free_goods) == (Decimal("528.98"), [])
    assert isinstance(confirms(session, draft), Confirmed)


def test_a_row_of_ones_own_goes_before_that_of_the_role(session: Session) -> None:
    """Prerna may go 2 % below list, other reps 1 %."""
    own = draft_of(session, (GLUCOSE, 20, "520"), firm="C113", by=PRERNA)
    assert Decimal(1) < depth(own.lines[0].list_price or LIST, Decimal("520")) < Decimal(2)
    assert len(asks_for(session, own, by=PRERNA).granted) == 1
    others = draft_of(session, (GLUCOSE, 20, "547"), by=VIKAS)
    assert asks_for(session, others, by=VIKAS).granted == []


# --- where two rules meet ---


def scheme(session: Session, code: str, **named: Any) -> None:
    """A scheme of its own for all, from the first of the month."""
    session.add(
        MirroredScheme(
            erp="files",
            row_key=code,
            listed=True,
            changed_at=START,
            code=code,
            name=code,
            valid_from=TODAY.replace(day=1),
            **{"price_list": "", "tier": "", "customer": "", "sku": "", "group": "", "buy_uom": "", "free_sku": ""}
            | {"stacks": False}
            | named,
        )
    )
    session.flush()


def test_a_counter_lies_below_what_the_schemes_give_anyway(session: Session) -> None:
    """5 % off by scheme is below the floor: a counter above it would be confirmed at the scheme's price."""
    scheme(session, "FIVE", sku=GLUCOSE, percent=Decimal(5))
    draft = draft_of(session, (GLUCOSE, 20, "500"))
    requested = asks_for(session, draft)
    above = LineVerdict(verdict=Verdict.COUNTER, price=Decimal("540"))
    says(session, requested.ask, CHANDRAKANT, Answer.COUNTER, line1=above)
    assert taken_over(session, requested.ask).countered == []


def test_a_scheme_that_began_since_takes_no_counter_lower(session: Session) -> None:
    draft = draft_of(session, (GLUCOSE, 20, "530"))
    requested = asks_for(session, draft)
    fair = LineVerdict(verdict=Verdict.COUNTER, price=Decimal("545"))
    says(session, requested.ask, ARVIND, Answer.COUNTER, line1=fair)
    result = taken_over(session, requested.ask)
    scheme(session, "FIVE", sku=GLUCOSE, percent=Decimal(5))
    assert isinstance(accepts(session, result.request), Gone)
    (line,) = draft.lines
    assert (line.problem, line.price, line.held_schemes["schemes"]) == ("", LIST, ["FIVE"])


def test_what_schemes_alone_take_below_the_floor_may_go_at_list_while_it_waits(session: Session) -> None:
    """Approved, the line has what they give; refused, it stays at list, is not asked again, and goes."""
    scheme(session, "FIVE", sku=GLUCOSE, percent=Decimal(5))
    draft = draft_of(session, (GLUCOSE, 20, None))
    (line,) = draft.lines
    requested = asks_for(session, draft)
    (asked,) = requested.asked
    assert (line.problem, line.price, line.schemes) == ("", LIST, [])
    assert asked.wished_price == asked.price == Decimal(line.held_schemes["price"]) < LIST
    says(session, requested.ask, ARVIND, Answer.REJECT)
    assert [one.line_no for one in taken_over(session, requested.ask).rejected] == [1]
    assert (line.problem, line.price) == ("", LIST)
    assert asks_for(session, draft).ask is None
    confirmed = confirms(session, draft)
    assert isinstance(confirmed, Confirmed)
    assert [one.price for one in confirmed.order.lines] == [LIST]
    assert session.scalars(select(UsedScheme)).all() == []


def test_what_schemes_alone_take_below_the_floor_is_had_once_it_is_approved(session: Session) -> None:
    scheme(session, "FIVE", sku=GLUCOSE, percent=Decimal(5))
    draft = draft_of(session, (GLUCOSE, 20, None))
    requested = asks_for(session, draft)
    says(session, requested.ask, ARVIND)
    assert len(taken_over(session, requested.ask).approvals) == 1
    (line,) = draft.lines
    assert (line.price, line.schemes, line.held_schemes) == (requested.asked[0].wished_price, ["FIVE"], {})
    assert isinstance(confirms(session, draft), Confirmed)


def test_the_own_limit_is_judged_again_when_he_orders_more_at_his_price(session: Session) -> None:
    """1 % off 100 cases is his own to give, off 400 it is more than ₹1,500."""
    draft = draft_of(session, (GLUCOSE, 100, "539"), by=VIKAS)
    assert len(asks_for(session, draft, by=VIKAS).granted) == 1
    draft.lines[0].quantity = Decimal(400)
    touched(session, draft)
    result = asks_for(session, draft, by=VIKAS)
    assert (result.granted, [one.line_no for one in result.asked]) == ([], [1])
    assert draft.lines[0].granted_price is None
    draft.lines[0].quantity = Decimal(120)
    touched(session, draft)
    assert len(asks_for(session, draft, by=VIKAS).granted) == 1
    assert draft.lines[0].price == Decimal("539")


def changing(session: Session, confirmed: Confirmed) -> OrderDraft:
    """The draft that changes an order, as it begins."""
    draft = order_changes.begin(
        session,
        confirmed.order,
        account_id=confirmed.order.account_id,
        person_id=confirmed.order.person_id,
        on_behalf=False,
        simulated=False,
    )
    session.flush()
    return touched(session, draft)


def test_a_lower_price_approved_for_a_line_of_a_confirmed_order_is_that_lines_price(session: Session) -> None:
    confirmed = confirms(session, draft_of(session, (GLUCOSE, 20, None), (NOODLES, 5, None)))
    draft = changing(session, confirmed)
    draft.lines[0].requested_price = Decimal("530")
    requested = asks_for(session, touched(session, draft))
    says(session, requested.ask, ARVIND)
    assert len(taken_over(session, requested.ask).approvals) == 1
    assert [line.price for line in draft.lines] == [Decimal("530"), Decimal("1036.8")]
    changed = confirms(session, draft)
    assert isinstance(changed, ChangeConfirmed)
    assert [line.price for line in changed.order.lines] == [Decimal("530"), Decimal("1036.8")]
    (approval,) = session.scalars(select(Approval))
    assert (approval.used_order, approval.used_line) == (confirmed.order.number, 1)


def test_what_a_scheme_gives_a_line_again_is_counted_once(session: Session) -> None:
    """A change of one line prices the others of its group anew; where they come to the same, they had it before."""
    scheme(session, "GROUP", group="glucose", buy_qty=Decimal(10), buy_uom="CASE", percent=Decimal(1))
    confirmed = confirms(session, draft_of(session, (GLUCOSE, 20, None), ("KG-100", 5, None)))
    draft = changing(session, confirmed)
    draft.lines[1].quantity = Decimal(4)
    changed = confirms(session, touched(session, draft))
    assert isinstance(changed, ChangeConfirmed)
    counted = session.scalars(select(UsedScheme).where(UsedScheme.given_back_at.is_(None)).order_by(UsedScheme.line))
    assert [(use.line, use.scheme) for use in counted] == [(1, "GROUP"), (2, "GROUP")]


def test_less_of_a_line_of_which_some_has_left_keeps_no_price_approved_for_more(session: Session) -> None:
    """20 were approved below the floor: with 8 of them gone, 9 are no 20; to send no more than the 8 is no sale."""
    draft, approval = approved(session)
    confirmed = confirms(session, draft)
    assert isinstance(confirmed, Confirmed)
    change = changing(session, confirmed)
    change.changes_from = {**change.changes_from, "left": {"1": "8"}}
    change.lines[0].quantity = Decimal(9)
    touched(session, change)
    assert change.lines[0].price == LIST
    change.lines[0].quantity = Decimal(8)
    touched(session, change)
    assert change.lines[0].price == Decimal("530")
    assert approval.voided_at is None
