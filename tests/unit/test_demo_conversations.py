"""The ten conversations of the demo plant: sound against its files, told alike in README and JSON."""

import json
import re
from collections import defaultdict
from decimal import Decimal
from functools import cache
from typing import Any

from tests.unit.demo_files import PLANT, by, exposure, ladders, rows


@cache
def conversations() -> list[dict[str, Any]]:
    content = json.loads((PLANT / "conversations.json").read_text(encoding="utf-8"))
    return list(content["conversations"])


def steps() -> list[dict[str, Any]]:
    return [step for conversation in conversations() for step in conversation["steps"]]


def price_of(customer: dict[str, str], line: dict[str, str]) -> Decimal:
    slabs = [
        (Decimal(row["min_qty"]), Decimal(row["price"]))
        for row in rows("prices")
        if (row["price_list"], row["sku"], row["uom"]) == (customer["price_list"], line["sku"], line["uom"])
        and Decimal(row["min_qty"]) <= Decimal(line["quantity"])
    ]
    return max(slabs)[1]


def test_there_are_ten_conversations_and_the_readme_tells_them_word_for_word() -> None:
    readme = (PLANT / "README.md").read_text(encoding="utf-8")
    assert [conversation["number"] for conversation in conversations()] == list(range(1, 11))
    for conversation in conversations():
        head = f"### {conversation['number']}. {conversation['title']}\n"
        section = readme.split(head)[1].split("\n##")[0]
        typed = [line.strip() for line in section.splitlines() if line.startswith("    ")]
        said = [line for step in conversation["steps"] for line in step.get("says", "").split("\n") if line]
        assert typed == said
        assert all(step["person"] in section or "does" in step for step in conversation["steps"])


def test_the_readme_introduces_people_with_the_phones_they_have() -> None:
    readme = (PLANT / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| ([^|·,]+?) \| (\+91\d{10}) \|", readme, re.MULTILINE)
    assert len(told) >= 15
    for name, phone in told:
        assert by("people", "phone")[phone]["name"] == name.strip('"')
    unknown = set(re.findall(r"\+91\d{10}", readme)) - set(by("people", "phone"))
    assert unknown == {"+919000055555"}


def test_conversations_are_played_by_people_of_the_plant_about_its_goods() -> None:
    for step in steps():
        expect = step["expect"]
        assert step["person"] in by("people", "phone") or step["person"] == "+919000055555"
        assert ("says" in step) + ("taps" in step) + ("does" in step) == 1
        for line in (*expect.get("lines", []), *expect.get("posted", {}).get("lines", [])):
            item = by("items", "sku")[line["sku"]]
            assert item["active"] == "yes"
            assert line["uom"] in ladders()[line["sku"]]
        assert all(sku in by("items", "sku") for sku in expect.get("asks", []))


def test_what_conversations_post_is_priced_usual_and_within_credit() -> None:
    usual: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for row in rows("history"):
        qty = Decimal(row["qty"]) * ladders()[row["sku"]][row["uom"]]
        usual[row["customer"], row["sku"]].append(qty)
    for step in steps():
        posted = step["expect"].get("posted")
        if not posted:
            continue
        customer = by("customers", "code")[posted["customer"]]
        total = Decimal(0)
        for line in posted["lines"]:
            total += Decimal(line["quantity"]) * price_of(customer, line) * Decimal("1.05")
            found = sorted(usual[customer["code"], line["sku"]])
            median = found[len(found) // 2]
            qty = Decimal(line["quantity"]) * ladders()[line["sku"]][line["uom"]]
            assert median / 5 < qty < 3 * median
        assert exposure(customer) + total < Decimal(customer["credit_limit"])
        assert not any(row["customer"] == customer["code"] for row in rows("orders"))


def test_the_first_conversation_costs_what_the_readme_says() -> None:
    expect = conversations()[0]["steps"][0]["expect"]
    customer = by("customers", "code")[expect["firm"]]
    total = sum(Decimal(line["quantity"]) * price_of(customer, line) for line in expect["lines"])
    assert total == Decimal(expect["value_without_tax"])
    assert f"₹{total:,}" in (PLANT / "README.md").read_text(encoding="utf-8")


def test_the_eighth_conversation_goes_over_the_limit() -> None:
    expect = conversations()[7]["steps"][0]["expect"]
    customer = by("customers", "code")[expect["firm"]]
    total = sum(Decimal(line["quantity"]) * price_of(customer, line) for line in expect["lines"])
    assert 0 < Decimal(customer["credit_limit"]) - exposure(customer) < total
    left = Decimal(customer["credit_limit"]) - exposure(customer)
    assert f"₹{left:,.0f} below his credit limit" in (PLANT / "README.md").read_text(encoding="utf-8")


def test_the_fifth_conversation_repeats_the_last_order_of_its_customer() -> None:
    expect = conversations()[4]["steps"][0]["expect"]
    past = [row for row in rows("history") if row["customer"] == expect["firm"]]
    newest = max(row["date"] for row in past)
    last = [row for row in past if row["date"] == newest]
    assert [{"sku": row["sku"], "quantity": row["qty"], "uom": row["uom"]} for row in last] == expect["lines"]
    assert {row["placed_by"] for row in last} == set(expect["contains"])
