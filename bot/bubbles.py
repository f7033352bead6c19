"""A bubble: what one outgoing message says and offers, within the limits of WhatsApp's providers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LIMIT_PLAIN = 1600
LIMIT_WITH_BUTTONS = 1024
MOST_BUTTONS, BUTTON_TITLE, BUTTON_PAYLOAD = 3, 20, 256
MOST_ROWS, ROW_TITLE, ROW_DESCRIPTION, ROW_PAYLOAD = 10, 24, 72, 200
# With buttons or rows each line is a variable of a Content template, which holds a hundred in all.
MOST_LINES_WITH_BUTTONS = 60
TOKEN_LENGTH = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """`act` in English comes first in the payload; `title` is in the person's language."""

    act: str
    title: str
    arg: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of a list."""

    act: str
    title: str
    arg: str = ""
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bubble:
    """What is said, one string a line, with up to three buttons or up to ten rows."""

    kind: str
    lines: tuple[str, ...]
    language: str
    buttons: tuple[Button, ...] = ()
    rows: tuple[Row, ...] = ()
    rows_title: str = ""
    """What is tapped to see the rows."""
    topic: str = ""
    """A newer bubble of the same topic to the same account replaces one not yet sent."""
    draft_id: int | None = None
    draft_version: int | None = None
    subject: Mapping[str, Any] = field(default_factory=dict)
    """What its buttons act on, for whoever reads the tap."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tap:
    """A payload taken apart: `act:token` or `act:token:arg`."""

    act: str
    token: str
    arg: str = ""


class DoesNotFit(ValueError):  # noqa: N818
    """The bubble breaks a limit of the platform; whoever wrote it must make it smaller."""


def length(text: str) -> int:
    """As the platforms count it: characters beyond the basic plane (most emoji) are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_length(lines: Sequence[str]) -> int:
    """The length of lines joined by line breaks."""
    return sum(length(line) for line in lines) + max(len(lines) - 1, 0)


def fits(bubble: Bubble) -> bool:
    """Whether WhatsApp would take it."""
    return not misfit(bubble)


def misfit(bubble: Bubble) -> str:
    """Which limit a bubble breaks, in words; empty when none."""
    problems = [*_of_text(bubble), *_of_buttons(bubble), *_of_rows(bubble)]
    return "; ".join(f"{bubble.kind}: {problem}" for problem in problems)


def payload(*, act: str, token: str, arg: str = "") -> str:
    """What a button sends back."""
    return f"{act}:{token}:{arg}" if arg else f"{act}:{token}"


def split_payload(text: str) -> Tap | None:
    """The parts of a payload of ours, or None for anything else."""
    act, separator, rest = text.partition(":")
    token, _, arg = rest.partition(":")
    if not separator or not act or not token:
        return None
    return Tap(act=act, token=token, arg=arg)


def _of_text(bubble: Bubble) -> list[str]:
    choices = bubble.buttons or bubble.rows
    limit = LIMIT_WITH_BUTTONS if choices else LIMIT_PLAIN
    problems = []
    if not any(line.strip() for line in bubble.lines):
        problems.append("it says nothing")
    if text_length(bubble.lines) > limit:
        problems.append(f"{text_length(bubble.lines)} characters, {limit} fit")
    if choices and len(bubble.lines) > MOST_LINES_WITH_BUTTONS:
        problems.append(f"{len(bubble.lines)} lines, {MOST_LINES_WITH_BUTTONS} fit")
    if any(_breaks(line) for line in bubble.lines):
        problems.append("a line break within a line")
    if not bubble.language:
        problems.append("no language")
    return problems


def _of_buttons(bubble: Bubble) -> list[str]:
    problems = []
    if len(bubble.buttons) > MOST_BUTTONS:
        problems.append(f"{len(bubble.buttons)} buttons, {MOST_BUTTONS} fit")
    titles = [button.title for button in bubble.buttons]
    if len(set(titles)) < len(titles):
        problems.append("two buttons of the same title")
    for button in bubble.buttons:
        problems += _of_choice(button.title, title=BUTTON_TITLE)
        problems += _of_payload(button.act, button.arg, most=BUTTON_PAYLOAD)
    return problems


def _of_rows(bubble: Bubble) -> list[str]:
    if not bubble.rows:
        return []
    problems = _of_choice(bubble.rows_title, title=BUTTON_TITLE)
    if bubble.buttons:
        problems.append("buttons and rows at once")
    if len(bubble.rows) > MOST_ROWS:
        problems.append(f"{len(bubble.rows)} rows, {MOST_ROWS} fit")
    for row in bubble.rows:
        problems += _of_choice(row.title, title=ROW_TITLE)
        problems += _of_payload(row.act, row.arg, most=ROW_PAYLOAD)
        if length(row.description) > ROW_DESCRIPTION or _breaks(row.description):
            problems.append(f"a description over {ROW_DESCRIPTION} characters or lines: {row.description!r}")
    if len({(row.act, row.arg) for row in bubble.rows}) < len(bubble.rows):
        problems.append("two rows that mean the same")
    return problems


def _breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


def _of_choice(text: str, *, title: int) -> list[str]:
    if text.strip() and length(text) <= title and not _breaks(text):
        return []
    return [f"a title must have 1 to {title} characters in one line: {text!r}"]


def _of_payload(act: str, arg: str, *, most: int) -> list[str]:
    if not act or ":" in act:
        return [f"an act must be one word: {act!r}"]
    longest = payload(act=act, token="-" * TOKEN_LENGTH, arg=arg)
    return [] if length(longest) <= most else [f"a payload over {most} characters"]
