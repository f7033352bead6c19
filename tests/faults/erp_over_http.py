"""The adapter for the ERP stand-in: orders over HTTP, all other master data from a folder of plain files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from erp.documents import Document, DocumentKind
from erp.files import read_folder
from erp.port import (
    Batch,
    Capability,
    ErpDown,
    Finding,
    Level,
    NotAuthorised,
    OutcomeUnknown,
    Posting,
    PostingState,
    Refused,
    Tally,
)
from erp.records import OpenOrderLine, RecordKind

SCHEME = "stand-in+http"
FROM_FOLDER = tuple(kind for kind in RecordKind if kind is not RecordKind.ORDERS)
WHOLE = "whole"
"""The stamp of a folder that does not change while the run lasts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ErpOverHttp:
    """`stand-in+http://127.0.0.1:PORT/?plant=DIR&settles=SECONDS&patience=SECONDS`."""

    base_url: str
    plant: Path
    settles_in: timedelta
    patience: timedelta
    name: str = "stand-in"
    capabilities: frozenset[Capability] = frozenset({Capability.CREATE_ORDER, Capability.PRICE_LISTS})

    @classmethod
    def from_url(cls, url: str) -> ErpOverHttp:
        parts = urlsplit(url.removeprefix("stand-in+"))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return cls(
            base_url=f"http://{parts.netloc}",
            plant=Path(query["plant"]),
            settles_in=timedelta(seconds=float(query.get("settles", 20))),
            patience=timedelta(seconds=float(query.get("patience", 1))),
        )

    def check(self) -> Sequence[Finding]:
        try:
            self._orders(after=0)
        except ErpDown as error:
            return (Finding(level=Level.ERROR, subject="ERP stand-in", text=str(error), remedy="start it"),)
        return (Finding(level=Level.OK, subject="ERP stand-in", text="answers"),)

    def pull(self, since: Mapping[str, str]) -> Iterator[Batch]:
        wanted = [kind for kind in FROM_FOLDER if since.get(kind) != WHOLE]
        folder = read_folder(self.plant, kinds=wanted) if wanted else None
        for kind in wanted:
            assert folder is not None
            records = folder.records.get(kind, ())
            tally = Tally(stamp=WHOLE, rows=len(records), expected=len(records))
            yield Batch(kind=kind, records=records, complete=True, tally=tally)
        after = int(since.get(RecordKind.ORDERS) or 0)
        answer = self._orders(after=after)
        lines = [line for order in answer["orders"] for line in _open_lines(order)]
        tally = Tally(stamp=str(answer["next"]), rows=len(lines), expected=len(lines))
        yield Batch(kind=RecordKind.ORDERS, records=lines, complete=False, tally=tally)

    def find(self, kind: DocumentKind, number: str, *, party: str) -> Posting | None:
        _only_orders(kind)
        found = self._get({"number": number})["orders"]
        return _posting(found[0]) if found else None

    def post(self, document: Document) -> Posting:
        _only_orders(document.kind)
        try:
            answer = requests.post(
                f"{self.base_url}/orders", json=document.as_json(), timeout=self.patience.total_seconds()
            )
        except requests.ConnectTimeout as error:
            raise ErpDown("the ERP cannot be reached") from error
        except requests.ConnectionError as error:
            if "refused" in str(error):
                raise ErpDown("the ERP cannot be reached") from error
            raise OutcomeUnknown("the line was cut") from error
        except requests.Timeout as error:
            raise OutcomeUnknown("no answer in time") from error
        return _outcome(answer)

    def results(self, numbers: Collection[str]) -> Iterator[Posting]:
        return iter(())

    def _orders(self, *, after: int) -> dict[str, Any]:
        return self._get({"after": str(after)})

    def _get(self, query: Mapping[str, str]) -> dict[str, Any]:
        try:
            answer = requests.get(f"{self.base_url}/orders", params=query, timeout=self.patience.total_seconds())
        except requests.RequestException as error:
            raise ErpDown(f"the ERP did not answer: {type(error).__name__}") from error
        if answer.status_code != 200:
            raise ErpDown(f"the ERP answered {answer.status_code}")
        data: dict[str, Any] = answer.json()
        return data


def _only_orders(kind: DocumentKind) -> None:
    if kind is not DocumentKind.SALES_ORDER:
        raise Refused(f"this ERP takes no {kind}")


def _outcome(answer: requests.Response) -> Posting:
    if answer.status_code == 201:
        return _posting(answer.json())
    if answer.status_code == 422:
        raise Refused(answer.json()["error"])
    if answer.status_code in (401, 403):
        raise NotAuthorised("the ERP does not let us in")
    if answer.status_code == 503:
        raise ErpDown("the ERP is down for maintenance")
    # A 500 says nothing of how far it got.
    raise OutcomeUnknown(f"the ERP answered {answer.status_code}")


def _posting(data: Mapping[str, Any]) -> Posting:
    return Posting(
        number=data["number"],
        state=PostingState.POSTED,
        erp_number=data["erp_number"],
        at=datetime.fromisoformat(data["at"]),
    )


def _open_lines(order: Mapping[str, Any]) -> Iterator[OpenOrderLine]:
    document = order["document"]
    for line in document["lines"]:
        yield OpenOrderLine(
            erp_number=order["erp_number"],
            our_number=order["number"],
            customer=document["customer"],
            ship_to=document["ship_to"],
            date=datetime.fromisoformat(order["at"]).date(),
            line=line["line"],
            sku=line["sku"],
            uom=line["uom"],
            ordered=Decimal(line["qty"]),
            price=Decimal(line["price"]),
            status="open",
        )
