"""The register: every order of some days and a plant for accounts, what differs from the ERP first; as CSV and XLSX."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, Any
from zoneinfo import ZoneInfo

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from orders.register import EVERY_PLANT, Compared, Difference, Place, Wish, register
from orders.register_files import as_csv, write_workbook
from people.model import Party
from store.database import now
from web.pages.guard import May, asks, munshi, pages, transaction
from web.pages.orders import TONES
from web.pages.zones import house_zone, zone_of

blueprint = pages("register", __name__, url_prefix="/register")

A_PAGE = 60
MOST_DAYS = 31
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE = 1 << 16
WORDING = {
    Difference.MISSING: ("not in the ERP", "bad"),
    Difference.UNEXPECTED: ("in the ERP all the same", "bad"),
    Difference.LINES: ("other goods", "bad"),
    Difference.VALUE: ("other value", "warn"),
    Compared.EQUAL: ("as in the ERP", "good"),
    Compared.NOT_YET: ("not compared yet", ""),
    Compared.NOT_POSTED: ("not posted", ""),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the page's address asks for."""

    first: date
    last: date
    plant: str
    customer: str
    zone: ZoneInfo

    @property
    def wish(self) -> Wish:
        return Wish(
            since=_begins(self.first, self.zone),
            until=_begins(self.last + timedelta(days=1), self.zone),
            plant=self.plant,
            customer=self.customer,
        )

    @property
    def args(self) -> dict[str, str]:
        """As it stands in addresses."""
        given = {"from": self.first.isoformat(), "to": self.last.isoformat(), "plant": self.plant}
        return given | ({"customer": self.customer} if self.customer else {})

    @property
    def name(self) -> str:
        """Of the file."""
        days = self.first.isoformat() if self.first == self.last else f"{self.first}-to-{self.last}"
        plant = "".join(letter for letter in self.plant if letter.isalnum())
        return f"register-{days}{f'-{plant}' if plant else ''}"


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


@blueprint.get("/")
@asks(May.LOOK)
def orders() -> ResponseReturnValue:
    """A page of it, differences first."""
    with transaction() as session:
        asked = _asked(session)
        after = _place(request.args.get("after", ""))
        found = list(register(session, asked.wish, after=after, most=A_PAGE + 1))
        shown: dict[str, Any] = {
            "asked": asked,
            "entries": found[:A_PAGE],
            "next": _as_text(found[A_PAGE - 1].place) if len(found) > A_PAGE else "",
            "after": after,
            "plants": mirror.plants(session),
            "firm": session.get(Party, asked.customer) if asked.customer else None,
            "wording": WORDING,
            "tones": TONES,
            "every_plant": EVERY_PLANT,
        }
        more = request.headers.get("HX-Request")
        return render_template("register/rows.html" if more else "register/list.html", **shown)


@blueprint.get("/export.csv")
@asks(May.LOOK)
def export_csv() -> ResponseReturnValue:
    """All of it, streamed as it is read."""
    with transaction() as session:
        asked = _asked(session)
    database = munshi().database

    def pieces() -> Iterator[str]:
        with database.transaction() as session:
            yield from as_csv(register(session, asked.wish), asked.zone)

    return Response(pieces(), mimetype="text/csv; charset=utf-8", headers=_attached(f"{asked.name}.csv"))


@blueprint.get("/export.xlsx")
@asks(May.LOOK)
def export_workbook() -> ResponseReturnValue:
    """All of it as a workbook, which can only be sent once it is whole: it is written to a file first."""
    file = TemporaryFile()  # noqa: SIM115  closed when it has been sent
    with transaction() as session:
        asked = _asked(session)
        write_workbook(file, register(session, asked.wish), asked.zone)
    response = Response(_read(file), mimetype=WORKBOOK, headers=_attached(f"{asked.name}.xlsx"))
    response.content_length = file.seek(0, SEEK_END)
    return response


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _asked(session: Session) -> Asked:
    """Today, unless days are named; on the clock of the plant named."""
    plant = request.args.get("plant", EVERY_PLANT)
    zone = zone_of(session, plant) if plant not in ("", EVERY_PLANT) else house_zone()
    today = now(session).astimezone(zone).date()
    first = _day(request.args.get("from", ""), today)
    last = min(max(_day(request.args.get("to", ""), first), first), first + timedelta(days=MOST_DAYS - 1))
    return Asked(first=first, last=last, plant=plant, customer=named_customer(session), zone=zone)


def named_customer(session: Session) -> str:
    """The code of the customer the address names by code or name; what is neither, as it was written."""
    named = request.args.get("customer", "").strip()[:120]
    if not named or session.get(Party, named) is not None:
        return named
    return session.scalars(select(Party.code).where(Party.name.ilike(named)).order_by(Party.code)).first() or named


def _day(text: str, default: date) -> date:
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(400)
    if not date(2000, 1, 1) <= day <= date(2999, 1, 1):
        abort(400)
    return day


def _place(text: str) -> Place | None:
    if not text:
        return None
    try:
        rank, at, number = text.split("|")
        return Place(rank=int(rank), confirmed_at=datetime.fromisoformat(at), number=number)
    except ValueError:
        abort(400)


def _as_text(place: Place) -> str:
    return f"{place.rank}|{place.confirmed_at.isoformat()}|{place.number}"
