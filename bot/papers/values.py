"""What a paper is, and why one cannot be read. Light: the process that opens papers loads little else."""

from __future__ import annotations

from enum import StrEnum

OCR_PROGRAM = "tesseract"
Placed = tuple[str, float, float, float]
"""Some words and their place: from left to right, and how far down. What a cell is before anybody reads it."""
PlacedRow = tuple[Placed, ...]


class Origin(StrEnum):
    """What the words of a paper were read from. A photo, scan and voice note are recognised, and so never certain."""

    PHOTO = "photo"
    SCAN = "scan"
    VOICE = "voice"
    PDF = "pdf"
    SHEET = "sheet"
    MAIL = "mail"


RECOGNISED = frozenset({Origin.PHOTO, Origin.SCAN, Origin.VOICE})


class Refusal(StrEnum):
    """Why a paper could not be read."""

    LOCKED = "locked"
    """It asks for a password."""
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    """There is nothing to read on it."""
    UNSURE = "unsure"
    """Handwriting, or too unclear: what was recognised may be anything."""
    GONE = "gone"
    """It could not be fetched from the provider."""
    FAILED = "failed"
    """Whatever reads such papers did not answer, or took too long."""


class CannotRead(Exception):  # noqa: N818  (an outcome)
    """The paper cannot be read; a person must look at it."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason
