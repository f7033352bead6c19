"""Those who sign in to the pages: made, reset and disabled; passwords in argon2, failures counted and slowed down."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from people.model import Administrator, OneTimeLink, PageRole, SignInFailure
from store.database import now

HASHER = PasswordHasher()
SHORTEST_PASSWORD = 10
LINK_LASTS = timedelta(hours=1)
COUNTED_FOR = timedelta(minutes=15)
KEPT_FOR = timedelta(days=30)
FREE_FAILURES_OF_A_NAME = 4
FREE_FAILURES_OF_AN_ADDRESS = 20
LONGEST_NAME = 80


@cache
def _nobody() -> str:
    """Verified when the name is unknown, so that the time taken does not tell whether somebody exists."""
    return HASHER.hash(secrets.token_hex(16))


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """Somebody who may use the pages; `epoch` ends sessions begun before a reset."""

    name: str
    role: PageRole
    epoch: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NotSignedIn:
    """A failed attempt; `wait` is how long no further one will be looked at."""

    wait: timedelta = timedelta()


class AdministratorError(Exception):
    """It cannot be done to this administrator; the message says what to do instead."""


def wait_after(failures: int, *, free: int) -> timedelta:
    """How long to wait after so many failures within a quarter of an hour: 5 s, doubling up to that quarter."""
    if failures <= free:
        return timedelta()
    doubled: int = 2 ** min(failures - free - 1, 10)
    return min(timedelta(seconds=5) * doubled, COUNTED_FOR)


def sign_in(session: Session, *, name: str, password: str, address: str) -> SignedIn | NotSignedIn:
    """Check a password. A failure is counted under name and address; while slowed down nothing is checked at all."""
    name = name.strip()[:LONGEST_NAME]
    wait = _wait(session, name=name, address=address)
    if wait:
        return NotSignedIn(wait=wait)
    found = session.get(Administrator, name)
    if _matches(found.password_hash if found else _nobody(), password) and found and not found.disabled:
        session.execute(delete(SignInFailure).where(SignInFailure.name == name, SignInFailure.address == address))
        if HASHER.check_needs_rehash(found.password_hash):
            found.password_hash = HASHER.hash(password)
        return _signed_in(found)
    _count_failure(session, name=name, address=address)
    return NotSignedIn(wait=_wait(session, name=name, address=address))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _count_failure(session: Session, *, name: str, address: str) -> None:
    session.add(SignInFailure(name=name, address=address, at=now(session)))
    session.execute(delete(SignInFailure).where(SignInFailure.at < now(session) - KEPT_FOR))
    session.flush()


def _wait(session: Session, *, name: str, address: str) -> timedelta:
    """The longer of the two waits: the name's (guessing one password) and the address's (trying many names)."""
    of_name = _left(session, SignInFailure.name == name, free=FREE_FAILURES_OF_A_NAME)
    return max(of_name, _left(session, SignInFailure.address == address, free=FREE_FAILURES_OF_AN_ADDRESS))


def _left(session: Session, whose: ColumnElement[bool], *, free: int) -> timedelta:
    moment = now(session)
    failures = session.scalars(select(SignInFailure.at).where(whose, SignInFailure.at > moment - COUNTED_FOR)).all()
    if not failures:
        return timedelta()
    return max(max(failures) + wait_after(len(failures), free=free) - moment, timedelta())


def _signed_in(found: Administrator) -> SignedIn:
    return SignedIn(name=found.name, role=PageRole(found.role), epoch=found.session_epoch)


def present(session: Session, *, name: str, epoch: int) -> SignedIn | None:
    """Who a session belongs to; None once the administrator was disabled or reset after it began."""
    found = session.get(Administrator, name)
    if found is None or found.disabled or found.session_epoch != epoch:
        return None
    return _signed_in(found)


def names(session: Session) -> list[str]:
    """Everybody who may sign in."""
    return list(session.scalars(select(Administrator.name).where(~Administrator.disabled).order_by(Administrator.name)))


def create(session: Session, *, name: str, role: PageRole, password: str | None = None) -> Administrator:
    """Make an administrator; without a password only a one-time link lets him in. Raises AdministratorError."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or any(not char.isprintable() for char in name):
        raise AdministratorError(f"A name has 1 to {LONGEST_NAME} characters; choose another one.")
    if session.get(Administrator, name) is not None:
        raise AdministratorError(f"{name} exists already; use `admin reset {name}` for a new password.")
    made = Administrator(name=name, role=role.value, password_hash=_hash(password), created_at=now(session))
    session.add(made)
    session.flush()
    return made


def reset(session: Session, *, name: str, password: str | None = None) -> None:
    """Set another password (none: only a one-time link), lift a disabling, and end all sessions of this name."""
    found = _named(session, name)
    found.password_hash, found.disabled = _hash(password), False
    found.session_epoch += 1
    session.execute(delete(SignInFailure).where(SignInFailure.name == found.name))


def disable(session: Session, *, name: str) -> None:
    """Let this name in no more; its sessions and links end at once."""
    found = _named(session, name)
    found.disabled = True
    found.session_epoch += 1
    session.execute(delete(OneTimeLink).where(OneTimeLink.name == found.name))


def change_password(session: Session, *, name: str, password: str) -> SignedIn:
    """Set one's own password; other sessions of the name end. Raises AdministratorError."""
    found = _named(session, name)
    found.password_hash = _hash(password)
    found.session_epoch += 1
    return _signed_in(found)


def _named(session: Session, name: str) -> Administrator:
    found = session.get(Administrator, name.strip())
    if found is None:
        raise AdministratorError(f"There is no administrator {name}; `admin create {name}` makes one.")
    return found


def _hash(password: str | None) -> str:
    if password is None:
        return HASHER.hash(secrets.token_hex(32))
    if len(password) < SHORTEST_PASSWORD:
        raise AdministratorError(f"A password has at least {SHORTEST_PASSWORD} characters; choose a longer one.")
    return HASHER.hash(password)


def make_link(session: Session, *, name: str, lasts: timedelta = LINK_LASTS) -> str:
    """The token of a sign-in link that works once; `/sign-in/once/TOKEN`. Raises AdministratorError."""
    found = _named(session, name)
    token = secrets.token_urlsafe(24)
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now(session)))
    session.add(OneTimeLink(token_hash=_token_hash(token), name=found.name, expires_at=now(session) + lasts))
    session.flush()
    return token


def use_link(session: Session, token: str) -> SignedIn | None:
    """Who the link lets in; None when it is unknown, used or past its time."""
    present_time: datetime = now(session)
    name = session.scalars(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_hash == _token_hash(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > present_time,
        )
        .values(used_at=present_time)
        .returning(OneTimeLink.name)
    ).first()
    found = session.get(Administrator, name) if name else None
    return _signed_in(found) if found and not found.disabled else None


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def first_link(session: Session, *, name: str = "admin", lasts: timedelta = LINK_LASTS) -> str:
    """The token of a link for the terminal of a demonstration: as the first administrator, made when there is none."""
    first = session.scalars(
        select(Administrator)
        .where(Administrator.role == PageRole.ADMIN.value, Administrator.disabled.is_(False))
        .order_by(Administrator.created_at, Administrator.name)
    ).first()
    if first is None:
        first = create(session, name=name, role=PageRole.ADMIN)
    return make_link(session, name=first.name, lasts=lasts)
