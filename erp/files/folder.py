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
    Customer,
    HistoryLine,
    Item,
    ItemUom,
    OpenOrderLine,
    Person,
    Plant,
    Price,
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
    def plants(self) -> tuple[Plant, ...]:
        return self.of(Plant)

    @property
    def warehouses(self) -> tuple[Warehouse, ...]:
        return self.of(Warehouse)

    @property
    def routes(self) -> tuple[Route, ...]:
        return self.of(Route)

    @property
    def items(self) -> tuple[Item, ...]:
        return self.of(Item)

    @property
    def uoms(self) -> tuple[ItemUom, ...]:
        return self.of(ItemUom)

    @property
    def customers(self) -> tuple[Customer, ...]:
        return self.of(Customer)

    @property
    def addresses(self) -> tuple[Address, ...]:
        return self.of(Address)

    @property
    def people(self) -> tuple[Person, ...]:
        return self.of(Person)

    @property
    def prices(self) -> tuple[Price, ...]:
        return self.of(Price)

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        return self.of(Scheme)

    @property
    def stock(self) -> tuple[Stock, ...]:
        return self.of(Stock)

    @property
    def orders(self) -> tuple[OpenOrderLine, ...]:
        return self.of(OpenOrderLine)

    @property
    def aliases(self) -> tuple[AliasRow, ...]:
        return self.of(AliasRow)

    @property
    def work_centres(self) -> tuple[WorkCentre, ...]:
        return self.of(WorkCentre)

    @property
    def history(self) -> tuple[HistoryLine, ...]:
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
