"""Who is speaking: from an address on a channel to an account, its person, and the firms it may speak for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from people.model import Account, Function, Identity, Party, Person, Role
from store.database import now

TERRITORY = "territory:"
MAIL = "email"


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaker:
    """A known person at this moment, with the codes of the firms he buys for and of those he may order for as a rep."""

    person_id: int
    name: str
    language: str
    buys_for: tuple[str, ...]
    orders_for: tuple[str, ...]
    roles: tuple[str, ...]
    functions: tuple[str, ...]
    sees_money: bool

    @property
    def is_rep(self) -> bool:
        return Role.SALES_REP in self.roles

    @property
    def orders(self) -> bool:
        """Whether he may order for somebody, now or once he is given firms again."""
        return bool(self.firms) or self.is_rep

    @property
    def first_name(self) -> str:
        """As he is greeted."""
        return next(iter(self.name.split()), self.name)

    @property
    def firms(self) -> tuple[str, ...]:
        """Every firm in whose name this person may order, own firms first."""
        return tuple(dict.fromkeys(self.buys_for + self.orders_for))


def identity_kind(value: str) -> str:
    """`phone` for an E.164 number, `email` for an address; whatever else is given is a business-scoped user id."""
    if value.startswith("+") and value[1:].isdigit():
        return "phone"
    return MAIL if "@" in value else "bsuid"


def account_of(session: Session, sender: str, *, also_known_as: str = "", profile_name: str = "") -> Account:
    """The account of a sender under any name it is known by; made when new, and told its other name."""
    names = [name for name in (sender, also_known_as) if name]
    known = {
        identity.value: identity.account_id
        for identity in session.scalars(select(Identity).where(Identity.value.in_(names)))
    }
    if set(known) != set(names):
        known = _made_known(session, names, known, profile_name=profile_name)
    found = session.get_one(Account, known[sender])
    if found.person_id is None:
        person = session.scalars(select(Person).where(Person.phone.in_(names))).first()
        person = person or _by_address(session, names)
        found.person = person
    if profile_name:
        found.profile_name = profile_name
    return found


def _by_address(session: Session, names: list[str]) -> Person | None:
    """The one person who writes from a mail address; of an address that several share, nobody."""
    for name in names:
        found = session.scalars(select(Person).where(Person.emails.contains([name])).limit(2)).all()
        if identity_kind(name) == MAIL and len(found) == 1:
            return found[0]
    return None


def chat_identity(session: Session, account: Account) -> str:
    """By what the person of an account is written to in a chat; empty when he has none, or wants no messages."""
    person = account.person
    if person is None:
        return ""
    accounts = session.scalars(select(Account).where(Account.person_id == person.id).order_by(Account.id)).all()
    known = [one.value for own in accounts for one in own.identities if one.kind != MAIL and own.opted_out_at is None]
    known.sort(key=lambda value: identity_kind(value) != "phone")
    wants_none = any(own.opted_out_at is not None for own in accounts)
    return next(iter(known), "" if wants_none or identity_kind(person.phone) == MAIL else person.phone)


def _made_known(session: Session, names: list[str], known: dict[str, int], *, profile_name: str) -> dict[str, int]:
    """All names with their account, the new ones written; somebody else may do so in the same moment."""
    account_id = min(known.values(), default=0)
    if not account_id:
        account = Account(first_seen_at=now(session), profile_name=profile_name)
        session.add(account)
        session.flush()
        account_id = account.id
    for name in names:
        identity = insert(Identity).values(value=name, account_id=account_id, kind=identity_kind(name))
        session.execute(identity.on_conflict_do_nothing())
    rows = select(Identity).where(Identity.value.in_(names)).execution_options(populate_existing=True)
    return {identity.value: identity.account_id for identity in session.scalars(rows)}


def has_access(person: Person, today: date) -> bool:
    """Whether `active` and `until` (its last day) let this person in."""
    return person.active and (person.until is None or today <= person.until)


def speaker(session: Session, person: Person | None, *, timezone: str) -> Speaker | None:
    """What this person may do now; None for nobody known or someone whose access has ended."""
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    if person is None or not has_access(person, today):
        return None
    rep = Role.SALES_REP.value in person.roles
    return Speaker(
        person_id=person.id,
        name=person.name,
        language=person.language,
        buys_for=_active(session, person.parties) if Role.BUYER.value in person.roles or person.parties else (),
        orders_for=_customers_of_rep(session, person.customers) if rep else (),
        roles=tuple(person.roles),
        functions=tuple(person.functions),
        sees_money=person.sees_money,
    )


def firms_of(session: Session, person: Person | None) -> tuple[str, ...]:
    """Every firm this person buys or orders for, whether or not his access has ended."""
    if person is None:
        return ()
    rep = Role.SALES_REP.value in person.roles
    return (*person.parties, *(_customers_of_rep(session, person.customers) if rep else ()))


def _active(session: Session, codes: list[str]) -> tuple[str, ...]:
    found = set(session.scalars(select(Party.code).where(Party.code.in_(codes), Party.active)))
    return tuple(code for code in codes if code in found)


def _customers_of_rep(session: Session, customers: list[str]) -> tuple[str, ...]:
    codes = [entry for entry in customers if not entry.startswith(TERRITORY)]
    territories = [entry.removeprefix(TERRITORY) for entry in customers if entry.startswith(TERRITORY)]
    if not customers:
        return ()
    return tuple(
        session.scalars(
            select(Party.code)
            .where(
                or_(Party.code.in_(codes), Party.territory.in_(territories)),
                Party.active,
                Party.rep_orders != "no",
            )
            .order_by(Party.code)
        )
    )


def main_buyer(session: Session, party_code: str, *, timezone: str) -> Person | None:
    """The firm's main buyer: the one marked so, else its only or first one with access."""
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    buyers = [
        person
        for person in session.scalars(select(Person).where(Person.parties.contains([party_code])).order_by(Person.id))
        if has_access(person, today)
    ]
    return next((person for person in buyers if person.main), buyers[0] if buyers else None)


def answering(
    session: Session, function: Function, *, timezone: str, plant: str = "", party: Party | None = None
) -> list[Person]:
    """Everybody with access who answers for a function, those of the plant if there are any.

    For commercial that is the rep of the firm it is about, first, and the order desk, if they are known; for dispatch
    its own people before the drivers.
    """
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    found = [
        person
        for person in session.scalars(
            select(Person).where(Person.functions.contains([function.value])).order_by(Person.id)
        )
        if has_access(person, today) and not person.shared
    ]
    if function == Function.COMMERCIAL:
        rep = party.sales_rep if party is not None else ""
        close = [one for one in found if Role.ORDER_DESK in one.roles or one.phone == rep]
        found = sorted(close, key=lambda one: one.phone != rep) or found
    if function == Function.DISPATCH:
        found = [one for one in found if Role.DISPATCH in one.roles] or found
    of_plant = [person for person in found if plant and person.plant == plant]
    return of_plant or found


def named(session: Session, words: Collection[str], *, plant: str, timezone: str) -> list[Person]:
    """Everybody with access who has one of these roles or phones; of a role those of the plant if there are any."""
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    phones = [word for word in words if word.startswith("+")]
    roles = sorted(set(words).difference(phones))
    fits = or_(Person.phone.in_(phones), *(Person.roles.contains([role]) for role in roles))
    found = [one for one in session.scalars(select(Person).where(fits).order_by(Person.id)) if has_access(one, today)]
    able = [one for one in found if not one.shared]
    kept = {one.id for one in able if one.phone in phones}
    for role in roles:
        of_role = [one for one in able if role in one.roles]
        kept |= {one.id for one in [one for one in of_role if plant and one.plant == plant] or of_role}
    return [one for one in able if one.id in kept]


def account_for(session: Session, person: Person) -> Account:
    """The account to write to a person at, the one he wrote from last; made from the phone when he never wrote."""
    found = session.scalars(select(Account).where(Account.person_id == person.id).order_by(Account.id)).all()
    chats = [one for one in found if not one.identities or any(known.kind != MAIL for known in one.identities)]
    wrote = [one for one in chats if one.last_heard_at is not None]
    if wrote:
        return max(wrote, key=lambda one: (one.last_heard_at, -one.id))
    return chats[0] if chats else account_of(session, person.phone)


def assign(session: Session, account_id: int, *, person: Person) -> Account:
    """Give a quarantined account to a person, by an admin's decision."""
    session.execute(update(Account).where(Account.id == account_id).values(person_id=person.id, dismissed_at=None))
    account = session.get_one(Account, account_id)
    session.refresh(account)
    return account
