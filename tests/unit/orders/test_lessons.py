"""What chats teach: proposed when it is always so, a conflict when it is not, nothing when it was seen once."""

from datetime import date

from orders.lessons import Lesson, weigh


def lesson(words: str, sku: str, day: int, *, firm: str = "C001", known: bool = False) -> Lesson:
    return Lesson(
        party_code=firm,
        words=words,
        sku=sku,
        day=date(2026, 10, day),
        said=f"10 {words}",
        keyed=f"SO{day}: 10 CASE {sku}",
        known=known,
    )


def test_the_same_meaning_on_two_days_is_proposed_with_its_evidence() -> None:
    [one] = weigh([lesson("Tiger wala", "PG-140", 1), lesson("tiger  wala", "PG-140", 5)]).proposals
    assert (one.party_code, one.phrase, one.sku, one.times) == ("C001", "tiger wala", "PG-140", 2)
    assert [found.keyed for found in one.lessons] == ["SO1: 10 CASE PG-140", "SO5: 10 CASE PG-140"]


def test_twice_in_a_day_counts_once() -> None:
    weighed = weigh([lesson("tiger", "PG-140", 1), lesson("tiger", "PG-140", 1)])
    assert not weighed.proposals
    assert [one.phrase for one in weighed.too_seldom] == ["tiger"]


def test_two_meanings_are_a_conflict_and_proposed_to_nobody() -> None:
    weighed = weigh([lesson("tiger", "PG-140", 1), lesson("tiger", "PG-140", 2), lesson("tiger", "PG-070", 3)])
    assert not weighed.proposals
    [conflict] = weighed.conflicts
    assert {sku: len(found) for sku, found in conflict.lessons.items()} == {"PG-140": 2, "PG-070": 1}


def test_words_that_were_read_rightly_teach_nothing_but_contradict() -> None:
    assert weigh([lesson("tiger", "PG-140", day, known=True) for day in (1, 2)]) == weigh([])
    weighed = weigh([lesson("tiger", "PG-140", day) for day in (1, 2)] + [lesson("tiger", "PG-070", 3, known=True)])
    assert not weighed.proposals
    assert weighed.conflicts


def test_what_three_firms_agree_on_is_proposed_for_everyone_unless_a_fourth_denies_it() -> None:
    agreed = [lesson("tiger", "PG-140", 1, firm=f"C00{number}") for number in (1, 2, 3)]
    [one] = weigh(agreed).proposals
    assert (one.party_code, one.phrase, one.times) == ("", "tiger", 3)
    denied = weigh([*agreed, lesson("tiger", "PG-070", 2, firm="C004", known=True)])
    assert not denied.proposals


def test_a_bare_number_is_no_name() -> None:
    assert weigh([lesson("500", "PG-140", day) for day in (1, 2)]) == weigh([])
