"""PDFs, in the process made for them: the text of the pages as rows of cells, or the pages as pictures."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2 as pdfium
from PIL import Image

from bot.papers.layout import Word, rows_from
from bot.papers.values import CannotRead, PlacedRow, Refusal

MOST_PAGES = 40
MOST_SCANNED = 6
"""Pages that are read as pictures: each takes seconds."""
MOST_PIECES = 20_000
SCANNED_DPI = 200
POINTS = 72
LARGEST_SIDE = 3000
JOINERS = "\ufffe\x02"
"""What pdfium gives for a hyphen at a line's end."""
LEAST_LETTERS = 12
"""A page with fewer, a stamp perhaps, is a picture."""


def opened(content: bytes) -> pdfium.PdfDocument:
    """The document. Raises CannotRead."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium.raw.FPDF_ERR_PASSWORD
        raise CannotRead(Refusal.LOCKED if locked else Refusal.BROKEN) from error
    if len(document) > MOST_PAGES:
        raise CannotRead(Refusal.TOO_LARGE)
    return document


def text_rows(document: pdfium.PdfDocument) -> tuple[PlacedRow, ...]:
    """The rows of all pages; none when the document holds pictures alone. Raises CannotRead."""
    rows: list[PlacedRow] = []
    pieces = 0
    lower = 0.0
    for number in range(len(document)):
        page = document[number]
        words = list(_words(page, lower=lower))
        lower += page.get_height()
        pieces += len(words)
        if pieces > MOST_PIECES:
            raise CannotRead(Refusal.TOO_LARGE)
        rows += rows_from(words)
    letters = sum(character.isalnum() for row in rows for cell in row for character in cell[0])
    return tuple(rows) if letters >= LEAST_LETTERS else ()


def _words(page: pdfium.PdfPage, *, lower: float) -> Iterator[Word]:
    """Each run of letters with its box. `lower`: how far down the pages before it reach."""
    height = page.get_height() + lower
    text = page.get_textpage()
    letters: list[tuple[str, tuple[float, float, float, float]]] = []
    said = text.get_text_range()
    if len(said) != text.count_chars():  # beyond the plain characters: by one at a time
        said = "".join(text.get_text_range(number, 1)[:1] or " " for number in range(text.count_chars()))
    for number, letter in enumerate(said):
        if letter.isspace() or letter in JOINERS:
            yield from _word(letters, height)
            letters = []
        else:
            letters.append((letter, text.get_charbox(number, loose=True)))
    yield from _word(letters, height)


def _word(letters: list[tuple[str, tuple[float, float, float, float]]], height: float) -> Iterator[Word]:
    if letters:
        boxes = [box for _, box in letters]
        yield Word(
            "".join(letter for letter, _ in letters),
            min(box[0] for box in boxes),
            max(box[2] for box in boxes),
            height - max(box[3] for box in boxes),
            height - min(box[1] for box in boxes),
        )


def pictures(document: pdfium.PdfDocument) -> Iterator[Image.Image]:
    """Its first pages as they are seen. Raises CannotRead when there are more than can be looked at."""
    if len(document) > MOST_SCANNED:
        raise CannotRead(Refusal.TOO_LARGE)
    for number in range(len(document)):
        page = document[number]
        scale = min(SCANNED_DPI / POINTS, LARGEST_SIDE / max(page.get_width(), page.get_height(), 1))
        yield page.render(scale=scale, grayscale=True).to_pil()
