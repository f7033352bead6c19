"""What the mirror says of a plant's time: its zone, its order cut-off and its calendar."""

from dataclasses import dataclass
from datetime import time

from sqlalchemy.orm import Session

from erp import mirror
from erp.records import Plant
from routing.working_hours import WorkingHours, working_hours


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantTime:
    """A plant's clock and calendar; `hours` is None when the ERP names no calendar for it."""

    code: str
    timezone: str
    cutoff: time | None = None
    hours: WorkingHours | None = None
    missing: bool = False
    """It names a calendar of which there is no row: nobody can tell when it works."""


def plant_time(session: Session, code: str, *, timezone: str) -> PlantTime:
    """The clock of the plant of this code; of the only plant, when there is no other. `timezone` is the setting's."""
    plant = _plant(session, code)
    zone = plant.timezone or timezone
    days = mirror.calendar_days(session, plant.calendar) if plant.calendar else []
    return PlantTime(
        code=plant.code,
        timezone=zone,
        cutoff=plant.cutoff,
        hours=working_hours(days, timezone=zone) if days else None,
        missing=bool(plant.calendar) and not days,
    )


def plant_zone(session: Session, code: str, *, timezone: str) -> str:
    """Its time zone alone."""
    return _plant(session, code).timezone or timezone


def _plant(session: Session, code: str) -> Plant:
    plants = mirror.plants(session)
    if not code and len(plants) == 1:
        return plants[0]
    return next((plant for plant in plants if plant.code == code), Plant(code=code))
