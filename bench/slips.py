"""Made photos of order slips: a seeded set in several fonts, with noise, slant and blur, each with what it says."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = Path("/usr/share/fonts/truetype")
PRINTED = ("dejavu/DejaVuSans.ttf", "liberation/LiberationSerif-Regular.ttf", "liberation/LiberationMono-Regular.ttf")
HANDS = ("breip/Breip.ttf", "fifthhorseman/dkg.ttf", "humor-sans/Humor-Sans.ttf")
HINDI = ("Gargi/Gargi.ttf", "lohit-devanagari/Lohit-Devanagari.ttf", "fonts-deva-extra/kalimati.ttf")
"""Debian's fonts-dejavu-core, fonts-liberation; fonts-breip, fonts-dkg-handwriting, fonts-humor-sans; fonts-gargi,
fonts-lohit-deva, fonts-deva-extra."""
ENGLISH_GOODS = (
    "Kutku-G Glucose 50 g",
    "Lachhi Noodles Masala 70 g",
    "Sanjh Marie 365 120 g",
    "Milap Cream 80 g",
    "Butter Cookies 75 g",
    "Bourbon 100 g",
    "Jeera Cookies 150 g",
    "Namkeen Mix 200 g",
)
HINDI_GOODS = ("कुटकु छोटा", "लच्छी मसाला", "सांझ मैरी", "मिलाप क्रीम", "जीरा कुकीज", "नमकीन मिक्स")
UNITS, HINDI_UNITS = ("case", "peti", "ctn", "pkt", "box"), ("पेटी", "कार्टन", "पैकेट")
PAPER, INK = (246, 243, 235), (28, 30, 60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """One made photo and the lines that stand on it."""

    name: str
    kind: str
    """`printed`, `hand` or `hindi`."""
    rough: bool
    lines: tuple[str, ...]
    content: bytes


def slips(count: int, *, seed: int = 4) -> Iterator[Slip]:
    """So many slips; the same for the same seed and fonts."""
    chance = random.Random(seed)
    kinds = {"printed": PRINTED, "hand": HANDS, "hindi": HINDI}
    for number in range(count):
        kind = list(kinds)[number % 3]
        rough = number % 2 == 1
        font = chance.choice([one for one in kinds[kind] if (FONTS / one).exists()])
        lines = _lines(chance, hindi=kind == "hindi")
        image = _drawn(lines, ImageFont.truetype(str(FONTS / font), 34 if kind != "hand" else 40))
        yield Slip(
            name=f"{number:03d}-{kind}-{Path(font).stem}", kind=kind, rough=rough, lines=lines,
            content=_photographed(image, chance, rough=rough),
        )  # fmt: skip


def _lines(chance: random.Random, *, hindi: bool) -> tuple[str, ...]:
    goods, units = (HINDI_GOODS, HINDI_UNITS) if hindi else (ENGLISH_GOODS, UNITS)
    chosen = chance.sample(goods, chance.randint(3, 6))
    return tuple(
        f"{one} {chance.choice((2, 3, 5, 8, 10, 12, 15, 20, 24, 50))} {chance.choice(units)}" for one in chosen
    )


def _drawn(lines: tuple[str, ...], font: ImageFont.FreeTypeFont) -> Image.Image:
    step = int(font.size * 1.9)
    image = Image.new("RGB", (900, step * (len(lines) + 1) + 40), PAPER)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((60, 40 + number * step), line, font=font, fill=INK)
    return image


def _photographed(image: Image.Image, chance: random.Random, *, rough: bool) -> bytes:
    """As a phone takes it: a little slant, light and noise; a rough one with more of each."""
    angle = chance.uniform(-6, 6) if rough else chance.uniform(-1, 1)
    image = image.rotate(angle, expand=True, fillcolor=(120, 110, 100), resample=Image.Resampling.BICUBIC)
    image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.8, 1.4) if rough else 0.4))
    strength = 40 if rough else 12
    noise = Image.effect_noise(image.size, strength).convert("RGB")
    image = Image.blend(image, noise, 0.18 if rough else 0.05)
    shade = Image.linear_gradient("L").resize(image.size).point(lambda v: 255 - v // (3 if rough else 8))
    image = Image.composite(image, Image.new("RGB", image.size, (40, 40, 40)), shade)
    file = BytesIO()
    image.save(file, "JPEG", quality=60 if rough else 85)
    return file.getvalue()
