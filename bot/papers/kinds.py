"""What kind of paper a file is, by what it begins with; what it is announced as may be anything."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath


class PaperKind(StrEnum):
    """The kinds that can be read, each by its own means."""

    PDF = "pdf"
    WORKBOOK = "workbook"
    DELIMITED = "delimited"
    PICTURE = "picture"
    VOICE = "voice"


PDF_MARK = b"%PDF-"
ZIP_MARK, OLE_MARK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PICTURE_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")
TEXT_ENDINGS = {".csv", ".tsv", ".txt"}
TEXT_TYPES = {"text/csv", "text/tab-separated-values", "text/comma-separated-values", "application/csv"}
WORKBOOK_TYPES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
}
PICTURE_TYPES = {"image/jpeg", "image/png", "image/webp", "image/tiff"}
WORKBOOK_ENDINGS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}


def announced_kind(content_type: str, name: str = "") -> PaperKind | None:
    """What it is said to be, before it is there; None when nobody here could read that."""
    family, ending = content_type.partition(";")[0].strip().casefold(), PurePath(name.casefold()).suffix
    if family == "application/pdf" or ending == ".pdf":
        return PaperKind.PDF
    if family in WORKBOOK_TYPES or ending in WORKBOOK_ENDINGS:
        return PaperKind.WORKBOOK
    if family in TEXT_TYPES or ending in TEXT_ENDINGS:
        return PaperKind.DELIMITED
    if family in PICTURE_TYPES:
        return PaperKind.PICTURE
    if family.startswith("audio/"):
        return PaperKind.VOICE
    return None


def kind_of(content: bytes, *, content_type: str, name: str = "") -> PaperKind | None:
    """What it is, as its first bytes say; plain text and sound have no mark, and are taken at their word."""
    if content.lstrip()[:5] == PDF_MARK:
        return PaperKind.PDF
    if content.startswith(PICTURE_MARKS) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return PaperKind.PICTURE
    said = announced_kind(content_type, name)
    if content.startswith((ZIP_MARK, OLE_MARK)):
        return PaperKind.WORKBOOK if said is PaperKind.WORKBOOK else None
    # HTML and tab-separated text go by the name of a spreadsheet, too.
    if said is PaperKind.WORKBOOK and b"\x00" not in content[:1024]:
        return PaperKind.DELIMITED
    return said if said in (PaperKind.DELIMITED, PaperKind.VOICE) else None
