"""One form for many spellings: Indian scripts to Latin letters, spelling variants folded, consonant skeletons.

The Unicode blocks of the Brahmi-derived scripts share one layout (that of ISCII), so one table of offsets serves nine.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

FIRST_BLOCK, LAST_BLOCK, BLOCK = 0x0900, 0x0D7F, 0x80
DRAVIDIAN_FROM = 0x0B80
TAMIL = range(0x0B80, 0x0C00)

INDEPENDENT_VOWELS = dict(
    zip(
        range(0x05, 0x15),
        ["a", "a", "i", "i", "u", "u", "r", "l", "e", "e", "e", "ai", "o", "o", "o", "au"],
        strict=True,
    )
)  # long vowels are folded to short ones at once
CONSONANTS = dict(
    zip(
        range(0x15, 0x3A),
        [
            "k",
            "kh",
            "g",
            "gh",
            "n",
            "ch",
            "chh",
            "j",
            "jh",
            "n",
            "t",
            "th",
            "d",
            "dh",
            "n",
            "t",
            "th",
            "d",
            "dh",
            "n",
            "n",
            "p",
            "f",
            "b",
            "bh",
            "m",
            "y",
            "r",
            "r",
            "l",
            "l",
            "l",
            "v",
            "sh",
            "sh",
            "s",
            "h",
        ],
        strict=True,
    )
)
VOWEL_SIGNS = dict(
    zip(range(0x3E, 0x4D), ["a", "i", "i", "u", "u", "r", "r", "e", "e", "e", "ai", "o", "o", "o", "au"], strict=True)
)
VIRAMA, NUKTA = 0x4D, 0x3C
NASALS = {0x01: "n", 0x02: "n"}
ODD_LETTERS = {
    "ੰ": "n", "ੱ": "", "ৎ": "t", "ൺ": "n", "ൻ": "n", "ർ": "r", "ൽ": "l", "ൾ": "l", "ൿ": "k", "ড়": "r", "ঢ়": "rh",
    "য়": "y", "ੜ": "r", "ਜ਼": "j", "ਫ਼": "f", "ਸ਼": "sh", "ਖ਼": "kh", "ਗ਼": "g", "ਲ਼": "l", "फ़": "f", "ड़": "r", "ढ़": "rh",
    "ஃ": "f",
}  # fmt: skip
VOICED_ODD = frozenset(char for char, letters in ODD_LETTERS.items() if letters and char not in "ੰੱৎൺൻർൽൾൿ")


def _offset(char: str) -> int | None:
    code = ord(char)
    return (code - FIRST_BLOCK) % BLOCK if FIRST_BLOCK <= code <= LAST_BLOCK else None


def is_indic(char: str) -> bool:
    return FIRST_BLOCK <= ord(char) <= LAST_BLOCK


def script(word: str) -> str:
    """A mark for the Indian script a word is written in; empty for any other."""
    first = next((char for char in word if is_indic(char)), "")
    return f"{(ord(first) - FIRST_BLOCK) // BLOCK}~" if first else ""


def digit(char: str) -> str:
    """The ASCII digit for a decimal digit of any script, else the character itself."""
    if char.isascii():
        return char
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


SHORT_A = "\u0259"  # the short a that scripts leave unwritten, until it is known whether it is spoken
CONSONANT = "[bcdfghjklmnprstvyz]h{0,2}"
SILENT = re.compile(f"(.*[aeiou{SHORT_A}]{CONSONANT}){SHORT_A}({CONSONANT}[ryv]?[aeiou{SHORT_A}].*)")
"""The last short a between two syllables that are spoken: `patala` is said `patla`, `chyavanaprash` `chyavanprash`."""
WRITTEN_AS = (("റ്റ", "ട്ട"), ("ற்ற", "ட்ட"), ("ஃப", "ஃ"))
"""Letters that stand together for one sound, and what is written alike or instead."""


def _letters(word: str) -> list[str]:
    """Latin letters for one word, character by character, with unwritten short vowels marked."""
    out: list[str] = []
    inherent = False
    for char in word:
        offset = _offset(char)
        written = ODD_LETTERS.get(char)
        if offset == NUKTA:
            continue
        ends_vowelless = offset == VIRAMA or offset in VOWEL_SIGNS
        if inherent and not ends_vowelless:
            out.append(SHORT_A)
        inherent = False
        if written is not None:
            out.append(written)
            inherent = char in VOICED_ODD
        elif offset is None:
            out.append(digit(char))
        elif offset in CONSONANTS:
            out.append(CONSONANTS[offset])
            inherent = True
        elif offset in VOWEL_SIGNS or offset in NASALS or offset in INDEPENDENT_VOWELS:
            out.append(VOWEL_SIGNS.get(offset) or NASALS.get(offset) or INDEPENDENT_VOWELS[offset])
        elif offset != VIRAMA:
            out.append(digit(char))
    if inherent and ord(word[-1]) >= DRAVIDIAN_FROM:
        out.append(SHORT_A)  # the northern languages drop the final short a, the southern ones say it
    return out


def _spoken(text: str) -> str:
    """Without the short vowels that the northern languages write by no sign and do not say."""
    while silent := SILENT.fullmatch(text):
        text = "".join(silent.groups())
    return text


@lru_cache(maxsize=65536)
def latin(word: str) -> str:
    """Lower case Latin letters for a word of any supported script; other characters pass unchanged."""
    if word.isascii():
        return word.lower()
    word = unicodedata.normalize("NFC", word)
    for written, spoken in WRITTEN_AS:
        word = word.replace(written, spoken)
    text = "".join(_letters(word))
    if SHORT_A in text:
        northern = FIRST_BLOCK <= ord(word[0]) < DRAVIDIAN_FROM
        text = (_spoken(text) if northern else text).replace(SHORT_A, "a")
    text = unicodedata.normalize("NFKD", text).lower()
    return "".join(char for char in text if not unicodedata.combining(char))


RULES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("tch", "ch"),
        ("chh", "ch"),
        ("ph", "f"),
        ("ck", "k"),
        ("[qk]", "k"),
        ("c(?=[eiy])", "s"),
        ("c(?!h)", "k"),
        ("x", "ks"),
        ("w", "v"),
        ("z", "j"),
        ("aa+", "a"),
        ("ee+|ii+", "i"),
        ("oo+|uu+", "u"),
        ("ai|ei|ay", "e"),
        ("au|ow|ov(?=[^aeiou])", "o"),
        ("iy(?=[aeou])", "i"),
        ("y$", "i"),
        (r"([a-z])\1+", r"\1"),
        ("(?<=[aeiou])h$", ""),
        ("n(?=[pb])", "m"),
    )
]


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """One spelling for the usual variants of a word: `chhota`, `chota` and `छोटा` are the same."""
    if SIZE.fullmatch(word):
        return sized(word)
    text, before = latin(word), ""
    while text != before:  # one rule may make room for another: `grey`, `grei`, `gre`
        before = text
        for pattern, replacement in RULES:
            text = pattern.sub(replacement, text)
    return text


LETTER_SIZES = frozenset({"xs", "s", "m", "l", "xl"})
SIZE = re.compile(r"(?:[2-9]x|x{2,5})l", re.I)


def sized(word: str) -> str:
    """`2xl` for `2XL` and `XXL`; any other word as it is."""
    if not SIZE.fullmatch(word):
        return word
    return f"{word[0] if word[0].isdigit() else word.lower().count('x')}xl"


def is_size(plain: str) -> bool:
    """A size of clothes: S, M, L, XL and those beyond."""
    return plain in LETTER_SIZES or bool(SIZE.fullmatch(plain))


ASPIRATES = re.compile("([bdgjkt])h|ch|sh")
VOWELS = re.compile("(?<=.)[aeiouy]|(?<=[a-z])h")


def _plain_consonant(match: re.Match[str]) -> str:
    return {"ch": "c", "sh": "s"}.get(match.group(0), match.group(1) or "")


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """The consonants that survive hasty typing: vowels gone but for the first letter, breath marks gone."""
    text = ASPIRATES.sub(_plain_consonant, fold(word))
    return VOWELS.sub("", text)


MIDDLE_VOWELS = re.compile("(?<=.)(?:[aeou]|i(?!$))")


def dropped(folded: str) -> str:
    """A folded word as it is typed without vowels: `navi` (navy) as `nvi`, `blak` as `blk`."""
    return MIDDLE_VOWELS.sub("", folded)


ENGLISH = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("sch", "sk"),
        ("qu", "kv"),
        ("[ts]sion|tion", "shan"),
        ("(?<=[a-z])tur", "chur"),
        ("dg(?=e)", "j"),
        ("g(?=[eiy])", "j"),
        ("igh", "ai"),
        ("ow$", "o"),
        ("ew$", "u"),
        ("ough$", "af"),
        ("^wr", "r"),
        ("^kn", "n"),
    )
]
"""How English spelling sounds, where folding does not tell it anyway."""
FLAPPED = re.compile("ड़|ढ़|ড়|ঢ়")
"""Written as a `d` with a dot, said as an `r`, and typed as either: `उड़द` is urad."""
FIRST_VOWEL = re.compile("^[eiou]")


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The consonants one hears: `school` and `स्कूल`, `orange` and `ऑरेंज`, `elbow` and `एल्बो` are the same."""
    text = latin(FLAPPED.sub("र", word))
    if word.isascii():
        for pattern, replacement in ENGLISH:
            text = pattern.sub(replacement, text)
    bones = skeleton(text.replace("avu", "au"))
    return re.sub(r"(.)\1+", r"\1", FIRST_VOWEL.sub("a", bones))


HARD = str.maketrans({"g": "k", "d": "t", "b": "p", "j": "c", "s": "c"})


@lru_cache(maxsize=65536)
def tamil_skeleton(word: str) -> str:
    """The skeleton without voice, for words that went through Tamil script, which does not write it."""
    return re.sub(r"(.)\1+", r"\1", skeleton(word).translate(HARD))


@lru_cache(maxsize=65536)
def tamil_sound(word: str) -> str:
    """What one hears of a word that went through Tamil script."""
    return sound(word).translate(HARD)


@lru_cache(maxsize=65536)
def tamil_voiceless(word: str) -> str:
    """The folded word without voice: `par` and `bar` are written alike."""
    return fold(word).translate(HARD)


def is_tamil(word: str) -> bool:
    return any(ord(char) in TAMIL for char in word)
