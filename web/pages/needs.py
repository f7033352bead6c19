"""*Needs a person*: everything Munshi could not finish, with its conversation, an owner, and a way to end it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import assisting, desk
from orders.model import OrderDraft, SalesOrder
from people.model import Account, Party
from routing import matters as use
from routing.model import Matter, MatterKind
from web.pages import conversation
from web.pages.guard import May, asks, munshi, pages, transaction, visitor
from web.pages.wording import MATTER_KINDS

blueprint = pages("needs", __name__, url_prefix="/needs")

A_PAGE = 60
# What a matter says of itself first; the rest of its facts stands on its own page.
TOLD_FIRST = ("said", "reason", "error", "left_over", "claimed_firm", "intent", "code", "kind")
ACT_NAMES = {
    desk.Act.CLOSE: "Close",
    desk.Act.CONFIRM_DRAFT: "Confirm for the customer",
    desk.Act.CONFIRM_AS_NEW: "Confirm as a new order",
    desk.Act.LET_GO: "Send to the customer to confirm",
    desk.Act.CANCEL_DRAFT: "Cancel the draft",
    desk.Act.RELEASE_ORDER: "Release to the ERP",
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
    desk.Act.CANCEL_ORDER: "is closed, and the order is cancelled.",
    desk.Act.READ_AGAIN: "is closed, and the message is read again.",
    desk.Act.RUN_AGAIN: "is closed, and the job runs again.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One matter as it stands in the list."""

    matter: Matter
    party: Party | None
    account: Account | None

    @property
    def who(self) -> str:
        """The customer, else whoever wrote."""
        if self.party:
            return self.party.name
        if self.account is None:
            return "Munshi itself"
        return self.account.person.name if self.account.person else self.account.profile_name or "Unknown sender"

    @property
    def told(self) -> str:
        """Its first words."""
        facts = self.matter.facts
        return next((_plain(facts[name]) for name in TOLD_FIRST if facts.get(name)), self.matter.reference)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """What of the matters is shown."""

    kind: str = ""
    owner: str = ""
    words: str = ""
    closed: bool = False


def _plain(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


@blueprint.get("/")
@asks(May.LOOK)
def matters() -> ResponseReturnValue:
    """The list, oldest first, by kind, owner and customer."""
    chosen = Filter(
        kind=request.args.get("kind", ""),
        owner=request.args.get("owner", ""),
        words=request.args.get("words", "").strip()[:80],
        closed=request.args.get("closed") == "1",
    )
    with transaction() as session:
        shown = {
            "rows": _rows(session, chosen),
            "chosen": chosen,
            "kinds": _kinds(session),
            "owners": _owners(session),
            "total": _open(session),
            "names": MATTER_KINDS,
        }
        return render_template("needs/rows.html" if request.headers.get("HX-Request") else "needs/list.html", **shown)


def _rows(session: Session, chosen: Filter) -> list[Row]:
    query = (
        select(Matter, Party, Account)
        .outerjoin(Party, Party.code == Matter.party_code)
        .outerjoin(Account, Account.id == Matter.account_id)
        .where(Matter.closed_at.is_not(None) if chosen.closed else Matter.closed_at.is_(None))
        .order_by(Matter.closed_at.desc() if chosen.closed else Matter.opened_at, Matter.id)
        .limit(A_PAGE)
    )
    if chosen.kind:
        query = query.where(Matter.kind == chosen.kind)
    if chosen.owner == "nobody":
        query = query.where(Matter.owner.is_(None))
    elif chosen.owner:
        query = query.where(Matter.owner == (visitor().name if chosen.owner == "me" else chosen.owner))
    for word in chosen.words.split():
        query = query.where(_mentions(word))
    return [Row(matter=matter, party=party, account=account) for matter, party, account in session.execute(query)]


def _mentions(word: str) -> Any:
    like = f"%{word}%"
    number = word.upper().removeprefix("N")
    found = (
        Party.name.ilike(like)
        | Party.code.ilike(like)
        | Matter.reference.ilike(like)
        | Account.profile_name.ilike(like)
    )
    return found | (Matter.id == int(number)) if number.isdigit() and len(number) < 15 else found


def _kinds(session: Session) -> list[tuple[str, int]]:
    counted = select(Matter.kind, func.count()).where(Matter.closed_at.is_(None)).group_by(Matter.kind)
    return [(kind, count) for kind, count in session.execute(counted.order_by(Matter.kind))]


def _owners(session: Session) -> Sequence[str]:
    return [
        owner
        for owner in session.scalars(
            select(Matter.owner).where(Matter.closed_at.is_(None), Matter.owner.is_not(None)).distinct()
        )
        if owner
    ]


def _open(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Matter).where(Matter.closed_at.is_(None))) or 0


@blueprint.get("/<int:matter_id>")
@asks(May.LOOK)
def matter(matter_id: int) -> ResponseReturnValue:
    """One matter with its conversation and what it is about."""
    with transaction() as session:
        found = session.get(Matter, matter_id)
        if found is None:
            abort(404)
        account = session.get(Account, found.account_id) if found.account_id else None
        number, draft_id = desk.order_of(found), desk.draft_id_of(found)
        return render_template(
            "needs/one.html",
            matter=found,
            row=Row(
                matter=found,
                party=session.get(Party, found.party_code) if found.party_code else None,
                account=account,
            ),
            order=session.get(SalesOrder, number) if number else None,
            draft=session.get(OrderDraft, draft_id) if draft_id else None,
            bubbles=conversation.of_account(session, account.id) if account else [],
            facts={name: _plain(value) for name, value in found.facts.items() if value not in (None, "")},
            acts=[(act, ACT_NAMES[act]) for act in desk.acts(munshi(), session, found)],
            about=f"in-{found.inbound_id}" if found.inbound_id else "",
            unknown=found.kind == MatterKind.UNKNOWN_SENDER,
        )


@blueprint.post("/<int:matter_id>/take")
@asks(May.DESK)
def take(matter_id: int) -> ResponseReturnValue:
    """Become its owner."""
    with transaction() as session:
        taken = use.take(session, matter_id, owner=visitor().name)
    flash(
        f"N{matter_id} is yours." if taken else f"N{matter_id} is somebody else's or closed.",
        "good" if taken else "bad",
    )
    return _back(matter_id)


@blueprint.post("/<int:matter_id>/hand-back")
@asks(May.DESK)
def hand_back(matter_id: int) -> ResponseReturnValue:
    """Give it up for somebody else to take. An admin may free what is anybody's."""
    with transaction() as session:
        found = session.get(Matter, matter_id)
        owner = found.owner if found and found.owner and visitor().may(May.ADMIN) else visitor().name
        given = use.hand_back(session, matter_id, owner=owner)
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
        return redirect(url_for("needs.matter", matter_id=matter_id))
    if what in desk.ON_A_DRAFT_AS_SEEN and not _is_up_to_date(matter_id):
        flash(f"N{matter_id}: prices or goods have changed; look at the draft again.", "bad")
        return redirect(url_for("needs.matter", matter_id=matter_id))
    try:
        with transaction() as session:
            version = request.form.get("draft_version", type=int)
            desk.act(munshi(), session, matter_id, what, by=visitor().name, reason=reason, draft_version=version)
    except assisting.NotNow as why:
        flash(f"N{matter_id}: {why}", "bad")
        return redirect(url_for("needs.matter", matter_id=matter_id))
    except desk.Overtaken:
        flash(f"N{matter_id}: somebody else was first, or this cannot be done any more. Look at it again.", "bad")
        return redirect(url_for("needs.matter", matter_id=matter_id))
    flash(f"N{matter_id} {DONE[what]}", "good")
    return redirect(url_for("needs.matters"))


def _is_up_to_date(matter_id: int) -> bool:
    """Whether the draft still costs what the clerk has seen; if not, it does from now on."""
    with transaction() as session:
        found = session.get(Matter, matter_id)
        draft_id = desk.draft_id_of(found) if found is not None else None
        return draft_id is None or assisting.bring_up_to_date(munshi(), session, draft_id)


def _back(matter_id: int) -> ResponseReturnValue:
    if request.form.get("from") == "list":
        return redirect(url_for("needs.matters"))
    return redirect(url_for("needs.matter", matter_id=matter_id))
