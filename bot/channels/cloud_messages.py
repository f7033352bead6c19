"""A bubble as Meta's Cloud API takes it: plain text, reply buttons, a list, or an approved template."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.port import Choice, OutgoingMessage
from bot.channels.shapes import clean
from people.who import identity_kind

Json = Mapping[str, Any]


def session_message(message: OutgoingMessage) -> Json:
    """What may be said within 24 hours of the person's last message."""
    if message.rows:
        return _envelope(message, "interactive", _list(message))
    if message.buttons:
        return _envelope(message, "interactive", _buttons(message))
    return _envelope(message, "text", {"body": message.text, "preview_url": False})


def template_message(message: OutgoingMessage, *, name: str, values: Sequence[str]) -> Json:
    """An approved template with the values of its variables."""
    shown = [{"type": "text", "text": value} for value in values]
    template = {
        "name": name,
        "language": {"code": template_language(message.language)},
        "components": [{"type": "body", "parameters": shown}],
    }
    return _envelope(message, "template", template)


def template_language(catalogue: str) -> str:
    """Meta's code of a catalogue's language; it knows no Hindi in Latin letters."""
    return catalogue.partition("_")[0]


def new_template(*, name: str, language: str, body: str, samples: Sequence[str]) -> Json:
    """A text with its samples, as it is submitted for approval."""
    return {
        "name": name,
        "language": template_language(language),
        "category": "UTILITY",
        "components": components(body=body, samples=samples),
    }


def components(*, body: str, samples: Sequence[str]) -> list[Json]:
    """The parts of a template that has only a body."""
    return [{"type": "BODY", "text": body, "example": {"body_text": [list(samples)]}}]


def _envelope(message: OutgoingMessage, kind: str, content: Json) -> Json:
    # A phone goes into `to`, a business-scoped user id into `recipient`.
    address = "to" if identity_kind(message.to) == "phone" else "recipient"
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        address: message.to,
        # Comes back in every status: it brings our id and Meta's together.
        "biz_opaque_callback_data": message.id,
        "type": kind,
        kind: content,
    }


def _buttons(message: OutgoingMessage) -> Json:
    replies = [{"type": "reply", "reply": {"id": one.payload, "title": one.title}} for one in message.buttons]
    return {"type": "button", "body": {"text": message.text}, "action": {"buttons": replies}}


def _list(message: OutgoingMessage) -> Json:
    sections = [{"rows": [_row(row) for row in message.rows]}]
    return {
        "type": "list",
        "body": {"text": message.text},
        "action": {"button": message.rows_title, "sections": sections},
    }


def _row(row: Choice) -> Json:
    description = clean(row.description)
    return {"id": row.payload, "title": clean(row.title)} | ({"description": description} if description else {})
