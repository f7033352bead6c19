"""Bubbles as Content templates: the line breaks belong to the shape, each line is a variable of it."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.bubbles import length
from bot.channels.port import Choice, OutgoingMessage

LONGEST_VALUE = 255
# The names of all forms to be approved begin so.
FORMS = "munshi_"
# Never used, since every variable is given; the provider asks for one.
SAMPLE = "-"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What the provider is asked to make once; equal shapes have equal names, different ones different."""

    name: str
    language: str
    types: Mapping[str, Any]
    variables: int

    @property
    def samples(self) -> dict[str, str]:
        """A value for each variable, as the provider's registry wants."""
        return {str(number): SAMPLE for number in range(1, self.variables + 1)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shaped:
    """A message as a shape and the values of its variables."""

    shape: Shape
    values: Mapping[str, str]


class _Values:
    """Collects values and gives out their placeholders."""

    def __init__(self) -> None:
        self.given: dict[str, str] = {}

    def add(self, text: str) -> str:
        number = str(len(self.given) + 1)
        self.given[number] = text
        return f"{{{{{number}}}}}"


def shaped(message: OutgoingMessage) -> Shaped:
    """The Content template for a bubble with buttons or rows. Titles of buttons are part of the shape."""
    values = _Values()
    body = "\n".join(_line(line, values) for line in message.lines)
    if message.rows:
        kind, offers = "twilio/list-picker", _list_picker(message, values)
    else:
        kind, offers = "twilio/quick-reply", _quick_reply(message.buttons, values)
    types = {kind: {"body": body, **offers}}
    shape = Shape(
        name=_name(message, types),
        language=message.language.replace("-", "_").partition("_")[0],
        types=types,
        variables=len(values.given),
    )
    return Shaped(shape=shape, values=values.given)


def _quick_reply(buttons: Sequence[Choice], values: _Values) -> dict[str, Any]:
    actions = [{"type": "QUICK_REPLY", "title": button.title, "id": values.add(button.payload)} for button in buttons]
    return {"actions": actions}


def _list_picker(message: OutgoingMessage, values: _Values) -> dict[str, Any]:
    return {"button": message.rows_title, "items": [_item(row, values) for row in message.rows]}


def _item(row: Choice, values: _Values) -> dict[str, str]:
    item = {"id": values.add(row.payload), "item": values.add(clean(row.title))}
    # A variable is never empty: a row without a description has another shape.
    return item | ({"description": values.add(clean(row.description))} if clean(row.description) else {})


def _line(line: str, values: _Values) -> str:
    return "".join(joint + values.add(piece) for joint, piece in pieces(clean(line)))


def pieces(line: str) -> Iterator[tuple[str, str]]:
    """A line in parts that each fit into a variable, each with what joins it to the one before."""
    joint = ""
    while length(line) > LONGEST_VALUE:
        end = next(i for i in range(len(line), 0, -1) if length(line[:i]) <= LONGEST_VALUE)
        at = line.rfind(" ", 0, end + 1)
        if at <= 0:
            yield joint, line[:end]
            joint, line = "", line[end:]
        else:
            yield joint, line[:at].rstrip(" ")
            joint, line = " ", line[at:].lstrip(" ")
    if line:
        yield joint, line


def clean(text: str) -> str:
    """As a variable may hold it: one line, no tab, no control character, at most four spaces in a row."""
    text = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", text)
    return re.sub(r" {5,}", "    ", text).strip()


def _name(message: OutgoingMessage, types: Mapping[str, Any]) -> str:
    """Readable in the provider's console, and different for every different shape."""
    made_of = json.dumps([message.language, types], ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    offers = f"{len(message.rows)} rows" if message.rows else f"{len(message.buttons)} buttons"
    return f"munshi {message.kind} {message.language} {len(message.lines)} lines {offers} {digest}"


def template_name(form: str, language: str) -> str:
    """Under which WhatsApp approves a form that may open a conversation."""
    return re.sub(r"[^a-z0-9_]", "_", f"{FORMS}{form}_{language}".lower())


def form_key(channel: str, name: str) -> str:
    """Under which we remember a provider's approval of a form; Twilio's stand under their bare names."""
    return name if channel == "twilio" else f"{channel}:{name}"


def in_one_line(lines: Sequence[str]) -> str:
    """What a template has room for: the beginning of the text, in one variable of it."""
    text = clean(" · ".join(clean(line) for line in lines if clean(line)))
    if length(text) <= LONGEST_VALUE:
        return text
    _, first = next(pieces(text))
    return first[: LONGEST_VALUE - 2].rsplit(" ", 1)[0] + " …"
