"""What `check` says of the ERPs: their own findings, how the last pull went, and what waits in the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from erp import circuit
from erp.outbox import OutboxState, unfinished
from erp.port import Capability, Erp, Finding, Level
from erp.pull import Listing, listings

WORTH_SAYING: Mapping[Capability, str] = {
    Capability.CREATE_ORDER: "takes no orders: they will wait",
    Capability.CHANGE_ORDER: "cannot change an order: changes go to a person",
    Capability.CANCEL_ORDER: "cannot cancel an order: cancellations go to a person",
    Capability.CREDIT_FIGURES: "tells no credit figures: every order goes to finance",
    Capability.PRICE_LISTS: "tells no price lists: no line can be priced",
}
MOST_PROBLEMS_SAID = 5


def findings(erps: Mapping[str, Erp], session: Session | None = None) -> list[Finding]:
    """One line each. Without a session only what the ERPs themselves can tell."""
    found: list[Finding] = []
    for erp in erps.values():
        found += erp.check()
        found += _capabilities(erp)
        if session is not None:
            found += _listings(session, erp)
            found += _documents(session, erp)
    return found


def _capabilities(erp: Erp) -> Iterator[Finding]:
    for capability, text in WORTH_SAYING.items():
        if capability not in erp.capabilities:
            yield Finding(level=Level.WARNING, subject=f"ERP {erp.name}", text=text)


def _listings(session: Session, erp: Erp) -> Iterator[Finding]:
    known = listings(session, erp.name)
    if not known:
        remedy = "flask --app wsgi pull"
        yield Finding(level=Level.WARNING, subject=f"ERP {erp.name}", text="nothing pulled yet", remedy=remedy)
    for listing in known:
        yield from _listing(listing)


def _listing(listing: Listing) -> Iterator[Finding]:
    subject = f"ERP {listing.erp}, {listing.kind.value}"
    for problem in listing.problems[:MOST_PROBLEMS_SAID]:
        yield Finding(
            level=Level.ERROR if listing.kept_previous and not problem.row else Level.WARNING,
            subject=subject,
            text=f"{problem.place}: {problem.text}",
            remedy=problem.remedy,
        )
    more = len(listing.problems) - MOST_PROBLEMS_SAID
    if more > 0:
        remedy = "flask --app wsgi pull --problems lists them"
        yield Finding(level=Level.WARNING, subject=subject, text=f"{more} further problems or more", remedy=remedy)
    if not listing.problems:
        yield Finding(level=Level.OK, subject=subject, text=f"{listing.rows} rows")


def _documents(session: Session, erp: Erp) -> Iterator[Finding]:
    subject = f"ERP {erp.name}, documents"
    since = circuit.down_since(session, erp.name)
    waiting = unfinished(session, erp=erp.name)
    if since is not None:
        text = f"no answer since {since:%Y-%m-%d %H:%M} UTC, {len(waiting)} documents wait"
        yield Finding(level=Level.ERROR, subject=subject, text=text, remedy="see that the ERP runs and lets us in")
    unknown = sum(1 for outcome in waiting if outcome.state is OutboxState.UNKNOWN)
    if unknown:
        text = f"of {unknown} documents it is not known whether they arrived; they are looked up again"
        yield Finding(level=Level.WARNING, subject=subject, text=text)
