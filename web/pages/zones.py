"""In which zone a time is shown: the plant's where somebody belongs to one, else the setting's."""

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp.mirror_model import MirroredPlant
from web.pages.guard import munshi


def zone_of(session: Session, plant: str) -> ZoneInfo:
    """The zone of a plant's code; of the whole house when there is none."""
    named = session.scalars(select(MirroredPlant.timezone).where(MirroredPlant.code == plant)).first()
    return ZoneInfo(named or munshi().settings.timezone)


def house_zone() -> ZoneInfo:
    """The zone of the setting."""
    return ZoneInfo(munshi().settings.timezone)
