"""A WhatsApp chat as its app exports it (`.txt`, or the `.zip` around it), of Android and iOS and many languages.

Pure but for opening the file. WhatsApp documents no format; what is known is what its exports look like.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.onboarding.own_words import is_about_the_chat, without_own_words
from erp.port import Problem

MOST_BYTES = 200_000_000
MOST_PROBLEMS = 50
# Marks of direction, which stand around names, dates and WhatsApp's own words.
MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
MORNING = frozenset(
    ["am", "पूर्वाह्न", "पू", "মপূ", "पूर्व", "म.पू", "পূর্বাহ্ণ", "முற்பகல்", "ಪೂರ್ವಾಹ್ನ", "ಬೆ", "ਪੂ.ਦੁ", "上午", "ص", "πμ", "ap"]
)
EVENING = frozenset(["pm", "अपराह्न", "अप", "म.उ", "অপরাহ্ণ", "பிற்பகல்", "ಅಪರಾಹ್ನ", "ಸಂ", "ਬਾ.ਦੁ", "下午", "م", "μμ", "ip"])
_DATE = r"(?P<a>\d{1,4})[./-](?P<b>\d{1,2})[./-](?P<c>\d{2,4})\.?"
_TIME = (
    r"(?:(?P<before>[^\W\d]{1,9})\s*)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"(?:\s*(?P<after>[^\d\]\[:-]{1,16}?))?"
)
_AT = r",?\s+(?:(?:at|à|um|kl\.?|klo|a las|को)\s+)?"
HEADS = (
    re.compile(rf"^\[{_DATE}{_AT}{_TIME}\]\s?(?P<rest>.*)$"),
    re.compile(rf"^{_DATE}{_AT}{_TIME}\s+[-–]\s(?P<rest>.*)$"),
)
SENDER = re.compile(r"^(?P<sender>[^:\n]{1,80}):(?:\s(?P<text>.*)|$)")
NAME_OF_FILE = re.compile(r"^(?:WhatsApp Chat (?:with|-)|.*के साथ WhatsApp चैट|WhatsApp Chat)\s*", re.IGNORECASE)


class DateOrder(StrEnum):
    """In which order a phone writes day, month and year."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatMessage:
    """What one person wrote; `row` is the line of the file it begins in."""

    row: int
    sent_at: datetime
    sender: str
    text: str
    media: bool = False
    """A photo, voice note or document was with it."""


@dataclass(kw_only=True, slots=True)
class ChatExport:
    """One chat. What could not be read is in `problems`, by row and with its remedy."""

    name: str
    """Whom the chat is with, as the file's name says it."""
    messages: list[ChatMessage] = field(default_factory=list)
    order: DateOrder = DateOrder.DAY_FIRST
    ambiguous: bool = False
    """Day and month could be either; the day was taken to be first."""
    own_lines: int = 0
    """Lines that WhatsApp itself wrote."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def senders(self) -> dict[str, int]:
        """Who wrote, most first, and how many messages."""
        counts: dict[str, int] = {}
        for message in self.messages:
            counts[message.sender] = counts.get(message.sender, 0) + 1
        return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


@dataclass(kw_only=True, slots=True)
class _Raw:
    """A message while its lines are gathered."""

    row: int
    head: re.Match[str]
    lines: list[str]


class UnreadableChat(ValueError):  # noqa: N818
    """The file is no chat export; says why and what to do."""


def read_chat(
    path: Path, *, timezone: str, order: DateOrder | None = None, latest: datetime | None = None
) -> ChatExport:
    """The chat in a file. Raises UnreadableChat. `latest`: no message is from later than this."""
    return parse_chat(
        _text_of(path), name=_name_of(path), source=path.name, timezone=timezone, order=order, latest=latest
    )


def parse_chat(
    text: str, *, name: str, source: str, timezone: str, order: DateOrder | None = None, latest: datetime | None = None
) -> ChatExport:
    """The messages of an exported chat in their order. Raises UnreadableChat when no line begins one."""
    chat = ChatExport(name=name)
    raws = list(_gathered(text, chat, source))
    if not raws:
        raise UnreadableChat(
            f"{source}: no line begins like a message of a chat (“21/11/2026, 10:05 - Name: text”). "
            "Export the chat anew in WhatsApp (More, Export chat, Without media) and give that .txt or .zip"
        )
    chat.order, chat.ambiguous = (order, False) if order else order_of_dates([raw.head for raw in raws], latest)
    zone = ZoneInfo(timezone)
    for raw in raws:
        try:
            sent_at = _moment(raw.head, chat.order, zone)
        except ValueError as error:
            _note(chat, source, raw.row, str(error), "say how the phone writes dates with --dates, or export anew")
            continue
        message = _message(raw, sent_at)
        if message is None:
            chat.own_lines += 1
        else:
            chat.messages.append(message)
    return chat


def _gathered(text: str, chat: ChatExport, source: str) -> Iterator[_Raw]:
    """Lines under their head; what stands before the first head belongs to nothing."""
    raw: _Raw | None = None
    for row, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        head = _head(line)
        if head is not None:
            if raw is not None:
                yield raw
            raw = _Raw(row=row, head=head, lines=[line])
        elif raw is not None:
            raw.lines.append(line)
        elif line.strip():
            _note(chat, source, row, "this line belongs to no message", "export the chat anew; the file has been cut")
    if raw is not None:
        yield raw


def _head(line: str) -> re.Match[str] | None:
    cleaned = MARKS.sub("", line).replace("\u202f", " ").replace("\u00a0", " ")
    # Most lines of a long message begin with no digit.
    if not cleaned or not (cleaned[0] == "[" or cleaned[0].isdigit()):
        return None
    return next((found for pattern in HEADS if (found := pattern.match(cleaned))), None)


def _note(chat: ChatExport, source: str, row: int, text: str, remedy: str) -> None:
    if len(chat.problems) < MOST_PROBLEMS:
        chat.problems.append(Problem(source=source, row=row, text=text, remedy=remedy))


# --- when ---


def order_of_dates(heads: Sequence[re.Match[str]], latest: datetime | None) -> tuple[DateOrder, bool]:
    """How the dates of one file are written, and whether they could be read another way as well.

    The order in which all are dates, none lies ahead and the fewest go backwards; the day first where it makes no
    difference, as in India.
    """
    scored = [
        (_impossible(heads, order, latest), _backwards(heads, order), at, order) for at, order in enumerate(DateOrder)
    ]
    best, *others = sorted(scored)
    return best[-1], any(other[:2] == best[:2] for other in others)


def _days(heads: Iterable[re.Match[str]], order: DateOrder) -> Iterator[date | None]:
    for head in heads:
        try:
            yield _day(head, order)
        except ValueError:
            yield None


def _impossible(heads: Sequence[re.Match[str]], order: DateOrder, latest: datetime | None) -> int:
    last = latest.date() + timedelta(days=1) if latest else date.max
    return sum(day is None or day > last for day in _days(heads, order))


def _backwards(heads: Sequence[re.Match[str]], order: DateOrder) -> int:
    days = [day for day in _days(heads, order) if day is not None]
    return sum(later < earlier for earlier, later in pairwise(days))


def _day(head: re.Match[str], order: DateOrder) -> date:
    a, b, c = (int(head[name]) for name in "abc")
    if len(head["a"]) == 4:
        if order is not DateOrder.YEAR_FIRST:
            raise ValueError("the year stands first")
        return date(a, b, c)
    if order is DateOrder.YEAR_FIRST:
        raise ValueError("the year does not stand first")
    day, month = (a, b) if order is DateOrder.DAY_FIRST else (b, a)
    return date(c + 2000 if c < 100 else c, month, day)


def _moment(head: re.Match[str], order: DateOrder, zone: ZoneInfo) -> datetime:
    try:
        day = _day(head, order)
    except ValueError:
        written = f"{head['a']}/{head['b']}/{head['c']}"
        raise ValueError(f"“{written}” is no date when read as {order.value}") from None
    hour = int(head["hour"])
    word = _half_of_the_day(head["before"] or head["after"] or "")
    if word in MORNING:
        hour %= 12
    elif word in EVENING:
        hour = hour % 12 + 12
    elif word:
        raise ValueError(f"“{word}” beside the time is not known to be morning or evening")
    try:
        return datetime(day.year, day.month, day.day, hour, int(head["minute"]), int(head["second"] or 0), tzinfo=zone)
    except ValueError:
        raise ValueError(f"{head['hour']}:{head['minute']} is no time of day") from None


def _half_of_the_day(word: str) -> str:
    folded = word.strip().casefold().rstrip(".")
    return folded.replace(".", "").replace(" ", "") if folded.isascii() else folded


# --- who, and what ---


def _message(raw: _Raw, sent_at: datetime) -> ChatMessage | None:
    """The message; None for a line of WhatsApp's own."""
    found = SENDER.match(raw.head["rest"])
    if found is None or is_about_the_chat(found["sender"]):
        return None
    sender = found["sender"].strip().removeprefix("~").strip()
    first = _as_written(raw.lines[0], found["text"] or "")
    text, media = without_own_words("\n".join([first, *raw.lines[1:]]))
    text = MARKS.sub("", text).strip()
    if not text and not media:
        return None
    return ChatMessage(row=raw.row, sent_at=sent_at, sender=sender, text=text, media=media)


def _as_written(line: str, cleaned: str) -> str:
    """The first line's text with its marks: WhatsApp sets one before words of its own."""
    place = len(line)
    wanted = len(cleaned)
    while place and wanted:
        place -= 1
        wanted -= not MARKS.match(line[place])
    while place and MARKS.match(line[place - 1]):
        place -= 1
    return line[place:]


# --- the file ---


def _name_of(path: Path) -> str:
    stem = path.name.removesuffix(".zip").removesuffix(".txt")
    if stem == "_chat":
        stem = path.parent.name
    return NAME_OF_FILE.sub("", stem).strip() or stem


def _text_of(path: Path) -> str:
    try:
        data = _unzipped(path) if zipfile.is_zipfile(path) else _bytes_of(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableChat(f"{path}: cannot be opened ({error}). Give the .txt or .zip that WhatsApp made") from error
    if len(data) > MOST_BYTES:
        raise UnreadableChat(f"{path.name}: larger than 200 MB. Export the chat without media")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise UnreadableChat(
            f"{path.name} row {row}: this is not UTF-8 from here on. Give the file as WhatsApp made it, not one that "
            "an editor has saved"
        ) from None


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _unzipped(path: Path) -> bytes:
    with zipfile.ZipFile(path) as packed:
        texts = [one for one in packed.infolist() if one.filename.endswith(".txt") and not one.is_dir()]
        chosen = [one for one in texts if one.filename.endswith("_chat.txt")] or texts
        if len(chosen) != 1:
            raise UnreadableChat(f"{path.name}: holds {len(chosen)} .txt files where a chat export holds one")
        with packed.open(chosen[0]) as file:
            return file.read(MOST_BYTES + 1)
