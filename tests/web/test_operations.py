"""Pause, restore and reconcile as commands, and what every page and `check` say of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from bot.app import Munshi
from bot.restored import after_restore
from store import alarms
from store.database import plain_url
from store.holds import held, hold_everything, pause, pauses, standstill
from tests.web.visitors import Visitor

Command = Callable[..., Result]
EVERY_PAGE = ("/", "/desk/", "/orders/", "/aliases/", "/senders/", "/customers/", "/console/", "/account")


@pytest.fixture
def command(app: Flask, munshi: Munshi, plant: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run one command with the settings of this test's Munshi."""
    monkeypatch.setenv("DATABASE_URL", plain_url(munshi.database.url))
    monkeypatch.setenv("ERP_URL", f"files:{plant}")
    monkeypatch.setenv("MUNSHI_VAR", str(plant.parent / "var"))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app.cli, list(arguments), catch_exceptions=False)

    return run


def test_pause_and_resume_say_what_they_did_and_who(command: Command, munshi: Munshi) -> None:
    assert command("pause", "--reason", "stock-taking").output == "Everybody is paused.\n"
    assert command("pause").output == "Everybody was already paused.\n"
    assert command("pause", "--customer", "C001").output == "Customer C001 is paused.\n"
    checked = command("check").output
    assert "stock-taking" in checked
    assert "flask --app wsgi resume --customer C001" in checked
    with munshi.database.transaction() as session:
        assert standstill(session).everything
    assert command("resume").output == "Everybody goes on.\nStill paused: Customer C001.\n"
    assert command("resume").output.startswith("Everybody was not paused.")
    assert command("resume", "--customer", "C001").output == "Customer C001 goes on.\n"
    with munshi.database.transaction() as session:
        assert not standstill(session)
    assert "paused" not in command("check").output


def test_an_unknown_customer_is_not_paused(command: Command, munshi: Munshi) -> None:
    refused = command("pause", "--customer", "C999")
    assert (refused.exit_code, refused.output) == (1, "Error: There is no customer C999.\n")


def test_a_backup_comes_back_by_command_and_stands_still(command: Command, munshi: Munshi, tmp_path: Path) -> None:
    file = tmp_path / "copy.dump"
    assert command("backup", str(file)).output.startswith(f"{file}: ")
    with munshi.database.transaction() as session:
        pause(session, by="Asha", reason="after the backup")
    in_use = command("restore", str(file))
    assert (in_use.exit_code, "stop Munshi first" in in_use.output) == (1, True)
    munshi.database.dispose()
    done = command("restore", str(file))
    assert done.exit_code == 0
    assert "until `flask --app wsgi reconcile` agrees" in done.output
    with munshi.database.transaction() as session:
        assert pauses(session) == []
        hold = held(session)
    assert hold is not None
    assert hold.reason == "restored from a backup"


def test_reconcile_ends_the_hold_of_a_restore_and_check_says_that_there_is_one(
    command: Command, munshi: Munshi
) -> None:
    with munshi.database.transaction() as session:
        after_restore(session)
    held = command("check").output
    assert "restored from a backup" in held
    assert "flask --app wsgi reconcile" in held
    assert "Still held" in command("resume").output
    done = command("reconcile")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "It agrees: everything goes on.")
    with munshi.database.transaction() as session:
        assert not standstill(session)
    assert command("reconcile").output == "It agrees.\n"


def test_reconcile_names_what_differs_and_goes_on_when_told(command: Command, munshi: Munshi, plant: Path) -> None:
    orders = plant / "out" / "sales_orders"
    orders.mkdir(parents=True)
    (orders / "M26000002.json").write_text("{}")
    with munshi.database.transaction() as session:
        after_restore(session)
    refused = command("reconcile")
    assert refused.exit_code == 1
    assert "differs    order:M26000002" in refused.output
    assert "reconcile --in-spite-of NAME" in refused.output
    done = command("reconcile", "--in-spite-of", "order:M26000002")
    assert done.exit_code == 0
    assert "accepted   order:M26000002" in done.output


def test_every_page_says_that_everything_is_paused_by_whom_and_why(
    munshi: Munshi, visitor: Callable[[str], Visitor], stranger: Visitor
) -> None:
    admin = visitor("admin")
    assert "Paused" not in admin.opens("/").text
    with munshi.database.transaction() as session:
        pause(session, by="Asha", reason="stock-taking")
        pause(session, customer="C001", by="Asha")
    for path in EVERY_PAGE:
        page = admin.opens(path)
        assert page.status_code == 200, path
        assert "Paused by Asha (stock-taking): messages are stored, none is answered." in page.text, path
        assert "Paused customers: C001." in page.text, path
    door = stranger.opens("/sign-in").text
    assert "Paused: messages are stored" in door
    assert "Asha" not in door
    assert "C001" not in door


def test_every_page_says_that_nothing_goes_out_after_a_restore_and_what_is_wrong(
    munshi: Munshi, visitor: Callable[[str], Visitor], stranger: Visitor
) -> None:
    with munshi.database.transaction() as session:
        hold_everything(session, reason="restored from a backup")
        alarms.begins(session, "erp:main", "the ERP main does not answer")
        alarms.ripen(session, ways=())
    viewer = visitor("viewer")
    for path in EVERY_PAGE[:3]:
        page = viewer.opens(path).text
        assert "Restored from a backup: nothing is answered, sent or posted" in page, path
        assert "the ERP main does not answer" in page, path
    assert "the ERP main" not in stranger.opens("/sign-in").text


def test_alarms_are_listed_and_a_trial_without_a_way_is_refused(command: Command, munshi: Munshi) -> None:
    assert command("alarms", "list").output == "Nothing is wrong.\n"
    with munshi.database.transaction() as session:
        alarms.begins(session, "erp:main", "the ERP main does not answer")
        alarms.ripen(session, ways=())
    listed = command("alarms", "list")
    assert listed.exit_code == 1
    assert "erp:main: the ERP main does not answer" in listed.output
    assert "does not answer" in command("check").output
    assert "No way is set up" in command("alarms", "test").output
