from decimal import Decimal

import pytest

from nlp.values import Context, DraftLine, Intent, Status
from tests.unit.nlp.plant import BUYER, reading

BROKEN, PAID, PRICE = Intent.COMPLAINT, Intent.PAYMENT_REPORT, Intent.PRICE_QUERY


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        (
            "kal 2 peti toota nikla, 50 hazaar bhej diya, aur 20 peti marie 120 bhej do",
            [(BROKEN, "kal 2 peti toota nikla"), (PAID, "50 hazaar bhej diya")],
        ),
        (
            "kal 2 peti toota nikla 50 hazaar bhej diya aur 20 peti marie 120 bhej do",
            [(BROKEN, "kal 2 peti toota nikla"), (PAID, "50 hazaar bhej diya")],
        ),
        ("20 peti marie 120 bhej do, kal 2 peti toota nikla", [(BROKEN, "kal 2 peti toota nikla")]),
        ("20 peti marie 120 bhej do kal 2 peti toota nikla", [(BROKEN, "kal 2 peti toota nikla")]),
        (
            "20 peti marie 120 bhej do\nkal 2 peti toota nikla\n50 hazaar bhej diya",
            [(BROKEN, "kal 2 peti toota nikla"), (PAID, "50 hazaar bhej diya")],
        ),
        ("50 hazaar bhej diya, 20 peti marie 120 bhej do", [(PAID, "50 hazaar bhej diya")]),
        (
            "50 hazaar bhej diya 20 peti marie 120 bhej do lachhi ka rate kya hai",
            [(PAID, "50 hazaar bhej diya"), (PRICE, "lachhi ka rate kya hai")],
        ),
        (
            "yesterday 2 cases came broken, sent 50000 by neft, please send 20 case marie 120",
            [(BROKEN, "yesterday 2 cases came broken"), (PAID, "sent 50000 by neft")],
        ),
        (
            "yesterday 2 cases came broken sent 50000 by neft please send 20 case marie 120",
            [(BROKEN, "yesterday 2 cases came broken"), (PAID, "sent 50000 by neft")],
        ),
        (
            "please send 20 case marie 120. 2 cases were damaged yesterday. paid 50000 by neft",
            [(BROKEN, "2 cases were damaged yesterday"), (PAID, "paid 50000 by neft")],
        ),
    ],
)
def test_an_order_keeps_its_lines_beside_other_matters(text: str, beside: list[tuple[Intent, str]]) -> None:
    found = reading(text)
    (line,) = found.lines
    assert (found.intent, line.status) == (Intent.ORDER, Status.MATCHED)
    assert (line.sku, line.quantity, line.uom) == ("MR-120", 20, "CASE")
    assert text[line.span[0] : line.span[1]] == line.source
    assert [(matter.intent, text[matter.span[0] : matter.span[1]]) for matter in found.also] == beside
    assert (found.requested_on, found.left_over) == (None, ())


def test_a_matter_between_two_lines_takes_neither() -> None:
    found = reading("20 case marie 120, 50 hazaar bhej diya, 5 case lachhi")
    assert [(line.sku, line.quantity) for line in found.lines] == [("MR-120", 20), ("NM-070", 5)]
    assert [(matter.intent, matter.slots) for matter in found.also] == [(PAID, {"payment_amount": "50000"})]


def test_a_question_between_two_lines_names_its_item() -> None:
    found = reading("20 case marie 120\nlachhi ka rate kya hai\n5 case kesar rusk 300")
    assert [line.sku for line in found.lines] == ["MR-120", "RS-300"]
    assert [(matter.intent, matter.slots) for matter in found.also] == [(PRICE, {"sku": "NM-070"})]


def test_an_edit_keeps_its_change_beside_a_payment() -> None:
    draft = (DraftLine(sku="NM-070", quantity=Decimal(5), uom="CASE"),)
    found = reading("1 number wali 30 kar do, 50 hazaar bhej diya", BUYER, Context(draft=draft))
    assert (found.intent, len(found.changes)) == (Intent.CHANGE_ORDER, 1)
    assert [matter.intent for matter in found.also] == [PAID]


@pytest.mark.parametrize(
    "text",
    [
        "pichle hafte 10 case marie 120 aaya tha, usme 2 case toota nikla",
        "2 peti marie 120 toota nikla, uske badle 2 peti bhej do",
        "we ordered 10 case marie 120, 2 case came damaged",
        "10 case marie 120, 5 case lachhi toota nikla",
    ],
)
def test_goods_that_a_complaint_may_speak_of_are_never_posted(text: str) -> None:
    assert all(line.status is not Status.MATCHED for line in reading(text).lines)


@pytest.mark.parametrize(("text", "intent"), [("kal 2 peti toota nikla", BROKEN), ("50 hazaar bhej diya", PAID)])
def test_one_matter_alone_is_no_order(text: str, intent: Intent) -> None:
    found = reading(text)
    assert (found.intent, found.lines, found.also) == (intent, (), ())
