"""What the console sends in place of a photo, voice note or document: small files made here, as data: addresses."""

import base64
import struct
import zlib
from enum import StrEnum
from functools import cache

WIDTH, HEIGHT = 96, 72
SAMPLES_A_SECOND = 8000


class Placeholder(StrEnum):
    """The attachments one can send from the console."""

    PHOTO = "photo"
    VOICE = "voice"
    DOCUMENT = "document"


CONTENT_TYPES = {
    Placeholder.PHOTO: "image/png",
    Placeholder.VOICE: "audio/wav",
    Placeholder.DOCUMENT: "application/pdf",
}


@cache
def content(kind: Placeholder) -> bytes:
    """A valid file of the kind, below three kilobytes."""
    return {Placeholder.PHOTO: _photo, Placeholder.VOICE: _voice, Placeholder.DOCUMENT: _document}[kind]()


def address(kind: Placeholder) -> str:
    """The file as a `data:` address, which the console's channel fetches like any other."""
    return f"data:{CONTENT_TYPES[kind]};base64,{base64.b64encode(content(kind)).decode()}"


def _photo() -> bytes:
    """A sheet of paper with ruled lines on a table."""
    rows = b"".join(b"\0" + bytes(_pixel(x, y) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _pixel(x: int, y: int) -> int:
    on_paper = 20 <= x < 76 and 6 <= y < 66
    on_line = on_paper and y % 9 == 0 and 26 <= x < 70 - (y * 7) % 23
    return 70 if on_line else 245 if on_paper else 150


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _voice() -> bytes:
    """A quarter of a second of silence."""
    data = bytes([128]) * (SAMPLES_A_SECOND // 4)
    layout = struct.pack("<HHIIHH", 1, 1, SAMPLES_A_SECOND, SAMPLES_A_SECOND, 1, 8)
    body = b"WAVEfmt " + struct.pack("<I", len(layout)) + layout + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _document() -> bytes:
    """One empty page."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )
