"""Keying in a draft beside a photo, voice note or file, completing one, and sending it to its customer for his yes."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from bot import desk_drafts
from bot.claims import Overtaken
from bot.take_over import CannotSend
from erp.mirror_model import MirroredItem
from routing.model import Matter
from web.pages import desk, draft_form
from web.pages.guard import May, asks, munshi, pages, transaction, visitor

blueprint = pages("desk_draft", __name__, url_prefix="/desk")

MOST_FOUND = 12


@blueprint.post("/<int:matter_id>/draft")
@asks(May.DESK)
def begin(matter_id: int) -> ResponseReturnValue:
    """Start keying in, or go on with what is open for the firm."""
    try:
        with transaction() as session:
            found = session.get(Matter, matter_id)
            if found is None or found.account_id is None:
                abort(404)
            _, keyed = desk_drafts.begin(
                munshi(),
                session,
                account_id=found.account_id,
                party_code=request.form.get("party_code", ""),
                inbound_id=found.inbound_id,
                by=visitor().name,
            )
            keyed_id = keyed.id
    except Overtaken as overtaken:
        return desk.turned_away(matter_id, overtaken)
    except CannotSend as refused:
        flash(str(refused), "bad")
        return redirect(url_for("desk.matter", matter_id=matter_id))
    return redirect(url_for("desk.matter", matter_id=keyed_id, _anchor="draft"))


@blueprint.post("/<int:matter_id>/draft/<int:draft_id>")
@asks(May.DESK)
def save(matter_id: int, draft_id: int) -> ResponseReturnValue:
    """Keep what was keyed in; `send` shows it to the customer as well."""
    sends = request.form.get("act") == "send"
    try:
        with transaction() as session:
            typed = draft_form.typed(session, draft_id)
            if typed.problems:
                return desk.show(session, matter_id, keyed=typed), 422
            draft = desk_drafts.save(
                munshi(),
                session,
                draft_id,
                version=typed.version,
                lines=typed.keyed,
                terms=typed.terms,
                matter_id=matter_id,
                by=visitor().name,
            )
            if sends:
                seen = request.form.get("seen", "")
                desk_drafts.send_for_confirmation(
                    munshi(),
                    session,
                    draft.id,
                    version=draft.version,
                    matter_id=matter_id,
                    by=visitor().name,
                    seen=int(seen) if seen.isdecimal() and len(seen) < 18 else 0,
                )
    except Overtaken as overtaken:
        return desk.turned_away(matter_id, overtaken)
    except CannotSend as refused:
        flash(f"Not sent. {refused}", "bad")
        with transaction() as session:
            return desk.show(session, matter_id, keyed=draft_form.typed(session, draft_id)), 422
    if sends:
        flash(f"N{matter_id}: sent for confirmation. What the customer answers, Munshi takes.", "good")
        return redirect(url_for("desk.matters"))
    flash("Saved, at today's prices.", "good")
    return redirect(url_for("desk.matter", matter_id=matter_id, _anchor="draft"))


@blueprint.get("/items")
@asks(May.LOOK)
def items() -> ResponseReturnValue:
    """Items whose name or code holds every word typed, as choices for a line."""
    words = next(iter(request.args.values()), "").strip()[:80]
    query = select(MirroredItem).where(MirroredItem.active, MirroredItem.listed).order_by(MirroredItem.name)
    for word in words.split():
        query = query.where(or_(MirroredItem.name.ilike(f"%{word}%"), MirroredItem.sku.ilike(f"%{word}%")))
    with transaction() as session:
        found = session.scalars(query.limit(MOST_FOUND)).all() if words else []
        return render_template("aliases/items.html", items=found, words=words)
