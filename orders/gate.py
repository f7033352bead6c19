"""The gate: nothing is posted below its floor without a live approval, and nothing below its absolute floor.

Whoever turns draft lines into lines of an order, new or changed, asks it in the same transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from erp import mirror
from erp.documents import ApprovalDocument
from orders import approvals, scheme_uses
from orders.approval_model import Approval
from orders.model import DraftLine, OrderDraft
from orders.price_values import ZERO, GrantedScheme, Priced


class NotPassed(Exception):  # noqa: N818  (a decision, not a fault)
    """Lines that may not be posted as they stand: their draft must be shown again."""

    def __init__(self, lines: frozenset[int]) -> None:
        super().__init__(f"lines {sorted(lines)} may not be posted at their price")
        self.lines = lines


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeLine:
    """Goods that go with a line for nothing."""

    sku: str
    quantity: Decimal
    uom: str
    scheme: str
    list_price: Decimal
    tax_rate: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """A line that may be posted, with what goes with it; `approval` is the one it needs, not yet used."""

    line: DraftLine
    free: tuple[FreeLine, ...]
    schemes: tuple[GrantedScheme, ...]
    approval: Approval | None = None


def passed(session: Session, draft: OrderDraft, lines: Iterable[DraftLine], priced: Priced) -> list[Passed]:
    """The lines, each let through; raises NotPassed if one may not be posted. `priced` is of this same transaction."""
    of_rules = {one.no: one for one in priced.lines}
    items = mirror.items(session, {entry["sku"] for line in draft.lines for entry in line.free_goods or ()})
    found, refused = [], set()
    for line in lines:
        approval = _needed(session, draft, line)
        if _is_refused(line) or (approval is None and _needs_one(line)):
            refused.add(line.no)
            continue
        rule = of_rules.get(line.no)
        rates = {sku: item.gst_rate for sku, item in items.items()}
        found.append(
            Passed(
                line=line,
                free=tuple(_free_line(entry, rates) for entry in line.free_goods or ()),
                schemes=rule.schemes if rule else (),
                approval=approval,
            )
        )
    if refused:
        raise NotPassed(frozenset(refused))
    return found


def _is_refused(line: DraftLine) -> bool:
    if line.price is None or line.price <= 0 or line.effective is None:
        return True
    return line.absolute is not None and line.effective < line.absolute


def _needs_one(line: DraftLine) -> bool:
    below = line.floor is not None and line.effective is not None and line.effective < line.floor
    return below or line.granted_price is not None or line.granted_free is not None


def _needed(session: Session, draft: OrderDraft, line: DraftLine) -> Approval | None:
    return approvals.covering(session, draft, line) if _needs_one(line) else None


def _free_line(entry: Mapping[str, Any], rates: Mapping[str, Decimal | None]) -> FreeLine:
    return FreeLine(
        sku=entry["sku"],
        quantity=Decimal(entry["qty"]),
        uom=entry["uom"],
        scheme=entry["scheme"],
        list_price=Decimal(entry.get("list_price", "0")),
        tax_rate=rates.get(entry["sku"]),
    )


def keep(
    session: Session,
    one: Passed,
    *,
    party_code: str,
    order_number: str,
    line_no: int,
    change_number: str | None = None,
) -> ApprovalDocument | None:
    """Use its approval and count its schemes, once the order has its number; what the ERP is told of the approval."""
    granted = [scheme for scheme in one.schemes if scheme.rupees or scheme.quantity]
    scheme_uses.record(
        session,
        party_code=party_code,
        order_number=order_number,
        line=line_no,
        granted=granted,
        change_number=change_number,
    )
    if one.approval is None:
        return None
    approvals.use(session, one.approval, order_number, line_no)
    return ApprovalDocument(line=line_no, by=one.approval.by, price=one.line.price or ZERO, at=one.approval.granted_at)
