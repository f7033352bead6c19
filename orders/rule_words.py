"""What a rule says, in a few words, for the office. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from erp.records import ApprovalLevel, CustomerPrice, Floor, Limit, Price, Scheme, plain
from erp.rule_records import Rule

_GROUPS = re.compile(r"(?<=\d)(?=(?:\d\d)*\d{3}$)")


def rupees(amount: Decimal) -> str:
    """₹12,34,567.50: whole rupees without paise."""
    whole, _, paise = plain(amount).partition(".")
    return f"₹{_GROUPS.sub(',', whole)}" + (f".{paise:<02}" if paise else "")


def said_of(rule: Rule) -> str:
    """Its figures, without whom and what it is about."""
    said = "; ".join(word for word in _figures(rule) if word)
    return f"{said}{_days(rule)}"


def _figures(rule: Rule) -> list[str]:
    match rule:
        case Price():
            return [
                f"{rupees(rule.price)} a {rule.uom}",
                f"floor {rupees(rule.floor)}" if rule.floor is not None else "",
            ]
        case CustomerPrice():
            return [f"{rupees(rule.price)} a {rule.uom}", rule.reference]
        case Scheme():
            return [*_given(rule), *_caps(rule), "added to others" if rule.stacks else ""]
        case Floor():
            return [
                _with("", rule.floor_price, " an order unit", money=True),
                _with("", rule.min_margin_percent, " % over cost"),
                _with("at most ", rule.max_discount_percent, " % off list"),
            ]
        case Limit():
            return [
                _with("", rule.max_discount_percent, " % off list"),
                _with("", rule.max_amount, " on an order", money=True),
            ]
        case ApprovalLevel():
            return [
                _reached(rule),
                ", ".join(f"…{word[-4:]}" if word.startswith("+") else word for word in rule.approvers),
                "together with the level before" if rule.mode == "parallel" else "",
                f"{rule.expiry_minutes} minutes",
            ]


def _given(rule: Scheme) -> list[str]:
    unit = rule.buy_uom or "order UoM"
    free = f"{plain(rule.buy_qty or Decimal(0))} {unit} + {plain(rule.free_qty)} free" if rule.free_qty else ""
    other = f" {rule.free_sku}" if free and rule.free_sku not in ("", rule.sku) else ""
    return [f"{free}{other}", _with("", rule.percent, " % off"), _with("", rule.amount, f" off a {unit}", money=True)]


def _caps(rule: Scheme) -> list[str]:
    return [
        _with("at most ", rule.cap_order, " an order"),
        _with("at most ", rule.cap_customer, " a customer"),
        _with("budget ", rule.budget, money=True),
    ]


def _reached(rule: ApprovalLevel) -> str:
    depth = f"{plain(rule.min_discount_percent)} %" if rule.min_discount_percent else ""
    amount = rupees(rule.min_amount) if rule.min_amount else ""
    named = " or ".join(word for word in (depth, amount) if word)
    return f"from {named}" if named else "always"


def _with(before: str, number: Decimal | None, after: str = "", *, money: bool = False) -> str:
    if number is None:
        return ""
    return f"{before}{rupees(number) if money else plain(number)}{after}"


def _days(rule: Rule) -> str:
    begins = f" from {rule.valid_from}" if rule.valid_from else ""
    ends = f" until {rule.valid_to}" if rule.valid_to else ""
    return f",{begins}{ends}" if begins or ends else ""
