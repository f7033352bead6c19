"""The measuring itself: joined orders, calibration, what is a drop and what is noise, the record kept."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nlp.evaluation import record
from nlp.evaluation.calibration import bins, calibration_error, error_by_chance, plot
from nlp.evaluation.corpus import Plant
from nlp.evaluation.left_out import Fitted, LeftOut
from nlp.evaluation.long_orders import different, joined, once, own, repeated
from nlp.evaluation.record import Drop, drops
from nlp.evaluation.scoring import Share
from nlp.values import AliasRecord
from tests.unit.nlp.plant import catalogue


def order(number: int, *skus: str, customer: str = "C1", **more: Any) -> dict[str, Any]:
    return {
        "id": f"m{number}",
        "text": "\n".join(f"{sku} 5" for sku in skus),
        "customer": customer,
        "role": "buyer",
        "sent_at": "2026-11-21T10:00:00+05:30",
        "expect": {"intent": "order", "lines": [{"sku": sku, "quantity": "5", "uom": "BOX"} for sku in skus], **more},
    }


def plant(*messages: Mapping[str, Any]) -> Plant:
    own_names = (AliasRecord(customer="C1", phrase="wahi", sku="A"),)
    return Plant(Path("some"), catalogue(), {"C1": own_names}, {}, messages)


# --- long orders --------------------------------------------------------------------------------------------------


def test_a_joined_order_has_the_texts_under_each_other_and_all_labels() -> None:
    message = joined([order(1, "A", "B"), order(2, "C")])
    assert message["text"] == "A 5\nB 5\nC 5"
    assert [label["sku"] for label in message["expect"]["lines"]] == ["A", "B", "C"]
    assert message["customer"] == "C1"


def test_messages_are_repeated_until_there_are_lines_enough() -> None:
    parts = repeated([order(1, "A", "B"), order(2, "C")], 5)
    assert [part["id"] for part in parts] == ["m1", "m2", "m1"]


def test_different_messages_share_no_item_not_even_one_to_be_asked() -> None:
    asks = order(2, "C")
    asks["expect"]["lines"].append({"ask": True, "candidates": ["A", "D"], "why": "two"})
    parts = different([order(1, "A", "B"), asks, order(3, "D", "E")], 4)
    assert [part["id"] for part in parts] == ["m1", "m3"]
    assert different([order(1, "A", "B"), asks], 4) == []


def test_a_customer_of_few_lines_and_a_message_that_names_a_day_are_not_joined() -> None:
    few = plant(order(1, "A"), order(2, "B"))
    dated = plant(*(order(at, *"ABCDE", requested_on="2026-11-23") for at in range(5)))
    assert list(own(few, 20)) == list(own(dated, 20)) == []
    assert len(list(own(plant(*(order(at, *"ABCDE") for at in range(5))), 20))) == 1


def test_an_order_of_several_customers_is_read_with_the_habits_of_all_and_is_always_the_same() -> None:
    made = plant(*(order(at, f"S{at}", customer=f"C{at % 3}") for at in range(40)))
    first, again = list(once(made, 20)), list(once(made, 20))
    assert [one.message for one in first] == [one.message for one in again]
    assert all(part["customer"] == first[0].message["customer"] for part in first[0].parts)
    speaker = first[0].plant.speaker(first[0].message["customer"], "buyer")
    assert [alias.phrase for alias in speaker.aliases] == ["wahi"]


# --- calibration --------------------------------------------------------------------------------------------------


def test_bins_are_of_about_equal_count_and_tear_no_confidence_apart() -> None:
    made = bins([(0.9, True)] * 50 + [(at / 1000, True) for at in range(50)], 10)
    assert [one.right.of for one in made] == [10, 10, 10, 10, 10, 50]


def test_a_reader_that_is_as_often_right_as_it_says_has_no_calibration_error() -> None:
    sure = [(0.9, at % 10 != 0) for at in range(100)] + [(0.5, at % 2 == 0) for at in range(100)]
    assert calibration_error(bins(sure, 2)) == pytest.approx(0.0)


def test_the_calibration_error_is_the_mean_distance_over_lines() -> None:
    lines = [(0.9, True)] * 30 + [(0.6, True)] * 5 + [(0.6, False)] * 5
    assert calibration_error(bins(lines, 4)) == pytest.approx((30 * 0.1 + 10 * 0.1) / 40)


def test_no_lines_have_no_calibration_error() -> None:
    assert calibration_error(bins([])) == error_by_chance(bins([])) == 0.0


def test_the_plot_shows_a_point_a_bin_within_the_frame() -> None:
    drawn = plot(bins([(0.8, True)] * 9 + [(0.8, False)] + [(0.99, True)] * 10, 2), "title")
    assert drawn.count("<circle") == 2
    assert "title" in drawn


def test_the_interval_is_wilsons() -> None:
    assert Share(8, 10).interval() == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert Share(0, 0).interval() == (0.0, 1.0)


# --- what is a drop -----------------------------------------------------------------------------------------------


def test_a_drop_is_beyond_noise_only_if_clearly_more_messages_become_worse() -> None:
    def beyond(worse: int, better: int) -> bool:
        return Drop(fault="wrong", before=0, now=0, worse=worse, better=better).beyond_noise

    assert beyond(7, 0)
    assert beyond(20, 6)
    assert not beyond(6, 0)
    assert not beyond(12, 8)
    assert not beyond(0, 30)
    assert not beyond(0, 0)


def test_messages_are_compared_each_with_itself() -> None:
    none = dict.fromkeys(record.FAULTS, 0)
    before = {"a": {**none, "wrong": 1}, "b": {**none, "asked": 2}}
    now = {"b": {**none, "asked": 1}, "c": {**none, "wrong": 1, "broken": 1}}
    found = {drop.fault: (drop.before, drop.now, drop.worse, drop.better) for drop in drops(before, now)}
    assert found == {"broken": (0, 1, 1, 0), "wrong": (1, 1, 1, 1), "lost": (0, 0, 0, 0), "asked": (2, 1, 0, 1)}


def test_outcomes_come_back_as_they_were_written(tmp_path: Path) -> None:
    kept = {"a": {"broken": 1, "wrong": 0, "lost": 2, "asked": 3}}
    record.write_outcomes(kept, tmp_path / "outcomes.csv")
    assert record.read_outcomes(tmp_path / "outcomes.csv") == kept


def test_a_row_is_added_below_the_earlier_ones(tmp_path: Path) -> None:
    for change in ("first", "second, with a comma"):
        row = record.row_of(change, date(2026, 11, 21), shipped=[], left_out=[], calibration=0.03)
        record.append(row, tmp_path / "accuracy.csv")
    assert [row["change"] for row in record.rows(tmp_path / "accuracy.csv")] == ["first", "second, with a comma"]
    assert list(record.rows(tmp_path / "accuracy.csv")[0]) == list(record.COLUMNS)


# --- leave one plant out ------------------------------------------------------------------------------------------


def test_each_plant_is_read_with_what_the_others_say_and_so_are_its_samples() -> None:
    heard: list[object] = []

    @contextmanager
    def using(value: object) -> Iterator[None]:
        heard.append(value)
        yield
        heard.pop()

    def samples_of_second(one: Plant) -> list[str]:
        return [f"{one.name} heard {heard[-1]}"]

    plants = [Plant(Path(name), catalogue(), {}, {}, ()) for name in ("a", "b", "c")]
    first = Fitted(name="first", samples=lambda one: [one.name], fit="+".join, using=using)
    second = Fitted(name="second", samples=samples_of_second, fit="; ".join, using=using)
    left_out = LeftOut(plants, [first, second])
    with left_out.without("a"):
        assert heard == ["b+c", "b heard a+c; c heard a+b"]
    assert heard == []
