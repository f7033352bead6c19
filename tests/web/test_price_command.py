"""`price explain`, and what counts of the schemes confirmed so far."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from bot.app import Munshi
from erp.records import Scheme
from orders import scheme_uses
from orders.price_values import GrantedScheme
from store.database import now, plain_url
from tests import booked

Command = Callable[..., Result]
CAPPED = [Scheme(code="WIN", cap_customer=Decimal(9), budget=Decimal(900))]


@pytest.fixture
def explain(app: Flask, munshi: Munshi, plant: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("DATABASE_URL", plain_url(munshi.database.url))
    monkeypatch.setenv("ERP_URL", f"files:{plant}")
    monkeypatch.setenv("MUNSHI_VAR", str(plant.parent / "var"))
    return lambda *said: CliRunner().invoke(app.cli, ["price", "explain", *said], catch_exceptions=False)


def test_every_rule_is_said_in_order_and_what_is_unknown_by_its_name(explain: Command) -> None:
    told = explain("C001", "PG-070", "20", "CASE").output.splitlines()
    assert told[0].startswith("Sharma Traders (C001, tier A, list PL-A)")
    assert "20 CASE of" in told[1]
    rules = [line.strip().split("  ")[0] for line in told[2:]]
    assert rules[0].startswith("price list ")
    assert rules[1:3] == ["net price", "effective price"]
    assert rules[-1] == "verdict"
    assert "may be posted" in told[-1]
    for said, refused in (
        (("C999", "PG-070", "1", "CASE"), "There is no customer C999."),
        (("C001", "XX", "1", "CASE"), "There is no item XX."),
        (("C001", "PG-070", "1", "DRUM"), "PG-070 has no unit DRUM; it has: "),
        (("C001", "PG-070", "many", "CASE"), "many is no quantity"),
    ):
        result = explain(*said)
        assert (result.exit_code, refused in result.output) == (1, True), result.output


def test_what_a_cancelled_a_changed_or_a_played_order_had_of_a_scheme_counts_no_longer(munshi: Munshi) -> None:
    def used(**more: object) -> tuple[Decimal, Decimal]:
        found = scheme_uses.uses_of(session, CAPPED, "C004", **more).of("WIN")  # type: ignore[arg-type]
        return found.quantity, found.rupees_all

    with munshi.database.transaction() as session:
        at = now(session)
        orders = [booked.order(session, f"M{no}", at=at) for no in (1, 2, 3)]
        orders.append(booked.order(session, "M4", at=at, simulated=True))
        for order in orders:
            scheme_uses.record(
                session,
                party_code="C004",
                order_number=order.number,
                line=1,
                granted=[GrantedScheme(code="WIN", quantity=Decimal(2), rupees=Decimal(100))],
            )
        session.flush()
        assert used() == (6, 300)
        assert used(simulated=True) == (8, 400)
        assert used(except_order="M1") == (4, 200)
        orders[0].state = "cancelled"
        scheme_uses.give_back(session, "M2", [1], but_of="M9")
        assert used() == (2, 100)
