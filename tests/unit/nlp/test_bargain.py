"""What is asked of a price on an open list is told from orders and from everything else."""

import pytest

from nlp.bargain import price_wishes


def said(text: str) -> str:
    """Its wishes, written shortly."""
    parts = []
    for one in price_wishes(text):
        what = f"@{one.price}" if one.price else f"{one.percent}%" if one.percent else ""
        what += f"{one.free[0]}+{one.free[1]}" if one.free else ""
        which = " ".join(map(str, one.numbers)) or one.item_words
        parts.append(" ".join(part for part in (what, f"of {which}" if which else "", one.reason) if part))
    return "; ".join(parts)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("rate 235 lagao", "@235"),
        ("235 lagao", "@235"),
        ("545 final karo", "@545"),
        ("रेट 540 लगाओ", "@540"),
        ("2% aur do", "2%"),
        ("2% और दो", "2%"),
        ("10+1 dena", "10+1"),
        ("10 pe 1 free do", "10+1"),
        ("line 2 ka rate 540", "@540 of 2"),
        ("rate 900 lagao line 2", "@900 of 2"),
        ("kutku g ka rate 540 lagao", "@540 of kutku g"),
        ("1 ka rate 540, 2 ka 1000", "@540 of 1; @1000 of 2"),
        ("rate 235 lagao, competitor 230 de raha hai", "@235 competitor 230 de raha hai"),
        ("competitor 230 de raha hai, rate 235 lagao", "@235 competitor 230 de raha hai"),
        ("2% discount chahiye bulk hai", "2% bulk hai"),
    ],
)
def test_a_wish_is_read(text: str, wish: str) -> None:
    assert said(text) == wish


@pytest.mark.parametrize(
    "text",
    [
        "20 peti kutku g chota rate 540 lagao",  # a line of an order with its price
        "3 peti maggi aur rate 540",
        "10 peti aur",
        "2 number wali 540 kar do",  # a quantity
        "competitor 230 de raha hai",
        "rate kya hai",
        "90% kam karo",
        "5+1 @540",
    ],
)
def test_whatever_says_more_or_less_is_none(text: str) -> None:
    assert price_wishes(text) == ()
