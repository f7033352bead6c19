"""Everything seen in a browser: the admin pages and the console, as blueprints on the app."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from web.pages import (
    accounts,
    aliases,
    audit,
    console,
    desk,
    desk_draft,
    desk_talk,
    digests,
    guard,
    home,
    leakage,
    live,
    measures,
    media,
    navigation,
    orders,
    people,
    rollout,
    rule_file,
    rule_form,
    rules,
    senders,
    sign_in,
    standing,
    wording,
)
from web.pages.guard import MUNSHI, munshi
from web.pages.zones import house_zone

if TYPE_CHECKING:
    from bot.app import Munshi

BLUEPRINTS = (
    home.blueprint,
    sign_in.blueprint,
    desk.blueprint,
    desk_talk.blueprint,
    desk_draft.blueprint,
    orders.blueprint,
    accounts.blueprint,
    audit.blueprint,
    measures.blueprint,
    leakage.blueprint,
    digests.blueprint,
    aliases.blueprint,
    senders.blueprint,
    people.blueprint,
    rollout.blueprint,
    rules.blueprint,
    rule_form.blueprint,
    rule_file.blueprint,
    console.blueprint,
    live.blueprint,
    media.blueprint,
)


def register(app: Flask, composed: "Munshi") -> None:
    """Add all pages to the app. Webhooks and health are other blueprints and stay as they are."""
    app.extensions[MUNSHI] = composed
    guard.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/needs/", "needs", lambda: _moved(""))
    app.add_url_rule("/needs/<int:matter_id>", "needs_one", lambda matter_id: _moved(str(matter_id)))
    _add_filters(app)
    app.jinja_env.globals.update(navigation=navigation.entries, standing=standing.notices, house_zone=house_zone)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _moved(rest: str) -> ResponseReturnValue:
    """*Needs a person* has become the order desk; links that people kept still lead there."""
    asked = request.query_string.decode("ascii", "ignore")
    return redirect(f"/desk/{rest}" + (f"?{asked}" if asked else ""), code=308)


def _add_filters(app: Flask) -> None:
    def present() -> datetime:
        return munshi().clock.now()

    def day(at: datetime, zone: ZoneInfo | None = None) -> str:
        zone = zone or house_zone()
        return wording.day_name(at.astimezone(zone).date(), present().astimezone(zone).date())

    def full_time(at: datetime | None, zone: ZoneInfo | None = None) -> str:
        return wording.full_time(at, zone or house_zone())

    def age(at: datetime) -> str:
        return wording.age(at, present())

    def day_of(on: date | None) -> str:
        return f"{on:%a %-d %b %Y}" if on else "–"

    app.jinja_env.filters.update(
        chat=wording.chat,
        money=wording.money,
        number=wording.indian,
        matter_kind=wording.matter_kind,
        clock_time=wording.clock_time,
        full_time=full_time,
        age=age,
        day=day,
        day_of=day_of,
    )
