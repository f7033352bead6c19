"""Lands our documents under `out/`, each whole or not at all, each under our number."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from erp.documents import Document, DocumentKind
from erp.port import ErpDown, OutcomeUnknown, Refused

_SAFE_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SENT = ".sent"


class Writer:
    """Writes documents and knows which ones were written, also after the other side has taken them away."""

    def __init__(self, folder: Path) -> None:
        self._out = folder / "out"

    def path(self, kind: DocumentKind, number: str) -> Path:
        """Where the document of this number lands. Raises Refused for a number that is no file name."""
        if not _SAFE_NUMBER.fullmatch(number):
            raise Refused(f"{number!r} cannot name a file")
        return self._out / kind.value / f"{number}.json"

    def has(self, kind: DocumentKind, number: str) -> bool:
        """Whether it was written, whatever became of the file."""
        return self.path(kind, number).exists() or self._mark(kind, number).exists()

    def read(self, kind: DocumentKind, number: str) -> Mapping[str, Any] | None:
        """What was written, while it is still there."""
        try:
            found = json.loads(self.path(kind, number).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def write(self, document: Document) -> None:
        """Write it, once: the same document again changes nothing, another one under its number is refused.

        Raises ErpDown where nothing was written, OutcomeUnknown where it may have been.
        """
        target = self.path(document.kind, document.number)
        content = document.as_json()
        if self.has(document.kind, document.number):
            self._refuse_another(document, content)
            return
        aside = target.with_name(f".{target.name}.{uuid4().hex[:8]}.tmp")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(aside, content)
        except OSError as error:
            with suppress(OSError):
                aside.unlink()
            raise ErpDown(f"{target.parent} cannot be written: {error.strerror}") from error
        try:
            os.replace(aside, target)
            self._leave_mark(document.kind, document.number)
            _sync_folder(target.parent)
        except OSError as error:
            raise OutcomeUnknown(f"{target} may not have been written: {error.strerror}") from error

    def _refuse_another(self, document: Document, content: Mapping[str, Any]) -> None:
        there = self.read(document.kind, document.number)
        if there is not None and there != content:
            raise Refused(f"{document.kind.value}/{document.number}.json already holds another document")

    def _mark(self, kind: DocumentKind, number: str) -> Path:
        return self._out / SENT / kind.value / number

    def _leave_mark(self, kind: DocumentKind, number: str) -> None:
        """Whoever takes the file away must not make us write it a second time."""
        mark = self._mark(kind, number)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def _write_durably(path: Path, content: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """A rename is durable only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
