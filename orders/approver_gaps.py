"""Where nobody would decide on a price that is asked for: seen before anybody asks."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from erp import mirror, rule_mirror
from erp.records import ApprovalLevel
from orders.approval_rules import FINANCE
from people.model import Person
from people.reach import is_reached
from people.who import named
from store.database import now


def approver_gaps(session: Session, *, timezone: str) -> list[str]:
    """In words: plants and levels of the matrix without anybody who is reached, or with one alone at the top."""
    today = now(session).astimezone(ZoneInfo(timezone)).date()
    rows = rule_mirror.levels(session, day=today)
    if not rows:
        return ["there is no approval matrix: a price asked for beside the rules comes before the office"]
    return [
        gap
        for plant in [plant.code for plant in mirror.plants(session)] or [""]
        for gap in _of_plant(session, plant, [row for row in rows if row.plant in ("", plant)], timezone=timezone)
    ]


def _of_plant(session: Session, plant: str, rows: list[ApprovalLevel], *, timezone: str) -> Iterator[str]:
    place = plant or "the plant"
    if not rows:
        yield f"{place}: no row of the matrix is for it"
        return
    reached = {row.key: _reached(session, row.approvers, plant, timezone=timezone) for row in rows}
    for row in rows:
        if not reached[row.key]:
            yield f"{place}, level {row.level}: nobody is reached of {', '.join(row.approvers) or 'nobody named'}"
    top = max(rows, key=lambda row: row.level)
    alone = len(reached[top.key]) == 1 and top.approvers != (FINANCE,)
    if alone and not _reached(session, (FINANCE,), plant, timezone=timezone):
        yield f"{place}: {reached[top.key][0].name} is alone at level {top.level}, and nobody of finance is reached"


def _reached(session: Session, approvers: tuple[str, ...], plant: str, *, timezone: str) -> list[Person]:
    found = named(session, approvers, plant=plant, timezone=timezone)
    return [person for person in found if is_reached(session, person)]
