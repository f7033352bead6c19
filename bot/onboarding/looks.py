"""What the steps that only look come to: the ERP, its master data, the people; as the report tells them."""

from typing import Any

from sqlalchemy.orm import Session

from bot.app import Munshi
from bot.onboarding.masking import masked
from erp import mirror
from erp.check import findings
from erp.pull import Listing, listings
from orders.master_data import GapKind, gaps
from people import reach


def erp_outcome(app: Munshi, session: Session) -> dict[str, Any]:
    """The ERPs' own findings, and what stands of each listing."""
    return {
        "findings": [
            {"level": one.level.value, "subject": one.subject, "text": one.text, "remedy": one.remedy}
            for one in findings(app.erps, session)
        ],
        "listings": [_listing(one) for erp in app.erps.values() for one in listings(session, erp.name)],
    }


def _listing(one: Listing) -> dict[str, Any]:
    return {
        "erp": one.erp,
        "kind": one.kind.value,
        "rows": one.rows,
        "bad": one.bad,
        "kept_previous": one.kept_previous,
    }


def data_outcome(app: Munshi, session: Session) -> dict[str, Any]:
    """Rows that could not be used, and what is missing in those that could."""
    unusable = [
        {"place": one.place, "text": masked(one.text), "remedy": one.remedy, "skipped": one.skipped}
        for erp in app.erps.values()
        for listing in listings(session, erp.name)
        for one in listing.problems
    ]
    found = [
        {
            "kind": gap.kind.value,
            "code": gap.code,
            "name": gap.name,
            "text": gap.text,
            "remedy": gap.remedy,
            "serious": gap.serious,
        }
        for gap in gaps(session, timezone=app.settings.timezone)
    ]
    return {"unusable": unusable, "gaps": found}


def people_outcome(app: Munshi, session: Session) -> dict[str, Any]:
    """Rows of people without a usable phone, staff who are not reached, and functions of plants that nobody fills."""
    timezone = app.settings.timezone
    plants = [plant.code for plant in mirror.plants(session)]
    without = [
        {"place": one.place, "text": masked(one.text), "remedy": one.remedy}
        for erp in app.erps.values()
        for listing in listings(session, erp.name)
        for one in listing.problems
        if listing.kind.value == "people" and one.skipped
    ]
    staff = [
        {
            "name": one.name,
            "functions": list(one.functions),
            "plant": one.plant,
            "phone": masked(one.phone),
            "why": one.why.value,
        }
        for one in reach.unreached(session, timezone=timezone)
    ]
    functions = [
        {"plant": one.plant, "function": one.function.value, "people": one.people, "elsewhere": one.elsewhere}
        for one in reach.unfilled(session, plants, timezone=timezone)
    ]
    customers = [
        {"code": gap.code, "name": gap.name, "text": gap.text}
        for gap in gaps(session, timezone=timezone)
        if gap.kind == GapKind.NO_PHONE
    ]
    return {"without_phone": without, "customers": customers, "staff": staff, "functions": functions}
