"""A plain file is checked row by row and against the other files; what is wrong is told with its remedy."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from erp.files import FolderData, read_folder
from erp.port import Problem
from erp.records import RecordKind
from people.model import Function, Role
from tests.plain_files import PlainFiles

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture
def files(tmp_path: Path) -> PlainFiles:
    return PlainFiles.sound(tmp_path)


def told(data: FolderData, source: str) -> list[Problem]:
    return [problem for problem in data.problems if problem.source == source]


def the_problem(files: PlainFiles, source: str) -> Problem:
    problems = told(read_folder(files.folder), source)
    assert len(problems) == 1, [str(problem) for problem in problems]
    assert problems[0].remedy
    return problems[0]


def test_a_sound_folder_is_read_without_a_word(files: PlainFiles) -> None:
    data = read_folder(files.folder)
    assert [str(problem) for problem in data.problems] == []
    assert {item.sku for item in data.items} == {"PG-070", "PG-140", "00123", "MG-12", "OLD-1", "SUG-50"}
    assert data.customers[1].credit_limit is None
    assert data.customers[2].credit_limit == 0
    assert data.people[1].firms == ("C002", "C003")
    assert data.prices[2].floor is None
    assert data.stock[5].qty == Decimal("5000.5")
    assert [line.line for line in data.history] == [1, 2, 1, 1, 1, 1]


@pytest.mark.parametrize("plant", sorted(path.name for path in CORPUS.iterdir() if (path / "items.csv").exists()))
def test_every_corpus_plant_is_read_whole(plant: str) -> None:
    data = read_folder(CORPUS / plant)
    assert [str(problem) for problem in data.problems if problem.skipped] == []
    assert all((data.items, data.uoms, data.customers, data.people, data.prices, data.history))


def test_a_further_column_of_items_is_an_attribute(files: PlainFiles) -> None:
    data = read_folder(files.folder)
    assert data.items[0].attributes == {"pack": "70 g"}
    assert data.items[3].attributes == {}


def test_an_unknown_column_elsewhere_is_told_and_not_read(files: PlainFiles) -> None:
    files.write("aliases.csv", "customer,alias,sku,uom,note\n,chota parle,PG-070,,old\n")
    problem = the_problem(files, "aliases.csv")
    assert (problem.column, problem.skipped) == ("note", False)
    assert len(read_folder(files.folder).aliases) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_bom_and_semicolons_and_quotes_are_no_matter(files: PlainFiles, encoding: str, separator: str) -> None:
    rows = [["customer", "alias", "sku", "uom"], ["", f'"big{separator} red"', "PG-140", ""]]
    text = "\r\n".join(separator.join(row) for row in rows) + "\r\n"
    files.write("aliases.csv", text.encode(encoding))
    assert [row.alias for row in read_folder(files.folder).aliases] == [f"big{separator} red"]


@pytest.mark.parametrize(
    ("name", "row", "number", "column", "words"),
    [
        ("items.csv", "9.19E+11,Thing,,,PCS,PCS,,,yes,,", 8, "sku", "shortened a long number"),
        ("people.csv", "9.19E+11,Mohan,,buyer,,,en", 8, "phone", "shortened a long number"),
        ("history.csv", "SO9,C001,11/12/26,PG-070,1,CASE,820", 8, "date", "which is the day"),
        ("history.csv", "SO9,C001,2026-11-12,PG-070,-1,CASE,820", 8, "qty", "not above zero"),
        (
            "customers.csv",
            'C009,X,A,PL-A,"1,00,000",0,0,no,en,Pune',
            8,
            "credit_limit",
            "commas between its digits",
        ),
        ("prices.csv", "PL-A,MG-12,PCS,1,-3,", 8, "price", "-3 is negative"),
        ("prices.csv", "PL-A,MG-12,PCS,1,,", 8, "price", "the cell is empty"),
        ("prices.csv", "PL-A,MG-12,DRUM,1,10,", 8, "sku, uom", "DRUM in MG-12 is not in uoms.csv"),
        ("prices.csv", "PL-A,123,BAG,1,10,", 8, "sku", "taken leading zeros away"),
        ("aliases.csv", ",namak 1,123,BAG", 5, "sku", "items.csv, which has 00123"),
        ("aliases.csv", "C999,namak 1,00123,BAG", 5, "customer", "C999 is not in customers.csv"),
        ("uoms.csv", "SUG-50,TIN,0", 14, "factor", "not above zero"),
        ("items.csv", "PG-070,Twice,,,PCS,PCS,,,yes,,", 8, "", "sku PG-070 stands in row 2 already"),
        ("people.csv", "+919000000001,Twice,C001,buyer,,,en", 8, "", "this phone stands in row 2 already"),
        ("people.csv", "+919000000009,Mohan,C999,buyer,,,en", 8, "customer", "C999 is not in customers.csv"),
        ("stock.csv", "PG-070,FG1,L9,5,lost", 8, "status", "not known here"),
        ("aliases.csv", ",red, white,00123,BAG", 5, "", "5 cells where the header has 4"),
        ("calendar.csv", "PUNJAB,,,09:00,18:00,", 7, "weekday, date", "about a weekday or about a date"),
        ("calendar.csv", "PUNJAB,wed,2026-11-25,,,", 7, "weekday, date", "not both"),
        ("calendar.csv", "PUNJAB,wed,,09:00,,", 7, "open, close", "a beginning and an end"),
        ("calendar.csv", "PUNJAB,wed,,22:00,06:00,", 7, "close", "closes at 06:00, before it opens at 22:00"),
        ("calendar.csv", "PUNJAB,,25/12/26,,,Christmas", 7, "date", "which is the day"),
        ("calendar.csv", "PUNJAB,wed,,9 am,18:00,", 7, "open", "no time of day"),
        ("calendar.csv", "PUNJAB,monday,,08:00,17:00,", 7, "", "stands in row 2 already"),
        ("routes.csv", "R1,someday,,LDH", 4, "weekday", "no day of the week"),
    ],
)
def test_a_bad_row_is_told_and_skipped(
    files: PlainFiles, name: str, row: str, number: int, column: str, words: str
) -> None:
    before = read_folder(files.folder)
    files.append(name, row)
    problem = the_problem(files, name)
    assert (problem.row, problem.column, problem.skipped) == (number, column, True)
    assert words in problem.text
    kind = RecordKind(name.removesuffix(".csv"))
    assert read_folder(files.folder).records[kind] == before.records[kind]


def test_a_calendar_that_is_nowhere_is_told_and_the_plant_still_read(files: PlainFiles) -> None:
    files.change("plants.csv", "PUNJAB", "PANJAB")
    problem = the_problem(files, "plants.csv")
    assert (problem.column, problem.skipped) == ("calendar", False)
    assert "PANJAB is not in calendar.csv" in problem.text
    assert [plant.calendar for plant in read_folder(files.folder).plants] == ["PANJAB"]


def test_a_calendar_has_weekdays_holidays_and_special_hours(files: PlainFiles) -> None:
    monday, _, _, holiday, stocktaking = read_folder(files.folder).calendar
    assert (monday.weekday, monday.opens, monday.closes) == (1, time(9), time(18))
    assert (holiday.date, holiday.opens, holiday.name) == (date(2026, 11, 24), None, "Gurpurab")
    assert (stocktaking.opens, stocktaking.closes) == (time(10), time(0))


def test_all_damages_of_a_row_are_told_at_once(files: PlainFiles) -> None:
    files.append("prices.csv", 'PL-A,MG-12,PCS,x,"1,000",')
    assert [problem.column for problem in told(read_folder(files.folder), "prices.csv")] == [
        "min_qty",
        "price",
    ]


def test_items_that_lost_their_zeros_are_found_by_the_files_that_kept_them(files: PlainFiles) -> None:
    files.change("items.csv", "00123,Salt", "123,Salt")
    problems = told(read_folder(files.folder), "items.csv")
    assert "has lost its leading zeros: uoms.csv has 00123" in " ".join(problem.text for problem in problems)
    assert "123" not in {item.sku for item in read_folder(files.folder).items}


def test_a_base_uom_whose_factor_is_not_one_is_refused(files: PlainFiles) -> None:
    files.change("uoms.csv", "SUG-50,KG,1", "SUG-50,KG,50")
    assert "is the base UoM" in the_problem(files, "uoms.csv").text


def test_a_floor_above_the_price_is_refused(files: PlainFiles) -> None:
    files.change("prices.csv", "PL-A,MG-12,CASE,1,1500,1450", "PL-A,MG-12,CASE,1,1500,1650")
    assert the_problem(files, "prices.csv").skipped is True
    assert len(read_folder(files.folder).prices) == 5


def test_an_open_order_of_an_unknown_item_still_counts(files: PlainFiles) -> None:
    files.append("orders.csv", "E7,,C002,,2026-11-18,1,GONE,CASE,1,0,0,0,10,open,,,,,")
    assert the_problem(files, "orders.csv").skipped is False
    assert len(read_folder(files.folder).orders) == 3


def test_words_that_are_no_role_or_function_are_told_and_ignored(files: PlainFiles) -> None:
    files.append("people.csv", "+919000000009,Mohan,C001,buyer;chief,stores,,en")
    data = read_folder(files.folder)
    assert [(p.column, p.skipped) for p in told(data, "people.csv")] == [
        ("roles", False),
        ("functions", False),
    ]
    assert (data.people[-1].roles, data.people[-1].functions) == (("buyer",), ())


def test_the_words_of_people_csv_are_the_roles_and_functions_of_the_house() -> None:
    from erp.files import rules

    assert {role.value for role in Role} == rules.ROLES
    assert {function.value for function in Function} == rules.FUNCTIONS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\r\n", "the file is empty"),
        (b"PK\x03\x04rest", "workbook"),
        ("sku,name".encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02\x03", "no text at all"),
        (b"sku\tname\tbrand\n", "tabs"),
        (b"sku,name\n", "brand, category, base_uom, order_uom, mrp, cost, active are missing"),
        (b"sku,sku,name,brand,category,base_uom,order_uom,mrp,cost,active\n", "stands twice"),
        (b"sku,name,brand,category,base_uom,order_uom,mrp,cost,active\nA,caf\xe9,,,P,P,,,yes\n", "not UTF-8"),
        (
            b'sku,name,brand,category,base_uom,order_uom,mrp,cost,active\nA,"open,,,P,P,,,yes\n',
            "quotes do not match",
        ),
        (bytes(range(256)) * 20, ""),
    ],
)
def test_what_is_no_such_file_gives_one_clear_problem_and_no_rows(
    files: PlainFiles, content: bytes, words: str
) -> None:
    files.write("items.csv", content)
    data = read_folder(files.folder, kinds=[RecordKind.ITEMS])
    assert data.items == ()
    assert len(data.problems) == 1
    assert words in data.problems[0].text
    assert data.problems[0].remedy


def test_a_missing_required_file_is_told_and_a_missing_optional_one_is_not(files: PlainFiles) -> None:
    (files.folder / "stock.csv").unlink()
    (files.folder / "orders.csv").unlink()
    assert [str(problem) for problem in read_folder(files.folder).problems] == [
        f"stock.csv: the file is missing. Remedy: put it into {files.folder}."
    ]


def test_a_cell_of_many_lines_is_one_row_and_rows_are_counted_as_spreadsheets_do(files: PlainFiles) -> None:
    files.append("addresses.csv", 'C002,A,Shop,"12 Mall\nKanpur",Kanpur,UP,,,,yes', "C999,A,,,,,,,,yes")
    assert the_problem(files, "addresses.csv").row == 5


def test_ten_thousand_bad_rows_keep_the_first_problems_and_count_all(files: PlainFiles) -> None:
    files.generate("aliases.csv", "customer,alias,sku,uom", [f",a{n},NONE{n}," for n in range(10_000)])
    assert len(told(read_folder(files.folder), "aliases.csv")) == 200
