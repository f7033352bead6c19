"""What a page role allows is decided on the server, for every page there is."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from people.model import PageRole
from tests.web.visitors import Visitor
from web.pages import BLUEPRINTS
from web.pages.guard import ALLOWED, May

OPERATING = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
OPEN = {"sign_in.form", "sign_in.sign_in", "sign_in.once", "sign_in.sign_out", "media.show"}
MACHINES = {
    "static",
    *(f"health.{one}" for one in ("healthz", "readyz", "metrics")),
    *(f"twilio_webhooks.{one}" for one in ("message", "status")),
    *(f"cloud_webhook.{one}" for one in ("handshake", "called")),
}
"""What no person opens: signed, from loopback or with a token, or the same for everybody."""
MOVED = {"needs", "needs_one"}
"""Old addresses: they show nothing and lead to the page, which asks."""
FILLERS = {"int": "1", "default": "x", "any": "a"}


def _rules(app: Flask) -> Iterator[tuple[str, str, str, Any]]:
    names = {blueprint.name for blueprint in BLUEPRINTS}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in names:
            continue
        path = re.sub(r"<(?:(int|any)(?:\([^)]*\))?:)?\w+>", lambda m: FILLERS[m[1] or "default"], rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule.endpoint, method, path, app.view_functions[rule.endpoint]


def test_every_page_but_the_door_says_what_it_asks_for(app: Flask) -> None:
    unguarded = {endpoint for endpoint, _, _, view in _rules(app) if not hasattr(view, "asks")}
    assert unguarded == OPEN


def test_whatever_can_be_opened_asks_for_a_role_or_is_for_machines(app: Flask) -> None:
    """A route that somebody adds beside the pages' own blueprints is found here."""
    open_ones = {
        rule.endpoint for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "asks")
    }
    assert open_ones == OPEN | MACHINES | MOVED


def test_the_table_of_roles_in_the_documents_is_what_the_pages_ask_for(app: Flask) -> None:
    section = OPERATING.partition("## Who may do what in the pages")[2].partition("\n## ")[0]
    told = {
        (page, cells[0].strip("`"))
        for line in section.splitlines()
        if line.startswith("| `")
        for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
        for page in re.findall(r"`(\w+)`", cells[2])
    }
    asked = {(endpoint.split(".")[0], view.asks.value) for endpoint, _, _, view in _rules(app) if hasattr(view, "asks")}
    assert told
    assert told <= asked


def test_a_stranger_sees_no_page_and_changes_nothing(app: Flask, stranger: Visitor) -> None:
    stranger.opens("/sign-in")
    for endpoint, method, path, view in _rules(app):
        if endpoint in OPEN or endpoint.startswith("console."):
            continue
        answer = stranger.opens(path) if method == "GET" else stranger.sends(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in"), (endpoint, view)


@pytest.mark.parametrize("role", list(PageRole))
def test_a_role_gets_403_for_what_it_may_not_do(app: Flask, visitor: Callable[[str], Visitor], role: PageRole) -> None:
    one = visitor(role.value)
    for endpoint, method, path, view in _rules(app):
        if endpoint in OPEN or endpoint.startswith("console.") or method == "GET":
            continue
        answer = one.sends(path)
        allowed = view.asks in ALLOWED[role]
        assert (answer.status_code != 403) == allowed, (endpoint, role)


def test_a_form_without_its_token_changes_nothing(app: Flask, visitor: Callable[[str], Visitor]) -> None:
    admin = visitor("admin")
    for endpoint, method, path, _ in _rules(app):
        if method == "POST":
            assert admin.client.post(path).status_code == 400, endpoint


def test_pages_may_run_no_inline_script_and_be_framed_nowhere(visitor: Callable[[str], Visitor]) -> None:
    answer = visitor("viewer").opens("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", answer.text)


def test_a_viewer_may_look_at_everything(app: Flask, visitor: Callable[[str], Visitor]) -> None:
    viewer = visitor("viewer")
    for path in (
        "/",
        "/desk/",
        "/orders/",
        "/register/",
        "/measures/",
        "/aliases/",
        "/aliases/file",
        "/senders/",
        "/customers/",
        "/account",
    ):
        answer = viewer.opens(path)
        assert answer.status_code == 200, path
        assert "Console" in answer.text


def test_every_permission_is_somebodys() -> None:
    assert frozenset().union(*ALLOWED.values()) == frozenset(May)
