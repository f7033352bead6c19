"""A CSV file that is read, changed and written back as it was found: same separator, same columns."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4


@dataclass(kw_only=True, slots=True)
class Sheet:
    """Rows by column name."""

    path: Path
    separator: str
    columns: Sequence[str]
    rows: list[dict[str, str]]

    @classmethod
    def read(cls, path: Path, columns: Sequence[str]) -> Sheet:
        """What is there; a sheet of these columns without rows where there is no file."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return cls(path=path, separator=",", columns=tuple(columns), rows=[])
        header = text.partition("\n")[0]
        separator = max(",;", key=header.count)
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
        rows = [dict(row) for row in reader]
        return cls(path=path, separator=separator, columns=tuple(reader.fieldnames or columns), rows=rows)

    def save(self) -> None:
        """Write it whole."""
        text = io.StringIO()
        writer = csv.DictWriter(
            text, self.columns, delimiter=self.separator, lineterminator="\n", extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows(self.rows)
        write_aside(self.path, text.getvalue())


def write_aside(path: Path, text: str) -> None:
    """Write a file whole or not at all: aside first, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid4().hex[:8]}.tmp")
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)
