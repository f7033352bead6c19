"""What holds for every request: headers, sizes, errors; and health, readiness and figures."""

from collections.abc import Callable

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from bot.app import Munshi
from store.heartbeat import Heart
from store.migrate import is_current
from store.queue import Queue, defer
from web.app import create_app
from web.limits import takes_up_to

FROM_AFAR = {"REMOTE_ADDR": "203.0.113.9"}


def test_every_answer_carries_the_headers_that_keep_browsers_from_harm(app: Flask) -> None:
    for path in ("/healthz", "/sign-in", "/nothing-here", "/static/munshi.css"):
        with app.test_client().get(path, buffered=True) as answer:
            headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_over_tls_browsers_are_told_to_stay_there(app: Flask) -> None:
    assert (
        "max-age=" in app.test_client().get("/healthz", base_url="https://m.test").headers["Strict-Transport-Security"]
    )


@pytest.mark.parametrize("path", ["/webhooks/twilio", "/sign-in", "/nothing-here"])
def test_a_body_above_64_kilobytes_is_refused_everywhere(app: Flask, path: str) -> None:
    assert app.test_client().post(path, data=b"x" * (64 * 1024 + 1)).status_code in (404, 413)
    assert app.test_client().post("/sign-in", data=b"x" * (64 * 1024 + 1)).status_code == 413


def test_a_view_may_say_that_it_takes_more(munshi: Munshi) -> None:
    app = create_app(munshi)

    @app.post("/upload")
    @takes_up_to(100_000)
    def upload() -> str:
        return str(len(request.get_data()))

    client = app.test_client()
    assert client.post("/upload", data=b"x" * 99_000).text == "99000"
    assert client.post("/upload", data=b"x" * 100_001).status_code == 413


def broken(munshi: Munshi, accept: str) -> TestResponse:
    app = create_app(munshi)

    @app.get("/broken")
    def fail() -> str:
        raise RuntimeError("the secret recipe")

    return app.test_client().get("/broken", headers={"Accept": accept})


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_what_breaks_is_told_with_a_number_and_without_its_cause(munshi: Munshi, accept: str) -> None:
    answer = broken(munshi, accept)
    assert answer.status_code == 500
    assert "Its number is " in answer.text
    assert "recipe" not in answer.text
    assert ("<h1>" in answer.text) is (accept == "text/html")


def test_an_unknown_address_and_a_wrong_kind_of_request_are_told_in_words(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/nothing-here").text == "404 There is nothing at this address.\n"
    refused = client.get("/webhooks/twilio")
    assert refused.status_code == 405
    assert "POST" in refused.headers["Allow"]


def test_behind_a_trusted_proxy_the_visitors_own_address_and_tls_are_seen(
    with_settings: Callable[..., Munshi],
) -> None:
    said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "orders.example.com"}
    trusting = create_app(with_settings(TRUSTED_PROXIES="1")).test_client().get("/healthz", headers=said)
    assert "Strict-Transport-Security" in trusting.headers
    plain = create_app(with_settings()).test_client().get("/healthz", headers=said)
    assert "Strict-Transport-Security" not in plain.headers


def test_the_process_answers(app: Flask) -> None:
    assert app.test_client().get("/healthz").text == "ok\n"


def test_readiness_says_what_is_missing_and_then_that_nothing_is(app: Flask, munshi: Munshi) -> None:
    missing = app.test_client().get("/readyz")
    assert missing.status_code == 503
    assert missing.json == {
        "ready": False,
        "missing": ["worker: none has been heard of for 15 s", "clock: none has been heard of for 15 s"],
    }
    Heart(munshi.database, "worker").beat()
    Heart(munshi.database, "clock").beat()
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"ready": True, "missing": []})


def test_without_a_database_it_is_not_ready_and_says_so(munshi: Munshi, with_settings: Callable[..., Munshi]) -> None:
    with munshi.database.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM alembic_version")
    assert not is_current(munshi.database.engine)
    answer = create_app(munshi).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json
    assert answer.json["missing"] == ["migrations: run `flask --app wsgi migrate`"]


def test_the_figures_count_jobs_processes_and_messages(app: Flask, munshi: Munshi) -> None:
    Heart(munshi.database, "worker").beat(restarts=2, jobs=40, retries=1)
    with munshi.database.transaction() as session:
        defer(session, "talk.hear", queue=Queue.TALK, lock="a", inbound_id=1)
    figures = app.test_client().get("/metrics").text
    assert 'munshi_jobs{queue="talk",status="todo"} 1.0' in figures
    assert 'munshi_processes_alive{kind="worker"} 1.0' in figures
    assert "munshi_worker_restarts_total 2.0" in figures
    assert "munshi_worker_jobs_total 40.0" in figures
    assert "munshi_jobs_parked 0.0" in figures
    assert "munshi_database_up 1.0" in figures
    assert 'munshi_jobs_oldest_seconds{queue="talk"}' in figures


def test_the_figures_are_for_this_machine_or_for_who_has_the_token(with_settings: Callable[..., Munshi]) -> None:
    client = create_app(with_settings(METRICS_TOKEN="a token of some length")).test_client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base=FROM_AFAR).status_code == 403
    wrong, right = ({"Authorization": f"Bearer {token}"} for token in ("wrong", "a token of some length"))
    assert client.get("/metrics", environ_base=FROM_AFAR, headers=wrong).status_code == 403
    assert client.get("/metrics", environ_base=FROM_AFAR, headers=right).status_code == 200


def test_without_a_token_no_one_from_afar_sees_figures_through_a_proxy_here_either(app: Flask) -> None:
    client = app.test_client()
    empty = {"Authorization": "Bearer "}
    assert client.get("/metrics", environ_base=FROM_AFAR, headers=empty).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
