"""The demo plant: whole, believable, and the same each time."""

import csv
import filecmp
import itertools
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import phonenumbers
import pytest

from erp.files.folder import read_folder
from tests.unit.demo_files import DEMO, PLANT, by, exposure, ladders, rows, sold

TODAY = date(2026, 11, 21)
ROLES = {
    "buyer",
    "sales_rep",
    "approver:1",
    "approver:2",
    "approver:3",
    "order_desk",
    "planner",
    "quality",
    "materials",
    "maintenance",
    "supervisor",
    "operator",
    "dispatch",
    "driver",
    "finance",
    "plant_head",
    "admin",
}
REFERENCES = (
    # file, column, file referred to, its key column
    ("uoms", "sku", "items", "sku"),
    ("items", "replaced_by", "items", "sku"),
    ("items", "plant", "plants", "code"),
    ("prices", "sku", "items", "sku"),
    ("prices", "price_list", "customers", "price_list"),
    ("stock", "sku", "items", "sku"),
    ("stock", "warehouse", "warehouses", "code"),
    ("stock", "lot", "lots", "lot"),
    ("lots", "sku", "items", "sku"),
    ("lots", "production_order", "production_orders", "number"),
    ("lot_links", "from_lot", "lots", "lot"),
    ("lot_links", "to_lot", "lots", "lot"),
    ("lot_links", "production_order", "production_orders", "number"),
    ("history", "sku", "items", "sku"),
    ("history", "customer", "customers", "code"),
    ("orders", "sku", "items", "sku"),
    ("orders", "customer", "customers", "code"),
    ("aliases", "sku", "items", "sku"),
    ("aliases", "customer", "customers", "code"),
    ("bom", "sku", "items", "sku"),
    ("bom", "component", "items", "sku"),
    ("production_orders", "sku", "items", "sku"),
    ("production_orders", "plant", "plants", "code"),
    ("operations", "order", "production_orders", "number"),
    ("operations", "work_centre", "work_centres", "code"),
    ("work_centres", "plant", "plants", "code"),
    ("warehouses", "plant", "plants", "code"),
    ("routes", "plant", "plants", "code"),
    ("shifts", "plant", "plants", "code"),
    ("roster", "plant", "plants", "code"),
    ("roster", "person", "people", "phone"),
    ("roster", "stand_in", "people", "phone"),
    ("limits", "person", "people", "phone"),
    ("addresses", "customer", "customers", "code"),
    ("addresses", "route", "routes", "route"),
    ("customers", "warehouse", "warehouses", "code"),
    ("customers", "route", "routes", "route"),
    ("customers", "sales_rep", "people", "phone"),
    ("people", "plant", "plants", "code"),
    ("plants", "calendar", "calendar", "calendar"),
    ("reasons", "parent", "reasons", "code"),
    ("schemes", "sku", "items", "sku"),
    ("schemes", "free_sku", "items", "sku"),
    ("schemes", "group", "items", "group"),
    ("floors", "sku", "items", "sku"),
    ("checks", "group", "items", "group"),
)
IN_A_UOM_OF_THE_ITEM = ("prices", "history", "orders", "production_orders", "aliases")


def make(folder: Path, *options: str) -> str:
    """Run the script; what it said."""
    command = [sys.executable, str(DEMO / "make_plant.py"), "--out", str(folder), *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def test_the_script_writes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    make(tmp_path)
    committed = sorted(path.name for path in PLANT.glob("*.csv"))
    assert sorted(path.name for path in tmp_path.iterdir()) == committed
    assert filecmp.cmpfiles(PLANT, tmp_path, committed, shallow=False) == (committed, [], [])


def test_the_script_says_each_file_as_it_is_written(tmp_path: Path) -> None:
    first, *told, last = make(tmp_path).splitlines()
    assert first.startswith("Demo plant of 2026-11-21, seed 56")
    counted = {name: int(rows) for name, rows, *_ in (line.split() for line in told)}
    assert counted["items.csv"] == len(rows("items"))
    assert set(counted) == {path.name for path in tmp_path.iterdir()}
    assert last.startswith(f"{len(counted)} files")


def test_another_seed_gives_other_history_and_the_same_people(tmp_path: Path) -> None:
    make(tmp_path, "--seed", "7")
    same, other, _ = filecmp.cmpfiles(
        PLANT, tmp_path, ["history.csv", "people.csv", "items.csv", "aliases.csv"], shallow=False
    )
    assert (same, other) == (["people.csv", "items.csv", "aliases.csv"], ["history.csv"])


def test_another_present_moves_the_history_with_it(tmp_path: Path) -> None:
    make(tmp_path, "--today", "2027-03-01")
    with (tmp_path / "history.csv").open(encoding="utf-8", newline="") as handle:
        newest = max(row["date"] for row in csv.DictReader(handle))
    assert date(2027, 2, 22) <= date.fromisoformat(newest) <= date(2027, 3, 1)


def test_all_files_together_stay_below_four_megabytes() -> None:
    assert sum(path.stat().st_size for path in PLANT.glob("*.csv")) < 4_000_000


@pytest.mark.parametrize("name", sorted(path.stem for path in PLANT.glob("*.csv")))
def test_every_row_has_a_cell_for_every_column_and_no_more(name: str) -> None:
    assert rows(name)
    assert all(None not in row and None not in row.values() for row in rows(name))
    assert all(cell == cell.strip() for row in rows(name) for cell in row.values())


@pytest.mark.parametrize(("name", "column", "target", "key"), REFERENCES)
def test_what_is_referred_to_exists(name: str, column: str, target: str, key: str) -> None:
    known = {row[key] for row in rows(target)}
    assert {row[column] for row in rows(name)} - known - {""} == set()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("items", ("sku",)),
        ("uoms", ("sku", "uom")),
        ("customers", ("code",)),
        ("addresses", ("customer", "code")),
        ("people", ("phone",)),
        ("prices", ("price_list", "sku", "uom", "min_qty", "valid_from")),
        ("orders", ("erp_number", "line")),
        ("lots", ("lot",)),
        ("stock", ("sku", "warehouse", "lot", "status")),
        ("production_orders", ("number",)),
        ("operations", ("order", "step")),
        ("bom", ("sku", "component")),
        ("roster", ("plant", "function", "shift")),
    ],
)
def test_nothing_stands_twice(name: str, key: tuple[str, ...]) -> None:
    seen = Counter(tuple(row[column] for column in key) for row in rows(name))
    assert [found for found, count in seen.items() if count > 1] == []


def test_no_alias_stands_twice_whatever_its_case() -> None:
    seen = Counter((row["customer"], row["alias"].casefold()) for row in rows("aliases"))
    assert max(seen.values()) == 1


@pytest.mark.parametrize("name", IN_A_UOM_OF_THE_ITEM)
def test_every_unit_is_on_its_items_ladder(name: str) -> None:
    wrong = [row for row in rows(name) if row["uom"] and row["uom"] not in ladders()[row["sku"]]]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("uoms", "factor"),
        ("prices", "price"),
        ("prices", "floor"),
        ("prices", "min_qty"),
        ("history", "qty"),
        ("history", "price"),
        ("stock", "qty"),
        ("orders", "ordered"),
        ("orders", "price"),
        ("production_orders", "qty"),
        ("operations", "minutes"),
        ("bom", "qty"),
        ("bom", "per_qty"),
        ("lots", "qty"),
        ("lot_links", "qty"),
        ("items", "mrp"),
        ("items", "cost"),
    ],
)
def test_numbers_are_above_zero(name: str, column: str) -> None:
    assert [row for row in rows(name) if Decimal(row[column]) <= 0] == []


def test_there_are_over_three_hundred_active_packs_in_two_categories() -> None:
    active = Counter(item["category"] for item in sold() if item["active"] == "yes")
    assert sum(active.values()) >= 300
    assert set(active) == {"biscuit", "savoury"}
    assert min(active.values()) >= 100


def test_base_and_order_units_stand_on_ladders_of_three_levels() -> None:
    for item in rows("items"):
        assert {item["base_uom"], item["order_uom"]} <= set(ladders()[item["sku"]])
        assert ladders()[item["sku"]][item["base_uom"]] == 1
    assert all(len(ladders()[item["sku"]]) == 3 for item in sold())


def test_forty_pairs_and_more_differ_in_one_attribute_only() -> None:
    names = ("brand", "line", "variant", "size", "pack")
    active = [tuple(item[name] for name in names) for item in sold() if item["active"] == "yes"]
    pairs = itertools.combinations(active, 2)
    assert sum(sum(a != b for a, b in zip(one, other, strict=True)) == 1 for one, other in pairs) >= 40


def test_some_names_hold_numbers_that_are_no_size() -> None:
    told = {item["sku"] for item in sold() if re.search(r"\d", item["name"].replace(item["size"], ""))}
    assert len(told) >= 40


def test_discontinued_packs_have_successors_but_for_a_few() -> None:
    gone = [item for item in sold() if item["active"] == "no"]
    assert len(gone) >= 15
    assert 1 <= len([item for item in gone if not item["replaced_by"]]) <= 5
    for item in gone:
        while item["replaced_by"]:
            item = by("items", "sku")[item["replaced_by"]]
            assert item["active"] == "yes" or item["replaced_by"]
    assert {item["sku"] for item in gone}.isdisjoint(row["sku"] for row in rows("prices"))


def test_there_are_two_mrps_of_one_item_as_two_codes_and_as_lots_of_one_code() -> None:
    goods = Counter(tuple(item[name] for name in ("brand", "line", "variant", "size", "pack")) for item in sold())
    assert len([count for count in goods.values() if count == 2]) >= 3
    printed = defaultdict(set)
    for row in rows("stock"):
        printed[row["sku"]].add(row["mrp"])
    assert len([sku for sku, mrps in printed.items() if len(mrps) == 2]) >= 3


def test_floors_lie_below_prices_and_above_cost() -> None:
    for row in rows("prices"):
        item = by("items", "sku")[row["sku"]]
        cost = Decimal(item["cost"]) * ladders()[row["sku"]][row["uom"]]
        assert cost <= Decimal(row["floor"]) < Decimal(row["price"])


def test_larger_quantities_never_cost_more() -> None:
    slabs = defaultdict(list)
    for row in rows("prices"):
        slabs[row["price_list"], row["sku"], row["uom"]].append((Decimal(row["min_qty"]), Decimal(row["price"])))
    assert all([price for _, price in sorted(of)] == sorted((p for _, p in of), reverse=True) for of in slabs.values())
    assert any(len(of) == 3 for of in slabs.values())


@pytest.mark.parametrize("price_list", ["PL-SS", "PL-DIST", "PL-RET"])
def test_each_tier_lacks_the_price_of_a_few_active_packs(price_list: str) -> None:
    priced = {row["sku"] for row in rows("prices") if row["price_list"] == price_list}
    lacking = [item["sku"] for item in sold() if item["active"] == "yes" and item["sku"] not in priced]
    assert 1 <= len(lacking) <= 20


def test_materials_are_on_stock_but_cannot_be_ordered() -> None:
    bought = {item["sku"] for item in rows("items")} - {item["sku"] for item in sold()}
    assert bought
    assert all(row["sales"] == "no" for row in rows("uoms") if row["sku"] in bought)
    assert bought.isdisjoint(row["sku"] for row in rows("prices"))


def test_sixty_customers_over_three_tiers_have_a_buyer_each() -> None:
    assert len(rows("customers")) == 60
    assert set(Counter(row["tier"] for row in rows("customers"))) == {"SS", "DIST", "RET"}
    main = Counter(code for row in rows("people") if row["main"] == "yes" for code in row["customer"].split(";"))
    assert main == Counter({row["code"]: 1 for row in rows("customers")})


def test_credit_is_over_near_within_cash_only_and_not_configured() -> None:
    left = {
        row["code"]: Decimal(row["credit_limit"]) - exposure(row)
        for row in rows("customers")
        if row["credit_limit"] and Decimal(row["credit_limit"])
    }
    limits = [row["credit_limit"] for row in rows("customers")]
    assert limits.count("") >= 3
    assert limits.count("0") >= 3
    assert len([code for code, rest in left.items() if rest < 0]) == 3
    assert len([code for code, rest in left.items() if 0 <= rest < 10_000]) == 4
    assert Counter(row["blocked"] for row in rows("customers"))["yes"] == 1


def test_two_phones_buy_for_two_firms_each() -> None:
    assert sorted(row["customer"] for row in rows("people") if ";" in row["customer"]) == [
        "C106;C107",
        "C131;C155",
    ]


def test_some_firms_with_several_addresses_have_a_default_and_some_have_none() -> None:
    places = Counter(row["customer"] for row in rows("addresses"))
    assert set(places) == {row["code"] for row in rows("customers")}
    several = [row for row in rows("customers") if places[row["code"]] > 1]
    assert {bool(row["default_ship_to"]) for row in several} == {True, False}
    known = {(row["customer"], row["code"]) for row in rows("addresses")}
    assert all((row["code"], row["default_ship_to"]) in known for row in rows("customers") if row["default_ship_to"])


def test_gstins_carry_their_state_and_a_right_check_sign() -> None:
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    holders = [*rows("plants"), *rows("customers"), *rows("addresses")]
    for row in holders:
        if not row["gstin"]:
            continue
        assert re.fullmatch(r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]", row["gstin"])
        assert row["gstin"][:2] == row["state"]
        weighed = [signs.index(sign) * (1, 2)[place % 2] for place, sign in enumerate(row["gstin"][:14])]
        total = sum(value // 36 + value % 36 for value in weighed)
        assert signs.index(row["gstin"][14]) == -total % 36
    assert sum(not row["gstin"] for row in holders) < 20


def test_goods_go_within_a_state_and_across() -> None:
    states = {row["code"]: by("plants", "code")[row["plant"]]["state"] for row in rows("warehouses")}
    assert {row["state"] == states[row["warehouse"]] for row in rows("customers")} == {True, False}


def test_phones_are_valid_indian_mobiles() -> None:
    for row in rows("people"):
        number = phonenumbers.parse(row["phone"])
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.region_code_for_number(number) == "IN"
        assert row["phone"].startswith("+91900004")


def test_forty_staff_fill_every_role_at_two_plants_and_a_depot() -> None:
    staff = [row for row in rows("people") if row["roles"] != "buyer"]
    assert len([row for row in staff if row["active"] == "yes"]) >= 40
    assert {role for row in rows("people") for role in row["roles"].split(";")} == ROLES
    assert {row["plant"] for row in staff} == {"PTH", "BTB", "LKO"} == set(by("plants", "code"))
    assert {row["kind"] for row in rows("warehouses")} == {"fg", "rm", "wip", "hold", "depot", "van"}


def test_every_rep_has_firms_that_exist_and_every_firm_the_rep_of_its_territory() -> None:
    territories = {row["territory"] for row in rows("customers")}
    reps = [row for row in rows("people") if row["roles"] == "sales_rep" and row["active"] == "yes"]
    for rep in reps:
        for named in rep["customers"].split(";"):
            assert named.removeprefix("territory:") in territories or named in by("customers", "code")
    for firm in rows("customers"):
        assert f"territory:{firm['territory']}" in by("people", "phone")[firm["sales_rep"]]["customers"].split(";")


def test_people_speak_three_ways() -> None:
    spoken = Counter(row["language"] for row in rows("people"))
    assert set(spoken) == {"en", "hi", "hi-Latn"}
    assert min(spoken.values()) >= 5


def test_history_covers_six_months_of_every_customer_but_not_the_last_days() -> None:
    dates = [date.fromisoformat(row["date"]) for row in rows("history")]
    assert TODAY - timedelta(days=190) <= min(dates) <= TODAY - timedelta(days=180)
    assert max(dates) <= TODAY - timedelta(days=2)
    assert {row["customer"] for row in rows("history")} == set(by("customers", "code"))


def test_customers_have_habits() -> None:
    usual: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for row in rows("history"):
        usual[row["customer"], row["sku"], row["uom"]].append(Decimal(row["qty"]))
    often = [sorted(quantities) for quantities in usual.values() if len(quantities) >= 6]
    steady = [
        found for found in often if found[len(found) // 2] <= 3 * found[0] and found[-1] <= 3 * found[len(found) // 2]
    ]
    assert len(often) > 300
    assert len(steady) > 0.95 * len(often)


def test_open_orders_are_ours_and_the_erps_and_not_yet_invoiced() -> None:
    kinds = {bool(row["our_number"]) for row in rows("orders")}
    assert kinds == {True, False}
    assert {row["status"] for row in rows("orders")} == {"open", "part_dispatched", "dispatched"}
    for row in rows("orders"):
        assert re.fullmatch(r"(M26\d{6})?", row["our_number"])
        assert 0 <= Decimal(row["invoiced"]) <= Decimal(row["dispatched"]) <= Decimal(row["ordered"])
        assert TODAY - timedelta(days=7) <= date.fromisoformat(row["date"]) <= TODAY
    assert {row["erp_number"] for row in rows("orders")}.isdisjoint(row["order"] for row in rows("history"))


def test_orders_ship_to_places_of_their_customer() -> None:
    known = {(row["customer"], row["code"]) for row in rows("addresses")}
    assert {(row["customer"], row["ship_to"]) for row in (*rows("orders"), *rows("history"))} <= known


def test_moq_and_multiple_hold_in_history() -> None:
    limited = {item["sku"]: item for item in sold() if item["moq"]}
    assert len(limited) >= 5
    for row in rows("history"):
        item = limited.get(row["sku"])
        if item and row["uom"] == item["order_uom"]:
            assert Decimal(row["qty"]) >= Decimal(item["moq"])
            assert Decimal(row["qty"]) % Decimal(item["multiple"]) == 0


def test_lots_hold_what_stock_says_and_are_of_the_same_item() -> None:
    in_stock: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows("stock"):
        lot = by("lots", "lot")[row["lot"]]
        assert lot["sku"] == row["sku"]
        assert lot["made_on"] == row["mfg_date"] < row["expiry"]
        in_stock[row["lot"]] += Decimal(row["qty"])
    assert all(qty <= Decimal(by("lots", "lot")[lot]["qty"]) for lot, qty in in_stock.items())
    assert {row["status"] for row in rows("stock")} == {"available", "hold", "inspection"}


def test_lots_come_from_the_orders_they_name_and_from_material_that_was_there() -> None:
    for lot in rows("lots"):
        if lot["production_order"]:
            assert by("production_orders", "number")[lot["production_order"]]["sku"] == lot["sku"]
    recipe = {(row["sku"], row["component"]) for row in rows("bom")}
    used: dict[str, Decimal] = defaultdict(Decimal)
    for link in rows("lot_links"):
        source, made = by("lots", "lot")[link["from_lot"]], by("lots", "lot")[link["to_lot"]]
        assert source["made_on"] <= made["made_on"]
        if by("items", "sku")[made["sku"]]["active"] == "yes":
            assert (made["sku"], source["sku"]) in recipe
        used[source["lot"]] += Decimal(link["qty"])
    assert all(qty <= Decimal(by("lots", "lot")[lot]["qty"]) for lot, qty in used.items())


def test_every_active_pack_has_a_bill_of_material_and_every_order_its_operations() -> None:
    assert {row["sku"] for row in rows("bom")} == {item["sku"] for item in sold() if item["active"] == "yes"}
    assert {row["order"] for row in rows("operations")} == set(by("production_orders", "number"))
    assert {row["status"] for row in rows("production_orders")} == {
        "planned",
        "released",
        "in_progress",
        "closed",
    }


def test_the_plain_file_erp_reads_it_without_a_complaint() -> None:
    data = read_folder(PLANT)
    assert data.problems == ()
    assert len(data.history) == len(rows("history"))
