"""Senders nobody knows: what they wrote, whom they say they are, and an admin's decision whose they are."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Integer, cast, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot import parked
from bot.model import Inbound, InboundState
from people import newcomers, who
from people.model import Account, Party, Person
from routing import matters
from routing.model import MatterKind
from web.pages import conversation
from web.pages.guard import May, asks, pages, transaction, visitor

blueprint = pages("senders", __name__, url_prefix="/senders")

A_PAGE = 60
SUGGESTED = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """One unknown sender as it stands in the list."""

    account: Account
    names: tuple[str, ...]
    messages: int
    last: str

    @property
    def name(self) -> str:
        """What the phone calls itself, else its number."""
        return self.account.profile_name or ", ".join(self.names) or "Nameless"


@blueprint.get("/")
@asks(May.LOOK)
def senders() -> ResponseReturnValue:
    """Those who wait, and on request those dismissed."""
    dismissed = request.args.get("dismissed") == "1"
    with transaction() as session:
        shown = {"senders": _senders(session, dismissed=dismissed), "dismissed": dismissed}
        template = "senders/rows.html" if request.headers.get("HX-Request") else "senders/list.html"
        return render_template(template, **shown)


def _senders(session: Session, *, dismissed: bool) -> list[Sender]:
    accounts = session.scalars(
        select(Account)
        .where(
            Account.person_id.is_(None),
            Account.dismissed_at.is_not(None) if dismissed else Account.dismissed_at.is_(None),
            select(Inbound.id).where(Inbound.account_id == Account.id).exists(),
        )
        .order_by(Account.first_seen_at.desc())
        .limit(A_PAGE)
    ).all()
    return [_sender(session, account) for account in accounts]


def _sender(session: Session, account: Account) -> Sender:
    count = session.scalar(select(func.count(Inbound.id)).where(Inbound.account_id == account.id)) or 0
    last = session.scalars(
        select(Inbound).where(Inbound.account_id == account.id).order_by(Inbound.id.desc()).limit(1)
    ).first()
    return Sender(
        account=account,
        names=tuple(sorted(identity.value for identity in account.identities)),
        messages=count,
        last=(last.body or last.kind) if last else "",
    )


@blueprint.get("/<int:account_id>")
@asks(May.LOOK)
def sender(account_id: int) -> ResponseReturnValue:
    """One sender with everything written, and the people and firms it may be."""
    words = request.args.get("words", "").strip()[:80]
    with transaction() as session:
        account = session.get(Account, account_id)
        if account is None:
            abort(404)
        asked = words or account.claimed_firm
        shown = {
            "sender": _sender(session, account),
            "account": account,
            "words": words,
            "persons": _persons(session, asked),
            "parties": _parties(session, asked),
            "kept": session.scalar(
                select(func.count(Inbound.id)).where(
                    Inbound.account_id == account_id, Inbound.state == InboundState.PARKED.value
                )
            ),
            "phone": next((one.value for one in account.identities if one.kind == "phone"), ""),
        }
        if request.headers.get("HX-Request"):
            return render_template("senders/choices.html", **shown)
        return render_template("senders/one.html", bubbles=conversation.of_account(session, account_id), **shown)


def _likeness(column: ColumnElement[str] | InstrumentedAttribute[str], words: str) -> ColumnElement[int]:
    """How many of the words a name holds; short ones say nothing."""
    told = [word for word in words.split() if len(word) > 2 or word.isdigit()][:8]
    return sum((cast(column.ilike(f"%{word}%"), Integer) for word in told), literal(0))


def _parties(session: Session, words: str) -> list[Party]:
    score = _likeness(Party.name, words) + _likeness(Party.code, words) + _likeness(Party.city, words)
    return list(session.scalars(select(Party).where(Party.active, score > 0).order_by(score.desc()).limit(SUGGESTED)))


def _persons(session: Session, words: str) -> list[tuple[Person, str]]:
    of_firms = [Person.parties.contains([party.code]) for party in _parties(session, words)]
    score = _likeness(Person.name, words) + _likeness(Person.phone, words)
    found = session.scalars(
        select(Person)
        .where(Person.active, or_(score > 0, *of_firms))
        .order_by(score.desc(), Person.name)
        .limit(SUGGESTED)
    ).all()
    codes = {code for one in found for code in one.parties}
    rows = session.execute(select(Party.code, Party.name).where(Party.code.in_(codes)))
    names = {row.code: row.name for row in rows}
    return [(one, ", ".join(names.get(code, code) for code in one.parties)) for one in found]


@blueprint.post("/<int:account_id>/assign")
@asks(May.ADMIN)
def assign(account_id: int) -> ResponseReturnValue:
    """Give the account to a person, an old or a new one; what it wrote is then read as if it had just come."""
    try:
        with transaction() as session:
            person = _chosen(session, _locked(session, account_id))
            who.assign(session, account_id, person=person)
            read = parked.read_now(session, account_id)
            _settle(session, account_id, reason=f"is {person.name}")
    except newcomers.NewcomerRefused as refusal:
        flash(str(refusal), "bad")
        return redirect(url_for("senders.sender", account_id=account_id))
    flash(f"This sender is {person.name} from now on. {_messages(read)} being read.", "good")
    return redirect(url_for("senders.senders"))


def _chosen(session: Session, account: Account) -> Person:
    """The person the form names, made if it is a new one."""
    if account.person_id is not None:
        raise newcomers.NewcomerRefused("Somebody else has assigned this sender in the meantime.")
    number = request.form.get("person", "")
    if not number.isdigit():
        name, party_code = request.form.get("name", ""), request.form.get("party", "")
        return newcomers.make_buyer(session, account, name=name, party_code=party_code)
    person = session.get(Person, int(number))
    if person is None:
        raise newcomers.NewcomerRefused("Choose a person of the list, or make a new one.")
    return person


def _settle(session: Session, account_id: int, *, reason: str) -> None:
    """The matter of the unknown sender is decided."""
    about = f"account:{account_id}"
    matters.close_about(session, about, kinds=[MatterKind.UNKNOWN_SENDER], by=visitor().name, reason=reason)


def _messages(count: int) -> str:
    return "1 message is" if count == 1 else f"{count} messages are"


@blueprint.post("/<int:account_id>/dismiss")
@asks(May.ADMIN)
def dismiss(account_id: int) -> ResponseReturnValue:
    """None of ours, or back again."""
    with transaction() as session:
        account = _locked(session, account_id)
        back = account.dismissed_at is not None
        if back:
            newcomers.recall(account)
        else:
            newcomers.dismiss(session, account)
            _settle(session, account_id, reason="dismissed")
    flash("Waits for a decision again." if back else "Dismissed: it is not answered any more.", "good")
    return redirect(url_for("senders.senders"))


def _locked(session: Session, account_id: int) -> Account:
    account = session.get(Account, account_id, with_for_update={"of": Account})
    if account is None:
        abort(404)
    return account
