"""The audit: who asked, who decided, on what facts, through which message; looked through by days, and as CSV."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from orders.audit import Place, Wish, audit
from orders.audit_files import as_csv
from people.model import Party
from store.database import now
from web.pages.accounts import named_customer
from web.pages.guard import May, asks, munshi, pages, transaction, visitor
from web.pages.zones import house_zone

blueprint = pages("audit", __name__, url_prefix="/audit")

A_PAGE = 50
MOST_DAYS, USUAL_DAYS = 92, 7
NAMES = {
    "price_asked": "Price put before approvers",
    "price_requested": "Price asked for",
    "price_within_own_limit": "Price within own limit",
    "price_approve": "Price approved",
    "price_reject": "Price rejected",
    "price_counter": "Other price named",
    "price_mixed": "Decided line by line",
    "price_lapsed": "Price request lapsed",
    "price_withdrawn": "Price request withdrawn",
    "approval_granted": "Approval granted",
    "approval_used": "Approval used",
    "approval_voided": "Approval voided",
    "credit_asked": "Credit put before finance",
    "credit_approve": "Credit released",
    "credit_counter": "Credit limit raised",
    "credit_reject": "Credit refused",
    "credit_lapsed": "Nobody decided on credit",
    "credit_withdrawn": "Credit question withdrawn",
    "credit_released_once": "Order let go past credit",
    "credit_limit_raised": "Limit raised for a time",
    "credit_refused": "Order stays: credit refused",
    "credit_unused": "Decided, and kept back all the same",
    "delegated": "Decisions handed to a stand-in",
    "delegation_revoked": "Stand-in ended",
    "rules_changed": "Price rules changed",
    "confirmed": "Order confirmed",
    "declined": "Declined by its sender",
    "cancelled": "Cancelled",
    "held": "Put on hold",
    "released": "Released to the ERP",
    "accepted": "Accepted by the ERP",
    "posted": "Posted in the ERP",
    "rejected": "Rejected by the ERP",
}
TONES = {"approve": "good", "granted": "good", "reject": "bad", "refused": "bad", "voided": "warn", "lapsed": "warn"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the page's address asks for."""

    first: date
    last: date
    customer: str
    number: str
    person: str
    zone: ZoneInfo

    @property
    def wish(self) -> Wish:
        return Wish(
            since=datetime.combine(self.first, time(), tzinfo=self.zone),
            until=datetime.combine(self.last + timedelta(days=1), time(), tzinfo=self.zone),
            customer=self.customer,
            number=self.number,
            person=self.person,
        )

    @property
    def args(self) -> dict[str, str]:
        """As it stands in addresses."""
        named = {"customer": self.customer, "order": self.number, "person": self.person}
        days = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return days | {name: value for name, value in named.items() if value}


@blueprint.get("/")
@asks(May.LOOK)
def entries() -> ResponseReturnValue:
    """A page of it, newest first."""
    with transaction() as session:
        asked = _asked(named_customer(session), now(session).astimezone(house_zone()).date())
        after = _place(request.args.get("after", ""))
        found = list(audit(session, asked.wish, costs=sees_costs(), after=after, most=A_PAGE + 1))
        shown: dict[str, Any] = {
            "asked": asked,
            "entries": found[:A_PAGE],
            "next": _as_text(found[A_PAGE - 1].place) if len(found) > A_PAGE else "",
            "after": after,
            "firm": session.get(Party, asked.customer) if asked.customer else None,
            "name": name,
            "tone": tone,
            "told": told,
            "costs": sees_costs(),
        }
    more = request.headers.get("HX-Request")
    return render_template("audit/rows.html" if more else "audit/list.html", **shown)


@blueprint.get("/export.csv")
@asks(May.LOOK)
def export_csv() -> ResponseReturnValue:
    """All of it, streamed as it is read."""
    with transaction() as session:
        asked = _asked(named_customer(session), now(session).astimezone(house_zone()).date())
    database, costs = munshi().database, sees_costs()

    def pieces() -> Iterator[str]:
        with database.transaction() as session:
            yield from as_csv(audit(session, asked.wish, costs=costs), asked.zone)

    attached = {"Content-Disposition": f'attachment; filename="audit-{asked.first}-to-{asked.last}.csv"'}
    return Response(pieces(), mimetype="text/csv; charset=utf-8", headers=attached)


def sees_costs() -> bool:
    """Whether this visitor may see what goods cost and how far prices go: who keeps the rules knows both."""
    return visitor().may(May.RULES)


def name(what: str) -> str:
    """What happened, in words."""
    return NAMES.get(what, what.replace("_", " ").capitalize())


def tone(what: str) -> str:
    """Its colour."""
    return next((colour for word, colour in TONES.items() if word in what), "")


def told(facts: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """The facts as names and values, those within others behind their name."""
    for key, value in facts.items():
        label = f"{before}{key.replace('_', ' ')}"
        if isinstance(value, dict):
            yield from told(value, f"{label}, " if key not in ("shown", "answer") else "")
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            for place, one in enumerate(value, 1):
                yield from told(one if isinstance(one, dict) else {"": one}, f"{label} {place}, ")
        elif isinstance(value, list):
            yield label, ", ".join(map(str, value))
        else:
            yield label, str(value)


def _asked(customer: str, today: date) -> Asked:
    """The last week, unless days are named."""
    last = _day("to", today)
    first = min(max(_day("from", last - timedelta(days=USUAL_DAYS - 1)), last - timedelta(days=MOST_DAYS - 1)), last)
    number, person = (request.args.get(field, "").strip()[:60] for field in ("order", "person"))
    return Asked(first=first, last=last, customer=customer, number=number, person=person, zone=house_zone())


def _day(field: str, default: date) -> date:
    written = request.args.get(field, "")
    if not written:
        return default
    try:
        day = date.fromisoformat(written)
    except ValueError:
        abort(400)
    return day if date(2000, 1, 1) <= day <= date(2999, 1, 1) else abort(400)


def _place(written: str) -> Place | None:
    if not written:
        return None
    try:
        at, source, key = written.split("|")
        return Place(at=datetime.fromisoformat(at), source=source, id=key)
    except ValueError:
        abort(400)


def _as_text(place: Place) -> str:
    return f"{place.at.isoformat()}|{place.source}|{place.id}"
