"""*Roll-out*: what was read beside what was keyed, a mode changed for one or many, CSV."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import Munshi
from bot.pull import pull
from orders.model import OrderDraft
from people import modes
from store.clock import ManualClock
from tests.web.visitors import Visitor

NITIN = "+919000000007"


@pytest.fixture
def compared(stranger: Visitor, munshi: Munshi, run: Callable[[], int], clock: ManualClock, plant: Path) -> Munshi:
    """New Bharat (C004) wrote in shadow, and the office keyed one line of it and one other."""
    with munshi.database.transaction() as session:
        modes.override(session, ["C004"], modes.MODE, "shadow", by="admin", reason="trial")
    stranger.says(NITIN, "4 bag namak, 10 case parle 140")
    run()
    header, *before = (plant / "orders.csv").read_text(encoding="utf-8").splitlines()
    keyed = {"erp_number": "SO-9", "customer": "C004", "date": f"{clock.now():%Y-%m-%d}", "status": "open"}
    keyed["as_of"] = (clock.now() + timedelta(days=4)).isoformat()
    for line, sku, uom, ordered in (("1", "00123", "BAG", "4"), ("2", "PG-070", "CASE", "2")):
        row = keyed | {"line": line, "sku": sku, "uom": uom, "ordered": ordered}
        before.append(",".join(row.get(name, "") for name in header.split(",")))
    (plant / "orders.csv").write_text("\n".join([header, *before]) + "\n", encoding="utf-8")
    clock.push(timedelta(days=4))
    pull(munshi)
    return munshi


def test_each_number_opens_its_lines_with_the_message_and_the_order(
    compared: Munshi, visitor: Callable[[str], Visitor]
) -> None:
    viewer = visitor("viewer")
    page = viewer.opens("/rollout/").text
    assert "New Bharat" in page
    assert "verdict=right" in page
    one = viewer.opens("/rollout/C004?verdict=right").text
    assert "SO-9" in one
    assert "4 bag namak, 10 case parle 140" in one
    assert "PG-140" not in one
    assert "Change to" not in one, "a viewer changes nothing"
    with compared.database.transaction() as session:
        assert session.scalars(select(OrderDraft)).all() == []


def test_csv_is_harmless_and_complete(compared: Munshi, visitor: Callable[[str], Visitor]) -> None:
    viewer = visitor("viewer")
    lines = viewer.opens("/rollout/lines.csv").text.splitlines()
    assert lines[0].startswith("\ufeffcustomer,day,verdict,reason")
    assert any(",right,same," in line for line in lines)
    weeks = viewer.opens("/rollout/weeks.csv").text.splitlines()
    assert len(weeks) == 2
    assert weeks[1].startswith("C004,")


def test_an_admin_changes_modes_in_bulk_with_a_reason_and_nobody_else_does(
    munshi: Munshi, visitor: Callable[[str], Visitor]
) -> None:
    form = {"what": "mode:assist", "reason": "second week", "id": ["C001", "C004"]}
    desk = visitor("desk")
    assert desk.sends("/rollout/modes", form).status_code == 403
    admin = visitor("admin")
    assert "Say in a few words why" in admin.sends("/rollout/modes", form | {"reason": " "}, follow_redirects=True).text
    assert "Changed for 2 customers" in admin.sends("/rollout/modes", form, follow_redirects=True).text
    every = {"what": "auto_confirm:yes", "reason": "agreed", "all_that_fit": "1", "show": "all"}
    admin.sends("/rollout/modes", every)
    with munshi.database.transaction() as session:
        terms = modes.terms_of(session, ["C001", "C002", "C004"])
        assert [terms[code].mode.value for code in ("C001", "C002", "C004")] == ["assist", "live", "assist"]
        assert all(one.auto_confirm for one in terms.values())
    assert admin.sends("/rollout/modes", form | {"what": "mode:wild"}).status_code == 422
    assert admin.sends("/rollout/modes", form | {"back": "//elsewhere"}).status_code == 422
    page = admin.opens("/rollout/C001").text
    assert "second week" in page
    assert "The ERP says mode: live" in page


def test_a_customer_that_is_nobodys_is_not_found(visitor: Callable[[str], Visitor]) -> None:
    assert visitor("viewer").opens("/rollout/NOBODY").status_code == 404
