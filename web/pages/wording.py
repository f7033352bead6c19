"""How pages put values: times in the plant's zone, ages, Indian digit groups, WhatsApp's own text marks."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

MATTER_KINDS = {
    "unconfirmed_draft": "Unconfirmed draft",
    "draft_to_confirm": "Draft to confirm",
    "held_order": "Order on hold",
    "rejected_order": "Rejected by the ERP",
    "rejected_change": "Change refused by the ERP",
    "held_change": "Change on hold",
    "posted_differs": "Booked otherwise",
    "late_result": "ERP has not answered",
    "not_ours": "“Not ours”",
    "urgent": "Wanted quickly",
    "check_failed": "Check failed",
    "media": "Photo, voice or file",
    "desk_draft": "Draft at the desk",
    "taken_over": "Talk taken over",
    "unanswered": "Waits for an answer",
    "mail": "Mail",
    "left_over": "Words left over",
    "further": "Further matter",
    "question": "Question",
    "not_understood": "Not understood",
    "unknown_sender": "Unknown sender",
    "number_changed": "Number changed",
    "failed_message": "Message failed",
    "failed_job": "Job failed",
    "unsent": "Message not sent",
    "window_closed": "Waits for an open window",
    "master_data": "Master data",
    "after_restore": "After a restore",
}

GROUPS = re.compile(r"(?<=\d)(?=(?:\d\d)+\d$)")
# WhatsApp's marks hold within one line, next to no letter or digit on the outside and no space on the inside.
MARKS = (
    ("strong", re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])")),
    ("em", re.compile(r"(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])")),
    ("s", re.compile(r"(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])")),
)


def chat(text: str) -> Markup:
    """A message's text, escaped, with *bold*, _italic_ and ~struck~ as WhatsApp shows them."""
    shown = str(escape(text))
    for tag, mark in MARKS:
        shown = mark.sub(rf"<{tag}>\1</{tag}>", shown)
    return Markup(shown)  # noqa: S704  escaped above; only our own tags are added


def indian(number: Decimal, places: int | None = None) -> str:
    """12,34,567.50: digits in groups as India writes them; without `places` no more decimals than there are."""
    plain = f"{number:.{places}f}" if places is not None else f"{number:f}"
    whole, _, part = plain.lstrip("-").partition(".")
    part = part if places is not None else part.rstrip("0")
    grouped = GROUPS.sub(",", whole)
    return ("-" if number < 0 else "") + grouped + (f".{part}" if part else "")


def money(amount: Decimal | None, currency: str = "INR") -> str:
    """₹ 12,34,567.50, or a dash for none."""
    if amount is None:
        return "–"
    return f"{'₹' if currency == 'INR' else currency}\u202f{indian(amount, 2)}"


def age(since: datetime, until: datetime) -> str:
    """How long ago, in one unit: `40 s`, `12 min`, `3 h`, `5 d`."""
    seconds = max(int((until - since).total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """`14:05` in the zone."""
    return f"{at.astimezone(zone):%H:%M}"


def full_time(at: datetime | None, zone: ZoneInfo) -> str:
    """`21 Nov 2026, 14:05` in the zone, or a dash for none."""
    return f"{at.astimezone(zone):%-d %b %Y, %H:%M}" if at else "–"


def day_name(day: date, today: date) -> str:
    """`Today`, `Yesterday`, or the date."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%-d %B %Y}"


def matter_kind(kind: str) -> str:
    """What to call the kind of a matter; an unknown one keeps its name."""
    return MATTER_KINDS.get(kind, kind.replace("_", " ").capitalize())
