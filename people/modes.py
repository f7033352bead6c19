"""How far Munshi may go for each customer: what the ERP says, or what an admin has put before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, exists, func, insert, select
from sqlalchemy.orm import Session

from erp.records import Mode
from people.model import Account, Party, PartyOverride, Person, Role
from people.who import firms_of
from store.database import now

MODE, AUTO_CONFIRM = "mode", "auto_confirm"
YES, NO = "yes", "no"
TRADE = {Role.BUYER.value, Role.SALES_REP.value}


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What holds for a customer now."""

    mode: Mode = Mode.LIVE
    auto_confirm: bool = False
    """An order nobody objects to is posted by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Where an admin's word stands before the ERP's, which says something else."""

    party_code: str
    column: str
    told: str
    """By the ERP."""
    holds: str
    by: str
    at: datetime
    reason: str


def newest(column: str) -> ScalarSelect[str | None]:
    """The override that holds for a column of the `parties` row it is used beside; NULL where there is none."""
    return (
        select(PartyOverride.value)
        .where(PartyOverride.party_code == Party.code, PartyOverride.column == column)
        .order_by(PartyOverride.id.desc())
        .limit(1)
        .correlate(Party)
        .scalar_subquery()
    )


def terms_of(session: Session, codes: Iterable[str]) -> dict[str, Terms]:
    """What holds for these customers."""
    rows = session.execute(
        select(Party.code, Party.mode, Party.auto_confirm, newest(MODE), newest(AUTO_CONFIRM)).where(
            Party.code.in_(set(codes))
        )
    )
    return {
        code: Terms(mode=Mode(by_admin or mode or Mode.LIVE), auto_confirm=auto if said is None else said == YES)
        for code, mode, auto, by_admin, said in rows
    }


def terms_for(session: Session, code: str) -> Terms:
    """What holds for one customer; live for a code that is nobody's."""
    return terms_of(session, (code,)).get(code, Terms())


def mode_of(session: Session, code: str) -> Mode:
    """The mode of one customer."""
    return terms_for(session, code).mode


def in_shadow(session: Session, codes: Iterable[str]) -> frozenset[str]:
    """Those of these customers that are told nothing."""
    wanted = set(codes)
    found = terms_of(session, wanted) if wanted else {}
    return frozenset(code for code, terms in found.items() if terms.mode == Mode.SHADOW)


def hears_nothing(session: Session, person: Person | None) -> bool:
    """Whether this person is told nothing: he speaks for customers in shadow, for no other, and has no other part."""
    if person is None or not TRADE.issuperset(person.roles):
        return False
    mode = func.coalesce(newest(MODE), Party.mode)
    modes = session.scalars(select(mode).where(Party.code.in_(firms_of(session, person)), Party.active)).all()
    return bool(modes) and set(modes) == {Mode.SHADOW.value}


def account_hears_nothing(session: Session, account_id: int) -> bool:
    """The same of an account."""
    return hears_nothing(session, session.get_one(Account, account_id).person)


def everybody_is_in_shadow(session: Session) -> bool:
    """Whether there are customers, and none to whom we speak."""
    mode = func.coalesce(newest(MODE), Party.mode)
    spoken_to = select(Party.code).where(Party.active, mode != Mode.SHADOW.value)
    known, live = session.execute(select(exists(select(Party.code).where(Party.active)), exists(spoken_to))).one()
    return bool(known and not live)


# --- an admin's word ---


def override(
    session: Session, codes: Iterable[str], column: str, value: str | None, *, by: str, reason: str
) -> list[str]:
    """Put an admin's word before the ERP's, or (None) the ERP's in force again; the codes for which that is news."""
    wanted = set(codes)
    rows = session.execute(select(Party.code, newest(column)).where(Party.code.in_(wanted)))
    standing: dict[str, str | None] = dict(rows.all())
    news = sorted(code for code, before in standing.items() if before != value)
    if news:
        moment = now(session)
        said = {"column": column, "value": value, "by": by, "reason": reason, "at": moment}
        session.execute(insert(PartyOverride), [{"party_code": code, **said} for code in news])
    return news


def differences(session: Session) -> list[Difference]:
    """Every override that says something else than the ERP, by customer."""
    newest_ids = select(func.max(PartyOverride.id)).group_by(PartyOverride.party_code, PartyOverride.column)
    rows = session.scalars(
        select(PartyOverride)
        .where(PartyOverride.id.in_(newest_ids))
        .order_by(PartyOverride.party_code, PartyOverride.column)
    ).all()
    of = select(Party).where(Party.code.in_({row.party_code for row in rows}))
    parties = {party.code: party for party in session.scalars(of)}
    found = []
    for row in rows:
        told = _told(parties[row.party_code], row.column)
        if row.value is not None and row.value != told:
            found.append(
                Difference(
                    party_code=row.party_code,
                    column=row.column,
                    told=told,
                    holds=row.value,
                    by=row.by,
                    at=row.at,
                    reason=row.reason,
                )
            )
    return found


def history(session: Session, code: str) -> list[PartyOverride]:
    """All that admins said of a customer, newest first."""
    return list(
        session.scalars(select(PartyOverride).where(PartyOverride.party_code == code).order_by(PartyOverride.id.desc()))
    )


def _told(party: Party, column: str) -> str:
    if column == AUTO_CONFIRM:
        return YES if party.auto_confirm else NO
    return party.mode or Mode.LIVE.value
