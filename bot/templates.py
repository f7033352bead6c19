"""The forms in which WhatsApp lets us open a conversation: submitted for approval, and what became of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

import structlog
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.channels.openings import body, samples
from bot.channels.port import ChannelError, HasChannels
from bot.channels.registry import APPROVED
from bot.channels.shapes import FORMS, form_key, template_name
from bot.kinds import Form as Text
from bot.model import ContentShape
from bot.replies.words import SPOKEN, words
from store.database import Database, now

log = structlog.get_logger()

REJECTED = "rejected"
# What WhatsApp does not let be sent any more, in its own words.
BARRED = (REJECTED, "paused", "disabled")
# Never submitted, refused, or no longer there: to be submitted, again.
TO_SUBMIT = ("", REJECTED, "missing")
# Decided once, a form may still be paused or disabled, and not every provider tells.
ASKED_AGAIN_AFTER = timedelta(hours=6)


@runtime_checkable
class Approver(Protocol):
    """A channel whose provider approves templates."""

    @property
    def name(self) -> str:
        """Of the channel: what one provider approved says nothing of another."""

    def submit_template(self, *, name: str, language: str, body: str, samples: tuple[str, ...]) -> str:
        """Hand a text in, with a sample of each of its variables; the provider's id of it."""

    def template_approval(self, sid: str) -> tuple[str, str]:
        """How its approval stands, and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """One template in one language, as the provider knows it."""

    name: str
    language: str
    approval: str
    reason: str = ""
    since: datetime | None = None
    """When the provider's word was first heard."""

    @property
    def approved(self) -> bool:
        """Whether it may be sent."""
        return self.approval == APPROVED


def all_forms() -> Iterator[tuple[Text, str, str]]:
    """Every form in every language we speak: its text, the language's code and its catalogue."""
    for text in Text:
        for language, catalogue in SPOKEN.items():
            yield text, language, catalogue


def submit(database: Database, channel: Approver) -> list[Form]:
    """Submit what was never submitted or was rejected; what was. Raises ChannelError."""
    submitted = []
    for text, language, catalogue in all_forms():
        name = template_name(text, catalogue)
        key = form_key(channel.name, name)
        if _approval(database, key) not in TO_SUBMIT:
            continue
        said = words(language)
        sid = channel.submit_template(name=name, language=catalogue, body=body(text, said), samples=samples(text, said))
        _keep(database, key=key, sid=sid, approval="received", reason="")
        submitted.append(Form(name=name, language=catalogue, approval="received"))
    return submitted


def status(database: Database, channel: Approver) -> list[Form]:
    """How every form stands now, asked of the provider and remembered. Raises ChannelError."""
    return [_status(database, channel, text, catalogue) for text, _, catalogue in all_forms()]


def _status(database: Database, channel: Approver, text: Text, catalogue: str) -> Form:
    name = template_name(text, catalogue)
    key = form_key(channel.name, name)
    with database.transaction() as session:
        sid = session.scalar(select(ContentShape.sid).where(ContentShape.key == key))
    if not sid:
        return Form(name=name, language=catalogue, approval="not submitted")
    approval, reason = channel.template_approval(sid)
    since = _keep(database, key=key, sid=sid, approval=approval, reason=reason)
    return Form(name=name, language=catalogue, approval=approval, reason=reason, since=since)


def learn(app: HasChannels) -> int:
    """A duty: ask how those stand that WhatsApp has not decided on, and the others now and then; how many it decided.

    A rejected one is asked for no more: it is to be submitted again.
    """
    with app.database.transaction() as session:
        asked_last = or_(ContentShape.asked_at.is_(None), ContentShape.asked_at <= now(session) - ASKED_AGAIN_AFTER)
        undecided = session.scalars(
            select(ContentShape).where(
                ContentShape.approval.not_in(("", REJECTED)), or_(ContentShape.approval != APPROVED, asked_last)
            )
        ).all()
    approvers = [channel for channel in app.channels.values() if isinstance(channel, Approver)]
    return sum(
        _learned(app.database, channel, form)
        for form in undecided
        for channel in approvers
        if form.key.startswith(form_key(channel.name, FORMS))
    )


def record_approval(session: Session, *, sid: str, approval: str, reason: str = "") -> bool:
    """Keep what WhatsApp calls back about a form; False when it is none of ours."""
    forms = session.scalars(select(ContentShape).where(ContentShape.sid == sid, ContentShape.approval != "")).all()
    for form in forms:
        if form.approval != approval:
            form.judged_at = now(session)
        form.approval, form.reason = approval, reason
        log.info("approval_learned", template=form.key, approval=approval, reason=reason)
    return bool(forms)


def _learned(database: Database, channel: Approver, form: ContentShape) -> bool:
    try:
        approval, reason = channel.template_approval(form.sid)
    except ChannelError as error:
        log.warning("approval_not_learned", template=form.key, code=error.code)
        return False
    _keep(database, key=form.key, sid=form.sid, approval=approval, reason=reason)
    if approval == form.approval:
        return False
    log.info("approval_learned", template=form.key, approval=approval, reason=reason)
    return approval in (APPROVED, *BARRED)


def _approval(database: Database, key: str) -> str:
    with database.transaction() as session:
        return session.scalar(select(ContentShape.approval).where(ContentShape.key == key)) or ""


def _keep(database: Database, *, key: str, sid: str, approval: str, reason: str) -> datetime:
    """What the provider says of a form; since when it says so."""
    with database.transaction() as session:
        present = now(session)
        known = session.get(ContentShape, key, with_for_update=True)
        since = known.judged_at if known is not None and known.approval == approval and known.judged_at else present
        told = {"sid": sid, "approval": approval, "reason": reason, "judged_at": since, "asked_at": present}
        row = insert(ContentShape).values(key=key, made_at=present, **told)
        session.execute(row.on_conflict_do_update(index_elements=["key"], set_=told))
        return since
