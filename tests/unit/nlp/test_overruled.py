"""Intents that hold whatever the fitted weights say."""

import pytest

from nlp.values import Intent
from tests.unit.nlp.plant import reading


@pytest.mark.parametrize(
    "text",
    [
        "35000 phone pe kr diye h ji dekh lo ek bar",
        "veer ji 1,50,000 RTGS kar ditte, UTR check kar leyo",
        "जी 18000 का चेक डिपो पर दे दिया है",
        "ನಿನ್ನೆ 18,000 ಗೂಗಲ್ ಪೇ ಮಾಡಿದ್ದೇನೆ ಸರ್",
        "dada aaj 25000 gpay korlam",
    ],
)
def test_a_sum_and_how_it_was_paid_is_a_payment(text: str) -> None:
    assert reading(text).intent is Intent.PAYMENT_REPORT


@pytest.mark.parametrize(
    "text",
    [
        "marie 120 50 case lunga, 5% aur chhodo",
        "marie 120 pe 4% aur doge to 50 case lunga",
        "marie 120 ki 3% thaggiste 20 case teesukunta",
    ],
)
def test_what_would_be_taken_at_a_discount_is_no_order(text: str) -> None:
    found = reading(text)
    assert (found.intent, found.lines) == (Intent.DISCOUNT_REQUEST, ())
    assert "discount_percent" in found.slots


@pytest.mark.parametrize(
    "text", ["whats ur rate on marie 120 if i take 10 case?", "marie 120 ka kya rate padega 100 case pe"]
)
def test_a_price_asked_with_an_amount_is_no_order(text: str) -> None:
    assert reading(text).intent is Intent.PRICE_QUERY


def test_an_order_that_also_asks_a_price_stays_an_order() -> None:
    assert reading("marie 120 10 case aur nutri 70 5 case bhej do, kya rate hai").intent is Intent.ORDER


def test_what_follows_a_greeting_counts() -> None:
    assert reading("salam, marie 120 10 case chahiye bhai jaan").intent is Intent.ORDER
    assert reading("Good morning. Kindly cancel yesterday's order, sorry for the trouble").intent is Intent.CANCEL_ORDER
    assert reading("good morning").intent is Intent.GREETING


def test_a_cancelled_order_is_not_repeated() -> None:
    assert reading("kalchi order cancel kara, malkane dusrikadun ghetla").intent is Intent.CANCEL_ORDER


def test_a_forwarded_tip_is_no_order_and_a_forwarded_order_is() -> None:
    tip = "Fwd: Health tip: drink 2 glasses of warm water with marie daily, walk far and stay away from the doctor"
    assert reading(tip).intent is Intent.OTHER
    assert reading("Fwd: marie 120 10 case").intent is Intent.ORDER
