"""`customers.csv`, `addresses.csv` and `people.csv`: firms with their credit, places and buyers."""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from recipe import staff
from recipe.parties import Credit, Firm, bought_for_together
from recipe.places import CITIES, PLANTS, ROUTES, SUPPLY
from recipe.tables import Row, Setting, Table, rupees, share, table, up_to

FIRST_PHONE = 919000041001
SIGNS = string.digits + string.ascii_uppercase
PRICE_LISTS = {"SS": "PL-SS", "DIST": "PL-DIST", "RET": "PL-RET"}
CREDIT_DAYS = {"SS": 21, "DIST": 14, "RET": 7}
LEAST_LIMIT = {"SS": 800000, "DIST": 250000, "RET": 60000}
ELSEWHERE = {("C112", 3): "Kanpur", ("C116", 2): "Raipur", ("C104", 2): "Sagar"}
"""Places of a firm that lie in another town than the firm itself; one of them in another state."""

CUSTOMER_COLUMNS = (
    "code,name,tier,price_list,credit_limit,outstanding,overdue_days,blocked,language,city,gstin,state,"
    "credit_days,default_ship_to,warehouse,sales_rep,territory,route,min_order_value,short_rule"
)
ADDRESS_COLUMNS = "customer,code,name,address,city,state,pincode,gstin,route,active"
PEOPLE_COLUMNS = "phone,name,customer,roles,functions,plant,language,customers,active,until,shared,sees_money,main"


@dataclass(frozen=True, kw_only=True, slots=True)
class Debt:
    """What a firm owes: invoiced in the last weeks, and ordered but not yet invoiced; both with tax."""

    invoiced: Decimal
    ordered: Decimal


def gstin(state: str, pan: str) -> str:
    """Return the GSTIN of a PAN in a state, with its check sign by the mod-36 rule of the GST portal."""
    body = f"{state}{pan}1Z"
    total = 0
    for place, sign in enumerate(body):
        product = SIGNS.index(sign) * (2 if place % 2 else 1)
        total += product // 36 + product % 36
    return body + SIGNS[(36 - total % 36) % 36]


def made_up_pan(setting: Setting, name: str) -> str:
    """Return a PAN in the right shape; it begins with ZZ so that it is nobody's by any likelihood."""
    chance = setting.chance(f"pan:{name}")
    initial = name[0].upper() if name[0] in string.ascii_letters else "Z"
    digits = f"{chance.randrange(10000):04d}"
    return f"ZZ{chance.choice('QXYZ')}F{initial}{digits}{chance.choice(string.ascii_uppercase)}"


def registered(firm: Firm) -> bool:
    """Tell whether a firm has a GSTIN: the smallest shops have none."""
    return firm.tier != "RET" or int(firm.code[1:]) % 4 != 0


def gstin_of(setting: Setting, firm: Firm, state: str) -> str:
    """Return the firm's registration in a state, or nothing."""
    return gstin(state, made_up_pan(setting, firm.name)) if registered(firm) else ""


def plants() -> Iterator[Row]:
    """Rows of `plants.csv`: one firm, so one PAN under three registrations."""
    for code, name, state, calendar, cutoff in PLANTS:
        yield {
            "code": code,
            "name": name,
            "state": state,
            "gstin": gstin(state, "ZZXCR0056K"),
            "timezone": "Asia/Kolkata",
            "calendar": calendar,
            "cutoff": cutoff,
        }


def tables(setting: Setting, firms: list[Firm], debts: Mapping[str, Debt]) -> Iterator[Table]:
    """Yield customers with the debts given, their places, and everybody who may write to us."""
    yield table("customers.csv", CUSTOMER_COLUMNS, (_customer(setting, firm, debts[firm.code]) for firm in firms))
    addresses = (row for firm in firms for row in _addresses(setting, firm))
    yield table("addresses.csv", ADDRESS_COLUMNS, addresses)
    yield table("people.csv", PEOPLE_COLUMNS, (*_buyers(firms), *staff.people(setting)))


def _customer(setting: Setting, firm: Firm, debt: Debt) -> Row:
    chance = setting.chance(f"customer:{firm.code}")
    limit, outstanding = _credit(setting, firm, debt)
    overdue = chance.choice((0, 0, 0, 0, 3, 6, 11)) if firm.credit in (Credit.OK, Credit.NEAR) else 0
    return {
        "code": firm.code,
        "name": firm.name,
        "tier": firm.tier,
        "price_list": PRICE_LISTS[firm.tier],
        "credit_limit": limit,
        "outstanding": outstanding,
        "overdue_days": 62 if firm.blocked else 28 if firm.credit is Credit.OVER else overdue if outstanding else 0,
        "blocked": firm.blocked,
        "language": firm.language,
        "city": firm.city,
        "gstin": gstin_of(setting, firm, CITIES[firm.city].state),
        "state": CITIES[firm.city].state,
        "credit_days": 0 if firm.credit is Credit.CASH_ONLY else CREDIT_DAYS[firm.tier],
        "default_ship_to": "A1" if firm.default_place else "",
        "warehouse": SUPPLY[firm.territory],
        "sales_rep": staff.rep_of(firm.territory).phone,
        "territory": firm.territory,
        "route": ROUTES[firm.territory][0],
        "min_order_value": {"SS": 40000, "DIST": 10000}.get(firm.tier) if firm.trade != "cast" else None,
        "short_rule": chance.choice(("backorder", "backorder", "ask", "cut")) if firm.trade != "cast" else "backorder",
    }


def _credit(setting: Setting, firm: Firm, debt: Debt) -> tuple[Decimal | None, Decimal]:
    """Return the limit and the outstanding balance that put the firm where its kind of credit says."""
    chance = setting.chance(f"credit:{firm.code}")
    exposure = debt.invoiced + debt.ordered
    if firm.credit is Credit.NOT_CONFIGURED:
        return None, debt.invoiced
    if firm.credit is Credit.CASH_ONLY:
        return Decimal(0), Decimal(0)
    if firm.credit is Credit.OK:
        wanted = exposure / share(chance.randrange(35, 65))
        return max(up_to(wanted, 50000), Decimal(LEAST_LIMIT[firm.tier])), debt.invoiced
    limit = max(up_to(exposure, 50000), Decimal(LEAST_LIMIT[firm.tier]))
    left = rupees(Decimal(chance.randrange(3000, 9000)))
    if firm.credit is Credit.OVER:
        left = -limit * share(chance.randrange(6, 15))
    return limit, rupees(limit - left - debt.ordered)


def _addresses(setting: Setting, firm: Firm) -> Iterator[Row]:
    chance = setting.chance(f"address:{firm.code}")
    for place in range(1, firm.places + 1):
        name = ELSEWHERE.get((firm.code, place), firm.city)
        city = CITIES[name]
        street = city.streets[(place - 1) % len(city.streets)]
        yield {
            "customer": firm.code,
            "code": f"A{place}",
            "name": firm.name if place == 1 else f"{firm.name} godown {name} {street}",
            "address": f"{chance.randrange(3, 190)}, {street}",
            "city": name,
            "state": city.state,
            "pincode": f"{city.pincode}{chance.randrange(1, 29):02d}"[:6],
            "gstin": gstin_of(setting, firm, city.state),
            "route": ROUTES[firm.territory][0],
            "active": True,
        }


def buyers_of(firms: list[Firm]) -> dict[str, list[tuple[str, str]]]:
    """Firm → its buyers' phones and names, main buyer first."""
    together, phone = bought_for_together(), FIRST_PHONE
    made: dict[str, list[tuple[str, str]]] = {}
    for firm in firms:
        if firm.code in together:
            made[firm.code] = made[together[firm.code]]
            continue
        made[firm.code] = [(f"+{phone + 7 * place}", name) for place, name in enumerate(firm.buyers)]
        phone += 7 * len(firm.buyers)
    return made


def _buyers(firms: list[Firm]) -> Iterator[Row]:
    known = buyers_of(firms)
    by_phone: dict[str, list[str]] = {}
    for code, buyers in known.items():
        for phone, _ in buyers:
            by_phone.setdefault(phone, []).append(code)
    for firm in firms:
        for place, (phone, name) in enumerate(known[firm.code]):
            if by_phone[phone][0] == firm.code:
                yield {
                    "phone": phone,
                    "name": name,
                    "customer": ";".join(by_phone[phone]),
                    "roles": "buyer",
                    "language": "hi-Latn" if place and firm.language == "hi" else firm.language,
                    "active": True,
                    "shared": False,
                    "sees_money": place == 0,
                    "main": place == 0,
                }
