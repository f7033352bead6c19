"""The hours in which a member of staff may be written to: those of his plant, else of the plant it is about."""

from dataclasses import replace

from sqlalchemy.orm import Session

from people.model import Person
from routing.plants import plant_time
from routing.quiet import by_day
from routing.working_hours import WorkingHours


def hours_of(session: Session, person: Person, *, plant: str, timezone: str) -> WorkingHours:
    """`plant` is the one it is about; `timezone` is the setting's, for whoever has no plant."""
    return hours_of_plant(session, person.plant or plant, timezone=timezone)


def hours_of_plant(session: Session, plant: str, *, timezone: str) -> WorkingHours:
    """When people are at work there: by its calendar, else by day."""
    found = plant_time(session, plant, timezone=timezone)
    if found.hours is None:
        return by_day(found.timezone)
    return found.hours if found.hours.hours_told else replace(found.hours, weekly=by_day(found.timezone).weekly)
