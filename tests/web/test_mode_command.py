"""`mode`: customers put into a mode from a terminal, and what `check` says of it."""

import pytest

from bot.app import Munshi
from people import modes
from tests.web.test_commands import Command, command

__all__ = ["command"]


def test_one_a_territory_or_all_are_put_into_a_mode_and_check_names_where_the_erp_differs(
    command: Command,
    munshi: Munshi,
) -> None:
    done = command("mode", "set", "shadow", "C001", "C004", "--reason", "trial")
    assert done.output == "Changed for 2 of 2.\n"
    assert command("mode", "set", "shadow", "C001", "--reason", "again").output == "Changed for 0 of 1.\n"
    assert command("mode", "auto-confirm", "yes", "--all", "--reason", "agreed").output.startswith("Changed for 6")
    command("mode", "set", "erp", "C004", "--reason", "as agreed with them")
    with munshi.database.transaction() as session:
        assert modes.terms_for(session, "C001") == modes.Terms(mode=modes.Mode.SHADOW, auto_confirm=True)
        assert modes.mode_of(session, "C004") == "live"
    listed = command("mode", "list").output
    assert "shadow   1\n" in listed
    checked = command("check").output
    for said in (listed, checked):
        assert "C001: mode is shadow" in said
        assert "the ERP says live" in said
        assert "C004: mode" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("NOBODY",), "There is no customer NOBODY"),
        (("--territory", "MOON"), "no customer in the territory MOON"),
        ((), "Name customers by code"),
    ],
)
def test_whom_nobody_knows_is_refused(command: Command, arguments: tuple[str, ...], said: str) -> None:
    refused = command("mode", "set", "live", *arguments, "--reason", "x")
    assert (refused.exit_code, said in refused.output) == (1, True)
