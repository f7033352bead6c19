"""The order desk: everything Munshi could not finish, with its talk, an owner, and the ways to end it."""

from secrets import token_urlsafe
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot import assisting, desk, window
from bot.claims import Overtaken
from bot.dialogues.answers import DESK_REPLY
from bot.model import Conversation
from erp import mirror
from orders.model import DraftState, OrderDraft, SalesOrder
from people import administrators
from people.model import Account, Party
from routing import desk_list, matters
from routing.desk_list import NOBODY, Filter, Row
from routing.model import Matter, MatterKind
from web.pages import conversation, draft_form, price_request
from web.pages.guard import May, asks, munshi, pages, transaction, visitor
from web.pages.live import news_since
from web.pages.wording import MATTER_KINDS

blueprint = pages("desk", __name__, url_prefix="/desk")

A_PAGE = 60
WHOLE_TALK = 2000
# What a matter says of itself first; the rest of its facts stands on its own page.
TOLD_FIRST = ("said", "reason", "error", "left_over", "claimed_firm", "intent", "code", "kind")
ACT_NAMES = {
    desk.Act.CLOSE: "Close",
    desk.Act.CONFIRM_DRAFT: "Confirm for the customer",
    desk.Act.CONFIRM_AS_NEW: "Confirm as a new order",
    desk.Act.LET_GO: "Send to the customer to confirm",
    desk.Act.CANCEL_DRAFT: "Cancel the draft",
    desk.Act.RELEASE_ORDER: "Release to the ERP",
    desk.Act.RELEASE_CHANGE: "Release the change",
    desk.Act.DROP_CHANGE: "Drop the change",
    desk.Act.SAY_POSTED: "Say it is posted",
    desk.Act.CANCEL_ORDER: "Cancel the order",
    desk.Act.READ_AGAIN: "Read it again",
    desk.Act.RUN_AGAIN: "Run the job again",
}
DONE = {
    desk.Act.CLOSE: "is closed.",
    desk.Act.CONFIRM_DRAFT: "is closed, and the order goes to the ERP.",
    desk.Act.CONFIRM_AS_NEW: "is closed, and the order goes to the ERP.",
    desk.Act.LET_GO: "is closed, and the draft is with its sender.",
    desk.Act.CANCEL_DRAFT: "is closed, and the draft is cancelled.",
    desk.Act.RELEASE_ORDER: "is closed, and the order goes to the ERP.",
    desk.Act.RELEASE_CHANGE: "is closed, and the change goes to the ERP.",
    desk.Act.DROP_CHANGE: "is closed. The order stays as it is; the customer was told.",
    desk.Act.SAY_POSTED: "is closed; the customer was told that the order is posted.",
    desk.Act.CANCEL_ORDER: "is closed, and the order is cancelled.",
    desk.Act.READ_AGAIN: "is closed, and the message is read again.",
    desk.Act.RUN_AGAIN: "is closed, and the job runs again.",
}
ONE = text("""
    SELECT concat_ws('-', matters.version, conversations.taken_over_by,
                     extract(epoch FROM conversations.taken_over_until), accounts.last_heard_at,
                     (SELECT max(id) FROM inbound WHERE inbound.account_id = matters.account_id),
                     (SELECT concat_ws('-', max(position), extract(epoch FROM max(state_at)), count(sent_at))
                        FROM outbound WHERE outbound.account_id = matters.account_id),
                     (SELECT count(*) FROM inbound_media JOIN inbound ON inbound.id = inbound_media.inbound_id
                       WHERE inbound.account_id = matters.account_id))
      FROM matters
 LEFT JOIN conversations ON conversations.account_id = matters.account_id
 LEFT JOIN accounts ON accounts.id = matters.account_id
     WHERE matters.id = :matter_id
""")


@blueprint.get("/", endpoint="matters")
@asks(May.LOOK)
def matters_page() -> ResponseReturnValue:
    """The list, by kind, owner, plant and customer; oldest first, or newest."""
    chosen = Filter(
        kind=request.args.get("kind", ""),
        owner=visitor().name if request.args.get("owner") == "me" else request.args.get("owner", ""),
        plant=request.args.get("plant", ""),
        words=request.args.get("words", "").strip()[:80],
        closed=request.args.get("closed") == "1",
        newest_first=request.args.get("order") == "newest",
    )
    after = desk_list.key_of(request.args.get("after", ""))
    with transaction() as session:
        rows = desk_list.page_of(session, chosen, after=after, size=A_PAGE + 1)
        shown: dict[str, Any] = {
            "rows": rows[:A_PAGE],
            "next_key": str(rows[A_PAGE - 1].key) if len(rows) > A_PAGE else "",
            "after": after,
            "chosen": chosen,
            "asked": {name: value for name, value in request.args.items() if name != "after" and value},
            "told": told,
        }
        if request.headers.get("HX-Request"):
            return render_template("desk/rows.html", **shown)
        return render_template("desk/list.html", **shown, **_choices(session))


def _choices(session: Session) -> dict[str, Any]:
    return {
        "kinds": MATTER_KINDS,
        "owners": administrators.names(session),
        "plants": [plant for plant in mirror.plants(session) if plant.code],
        "total": desk_list.open_count(session),
        "most": desk_list.MOST_COUNTED,
        "nobody": NOBODY,
    }


def told(matter: Matter) -> str:
    """A matter's first words."""
    return next((_plain(matter.facts[name]) for name in TOLD_FIRST if matter.facts.get(name)), matter.reference)


def _plain(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


@blueprint.get("/<int:matter_id>")
@asks(May.LOOK)
def matter(matter_id: int) -> ResponseReturnValue:
    """One matter with its talk and what it is about."""
    with transaction() as session:
        return show(session, matter_id)


def show(session: Session, matter_id: int, *, keyed: draft_form.Form | None = None, reply: str = "") -> str:
    """The page; `keyed` and `reply` are what was typed and not taken."""
    found = _found(session, matter_id)
    number, draft_id = desk.order_of(found), desk.draft_id_of(found)
    draft = session.get(OrderDraft, draft_id) if draft_id else None
    return render_template(
        "desk/one.html",
        order=session.get(SalesOrder, number) if number else None,
        draft=draft,
        form=_form(session, found, draft, keyed),
        asked=price_request.of_draft(session, draft),
        facts={name: _plain(value) for name, value in found.facts.items() if value not in (None, "")},
        acts=[(act, ACT_NAMES[act]) for act in desk.acts(munshi(), session, found) if act in ACT_NAMES],
        unknown=found.kind == MatterKind.UNKNOWN_SENDER,
        media=conversation.media_of(session, found.inbound_id),
        firms=_firms(session, found),
        reply_key=token_urlsafe(16),
        reply=reply,
        **_state(session, found),
        **_talk(session, found),
    )


def _form(
    session: Session, found: Matter, draft: OrderDraft | None, keyed: draft_form.Form | None
) -> draft_form.Form | None:
    """What can be keyed in; nothing once the draft or the matter has ended."""
    under_work = draft is not None and draft.state in (DraftState.DESK.value, DraftState.OPEN.value)
    if draft is None or not under_work or found.closed_at is not None:
        return None
    return keyed or draft_form.of_draft(session, draft)


def _firms(session: Session, found: Matter) -> list[Party]:
    """For which an order may be keyed in beside this matter."""
    account = session.get(Account, found.account_id) if found.account_id else None
    if account is None or found.closed_at is not None or draft_form.has_its_draft(found):
        return []
    return draft_form.firms(munshi(), session, account)


def _state(session: Session, found: Matter) -> dict[str, Any]:
    account = session.get(Account, found.account_id) if found.account_id else None
    talk = session.get(Conversation, account.id) if account else None
    return {
        "matter": found,
        "row": Row(
            matter=found,
            party=session.get(Party, found.party_code) if found.party_code else None,
            account=account,
        ),
        "talker": talk.taken_over_by if talk else None,
        "talks_until": talk.taken_over_until if talk else None,
        "silent_because": window.why_not_now(munshi(), session, account) if account else "",
        "waits_because": window.why_it_waits(munshi(), session, account, kind=DESK_REPLY) if account else "",
    }


def _talk(session: Session, found: Matter) -> dict[str, Any]:
    whole = request.args.get("talk") == "whole"
    limit = WHOLE_TALK if whole else conversation.LIMIT
    bubbles = conversation.of_account(session, found.account_id, limit=limit) if found.account_id else []
    return {
        "bubbles": bubbles,
        "earlier": len(bubbles) == limit,
        "whole": whole,
        "seen": conversation.newest_heard(session, found.account_id) if found.account_id else 0,
        "about": f"in-{found.inbound_id}" if found.inbound_id else "",
    }


@blueprint.get("/<int:matter_id>/talk")
@asks(May.LOOK)
def talk(matter_id: int) -> ResponseReturnValue:
    """The talk alone: what an open page shows anew when something is new."""
    with transaction() as session:
        found = _found(session, matter_id)
        return render_template("desk/talk.html", matter=found, **_talk(session, found))


@blueprint.get("/<int:matter_id>/state")
@asks(May.LOOK)
def state(matter_id: int) -> ResponseReturnValue:
    """Who has it and who speaks, alone."""
    with transaction() as session:
        return render_template("desk/state.html", **_state(session, _found(session, matter_id)))


def _found(session: Session, matter_id: int) -> Matter:
    found = session.get(Matter, matter_id)
    if found is None:
        abort(404)
    return found


@blueprint.get("/<int:matter_id>/live")
@asks(May.LOOK)
def live(matter_id: int) -> ResponseReturnValue:
    """Whether the matter or its talk has changed."""
    with transaction() as session:
        version = session.execute(ONE, {"matter_id": matter_id}).scalar()
    return news_since(str(version))


@blueprint.post("/<int:matter_id>/take")
@asks(May.DESK)
def take(matter_id: int) -> ResponseReturnValue:
    """Become its owner."""
    with transaction() as session:
        taken = matters.take(session, matter_id, owner=visitor().name)
        found = session.get(Matter, matter_id, populate_existing=True)
    if taken:
        flash(f"N{matter_id} is yours.", "good")
    else:
        flash(f"N{matter_id} {_who_has(found)}", "bad")
    return _back(matter_id)


def _who_has(found: Matter | None) -> str:
    if found is None or found.closed_at is not None:
        return "is closed."
    return f"is with {found.owner} already." if found.owner else "has changed meanwhile; look again."


@blueprint.post("/<int:matter_id>/hand-back")
@asks(May.DESK)
def hand_back(matter_id: int) -> ResponseReturnValue:
    """Give it up for somebody else to take. An admin may free what is anybody's."""
    with transaction() as session:
        found = session.get(Matter, matter_id)
        owner = found.owner if found and found.owner and visitor().may(May.ADMIN) else visitor().name
        talk = found is not None and found.kind == MatterKind.TAKEN_OVER
        given = not talk and matters.hand_back(session, matter_id, owner=owner)
    flash(f"N{matter_id} is free to take." if given else f"N{matter_id} is not yours.", "good" if given else "bad")
    return _back(matter_id)


@blueprint.post("/<int:matter_id>/end")
@asks(May.DESK)
def end(matter_id: int) -> ResponseReturnValue:
    """Do what was chosen and close it, with a reason."""
    reason = " ".join(request.form.get("reason", "").split())[:500]
    try:
        what = desk.Act(request.form.get("act", ""))
    except ValueError:
        abort(422)
    if not reason:
        flash("Say in a few words why; the reason stays with the matter.", "bad")
        return redirect(url_for("desk.matter", matter_id=matter_id))
    if what in desk.ON_A_DRAFT_AS_SEEN and not _is_up_to_date(matter_id):
        flash(f"N{matter_id}: prices or goods have changed; look at the draft again.", "bad")
        return redirect(url_for("desk.matter", matter_id=matter_id))
    try:
        with transaction() as session:
            desk.act(
                munshi(),
                session,
                matter_id,
                what,
                by=visitor().name,
                reason=reason,
                version=version_seen(),
                draft_version=request.form.get("draft_version", type=int),
            )
    except assisting.NotNow as why:
        flash(f"N{matter_id}: {why}", "bad")
        return redirect(url_for("desk.matter", matter_id=matter_id))
    except Overtaken as overtaken:
        return turned_away(matter_id, overtaken)
    flash(f"N{matter_id} {DONE.get(what, 'is closed.')}", "good")
    return redirect(url_for("desk.matters"))


def _is_up_to_date(matter_id: int) -> bool:
    """Whether the draft still costs what the clerk has seen; if not, it does from now on."""
    with transaction() as session:
        found = session.get(Matter, matter_id)
        draft_id = desk.draft_id_of(found) if found is not None else None
        return draft_id is None or assisting.bring_up_to_date(munshi(), session, draft_id)


def version_seen() -> int | None:
    """The version of the matter that the form was made from."""
    told = request.form.get("version", "")
    return int(told) if told.isdecimal() and len(told) < 18 else None


def turned_away(matter_id: int, overtaken: Overtaken) -> ResponseReturnValue:
    """Say politely who was first, and show how it stands."""
    if overtaken.who:
        flash(f"N{matter_id}: {overtaken.who} has it already. Nothing was done.", "bad")
    else:
        flash(f"N{matter_id}: somebody else was first, or this cannot be done any more. Look at it again.", "bad")
    return redirect(url_for("desk.matter", matter_id=matter_id))


def _back(matter_id: int) -> ResponseReturnValue:
    if request.form.get("from") == "list":
        return redirect(url_for("desk.matters"))
    return redirect(url_for("desk.matter", matter_id=matter_id))
