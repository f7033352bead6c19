"""`onboard`: from the ERP's connection to a shadow run, by whoever sits there or by a script; nothing done is lost."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from bot.app import Munshi
from bot.onboarding import state
from bot.onboarding.state import Step
from erp.port import ErpError
from orders.model import Alias, AliasState
from people.model import Account, Person
from store.database import now, plain_url
from tests.plain_files import PlainFiles
from web.onboarding import walk

Command = Callable[..., Result]
DAYS = ("2026-11-05", "2026-11-09", "2026-11-12", "2026-11-16")
CHAT = "WhatsApp Chat with Ramesh Sharma.txt"


@pytest.fixture
def files(plant: Path) -> PlainFiles:
    """The plant, in whose past orders Ramesh Sharma's tiger is a PG-140 and his star a Maggi, then something else."""
    files = PlainFiles(folder=plant)
    rows = [f"T{at},C001,{day},PG-140,{4 + at},CASE,810" for at, day in enumerate(DAYS)]
    rows += ["T0,C001,2026-11-05,MG-12,9,CASE,1500", "T1,C001,2026-11-09,00123,9,BAG,610"]
    rows += ["T3,C001,2026-11-16,SUG-50,2,BAG,2150"]
    files.append("history.csv", *rows)
    return files


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    """What Ramesh Sharma wrote on the days of those orders, and the office to him."""
    said = [
        "05/11/2026, 10:05 am - Ramesh Sharma: 4 case tiger\n9 star",
        "05/11/2026, 10:06 am - Ravi Office: theek hai, 98765 43210 pe call karo",
        "09/11/2026, 10:05 am - Ramesh Sharma: 5 case tiger, 9 star",
        "11/11/2026, 9:05 pm - Ramesh Sharma: 6 case tiger bhej do\n<Media omitted>",
        "16/11/2026, 10:05 am - Ramesh Sharma: 7 case tiger",
        "18/11/2026, 10:05 am - Ramesh Sharma: 3 case tiger",
    ]
    file = tmp_path / "chats" / CHAT
    file.parent.mkdir()
    file.write_text("\n".join(said) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def command(app: Flask, munshi: Munshi, files: PlainFiles, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run `onboard` with the settings of this test's Munshi."""
    monkeypatch.setenv("DATABASE_URL", plain_url(munshi.database.url))
    monkeypatch.setenv("ERP_URL", f"files:{files.folder}")
    monkeypatch.setenv("MUNSHI_VAR", str(tmp_path / "var"))

    def run(*arguments: str, typed: str = "") -> Result:
        files.age()
        return CliRunner().invoke(app.cli, ["onboard", *arguments], input=typed, catch_exceptions=False)

    return run


def report(tmp_path: Path) -> str:
    return (tmp_path / "var" / "onboarding" / "report.html").read_text(encoding="utf-8")


def aliases(munshi: Munshi) -> Sequence[tuple[str, str, str]]:
    with munshi.database.transaction() as session:
        rows = session.scalars(select(Alias).where(Alias.origin == "learn").order_by(Alias.phrase, Alias.sku)).all()
        return [(row.phrase, row.sku, row.state) for row in rows]


def test_a_script_walks_all_of_it_and_nothing_matches_by_itself(
    command: Command, munshi: Munshi, chat: Path, tmp_path: Path
) -> None:
    done = command("--yes", "--chat", str(chat.parent))
    assert done.exit_code == 0, done.output
    assert "[6/6] Shadow run" in done.output
    assert ("tiger", "PG-140", AliasState.PROPOSED.value) in aliases(munshi)
    assert not [one for one in aliases(munshi) if one[2] == AliasState.APPROVED.value]
    assert "“tiger” C001 → PG-140: 4 days" in done.output
    page = report(tmp_path)
    assert "4 case tiger" in page
    assert "T0: 4 CASE PG-140" in page
    assert "98765" not in page + done.output, "numbers are masked"
    assert all("done" in line for line in done.output.splitlines() if line.startswith(("  erp ", "  shadow ")))


def test_the_same_words_keyed_as_two_items_are_a_conflict_that_is_shown(
    command: Command, munshi: Munshi, chat: Path, tmp_path: Path
) -> None:
    done = command("--yes", "--chat", str(chat))
    assert "1 in conflict" in done.output
    assert not [one for one in aliases(munshi) if one[0] == "star"]
    assert "In conflict (1)" in report(tmp_path)
    assert "T1: 9 BAG 00123" in report(tmp_path)


def test_names_are_accepted_in_bulk_by_how_often_they_were_seen_and_the_shadow_run_gets_better(
    command: Command, munshi: Munshi, chat: Path
) -> None:
    first = command("--yes", "--chat", str(chat))
    few = command("--yes", "--accept", "9")
    assert "0 accepted" in few.output
    done = command("--yes", "--accept", "3")
    assert "1 accepted" in done.output
    assert ("tiger", "PG-140", AliasState.APPROVED.value) in aliases(munshi)
    assert _right(done) == _right(first) + 4
    again = command("--yes", "--from", "chats")
    assert _right(again) == _right(done), "learned anew, it is known on which days it was learned"
    assert len([one for one in aliases(munshi) if one[0] == "tiger"]) == 1


def _right(done: Result) -> int:
    [line] = [line for line in done.output.splitlines() if "lines of" in line and "right" in line]
    return int(line.partition("right ")[2].split()[0])


def test_a_day_does_not_judge_the_name_it_taught_itself(command: Command, munshi: Munshi, chat: Path) -> None:
    rows = chat.read_text(encoding="utf-8").splitlines()
    chat.write_text("\n".join(row for row in rows if row[:2] not in ("11", "16", "18")), encoding="utf-8")
    first = command("--yes", "--chat", str(chat))
    done = command("--yes", "--accept", "2")
    assert "1 accepted" in done.output
    assert _right(done) == _right(first), "two days taught it, and each alone would not have"


def test_somebody_answers_in_a_terminal_and_unknown_senders_are_given_to_customers(
    command: Command, munshi: Munshi, chat: Path
) -> None:
    text = chat.read_text(encoding="utf-8").replace("Ramesh Sharma:", "Bunty bhai:").replace("Ravi Office:", "~ Ravi:")
    other = chat.with_name("WhatsApp Chat with Bunty bhai.txt")
    other.write_text(text, encoding="utf-8")
    typed = "\n".join([str(other), "no such file", "", "nobody like that", "sharma", "3"])
    done = command(typed=typed + "\n")
    assert done.exit_code == 0, done.output
    assert "There is no such file or folder." in done.output
    assert "Give a customer's code" in done.output
    assert "Bunty bhai: C001 Sharma Traders" in done.output
    assert "Ravi: ours" in done.output
    assert ("tiger", "PG-140", AliasState.APPROVED.value) in aliases(munshi)


def test_once_a_pipe_has_ended_the_careful_answer_is_taken(command: Command, munshi: Munshi, chat: Path) -> None:
    done = command("--chat", str(chat), typed="")
    assert done.exit_code == 0
    assert "every question gets what stands in brackets" in done.output
    assert ("tiger", "PG-140", AliasState.PROPOSED.value) in aliases(munshi)


def test_stopped_in_the_middle_it_goes_on_there(
    command: Command, munshi: Munshi, chat: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as broken:

        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        broken.setattr(walk.looks, "people_outcome", interrupted)
        stopped = command("--yes", "--chat", str(chat))
    assert stopped.exit_code == 130
    assert "go on with: flask --app wsgi onboard" in stopped.output
    assert "4 case tiger" in report(tmp_path), "the report shows what was done by then"
    with munshi.database.transaction() as session:
        assert list(state.done(session)) == [Step.ERP, Step.DATA, Step.HISTORY, Step.CHATS]
    done = command("--yes")
    assert "[1/6]" not in done.output
    assert "[5/6] People" in done.output
    assert "[6/6] Shadow run" in done.output
    assert "10 lines of 5 days" in done.output, "the chat is still known"
    assert "[" not in command("--yes").output.partition("erp ")[0], "nothing is left to do"
    assert "[2/6]" in command("--only", "data").output


def test_without_a_chat_what_needs_one_stays_to_be_done(command: Command, chat: Path) -> None:
    done = command("--yes")
    assert done.exit_code == 0
    assert done.output.count("No chat was given") == 2
    assert [line.split()[0] for line in done.output.splitlines() if line.endswith("not yet")] == ["chats", "shadow"]
    later = command("--yes", "--chat", str(chat))
    assert "[1/6]" not in later.output
    assert "not yet" not in later.output


def test_a_chat_given_before_it_is_stopped_is_not_lost(
    command: Command, munshi: Munshi, chat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("--yes", "--only", "erp")
    answers = iter([str(chat)])

    def typed(_: str) -> str:
        for answer in answers:
            return answer
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", typed)
    assert command("--only", "chats").exit_code == 130
    assert "“tiger” C001 → PG-140: 4 days" in command("--yes", "--only", "chats").output


def test_bad_chats_are_named_with_row_and_remedy_and_the_others_are_taken(
    command: Command, chat: Path, munshi: Munshi
) -> None:
    chat.with_name("notes.txt").write_text("buy milk\n", encoding="utf-8")
    with chat.open("a", encoding="utf-8") as more:
        more.write("19/11/2026, 25:05 - Ramesh Sharma: 3 case tiger\n")
    done = command("--yes", "--chat", str(chat.parent))
    assert done.exit_code == 0
    assert "not taken: notes.txt: no line begins like a message" in done.output
    assert f"{CHAT} row 9: 25:05 is no time of day" in done.output
    chat.unlink()
    gone = command("--yes", "--from", "shadow")
    assert "Ramesh Sharma is left out" in gone.output


def test_an_unknown_number_is_given_by_its_last_figures(command: Command, munshi: Munshi, chat: Path) -> None:
    text = chat.read_text(encoding="utf-8").replace("Ramesh Sharma:", "+91 91111 22222:")
    chat.with_name("WhatsApp Chat with unknown.txt").write_text(text, encoding="utf-8")
    chat.unlink()
    left = command("--yes", "--chat", str(chat.parent))
    assert "…2222 (5 messages) is not known: left out" in left.output
    wrong = command("--yes", "--sender", "…2222=C999")
    assert wrong.exit_code == 2
    assert "there is no customer C999" in wrong.output
    done = command("--yes", "--sender", "…2222=C001")
    assert "…2222: C001 Sharma Traders" in done.output
    assert ("tiger", "PG-140", AliasState.PROPOSED.value) in aliases(munshi)


def test_what_the_master_data_lacks_is_told_and_no_spreadsheet_runs_it(
    command: Command, files: PlainFiles, munshi: Munshi, tmp_path: Path
) -> None:
    files.append(
        "items.csv", "NEW-1,=cmd|x,Parle,Biscuits,PCS,CASE,10,6,yes,5,", "PG-14O,Parle G 140g,P,B,PCS,PCS,1,1,yes,5,"
    )
    files.append("customers.csv", "C007,Sharma Trader,A,PL-Z,5,0,0,no,en,Lucknow")
    files.append("people.csv", "9.19E+11,Broken,C001,buyer,,,", "+919000000001,Twice,C001,buyer,,,")
    done = command("--yes")
    for kind in ("1 items without a UoM factor", "items without a price", "1 customers without a price list"):
        assert kind in done.output
    assert "people.csv row 9" in done.output
    assert "this phone stands in row 2 already" in done.output
    table = (tmp_path / "var" / "onboarding" / "master-data.csv").read_text(encoding="utf-8-sig")
    assert "items without a UoM factor,NEW-1,'=cmd|x" in table
    assert "customers whose names look alike,C001,Sharma Traders Lucknow,beside C007 Sharma Trader Lucknow" in table
    assert (
        "items whose names look alike,PG-140,Parle G 140 g" in table or "items whose names look alike,PG-14O" in table
    )
    assert "blocked customers,C003" in table
    assert "customers without a credit limit,C002" in table
    assert "customers without a phone,C005" in table
    assert "=cmd|x" in report(tmp_path)


def test_a_name_in_the_report_is_text_and_no_markup(command: Command, files: PlainFiles, tmp_path: Path) -> None:
    files.append("customers.csv", "C007,<script>alert(1)</script>,A,PL-Z,5,0,0,no,en,Agra")
    assert command("--yes").exit_code == 0
    assert "<script>" not in report(tmp_path)
    assert "&lt;script&gt;" in report(tmp_path)


def test_staff_who_are_not_reached_are_told_with_the_reason(command: Command, munshi: Munshi, tmp_path: Path) -> None:
    with munshi.database.transaction() as session:
        meena, om = (session.scalars(select(Person).where(Person.name == name)).one() for name in ("Meena", "Om"))
        session.add(Account(person_id=meena.id, first_seen_at=now(session), last_heard_at=now(session)))
        session.add(Account(person_id=om.id, first_seen_at=now(session), opted_out_at=now(session)))
    done = command("--yes")
    assert "1 staff: asked for no messages" in done.output
    assert "2 staff: never wrote" in done.output
    assert "quality of LDH" in done.output
    with munshi.database.transaction() as session:
        told = state.outcome_of(session, Step.PEOPLE)
    assert {one["name"]: one["why"].split(":")[0] for one in told["staff"]} == {
        "Om": "asked for no messages",
        "Asha Rep": "never wrote",
        "Vikram": "never wrote",
    }
    functions = {one["function"]: one for one in told["functions"]}
    assert "finance" not in functions
    assert functions["it"]["people"] == 1
    assert all("+91" not in one["phone"] for one in told["staff"])


def test_an_erp_that_cannot_be_read_stops_it_unless_somebody_goes_on(
    command: Command, files: PlainFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise ErpError("no answer")

    monkeypatch.setattr(walk, "pull", down)
    stopped = command("--yes")
    assert stopped.exit_code == 1
    assert "The ERP could not be read: no answer" in stopped.output
    went_on = command(typed="yes\n")
    assert went_on.exit_code == 0, went_on.output


def test_forgotten_it_begins_anew_and_accepted_names_stay(command: Command, munshi: Munshi, chat: Path) -> None:
    command("--yes", "--chat", str(chat), "--accept", "3")
    assert "not yet" not in command("--status").output
    cleared = command("--forget", "--status").output
    assert cleared.count("not yet") == len(Step)
    assert ("tiger", "PG-140", AliasState.APPROVED.value) in aliases(munshi)
