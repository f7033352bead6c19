"""Opening a paper in a process of its own, without settings or secrets, with bounds of memory and time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import structlog

from bot.papers.kinds import PaperKind
from bot.papers.values import OCR_PROGRAM, CannotRead, Origin, Refusal
from nlp.tables import Cell, Row

log = structlog.get_logger()

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 75
LARGEST = 16 * 1024 * 1024
LARGEST_ANSWER = 8 * 1024 * 1024
PLACES = BoundedSemaphore(1)
"""One at a time in each worker: a machine of two cores goes on answering chats."""


def reads_pictures() -> bool:
    """Whether this machine can read photos and scans."""
    return shutil.which(OCR_PROGRAM) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What stands on a paper."""

    origin: Origin
    rows: tuple[Row, ...]


def rows_of(stored: Iterable[Iterable[Iterable[Any]]]) -> tuple[Row, ...]:
    """Rows as they left the process that opened the paper, or as they are stored."""
    return tuple(
        tuple(Cell(text=text, left=left, right=right, top=top) for text, left, right, top in row) for row in stored
    )


def opened(kind: PaperKind, content: bytes) -> Opened:
    """What stands on a paper. Raises CannotRead; whatever the paper does, nothing else is raised."""
    if len(content) > LARGEST:
        raise CannotRead(Refusal.TOO_LARGE)
    with PLACES:
        answer = _ask(kind, content)
    if refused := answer.get("refused"):
        raise CannotRead(Refusal(refused))
    return Opened(origin=Origin(answer["origin"]), rows=rows_of(answer["rows"]))


def _ask(kind: PaperKind, content: bytes) -> dict[str, Any]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.papers.child", kind.value, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(content, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise CannotRead(Refusal.FAILED) from error
    finally:
        _end(process)
    if process.returncode != 0 or len(said) > LARGEST_ANSWER:
        log.info("paper_not_opened", kind=kind.value, status=process.returncode)
        raise CannotRead(Refusal.TOO_LARGE if len(said) > LARGEST_ANSWER else Refusal.BROKEN)
    answer: dict[str, Any] = json.loads(said)
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """It and whatever it started itself."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
