"""Reads one file on its own, with the checks of the ERP's folder but nothing beside it to refer to."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from erp.files.header import Header
from erp.files.reader import FileReader
from erp.files.references import References
from erp.files.tables import TABLES
from erp.port import Tally
from erp.records import Record, RecordKind


class _NumberedReader(FileReader):
    """Remembers which row it is at, so that what is found wrong later can name it."""

    row = 1

    def _rows(self, header: Header) -> Iterator[tuple[int, Sequence[str]]]:
        for self.row, cells in super()._rows(header):
            yield self.row, cells


def read_single(path: Path, kind: RecordKind, tally: Tally) -> Iterator[tuple[int, Record]]:
    """Every sound row with its number in the file; what is wrong with others is in `tally`. Raises Unreadable."""
    with TemporaryDirectory() as nothing:
        references = References(Path(nothing))
        reader = _NumberedReader(path, TABLES[kind], references=references, zone=ZoneInfo("UTC"), tally=tally)
        for record in reader:
            yield reader.row, record
