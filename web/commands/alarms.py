"""`alarms`: what is wrong now, and a trial of the ways by which alarms are told."""

import click

from bot.alarm_ways import NotTold, ways
from bot.alarms import telling
from store.alarms import standing
from web import cli


@click.group("alarms")
def alarms() -> None:
    """What is wrong now, and whether alarms arrive."""


@alarms.command("list")
def list_alarms() -> None:
    """Say what is wrong and was told. Exit status 1 if anything is."""
    with cli.composed("alarms") as munshi, munshi.database.transaction() as session:
        found = standing(session)
    for alarm in found:
        click.echo(f"{alarm.began_at:%Y-%m-%d %H:%M} UTC  {alarm.key}: {alarm.text}")
    if found:
        raise SystemExit(1)
    click.echo("Nothing is wrong.")


@alarms.command("test")
def test() -> None:
    """Send a trial alarm by every way that is set up (ALERT_URL, SMTP_URL). Exit status 1 if one does not work."""
    settings = cli.settings_or_exit()
    found = ways(alert_url=settings.alert_url.get_secret_value(), smtp_url=settings.smtp_url.get_secret_value())
    if not found:
        raise click.ClickException("No way is set up: set ALERT_URL, SMTP_URL or both.")
    failed = False
    for name, way in found.items():
        try:
            way.tell(telling(settings, key="test", text="this is a trial, nothing is wrong", over=False))
            click.echo(f"{name}: sent")
        except NotTold as error:
            click.echo(f"{name}: {error}", err=True)
            failed = True
    if failed:
        raise SystemExit(1)


COMMANDS = (alarms,)
