"""What every page says on top while Munshi stands still, after a restore or paused by a person, and what is wrong."""

from dataclasses import dataclass

from flask_login import current_user

from store import alarms, holds
from web.pages.guard import transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One line: `kind` is how it looks."""

    kind: str
    text: str


def notices() -> list[Notice]:
    """By whom and why, which customers and what is wrong, only those hear who are signed in."""
    with transaction() as session:
        hold, paused = holds.held(session), holds.pauses(session)
        wrong = alarms.standing(session)
    signed_in = bool(current_user.is_authenticated)
    told = []
    if hold:
        text = "Restored from a backup: nothing is answered, sent or posted until `reconcile` agrees."
        told.append(Notice(kind="bad", text=text))
    if whole := next((one for one in paused if one.customer == holds.EVERYBODY), None):
        who = f" by {whole.by}{_why(whole)}" if signed_in else ""
        told.append(Notice(kind="warn", text=f"Paused{who}: messages are stored, none is answered."))
    if not signed_in:
        return told
    if customers := [f"{one.customer}{_why(one)}" for one in paused if one.customer != holds.EVERYBODY]:
        told.append(Notice(kind="warn", text=f"Paused customers: {', '.join(customers)}."))
    return told + [Notice(kind="bad", text=alarm.text) for alarm in wrong]


def _why(one: holds.Pause) -> str:
    return f" ({one.reason})" if one.reason else ""
