"""Orders that are posted unless their sender objects: which may be, and when it is announced for."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from erp import mirror
from erp.records import Mode
from orders import drafts
from orders.confirm import NEW
from orders.credit import USUAL_OVERDUE_DAYS, Credit
from orders.exposure import credit_standing
from orders.goods import Goods
from orders.habits import is_usual
from orders.lookalikes import lookalike
from orders.model import DraftLine, OrderDraft
from orders.price_requests import last_request
from orders.pricing import Totals, totals
from people.model import Party
from people.modes import terms_for
from store.database import now

POSTS_AFTER = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


class Hindrance(StrEnum):
    """Why an order waits for the yes of its sender."""

    NOT_AGREED = "not_agreed"
    """The customer has no automatic confirmation, or is not live."""
    OPEN = "open"
    """Something of it is not settled, or cannot go."""
    RECOGNISED = "recognised"
    """It was read from a photo, a scan, a voice note or a mail."""
    WISH = "wish"
    """Another price or free goods are asked for, or were, whatever the answer."""
    CHANGE = "change"
    """It changes an order that was confirmed."""
    BELOW_LEAST = "below_least"
    UNUSUAL = "unusual"
    SAME = "same"
    CREDIT = "credit"


def announce(
    session: Session,
    draft: OrderDraft,
    *,
    timezone: str,
    erp: str,
    overdue_allowed: int | None = USUAL_OVERDUE_DAYS,
) -> None:
    """Set when the draft is posted unless its sender objects, if it may be: at most once for each of its versions."""
    if draft.posts_version == draft.version:
        return
    if hindrance(session, draft, timezone=timezone, erp=erp, overdue_allowed=overdue_allowed) is not None:
        return
    draft.posts_at, draft.posts_version = full_minute(now(session) + POSTS_AFTER), draft.version


def full_minute(moment: datetime) -> datetime:
    """The moment itself or the next full minute: what is announced in minutes is kept to the second."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + MINUTE


def hindrance(
    session: Session,
    draft: OrderDraft,
    *,
    timezone: str,
    erp: str,
    overdue_allowed: int | None = USUAL_OVERDUE_DAYS,
) -> Hindrance | None:
    """What keeps a priced draft from being posted without a yes; None: nothing."""
    party = session.get_one(Party, draft.party_code)
    terms = terms_for(session, party.code)
    if not terms.auto_confirm or terms.mode != Mode.LIVE or draft.simulated:
        return Hindrance.NOT_AGREED
    if draft.changes_order is not None:
        return Hindrance.CHANGE
    if party.blocked or not party.active or draft.ship_to is None or draft.asked_days or not _all_settled(draft):
        return Hindrance.OPEN
    if drafts.needs_a_yes(draft):
        return Hindrance.RECOGNISED
    if any(_asks_for_more(line) for line in draft.lines) or last_request(session, draft.id) is not None:
        return Hindrance.WISH
    sums = _sums(draft)
    if party.min_order_value is not None and sums.net < party.min_order_value:
        return Hindrance.BELOW_LEAST
    if not _is_usual(session, draft, drafts.goods_in(session, draft)):
        return Hindrance.UNUSUAL
    if draft.duplicate_answer != NEW and lookalike(session, draft, timezone=timezone) is not None:
        return Hindrance.SAME
    day = now(session).astimezone(ZoneInfo(timezone)).date()
    standing = credit_standing(
        session, party, order_value=sums.with_tax, erp=erp, day=day, overdue_allowed=overdue_allowed
    )
    return None if standing.verdict == Credit.WITHIN else Hindrance.CREDIT


def _all_settled(draft: OrderDraft) -> bool:
    """Every line matched, priced, free of doubt and of the amount that was asked for; none set aside."""
    return bool(draft.lines) and all(
        drafts.is_ready(line) and not line.doubts and _is_whole(line) for line in draft.lines
    )


def _is_whole(line: DraftLine) -> bool:
    """Not cut to what is in stock."""
    return line.wanted in (None, line.quantity)


def _asks_for_more(line: DraftLine) -> bool:
    asks = line.asked_free is not None or bool(line.held_schemes)
    return asks or line.requested_price not in (None, line.price)


def _sums(draft: OrderDraft) -> Totals:
    return totals([(line.quantity or Decimal(0), line.price or Decimal(0), line.tax_rate) for line in draft.lines])


def _is_usual(session: Session, draft: OrderDraft, goods: Goods) -> bool:
    before = _taken_before(session, draft, goods)
    return all(
        is_usual(goods.base_quantity(line.sku, line.quantity, line.uom), before.get(line.sku, ()))
        for line in draft.lines
        if line.sku and line.quantity and line.uom
    )


def _taken_before(session: Session, draft: OrderDraft, goods: Goods) -> Mapping[str, list[Decimal]]:
    wanted = {line.sku for line in draft.lines}
    taken: dict[str, list[Decimal]] = {}
    for past in mirror.history(session, draft.party_code):
        if past.sku in wanted and not past.free:
            taken.setdefault(past.sku, []).append(goods.base_quantity(past.sku, past.qty, past.uom))
    return taken
