"""The audit: every decision with who asked, who decided, on what facts and through which message; for eyes allowed."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.app import Munshi
from bot.erasure import erase
from bot.intake import Incoming, take_in
from erp.rule_model import RuleVersion
from orders.approval_model import Approval, PriceRequest, RequestedLine
from orders.audit import Wish, audit, without_costs
from orders.credit_model import Basis, CreditRelease
from orders.model import SalesOrder
from people.model import Account, Person
from people.privacy import Subject
from routing.ask_model import Ask, AskedPerson, Delegation
from tests import booked
from tests.conftest import START
from tests.web.test_commands import Command, command
from tests.web.visitors import Visitor
from web.pages import audit as page

__all__ = ["command"]

HOUR = timedelta(hours=1)
FIRST = START - 5 * HOUR


@pytest.fixture
def day(munshi: Munshi) -> Munshi:
    """One price and one credit decided this morning, by people whose names are their own."""
    with munshi.database.transaction() as session:
        booked.order(session, "M1", at=FIRST, state="held", posted_at=None, erp_number=None)
        order = session.get_one(SalesOrder, "M1")
        said = take_in(session, Incoming(channel="console", sid="SM-yes", sender="+919999999999", body="ok"))
        sneha = Person(phone="+919999999999", name="Sneha Gokhale", functions=["finance"])
        lata = Person(phone="+919999999998", name="=Lata", functions=["finance"])
        session.add_all([sneha, lata])
        session.flush()
        ask = Ask(
            kind="price", reference="price:1", party_code=order.party_code, then="x", asked_by=order.person_id,
            facts={"deal": {"size": "5000", "lines": [{"sku": "00123", "cost": "444.4", "floor": "555.5"}]}},
            state="answered", answer="approve", answered_by=lata.id, for_person=sneha.id, inbound_id=said,
            opened_at=FIRST, step_opened_at=FIRST, answered_at=FIRST + HOUR, ended_at=FIRST + HOUR,
        )  # fmt: skip
        session.add(ask)
        session.flush()
        session.add(
            AskedPerson(ask_id=ask.id, step=0, level=1, person_id=lata.id, for_person_id=sneha.id, asked_at=FIRST,
                        sees_at=FIRST, due_at=FIRST)
        )  # fmt: skip
        request = PriceRequest(
            draft_id=order.draft_id, draft_version=1, order_number="M1", party_code=order.party_code,
            account_id=order.account_id, person_id=order.person_id, reason="=cmd|market rate", state="decided",
            asked_at=FIRST, ask_id=ask.id,
        )  # fmt: skip
        request.lines.append(
            RequestedLine(line_no=1, sku="00123", uom="BAG", quantity=Decimal(4), list_price=Decimal(610),
                          price=Decimal(610), asked_price=Decimal(600), effective=Decimal(600), floor=Decimal("555.5"))
        )  # fmt: skip
        session.add(request)
        session.flush()
        session.add(
            Approval(
                basis="approver", request_id=request.id, draft_id=order.draft_id, draft_version=1, line_no=1,
                party_code=order.party_code, ship_to="", sku="00123", uom="BAG", least_quantity=Decimal(4),
                price=Decimal(600), least_price=Decimal(600), list_price=Decimal(610), person_id=lata.id, by="=Lata",
                granted_at=FIRST + HOUR, expires_at=START, used_order="M1", used_line=1, used_at=FIRST + 2 * HOUR,
            )
        )  # fmt: skip
        session.add(
            CreditRelease(
                party_code=order.party_code, order_number="M1", basis=Basis.ONCE.value, most_value=Decimal(2562),
                exposure=Decimal(99), overdue_days=3, by="Sneha Gokhale", person_id=sneha.id, inbound_id=said,
                facts={"short": "2661"}, at=FIRST + 3 * HOUR,
            )
        )  # fmt: skip
        session.add(Delegation(from_person=sneha.id, to_person=lata.id, starts_at=FIRST, ends_at=START, made_at=FIRST))
        session.add(RuleVersion(number=77, at=FIRST, by="anita", origin="page", reason="costs rose", changed={}))
    return munshi


def whats(munshi: Munshi, **wish: str) -> list[str]:
    with munshi.database.transaction() as session:
        asked = Wish(since=START - timedelta(days=1), until=START + timedelta(days=1), **wish)
        return [entry.what for entry in audit(session, asked, costs=True)]


def test_everything_asked_granted_used_and_changed_is_there_newest_first(day: Munshi) -> None:
    found = [what for what in whats(day) if what != "rules_changed"]
    assert found[:4] == ["credit_released_once", "approval_used", "price_approve", "approval_granted"]
    assert {"price_asked", "price_requested", "delegated", "confirmed"} <= set(found)
    assert "rules_changed" in whats(day)


def test_it_is_looked_through_by_customer_order_and_person(day: Munshi) -> None:
    assert "rules_changed" not in whats(day, number="M1")
    assert "approval_used" in whats(day, number="M1")
    assert whats(day, number="M2") == []
    assert set(whats(day, person="sneha")) == {"credit_released_once", "price_approve", "delegated"}
    assert whats(day, person="%") == []
    assert whats(day, customer="NOBODY") == []


def test_a_decision_says_who_asked_who_decided_in_whose_stead_and_through_which_message(day: Munshi) -> None:
    with day.database.transaction() as session:
        wish = Wish(since=START - timedelta(days=1), until=START + timedelta(days=1))
        (entry,) = [one for one in audit(session, wish, costs=True) if one.what == "price_approve"]
    assert (entry.by, entry.in_stead_of, entry.message, entry.number) == ("=Lata", "Sneha Gokhale", "SM-yes", "M1")
    assert entry.asked_by
    assert entry.facts["shown"]["deal"]["lines"][0]["cost"] == "444.4"


def test_costs_and_floors_are_for_who_keeps_the_rules(day: Munshi, visitor: Callable[[str], Visitor]) -> None:
    assert day
    for name, sees in (("viewer", False), ("desk", False), ("rules", True), ("admin", True)):
        for path in ("/audit/", "/audit/export.csv"):
            shown = visitor(name).opens(path).text
            assert "Sneha Gokhale" in shown
            assert ("444.4" in shown, "555.5" in shown) == (sees, sees), (name, path)


def test_a_fact_is_left_out_wherever_it_stands() -> None:
    told = {"shown": {"lines": [{"sku": "x", "unit_cost": "1", "floor": "2"}], "margin_after": "3", "size": "4"}}
    assert without_costs(told) == {"shown": {"lines": [{"sku": "x"}], "size": "4"}}


def test_a_page_goes_on_after_its_last_entry(
    day: Munshi, visitor: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "A_PAGE", 3)
    office, path, seen = visitor("admin"), "/audit/", 0
    while path:
        shown = office.opens(path, headers={"HX-Request": "true"}).text
        seen += shown.count("audit-row")
        path = shown.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == len(whats(day))


def test_the_file_holds_all_of_it_and_nothing_in_it_is_a_formula(day: Munshi, command: Command, tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"
    days = ("--from", str(FIRST.date()), "--to", str(START.date()))
    assert command("audit", "export", str(file), *days).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert [row["what"] for row in rows] == whats(day)
    assert {row["by"] for row in rows if row["what"] == "price_approve"} == {"'=Lata"}
    assert all(not (cell or "").startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert "444.4" in file.read_text(encoding="utf-8")
    plain = command("audit", "export", "--no-costs", *days).output
    assert "price_approve" in plain
    assert "444.4" not in plain


def test_whoever_is_erased_leaves_the_decision_without_his_name(day: Munshi) -> None:
    with day.database.transaction() as session:
        sneha = session.scalars(select(Person).where(Person.name == "Sneha Gokhale")).one()
        accounts = session.scalars(select(Account.id).where(Account.person_id == sneha.id)).all()
        erase(session, Subject(person_id=sneha.id, account_ids=tuple(accounts)), by="anita")
    with day.database.transaction() as session:
        found = list(audit(session, Wish(since=START - timedelta(days=1), until=START + timedelta(days=1)), costs=True))
    release = next(one for one in found if one.what == "credit_released_once")
    assert (release.by, release.facts["most_value"], release.number) == ("", "2562", "M1")
    assert not any("Sneha" in f"{one.by} {one.asked_by} {one.in_stead_of} {one.facts}" for one in found)


FACTS = (
    ("asks", "opened_at = now()"),
    ("asks", "answer = 'reject'"),
    ("asks", "facts = '{}'"),
    ("asked_persons", "person_id = 1"),
    ("delegations", "ends_at = now()"),
    ("price_requests", "asked_at = now()"),
    ("price_request_lines", "asked_price = 1"),
    ("approvals", "price = 1"),
    ("approvals", "used_order = NULL"),
    ("credit_releases", "most_value = 1"),
    ("order_trail", "what = 'posted'"),
    ("rule_versions", "by = 'nobody'"),
)


def test_what_was_asked_decided_and_used_is_neither_changed_nor_deleted(day: Munshi) -> None:
    for table, change in FACTS:
        for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match=r"not change|append-only"), day.database.transaction() as session:
                session.execute(text(statement))
