"""Talking with somebody oneself: take the talk over, reply as the firm, hand it back to Munshi."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot import take_over
from bot.claims import Overtaken
from bot.take_over import CannotSend, Reply
from routing.model import Matter
from web.pages import desk
from web.pages.guard import May, asks, munshi, pages, transaction, visitor

blueprint = pages("desk_talk", __name__, url_prefix="/desk")

LONGEST_KEY = 64


@blueprint.post("/<int:matter_id>/take-over")
@asks(May.DESK)
def begin(matter_id: int) -> ResponseReturnValue:
    """From now on Munshi answers nothing that this person writes."""
    try:
        with transaction() as session:
            take_over.take_over(session, _account_id(session, matter_id), by=visitor().name)
    except Overtaken as overtaken:
        return _talks_already(matter_id, overtaken)
    flash("You talk with this person now. Munshi is silent until you hand the talk back, or for two hours.", "good")
    return redirect(url_for("desk.matter", matter_id=matter_id))


@blueprint.post("/<int:matter_id>/to-munshi")
@asks(May.DESK)
def hand_back(matter_id: int) -> ResponseReturnValue:
    """Munshi answers again. An admin may end anybody's talk."""
    try:
        with transaction() as session:
            account_id = _account_id(session, matter_id)
            anybodys = visitor().may(May.ADMIN)
            take_over.hand_back(munshi(), session, account_id, by=visitor().name, anybodys=anybodys)
    except Overtaken as overtaken:
        return _talks_already(matter_id, overtaken)
    flash("Munshi answers this person again.", "good")
    return redirect(url_for("desk.matter", matter_id=matter_id))


@blueprint.post("/<int:matter_id>/reply")
@asks(May.DESK)
def reply(matter_id: int) -> ResponseReturnValue:
    """Say something as the firm; the same form sent twice says it once."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    key = request.form.get("key", "")[:LONGEST_KEY]
    seen = request.form.get("seen", "")
    if not key:
        abort(422)
    said = Reply(text=text, key=key, seen=int(seen) if seen.isdecimal() and len(seen) < 18 else 0)
    try:
        with transaction() as session:
            take_over.reply(munshi(), session, _account_id(session, matter_id), said, by=visitor().name)
    except Overtaken as overtaken:
        return _talks_already(matter_id, overtaken)
    except CannotSend as refused:
        flash(str(refused), "bad")
        with transaction() as session:
            return desk.show(session, matter_id, reply=text), 422
    return redirect(url_for("desk.matter", matter_id=matter_id, _anchor="reply"))


def _account_id(session: Session, matter_id: int) -> int:
    found = session.get(Matter, matter_id)
    if found is None or found.account_id is None:
        abort(404)
    return found.account_id


def _talks_already(matter_id: int, overtaken: Overtaken) -> ResponseReturnValue:
    who = f"{overtaken.who} talks with this person already." if overtaken.who else "Nobody talks with this person now."
    flash(f"{who} Nothing was done.", "bad")
    return redirect(url_for("desk.matter", matter_id=matter_id))
