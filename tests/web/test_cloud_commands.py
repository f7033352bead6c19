"""`check` and `templates` with Meta's own API, run as `flask --app wsgi …` runs them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from bot.app import Munshi
from store.database import plain_url
from tests.faults.cloud_stand_in import CloudStandIn
from tests.faults.http_server import StandInServer

Command = Callable[..., Result]
FORMS = ("munshi_any_en", "munshi_any_hi", "munshi_any_hi_latn")
"""Of one of the six texts, in each language."""
ALL_FORMS = 21


@pytest.fixture
def meta() -> CloudStandIn:
    return CloudStandIn()


@pytest.fixture
def graph(meta: CloudStandIn) -> Iterator[StandInServer]:
    server = StandInServer(0, meta.respond)
    server.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def command(
    app: Flask, munshi: Munshi, plant: Path, meta: CloudStandIn, graph: StandInServer, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Run one command with Meta's API as the channel."""
    given = {
        "DATABASE_URL": plain_url(munshi.database.url),
        "ERP_URL": f"files:{plant}",
        "MUNSHI_VAR": str(plant.parent / "var"),
        "WHATSAPP_CHANNEL": "cloud",
        "CLOUD_PHONE_NUMBER_ID": meta.options.number,
        "CLOUD_ACCESS_TOKEN": meta.options.token,
        "CLOUD_APP_SECRET": meta.options.secret,
        "CLOUD_VERIFY_TOKEN": "word",
        "CLOUD_API_URL": graph.url,
        "PUBLIC_URL": "http://127.0.0.1:8000",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app.cli, list(arguments), catch_exceptions=False)

    return run


def test_forms_are_submitted_once_and_their_approval_is_told(command: Command, meta: CloudStandIn) -> None:
    before = command("templates", "status")
    assert (before.exit_code, before.output.count("not submitted")) == (1, ALL_FORMS)
    submitted = command("templates", "submit")
    assert submitted.exit_code == 0
    assert all(f"{form}: submitted" in submitted.output for form in FORMS)
    assert len(meta.templates) == ALL_FORMS
    assert set(zip(FORMS, ("en", "hi", "hi"), strict=True)) <= {(one.name, one.language) for one in meta.templates}
    assert all("{{1}}" in one.text for one in meta.templates)
    assert command("templates", "submit").output.startswith("Nothing to submit")
    after = command("templates", "status")
    assert (after.exit_code, after.output.count(": approved")) == (0, ALL_FORMS)


def test_a_rejected_form_is_told_with_its_reason_and_is_submitted_again_as_it_is_now(
    command: Command, meta: CloudStandIn
) -> None:
    meta.verdicts["munshi_any_hi"] = "REJECTED"
    command("templates", "submit")
    status = command("templates", "status")
    assert (status.exit_code, "munshi_any_hi: rejected (INVALID_FORMAT)" in status.output) == (1, True)
    meta.verdicts.clear()
    assert "munshi_any_hi: submitted" in command("templates", "submit").output
    assert (len(meta.templates), command("templates", "status").exit_code) == (ALL_FORMS, 0)


def test_a_form_whose_making_was_not_remembered_is_taken_over(command: Command, meta: CloudStandIn) -> None:
    made = {"name": FORMS[0], "language": "en", "category": "UTILITY"}
    body = {"type": "BODY", "text": "News {{1}} here", "example": {"body_text": [["x"]]}}
    meta.make_template({**made, "components": [body]})
    meta.make_template({**made, "name": f"{FORMS[0]}_old", "components": [body]})
    command("templates", "submit")
    assert (len(meta.templates), command("templates", "status").exit_code) == (ALL_FORMS + 1, 0)


def test_without_rights_submitting_says_what_meta_says(command: Command, meta: CloudStandIn) -> None:
    meta.managed = ()
    refused = command("templates", "submit")
    assert refused.exit_code == 1
    assert "CLOUD_BUSINESS_ACCOUNT_ID" in refused.output


def test_check_is_content_when_all_is_well_and_shows_no_secret(command: Command, meta: CloudStandIn) -> None:
    checked = command("check")
    assert "channel cloud          is set up" in checked.output
    assert "CLOUD_ACCESS_TOKEN     set" in checked.output
    assert meta.options.secret not in checked.output


@pytest.mark.parametrize("wrong", ["token", "end", "subscription"])
def test_check_tells_what_is_wrong_at_meta_with_its_remedy(command: Command, meta: CloudStandIn, wrong: str) -> None:
    if wrong == "token":
        meta.options = type(meta.options)(token="another")
    elif wrong == "end":
        meta.token_ends = int((datetime.now(UTC) + timedelta(hours=20)).timestamp())
    else:
        meta.subscribed = False
    checked = command("check")
    told = {
        "token": "Meta does not let us in (Invalid OAuth access token): check CLOUD_PHONE_NUMBER_ID",
        "end": "the access token ends on",
        "subscription": "No app is subscribed to the WhatsApp Business account",
    }
    assert checked.exit_code == 1
    assert f"FAIL  channel cloud          {told[wrong]}" in checked.output
