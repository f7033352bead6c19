"""People who sign in to the pages: made, reset and disabled from the terminal."""

import sys

import click

from people import administrators
from people.administrators import AdministratorError
from people.model import PageRole
from web import cli

ROLES = click.Choice([role.value for role in PageRole])


@click.group("admin")
def admin() -> None:
    """People who sign in to the pages."""


def _password(*, from_stdin: bool) -> str | None:
    """The first line of standard input, when asked for."""
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else None


def _link(url: str, token: str) -> str:
    return f"{url.rstrip('/')}/sign-in/once/{token}"


@admin.command("create")
@click.argument("name")
@click.option("--role", type=ROLES, default=PageRole.ADMIN.value, show_default=True, help="What the pages allow.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(name: str, role: str, *, password_stdin: bool) -> None:
    """Make somebody who signs in; without a password, a link that signs in once is printed."""
    _write(name, role=PageRole(role), password=_password(from_stdin=password_stdin), new=True)


@admin.command("reset")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def reset(name: str, *, password_stdin: bool) -> None:
    """Set a new password, or print a link that signs in once; all sessions of this name end."""
    _write(name, role=None, password=_password(from_stdin=password_stdin), new=False)


def _write(name: str, *, role: PageRole | None, password: str | None, new: bool) -> None:
    with cli.composed() as munshi:
        settings = munshi.settings
        url = settings.public_url or f"http://{settings.host}:{settings.port}"
        try:
            with munshi.database.transaction() as session:
                if new:
                    administrators.create(session, name=name, role=role or PageRole.ADMIN, password=password)
                else:
                    administrators.reset(session, name=name, password=password)
                token = administrators.make_link(session, name=name) if password is None else ""
        except AdministratorError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{name} can sign in." if password else f"{name} signs in once, within an hour, at {_link(url, token)}")


@admin.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Let this name in no more; its sessions end at once."""
    with cli.composed() as munshi:
        try:
            with munshi.database.transaction() as session:
                administrators.disable(session, name=name)
        except AdministratorError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{name} is let in no more.")


COMMANDS = (admin,)
