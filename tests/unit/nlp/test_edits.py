from decimal import Decimal

import pytest

from nlp.values import Change, ChangeOp, Context, DraftLine, Intent, Status
from tests.unit.nlp.plant import BUYER, reading

DRAFT = (
    DraftLine(sku="MR-120", quantity=Decimal(10), uom="CASE", source="10 case marie 120"),
    DraftLine(sku="NM-070", quantity=Decimal(5), uom="CASE", source="lachhi 5 case"),
    DraftLine(sku="AT-10", quantity=Decimal(20), uom="BAG", source="atta 10 kg 20"),
)


def edits(text: str, draft: tuple[DraftLine, ...] = DRAFT, quoted: str | None = None) -> tuple[Change, ...]:
    found = reading(text, BUYER, Context(draft=draft, quoted=quoted))
    assert found.intent is Intent.CHANGE_ORDER
    assert found.lines == ()
    return found.changes


def change(op: ChangeOp, sku: str | None, quantity: int | None = None, uom: str | None = None) -> Change:
    return Change(op=op, sku=sku, quantity=None if quantity is None else Decimal(quantity), uom=uom)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 number wali 30 kar do", change(ChangeOp.SET, "NM-070", 30, "CASE")),
        ("2 number wali 5 aur badha do", change(ChangeOp.ADD, "NM-070", 5, "CASE")),
        ("2 number wali 5 peti aur kar do", change(ChangeOp.ADD, "NM-070", 5, "CASE")),
        ("line 3 ko 11 karo", change(ChangeOp.SET, "AT-10", 11, "BAG")),
        ("make line 2 9 case", change(ChangeOp.SET, "NM-070", 9, "CASE")),
        ("2 no. ko 15 kar do", change(ChangeOp.SET, "NM-070", 15, "CASE")),
        ("pehli line 15 karo", change(ChangeOp.SET, "MR-120", 15, "CASE")),
        ("last wali hata do", change(ChangeOp.REMOVE, "AT-10")),
        ("3 number hata do", change(ChangeOp.REMOVE, "AT-10")),
        ("remove lachhi", change(ChangeOp.REMOVE, "NM-070")),
        ("lachhi hata do", change(ChangeOp.REMOVE, "NM-070")),
        ("20 ki jagah 30", change(ChangeOp.SET, "AT-10", 30, "BAG")),
        ("marie 120 double kar do", change(ChangeOp.SET, "MR-120", 20, "CASE")),
        ("marie 2 kam kar do", change(ChangeOp.SUBTRACT, "MR-120", 2, "CASE")),
    ],
)
def test_an_edit_names_its_line(text: str, expected: Change) -> None:
    assert edits(text) == (expected,)


def test_an_item_may_be_put_in_place_of_another() -> None:
    (made,) = edits("marie 120 ki jagah kesar rusk 300 kar do")
    assert (made.op, made.sku, made.with_sku) == (ChangeOp.REPLACE, "MR-120", "RS-300")


def test_a_line_number_without_a_draft_is_never_a_yes() -> None:
    assert edits("3 number wali 10 kar do", ()) == (change(ChangeOp.SET, None, 10),)


def test_an_amount_that_no_line_of_the_draft_has_leaves_the_item_open() -> None:
    assert edits("77 ki jagah 30") == (change(ChangeOp.SET, None, 30),)


def test_two_less_means_the_only_line() -> None:
    assert edits("wahi, 2 kam", DRAFT[:1]) == (change(ChangeOp.SUBTRACT, "MR-120", 2, "CASE"),)


def test_two_less_means_the_line_that_is_quoted() -> None:
    assert edits("2 kam kar do", quoted="lachhi 5 case") == (change(ChangeOp.SUBTRACT, "NM-070", 2, "CASE"),)


def test_more_goods_while_a_draft_is_open_are_lines() -> None:
    found = reading("aur 4 peti kesar rusk 300", BUYER, Context(draft=DRAFT))
    assert [(line.sku, line.quantity) for line in found.lines] == [("RS-300", 4)]
    assert found.changes == ()


def test_an_edit_and_more_goods_come_in_one_message() -> None:
    found = reading("2 number wali 12 kar do aur 4 peti kesar rusk 300", BUYER, Context(draft=DRAFT))
    assert found.changes == (change(ChangeOp.SET, "NM-070", 12, "CASE"),)
    assert [line.sku for line in found.lines] == ["RS-300"]


def test_an_edit_of_a_standing_order_is_read_without_a_draft() -> None:
    found = reading("kal wale order me marie 120 10 ki jagah 15 case kar do")
    assert found.intent is Intent.CHANGE_ORDER
    assert found.changes == (change(ChangeOp.SET, "MR-120", 15, "CASE"),)


SET_2 = change(ChangeOp.SET, "NM-070", 30, "CASE")
CUT_1, CUT_2, CUT_3 = (change(ChangeOp.REMOVE, sku) for sku in ("MR-120", "NM-070", "AT-10"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 ko 30 kar do", (SET_2,)),
        ("2: 30 kar do", (SET_2,)),
        ("make 2nd one 30", (SET_2,)),
        ("nahi, 2 number wali 30 kar do", (SET_2,)),
        ("2 number 30 peti", (SET_2,)),
        ("2 no 30, 3 no 40", (SET_2, change(ChangeOp.SET, "AT-10", 40, "BAG"))),
        ("dusra 30", (SET_2,)),
        ("3 hata do", (CUT_3,)),
        ("2 wali hata do", (CUT_2,)),
        ("haan 2 wali hata do", (CUT_2,)),
        ("1 aur 3 hata do", (CUT_1, CUT_3)),
        ("1, 2 hata do", (CUT_1, CUT_2)),
        ("remove 3", (CUT_3,)),
        ("delete line 1", (CUT_1,)),
        ("2nd line remove", (CUT_2,)),
        ("no 2 cancel kar do", (CUT_2,)),
        ("last wala cancel", (CUT_3,)),
        ("akhri wala nahi chahiye", (CUT_3,)),
        ("2 number nahi chahiye", (CUT_2,)),
        ("line 4 ko 11 karo", (change(ChangeOp.SET, None, 11),)),
    ],
)
def test_lines_named_by_number_alone_are_edits_and_never_a_yes(text: str, expected: tuple[Change, ...]) -> None:
    assert edits(text) == expected


def test_a_line_that_is_not_there_is_not_removed() -> None:
    found = reading("7 hata do", BUYER, Context(draft=DRAFT))
    assert (found.intent is Intent.YES, found.changes) == (False, ())


def test_an_amount_of_goods_is_no_line_number() -> None:
    assert reading("2 case hata do", BUYER, Context(draft=DRAFT)).changes == ()


def test_a_yes_with_an_amount_leaves_the_amount_over() -> None:
    text = "haan 30 kar do"
    found = reading(text, BUYER, Context(draft=DRAFT))
    assert (found.intent, [text[start:end] for start, end in found.left_over]) == (Intent.YES, ["30"])


@pytest.mark.parametrize("text", ["cancel kar do", "haan cancel kar do", "hata do"])
def test_what_cancels_or_removes_is_never_a_yes(text: str) -> None:
    assert reading(text, BUYER, Context(draft=DRAFT)).intent is not Intent.YES


LONG = "9" * 31


@pytest.mark.parametrize(
    "text",
    [
        f"1 number wali {LONG} kar do",
        f"1 number wali 30 {LONG} kar do",
        f"1 ko {LONG} kar do",
        f"line 1 {LONG} karo",
        "1 number wali 1000000000 kar do",
        f"marie 120 {LONG} kar do",
        f"20 ki jagah {LONG} kar do",
    ],
)
def test_a_number_too_long_for_an_amount_changes_nothing(text: str) -> None:
    found = reading(text, BUYER, Context(draft=DRAFT))
    assert found.changes == ()
    assert found.intent is not Intent.YES
    assert found.left_over or any(line.doubt for line in found.lines)


def test_an_edit_that_is_read_leaves_one_with_too_long_a_number_over() -> None:
    text = f"1 number wali 30 kar do aur 2 number wali {LONG} kar do"
    found = reading(text, BUYER, Context(draft=DRAFT))
    assert found.changes == (change(ChangeOp.SET, "MR-120", 30, "CASE"),)
    assert LONG in [text[start:end] for start, end in found.left_over]


VERBS = ("kar do", "kr do", "de do", "bhej do", "hata do", "likh do", "laga do", "rakh do", "कर दो", "badha do")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("after", ["", " bhai", ", jaldi", "\nthanks"])
def test_do_behind_the_stem_of_a_verb_is_no_two(verb: str, after: str) -> None:
    found = reading(f"1 number wali {verb}{after}", BUYER, Context(draft=DRAFT))
    assert not any(made.quantity for made in found.changes)
    assert not any(line.quantity == 2 for line in found.lines)
    assert found.intent is not Intent.YES


def test_do_is_two_where_it_stands_for_itself() -> None:
    assert edits("1 number wali do kar do") == (change(ChangeOp.SET, "MR-120", 2, "CASE"),)
    assert edits("1 number wali kar do peti") == (change(ChangeOp.SET, "MR-120", 2, "CASE"),)


def test_goods_named_beside_a_line_number_are_no_new_amount() -> None:
    found = reading("2 number wala marie 120 kar do", BUYER, Context(draft=DRAFT))
    assert not found.changes
    assert all(line.status is not Status.MATCHED for line in found.lines)
