"""When `/readyz` says yes: not before an order could be taken."""

from sqlalchemy.orm import Session

from erp.mirror_model import MirrorState
from store.database import Database, now
from web.health import CHECKS, NEEDED_TO_ORDER


def _missing(session: Session) -> str:
    return " ".join(filter(None, (check(session) for check in CHECKS)))


def test_it_is_not_ready_until_every_listing_an_order_needs_has_been_pulled(database: Database) -> None:
    with database.transaction() as session:
        for kind in NEEDED_TO_ORDER:
            assert kind.value in _missing(session)
            session.add(MirrorState(erp="main", kind=kind.value, pulled_at=now(session)))
            session.flush()
        assert "master data" not in _missing(session)


def test_a_listing_that_was_refused_has_not_been_pulled(database: Database) -> None:
    with database.transaction() as session:
        for kind in NEEDED_TO_ORDER:
            session.add(MirrorState(erp="main", kind=kind.value, looked_at=now(session), kept_previous=True))
        session.flush()
        assert "people" in _missing(session)
