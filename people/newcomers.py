"""What an admin decides about a sender nobody knew: a new person of a firm, or none of ours."""

from sqlalchemy.orm import Session

from people.model import Account, Party, Person, Role
from people.roles import functions_of
from store.database import now

LONGEST_NAME = 120


class NewcomerRefused(Exception):  # noqa: N818
    """The person cannot be made; the text says what to do."""


def make_buyer(session: Session, account: Account, *, name: str, party_code: str) -> Person:
    """A buyer of a firm known by the account's own number or id; kept when the ERP's people are read again."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise NewcomerRefused("Give the person's name; replies and orders carry it.")
    if session.get(Party, party_code) is None:
        raise NewcomerRefused(f"There is no customer {party_code or '(none chosen)'}; choose one of the list.")
    known_as = sorted(account.identities, key=lambda identity: identity.kind != "phone")
    if not known_as:
        raise NewcomerRefused("This sender has neither number nor id; nothing can be sent to it.")
    person = Person(
        phone=known_as[0].value,
        name=name,
        parties=[party_code],
        roles=[Role.BUYER.value],
        functions=functions_of([Role.BUYER.value], []),
        customers=[],
        from_pages=True,
    )
    session.add(person)
    session.flush()
    return person


def dismiss(session: Session, account: Account) -> None:
    """None of ours: what it wrote is kept, and it is shown and answered no more."""
    account.dismissed_at = now(session)


def recall(account: Account) -> None:
    """Take a dismissal back."""
    account.dismissed_at = None
