"""Whether somebody can be written to now: WhatsApp's 24 hours, an approved form, and people who cannot be reached."""

from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.channels.port import Channel
from bot.channels.registry import APPROVED
from bot.channels.shapes import ANY_KIND, form_key, template_name
from bot.model import ContentShape
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
    """Why nothing that is written would reach him, and what to do; empty when it will."""
    if account.unreachable_reason:
        return "WhatsApp cannot reach this person. Call instead; when he writes again, he can be answered."
    if account_hears_nothing(session, account.id):
        return "This customer is in shadow: nothing that is written here reaches him. Answer as before, outside Munshi."
    if is_open(app, session, account):
        return ""
    if account.opted_out_at is not None:
        return "This person has asked us not to write. He can be answered within 24 hours of a message of his."
    if not has_form(app, session, account):
        return (
            "This person has not written for 24 hours, and WhatsApp has approved no form in his language yet: "
            "nothing can be sent until he writes. Call instead."
        )
    return ""


def has_form(app: Munshi, session: Session, account: Account) -> bool:
    """Whether an approved form may open the talk with him: it shows the beginning and asks him to write."""
    catalogue = words(account_language(account)).catalogue
    form = session.get(ContentShape, form_key(_channel(app, session, account).name, template_name(ANY_KIND, catalogue)))
    return form is not None and form.approval == APPROVED


def _channel(app: Munshi, session: Session, account: Account) -> Channel:
    return app.channels[channel_of(app, session, account, simulated=False)]
