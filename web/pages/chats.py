"""What the console reads: whom one can play, one person's chat, and whether anything in it is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, func, or_, select, text
from sqlalchemy.orm import Session

from bot.model import Inbound
from people.model import Account, Identity, Party, Person

CHANNEL = "console"
SHOWN = 40
UNREAD_STATES = ("sent", "delivered")

# Counts and latest times: cheap to ask every second, and different whenever a bubble or a tick is.
PROBE = text("""
    SELECT concat_ws('-', heard.newest, heard.stored, heard.done, heard.media, said.count, said.newest)
      FROM (SELECT max(inbound.id) AS newest, count(*) FILTER (WHERE state = 'stored') AS stored,
                   extract(epoch FROM max(done_at)) AS done,
                   (SELECT count(*) FROM inbound_media JOIN inbound i ON i.id = inbound_media.inbound_id
                     WHERE i.sender = :sender) AS media
              FROM inbound WHERE sender = :sender AND channel = :channel) heard,
           (SELECT count(*) AS count, extract(epoch FROM max(sent_at)) AS newest
              FROM outbound JOIN identities ON identities.account_id = outbound.account_id
             WHERE identities.value = :sender AND outbound.channel = :channel AND sent_at IS NOT NULL) said
""")

UNREAD = text("""
    SELECT identities.value, count(*) AS unread
      FROM outbound JOIN identities ON identities.account_id = outbound.account_id
     WHERE outbound.channel = :channel AND outbound.sent_at IS NOT NULL AND outbound.state IN ('sent', 'delivered')
  GROUP BY identities.value
""")

LATEST = text("""
    SELECT value, max(at) AS at FROM (
        SELECT sender AS value, max(stored_at) AS at FROM inbound WHERE channel = :channel GROUP BY sender
        UNION ALL
        SELECT identities.value, max(outbound.sent_at)
          FROM outbound JOIN identities ON identities.account_id = outbound.account_id
         WHERE outbound.channel = :channel AND outbound.sent_at IS NOT NULL GROUP BY identities.value
    ) AS both_ways GROUP BY value
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Somebody one can play in the console. `known` is false for a number that belongs to nobody."""

    sender: str
    name: str
    firms: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    plant: str = ""
    known: bool = True
    unread: int = 0
    latest: datetime | None = None

    @property
    def initials(self) -> str:
        """Up to two letters for the round picture."""
        letters = [word[0] for word in self.name.split() if word[0].isalnum()]
        return "".join(letters[:2]).upper() or "?"

    @property
    def about(self) -> str:
        """Firm and roles in one line."""
        roles = ", ".join(role.replace("_", " ") for role in self.roles)
        return " · ".join(part for part in (", ".join(self.firms), roles) if part) or self.sender


def probe(session: Session, sender: str) -> str:
    """A word that changes whenever this chat does."""
    return str(session.execute(PROBE, {"sender": sender, "channel": CHANNEL}).scalar_one())


def unread(session: Session) -> dict[str, int]:
    """How many bubbles wait unread, by whom they were sent to."""
    return {row.value: row.unread for row in session.execute(UNREAD, {"channel": CHANNEL})}


def contact(session: Session, sender: str, *, called: str = "") -> Contact:
    """The person behind a number or id, or a stranger of that number."""
    account = session.scalars(select(Account).join(Identity).where(Identity.value == sender)).first()
    person = account.person if account else None
    person = person or session.scalars(select(Person).where(Person.phone == sender)).first()
    if person is not None:
        return _known(person, sender, _party_names(session, [person]))
    return Contact(sender=sender, name=called or (account.profile_name if account else "") or sender, known=False)


def contacts(session: Session, words: str = "") -> list[Contact]:
    """Those who match every word by name, firm, role, code or number; whoever talked last comes first."""
    latest = {row.value: row.at for row in session.execute(LATEST, {"channel": CHANNEL})}
    waiting = unread(session)
    persons = _persons(session, words.split(), recent=list(latest))
    names = _party_names(session, persons)
    found = [_known(person, person.phone, names) for person in persons] + _strangers(session, words.split())
    dated = [_dated(one, waiting.get(one.sender, 0), latest.get(one.sender)) for one in found]
    dated.sort(key=lambda one: (one.latest is None, -(one.latest.timestamp() if one.latest else 0), one.name))
    return dated[:SHOWN]


def _dated(one: Contact, waiting: int, latest: datetime | None) -> Contact:
    return Contact(
        sender=one.sender,
        name=one.name,
        firms=one.firms,
        roles=one.roles,
        plant=one.plant,
        known=one.known,
        unread=waiting,
        latest=latest,
    )


def _persons(session: Session, words: Sequence[str], *, recent: Sequence[str]) -> Sequence[Person]:
    query = select(Person)
    for word in words:
        like = f"%{word}%"
        codes = list(
            session.scalars(select(Party.code).where(or_(Party.name.ilike(like), Party.code.ilike(like))).limit(200))
        )
        query = query.where(
            or_(
                Person.name.ilike(like),
                Person.phone.like(like),
                cast(Person.roles, String).ilike(like.replace(" ", "_")),
                *(Person.parties.contains([code]) for code in codes),
            )
        )
    return session.scalars(query.order_by(Person.phone.in_(recent).desc(), Person.name).limit(SHOWN)).all()


def _strangers(session: Session, words: Sequence[str]) -> list[Contact]:
    rows = session.execute(
        select(Inbound.sender, func.max(Inbound.profile_name))
        .outerjoin(Identity, Identity.value == Inbound.sender)
        .outerjoin(Account, Account.id == Identity.account_id)
        .outerjoin(Person, Person.phone == Inbound.sender)
        .where(Inbound.channel == CHANNEL, Account.person_id.is_(None), Person.id.is_(None))
        .group_by(Inbound.sender)
    )
    found = [Contact(sender=sender, name=called or sender, known=False) for sender, called in rows]
    wanted = [word.casefold() for word in words]
    return [one for one in found if all(word in f"{one.name} {one.sender} unknown".casefold() for word in wanted)]


def _party_names(session: Session, persons: Sequence[Person]) -> dict[str, str]:
    codes = {code for person in persons for code in person.parties}
    rows = session.execute(select(Party.code, Party.name).where(Party.code.in_(codes)))
    return {row.code: row.name for row in rows}


def _known(person: Person, sender: str, names: dict[str, str]) -> Contact:
    return Contact(
        sender=sender,
        name=person.name,
        firms=tuple(names.get(code, code) for code in person.parties),
        roles=(*person.roles, *(() if person.active else ("left",))),
        plant=person.plant,
    )
