"""What the reader is handed: the catalogue's index by revision, and a speaker's own words and habits."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from threading import Lock
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from erp import mirror
from erp.records import HistoryLine as HistoryRecord
from erp.records import Item, ItemUom, WorkCentre
from nlp import Catalogue, build_catalogue
from nlp.values import (
    AliasRecord,
    CustomerRecord,
    HistoryLine,
    ItemRecord,
    Speaker,
    UomRecord,
    WorkCentreRecord,
)
from orders import aliases
from people.model import Party

KEPT = 2
"""Revisions kept: the present one, and the one a turn that began before may still be reading with."""


class Catalogues:
    """The last catalogue indexes of this process, each built once; `built` ones are there from the start."""

    def __init__(self, *built: Catalogue) -> None:
        self._lock = Lock()
        self._built: OrderedDict[int, Catalogue] = OrderedDict((one.revision, one) for one in built)

    def current(self, session: Session) -> Catalogue:
        """The index of the master data as this transaction sees it."""
        revision = mirror.revision(session)
        with self._lock:
            if revision not in self._built:
                self._built[revision] = _build(session, revision)
                while len(self._built) > KEPT:
                    self._built.popitem(last=False)
            return self._built[revision]


def _build(session: Session, revision: int) -> Catalogue:
    return catalogue_of(
        revision,
        mirror.all_items(session),
        mirror.all_uoms(session),
        session.scalars(select(Party).where(Party.active)),
        mirror.work_centres(session),
        priced=mirror.priced_skus(session),
        largest=mirror.largest_orders(session),
    )


class Firm(Protocol):
    """Whatever has a customer's code, name and city."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def city(self) -> str: ...


def catalogue_of(
    revision: int,
    items: Iterable[Item],
    uoms: Iterable[ItemUom],
    firms: Iterable[Firm],
    work_centres: Iterable[WorkCentre],
    *,
    priced: Collection[str],
    largest: Mapping[tuple[str, str], Decimal],
) -> Catalogue:
    """The index of some master data, wherever it comes from.

    Of a plant with price lists, an item in none of them (raw material, packing) is no goods of an order. `largest` has
    the most that anybody ordered at once by SKU and unit.
    """
    return build_catalogue(
        revision,
        [
            ItemRecord(
                sku=item.sku,
                name=item.name,
                brand=item.brand,
                category=item.category,
                base_uom=item.base_uom,
                order_uom=item.order_uom,
                mrp=item.mrp,
                active=item.active,
                sold=not priced or not item.active or item.sku in priced,
                replaced_by=item.replaced_by or None,
                attributes=item.attributes,
            )
            for item in items
        ],
        [
            UomRecord(
                sku=rung.sku,
                uom=rung.uom,
                factor=rung.factor,
                decimals=rung.decimals,
                sales=rung.sales,
                largest=largest.get((rung.sku, rung.uom)),
            )
            for rung in uoms
        ],
        [CustomerRecord(code=firm.code, name=firm.name, city=firm.city) for firm in firms],
        work_centres=[WorkCentreRecord(code=centre.code, name=centre.name) for centre in work_centres],
    )


def reader_speaker(
    session: Session, *, party_code: str | None, role: str, language: str, may_order_for: tuple[str, ...]
) -> Speaker:
    """Who is writing, as the reader wants to know it: the firm's aliases and history laid over the catalogue."""
    trade = role in ("buyer", "sales_rep")
    return Speaker(
        customer=party_code,
        role=role,
        language=language,
        may_order_for=may_order_for,
        aliases=tuple(
            AliasRecord(customer=alias.party_code or None, phrase=alias.phrase, sku=alias.sku, uom=alias.uom or None)
            for alias in aliases.approved(session, party_code or "")
        ),
        history=history_of(mirror.history(session, party_code) if party_code else ()),
        production_orders=() if trade else mirror.production_order_numbers(session),
    )


def history_of(rows: Iterable[HistoryRecord]) -> tuple[HistoryLine, ...]:
    """Past order lines as the reader wants them; free goods are nobody's habit."""
    return tuple(
        HistoryLine(order=row.order, customer=row.customer, date=row.date, sku=row.sku, quantity=row.qty, uom=row.uom)
        for row in rows
        if not row.free
    )
