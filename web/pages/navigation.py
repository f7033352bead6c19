"""The pages one can go to, with how much waits on each."""

from dataclasses import dataclass

from flask import request, url_for
from flask_login import current_user
from sqlalchemy import func, select

from orders.model import Alias, AliasState
from people.model import Account
from routing.desk_list import MOST_COUNTED
from routing.model import Matter
from web.pages import console
from web.pages.guard import May, transaction, visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One link of the navigation."""

    name: str
    href: str
    here: bool
    count: int = 0


PAGES = (
    ("Overview", "home.home"),
    ("Order desk", "desk.matters"),
    ("Orders", "orders.orders"),
    ("Register", "register.orders"),
    ("Measures", "measures.measures"),
    ("Rules", "rules.first"),
    ("Leakage", "leakage.leaked"),
    ("Audit", "audit.entries"),
    ("Aliases", "aliases.aliases"),
    ("Senders", "senders.senders"),
    ("Customers", "people.parties"),
    ("Roll-out", "rollout.customers"),
)
ALSO_OF = {"desk": ("desk_talk", "desk_draft"), "rules": ("rule_form", "rule_file")}
"""Blueprints whose pages belong to another one's."""


def counts() -> dict[str, int]:
    """How much waits: open matters, proposed aliases, unknown senders."""
    some_open = select(Matter.id).where(Matter.closed_at.is_(None)).limit(MOST_COUNTED)
    with transaction() as session:
        matters, proposed, senders = session.execute(
            select(
                select(func.count()).select_from(some_open.subquery()).scalar_subquery(),
                select(func.count()).where(Alias.state == AliasState.PROPOSED.value).scalar_subquery(),
                select(func.count())
                .where(Account.person_id.is_(None), Account.dismissed_at.is_(None), Account.last_heard_at.is_not(None))
                .scalar_subquery(),
            )
        ).one()
    return {"desk.matters": matters, "aliases.aliases": proposed, "senders.senders": senders}


def entries() -> list[Entry]:
    """What this visitor may open."""
    found: list[Entry] = []
    if current_user.is_authenticated:
        waiting = counts()
        found = [_entry(name, endpoint, waiting.get(endpoint, 0)) for name, endpoint in PAGES]
    if console.open_to_all() or (current_user.is_authenticated and visitor().may(May.ADMIN)):
        found.append(_entry("Console", "console.console", 0))
    return found


def _entry(name: str, endpoint: str, count: int) -> Entry:
    blueprint, _, _ = endpoint.partition(".")
    here = (request.endpoint or "").split(".")[0] in (blueprint, *ALSO_OF.get(blueprint, ()))
    return Entry(name=name, href=url_for(endpoint), here=here, count=count)
