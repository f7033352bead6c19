"""What Meta's Cloud API refuses, each with its code, as pure functions; the stand-in asks here.

Codes and limits are those of Meta's pages on messages, interactive messages, templates and error codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tests.faults.twilio_rules import Bubble, Choice

MOST_TEXT, MOST_TEXT_WITH_BUTTONS, MOST_TEXT_WITH_LIST = 4096, 1024, 4096
MOST_BUTTONS, MOST_TITLE, MOST_BUTTON_ID = 3, 20, 256
MOST_ROWS, MOST_ROW_TITLE, MOST_DESCRIPTION, MOST_ROW_ID = 10, 24, 72, 200
MOST_CALLBACK_DATA = 512
PHONE = re.compile(r"\+?[1-9]\d{6,14}")
USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
TEMPLATE_NAME = re.compile(r"[a-z0-9_]{1,512}")
# Of those that Meta knows, the ones we could come to use.
LANGUAGES = {"en", "en_US", "en_GB", "hi", "gu", "kn", "ml", "mr", "pa", "ta", "te", "bn", "ur"}


class Refusal(Exception):  # noqa: N818 - Meta's word for it
    """Meta does not do this. Late: it takes the message, which then fails with this code."""

    def __init__(self, code: int, text: str, *, status: int = 400, late: bool = False) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text, self.status, self.late = code, text, status, late


@dataclass(kw_only=True, slots=True)
class Template:
    """One template in one language."""

    id: str
    name: str
    language: str
    text: str
    status: str = "PENDING"
    reason: str = "NONE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """A message that Meta takes."""

    to: str
    bubble: Bubble
    opaque: str
    template: str = ""
    fails_with: Refusal | None = field(default=None)


def sending_from(body: Mapping[str, Any], *, templates: Sequence[Template], window_open: bool) -> Sending:
    """What a `POST /{phone number id}/messages` sends, or the refusal."""
    _only(body, "messaging_product", "recipient_type", "to", "recipient", "biz_opaque_callback_data", "type", "text")
    if body.get("messaging_product") != "whatsapp":
        _no(100, "(#100) The parameter messaging_product is required.")
    to = _recipient(body)
    opaque = str(body.get("biz_opaque_callback_data") or "")
    if len(opaque) > MOST_CALLBACK_DATA:
        _no(131009, "biz_opaque_callback_data is too long")
    kind = body.get("type")
    if kind == "template":
        return Sending(to=to, bubble=_template(body["template"], templates), opaque=opaque, template=_name(body))
    bubble = _text(body["text"]) if kind == "text" else _interactive(body.get("interactive") or {})
    closed = None if window_open else Refusal(131047, "Re-engagement message", late=True)
    return Sending(to=to, bubble=bubble, opaque=opaque, fails_with=closed)


def _name(body: Mapping[str, Any]) -> str:
    return str(body["template"]["name"])


def _recipient(body: Mapping[str, Any]) -> str:
    phone, user_id = body.get("to"), body.get("recipient")
    if phone is None and user_id is None:
        _no(100, "(#100) The parameter to is required.")
    if phone is not None and not PHONE.fullmatch(str(phone)):
        _no(131009, "Parameter value is not valid: to")
    if user_id is not None and not USER_ID.fullmatch(str(user_id)):
        _no(131009, "Parameter value is not valid: recipient")
    return str(phone or user_id)


def _text(text: Mapping[str, Any]) -> Bubble:
    body = str(text.get("body") or "")
    if not body.strip() or len(body) > MOST_TEXT:
        _no(131009, f"text.body must have 1 to {MOST_TEXT} characters")
    return Bubble(body=body)


def _interactive(content: Mapping[str, Any]) -> Bubble:
    body = str((content.get("body") or {}).get("text") or "")
    action = content.get("action") or {}
    if content.get("type") == "button":
        _length(body, MOST_TEXT_WITH_BUTTONS, "body")
        return Bubble(body=body, buttons=_buttons(action.get("buttons") or []))
    if content.get("type") != "list":
        _no(131009, "interactive.type must be button or list")
    _length(body, MOST_TEXT_WITH_LIST, "body")
    _length(str(action.get("button") or ""), MOST_TITLE, "action.button")
    return Bubble(body=body, rows=_rows(action.get("sections") or []))


def _buttons(given: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    found = tuple(Choice(id=one["reply"]["id"], title=one["reply"]["title"]) for one in given if one["type"] == "reply")
    if not 1 <= len(found) <= MOST_BUTTONS or len(found) < len(given):
        _no(131009, f"1 to {MOST_BUTTONS} reply buttons")
    for one in found:
        _length(one.title, MOST_TITLE, "title of a button")
        _length(one.id, MOST_BUTTON_ID, "id of a button")
    if len({one.title for one in found}) < len(found) or len({one.id for one in found}) < len(found):
        _no(131009, "buttons must differ in title and id")
    return found


def _rows(sections: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    if len(sections) > 1 and not all(section.get("title") for section in sections):
        _no(131009, "sections need titles when there are several")
    found = []
    for row in (row for section in sections for row in section["rows"]):
        _only(row, "id", "title", "description")
        _length(row["title"], MOST_ROW_TITLE, "title of a row")
        _length(row["id"], MOST_ROW_ID, "id of a row")
        if "description" in row:
            _length(row["description"], MOST_DESCRIPTION, "description of a row")
        found.append(Choice(id=row["id"], title=row["title"], description=row.get("description", "")))
    if not 1 <= len(found) <= MOST_ROWS or len({one.id for one in found}) < len(found):
        _no(131009, f"1 to {MOST_ROWS} rows of different ids")
    return tuple(found)


def _template(content: Mapping[str, Any], templates: Sequence[Template]) -> Bubble:
    wanted = (content.get("name"), (content.get("language") or {}).get("code"))
    found = next((one for one in templates if (one.name, one.language) == wanted), None)
    if found is None:
        _no(132001, "Template name does not exist in the translation", status=404)
    if found.status != "APPROVED":
        code = {"PAUSED": 132015, "DISABLED": 132016}.get(found.status, 132001)
        _no(code, f"Template is {found.status.lower()}")
    parameters = [one for part in content.get("components") or () for one in part["parameters"]]
    if len(parameters) != len(re.findall(r"\{\{\d+\}\}", found.text)):
        _no(132000, "Number of parameters does not match the expected number of params")
    text = found.text
    for number, one in enumerate(parameters, 1):
        value = str(one["text"])
        if not value or re.search(r"[\n\t]| {5}", value):
            _no(132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
        text = text.replace(f"{{{{{number}}}}}", value)
    return Bubble(body=text)


def template_from(body: Mapping[str, Any], *, id: str) -> Template:
    """The template a `POST /{account}/message_templates` asks for; rejected ones keep the reason."""
    name, language = str(body.get("name") or ""), str(body.get("language") or "")
    if not TEMPLATE_NAME.fullmatch(name):
        _no(100, "(#100) Invalid parameter: name")
    if language not in LANGUAGES or body.get("category") not in ("UTILITY", "MARKETING", "AUTHENTICATION"):
        _no(100, "(#100) Invalid parameter: language or category")
    return Template(id=id, name=name, language=language, text=text_of(body))


def text_of(body: Mapping[str, Any]) -> str:
    """The text of a template's body; a variable needs an example, and neither begins nor ends it."""
    (part,) = body["components"]
    text, variables = part["text"], re.findall(r"\{\{\d+\}\}", part["text"])
    examples = (part.get("example") or {}).get("body_text") or [[]]
    if part["type"] != "BODY" or len(examples[0]) != len(variables):
        _no(100, "(#100) Invalid parameter: every variable needs an example")
    if re.match(r"\{\{\d+\}\}", text.strip()) or re.search(r"\{\{\d+\}\}\W*$", text.strip()):
        _no(100, "(#100) Variables can't be at the start or end of the template.")
    return str(text)


def _length(text: str, most: int, what: str) -> None:
    if not text.strip() or len(text) > most:
        _no(131009, f"the {what} must have 1 to {most} characters")


def _only(given: Mapping[str, Any], *known: str) -> None:
    """Meta refuses parameters it does not know."""
    allowed = {*known, "interactive", "template"}
    if unknown := set(given) - allowed:
        _no(100, f"(#100) Unexpected keys {sorted(unknown)}")


def _no(code: int, text: str, *, status: int = 400) -> NoReturn:
    raise Refusal(code, text, status=status)
