"""What Twilio refuses for WhatsApp, each with its code, as pure functions; the stand-in asks here.

Codes and limits are those of Twilio's error dictionary and of its pages on content types. Where it answers
201 and lets the message fail afterwards (63005, 63016, 63021), so do we: see `Refusal.late`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

MOST_TEXT = 1600
MOST_TEXT_WITH_CHOICES = 1024
MOST_BUTTONS_IN_SESSION = 3
MOST_BUTTONS = 10
MOST_ROWS = 10
MOST_BUTTON_TITLE = 20
MOST_BUTTON_ID = 256
MOST_ROW_TITLE = 24
MOST_ROW_DESCRIPTION = 72
MOST_ROW_ID = 200
MOST_VARIABLES = 100
MOST_VARIABLE = 1600

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
ADDRESS = re.compile(r"whatsapp:\+[1-9]\d{6,14}|whatsapp:[A-Z]{2}\.[A-Za-z0-9]{1,128}")
CONTENT_SID = re.compile(r"HX[0-9a-f]{32}")
MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")


class Refusal(Exception):  # noqa: N818 - Twilio's word for it
    """Twilio does not do this. Late: it takes the message (201), which then fails with this code."""

    def __init__(self, code: int, text: str, *, status: int = 400, late: bool = False) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text
        self.status = status
        self.late = late


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One button or one row of a list, as the person sees it."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bubble:
    """What one message shows."""

    body: str
    buttons: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()


@dataclass(kw_only=True, slots=True)
class Content:
    """One Content template; `approval` is WhatsApp's word: unsubmitted, received, approved or rejected."""

    sid: str
    friendly_name: str
    language: str
    variables: dict[str, str]
    types: dict[str, Any]
    approval: str = "unsubmitted"
    approval_name: str = ""
    category: str = ""
    rejection_reason: str = ""
    created: str = ""

    @property
    def kind(self) -> str:
        """The richest type it has: what WhatsApp is sent."""
        for kind in ("twilio/list-picker", "twilio/quick-reply", "twilio/text"):
            if kind in self.types:
                return kind
        return next(iter(self.types))

    @property
    def shape(self) -> dict[str, Any]:
        shape: dict[str, Any] = self.types[self.kind]
        return shape


def content_from(data: Mapping[str, Any], *, sid: str, created: str) -> Content:
    """The Content a `POST /v1/Content` asks for, or the refusal of what WhatsApp could never show."""
    types = data.get("types")
    if not isinstance(types, dict) or not types:
        _no(20001, "types is required")
    if not data.get("language"):
        _no(20001, "language is required")
    variables = data.get("variables") or {}
    if len(variables) > MOST_VARIABLES:
        _no(92002, "The 'variables' parameter exceeds the allowed limit")
    content = Content(
        sid=sid,
        friendly_name=str(data.get("friendly_name") or ""),
        language=str(data["language"]),
        variables={str(key): str(value) for key, value in variables.items()},
        types=types,
        created=created,
    )
    _check_shape(content)
    return content


def _check_shape(content: Content) -> None:
    shape = content.shape
    if not str(shape.get("body") or ""):
        _no(20001, "body is required")
    if content.kind == "twilio/quick-reply":
        actions = shape.get("actions") or []
        if not 1 <= len(actions) <= MOST_BUTTONS:
            _no(20001, f"actions must hold 1 to {MOST_BUTTONS} buttons")
        for action in actions:
            _longest(str(action.get("title") or ""), MOST_BUTTON_TITLE, "title of a button")
    if content.kind == "twilio/list-picker":
        items = shape.get("items") or []
        if not 1 <= len(items) <= MOST_ROWS:
            _no(20001, f"items must hold 1 to {MOST_ROWS} rows")
        if not shape.get("button"):
            _no(20001, "button is required")
        for item in items:
            _longest(str(item.get("item") or ""), MOST_ROW_TITLE, "title of a row")
            _longest(str(item.get("description") or ""), MOST_ROW_DESCRIPTION, "description of a row")


def _longest(text: str, most: int, what: str) -> None:
    """Static text alone: what variables bring is judged when the message is sent."""
    if len(PLACEHOLDER.sub("", text)) > most:
        _no(20001, f"the {what} exceeds {most} characters")


def approval_of(content: Content, *, name: str, category: str) -> tuple[str, str]:
    """WhatsApp's answer to a template (`approved` or `rejected`, why), or the refusal to submit it at all."""
    if not re.fullmatch(r"[a-z0-9_]{1,512}", name):
        _no(20001, "name may hold lower case letters, digits and underscores only")
    if category not in ("UTILITY", "MARKETING", "AUTHENTICATION"):
        _no(20001, "category must be UTILITY, MARKETING or AUTHENTICATION")
    if content.kind == "twilio/list-picker":
        _no(20001, "list pickers cannot be submitted for approval")
    body = str(content.shape["body"]).strip()
    used = PLACEHOLDER.findall(body)
    if PLACEHOLDER.match(body) or re.search(PLACEHOLDER.pattern + r"$", body):
        return "rejected", "the body begins or ends with a variable"
    if re.search(PLACEHOLDER.pattern + r"\s*" + PLACEHOLDER.pattern, body):
        return "rejected", "two variables stand side by side"
    if any(not content.variables.get(name_) for name_ in used):
        return "rejected", "a sample is required for each variable"
    return "approved", ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """A message that Twilio took, and the refusal that follows it if WhatsApp will not have it."""

    to: str
    sender: str
    bubble: Bubble
    content_sid: str = ""
    status_callback: str = ""
    fails_with: Refusal | None = field(default=None)


def sending_from(
    form: Mapping[str, str], *, contents: Mapping[str, Content], window_open: bool, our_number: str
) -> Sending:
    """The message a `POST Messages.json` asks for, or Twilio's refusal."""
    to, sender = form.get("To", ""), form.get("From", "")
    if not to:
        _no(21604, "A 'To' phone number is required.")
    if not ADDRESS.fullmatch(to):
        _no(21211, f"Invalid 'To' Phone Number: {to}")
    if not sender and not form.get("MessagingServiceSid"):
        _no(21603, "A 'From' phone number is required.")
    if sender and sender != our_number:
        _no(63007, "Twilio could not find a Channel with the specified From address")
    callback = form.get("StatusCallback", "")
    if callback and not callback.startswith(("http://", "https://")):
        _no(21609, "The StatusCallback URL is not a valid URL.")
    content = _content_of(form, contents)
    bubble = _plain_bubble(form) if content is None else rendered(content, _variables_of(form))
    late = _late_refusal(bubble, content, window_open)
    return Sending(
        to=to,
        sender=sender or our_number,
        bubble=bubble,
        content_sid=content.sid if content else "",
        status_callback=callback,
        fails_with=late,
    )


def _content_of(form: Mapping[str, str], contents: Mapping[str, Content]) -> Content | None:
    sid = form.get("ContentSid", "")
    if form.get("Body") and form.get("ContentVariables"):
        _no(35127, "'Messages' Body and ContentVariables cannot be provided together")
    if not sid:
        if form.get("ContentVariables"):
            _no(21654, "ContentSid Required")
        return None
    if not CONTENT_SID.fullmatch(sid) or sid not in contents:
        _no(21655, "The ContentSid is Invalid")
    return contents[sid]


def _plain_bubble(form: Mapping[str, str]) -> Bubble:
    body = form.get("Body", "")
    if not body and not form.get("MediaUrl"):
        _no(21619, "A text message body or media urls must be specified.")
    if len(body) > MOST_TEXT:
        _no(21617, "The concatenated message body exceeds the 1600 character limit")
    return Bubble(body=body)


def _variables_of(form: Mapping[str, str]) -> dict[str, str]:
    text = form.get("ContentVariables", "")
    if not text:
        return {}
    try:
        values = json.loads(text)
    except ValueError:
        _no(21656, "The ContentVariables Parameter is invalid")
    if not isinstance(values, dict):
        _no(21656, "The ContentVariables Parameter is invalid")
    for value in values.values():
        _check_variable(value)
    return {str(key): value for key, value in values.items()}


def _check_variable(value: object) -> None:
    """Empty or null by Twilio's page on 21656; newlines, tabs, long spaces by Meta's law for parameters."""
    if not isinstance(value, str) or not value.strip():
        _no(21656, "The ContentVariables Parameter is invalid: a value is empty or no string")
    if re.search(r"[\n\r\t]| {5,}", value):
        _no(21656, "The ContentVariables Parameter is invalid: newline, tab or more than four spaces")
    if len(value) > MOST_VARIABLE:
        _no(21658, "Parameter exceeded character limit")


def rendered(content: Content, values: Mapping[str, str]) -> Bubble:
    """The template with its variables filled in; a variable not given falls back to the template's sample."""

    def fill(text: object) -> str:
        return PLACEHOLDER.sub(lambda match: _value_of(match.group(1), values, content.variables), str(text or ""))

    shape = content.shape
    buttons = tuple(
        Choice(id=fill(action.get("id")), title=fill(action.get("title"))) for action in shape.get("actions") or ()
    )
    rows = tuple(
        Choice(id=fill(item.get("id")), title=fill(item.get("item")), description=fill(item.get("description")))
        for item in shape.get("items") or ()
    )
    bubble = Bubble(body=fill(shape.get("body")), buttons=buttons, rows=rows)
    if not buttons and not rows and len(bubble.body) > MOST_TEXT:
        _no(21617, "The concatenated message body exceeds the 1600 character limit")
    return bubble


def _value_of(name: str, values: Mapping[str, str], samples: Mapping[str, str]) -> str:
    value = values.get(name) or samples.get(name)
    if not value:
        _no(21656, f"The ContentVariables Parameter is invalid: {{{{{name}}}}} has no value")
    return value


def _late_refusal(bubble: Bubble, content: Content | None, window_open: bool) -> Refusal | None:
    if not window_open and (content is None or content.approval != "approved"):
        return Refusal(63016, "Outside messaging window. For WhatsApp, use a Message Template instead", late=True)
    if (bubble.buttons or bubble.rows) and len(bubble.body) > MOST_TEXT_WITH_CHOICES:
        return Refusal(63021, "Channel invalid content error: body exceeds 1024 characters", late=True)
    fault = _fault_in_choices(bubble, approved=content is not None and content.approval == "approved")
    return Refusal(63005, f"Channel did not accept given content: {fault}", late=True) if fault else None


def _fault_in_choices(bubble: Bubble, *, approved: bool) -> str:
    most = MOST_BUTTONS if approved else MOST_BUTTONS_IN_SESSION
    if len(bubble.buttons) > most:
        return f"more than {most} buttons"
    if len(bubble.rows) > MOST_ROWS:
        return f"more than {MOST_ROWS} rows"
    if len({button.title for button in bubble.buttons}) < len(bubble.buttons):
        return "two buttons share a title"
    limits = [(bubble.buttons, MOST_BUTTON_TITLE, MOST_BUTTON_ID), (bubble.rows, MOST_ROW_TITLE, MOST_ROW_ID)]
    for choices, most_title, most_id in limits:
        fault = _fault_in_list(choices, most_title, most_id)
        if fault:
            return fault
    if any(len(row.description) > MOST_ROW_DESCRIPTION for row in bubble.rows):
        return f"a description exceeds {MOST_ROW_DESCRIPTION} characters"
    return ""


def _fault_in_list(choices: Sequence[Choice], most_title: int, most_id: int) -> str:
    if any(not 1 <= len(choice.title) <= most_title for choice in choices):
        return f"a title is empty or exceeds {most_title} characters"
    if any(not 1 <= len(choice.id) <= most_id for choice in choices):
        return f"an id is empty or exceeds {most_id} characters"
    if len({choice.id for choice in choices}) < len(choices):
        return "two choices share an id"
    return ""


def _no(code: int, text: str) -> NoReturn:
    raise Refusal(code, text)
