"""All that is kept of a person, in one file for him: as JSON, his talk as a table, his photos and voice notes."""

import csv
import io
import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from mimetypes import guess_extension
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.model import InboundMedia
from bot.personal_data import KEPT, Kept, messages_of, rows_of
from orders.alias_files import FORMULA_STARTS
from people.model import PrivacyAct
from people.privacy import Subject, note
from store.database import now

EXPLANATION = """All that Munshi keeps of you, as of {at}.

data.json      everything, table by table: who you are to us, what you agreed to, what you wrote and what we said,
               your lists and orders
messages.csv   the talk alone, oldest first
media/         photos, voice notes and documents you sent, named MESSAGE-NUMBER

Not in here: what the office noted for itself, and what your firm's books hold, for which ask your supplier.
"""


def export(session: Session, whose: Subject, file: Path, *, by: str) -> dict[str, int]:
    """Write the file, whole or not at all, readable by its owner alone; how many rows of each table.

    Raises FileExistsError.
    """
    data = {kept.table.name: list(_told(session, kept, whose)) for kept in KEPT if kept.told}
    counts = {name: len(rows) for name, rows in data.items()}
    unfinished = file.with_name(f"{file.name}.partial")
    if file.exists():
        raise FileExistsError(file)
    with _own(unfinished) as target, ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("READ_ME.txt", EXPLANATION.format(at=now(session).isoformat(timespec="minutes")))
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1, default=_plain))
        archive.writestr("messages.csv", _talk(data))
        for medium in session.scalars(
            select(InboundMedia).where(InboundMedia.inbound_id.in_(messages_of(whose))).execution_options(yield_per=20)
        ):
            if medium.content is not None:
                name = f"{medium.inbound_id}-{medium.no}{guess_extension(medium.content_type) or '.bin'}"
                archive.writestr(f"media/{name}", medium.content)
    unfinished.replace(file)
    note(session, PrivacyAct.EXPORT, by=by, subject=whose.reference, counts=counts)
    return counts


def _own(file: Path) -> Any:
    """Readable by nobody else."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _told(session: Session, kept: Kept, whose: Subject) -> Iterator[dict[str, Any]]:
    table = kept.table
    rows = select(*(table.c[name] for name in kept.told)).where(rows_of(kept, whose))
    for row in session.execute(rows.order_by(*table.primary_key.columns)):
        yield dict(row._mapping)


def _talk(data: dict[str, list[dict[str, Any]]]) -> str:
    """Both sides in the order of time."""
    heard = [(row["stored_at"], "you", row["kind"], row["body"]) for row in data["inbound"]]
    said = [
        (row["sent_at"], "Munshi", row["kind"], "\n".join(map(str, row["lines"])))
        for row in data["outbound"]
        if row["sent_at"] is not None
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("at", "who", "kind", "text"))
    for at, who, kind, text in sorted(heard + said, key=lambda one: one[0]):
        writer.writerow((at.isoformat(timespec="seconds"), who, kind, harmless(text)))
    return "\ufeff" + out.getvalue()


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)
