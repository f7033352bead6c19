"""Photos, voice notes and documents: fetched from the provider by a job, at once, with a size cap."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bot.channels.port import Channel, Fetched, HasChannels, MediaRefused
from bot.model import Inbound, InboundMedia
from store.database import Database


def fetch(app: HasChannels, inbound_id: int) -> None:
    """Fetch every attachment of a message that is not there yet. Raises SlowDown to be tried again."""
    with app.database.transaction() as session:
        inbound = session.get_one(Inbound, inbound_id)
        there = set(session.scalars(select(InboundMedia.no).where(InboundMedia.inbound_id == inbound_id)))
    for number, announced in enumerate(inbound.media):
        if number not in there:
            row = _fetched(app.channels[inbound.channel], announced)
            _keep(app.database, {"inbound_id": inbound_id, "no": number, **row})


def gave_up(app: HasChannels, error: str, inbound_id: int) -> None:
    """What could not be fetched is gone; the message itself stands."""
    del error
    with app.database.transaction() as session:
        announced = session.get_one(Inbound, inbound_id).media
    for number, one in enumerate(announced):
        gone = {"content_type": one.get("type", ""), "content": None, "refused": "gone"}
        _keep(app.database, {"inbound_id": inbound_id, "no": number, **gone})


def _fetched(channel: Channel, announced: dict[str, str]) -> dict[str, object]:
    kind = announced.get("type", "")
    try:
        found: Fetched = channel.fetch(announced["url"])
    except MediaRefused as refusal:
        return {"content_type": kind, "content": None, "refused": refusal.reason}
    return {"content_type": found.content_type or kind, "content": found.content, "refused": ""}


def _keep(database: Database, row: dict[str, object]) -> None:
    """Unless its sender was erased meanwhile: his message names no attachment any more."""
    with database.transaction() as session:
        inbound = session.get_one(Inbound, row["inbound_id"], with_for_update=True)
        if inbound.media:
            session.execute(insert(InboundMedia).values(row).on_conflict_do_nothing())
