"""The rule editor: looking, adding, changing and ending from a day, preview, versions, undo, files."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from bot.app import Munshi
from erp import mirror, rule_mirror
from erp.records import Price
from orders.rule_book import rules_for
from people.model import Party
from tests.web.visitors import Visitor

TODAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 22)
CASE = "PL-A\x1fPG-070\x1fCASE\x1f1\x1f\x1f"
FLOOR = {"op": "add", "sku": "PG-070", "floor_price": "790", "absolute": "no", "day": "2026-11-21"}


@pytest.fixture
def keeper(visitor: Callable[[str], Visitor]) -> Visitor:
    """Somebody with the page role rules."""
    one = visitor("rules")
    one.opens("/rules/prices")
    return one


def prices(munshi: Munshi, day: date) -> list[Price]:
    with munshi.database.transaction() as session:
        return [row for row in rule_mirror.prices_of(session, "PL-A", ["PG-070"], day=day) if row.min_qty == 1]


def version(munshi: Munshi) -> int:
    with munshi.database.transaction() as session:
        return rule_mirror.version(session)


def test_rules_are_found_by_the_name_of_their_item_a_page_at_a_time(keeper: Visitor) -> None:
    assert "PL-A MG-12 CASE from 1" in keeper.opens("/rules/prices?words=maggi").text
    assert "PG-070" not in keeper.opens("/rules/prices?words=maggi").text
    after = keeper.opens("/rules/prices?after=PL-A%1FMG-12%1FCASE%1F1%1F%1F").text
    assert "MG-12" not in after
    assert "PG-070" in after


def test_a_price_changes_from_a_day_on_and_the_old_one_holds_until_then(keeper: Visitor, munshi: Munshi) -> None:
    before = version(munshi)
    form = {
        "op": "change",
        "key": CASE,
        "price": "850",
        "floor": "800",
        "day": "2026-11-22",
        "reason": "Sugar is dearer",
    }
    answer = keeper.sends("/rules/prices/save", form, follow_redirects=True)
    assert f"Changed: version {before + 1}" in answer.text
    assert [row.price for row in prices(munshi, TODAY)] == [820]
    (later,) = prices(munshi, TOMORROW)
    assert (later.price, later.valid_from, later.uom) == (850, TOMORROW, "CASE")
    assert "Sugar is dearer" in keeper.opens("/rules/versions").text
    keeper.sends(f"/rules/versions/{before + 1}/undo", {})
    assert [row.price for row in prices(munshi, TOMORROW)] == [820]
    assert "undone by" in keeper.opens("/rules/versions").text
    assert "decided here" not in keeper.opens("/rules/prices?words=PG-070").text


def test_a_bad_rule_is_refused_at_its_cell_and_the_running_one_stays(keeper: Visitor, munshi: Munshi) -> None:
    before = version(munshi)
    answer = keeper.sends("/rules/prices/save", {"op": "change", "key": CASE, "price": "1,000", "day": "2026-11-22"})
    assert answer.status_code == 422
    assert "commas between its digits. Remedy: write 1000" in answer.text
    answer = keeper.sends("/rules/floors/save", FLOOR | {"floor_price": "821"})
    assert "above the list price 820" in answer.text
    answer = keeper.sends("/rules/floors/save", FLOOR | {"sku": "GONE"})
    assert "GONE is no SKU" in answer.text
    answer = keeper.sends("/rules/floors/save", FLOOR | {"day": "2026-11-20"})
    assert "2026-11-20 is over" in answer.text
    contract = {"op": "add", "customer": "C001", "sku": "PG-070", "uom": "CASE", "price": "620", "day": "2026-11-21"}
    assert "below 624, the cost" in keeper.sends("/rules/contract-prices/save", contract).text
    assert version(munshi) == before


def test_who_changed_it_meanwhile_is_not_overwritten(keeper: Visitor, munshi: Munshi) -> None:
    seen = version(munshi)
    form = {"op": "change", "key": CASE, "price": "850", "day": "2026-11-22", "seen": str(seen)}
    keeper.sends("/rules/prices/save", form)
    answer = keeper.sends("/rules/prices/save", form | {"price": "860", "day": "2026-11-23"})
    assert "Somebody changed this rule meanwhile" in answer.text


def test_an_absolute_floor_is_changed_by_an_admin_alone_and_from_a_day_on(
    visitor: Callable[[str], Visitor], munshi: Munshi
) -> None:
    absolute = FLOOR | {"absolute": "yes", "floor_price": "700"}
    keeper, admin = visitor("rules"), visitor("admin")
    for one in (keeper, admin):
        one.opens("/rules/floors")
    assert "changed by an admin alone" in keeper.sends("/rules/floors/save", absolute).text
    assert admin.sends("/rules/floors/save", absolute).status_code == 302
    key = "\x1f".join(["", "", "PG-070", "", "True", "2026-11-21"])
    assert "an admin alone" in keeper.opens(f"/rules/floors/rule?key={key.replace(chr(31), '%1F')}").text
    form = {"op": "end", "key": key, "day": "2026-11-21"}
    assert "an admin alone" in keeper.sends("/rules/floors/save", form).text
    with munshi.database.transaction() as session:
        party = session.get_one(Party, "C001")
        assert [
            row.absolute for row in rules_for(session, party, ["PG-070"], day=TODAY).floors_about("PG-070", "")
        ] == [True]


def test_the_preview_says_whom_it_touches_and_what_an_order_would_cost(keeper: Visitor, munshi: Munshi) -> None:
    before = version(munshi)
    scheme = {"op": "add", "code": "PARLE10", "sku": "PG-070", "percent": "10", "stacks": "no", "day": "2026-11-21"}
    page = keeper.sends("/rules/schemes/preview", scheme).text
    assert "6 customers and 1 item" in page or "5 customers and 1 item" in page
    assert "820" in page
    assert "738" in page
    assert "PARLE10" in page
    assert version(munshi) == before
    assert "no SKU" in keeper.sends("/rules/schemes/preview", scheme | {"sku": "GONE"}).text


def test_a_rule_decided_here_is_given_back_to_the_file(keeper: Visitor, munshi: Munshi, plant: object) -> None:
    keeper.sends("/rules/prices/save", {"op": "end", "key": CASE, "day": "2026-11-22"})
    assert prices(munshi, TOMORROW) == []
    page = keeper.opens(f"/rules/prices/rule?key={CASE.replace(chr(31), '%1F')}").text
    assert "file says ₹820 a CASE" in page
    assert "the ERP&#39;s file says" in keeper.opens("/rules/check").text
    stale = keeper.sends("/rules/prices/save", {"op": "release", "key": CASE, "seen": "1"})
    assert "Somebody changed this rule meanwhile" in stale.text
    keeper.sends("/rules/prices/save", {"op": "release", "key": CASE})
    assert [row.price for row in prices(munshi, TOMORROW)] == [820]


def upload(keeper: Visitor, slug: str, text: str, act: str = "import") -> str:
    data = {"file": (io.BytesIO(text.encode()), "rules.csv"), "act": act}
    return keeper.sends(f"/rules/{slug}/file", data, content_type="multipart/form-data").text


def test_a_file_holds_as_a_whole_or_not_at_all(keeper: Visitor, munshi: Munshi) -> None:
    head = "customer,sku,uom,price,valid_from,valid_to,reference\n"
    before = version(munshi)
    sound = "C001,PG-070,CASE,800,,,'=Letter\n"
    page = upload(keeper, "contract-prices", f"{head}{sound}C999,PG-070,CASE,800,,,\n")
    assert "C999 is no customer" in page
    assert '<td class="number">3</td>' in page
    assert version(munshi) == before
    assert "It would change 1 rule" in upload(keeper, "contract-prices", head + sound, act="check")
    assert version(munshi) == before
    assert "1 rule changed as version" in upload(keeper, "contract-prices", head + sound)
    with munshi.database.transaction() as session:
        (row,) = mirror.customer_prices(session)
        assert (row.price, row.reference) == (Decimal(800), "=Letter")
    exported = keeper.opens("/rules/contract-prices/export.csv").text
    assert "C001,PG-070,CASE,800,,,'=Letter" in exported
    assert "0 rules changed" in upload(keeper, "contract-prices", exported)


def test_a_limit_by_phone_survives_its_way_through_a_spreadsheet(keeper: Visitor) -> None:
    head = "person,role,max_discount_percent,max_amount,group\n"
    assert "1 rule changed" in upload(keeper, "limits", f"{head}9000000003,sales_rep,2,4000,\n")
    exported = keeper.opens("/rules/limits/export.csv").text
    assert "'+919000000003" in exported
    assert "1 held already" in upload(keeper, "limits", exported)


def test_a_cell_that_hides_a_separator_is_refused(keeper: Visitor, munshi: Munshi) -> None:
    before = version(munshi)
    scheme = {"op": "add", "code": "A\x1fB", "sku": "PG-070", "percent": "1", "day": "2026-11-21"}
    assert "cannot be seen" in keeper.sends("/rules/schemes/save", scheme).text
    head = "price_list,sku,uom,min_qty,price,floor\n"
    assert "cannot be seen" in upload(keeper, "prices", f"{head}PL\x1f-A,PG-070,CASE,1,800,\n")
    assert version(munshi) == before
    assert keeper.opens("/rules/versions").status_code == 200


def test_floors_are_shown_to_those_who_keep_the_rules_alone(visitor: Callable[[str], Visitor]) -> None:
    keeper = visitor("rules")
    keeper.opens("/rules/floors")
    margin = {"op": "add", "sku": "PG-070", "min_margin_percent": "12.5", "absolute": "no", "day": "2026-11-21"}
    assert keeper.sends("/rules/floors/save", margin).status_code == 302
    form = {"op": "change", "key": CASE, "price": "850", "floor": "801.25", "day": "2026-11-22"}
    keeper.sends("/rules/prices/save", form)
    key = "\x1f".join(["", "", "PG-070", "", "False", "2026-11-21"]).replace(chr(31), "%1F")
    later = CASE.replace(chr(31), "%1F").replace("%1F%1F", "%1F2026-11-22%1F")
    places = ("prices", "versions", f"prices/rule?key={later}", "prices/export.csv")
    for place in places:
        assert "801.25" in keeper.opens(f"/rules/{place}").text, place
    one = visitor("viewer")
    for place in places:
        page = one.opens(f"/rules/{place}")
        assert page.status_code == 200
        assert "801.25" not in page.text, place
        assert "12.5" not in page.text, place
    for place in ("floors", f"floors/rule?key={key}", "floors/export.csv", "floors/file"):
        assert keeper.opens(f"/rules/{place}").status_code == 200, place
        assert one.opens(f"/rules/{place}").status_code == 403, place
    assert "/rules/floors" not in one.opens("/rules/prices").text


@pytest.mark.parametrize("role", ["viewer", "desk", "aliases"])
def test_others_look_and_change_nothing(visitor: Callable[[str], Visitor], munshi: Munshi, role: str) -> None:
    one = visitor(role)
    before = version(munshi)
    page = one.opens("/rules/prices").text
    assert "PG-070" in page
    assert "Add a price" not in page
    assert one.sends("/rules/prices/save", {"op": "end", "key": CASE, "day": "2026-11-22"}).status_code == 403
    assert one.sends("/rules/versions/1/undo", {}).status_code == 403
    assert version(munshi) == before
