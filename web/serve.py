"""From the environment to the web application, or to the commands alone."""

import os

import click
from flask import Flask

from bot import logging
from bot.app import compose
from web import cli

BY_FLASK = "FLASK_RUN_FROM_CLI"


def application() -> Flask:
    """What serves requests; under `flask` only the commands, many of which need no setting."""
    if os.environ.get(BY_FLASK):
        return commands_alone()
    settings = cli.settings_or_exit()
    logging.configure("web", form=settings.log_format)
    if not settings.database_url:
        click.echo("DATABASE_URL is missing; without it, everything starts together: python wsgi.py", err=True)
        raise SystemExit(2)
    # The pages are no business of commands, and take a second to load.
    from web.app import create_app

    munshi = compose(settings, application_name="munshi-web")
    munshi.database.wake_workers()
    return create_app(munshi)


def commands_alone() -> Flask:
    """An application that only has commands."""
    app = Flask("web")
    cli.register(app)
    return app
