"""Whether somebody can be written to now: WhatsApp's 24 hours, an approved form, and people who cannot be reached."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.channels.openings import approved_for
from bot.channels.port import Channel
from bot.model import Inbound
from bot.notices import account_language, channel_of
from bot.replies import words
from people.model import Account
from people.modes import account_hears_nothing
from store.database import now


def is_open(app: Munshi, session: Session, account: Account) -> bool:
    """Whether free text goes as it is: he has written within the channel's window, or it has none."""
    channel = _channel(app, session, account)
    if channel.window is None:
        return True
    return account.last_heard_at is not None and account.last_heard_at > now(session) - channel.window


def why_not_now(app: Munshi, session: Session, account: Account) -> str:
    """Why nothing that is written would ever reach him, and what to do; empty when it will, sooner or later."""
    if account.unreachable_reason:
        return "WhatsApp cannot reach this person. Call instead; when he writes again, he can be answered."
    if account_hears_nothing(session, account.id):
        return "This customer is in shadow: nothing that is written here reaches him. Answer as before, outside Munshi."
    if account.opted_out_at is not None and not (is_open(app, session, account) and answers(session, account.id)):
        return "This person has asked us not to write. He can be answered within 24 hours of a message of his."
    return ""


def why_it_waits(app: Munshi, session: Session, account: Account, *, kind: str) -> str:
    """What happens to a message of this kind outside the 24 hours; empty within them."""
    if is_open(app, session, account):
        return ""
    language = words(account_language(account)).catalogue
    if approved_for(session, _channel(app, session, account).name, kind=kind, language=language):
        return (
            "No message came for 24 hours: WhatsApp opens the talk with an approved form, which shows the beginning of "
            "this and asks for an answer."
        )
    return (
        "No message came for 24 hours, and no form is approved in this language: what is written here waits until the "
        "person writes or a form is approved. If it is urgent, call."
    )


def answers(session: Session, account_id: int) -> int | None:
    """The message of his that a clerk's word answers: the newest."""
    newest = select(Inbound.id).where(Inbound.account_id == account_id).order_by(Inbound.id.desc()).limit(1)
    return session.scalar(newest)


def _channel(app: Munshi, session: Session, account: Account) -> Channel:
    return app.channels[channel_of(app, session, account, simulated=False)]
