"""The process that opens one paper: the file on its standard input, rows as JSON on its output, then it ends.

It is given neither settings nor secrets, and only so much memory and time: what a stranger sends may be made to hurt.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable

from bot.papers.values import OCR_PROGRAM, CannotRead, Origin, PlacedRow, Refusal
from store.launch import die_with_parent

MEMORY = 1024 * 1024 * 1024
"""Addresses it may take; what it uses is far less (docs/papers.md)."""
CPU_SECONDS = 50
Opened = tuple[Origin, tuple[PlacedRow, ...]]


def main(arguments: list[str]) -> int:
    """Open what comes; the outcome is JSON, the exit status 0 unless it could not even be said."""
    kind, parent = arguments[0], int(arguments[1])
    die_with_parent(parent, by=signal.SIGKILL)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.nice(10)
    content = sys.stdin.buffer.read()
    try:
        origin, rows = opener(kind)(content)
        said: dict[str, object] = {"origin": origin.value, "rows": rows}
    except CannotRead as refusal:
        said = {"refused": refusal.reason.value}
    except MemoryError:
        said = {"refused": Refusal.TOO_LARGE.value}
    sys.stdout.write(json.dumps(said))
    return 0


def opener(kind: str) -> Callable[[bytes], Opened]:
    """What opens papers of a kind; its libraries are loaded only now."""
    return {"pdf": _pdf, "workbook": _workbook, "delimited": _delimited, "picture": _picture}[kind]


def _pdf(content: bytes) -> Opened:
    from bot.papers import pdf, pictures

    document = pdf.opened(content)
    if rows := pdf.text_rows(document):
        return Origin.PDF, rows
    if shutil.which(OCR_PROGRAM) is None:
        raise CannotRead(Refusal.EMPTY)
    return Origin.SCAN, _something(pictures.rows_on(pdf.pictures(document)))


def _workbook(content: bytes) -> Opened:
    from bot.papers import sheet

    return Origin.SHEET, sheet.workbook_rows(content)


def _delimited(content: bytes) -> Opened:
    from bot.papers import sheet

    return Origin.SHEET, sheet.delimited_rows(content)


def _picture(content: bytes) -> Opened:
    from bot.papers import pictures

    return Origin.PHOTO, _something(pictures.rows_on([pictures.opened(content)]))


def _something(rows: tuple[PlacedRow, ...]) -> tuple[PlacedRow, ...]:
    if not any(cell[0].strip() for row in rows for cell in row):
        raise CannotRead(Refusal.EMPTY)
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
