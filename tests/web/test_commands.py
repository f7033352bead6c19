"""The commands for administrators, people and aliases, run as `flask --app wsgi …` runs them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, text

from bot.app import Munshi
from orders.model import Alias
from people import administrators
from people.model import Administrator, Person
from store.database import plain_url
from tests.web.visitors import Visitor

Command = Callable[..., Result]


@pytest.fixture
def command(app: Flask, munshi: Munshi, plant: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run one command with the settings of this test's Munshi."""
    monkeypatch.setenv("DATABASE_URL", plain_url(munshi.database.url))
    monkeypatch.setenv("ERP_URL", f"files:{plant}")
    monkeypatch.setenv("MUNSHI_VAR", str(plant.parent / "var"))

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app.cli, list(arguments), input=typed, catch_exceptions=False)

    return run


def test_the_first_admin_is_made_by_command_and_signs_in(command: Command, stranger: Visitor) -> None:
    made = command("admin", "create", "Asha", "--role", "desk", "--password-stdin", typed="a long password\n")
    assert (made.exit_code, made.output) == (0, "Asha can sign in.\n")
    assert stranger.signs_in("Asha", "a long password").status_code == 302


def test_without_a_password_a_link_is_printed_that_signs_in_once(command: Command, stranger: Visitor) -> None:
    made = command("admin", "create", "Asha")
    link = made.output.split()[-1]
    assert link.startswith("http://127.0.0.1:8000/sign-in/once/")
    assert stranger.opens(link.removeprefix("http://127.0.0.1:8000")).status_code == 302


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("create", "desk"), "", "admin reset desk"),
        (("create", "Asha", "--password-stdin"), "short\n", "at least 10 characters"),
        (("reset", "nobody"), "", "admin create nobody"),
        (("disable", "nobody"), "", "admin create nobody"),
        (("create", " "), "", "A name has 1 to 80 characters"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_remedy(
    command: Command, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    refused = command("admin", *arguments, typed=typed)
    assert refused.exit_code == 1
    assert said in refused.output


@pytest.mark.parametrize("arguments", [("pull",), ("people", "export", "-"), ("admin", "reset", "desk")])
def test_a_database_of_another_release_is_said_with_its_remedy(
    command: Command, munshi: Munshi, arguments: tuple[str, ...]
) -> None:
    with munshi.database.transaction() as session:
        session.execute(text("DELETE FROM alembic_version"))
    refused = command(*arguments)
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: The database is not at this release: run `flask --app wsgi migrate` first.\n",
    )


def test_a_database_that_does_not_answer_is_said_in_a_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    refused = command("pull")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: The database does not answer: ")


def test_a_disabled_administrator_is_let_in_again_by_a_reset(command: Command, munshi: Munshi) -> None:
    assert command("admin", "disable", "viewer").exit_code == 0
    with munshi.database.transaction() as session:
        assert session.get_one(Administrator, "viewer").disabled
    command("admin", "reset", "viewer", "--password-stdin", typed="another password\n")
    with munshi.database.transaction() as session:
        answer = administrators.sign_in(session, name="viewer", password="another password", address="-")
    assert isinstance(answer, administrators.SignedIn)


def test_people_are_exported_and_read_in_again_unchanged(command: Command, munshi: Munshi, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    assert "7 persons" in command("people", "export", str(file)).output
    before = _people(munshi)
    done = command("people", "import", str(file))
    assert (done.exit_code, done.stdout) == (0, "0 added, 7 changed, 0 problems.\n")
    assert _people(munshi) == before


def _people(munshi: Munshi) -> list[tuple[object, ...]]:
    with munshi.database.transaction() as session:
        return [
            (one.phone, one.name, one.parties, one.roles, sorted(one.functions), one.customers, one.active, one.plant)
            for one in session.scalars(select(Person).order_by(Person.phone))
        ]


def test_an_import_of_people_names_every_bad_row_and_takes_the_others(
    command: Command, munshi: Munshi, tmp_path: Path
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(
        "phone,name,customer,roles,functions,plant,language\n"
        "9876543210,New Buyer,C001,buyer,,,hi\n"
        "9.19E+11,Broken,C001,buyer,,,\n"
        "+919000000099,Strange,C999,buyer,,,\n"
    )
    done = command("people", "import", str(file))
    assert done.exit_code == 1
    assert "staff.csv row 3" in done.stderr
    assert "staff.csv row 4 column customer: there is no customer C999" in done.stderr
    assert done.stdout.startswith("1 added")
    with munshi.database.transaction() as session:
        person = session.scalars(select(Person).where(Person.phone == "+919876543210")).one()
    assert person.from_pages, "it survives the next read of the ERP's file"


def test_aliases_are_exported_imported_and_checked(command: Command, munshi: Munshi, tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    assert "3 aliases" in command("aliases", "export", str(file)).output
    assert command("aliases", "import", str(file)).stdout == "0 added, 0 changed, 3 there already, 0 problems.\n"
    assert command("aliases", "check").output == "Nothing is wrong with the aliases.\n"
    with file.open("a") as more:
        more.write(",glucose,PG-070,\n,glucose wala,NO-1,\n,namak,SUG-50,\n")
    checked = command("aliases", "check", str(file))
    assert checked.exit_code == 1
    assert "names.csv row 6 column sku: the ERP lists no item NO-1" in checked.output
    with munshi.database.transaction() as session:
        assert not session.scalars(select(Alias).where(Alias.phrase == "glucose")).all(), "checking writes nothing"
    assert command("aliases", "import", str(file)).stdout.startswith("1 added")
    with munshi.database.transaction() as session:
        session.add_all([_alias(session, "namak", "SUG-50"), _alias(session, "gone", "NO-2")])
    said = command("aliases", "check").output
    assert "it means 00123, SUG-50" in said
    assert "the ERP lists no item NO-2" in said


def test_what_new_aliases_would_have_changed_is_told_before_they_match(
    command: Command, munshi: Munshi, stranger: Visitor, run: Callable[[], int], tmp_path: Path
) -> None:
    for said in ("10 case tiger wala", "4 case tiger wala\n2 bag namak", "3 bag namak"):
        stranger.says("+919000000001", said)
        run()
    file = tmp_path / "names.csv"
    rows = ("C001,tiger wala,PG-140,", ",never heard,PG-070,", ",namak,00123,BAG", ",broken,NO-1,")
    file.write_text("\n".join(("customer,alias,sku,uom", *rows)) + "\n", encoding="utf-8")
    checked = command("aliases", "check", str(file), "--replay")
    assert checked.exit_code == 1
    told = checked.stdout.splitlines()
    assert told[0].startswith("names.csv row 5 column sku: the ERP lists no item NO-1")
    assert told[1] == "“tiger wala” C001 → PG-140: 2 past messages hold words of it, 2 would be read differently"
    assert "4 case tiger wala 2 bag namak" in told[2]
    assert told[3].startswith("      now:")
    assert "4 CASE PG-140 (matched)" in told[4]
    assert "namak" not in told[3] + told[4], "a line that stays is not told"
    assert told[-2] == "“never heard” everyone → PG-070: no past message holds these words"
    assert told[-1] == "2 aliases, 1 of which would change what past messages are read as."
    only_last = command("aliases", "check", str(file), "--replay", "--last", "1").stdout
    assert "1 past message holds words of it, 1 would be read differently" in only_last
    with munshi.database.transaction() as session:
        assert not session.scalars(select(Alias).where(Alias.phrase == "tiger wala")).all(), "checking writes nothing"


def test_what_the_proposals_would_change_is_told_with_how_far_it_has_come(command: Command, munshi: Munshi) -> None:
    with munshi.database.transaction() as session:
        for number in range(10):
            one = _alias(session, f"tiger {number}x", "PG-140")
            one.state = "proposed"
            session.add(one)
    checked = command("aliases", "check", "--replay")
    assert checked.exit_code == 0
    assert checked.stderr == "10 of 10 aliases\n"
    assert checked.stdout.count("no past message holds these words") == 10


def _alias(session: object, phrase: str, sku: str) -> Alias:
    from store.database import now

    present = now(session)  # type: ignore[arg-type]
    return Alias(phrase=phrase, sku=sku, created_at=present, changed_at=present)


def test_what_customers_wrote_for_an_item_more_than_once_is_proposed(
    command: Command, munshi: Munshi, stranger: Visitor, run: Callable[[], int], tmp_path: Path
) -> None:
    from bot.model import Outbound

    for said in ("3 case parle g 140", "4 case parle g 140"):
        stranger.says("+919000000007", said)
        run()
        with munshi.database.transaction() as session:
            bubble = session.scalars(select(Outbound).order_by(Outbound.position.desc())).first()
        assert bubble is not None
        confirm = next(one["payload"] for one in bubble.buttons if one["payload"].startswith("confirm:"))
        stranger.sends("/console/tap", {"sender": "+919000000007", "bubble": bubble.id, "payload": confirm})
        run()
    file = tmp_path / "proposed.csv"
    assert command("aliases", "learn", str(file)).output == "1 aliases proposed.\n"
    assert file.read_text() == "customer,alias,sku,uom\nC004,parle g 140,PG-140,\n"
    assert command("aliases", "learn").output == "0 aliases proposed.\n"
    with munshi.database.transaction() as session:
        assert session.scalars(select(Alias.state).where(Alias.origin == "learn")).one() == "proposed"
