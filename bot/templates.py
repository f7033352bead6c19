"""The forms in which WhatsApp lets us open a conversation: submitted for approval, and what became of them.

One text in each language serves every kind of message: it shows the beginning and asks for a reply, which opens
the 24 hours in which the rest can be said.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.channels.port import ChannelError, HasChannels
from bot.channels.registry import APPROVED
from bot.channels.shapes import ANY_KIND, FORMS, form_key, template_name
from bot.model import ContentShape
from bot.replies.words import SPOKEN, words
from store.database import Database, now

log = structlog.get_logger()

REJECTED = "rejected"
# What WhatsApp does not let be sent any more, in its own words.
BARRED = (REJECTED, "paused", "disabled")
# Never submitted, refused, or no longer there: to be submitted, again.
TO_SUBMIT = ("", REJECTED, "missing")
VARIABLE = "{{1}}"


@runtime_checkable
class Approver(Protocol):
    """A channel whose provider approves templates."""

    @property
    def name(self) -> str:
        """Of the channel: what one provider approved says nothing of another."""

    def submit_template(self, *, name: str, language: str, body: str, sample: str) -> str:
        """Hand a text with one variable in; the provider's id of it."""

    def template_approval(self, sid: str) -> tuple[str, str]:
        """How its approval stands, and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """One template in one language, as the provider knows it."""

    name: str
    language: str
    approval: str
    reason: str = ""

    @property
    def approved(self) -> bool:
        """Whether it may be sent."""
        return self.approval == APPROVED


def submit(database: Database, channel: Approver) -> list[Form]:
    """Submit what was never submitted or was rejected; what was. Raises ChannelError."""
    submitted = []
    for language, catalogue in SPOKEN.items():
        name = template_name(ANY_KIND, catalogue)
        key = form_key(channel.name, name)
        if _approval(database, key) not in TO_SUBMIT:
            continue
        said = words(language)
        sid = channel.submit_template(
            name=name,
            language=catalogue,
            body=said("template.opening", text=VARIABLE),
            sample=said("template.sample"),
        )
        _keep(database, key=key, sid=sid, approval="received")
        submitted.append(Form(name=name, language=catalogue, approval="received"))
    return submitted


def status(database: Database, channel: Approver) -> list[Form]:
    """How every form stands now, asked of the provider and remembered. Raises ChannelError."""
    forms = []
    for catalogue in SPOKEN.values():
        name = template_name(ANY_KIND, catalogue)
        key = form_key(channel.name, name)
        with database.transaction() as session:
            sid = session.scalar(select(ContentShape.sid).where(ContentShape.key == key))
        if not sid:
            forms.append(Form(name=name, language=catalogue, approval="not submitted"))
            continue
        approval, reason = channel.template_approval(sid)
        _keep(database, key=key, sid=sid, approval=approval)
        forms.append(Form(name=name, language=catalogue, approval=approval, reason=reason))
    return forms


def learn(app: HasChannels) -> int:
    """A duty: ask how those stand that WhatsApp has not decided on; how many it has decided on since."""
    with app.database.transaction() as session:
        undecided = session.scalars(
            select(ContentShape).where(ContentShape.approval.not_in(("", APPROVED, REJECTED)))
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
        form.approval = approval
        log.info("approval_learned", template=form.key, approval=approval, reason=reason)
    return bool(forms)


def _learned(database: Database, channel: Approver, form: ContentShape) -> bool:
    try:
        approval, reason = channel.template_approval(form.sid)
    except ChannelError as error:
        log.warning("approval_not_learned", template=form.key, code=error.code)
        return False
    if approval == form.approval:
        return False
    _keep(database, key=form.key, sid=form.sid, approval=approval)
    log.info("approval_learned", template=form.key, approval=approval, reason=reason)
    return approval in (APPROVED, REJECTED)


def _approval(database: Database, key: str) -> str:
    with database.transaction() as session:
        return session.scalar(select(ContentShape.approval).where(ContentShape.key == key)) or ""


def _keep(database: Database, *, key: str, sid: str, approval: str) -> None:
    with database.transaction() as session:
        row = insert(ContentShape).values(key=key, sid=sid, made_at=now(session), approval=approval)
        newer = {"sid": sid, "approval": approval}
        session.execute(row.on_conflict_do_update(index_elements=["key"], set_=newer))
