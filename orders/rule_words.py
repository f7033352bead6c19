"""What a rule says, in a few words, for the office. Pure."""

from __future__ import annotations

from decimal import Decimal

from erp.records import ApprovalLevel, CustomerPrice, Floor, Limit, Price, Scheme, plain
from erp.rule_records import Rule


def said_of(rule: Rule) -> str:
    """Its figures, without whom and what it is about."""
    said = "; ".join(word for word in _figures(rule) if word)
    return f"{said}{_days(rule)}"


def _figures(rule: Rule) -> list[str]:
    match rule:
        case Price():
            return [f"₹{plain(rule.price)} a {rule.uom}", _with("floor ₹", rule.floor)]
        case CustomerPrice():
            return [f"₹{plain(rule.price)} a {rule.uom}", rule.reference]
        case Scheme():
            return [*_given(rule), *_caps(rule), "added to others" if rule.stacks else ""]
        case Floor():
            return [
                _with("₹", rule.floor_price),
                _with("", rule.min_margin_percent, " % over cost"),
                _with("at most ", rule.max_discount_percent, " % off list"),
            ]
        case Limit():
            return [_with("", rule.max_discount_percent, " % off list"), _with("₹", rule.max_amount, " on an order")]
        case ApprovalLevel():
            return [
                f"from {plain(rule.min_discount_percent)} % or ₹{plain(rule.min_amount)}",
                ", ".join(f"…{word[-4:]}" if word.startswith("+") else word for word in rule.approvers),
                "all at once" if rule.mode == "parallel" else "in turn",
                f"{rule.expiry_minutes} minutes",
            ]


def _given(rule: Scheme) -> list[str]:
    unit = rule.buy_uom or "order UoM"
    free = f"{plain(rule.buy_qty or Decimal(0))} {unit} + {plain(rule.free_qty)} free" if rule.free_qty else ""
    other = f" {rule.free_sku}" if free and rule.free_sku not in ("", rule.sku) else ""
    return [f"{free}{other}", _with("", rule.percent, " % off"), _with("₹", rule.amount, f" off a {unit}")]


def _caps(rule: Scheme) -> list[str]:
    return [
        _with("at most ", rule.cap_order, " an order"),
        _with("at most ", rule.cap_customer, " a customer"),
        _with("budget ₹", rule.budget),
    ]


def _with(before: str, number: Decimal | None, after: str = "") -> str:
    return f"{before}{plain(number)}{after}" if number is not None else ""


def _days(rule: Rule) -> str:
    begins = f" from {rule.valid_from}" if rule.valid_from else ""
    ends = f" until {rule.valid_to}" if rule.valid_to else ""
    return f",{begins}{ends}" if begins or ends else ""
