"""A stand-in for the other side of the plain-file ERP: it answers documents, dispatches and invoices when told.

    python -m erp.files.stand_in DIR run                      answer every new document, until stopped
    python -m erp.files.stand_in DIR reject NUMBER REASON     refuse this document (`next`: the next; `all`: every one)
    python -m erp.files.stand_in DIR accept                   forget all refusals
    python -m erp.files.stand_in DIR silent on|off            stop answering, and begin again
    python -m erp.files.stand_in DIR dispatch NUMBER          send all of an order (`--line 1 --qty 5`: a part)
    python -m erp.files.stand_in DIR invoice NUMBER           invoice what has been dispatched

What it is told is kept in `DIR/in/stand-in.json`, so it may be told while it runs and by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from erp.documents import DocumentKind
from erp.files.sheet import Sheet, write_aside
from erp.files.tables import TABLES
from erp.records import RecordKind, plain

Order = Mapping[str, Any]
ORDER_COLUMNS = tuple(column.name for column in TABLES[RecordKind.ORDERS].columns)
LOOKS_EVERY_SECONDS = 0.2
NOTHING_SAID: Mapping[str, Any] = {"reject": {}, "silent": False, "book": False}


class StandIn:
    """The other side. Stateless but for its files: any number of times started, it goes on where it was."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder = folder
        self._now = now

    # --- answering ---

    def answer(self) -> list[str]:
        """Answer what has not been answered; says what was done, a line each."""
        if self._orders_told()["silent"]:
            return []
        return [self._answer_one(path) for path in self._unanswered()]

    def _unanswered(self) -> Iterator[Path]:
        for kind in DocumentKind:
            for path in sorted((self._folder / "out" / kind.value).glob("*.json")):
                if not (self._folder / "in" / "results" / path.name).exists():
                    yield path

    def _answer_one(self, path: Path) -> str:
        orders = self._orders_told()
        document = json.loads(path.read_text(encoding="utf-8"))
        number = document["number"]
        kind = DocumentKind(path.parent.name)
        reason = self._refusal(number, orders["reject"]) or self._impossible(kind, document)
        answer = {
            "number": number,
            "status": "posted" if reason is None else "rejected",
            "erp_number": erp_number(document.get("order", number)) if reason is None else "",
            "reason": reason or "",
            "at": self._now().isoformat(),
        }
        if reason is None and kind is not DocumentKind.SALES_ORDER:
            self._carry_out(document)
        elif reason is None and orders["book"]:
            self._book(document)
        text = json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
        write_aside(self._folder / "in" / "results" / path.name, text)
        return f"{number} {answer['status']} {answer['erp_number'] or answer['reason']}"

    def _impossible(self, kind: DocumentKind, document: Order) -> str | None:
        """Why an order that is shown in `orders.csv` cannot become what a change says: of a line more has left."""
        if kind is DocumentKind.SALES_ORDER:
            return None
        sheet = Sheet.read(self._folder / "orders.csv", ORDER_COLUMNS)
        rows = {int(row["line"]): row for row in _rows_of(sheet, document["order"])}
        for one in document["diff"]:
            row = rows.get(one["line"])
            if row is not None and _number(one["qty"] or "") < _number(row["dispatched"]):
                return f"line {one['line']}: {row['dispatched']} {row['uom']} dispatched already"
        return None

    def _carry_out(self, document: Order) -> None:
        """Change the rows of `orders.csv`, if the order stands there, and forget none that has left."""
        sheet = Sheet.read(self._folder / "orders.csv", ORDER_COLUMNS)
        rows = {int(row["line"]): row for row in _rows_of(sheet, document["order"])}
        if not rows:
            return
        for one in document["diff"]:
            row = rows.get(one["line"])
            if row is None:
                row = dict(next(iter(rows.values()))) | dict.fromkeys(("dispatched", "invoiced"), "0")
                row |= {"line": str(one["line"]), "status": "open"}
                sheet.rows.append(row)
            if one["op"] == "remove":
                row["cancelled"] = row["ordered"]
            else:
                row |= {"sku": one["sku"], "uom": one["uom"], "ordered": one["qty"], "price": one["price"]}
                row["cancelled"] = "0"
            row["as_of"] = self._now().isoformat()
        sheet.save()

    def _refusal(self, number: str, refusals: Mapping[str, str]) -> str | None:
        if number in refusals:
            return refusals[number]
        if "next" in refusals:
            rest = {key: reason for key, reason in refusals.items() if key != "next"}
            self._tell(reject=rest)
            return refusals["next"]
        return refusals.get("all")

    # --- being told ---

    def reject(self, which: str, reason: str) -> None:
        """Refuse the document of this number, the `next` one, or `all`."""
        self._tell(reject={**self._orders_told()["reject"], which: reason})

    def accept(self) -> None:
        """Forget all refusals."""
        self._tell(reject={})

    def silent(self, *, on: bool) -> None:
        """Answer nothing for a while."""
        self._tell(silent=on)

    def book(self, *, on: bool) -> None:
        """Whether each posted order appears in `orders.csv` at once, as a real ERP's export would have it."""
        self._tell(book=on)

    def _orders_told(self) -> dict[str, Any]:
        try:
            told = json.loads((self._folder / "in" / "stand-in.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            told = {}
        return {**NOTHING_SAID, **told}

    def _tell(self, **news: Any) -> None:
        told = {**self._orders_told(), **news}
        write_aside(self._folder / "in" / "stand-in.json", json.dumps(told, indent=2) + "\n")

    # --- goods and money ---

    def dispatch(
        self, number: str, *, line: int | None = None, qty: Decimal | None = None, vehicle: str = "", lr_no: str = ""
    ) -> int:
        """Send goods of an order (our number or the ERP's): all, one line, or a part of it; how many lines moved."""
        sheet = self._open_orders(number)
        moved = 0
        for row in _rows_of(sheet, number):
            left = _number(row["ordered"]) - _number(row["dispatched"]) - _number(row["cancelled"])
            if (line is not None and int(row["line"]) != line) or left <= 0:
                continue
            sent = left if qty is None else min(left, qty)
            row["dispatched"] = plain(_number(row["dispatched"]) + sent)
            row["status"] = "dispatched" if sent == left else "part_dispatched"
            row.update(vehicle=vehicle or row["vehicle"], lr_no=lr_no or row["lr_no"], as_of=self._now().isoformat())
            moved += 1
        sheet.save()
        return moved

    def invoice(self, number: str, invoice: str = "") -> Decimal:
        """Invoice what was dispatched; the value with tax, which the customer owes from now on.

        Lines that are finished leave `orders.csv`, which holds open orders only.
        """
        sheet = self._open_orders(number)
        rates = self._gst_rates()
        value, customer = Decimal(0), ""
        for row in _rows_of(sheet, number):
            billed = _number(row["dispatched"]) - _number(row["invoiced"])
            value += (billed * _number(row["price"]) * (1 + rates.get(row["sku"], Decimal(0)) / 100)).quantize(
                Decimal("0.01")
            )
            row["invoiced"] = row["dispatched"]
            row.update(invoice=invoice or f"INV-{row['erp_number']}", as_of=self._now().isoformat())
            customer = row["customer"]
        sheet.rows[:] = [row for row in sheet.rows if not (_is(row, number) and _is_finished(row))]
        sheet.save()
        self._owe(customer, value)
        return value

    def _open_orders(self, number: str) -> Sheet:
        """`orders.csv`, with this order in it."""
        sheet = Sheet.read(self._folder / "orders.csv", ORDER_COLUMNS)
        if not _rows_of(sheet, number):
            self._add(sheet, self._written(number))
        return sheet

    def _written(self, number: str) -> Order:
        for path in (self._folder / "out" / DocumentKind.SALES_ORDER.value).glob("*.json"):
            if number in (path.stem, erp_number(path.stem)):
                order: Order = json.loads(path.read_text(encoding="utf-8"))
                return order
        raise LookupError(f"no open order {number} in {self._folder}")

    def _book(self, order: Order) -> None:
        sheet = Sheet.read(self._folder / "orders.csv", ORDER_COLUMNS)
        if not _rows_of(sheet, order["number"]):
            self._add(sheet, order)
            sheet.save()

    def _add(self, sheet: Sheet, order: Order) -> None:
        for line in order["lines"]:
            row = dict.fromkeys(sheet.columns, "") | {
                "erp_number": erp_number(order["number"]),
                "our_number": order["number"],
                "customer": order["customer"],
                "ship_to": order["ship_to"],
                "date": order["confirmed_at"][:10],
                "line": str(line["line"]),
                "sku": line["sku"],
                "uom": line["uom"],
                "ordered": line["qty"],
                "price": line["price"],
                "status": "open",
                "promised_on": line["requested_on"] or order["requested_on"] or "",
                "as_of": self._now().isoformat(),
            }
            sheet.rows.append(row | dict.fromkeys(("dispatched", "invoiced", "cancelled"), "0"))

    def _gst_rates(self) -> dict[str, Decimal]:
        items = Sheet.read(self._folder / "items.csv", ())
        return {row["sku"]: _number(row.get("gst_rate", "")) for row in items.rows}

    def _owe(self, customer: str, value: Decimal) -> None:
        sheet = Sheet.read(self._folder / "customers.csv", ())
        for row in sheet.rows:
            if row["code"] == customer and value:
                row["outstanding"] = plain(_number(row["outstanding"]) + value)
        sheet.save()


def erp_number(number: str) -> str:
    """The number under which the stand-in books our number."""
    return f"SO-{number.removeprefix('M')}"


def _is(row: Mapping[str, str], number: str) -> bool:
    return number in (row["our_number"], row["erp_number"])


def _rows_of(sheet: Sheet, number: str) -> list[dict[str, str]]:
    return [row for row in sheet.rows if _is(row, number)]


def _is_finished(row: Mapping[str, str]) -> bool:
    return _number(row["invoiced"]) + _number(row["cancelled"]) >= _number(row["ordered"])


def _number(cell: str) -> Decimal:
    return Decimal(cell or 0)


# --- the program ---


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m erp.files.stand_in", description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    acts = parser.add_subparsers(dest="act", required=True)
    run = acts.add_parser("run", help="answer every new document, until stopped")
    run.add_argument("--once", action="store_true", help="answer what is there and end")
    reject = acts.add_parser("reject", help="refuse a document")
    reject.add_argument("number", help="our number, `next` or `all`")
    reject.add_argument("reason")
    acts.add_parser("accept", help="forget all refusals")
    for act, said in (("silent", "answer nothing"), ("book", "show posted orders in orders.csv at once")):
        acts.add_parser(act, help=said).add_argument("on", choices=["on", "off"])
    dispatch = acts.add_parser("dispatch", help="send goods of an order")
    dispatch.add_argument("number")
    dispatch.add_argument("--line", type=int)
    dispatch.add_argument("--qty", type=Decimal)
    dispatch.add_argument("--vehicle", default="")
    dispatch.add_argument("--lr", default="")
    invoice = acts.add_parser("invoice", help="invoice what was dispatched")
    invoice.add_argument("number")
    invoice.add_argument("--invoice", default="")
    return parser


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], object] = print) -> int:
    """Run the program; its exit status."""
    told = _parser().parse_args(arguments)
    if not told.folder.is_dir():
        say(f"{told.folder} is not there")
        return 1
    stand_in = StandIn(told.folder)
    try:
        _ACTS[told.act](stand_in, told, say)
    except LookupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _run(stand_in: StandIn, told: argparse.Namespace, say: Callable[[str], object]) -> None:
    while True:
        for line in stand_in.answer():
            say(line)
        if told.once:
            return
        time.sleep(LOOKS_EVERY_SECONDS)


def _dispatch(stand_in: StandIn, told: argparse.Namespace, say: Callable[[str], object]) -> None:
    moved = stand_in.dispatch(told.number, line=told.line, qty=told.qty, vehicle=told.vehicle, lr_no=told.lr)
    say(f"{told.number}: {moved} lines dispatched")


def _invoice(stand_in: StandIn, told: argparse.Namespace, say: Callable[[str], object]) -> None:
    say(f"{told.number}: {plain(stand_in.invoice(told.number, told.invoice))} invoiced, with tax")


_ACTS: Mapping[str, Callable[[StandIn, argparse.Namespace, Callable[[str], object]], None]] = {
    "run": _run,
    "reject": lambda stand_in, told, _: stand_in.reject(told.number, told.reason),
    "accept": lambda stand_in, *_: stand_in.accept(),
    "silent": lambda stand_in, told, _: stand_in.silent(on=told.on == "on"),
    "book": lambda stand_in, told, _: stand_in.book(on=told.on == "on"),
    "dispatch": _dispatch,
    "invoice": _invoice,
}


if __name__ == "__main__":
    sys.exit(main())
