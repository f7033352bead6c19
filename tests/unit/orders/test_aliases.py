"""Aliases: what picks propose, what two equal picks do, and what the ERP's file may not undo."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from erp.records import AliasRow
from orders import aliases
from orders.alias_rules import fold, phrase_problem
from orders.model import Alias, AliasState
from store.clock import ManualClock
from store.database import Database


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Parle   G  ", "parle g"),
        ("“Chota” Parle!", "“chota” parle"),
        ("पारले", "पारले"),
        ("ＡＢＣ", "abc"),
        ("...", ""),
        ("24-24", "24-24"),
    ],
)
def test_phrases_are_folded_to_one_form(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("phrase", ["", "20", "२०", "x" * 81, "– –"])
def test_what_cannot_be_an_alias_has_a_remedy(phrase: str) -> None:
    problem = phrase_problem(fold(phrase))
    assert problem is not None
    assert problem.remedy


def pick(session: Session, sku: str = "PG-070", *, inbound_id: int, phrase: str = "Chota Parle") -> None:
    aliases.learn_pick(
        session, party_code="C001", phrase=phrase, sku=sku, uom=None, inbound_id=inbound_id, message=phrase
    )
    session.flush()
    session.expire_all()


def states(session: Session) -> dict[str, str]:
    return {alias.sku: alias.state for alias in session.scalars(select(Alias))}


def test_a_pick_proposes_and_the_second_equal_one_matches(database: Database) -> None:
    with database.transaction() as session:
        pick(session, inbound_id=1)
        assert states(session) == {"PG-070": AliasState.PROPOSED}
        assert aliases.approved(session, "C001") == []
        assert aliases.remembered(session, "C001")["chota parle"].sku == "PG-070", "so it is not asked again"
        pick(session, inbound_id=2)
        assert [alias.phrase for alias in aliases.approved(session, "C001")] == ["chota parle"]
        assert aliases.approved(session, "C002") == [], "another customer's words are another's"


def test_answers_within_one_message_count_once(database: Database) -> None:
    with database.transaction() as session:
        pick(session, inbound_id=1)
        pick(session, inbound_id=1)
        assert states(session) == {"PG-070": AliasState.PROPOSED}


def test_two_different_answers_do_not_make_it_match_and_the_newest_is_remembered(
    database: Database, clock: ManualClock
) -> None:
    with database.transaction() as session:
        pick(session, "PG-070", inbound_id=1)
        clock.push(timedelta(days=1))
        pick(session, "PG-140", inbound_id=2)
        assert set(states(session).values()) == {AliasState.PROPOSED}
        assert aliases.remembered(session, "C001")["chota parle"].sku == "PG-140"
        pick(session, "PG-140", inbound_id=3)
        assert states(session) == {"PG-070": AliasState.RETIRED, "PG-140": AliasState.APPROVED}


def test_a_rejected_answer_is_remembered_no_more_and_stays_rejected(database: Database) -> None:
    with database.transaction() as session:
        pick(session, inbound_id=1)
        aliases.reject(session, session.scalars(select(Alias.id)).all(), by="asha")
        pick(session, inbound_id=2)
        pick(session, inbound_id=3)
        assert states(session) == {"PG-070": AliasState.RETIRED}
        assert aliases.remembered(session, "C001") == {}


def test_a_number_alone_never_becomes_an_alias(database: Database) -> None:
    with database.transaction() as session:
        pick(session, inbound_id=1, phrase="20")
        assert states(session) == {}


def take(session: Session, *rows: tuple[str, str, str], complete: bool = True) -> None:
    records: Sequence[AliasRow] = [AliasRow(customer=customer, alias=alias, sku=sku) for customer, alias, sku in rows]
    aliases.take_aliases(session, records, complete=complete)
    session.expire_all()


def test_a_row_that_leaves_the_erps_file_is_retired_and_comes_back_with_it(database: Database) -> None:
    with database.transaction() as session:
        take(session, ("", "Namak", "00123"), ("C001", "maggi", "MG-12"))
        assert states(session) == {"00123": AliasState.APPROVED, "MG-12": AliasState.APPROVED}
        take(session, ("", "namak", "00123"))
        assert states(session)["MG-12"] == AliasState.RETIRED
        take(session, ("C001", "maggi", "MG-12"), complete=False)
        assert set(states(session).values()) == {AliasState.APPROVED}


def test_what_an_admin_decided_survives_the_next_read_and_is_listed(database: Database) -> None:
    with database.transaction() as session:
        take(session, ("", "namak", "00123"))
        aliases.reject(session, session.scalars(select(Alias.id)).all(), by="asha")
        take(session, ("", "namak", "00123"))
        assert states(session) == {"00123": AliasState.RETIRED}
        assert [alias.changed_by for alias in aliases.overridden(session)] == ["asha"]


def test_the_file_confirms_what_a_customer_picked(database: Database) -> None:
    with database.transaction() as session:
        pick(session, inbound_id=1)
        take(session, ("C001", "chota parle", "PG-070"))
        alias = session.scalars(select(Alias)).one()
        assert (alias.state, alias.origin) == (AliasState.APPROVED, "file")
