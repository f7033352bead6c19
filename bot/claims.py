"""Which clerk may act: on a matter that is nobody's or his own, as he saw it. The check is the change itself."""

from sqlalchemy.orm import Session

from routing import matters
from routing.model import Matter


class Overtaken(Exception):  # noqa: N818  (news, not a fault)
    """Somebody else was first, or it cannot be done any more; look at it again. `who` has it, if anybody has."""

    def __init__(self, who: str = "") -> None:
        super().__init__(who)
        self.who = who


def claim(session: Session, matter_id: int, *, by: str, version: int | None = None) -> Matter:
    """Make an open matter this clerk's, if it is still at `version`; the last lock an act takes. Raises Overtaken."""
    if not matters.take(session, matter_id, owner=by, version=version):
        found = session.get(Matter, matter_id, populate_existing=True)
        raise Overtaken((found.owner or "") if found is not None and found.owner != by else "")
    return session.get_one(Matter, matter_id, populate_existing=True)
