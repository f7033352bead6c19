"""`parse` and `explain`: what the reader makes of a text, with no setting and no database."""

import json
import sys
from pathlib import Path

import click

from bot.parsing import BadMessageError, Reader, explanation, reader_of

TIMEZONE = "Asia/Kolkata"
SHOWN_PROBLEMS = 20

erp_option = click.option(
    "--erp",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("demo/plant"),
    show_default=True,
    help="The plain-file folder with items.csv, uoms.csv, customers.csv, aliases.csv and history.csv.",
)


def _reader(folder: Path) -> Reader:
    try:
        reader = reader_of(folder, timezone=TIMEZONE)
    except NotADirectoryError as error:
        raise click.ClickException(str(error)) from error
    for problem in reader.problems[:SHOWN_PROBLEMS]:
        click.echo(str(problem), err=True)
    if len(reader.problems) > SHOWN_PROBLEMS:
        click.echo(f"and {len(reader.problems) - SHOWN_PROBLEMS} more", err=True)
    return reader


@click.command(short_help="Text in, readings out.")
@erp_option
def parse(folder: Path) -> None:
    """Read messages from standard input, one JSON object a line, and print one reading a line in the same order.

    A message: {"id": "m1", "text": "…", "customer": "C001", "role": "buyer", "sent_at": "2026-11-21T10:00:00+05:30"}
    and optionally "context": {"quoted", "draft", "orders", "pending"}.

    A line that is no message is reported on standard error with its number; the others are read, and the exit
    status is 1.
    """
    reader, bad = _reader(folder), 0
    stream = click.open_file("-", encoding="utf-8", errors="replace")
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            click.echo(_read_line(reader, line))
        except (AttributeError, ValueError, ArithmeticError) as error:
            click.echo(f"line {number}: {error}", err=True)
            bad += 1
    if bad:
        sys.exit(1)


def _read_line(reader: Reader, line: str) -> str:
    """The reading of one input line as JSON. Raises ValueError for what is no message."""
    try:
        message = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadMessageError(f"no JSON ({error.msg} at column {error.colno})") from error
    if not isinstance(message, dict):
        raise BadMessageError("a message is a JSON object")
    reading = reader.read(message).as_json()
    return json.dumps({"id": message.get("id"), **reading}, ensure_ascii=False)


@click.command(short_help="What the reader made of one text, step by step.")
@click.argument("text")
@click.option("--customer", help="The code of the firm that writes, for its aliases and habits.")
@click.option("--role", default="buyer", show_default=True, help="The writer's role.")
@erp_option
def explain(text: str, customer: str | None, role: str, folder: Path) -> None:
    """Show every step of reading TEXT, each line's winner with its score, and the runner-up candidates."""
    reader = _reader(folder)
    click.echo(explanation(reader, {"text": text, "customer": customer, "role": role}))


COMMANDS = [parse, explain]
