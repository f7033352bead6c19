"""Whom Munshi could not tell anything now, and why: before something happens that they must know."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.port import Channel
from bot.channels.registry import APPROVED
from bot.channels.shapes import FORMS, form_key, template_name
from bot.kinds import Form
from bot.model import ContentShape
from bot.notices import language_of
from bot.replies.words import SPOKEN, spoken
from people.model import Account, Party, Person
from people.who import has_access
from store.database import now


class Reason(StrEnum):
    """Why somebody is not reached."""

    NO_PHONE = "no phone"
    OPTED_OUT = "asked us not to write (STOP); he is answered when he writes"
    BLOCKED = "WhatsApp does not deliver to him"
    WINDOW_SHUT = "has not written for 24 hours, and no form is approved in his language"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreachable:
    """One person, or a firm of which nobody is known."""

    name: str
    staff: bool
    reason: Reason
    language: str = ""


def unreachable(session: Session, channel: Channel, *, timezone: str) -> Iterator[Unreachable]:
    """Everybody who is to be told things, staff first, with the first reason against it."""
    present = now(session)
    today = present.astimezone(ZoneInfo(timezone)).date()
    persons = [one for one in session.scalars(select(Person).order_by(Person.name)) if has_access(one, today)]
    accounts: dict[int, Account] = {}
    for account in session.scalars(select(Account).where(Account.person_id.is_not(None)).order_by(Account.id.desc())):
        accounts[account.person_id or 0] = account
    approved = _approved(session, channel)
    for person in sorted(persons, key=lambda one: not one.functions):
        language = spoken(language_of(person))
        reason = _reason(person, accounts.get(person.id), channel, present, has_form=language in approved)
        if reason:
            yield Unreachable(name=person.name, staff=bool(person.functions), reason=reason, language=language)
    known = {code for person in persons for code in person.parties}
    for party in session.scalars(select(Party).where(Party.active).order_by(Party.name)):
        if party.code not in known:
            yield Unreachable(name=party.name, staff=False, reason=Reason.NO_PHONE)


def _approved(session: Session, channel: Channel) -> set[str]:
    """The languages in which anything may be said to whoever has not written."""
    known = session.scalars(
        select(ContentShape.key).where(
            ContentShape.approval == APPROVED, ContentShape.key.startswith(form_key(channel.name, FORMS))
        )
    )
    keys = set(known)
    return {one for one in SPOKEN.values() if form_key(channel.name, template_name(Form.ANY, one)) in keys}


def _reason(
    person: Person, account: Account | None, channel: Channel, present: datetime, *, has_form: bool
) -> Reason | None:
    if not person.phone:
        return Reason.NO_PHONE
    if account is not None and account.opted_out_at is not None:
        return Reason.OPTED_OUT
    if account is not None and account.unreachable_reason:
        return Reason.BLOCKED
    heard = account.last_heard_at if account is not None else None
    shut = channel.window is not None and (heard is None or heard <= present - channel.window)
    return Reason.WINDOW_SHUT if shut and not has_form else None
