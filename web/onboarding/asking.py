"""Questions in a terminal, or answered by what is piped in; without anybody there the careful answer is taken."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import click

from erp.records import RecordKind

Answer = TypeVar("Answer")
PROGRESS_EVERY = 500


class Nobody(Exception):  # noqa: N818
    """Ctrl-D in a terminal: whoever was asked has gone."""


@dataclass(slots=True)
class Asker:
    """Asks one question at a time. `silent`: everything gets its default, as it does once a pipe has ended."""

    silent: bool = False
    _told: bool = field(default=False, init=False)

    def ask(self, question: str, *, default: str, valid: Callable[[str], Answer | None], remedy: str) -> Answer:
        """The first valid answer; the default has to be one."""
        while True:
            given = self._line(f"{question} [{default}]: " if default else f"{question}: ")
            answer = valid(given.strip() or default)
            if answer is not None:
                return answer
            if self.silent:
                raise ValueError(f"“{given}”: {remedy}")
            click.echo(f"  {remedy}")

    def agree(self, question: str, *, default: bool) -> bool:
        """Yes or no."""
        word = "yes" if default else "no"
        return self.ask(question, default=word, valid=_yes_or_no, remedy="Answer yes or no.") == "yes"

    def _line(self, prompt: str) -> str:
        if self.silent:
            return ""
        try:
            return input(prompt)
        except EOFError:
            click.echo()
            if sys.stdin.isatty():
                raise Nobody from None
            self.silent = True
            click.echo("  No further answers are piped in: from here on every question gets what stands in brackets.")
            return ""


def _yes_or_no(answer: str) -> str | None:
    folded = answer.casefold()
    if folded in ("y", "yes", "haan", "ha"):
        return "yes"
    return "no" if folded in ("n", "no", "nahi") else None


def progress(what: str) -> Callable[[int, int], None]:
    """Says how far a long step has come: in a terminal in one line, else now and then."""

    def tell(count: int, of: int) -> None:
        if sys.stderr.isatty():
            if count % max(1, of // 100) and count != of:
                return
            end = "\n" if count == of else ""
            click.echo(f"\r\033[K  {count} of {of} {what}{end}", err=True, nl=False)
        elif count % PROGRESS_EVERY == 0:
            click.echo(f"  {count} of {of} {what}", err=True)

    return tell


def rows_so_far(kind: RecordKind, rows: int, expected: int | None) -> None:
    """The same of a pull, of which nobody knows for sure how much there is."""
    of = f" of about {expected}" if expected and expected > rows else ""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K  {kind.value}: {rows}{of} rows", err=True, nl=False)


def end_of_line() -> None:
    """Make room for what is told next."""
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
