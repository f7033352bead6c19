"""What the audit stands on: rows that the database refuses to change or to lose."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from orders.credit_model import Basis, CreditRelease
from people.model import Party
from people.privacy import begin_forgetting
from store.database import Database

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


@pytest.fixture
def release(session: Session) -> CreditRelease:
    session.add(Party(code="C1", name="Firm"))
    session.flush()
    made = CreditRelease(
        party_code="C1",
        basis=Basis.RAISE.value,
        most_value=Decimal(100),
        until=NOW,
        exposure=Decimal(5),
        overdue_days=0,
        by="Sushma Vyas",
        at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def refused(session: Session, statement: str) -> str:
    with pytest.raises(DBAPIError) as error, session.begin_nested():
        session.execute(text(statement))
    return str(error.value.orig)


def test_a_release_is_neither_deleted_nor_changed(session: Session, release: CreditRelease) -> None:
    assert release.id
    assert "append-only" in refused(session, "DELETE FROM credit_releases")
    for column in ("most_value = 200", "at = now()", "by = 'Somebody else'", "facts = '{\"x\": 1}'"):
        assert "does not change" in refused(session, f"UPDATE credit_releases SET {column}")


def test_its_end_is_written_once(session: Session, release: CreditRelease) -> None:
    release.ended_at, release.end_reason = NOW, "the order's value rose"
    session.flush()
    assert "ended_at" in refused(session, "UPDATE credit_releases SET ended_at = NULL")
    assert "end_reason" in refused(session, "UPDATE credit_releases SET end_reason = 'another'")


def test_forgetting_takes_the_name_and_leaves_the_decision(session: Session, release: CreditRelease) -> None:
    assert release.id
    begin_forgetting(session)
    session.execute(text("UPDATE credit_releases SET by = ''"))
    assert "most_value" in refused(session, "UPDATE credit_releases SET by = 'x', most_value = 1")
    assert "append-only" in refused(session, "DELETE FROM credit_releases")
