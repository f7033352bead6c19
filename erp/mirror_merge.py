# ruff: noqa: S608  (every name in a statement here is a column or table of ours)
"""One listing on its way into one table of the mirror: staged aside, compared and merged by the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Numeric, Table, text
from sqlalchemy.orm import Session

from erp.records import Record

# An export restamps every row; by itself that is no news of a row.
_NO_NEWS = ("as_of",)
SEPARATOR = "\x1f"


class Merge:
    """One listing on its way into one table, by way of a temporary one."""

    def __init__(self, session: Session, table: Table, *, erp: str, at: datetime) -> None:
        self._session = session
        self._table = table
        self._erp = erp
        self._at = at
        bookkeeping = ("erp", "listed", "changed_at")
        self._columns = [column.name for column in table.columns if column.name not in bookkeeping]
        self._key = [column.name for column in table.primary_key.columns]

    def stage(self, records: Iterable[Record]) -> None:
        """Copy the rows in as they are read: none but the present one is in memory."""
        connection = self._session.connection().connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in self._columns)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.staged")
            cursor.execute(
                sql.SQL("CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                    columns, sql.Identifier(self._table.name)
                )
            )
            row_of = _row_maker(self._columns)
            with cursor.copy(sql.SQL("COPY staged ({}) FROM STDIN").format(columns)) as copy:
                for record in records:
                    copy.write_row(row_of(record))
            cursor.execute("ANALYZE staged")

    def known(self) -> int:
        """How many rows were listed before."""
        return int(self._one(f"SELECT count(*) FROM {self.name} WHERE erp = :erp AND listed"))

    def vanished(self, spared: Collection[tuple[str, ...]]) -> int:
        """How many of those are not in this listing."""
        return int(self._one(f"SELECT count(*) FROM {self.name} AS t WHERE {self.gone(spared)}", spared=spared))

    def vanished_keys(self, spared: Collection[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Which they are, of a table whose key is one text."""
        found = self._execute(f"SELECT t.row_key FROM {self.name} AS t WHERE {self.gone(spared)}", spared)
        return [tuple(key.split(SEPARATOR)) for key in found.scalars()]

    def upsert(self) -> int:
        """Write what is new or differs; how many rows."""
        columns = self._quoted(self._columns)
        sets = [
            f"{self._quote(name)} = excluded.{self._quote(name)}" for name in self._columns if name not in self._key
        ]
        return self._count(
            f"INSERT INTO {self.name} AS t ({columns}, erp, listed, changed_at) "
            f"SELECT {columns}, :erp, true, :at FROM staged "
            f"ON CONFLICT ({self._quoted(self._key)}) DO UPDATE SET {', '.join(sets)}{', ' if sets else ''}"
            f"erp = excluded.erp, listed = true, changed_at = excluded.changed_at WHERE {self.differs('excluded')}"
        )

    def differs(self, other: str) -> str:
        """The condition that `t` says something else than the row of this name, or is not listed."""
        news = [name for name in self._columns if name not in (*self._key, *_NO_NEWS)]
        mine = ", ".join(f"t.{self._quote(name)}" for name in news)
        theirs = ", ".join(f"{other}.{self._quote(name)}" for name in news)
        return f"(t.erp, t.listed{', ' if mine else ''}{mine}) IS DISTINCT FROM (:erp, true, {theirs})"

    def deactivate(self, spared: Collection[tuple[str, ...]]) -> int:
        """Mark the rows that have left the listing."""
        statement = f"UPDATE {self.name} AS t SET listed = false, changed_at = :at WHERE {self.gone(spared)}"
        return self._count(statement, spared=spared)

    def leave_out(self, keys: Iterable[tuple[str, ...]]) -> None:
        """Take rows out of the listing again; what stood in their place stays."""
        gone = [SEPARATOR.join(key) for key in keys]
        self._session.execute(text("DELETE FROM staged WHERE row_key = ANY(CAST(:gone AS text[]))"), {"gone": gone})

    def as_json(self, row: str) -> str:
        """The row of this name as JSON; numbers as text, so that none loses its last digit."""
        pairs = (
            f"'{column.name}', {self._json_value(row, column.name, number=isinstance(column.type, Numeric))}"
            for column in self._table.columns
            if column.name in self._columns and column.name != "row_key"
        )
        return f"jsonb_build_object({', '.join(pairs)})"

    def _json_value(self, row: str, name: str, *, number: bool) -> str:
        value = f"{row}.{self._quote(name)}"
        return f"trim_scale({value})::text" if number else value

    def as_of(self) -> datetime | None:
        """The newest moment the listing speaks of."""
        if "as_of" not in self._columns:
            return None
        newest = self._session.execute(text("SELECT max(as_of) FROM staged")).scalar()
        assert newest is None or isinstance(newest, datetime)
        return newest

    def gone(self, spared: Collection[tuple[str, ...]]) -> str:
        """The condition on `t` that a row was listed and is not in this listing."""
        same = " AND ".join(f"s.{self._quote(name)} = t.{self._quote(name)}" for name in self._key)
        gone = f"t.erp = :erp AND t.listed AND NOT EXISTS (SELECT FROM staged AS s WHERE {same})"
        if not spared:
            return gone
        key = f"concat_ws(chr(31), {', '.join(f't.{self._quote(name)}' for name in self._key)})"
        return f"{gone} AND {key} NOT IN (SELECT unnest(CAST(:spared AS text[])))"

    def _execute(self, statement: str, spared: Collection[tuple[str, ...]] = ()) -> Any:
        values: dict[str, Any] = {"erp": self._erp, "at": self._at}
        if spared:
            values["spared"] = [SEPARATOR.join(key) for key in spared]
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        return self._session.execute(text(statement), used)

    def _one(self, statement: str, *, spared: Collection[tuple[str, ...]] = ()) -> Any:
        return self._execute(statement, spared).scalar_one()

    def _count(self, statement: str, *, spared: Collection[tuple[str, ...]] = ()) -> int:
        return int(self._execute(statement, spared).rowcount)

    @property
    def name(self) -> str:
        """The table's, quoted."""
        return self._quote(self._table.name)

    def _quoted(self, names: Iterable[str]) -> str:
        return ", ".join(self._quote(name) for name in names)

    def _quote(self, name: str) -> str:
        return f'"{name}"'


def _row_maker(columns: Sequence[str]) -> Callable[[Record], list[Any]]:
    """Values in the columns' order, as the driver copies them."""

    def row_of(record: Record) -> list[Any]:
        return [
            SEPARATOR.join(record.key) if name == "row_key" else _copyable(getattr(record, name)) for name in columns
        ]

    return row_of


def _copyable(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False)
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return value
