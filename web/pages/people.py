"""Customers and their people, to read: they belong to the ERP."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from orders.model import OrderDraft, SalesOrder
from people import modes
from people.model import Account, Party, Person
from web.pages.guard import May, asks, pages, transaction

blueprint = pages("people", __name__, url_prefix="/customers")

A_PAGE = 80
LAST_ORDERS = 10


@blueprint.get("/")
@asks(May.LOOK)
def parties() -> ResponseReturnValue:
    """The list, by name, code, city or territory."""
    words = request.args.get("words", "").strip()[:80]
    query = select(Party).order_by(Party.active.desc(), Party.name).limit(A_PAGE)
    for word in words.split():
        like = f"%{word}%"
        query = query.where(
            or_(Party.name.ilike(like), Party.code.ilike(like), Party.city.ilike(like), Party.territory.ilike(like))
        )
    with transaction() as session:
        found = session.scalars(query).all()
    template = "people/rows.html" if request.headers.get("HX-Request") else "people/list.html"
    return render_template(template, parties=found, words=words)


@blueprint.get("/<code>")
@asks(May.LOOK)
def party(code: str) -> ResponseReturnValue:
    """One customer with its people, addresses and last orders."""
    with transaction() as session:
        found = session.get(Party, code)
        if found is None:
            abort(404)
        persons = session.scalars(select(Person).where(Person.parties.contains([code])).order_by(Person.name)).all()
        accounts = session.scalars(select(Account).where(Account.person_id.in_([one.id for one in persons]))).all()
        return render_template(
            "people/one.html",
            party=found,
            terms=modes.terms_for(session, code),
            addresses=found.addresses,
            persons=persons,
            heard={account.person_id: account.last_heard_at for account in accounts},
            orders=session.scalars(
                select(SalesOrder)
                .where(SalesOrder.party_code == code)
                .order_by(SalesOrder.confirmed_at.desc())
                .limit(LAST_ORDERS)
            ).all(),
            drafts=session.scalars(
                select(OrderDraft).where(OrderDraft.party_code == code, OrderDraft.state == "open")
            ).all(),
        )
