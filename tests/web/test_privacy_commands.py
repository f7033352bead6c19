"""`privacy` and what `check` says of whom nobody reaches, run as `flask --app wsgi …` runs them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from bot.app import Munshi
from bot.channels.console import ConsoleChannel
from bot.model import ContentShape
from bot.unreachable import Reason, unreachable
from people.model import Account, ConsentEntry, Person, PrivacyEntry
from people.who import account_for, account_of
from store.database import now, plain_url
from store.nightly import Nights
from web.commands.privacy import left_elsewhere

Command = Callable[..., Result]


@pytest.fixture
def command(app: Flask, munshi: Munshi, plant: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("DATABASE_URL", plain_url(munshi.database.url))
    monkeypatch.setenv("ERP_URL", f"files:{plant}")
    monkeypatch.setenv("MUNSHI_VAR", str(plant.parent / "var"))

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app.cli, list(arguments), input=typed, catch_exceptions=False)

    return run


@pytest.fixture
def someone(munshi: Munshi) -> Person:
    """A buyer who has an account."""
    with munshi.database.transaction() as session:
        person = session.scalars(select(Person).where(Person.parties != []).order_by(Person.id)).first()
        assert person is not None
        account_for(session, person)
    return person


def test_a_person_is_exported_and_told_what_is_in_the_file(command: Command, someone: Person, tmp_path: Path) -> None:
    file = tmp_path / "one.zip"
    done = command("privacy", "export", someone.phone, str(file))
    assert (done.exit_code, done.output.splitlines()[0]) == (0, f"{file}: 0 messages, 0 replies, 0 orders.")
    again = command("privacy", "export", someone.phone, str(file))
    assert again.exit_code == 1
    assert "is there already" in again.output


def test_erasing_asks_and_names_where_else_the_person_stands(command: Command, munshi: Munshi, someone: Person) -> None:
    assert command("privacy", "erase", someone.phone, typed="n\n").exit_code == 1
    with munshi.database.transaction() as session:
        assert session.get_one(Person, someone.id).phone == someone.phone
    done = command("privacy", "erase", someone.phone, "--yes")
    assert done.exit_code == 0
    for place in ("backups", "in the ERP", "WhatsApp provider", "erase again"):
        assert place in done.output
    assert someone.phone not in done.output
    with munshi.database.transaction() as session:
        (act,) = session.scalars(select(PrivacyEntry))
        assert (act.what, act.subject) == ("erase", f"person:{someone.id}")
    gone = command("privacy", "erase", someone.phone, "--yes")
    assert (gone.exit_code, gone.output) == (1, "Error: Nobody is known so.\n")


def test_what_somebody_said_on_the_telephone_is_noted_in_the_ledger(
    command: Command, munshi: Munshi, someone: Person
) -> None:
    assert command("privacy", "stop", someone.phone).output == "Only answers go to him from now on.\n"
    assert command("privacy", "stop", someone.phone).output == "Only answers go to him already.\n"
    assert command("privacy", "start", someone.phone).output == "He is written to from now on.\n"
    with munshi.database.transaction() as session:
        entries = session.scalars(select(ConsentEntry).order_by(ConsentEntry.id)).all()
        assert [(one.what, one.source) for one in entries] == [("stopped", "office"), ("started", "office")]


def test_the_report_counts_and_its_table_names(command: Command, someone: Person, tmp_path: Path) -> None:
    file = tmp_path / "reach.csv"
    command("people", "export", str(tmp_path / "people.csv"))
    done = command("privacy", "report", "--since", "2026-11-20", "--csv", str(file))
    assert done.exit_code == 0
    assert "persons: 7" in done.output
    assert "export of everybody by" in done.output
    assert someone.phone not in done.output
    assert f"'{someone.phone}" in file.read_text(), "no number is run as a formula"
    assert file.stat().st_mode & 0o077 == 0


class Windowed(ConsoleChannel):
    """With WhatsApp's window."""

    window = timedelta(hours=24)


def test_check_names_whom_nobody_reaches_and_why(munshi: Munshi, command: Command) -> None:
    with munshi.database.transaction() as session:
        persons = session.scalars(select(Person).where(Person.active).order_by(Person.id)).all()
        first, second, third, *others = persons
        for person in persons:
            person.language = "hi"
            account_for(session, person).last_heard_at = now(session)
        account_for(session, first).opted_out_at = now(session)
        account_for(session, second).unreachable_reason = "63024"
        account_for(session, third).last_heard_at = now(session) - timedelta(hours=25)
        session.flush()

        def reasons() -> dict[str, Reason]:
            found = unreachable(session, Windowed(), timezone="Asia/Kolkata")
            return {one.name: one.reason for one in found}

        assert reasons()[first.name] is Reason.OPTED_OUT
        assert reasons()[second.name] is Reason.BLOCKED
        assert reasons()[third.name] is Reason.WINDOW_SHUT
        assert not {one.name for one in others} & set(reasons())
        form = ContentShape(key="console:munshi_any_hi", sid="1", made_at=now(session), approval="approved")
        session.add(form)
        session.flush()
        assert third.name not in reasons(), "an approved form opens the window"
        for person in others:
            person.active = False
    said = command("check").output
    assert "STOP" in said
    assert Reason.NO_PHONE in said, "a firm of which nobody is known"


def test_a_stranger_has_a_ledger_too(command: Command, munshi: Munshi) -> None:
    with munshi.database.transaction() as session:
        account_id = account_of(session, "+919000055555").id
    assert command("privacy", "stop", "+919000055555").exit_code == 0
    with munshi.database.transaction() as session:
        assert session.get_one(Account, account_id).opted_out_at is not None


def test_where_backups_are_made_they_are_named(munshi: Munshi, tmp_path: Path) -> None:
    (tmp_path / "munshi-2026-11-20.dump").touch()
    nights = Nights(at=time(2), zone=ZoneInfo("UTC"), folder=tmp_path)
    assert "munshi-2026-11-20.dump" in "\n".join(left_elsewhere(replace(munshi, nights=nights)))
