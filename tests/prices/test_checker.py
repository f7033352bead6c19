"""The checker itself: sound papers pass, and each thing that may be wrong with one is named."""

import ast
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.prices.allowed import Delegated
from tests.prices.book import Book, Library
from tests.prices.by_hand import AT, EARLIER, FILES, Json, approval, book, free, line, order, record, yes
from tests.prices.checker import Checker
from tests.prices.papers import Papers
from tests.prices.said import Amended, Raised, Record, seen_lines
from tests.prices.wrong import Wrong

HERE = Path(__file__).parent
ITS_OWN = {"allowed", "book", "case", "checker", "exposure", "papers", "reckoning", "said", "wrong"}
BIS, WAF = line("BIS", "10", "400"), line("WAF", "12", "200")
W12 = free("WAF", "1", no=2, base=1, scheme="W12")


def wrong(*orders: Json, files: Book | None = None, said: Record | None = None) -> set[Wrong]:
    """What the checker says against these."""
    checker = Checker(library=Library.of(files or book()), record=said)
    return {one.wrong for one in checker.objections(Papers.of(*orders))}


def test_it_imports_nothing_of_the_product() -> None:
    for name in ITS_OWN:
        tree = ast.parse((HERE / f"{name}.py").read_text("utf-8"))
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        ours = {one for one in imported if one.split(".")[0] not in sys.stdlib_module_names}
        assert ours <= {f"tests.prices.{other}" for other in ITS_OWN}, name


SOUND: dict[str, Sequence[Json]] = {
    "at list": [order(BIS)],
    "in a deeper slab": [order(line("BIS", "50", "390", list_price="390"))],
    "another unit than listed, which a listed one divides": [
        order(line("BIS", "16", "50", uom="BOX", list_price="50"))
    ],
    "another unit than listed, converted from the smallest": [
        order(line("BIS", "1", "54", uom="BOX", list_price="54"))
    ],
    "by contract, which is its floor too": [order(line("BIS", "10", "370", list_price="370"), customer="C2")],
    "a percentage": [order(line("TIN", "10", "95"))],
    "free goods a scheme gives": [order(line("WAF", "24", "200"), free("WAF", "2", no=2, base=1, scheme="W12"))],
    "below the floor, let pass": [order(line("BIS", "10", "390"), approvals=[approval("390")])],
    "his own request, within his own limit": [
        order(line("BIS", "10", "390"), ordered_by="First", approvals=[approval("390", by="First")])
    ],
    "two orders alike, from other messages": [order(BIS), order(BIS, number="M26000002")],
}


@pytest.mark.parametrize("orders", SOUND.values(), ids=SOUND)
def test_sound_papers_pass(orders: Sequence[Json]) -> None:
    assert wrong(*orders) == set()


BENT: dict[str, tuple[Sequence[Json], set[Wrong]]] = {
    "no list has it": (
        [order(line("WAF", "1", "200"), customer="C1", confirmed_at="2026-12-05T10:00:00+05:30")],
        {Wrong.NO_PRICE},
    ),
    "a slab not reached": ([order(line("BIS", "49", "390", list_price="390"))], {Wrong.LIST_PRICE, Wrong.NET}),
    "another's contract": (
        [order(line("BIS", "10", "370", list_price="370"))],
        {Wrong.LIST_PRICE, Wrong.NET, Wrong.FLOOR},
    ),
    "an expired scheme": ([order(line("BIS", "10", "360"))], {Wrong.NET, Wrong.FLOOR}),
    "a discount nobody granted": ([order(line("BIS", "10", "399"))], {Wrong.NET}),
    "dearer than the list": ([order(line("BIS", "10", "401"))], {Wrong.ABOVE}),
    "below the absolute floor, though let pass": (
        [order(line("TIN", "1", "69"), approvals=[approval("69", by="Third")])],
        {Wrong.ABSOLUTE},
    ),
    "below cost": (
        [order(line("BOX", "1", "59"), approvals=[approval("59", by="Third")])],
        {Wrong.ABSOLUTE},
    ),
    "free goods push it below its floor": (
        [order(line("WAF", "12", "189"), W12, approvals=[])],
        {Wrong.NET, Wrong.FLOOR},
    ),
    "deeper than he may": ([order(line("BIS", "10", "379"), approvals=[approval("379")])], {Wrong.APPROVER}),
    "more rupees than he may": (
        [order(line("BIS", "400", "382", list_price="390"), approvals=[approval("382")])],
        {Wrong.APPROVER},
    ),
    "let pass by a buyer": (
        [order(line("BIS", "10", "399"), approvals=[approval("399", by="Buyer")])],
        {Wrong.APPROVER},
    ),
    "let pass by who has left": (
        [order(line("BIS", "10", "370"), approvals=[approval("370", by="Gone")])],
        {Wrong.APPROVER},
    ),
    "his own request, beyond his own limit": (
        [order(line("BIS", "10", "370"), ordered_by="First", approvals=[approval("370", by="First")])],
        {Wrong.APPROVER},
    ),
    "cheaper than approved": ([order(line("BIS", "10", "389"), approvals=[approval("390")])], {Wrong.APPROVED_PRICE}),
    "free goods with a price": (
        [order(WAF, {**W12, "price": "1"})],
        {Wrong.FREE_PRICE},
    ),
    "goods for nothing": ([order(line("BIS", "10", "0"))], {Wrong.FREE_PRICE, Wrong.NET, Wrong.ABSOLUTE, Wrong.FLOOR}),
    "free goods of no scheme": ([order(WAF, {**W12, "scheme": ""})], {Wrong.FREE_SCHEME}),
    "free goods of a scheme for something else": (
        [order(BIS, free("BIS", "1", no=2, base=1, scheme="W12"))],
        {Wrong.FREE_SCHEME, Wrong.FLOOR},
    ),
    "free goods whose base line was cut": ([order(BIS, {**W12, "base_line": 9})], {Wrong.FREE_BASE}),
    "free goods of free goods": ([order(WAF, {**W12, "base_line": 2})], {Wrong.FREE_BASE}),
    "more free goods than bought for": (
        [order(line("WAF", "23", "200"), {**W12, "qty": "2"}, approvals=[approval("184", by="Third")])],
        {Wrong.FREE_COUNT},
    ),
    "free goods by the order and not by the line": (
        [order(line("WAF", "6", "200"), line("WAF", "6", "200", no=3), W12)],
        {Wrong.FREE_COUNT, Wrong.FLOOR},
    ),
    "over the cap of one order": (
        [order(line("WAF", "48", "200"), {**W12, "qty": "4"})],
        {Wrong.FREE_COUNT},
    ),
    "over the cap of one customer": (
        [
            order(line("WAF", "36", "200"), {**W12, "qty": "3"}),
            order(line("WAF", "24", "200"), {**W12, "qty": "2"}, number="M26000002"),
        ],
        {Wrong.CAP_CUSTOMER},
    ),
    "over the cap of one customer, in rupees": ([order(line("TIN", "130", "95"))], {Wrong.CAP_CUSTOMER}),
    "over the budget of all": (
        [order(line("TIN", "110", "95")), order(line("TIN", "110", "95"), number="M26000002", customer="C2")],
        {Wrong.BUDGET},
    ),
    "another total": ([order(BIS, total="3999")], {Wrong.TOTAL}),
    "another tax": ([order(BIS, tax_estimate="1")], {Wrong.TAX}),
    "no limit configured": ([order(BIS, customer="C3")], {Wrong.CREDIT}),
    "over the limit": ([order(BIS, customer="C4")], {Wrong.CREDIT}),
    "the same messages twice": (
        [order(BIS), order(BIS, number="M26000002", message_ids=["SMM26000001"])],
        {Wrong.TWICE},
    ),
}


@pytest.mark.parametrize(("orders", "expected"), BENT.values(), ids=BENT)
def test_what_is_wrong_is_named(orders: Sequence[Json], expected: set[Wrong]) -> None:
    assert wrong(*orders) == expected


def test_schemes_that_do_not_stack_stand_alone() -> None:
    both = book(schemes="W5,,,,WAF,,,,,,1,,,,,,,no\n")
    assert wrong(order(line("WAF", "12", "198")), files=both) == set()
    assert Wrong.STACKED in wrong(order(line("WAF", "12", "198"), W12), files=both)


def test_schemes_that_stack_add_up() -> None:
    rows = "A,,,,BOX,,,,,,2,,,,,,,yes\nB,,,,BOX,,,,,,1,,,,,,,yes\n"
    files = Book.of({**FILES, "schemes": FILES["schemes"].replace("GIFT,,,,,gift", "GIFT,,,,TIN,") + rows})
    assert wrong(order(line("BOX", "1", "116.40")), files=files) == set()
    assert wrong(order(line("BOX", "1", "116.39")), files=files) == {Wrong.NET}
    assert wrong(order(line("BOX", "1", "117.60")), files=files) == {Wrong.ABOVE}


def test_what_a_scheme_takes_below_the_floor_may_be_had_at_list() -> None:
    """Where it stays above, list is too dear."""
    schemes = FILES["schemes"].replace("GIFT,,,,,gift", "GIFT,,,,TIN,").replace(",600,1000,", ",,,")
    files = {**FILES, "schemes": schemes}
    assert wrong(order(line("TIN", "10", "100")), files=Book.of(files)) == {Wrong.ABOVE}
    floors = FILES["floors"] + ",,TIN,,96,,,\n"
    assert wrong(order(line("TIN", "10", "100")), files=Book.of({**files, "floors": floors})) == set()


def test_the_most_specific_floor_wins_and_of_equal_ones_the_strictest() -> None:
    deeper = approval("397", by="Rep")
    sold = order(line("BIS", "10", "397"), ordered_by="Rep", approvals=[deeper])
    assert wrong(sold) == set()
    bare = order(line("BIS", "10", "397"))
    of_tier = "DIST,,,,399,,,\n"
    assert wrong(bare, files=book(floors=of_tier)) == {Wrong.NET}, "the price list's own floor is more specific"
    assert wrong(bare, files=book(floors=of_tier + ",,BIS,C1,,,0.5,\n")) == {Wrong.NET, Wrong.FLOOR}
    assert wrong(bare, files=book(floors=",,BIS,C1,,110,,\n,,BIS,C1,390,,,\n")) == {Wrong.NET, Wrong.FLOOR}
    assert wrong(bare, files=book(floors=",,BIS,C1,,100,,\n,,BIS,C1,390,,,\n")) == {Wrong.NET}


def test_prices_are_those_of_the_files_when_it_was_confirmed() -> None:
    dearer = Book.of({**FILES, "prices": FILES["prices"].replace("CASE,1,400", "CASE,1,420")})
    library = Library(copies=[(None, book()), (AT, dearer)])
    before = order(BIS, confirmed_at=EARLIER.isoformat())
    after = order(line("BIS", "10", "420", list_price="420"), number="M26000002")
    checker = Checker(library=library)
    assert checker.objections(Papers.of(before, after)) == []
    late = order(BIS)
    assert {one.wrong for one in checker.objections(Papers.of(late))} == {Wrong.LIST_PRICE, Wrong.NET}


def test_an_order_is_what_its_sender_confirmed_and_each_yes_makes_one() -> None:
    cheaper = line("BIS", "10", "390")
    paper = order(cheaper, approvals=[approval("390")])
    decided = record(yes(cheaper), decided=(cheaper,))
    assert wrong(paper, said=decided) == set()
    assert wrong(paper, said=record(yes(BIS), decided=(cheaper,))) == {Wrong.UNCONFIRMED}
    again = order(BIS, number="M26000002")
    assert wrong(order(BIS), again, said=record(yes(BIS))) == {Wrong.UNCONFIRMED}
    assert wrong(order(BIS), again, said=record(yes(BIS), yes(BIS))) == set()


@pytest.mark.parametrize(
    ("decided", "expected"),
    [
        (line("BIS", "10", "390"), set()),
        (line("BIS", "9", "390"), set()),
        (line("BIS", "11", "390"), {Wrong.DECISION}),
        (line("BIS", "10", "391"), {Wrong.DECISION}),
        (line("BIS", "10", "390", uom="BOX"), {Wrong.DECISION}),
        (line("WAF", "10", "390"), {Wrong.DECISION}),
    ],
)  # fmt: skip
def test_an_approval_covers_what_its_giver_was_shown(decided: Json, expected: set[Wrong]) -> None:
    cheaper = line("BIS", "10", "390")
    said = record(yes(cheaper), decided=(decided,))
    assert wrong(order(cheaper, approvals=[approval("390")]), said=said) == expected


def test_an_approval_is_used_once() -> None:
    cheaper = line("BIS", "10", "390")
    said = record(yes(cheaper), yes(cheaper), decided=(cheaper,))
    papers = [order(cheaper, number=number, approvals=[approval("390")]) for number in ("M26000001", "M26000002")]
    assert wrong(*papers, said=said) == {Wrong.USED_TWICE}


def test_credit_is_let_go_for_one_order_or_raised_for_a_while() -> None:
    papers = [order(BIS, customer="C4", number=number) for number in ("M26000001", "M26000002")]
    released = Record(yeses=[yes(BIS, customer="C4"), yes(BIS, customer="C4")], released={"M26000001"})
    assert wrong(*papers, said=released) == {Wrong.CREDIT}
    raised = Raised(customer="C4", limit=Decimal(4200), begins=EARLIER, ends=AT)
    assert wrong(papers[0], said=replace(released, released=set(), raised=[raised])) == set()
    assert wrong(*papers, said=replace(released, released=set(), raised=[raised])) == {Wrong.CREDIT}


def test_open_orders_of_the_erp_count_once() -> None:
    listed = "E1,,C4,BIS,CASE,2,0,0,400\n"
    small = order(line("BIS", "1", "4.5", uom="PKT", list_price="4.5"), customer="C4", number="M26000002")
    assert wrong(small, files=book(orders=listed)) == set()
    more = order(line("BIS", "1", "400"), customer="C4", number="M26000002")
    assert wrong(more, files=book(orders=listed)) == {Wrong.CREDIT}
    assert wrong(more, files=book(orders=listed.replace(",2,0,0,", ",2,2,0,"))) == set()


def test_a_summary_is_read_as_its_reader_did() -> None:
    text = (
        "Aapka order, dekh lijiye:\n1. Kutku-G Glucose Biscuit 50 g – 20 CASE × ₹555.43 = ₹11,108.60\n"
        "2. ❓ “maggi”: kaun sa?\n   a) Maggi 70 g – 3 CASE\n\nTotal ₹11,108.60 + GST ₹555.43 (andaaz) = ₹11,664.03"
    )
    (only,) = seen_lines(text)
    assert (only.name, only.qty, only.uom, only.price) == (
        "Kutku-G Glucose Biscuit 50 g", Decimal(20), "CASE", Decimal("555.43"),
    )  # fmt: skip


def test_finance_decides_beside_one_person_at_the_top_and_the_top_never_for_itself() -> None:
    deep = line("BIS", "10", "355")
    by_finance = order(deep, ordered_by="Third", approvals=[approval("355", by="Money")])
    assert wrong(by_finance) == set()
    assert wrong(by_finance, files=book(people="8,Fourth,,approver:3,P,yes,\n")) == {Wrong.APPROVER}
    assert wrong({**by_finance, "approvals": [approval("355", by="Third")]}) == set()
    deeper = line("BIS", "10", "350")
    assert wrong(order(deeper, ordered_by="Third", approvals=[approval("350", by="Third")])) == {Wrong.APPROVER}


def test_who_decides_for_somebody_may_what_he_may() -> None:
    deep = order(line("BIS", "10", "355"), approvals=[approval("355", by="Buyer")])
    deep["ordered_by"] = "Rep"
    handed = [
        Delegated(giver="Third", taker="Second", begins=EARLIER, ends=AT),
        Delegated(giver="Second", taker="Buyer", begins=EARLIER, ends=AT),
    ]
    assert Wrong.APPROVER in wrong(deep, said=Record())
    assert Wrong.APPROVER not in wrong(deep, said=Record(delegated=handed))
    over = [replace(one, ends=EARLIER - (AT - EARLIER)) for one in handed]
    assert Wrong.APPROVER in wrong(deep, said=Record(delegated=over))


def change(*diff: Json, **more: Any) -> Json:
    """What is to become of the first order."""
    made = {"number": "M26000009", "order": "M26000001", "revision": 1, "diff": list(diff), "ordered_by": "Buyer"}
    return {**made, "approvals": [], "message_ids": [], **more}


def of_change(changed: Json, *, told: str = "", at: datetime = AT) -> set[Wrong]:
    """What the checker says against an order of ten cases of biscuits at list, changed."""
    seen_change = Amended(order="M26000001", revision=1, at=at, by="Buyer", text=told)
    said = Record(yeses=[yes(BIS)], amended=[seen_change] if told else [])
    papers = replace(Papers.of(order(BIS)), changes=[changed])
    return {one.wrong for one in Checker(library=Library.of(book()), record=said).objections(papers)}


def test_a_change_is_judged_by_what_it_touches_and_by_what_was_seen() -> None:
    more = {"line": 1, "op": "set", "sku": "BIS", "qty": "50", "uom": "CASE", "price": "390", "list_price": "390"}
    assert of_change(change(more), told="10 → 50 CASE × ₹390") == set()
    assert of_change(change(more), told="10 → 50 CASE × ₹385") == {Wrong.UNCONFIRMED}
    assert of_change(change(more)) == {Wrong.UNCONFIRMED}
    cheap = {**more, "qty": "9"}
    assert of_change(change(cheap), told="10 → 9 CASE × ₹390") == {Wrong.LIST_PRICE, Wrong.NET}
    added = {**more, "line": 2, "op": "add", "sku": "TIN", "qty": "4", "uom": "PCS", "price": "80", "list_price": "100"}
    assert of_change(change(added), told="4 PCS × ₹80") == {Wrong.NET, Wrong.FLOOR}
    allowed = change(added, approvals=[approval("80", by="Third", no=2)])
    assert of_change(allowed, told="4 PCS × ₹80") == set()
    gone = {**W12, "line": 2, "op": "add", "base_line": 7}
    assert of_change(change(gone), told="x") == {Wrong.FREE_BASE}
