"""A plain-file folder read whole, without a database: for `parse`, `explain` and the accuracy of `nlp`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from erp.files.reader import FileReader
from erp.files.references import References
from erp.files.tables import TABLES
from erp.port import Problem, Tally, Unreadable
from erp.records import (
    Address,
    AliasRow,
    CalendarDay,
    Customer,
    HistoryLine,
    Item,
    ItemUom,
    OpenOrderLine,
    Person,
    Plant,
    Price,
    ProductionOrder,
    Record,
    RecordKind,
    Route,
    Scheme,
    Stock,
    Warehouse,
    WorkCentre,
)

R = TypeVar("R", bound=Record)
DEFAULT_ZONE = ZoneInfo("Asia/Kolkata")


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderData:
    """All sound rows of a folder, and what is wrong with the others."""

    records: Mapping[RecordKind, tuple[Record, ...]]
    problems: tuple[Problem, ...]

    def of(self, cls: type[R]) -> tuple[R, ...]:
        """The rows of one class; none where the file is missing or was not asked for."""
        return tuple(record for record in self.records.get(cls.kind, ()) if isinstance(record, cls))

    @property
    def calendar(self) -> tuple[CalendarDay, ...]:
        """The rows of `calendar.csv`."""
        return self.of(CalendarDay)

    @property
    def plants(self) -> tuple[Plant, ...]:
        """The rows of `plants.csv`."""
        return self.of(Plant)

    @property
    def warehouses(self) -> tuple[Warehouse, ...]:
        """The rows of `warehouses.csv`."""
        return self.of(Warehouse)

    @property
    def routes(self) -> tuple[Route, ...]:
        """The rows of `routes.csv`."""
        return self.of(Route)

    @property
    def items(self) -> tuple[Item, ...]:
        """The rows of `items.csv`."""
        return self.of(Item)

    @property
    def uoms(self) -> tuple[ItemUom, ...]:
        """The rows of `uoms.csv`."""
        return self.of(ItemUom)

    @property
    def customers(self) -> tuple[Customer, ...]:
        """The rows of `customers.csv`."""
        return self.of(Customer)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The rows of `addresses.csv`."""
        return self.of(Address)

    @property
    def people(self) -> tuple[Person, ...]:
        """The rows of `people.csv`."""
        return self.of(Person)

    @property
    def prices(self) -> tuple[Price, ...]:
        """The rows of `prices.csv`."""
        return self.of(Price)

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """The rows of `schemes.csv`."""
        return self.of(Scheme)

    @property
    def stock(self) -> tuple[Stock, ...]:
        """The rows of `stock.csv`."""
        return self.of(Stock)

    @property
    def orders(self) -> tuple[OpenOrderLine, ...]:
        """The rows of `orders.csv`."""
        return self.of(OpenOrderLine)

    @property
    def aliases(self) -> tuple[AliasRow, ...]:
        """The rows of `aliases.csv`."""
        return self.of(AliasRow)

    @property
    def work_centres(self) -> tuple[WorkCentre, ...]:
        """The rows of `work_centres.csv`."""
        return self.of(WorkCentre)

    @property
    def production_orders(self) -> tuple[ProductionOrder, ...]:
        """The rows of `production_orders.csv`."""
        return self.of(ProductionOrder)

    @property
    def history(self) -> tuple[HistoryLine, ...]:
        """The rows of `history.csv`."""
        return self.of(HistoryLine)


def read_folder(
    folder: Path | str, *, kinds: Iterable[RecordKind] = tuple(RecordKind), zone: tzinfo = DEFAULT_ZONE
) -> FolderData:
    """Reads what is there now. A missing or broken file gives no rows and a problem; nothing is raised."""
    folder = Path(folder)
    references = References(folder)
    records: dict[RecordKind, tuple[Record, ...]] = {}
    problems: list[Problem] = []
    for kind in kinds:
        table, tally = TABLES[kind], Tally()
        reader = FileReader(folder / table.file, table, references=references, zone=zone, tally=tally)
        try:
            records[kind] = tuple(reader)
        except Unreadable as error:
            tally.note(error.problem)
        except FileNotFoundError:
            if not table.optional:
                tally.note(Problem(source=table.file, text="the file is missing", remedy=f"put it into {folder}"))
        problems += tally.problems
    return FolderData(records=records, problems=tuple(problems))
