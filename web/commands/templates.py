"""WhatsApp's templates: without an approved one nobody who has not written for 24 hours can be told anything."""

from collections.abc import Callable, Sequence

import click

from bot import templates as forms
from bot.app import Munshi
from bot.channels.port import ChannelError
from bot.templates import Approver, Form
from web import cli

Ask = Callable[[Approver], Sequence[Form]]


@click.group("templates")
def templates() -> None:
    """WhatsApp templates of every outgoing kind."""


@templates.command("submit")
def submit() -> None:
    """Submit for approval what was never submitted, or was rejected."""
    with cli.composed() as munshi:
        submitted = _asked(munshi, lambda channel: forms.submit(munshi.database, channel))
    for form in submitted:
        click.echo(f"{form.name}: submitted; approval takes minutes to a day: flask --app wsgi templates status")
    if not submitted:
        click.echo("Nothing to submit: flask --app wsgi templates status")


@templates.command("status")
def status() -> None:
    """How each stands at WhatsApp. Exit status 1 while one is missing or not approved."""
    with cli.composed() as munshi:
        found = _asked(munshi, lambda channel: forms.status(munshi.database, channel))
    for form in found:
        since = f", since {form.since:%Y-%m-%d %H:%M} UTC" if form.since else ""
        click.echo(f"{form.name}: {form.approval}{f' ({form.reason})' if form.reason else ''}{since}")
    if not all(form.approved for form in found):
        raise SystemExit(1)


def _asked(munshi: Munshi, ask: Ask) -> Sequence[Form]:
    channel = munshi.channel
    if not isinstance(channel, Approver):
        raise click.ClickException(f"WHATSAPP_CHANNEL={channel.name} needs no templates.")
    try:
        return ask(channel)
    except ChannelError as error:
        raise click.ClickException(f"The provider did not take it: {error} ({error.code})") from error


COMMANDS = (templates,)
