"""A plant of a few rows and an order of a few lines, made by hand, to be bent by the checker's own tests."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.prices.book import Book
from tests.prices.reckoning import paisa
from tests.prices.said import Decision, Record, SeenLine, Yes

FILES: Mapping[str, str] = {
    "items": (
        "sku,name,base_uom,order_uom,cost,gst_rate,group\n"
        "BIS,Biscuit,PKT,CASE,2,5,biscuit\n"
        "WAF,Wafer,PKT,CASE,3,12,wafer\n"
        "TIN,Tin,PCS,PCS,50,5,gift\n"
        "BOX,Box,PCS,PCS,60,5,gift\n"
    ),
    "uoms": ("sku,uom,factor\nBIS,PKT,1\nBIS,BOX,12\nBIS,CASE,96\nWAF,PKT,1\nWAF,CASE,40\nTIN,PCS,1\nBOX,PCS,1\n"),
    "customers": (
        "code,name,tier,price_list,credit_limit,outstanding\n"
        "C1,One,DIST,PL,1000000,0\nC2,Two,DIST,PL,1000000,0\nC3,Three,RET,PL,,0\nC4,Four,RET,PL,1000,0\n"
    ),
    "people": (
        "phone,name,customer,roles,plant,active,until\n"
        "1,Buyer,C1,buyer,,yes,\n2,Rep,,sales_rep,,yes,\n3,First,,approver:1,P,yes,\n4,Second,,approver:2,P,yes,\n"
        "5,Third,,approver:3,P,yes,\n6,Money,,finance,P,yes,\n7,Gone,,approver:3,P,yes,2026-11-20\n"
    ),
    "prices": (
        "price_list,sku,uom,min_qty,price,floor,valid_from,valid_to\n"
        "PL,BIS,CASE,1,400,380,,\nPL,BIS,CASE,50,390,375,,\nPL,BIS,PKT,1,4.50,4.20,,\n"
        "PL,WAF,CASE,1,200,184,,2026-11-30\nPL,TIN,PCS,1,100,90,,\nPL,BOX,PCS,1,120,,,\n"
    ),
    "customer_prices": "customer,sku,uom,price,valid_from,valid_to\nC2,BIS,CASE,370,,\n",
    "schemes": (
        "code,price_list,tier,customer,sku,group,buy_qty,buy_uom,free_sku,free_qty,percent,amount,"
        "valid_from,valid_to,cap_order,cap_customer,budget,stacks\n"
        "W12,,,,WAF,,12,CASE,WAF,1,,,2026-11-01,2026-11-30,3,4,,no\n"
        "GIFT,,,,,gift,,,,,5,,2026-11-01,2026-11-30,,600,1000,no\n"
        "OLD,,,,BIS,,,,,,10,,2026-09-01,2026-10-31,,,,no\n"
    ),
    "floors": "tier,group,sku,customer,floor_price,min_margin_percent,max_discount_percent,absolute\n,,TIN,,70,,,yes\n",
    "limits": (
        "person,role,max_discount_percent,max_amount,group\n,sales_rep,1,500,\n,approver:1,3,2000,\n"
        ",approver:2,6,10000,\n,approver:3,12,100000,\n"
    ),
    "approval_matrix": (
        "level,min_discount_percent,min_amount,tier,group,plant,approvers,mode,expiry_minutes\n"
        "1,0,0,,,,approver:1,turn,30\n2,3,2000,,,,approver:2,turn,30\n3,6,10000,,,,approver:3,turn,30\n"
    ),
    "orders": "erp_number,our_number,customer,sku,uom,ordered,invoiced,cancelled,price\n",
}
AT = datetime.fromisoformat("2026-11-21T10:00:00+05:30")
EARLIER = AT - timedelta(minutes=10)
NAMES = {"BIS": "Biscuit", "WAF": "Wafer", "TIN": "Tin", "BOX": "Box"}
RATES = {"BIS": Decimal("0.05"), "WAF": Decimal("0.12"), "TIN": Decimal("0.05"), "BOX": Decimal("0.05")}
LIST = {"BIS": "400", "WAF": "200", "TIN": "100", "BOX": "120"}
Json = dict[str, Any]


def book(**instead: str) -> Book:
    """The plant, with rows added to some files."""
    return Book.of({**FILES, **{name: FILES[name] + rows for name, rows in instead.items()}})


def line(sku: str, qty: str, price: str, *, no: int = 1, uom: str = "", **more: Any) -> Json:
    """One line; its list price is that of a case unless said."""
    uom = uom or ("PCS" if sku in ("TIN", "BOX") else "CASE")
    made = {"line": no, "sku": sku, "qty": qty, "uom": uom, "price": price, "list_price": LIST[sku]}
    return {**made, "free": False, "scheme": "", "base_line": None, **more}


def free(sku: str, qty: str, *, no: int, base: int, scheme: str, **more: Any) -> Json:
    """Goods for nothing."""
    return line(sku, qty, "0", no=no, free=True, scheme=scheme, base_line=base, **more)


def order(*lines: Json, number: str = "M26000001", **more: Any) -> Json:
    """A posted order whose sums are right."""
    total = sum((Decimal(one["qty"]) * Decimal(one["price"]) for one in lines), Decimal(0))
    tax = sum((paisa(Decimal(one["qty"]) * Decimal(one["price"]) * RATES[one["sku"]]) for one in lines), Decimal(0))
    made = {
        "number": number,
        "customer": "C1",
        "plant": "P",
        "ordered_by": "Buyer",
        "total": str(total),
        "tax_estimate": str(tax),
        "message_ids": [f"SM{number}"],
        "confirmed_at": AT.isoformat(),
        "approvals": [],
        "lines": deepcopy(list(lines)),
    }
    return {**made, **more}


def approval(price: str, *, by: str = "First", no: int = 1, at: datetime = EARLIER) -> Json:
    """As the document has it."""
    return {"line": no, "by": by, "price": price, "at": at.isoformat()}


def yes(*lines: Json, customer: str = "C1", by: str = "Buyer") -> Yes:
    """Somebody confirmed just these."""
    return Yes(customer=customer, at=AT, by=by, lines=tuple(map(seen, lines)))


def seen(one: Json) -> SeenLine:
    """A line as it stood on a screen."""
    return SeenLine(name=NAMES[one["sku"]], qty=Decimal(one["qty"]), uom=one["uom"], price=Decimal(one["price"]))


def record(*yeses: Yes, decided: tuple[Json, ...] = (), by: str = "First") -> Record:
    """What was seen, and one decision on these lines."""
    lines = tuple(map(seen, decided))
    decisions = [Decision(by=by, at=EARLIER, customer="C1", lines=lines)] if lines else []
    return Record(yeses=list(yeses), decisions=decisions)
