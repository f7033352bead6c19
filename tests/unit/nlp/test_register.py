"""Questions about the order book are told from orders and from everything else."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from nlp import register_question
from nlp.catalogue import Catalogue, build_catalogue
from nlp.values import CustomerRecord
from tests.unit.nlp.plant import ITEMS

CORPORA = Path(__file__).parents[2]
TODAY = date(2026, 11, 21)
FIRMS = (
    CustomerRecord(code="C1", name="Sharma Traders", city="Lucknow"),
    CustomerRecord(code="C2", name="Sharma Kirana", city="Indore"),
    CustomerRecord(code="C3", name="Lucknow Confectionery House", city="Kanpur"),
    CustomerRecord(code="C4", name="Kothari Agencies", city="Ujjain"),
)


@pytest.fixture(scope="module")
def house() -> Catalogue:
    return build_catalogue(1, ITEMS, [], FIRMS)


@pytest.mark.parametrize(
    ("text", "pending", "day", "customers"),
    [
        ("pending Sharma", True, None, "C1 C2"),
        ("Sharma traders ka pending dikhao", True, None, "C1"),
        ("pending", True, None, ""),
        ("pending orders sharma indore?", True, None, "C2"),
        ("Kothari ka kya baki hai", True, None, "C4"),
        ("पेंडिंग शर्मा", True, None, "C1 C2"),
        ("kothri pending", True, None, "C4"),
        ("aaj ke order Lucknow", False, TODAY, "C1 C3"),
        ("Today's orders", False, TODAY, ""),
        ("kal ke orders sharma", False, date(2026, 11, 20), "C1 C2"),
        ("आज के ऑर्डर लखनऊ", False, TODAY, "C1 C3"),
        ("orders 18/11", False, date(2026, 11, 18), ""),
        ("20 nov ke order kothari", False, date(2026, 11, 20), "C4"),
        ("orders of 25 dec", False, date(2025, 12, 25), ""),
    ],
)
def test_a_question_names_what_of_whom(
    house: Catalogue, text: str, pending: bool, day: date | None, customers: str
) -> None:
    found = register_question(text, house, today=TODAY)
    assert found is not None
    assert (found.pending, found.day, " ".join(found.customers)) == (pending, day, customers)


@pytest.mark.parametrize(
    "text",
    [
        "aaj ka order 20 peti glucose",
        "aaj ke order bhej do",
        "pending order cancel kar do",
        "20 case pending",
        "baki sab",
        "baki kal",
        "Sharma ka order",
        "order",
        "haan",
        "aaj",
        "pending wala maal kab aayega",
        "aaj ke order\n5 peti parag",
        "kal ka order repeat",
        "",
    ],
)
def test_whatever_says_more_or_less_is_no_question_about_the_book(house: Catalogue, text: str) -> None:
    assert register_question(text, house, today=TODAY) is None


def test_no_message_of_the_labelled_corpora_is_taken_for_one() -> None:
    taken = []
    for messages in sorted(CORPORA.glob("corpus*/*/messages.jsonl")):
        with (messages.parent / "customers.csv").open(encoding="utf-8-sig", newline="") as file:
            firms = [
                CustomerRecord(code=row["code"], name=row["name"], city=row["city"]) for row in csv.DictReader(file)
            ]
        plant = build_catalogue(1, ITEMS, [], firms)
        texts = [json.loads(line)["text"] for line in messages.read_text(encoding="utf-8").splitlines()]
        taken += [text for text in texts if register_question(text, plant, today=TODAY)]
    assert taken == []
