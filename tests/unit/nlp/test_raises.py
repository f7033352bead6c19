"""What finance types as another limit of credit."""

from datetime import date
from decimal import Decimal

import pytest

from nlp.raises import RaiseWanted, raise_wanted

TODAY = date(2026, 11, 21)
NOV_30 = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "amount", "until"),
    [
        ("3 lakh 30 nov tak", 300_000, NOV_30),
        ("3,00,000 till 30/11", 300_000, NOV_30),
        ("₹4,50,000 30-11-2026", 450_000, NOV_30),
        ("till 30th november to 3.5 lakh", 350_000, NOV_30),
        ("2026-11-30 300000", 300_000, NOV_30),
        ("3 लाख 30 नवंबर तक", 300_000, NOV_30),
        ("३ लाख", 300_000, None),
        ("275000 7 days", 275_000, date(2026, 11, 28)),
        ("275k 2 hafte ke liye", 275_000, date(2026, 12, 5)),
        ("limit 1.2 crore kar do mahine ke end tak", 12_000_000, NOV_30),
        ("5 jan tak", None, date(2027, 1, 5)),
        ("kal tak 260000", 260_000, date(2026, 11, 22)),
        ("2,57,173.50 month end", Decimal("257173.50"), NOV_30),
    ],
)
def test_an_amount_and_a_day_are_read(text: str, amount: int | None, until: date | None) -> None:
    expected = None if amount is None else Decimal(amount)
    assert raise_wanted(text, today=TODAY) == RaiseWanted(amount=expected, until=until)


def test_so_much_more_is_told_from_to_so_much() -> None:
    assert raise_wanted("50000 more till 30 nov", today=TODAY) == RaiseWanted(
        amount=Decimal(50_000), by=True, until=NOV_30
    )
    assert raise_wanted("+50000", today=TODAY) == RaiseWanted(amount=Decimal(50_000), by=True)


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "nahi",
        "",
        "3 lakh or 4 lakh",
        "3 lakh if he pays",
        "31/02 3 lakh",
        "20/11/2026 3 lakh",
        "20/11/2029 3 lakh",
        "20 peti kutku g",
        "30 nov 5 dec 3 lakh",
        "3 lakh haan par pehle payment lo",
        "7",
    ],
)
def test_whatever_says_more_or_less_is_none(text: str) -> None:
    assert raise_wanted(text, today=TODAY) is None
