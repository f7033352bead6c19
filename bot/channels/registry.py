"""Which Content templates exist at the provider: each shape is made once and its id remembered."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.channels.port import SlowDown
from bot.channels.shapes import Shape
from bot.model import ContentShape
from store.database import Database, now

# Whoever claimed the making of a shape and did not come back in this time has died.
CLAIM_LASTS = timedelta(seconds=60)
MEANWHILE = timedelta(seconds=0.5)
APPROVED = "approved"


class Registry:
    """The table `content_shapes`. A row without a sid is being made by whoever claimed it last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, str] = {}

    def sid_of(self, shape: Shape, *, find: Callable[[str], str], make: Callable[[Shape], str]) -> str:
        """The provider's id of a shape, made now if it is new.

        Raises SlowDown while another process makes it, and whatever `make` raises.
        """
        known = self._known.get(shape.name) or self._remembered(shape.name)
        if not known:
            known = self._made(shape, find=find, make=make)
        self._known[shape.name] = known
        return known

    def forget(self, name: str) -> None:
        """The provider does not have it after all: it is made again when next needed."""
        self._known.pop(name, None)
        with self._database.transaction() as session:
            session.execute(delete(ContentShape).where(ContentShape.key == name))

    def approved(self, name: str) -> str:
        """The id of an approved template, or nothing."""
        with self._database.transaction() as session:
            row = session.get(ContentShape, name)
            return row.sid if row and row.approval == APPROVED else ""

    def judge(self, name: str, approval: str) -> None:
        """The provider said while sending how a form stands; whether it may be sent again is asked of it later."""
        with self._database.transaction() as session:
            session.execute(update(ContentShape).where(ContentShape.key == name).values(approval=approval))

    def _remembered(self, name: str) -> str:
        with self._database.transaction() as session:
            return session.scalar(select(ContentShape.sid).where(ContentShape.key == name)) or ""

    def _made(self, shape: Shape, *, find: Callable[[str], str], make: Callable[[Shape], str]) -> str:
        if not self._database.retrying(lambda session: _claim(session, shape.name)):
            raise SlowDown("this shape is being made", retry_after=MEANWHILE)
        try:
            # Whoever claimed it before us may have died between making it and remembering it.
            sid = find(shape.name) or make(shape)
        except Exception:
            self.forget(shape.name)
            raise
        return self._database.retrying(lambda session: _remember(session, shape.name, sid))


def _claim(session: Session, name: str) -> bool:
    """Whether it is ours to make: claimed by nobody, or by somebody who died."""
    row = insert(ContentShape).values(key=name, sid="", made_at=now(session), approval="")
    claimed = session.execute(row.on_conflict_do_nothing().returning(ContentShape.key)).first()
    if claimed:
        return True
    stale = update(ContentShape).where(
        ContentShape.key == name,
        ContentShape.sid == "",
        ContentShape.made_at <= now(session) - CLAIM_LASTS,
    )
    taken = session.execute(stale.values(made_at=now(session)).returning(ContentShape.key))
    return taken.first() is not None


def _remember(session: Session, name: str, sid: str) -> str:
    """Keep the id; whoever was quicker wins."""
    session.execute(
        update(ContentShape)
        .where(ContentShape.key == name, ContentShape.sid == "")
        .values(sid=sid, made_at=now(session), approval="")
    )
    return cast(str, session.scalar(select(ContentShape.sid).where(ContentShape.key == name)))
