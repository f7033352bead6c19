"""Photos and scans, in the process made for them: turned upright, evened out, and read by Tesseract if it is there."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from statistics import median

import numpy as np
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from bot.papers.layout import Word, rows_from
from bot.papers.values import OCR_PROGRAM, CannotRead, PlacedRow, Refusal

LANGUAGES = "eng+hin"
MOST_PIXELS = 40_000_000
LARGEST, SMALLEST = 2600, 1200
"""The longer side is brought between these: letters of a phone's photo are then as tall as Tesseract wants them."""
SECONDS = 40
PAPER_RADIUS = 25
STEEPEST, STEP = 8.0, 0.5
SMALL = 500
LEAST_SURE = 85.0
"""What half of the words are recognised with at least, in percent: print is above it, handwriting below."""
STAIN = 30.0
APART = 1.6
"""Boxes of recognised words fit tightly, and hands write loosely."""
LINE_LEVEL, WORD_LEVEL = "4", "5"

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def opened(content: bytes) -> Image.Image:
    """The picture, upright and in grey. Raises CannotRead."""
    try:
        picture = Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP", "TIFF"))
        if picture.width * picture.height > MOST_PIXELS:
            raise CannotRead(Refusal.TOO_LARGE)
        picture.draft("L", (LARGEST, LARGEST))
        return ImageOps.exif_transpose(picture).convert("L")
    except Image.DecompressionBombError as error:
        raise CannotRead(Refusal.TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise CannotRead(Refusal.BROKEN) from error


def rows_on(pictures: Iterable[Image.Image]) -> tuple[PlacedRow, ...]:
    """The rows of all pictures, one below the other. Raises CannotRead."""
    rows: list[PlacedRow] = []
    sure: list[float] = []
    lower = 0.0
    for picture in pictures:
        evened = _evened(_sized(picture))
        found = list(csv.DictReader(StringIO(_read(evened)), delimiter="\t", quoting=csv.QUOTE_NONE))
        words = _without_stains([row for row in found if _is_word(row)])
        sure += [float(row["conf"]) for row in words]
        rows += [_down(row, lower) for row in rows_from(_boxes(words, found), apart=APART)]
        lower += evened.height
    if not sure or median(sure) < LEAST_SURE:
        raise CannotRead(Refusal.UNSURE)
    return tuple(rows)


def _down(row: PlacedRow, by: float) -> PlacedRow:
    return tuple((text, left, right, top + by) for text, left, right, top in row)


def _sized(picture: Image.Image) -> Image.Image:
    side = max(picture.size)
    factor = LARGEST / side if side > LARGEST else max(1.0, SMALLEST / max(side, 1))
    return picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))


def _evened(picture: Image.Image) -> Image.Image:
    """Shadows taken out of the paper, and its lines level."""
    shade = np.asarray(picture.filter(ImageFilter.BoxBlur(PAPER_RADIUS)), dtype=np.float32)
    ink = np.clip(np.asarray(picture, dtype=np.float32) / np.maximum(shade, 1.0) * 220.0, 0, 255)
    flat = Image.fromarray(ink.astype(np.uint8)).filter(ImageFilter.MedianFilter(3))
    angle = slant(flat)
    return flat.rotate(angle, expand=True, fillcolor=220, resample=Image.Resampling.BICUBIC) if angle else flat


def slant(picture: Image.Image) -> float:
    """By how many degrees it must be turned for its lines to be level: rows of letters and gaps then differ most."""
    small = ImageOps.invert(picture)
    small.thumbnail((SMALL, SMALL))
    angles = np.arange(-STEEPEST, STEEPEST + STEP, STEP)
    contrast = [
        float(np.var(np.asarray(small.rotate(float(angle), fillcolor=35), dtype=np.float32).sum(axis=1)))
        for angle in angles
    ]
    best = float(angles[int(np.argmax(contrast))])
    level = contrast[len(angles) // 2]
    return best if max(contrast) > 1.05 * level else 0.0


def _read(picture: Image.Image) -> str:
    file = BytesIO()
    picture.save(file, "PNG")
    try:
        done = subprocess.run(
            [OCR_PROGRAM, "stdin", "stdout", "-l", LANGUAGES, "--psm", "6", "tsv"],
            input=file.getvalue(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotRead(Refusal.FAILED) from error
    return done.stdout.decode("utf-8", "replace")


def _is_word(row: dict[str, str]) -> bool:
    return row["level"] == WORD_LEVEL and bool((row["text"] or "").strip())


def _without_stains(words: list[dict[str, str]]) -> list[dict[str, str]]:
    """Without the lines of which no word is anything: edges, creases and shadows are "read", too."""
    best: dict[tuple[str, str, str], float] = {}
    for row in words:
        sure = float(row["conf"]) if any(map(str.isalnum, row["text"])) else 0.0
        best[_line(row)] = max(sure, best.get(_line(row), 0.0))
    return [row for row in words if best[_line(row)] >= STAIN]


def _boxes(words: list[dict[str, str]], found: list[dict[str, str]]) -> Iterator[Word]:
    """The words with the height of their line, since their own boxes fit tightly."""
    lines = {_line(row): (float(row["top"]), float(row["height"])) for row in found if row["level"] == LINE_LEVEL}
    for row in words:
        top, height = lines[_line(row)]
        left = float(row["left"])
        yield Word(row["text"], left, left + float(row["width"]), top, top + height)


def _line(row: dict[str, str]) -> tuple[str, str, str]:
    return row["block_num"], row["par_num"], row["line_num"]
