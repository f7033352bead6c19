"""Listings are taken over by difference, judged as a whole, and nothing is ever deleted."""

import os
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from erp import mirror
from erp.files import FilesErp
from erp.mirror_apply import Applied, Verdict
from erp.pull import Key, agree, first_pull_done, listings, pull
from erp.records import RecordKind
from store.clock import ManualClock
from store.database import Database
from tests.plain_files import PlainFiles


class Keeper:
    """An owner that writes down what it is handed."""

    def __init__(self) -> None:
        self.handed: list[tuple[list[Key], bool, set[Key]]] = []

    def __call__(self, session: Session, records: Sequence[Any], /, *, complete: bool, spared: Collection[Key]) -> None:
        self.handed.append(([record.key for record in records], complete, set(spared)))


@pytest.fixture
def files(tmp_path: Path) -> PlainFiles:
    return PlainFiles.sound(tmp_path / "plant")


@pytest.fixture
def erp(files: PlainFiles) -> FilesErp:
    return FilesErp(files.folder, file_settles_in=timedelta())


def by_kind(applied: Sequence[Applied]) -> dict[RecordKind, Applied]:
    return {each.kind: each for each in applied}


def written_rows(database: Database, table: str) -> dict[str, str]:
    """Each row's text with the transaction that wrote it."""
    with database.transaction() as session:
        rows = session.execute(text(f"SELECT t::text AS row, t.xmin::text AS written_by FROM {table} AS t"))
        return {each.row: each.written_by for each in rows}


def test_the_first_pull_takes_everything_and_the_second_nothing(database: Database, erp: FilesErp) -> None:
    assert len(pull(database, erp, {})) == 15
    assert pull(database, erp, {}) == []
    with database.transaction() as session:
        assert first_pull_done(session, erp.name)
        assert len(mirror.all_items(session)) == 6
        assert mirror.uoms(session, ["PG-070"])["PG-070"]["CASE"].factor == 96
        assert [price.price for price in mirror.prices_for(session, "PL-A", ["PG-070"])["PG-070"]] == [
            820,
            800,
        ]
        assert [line.sku for line in mirror.open_lines(session, "C001")] == ["PG-070", "MG-12"]
        assert [line.order for line in mirror.history(session, "C001")] == ["SO1", "SO1", "SO3"]
        assert mirror.stock(session, ["SUG-50"])["SUG-50"][0].qty == Decimal("5000.5")
        assert mirror.plant_of(session, "FG1") == "LDH"
        assert mirror.items(session, ["PG-070"])["PG-070"].attributes == {"pack": "70 g"}
        assert mirror.lists_open_orders(session, erp.name)
        assert mirror.as_of(session, erp.name, RecordKind.ORDERS) == datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def test_only_the_changed_row_is_written_again(database: Database, files: PlainFiles, erp: FilesErp) -> None:
    pull(database, erp, {})
    before = written_rows(database, "prices")
    files.change("prices.csv", "PL-A,MG-12,CASE,1,1500,1450", "PL-A,MG-12,CASE,1,1520,1450")
    applied = by_kind(pull(database, erp, {}))
    assert set(applied) == {RecordKind.PRICES}
    assert (applied[RecordKind.PRICES].written, applied[RecordKind.PRICES].deactivated) == (1, 0)
    after = written_rows(database, "prices")
    assert len(before.items() & after.items()) == 5


def test_an_export_that_only_moves_its_time_stamp_rewrites_nothing(
    database: Database, files: PlainFiles, erp: FilesErp
) -> None:
    pull(database, erp, {})
    before = written_rows(database, "erp_order_lines")
    files.write("orders.csv", files.read("orders.csv").replace("2026-11-20T18", "2026-11-21T09"))
    assert by_kind(pull(database, erp, {}))[RecordKind.ORDERS].written == 0
    assert written_rows(database, "erp_order_lines") == before
    with database.transaction() as session:
        assert mirror.as_of(session, erp.name, RecordKind.ORDERS) == datetime(2026, 11, 21, 3, 30, tzinfo=UTC)


def test_a_file_touched_but_not_changed_is_not_taken_over_again(
    database: Database, files: PlainFiles, erp: FilesErp
) -> None:
    pull(database, erp, {})
    os.utime(files.folder / "items.csv", (1, 1))
    assert pull(database, erp, {}) == []


def test_a_row_that_leaves_is_deactivated_and_comes_back(database: Database, files: PlainFiles, erp: FilesErp) -> None:
    pull(database, erp, {})
    files.drop("items.csv", "MG-12")
    pull(database, erp, {})
    with database.transaction() as session:
        assert "MG-12" not in {item.sku for item in mirror.all_items(session)}
        assert mirror.items(session, ["MG-12"])["MG-12"].active is False
        assert session.scalar(text("SELECT count(*) FROM items")) == 6
    files.append("items.csv", "MG-12,Maggi 12,Nestle,Noodles,PCS,CASE,144,110,yes,12,")
    pull(database, erp, {})
    with database.transaction() as session:
        assert mirror.items(session, ["MG-12"])["MG-12"].active is True


def test_a_bad_row_is_neither_taken_nor_gone(database: Database, files: PlainFiles, erp: FilesErp) -> None:
    pull(database, erp, {})
    files.change("prices.csv", "PL-A,MG-12,CASE,1,1500,1450", 'PL-A,MG-12,CASE,1,"1,520",1450')
    applied = by_kind(pull(database, erp, {}))[RecordKind.PRICES]
    assert (applied.written, applied.deactivated, len(applied.problems)) == (0, 0, 1)
    with database.transaction() as session:
        assert mirror.prices_for(session, "PL-A", ["MG-12"])["MG-12"][0].price == 1500


def test_while_a_row_cannot_even_be_told_apart_nothing_counts_as_gone(
    database: Database, files: PlainFiles, erp: FilesErp
) -> None:
    keeper = Keeper()
    owners = {RecordKind.PEOPLE: keeper}
    pull(database, erp, owners)
    files.change("people.csv", "+919000000001", "9.19E+11")
    files.change("items.csv", "MG-12,", "1.2E+11,")
    applied = by_kind(pull(database, erp, owners))
    assert [complete for _, complete, _ in keeper.handed] == [True, False]
    assert applied[RecordKind.ITEMS].deactivated == 0
    files.change("people.csv", "9.19E+11", "+919000000001")
    pull(database, erp, owners)
    assert keeper.handed[-1][1] is True


@pytest.mark.parametrize("kind", [RecordKind.ITEMS, RecordKind.PRICES, RecordKind.CUSTOMERS, RecordKind.HISTORY])
def test_more_than_a_fifth_vanished_keeps_the_previous_state_until_a_person_agrees(
    database: Database, files: PlainFiles, erp: FilesErp, kind: RecordKind
) -> None:
    keeper = Keeper()
    owners = {RecordKind.CUSTOMERS: keeper}
    pull(database, erp, owners)
    lines = files.read(f"{kind.value}.csv").splitlines(keepends=True)
    files.write(f"{kind.value}.csv", "".join(lines[:-2]))
    refused = by_kind(pull(database, erp, owners))[kind]
    assert refused.verdict is Verdict.KEPT_PREVIOUS
    assert "2 of 6 rows have vanished" in refused.problems[0].text
    assert f"pull --agree {kind.value}" in refused.problems[0].remedy
    assert pull(database, erp, owners) == [], "a refused version is not looked at again and again"
    with database.transaction() as session:
        assert agree(session, erp=erp.name, kind=kind, by="asha")
    taken = by_kind(pull(database, erp, owners))[kind]
    assert (taken.verdict, taken.deactivated) == (Verdict.TAKEN, 2)
    assert kind is not RecordKind.CUSTOMERS or [len(keys) for keys, _, _ in keeper.handed] == [6, 4]


def test_an_agreement_is_for_the_version_that_was_seen(database: Database, files: PlainFiles, erp: FilesErp) -> None:
    pull(database, erp, {})
    files.drop("items.csv", "MG-12", "OLD-1")
    pull(database, erp, {})
    with database.transaction() as session:
        assert agree(session, erp=erp.name, kind=RecordKind.ITEMS, by="asha")
    files.drop("items.csv", "SUG-50")
    refused = by_kind(pull(database, erp, {}))[RecordKind.ITEMS]
    assert refused.verdict is Verdict.KEPT_PREVIOUS


def test_more_than_a_fifth_bad_rows_keep_the_previous_state(
    database: Database, files: PlainFiles, erp: FilesErp
) -> None:
    pull(database, erp, {})
    text_before = files.read("prices.csv")
    files.write(
        "prices.csv",
        text_before.replace(",820,", ",8.2E+02,").replace(",810,", ",₹810,") + "PL-A,MG-12,PCS,1,130,\n",
    )
    refused = by_kind(pull(database, erp, {}))[RecordKind.PRICES]
    assert (refused.verdict, refused.problems[0].text) == (
        Verdict.KEPT_PREVIOUS,
        "2 of 7 rows cannot be used; the previous state is kept",
    )
    with database.transaction() as session:
        assert "PCS" not in {price.uom for price in mirror.prices_for(session, "PL-A", ["MG-12"])["MG-12"]}


def test_a_missing_column_keeps_the_previous_state_and_a_corrected_file_is_taken(
    database: Database, files: PlainFiles, erp: FilesErp
) -> None:
    pull(database, erp, {})
    sound = files.read("items.csv")
    files.write("items.csv", sound.replace("order_uom", "order unit"))
    refused = by_kind(pull(database, erp, {}))[RecordKind.ITEMS]
    assert refused.verdict is Verdict.KEPT_PREVIOUS
    assert "order_uom is missing" in refused.problems[0].text
    with database.transaction() as session:
        assert len(mirror.all_items(session)) == 6
        assert [listing.kind for listing in listings(session, erp.name) if listing.kept_previous] == [RecordKind.ITEMS]
    files.write("items.csv", sound.replace("Salt 1 kg", "Salt 1kg"))
    assert by_kind(pull(database, erp, {}))[RecordKind.ITEMS].written == 1


def test_a_file_that_disappears_keeps_the_previous_state(database: Database, files: PlainFiles, erp: FilesErp) -> None:
    pull(database, erp, {})
    for name in ("items.csv", "addresses.csv"):
        (files.folder / name).unlink()
    applied = by_kind(pull(database, erp, {}))
    assert {kind for kind, each in applied.items() if each.verdict is Verdict.KEPT_PREVIOUS} >= {
        RecordKind.ITEMS,
        RecordKind.ADDRESSES,
    }
    with database.transaction() as session:
        assert len(mirror.all_items(session)) == 6


def test_open_orders_may_close_without_anybody_agreeing(database: Database, files: PlainFiles, erp: FilesErp) -> None:
    pull(database, erp, {})
    files.drop("orders.csv", "E100,,C001,MAIN,2026-11-18,2")
    applied = by_kind(pull(database, erp, {}))[RecordKind.ORDERS]
    assert (applied.verdict, applied.deactivated) == (Verdict.TAKEN, 1)


def test_many_open_orders_vanishing_at_once_are_a_cut_file(
    database: Database, files: PlainFiles, erp: FilesErp
) -> None:
    for number in range(60):
        files.append("orders.csv", f"E2{number:02},,C002,,2026-11-18,1,MG-12,CASE,1,0,0,0,10,open,,,,,")
    pull(database, erp, {})
    files.drop("orders.csv", "E22", "E23", "E24", "E25")
    assert by_kind(pull(database, erp, {}))[RecordKind.ORDERS].verdict is Verdict.KEPT_PREVIOUS


def test_a_row_waits_for_the_file_that_it_speaks_of(database: Database, files: PlainFiles, erp: FilesErp) -> None:
    files.append("aliases.csv", ",naya maal,NEW-1,", ",cheeni,SUG-50,", ",bada parle,PG-140,")
    keeper = Keeper()
    pull(database, erp, {RecordKind.ALIASES: keeper})
    assert ("", "naya maal") not in keeper.handed[-1][0]
    assert ("", "naya maal") in keeper.handed[-1][2], "it is spared"
    files.append("items.csv", "NEW-1,New,,,PCS,PCS,,,yes,,")
    files.append("uoms.csv", "NEW-1,PCS,1")
    pull(database, erp, {RecordKind.ALIASES: keeper})
    assert ("", "naya maal") in keeper.handed[-1][0]
    assert pull(database, erp, {RecordKind.ALIASES: keeper}) == []


def test_the_revision_rises_with_items_ladders_and_names_of_firms_only(
    database: Database, files: PlainFiles, erp: FilesErp
) -> None:
    def revision() -> int:
        with database.transaction() as session:
            return mirror.revision(session)

    assert revision() == 0
    pull(database, erp, {})
    seen = [revision()]
    changes = [
        ("prices.csv", ",1500,", ",1501,", False),
        ("customers.csv", ",12500.50,", ",99999,", False),
        ("stock.csv", ",9600,", ",9000,", False),
        ("items.csv", "Salt 1 kg", "Salt 1kg", True),
        ("uoms.csv", "MG-12,CASE,12", "MG-12,CASE,24", True),
        ("customers.csv", "Sharma Traders", "Sharma & Sons", True),
    ]
    for name, old, new, rises in changes:
        files.change(name, old, new)
        pull(database, erp, {})
        assert (revision() > seen[-1]) is rises, name
        seen.append(revision())


def test_a_file_that_is_still_being_written_is_left_alone(database: Database, files: PlainFiles) -> None:
    patient = FilesErp(files.folder, file_settles_in=timedelta(milliseconds=150))
    assert pull(database, patient, {}) == []
    patient.settle()
    assert len(pull(database, patient, {})) == 15


def test_a_file_that_changes_while_it_is_read_is_read_again(
    database: Database, files: PlainFiles, erp: FilesErp
) -> None:
    def grow(kind: RecordKind, rows: int, expected: int | None) -> None:
        if kind is RecordKind.ITEMS and "NEW-1" not in files.read("items.csv"):
            files.append("items.csv", "NEW-1,New,,,PCS,PCS,,,yes,,")

    # The last progress is told while the file is still open.
    first = by_kind(pull(database, erp, {}, progress=grow))
    assert RecordKind.ITEMS in first
    pull(database, erp, {})
    with database.transaction() as session:
        assert len(mirror.all_items(session)) == 7


def test_problems_name_file_row_and_remedy_after_the_pull(
    database: Database, files: PlainFiles, erp: FilesErp, clock: ManualClock
) -> None:
    files.append("history.csv", "SO9,C001,11/12/26,PG-070,1,CASE,820")
    pull(database, erp, {})
    with database.transaction() as session:
        listing = next(one for one in listings(session, erp.name) if one.kind is RecordKind.HISTORY)
    assert (listing.rows, listing.bad, listing.kept_previous) == (6, 1, False)
    assert (listing.problems[0].source, listing.problems[0].row) == ("history.csv", 8)
    assert "YYYY-MM-DD" in listing.problems[0].remedy


def test_a_calendar_is_mirrored_and_a_holiday_that_is_taken_back_is_gone(
    database: Database, files: PlainFiles, erp: FilesErp
) -> None:
    pull(database, erp, {})
    files.drop("calendar.csv", "PUNJAB,,2026-11-24")
    pull(database, erp, {})
    with database.transaction() as session:
        days = mirror.calendar_days(session, "PUNJAB")
        assert mirror.calendar_days(session, "ANOTHER") == []
        runs = {route.weekday: route.cutoff for route in mirror.routes(session, "R1")}
    assert sorted(day.weekday for day in days if day.weekday) == [1, 2, 6]
    assert [day.name for day in days if day.date] == ["Stocktaking"]
    assert runs == {2: time(15), 6: None}
