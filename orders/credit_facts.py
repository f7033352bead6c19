"""What finance is shown of an order, or a change, that credit does not bear: figures at the moment it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import plain
from orders.credit import Credit, Standing
from orders.credit_asks import Kept
from orders.credit_model import CreditRelease
from orders.model import OrderState, SalesOrder
from orders.pricing import money
from people.model import Party, Person
from routing.model import Matter, MatterKind
from store.database import now

SHOWN_ORDERS = 3
RECENT = timedelta(days=30)
PAYMENT = "payment_report"
"""As a matter's facts name what somebody wrote of a payment."""
GONE = (OrderState.REJECTED.value, OrderState.CANCELLED.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierOrder:
    """One order before this one; its value without tax."""

    number: str
    on: date
    value: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentTold:
    """What was last written of a payment. It changes no figure: the ERP's balance counts."""

    on: date
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditFacts:
    """What is decided on. Rupees with tax, but for earlier orders."""

    number: str
    firm: str
    party_code: str
    ordered_by: str
    lines: int
    value: Decimal
    verdict: Credit
    limit: Decimal | None
    """In force, be it the ERP's or a raise."""
    erp_limit: Decimal | None
    outstanding: Decimal
    exposure: Decimal
    short: Decimal
    fits: Decimal
    overdue_days: int
    overdue_allowed: int | None
    credit_days: int | None
    balance_as_of: datetime | None
    balance_hours_old: int | None
    """Only where it is older than it may be."""
    earlier: tuple[EarlierOrder, ...]
    released: int
    """Decisions on this customer's credit in the last 30 days."""
    told: PaymentTold | None
    timezone: str
    """In which its moments are told."""
    change: str = ""
    """The number of a change: then the value is what it adds, and the lines those that differ."""
    comes_to: Decimal | None = None
    """What the order is worth with that change."""

    @property
    def named(self) -> str:
        """The order, and its change."""
        return f"{self.number} + {self.change}" if self.change else self.number

    @property
    def on_order(self) -> Decimal:
        """Ordered before and not invoiced yet."""
        return self.exposure - self.outstanding

    @property
    def needed(self) -> Decimal:
        """The limit that would bear this order."""
        return self.exposure + self.value

    @property
    def is_late(self) -> bool:
        """Overdue by more than is allowed."""
        return self.overdue_allowed is not None and self.overdue_days > self.overdue_allowed

    def as_json(self) -> dict[str, Any]:
        """As it is kept with what is asked."""
        kept = {name: _kept(getattr(self, name)) for name in self.__slots__}
        kept["earlier"] = [{"number": one.number, "on": str(one.on), "value": plain(one.value)} for one in self.earlier]
        kept["told"] = None if self.told is None else {"on": str(self.told.on), "said": self.told.said}
        return kept

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "CreditFacts":
        """As it was kept."""
        told, as_of = kept["told"], kept["balance_as_of"]
        amounts = ("value", "limit", "erp_limit", "outstanding", "exposure", "short", "fits")
        as_they_are = (
            *("number", "firm", "party_code", "ordered_by", "lines", "overdue_days", "overdue_allowed"),
            *("credit_days", "balance_hours_old", "released", "timezone"),
        )
        return cls(
            **{name: None if kept[name] is None else Decimal(kept[name]) for name in amounts},  # type: ignore[arg-type]
            **{name: kept[name] for name in as_they_are},
            change=kept.get("change", ""),
            comes_to=Decimal(kept["comes_to"]) if kept.get("comes_to") is not None else None,
            verdict=Credit(kept["verdict"]),
            balance_as_of=datetime.fromisoformat(as_of) if as_of else None,
            earlier=tuple(
                EarlierOrder(number=one["number"], on=date.fromisoformat(one["on"]), value=Decimal(one["value"]))
                for one in kept["earlier"]
            ),
            told=PaymentTold(on=date.fromisoformat(told["on"]), said=told["said"]) if told else None,
        )


def _kept(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, datetime) else value


def credit_facts(
    session: Session,
    kept: Kept,
    standing: Standing,
    *,
    timezone: str,
    overdue_allowed: int | None,
    max_age: timedelta,
) -> CreditFacts:
    """Of what is kept back and how credit stands with it; a balance older than `max_age` is said to be."""
    order, change = kept.order, kept.change
    party = session.get_one(Party, order.party_code)
    age = now(session) - standing.balance_as_of if standing.balance_as_of else timedelta()
    return CreditFacts(
        number=order.number,
        firm=party.name,
        party_code=party.code,
        ordered_by=session.get_one(Person, kept.asked_by).name,
        lines=len(order.lines if change is None else change.diff),
        value=standing.order_value,
        verdict=standing.verdict,
        limit=standing.limit,
        erp_limit=party.credit_limit,
        outstanding=party.outstanding,
        exposure=standing.exposure,
        short=standing.short_by,
        fits=standing.fits,
        overdue_days=standing.overdue_days,
        overdue_allowed=overdue_allowed,
        credit_days=party.credit_days,
        balance_as_of=standing.balance_as_of,
        balance_hours_old=int(age / timedelta(hours=1)) if age > max_age else None,
        earlier=_earlier(session, order, timezone=timezone),
        released=_released(session, party.code),
        told=_payment_told(session, party.code, timezone=timezone),
        timezone=timezone,
        change=change.number if change is not None else "",
        comes_to=change.value_with_tax if change is not None else None,
    )


def _earlier(session: Session, order: SalesOrder, *, timezone: str) -> tuple[EarlierOrder, ...]:
    """The last ones, ours and those of the ERP's history, each once."""
    ours = session.scalars(
        select(SalesOrder)
        .where(
            SalesOrder.party_code == order.party_code,
            SalesOrder.number != order.number,
            SalesOrder.state.not_in(GONE),
        )
        .order_by(SalesOrder.confirmed_at.desc())
        .limit(SHOWN_ORDERS)
    )
    found: dict[str, EarlierOrder] = {}
    for one in ours:
        number, on = one.erp_number or one.number, one.confirmed_at.astimezone(ZoneInfo(timezone)).date()
        found[number] = EarlierOrder(number=number, on=on, value=one.total)
    for past in _of_history(session, order.party_code):
        found.setdefault(past.number, past)
    return tuple(sorted(found.values(), key=lambda one: (one.on, one.number), reverse=True)[:SHOWN_ORDERS])


def _of_history(session: Session, party_code: str) -> list[EarlierOrder]:
    values: dict[str, tuple[date, Decimal]] = {}
    for line in mirror.history(session, party_code):
        before = values.get(line.order, (line.date, Decimal(0)))[1]
        values[line.order] = (line.date, before + money(line.qty * (line.price or Decimal(0))))
    return [EarlierOrder(number=number, on=on, value=value) for number, (on, value) in values.items() if value]


def _released(session: Session, party_code: str) -> int:
    recent = select(func.count(func.distinct(CreditRelease.order_number))).where(
        CreditRelease.party_code == party_code, CreditRelease.at > now(session) - RECENT
    )
    return int(session.scalar(recent) or 0)


def _payment_told(session: Session, party_code: str, *, timezone: str) -> PaymentTold | None:
    told = session.scalars(
        select(Matter)
        .where(
            Matter.party_code == party_code,
            Matter.kind == MatterKind.FURTHER.value,
            Matter.facts["intent"].astext == PAYMENT,
            Matter.opened_at > now(session) - RECENT,
        )
        .order_by(Matter.id.desc())
        .limit(1)
    ).first()
    if told is None:
        return None
    on = told.opened_at.astimezone(ZoneInfo(timezone)).date()
    return PaymentTold(on=on, said=str(told.facts.get("said", ""))[:120])
