"""`parse` and `explain`: no setting, no database, one reading a line in the order of the input."""

import json
from pathlib import Path

from click.testing import CliRunner

from web.commands.parse import explain, parse

PLANT = str(Path(__file__).parents[2] / "demo" / "plant")


def test_readings_come_in_the_order_of_the_messages_with_every_promised_field() -> None:
    messages = [
        {"id": "b", "text": "20 peti kutku g chota", "customer": "C101", "sent_at": "2026-11-21T10:00:00+05:30"},
        {"id": "a", "text": "haan", "customer": "C101", "role": "buyer"},
    ]
    done = CliRunner().invoke(parse, ["--erp", PLANT], input="\n".join(map(json.dumps, messages)))
    assert done.exit_code == 0, done.output
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], second["id"]) == ("b", "a")
    assert set(first) == {
        "id", "intent", "language", "confidence", "lines", "requested_on", "slots", "also", "left_over"
    }  # fmt: skip
    (line,) = first["lines"]
    assert (line["sku"], line["quantity"], line["uom"], line["status"]) == ("KG-050", "20", "CASE", "matched")
    assert second["intent"] == "yes"


def test_a_line_that_is_no_message_is_named_by_its_number_and_the_others_are_read() -> None:
    done = CliRunner().invoke(parse, ["--erp", PLANT], input='{bad\n{"id": 1, "text": "hi"}\n[]\n{"text": 5}\n')
    assert done.exit_code == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1]
    for said in ("line 1: no JSON", "line 3: a message is a JSON object", "line 4: `text` must be a string"):
        assert said in done.stderr


def test_a_context_with_a_draft_makes_a_number_mean_its_line() -> None:
    message = {
        "id": "e",
        "text": "2 number wali 30 kar do",
        "customer": "C101",
        "context": {
            "draft": [
                {"sku": "KG-050", "quantity": "20", "uom": "CASE"},
                {"sku": "SM-120", "quantity": "5", "uom": "CASE"},
            ]
        },
    }
    done = CliRunner().invoke(parse, ["--erp", PLANT], input=json.dumps(message))
    reading = json.loads(done.stdout)
    assert reading["intent"] == "change_order"
    assert [(c["op"], c["sku"], c["quantity"]) for c in reading["slots"]["changes"]] == [("set", "SM-120", "30")]


def test_a_folder_that_is_none_is_refused_with_what_to_do() -> None:
    done = CliRunner().invoke(parse, ["--erp", "/nowhere"], input="")
    assert done.exit_code == 1
    assert "items.csv" in done.output


def test_explain_shows_every_step_the_winner_and_the_runners_up() -> None:
    done = CliRunner().invoke(explain, ["5 ctn lachhi masala", "--customer", "C101", "--erp", PLANT])
    assert done.exit_code == 0
    for step in ("tokens", "quantities", "search", "lines", "intent", "left over"):
        assert f"{step}:" in done.output
    assert "LN-MA-070" in done.output
