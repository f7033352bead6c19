"""Listings of rules become versions; what is at odds is left out, and what it would replace stays."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from erp import mirror, rule_mirror
from erp.files import FilesErp
from erp.mirror_apply import Applied, Verdict
from erp.pull import pull
from erp.records import CustomerPrice, RecordKind
from erp.rule_edit import Write, disagreements, write
from erp.rule_faults import Fault
from erp.rule_model import RuleChange, RuleVersion
from erp.rule_versions import Origin
from orders.rule_check import refused
from orders.rules import Book
from store.database import Database
from tests.plain_files import PlainFiles

TODAY = date(2026, 11, 21)
HEAD = "customer,sku,uom,price,valid_from,valid_to,reference\n"


@pytest.fixture
def files(tmp_path: Path) -> PlainFiles:
    found = PlainFiles.sound(tmp_path / "plant")
    found.write("customer_prices.csv", f"{HEAD}C001,PG-070,CASE,790,,,Letter 7\nC001,MG-12,CASE,1450,,,\n")
    return found


@pytest.fixture
def erp(files: PlainFiles) -> FilesErp:
    return FilesErp(files.folder, file_settles_in=timedelta())


def judge(session: Session, kind: RecordKind) -> list[Fault]:
    """Overlaps of contract prices alone: what they are measured by stands elsewhere."""
    return refused(Book(day=TODAY, contracts=rule_mirror.customer_prices(session)))


def pulled(database: Database, erp: FilesErp) -> dict[RecordKind, Applied]:
    return {one.kind: one for one in pull(database, erp, {}, judge=judge)}


def promised(database: Database) -> dict[str, Decimal]:
    with database.transaction() as session:
        return {row.sku: row.price for row in rule_mirror.customer_prices(session, day=TODAY)}


def test_every_change_is_a_version_with_what_it_did(database: Database, erp: FilesErp, files: PlainFiles) -> None:
    pulled(database, erp)
    with database.transaction() as session:
        first = rule_mirror.version(session)
    assert pulled(database, erp) == {}
    files.change("customer_prices.csv", "C001,PG-070,CASE,790", "C001,PG-070,CASE,785")
    assert pulled(database, erp)[RecordKind.CUSTOMER_PRICES].written == 1
    with database.transaction() as session:
        assert rule_mirror.version(session) == first + 1
        newest = session.get_one(RuleVersion, first + 1)
        assert (newest.origin, newest.by, newest.changed) == ("pull", erp.name, {"customer_prices": 1})
        change = session.scalars(select(RuleChange).where(RuleChange.version == first + 1)).one()
        assert change.before
        assert change.after
        assert (change.before["price"], change.after["price"]) == ("790", "785")


def test_a_version_is_never_rewritten(database: Database, erp: FilesErp) -> None:
    pulled(database, erp)
    with pytest.raises(DBAPIError, match="does not change"), database.transaction() as session:
        session.get_one(RuleVersion, 1).by = "somebody else"


def test_rows_at_odds_are_left_out_and_what_held_holds(database: Database, erp: FilesErp, files: PlainFiles) -> None:
    files.append("customer_prices.csv", *[f"C00{n},SUG-50,BAG,2150,,," for n in range(1, 7)], "C002,PG-070,CASE,800,,,")
    pulled(database, erp)
    files.change("customer_prices.csv", "C001,PG-070,CASE,790,,", "C001,PG-070,CASE,750,2026-11-01,2026-12-31")
    files.append("customer_prices.csv", "C001,PG-070,CASE,740,2026-12-01,,", "C006,PG-070,CASE,805,,,")
    one = pulled(database, erp)[RecordKind.CUSTOMER_PRICES]
    assert one.verdict is Verdict.TAKEN
    (problem,) = one.problems
    assert problem.row == 11
    assert "overlaps" in problem.text
    assert problem.remedy
    with database.transaction() as session:
        held = {(row.customer, row.price) for row in rule_mirror.customer_prices(session, day=TODAY)}
    assert ("C006", 805) in held
    assert ("C001", 790) in held
    assert ("C001", 750) not in held


def test_more_than_a_fifth_at_odds_keeps_all_that_held(database: Database, erp: FilesErp, files: PlainFiles) -> None:
    pulled(database, erp)
    files.append(
        "customer_prices.csv", "C001,SUG-50,BAG,2100,2026-11-01,2026-12-31,", "C001,SUG-50,BAG,2000,2026-12-01,,"
    )
    one = pulled(database, erp)[RecordKind.CUSTOMER_PRICES]
    assert one.verdict is Verdict.KEPT_PREVIOUS
    assert promised(database) == {"PG-070": 790, "MG-12": 1450}
    with database.transaction() as session:
        assert session.scalars(select(RuleVersion.number).order_by(RuleVersion.number.desc())).first() == 2


def test_what_an_admin_decided_survives_re_reads_and_is_told(
    database: Database, erp: FilesErp, files: PlainFiles
) -> None:
    pulled(database, erp)
    ours = CustomerPrice(customer="C001", sku="PG-070", uom="CASE", price=Decimal(777), reference="Letter 7")
    with database.transaction() as session:
        write(session, [Write(kind=ours.kind, key=ours.key, after=ours)], by="asha", origin=Origin.PAGE)
    files.change("customer_prices.csv", "C001,PG-070,CASE,790", "C001,PG-070,CASE,760")
    files.append("customer_prices.csv", "C002,PG-070,CASE,800,,,")
    pulled(database, erp)
    assert promised(database)["PG-070"] in (777, 800)
    with database.transaction() as session:
        (one,) = disagreements(session)
        assert isinstance(one.told, CustomerPrice)
        assert isinstance(one.holds, CustomerPrice)
        assert (one.told.price, one.holds.price, one.by) == (760, 777, "asha")
        write(
            session, [Write(kind=ours.kind, key=ours.key, after=one.told, release=True)], by="asha", origin=Origin.PAGE
        )
        assert disagreements(session) == []
    files.change("customer_prices.csv", "C001,PG-070,CASE,760", "C001,PG-070,CASE,755")
    pulled(database, erp)
    with database.transaction() as session:
        assert 755 in {row.price for row in rule_mirror.customer_prices(session)}


def test_a_rule_without_an_end_ends_where_its_successor_begins(
    database: Database, erp: FilesErp, files: PlainFiles
) -> None:
    files.write(
        "limits.csv",
        "person,role,max_discount_percent,max_amount,group,valid_from,valid_to\n"
        ",sales_rep,5,,,,\n,sales_rep,2,,,2026-11-01,\n,sales_rep,1,,,2026-12-01,\n",
    )
    head = "level,min_discount_percent,min_amount,tier,group,plant,approvers,mode,expiry_minutes,valid_from\n"
    files.write("approval_matrix.csv", f"{head}1,0,0,,,,approver:1,turn,30,\n1,0,0,,,,approver:2,turn,30,2026-11-01\n")
    pulled(database, erp)
    with database.transaction() as session:
        assert [row.max_discount_percent for row in rule_mirror.limits(session, day=TODAY)] == [2]
        assert [row.approvers for row in rule_mirror.levels(session, day=TODAY)] == [("approver:2",)]
        assert [row.max_discount_percent for row in rule_mirror.limits(session, day=date(2026, 10, 31))] == [5]
        assert len(rule_mirror.limits(session)) == 3


def test_levels_and_limits_are_read_with_their_people(database: Database, erp: FilesErp, files: PlainFiles) -> None:
    files.write(
        "approval_matrix.csv",
        "level,min_discount_percent,min_amount,tier,group,plant,approvers,mode,expiry_minutes\n"
        "1,0,0,,,,approver:1;9000000005,parallel,45\n",
    )
    files.write("limits.csv", "person,role,max_discount_percent,max_amount,group\n9000000003,sales_rep,2,4000,\n")
    pulled(database, erp)
    with database.transaction() as session:
        (level,) = mirror.levels(session)
        assert (level.approvers, level.mode, level.expiry_minutes) == (("approver:1", "+919000000005"), "parallel", 45)
        assert mirror.limits(session)[0].person == "+919000000003"
