"""Reads one file on its own, with the checks of the ERP's folder but nothing beside it to refer to."""

from collections.abc import Iterator
from pathlib import Path

from erp.files.folder import DEFAULT_ZONE
from erp.files.reader import FileReader
from erp.files.references import References
from erp.files.tables import TABLES
from erp.port import Tally
from erp.records import Record, RecordKind


def read_single(path: Path, kind: RecordKind, tally: Tally) -> Iterator[tuple[int, Record]]:
    """Every sound row with its number in the file; what is wrong with others is in `tally`. Raises Unreadable."""
    reader = FileReader(path, TABLES[kind], references=References(None), zone=DEFAULT_ZONE, tally=tally)
    for record in reader:
        yield reader.row, record
