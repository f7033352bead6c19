"""What WhatsApp's provider calls: verify the signature, store, answer; nothing else in these requests."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Blueprint, Response, abort, request
from twilio.request_validator import (  # type: ignore[import-untyped]
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)
from werkzeug.datastructures import MultiDict

from bot.intake import Incoming, storable, take_in_alone
from bot.outgoing import record_status
from store.database import Database
from web.limits import LARGEST_BODY

log = structlog.get_logger()

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
PREFIX = "whatsapp:"
MOST_MEDIA = 10
# Ids are indexed; a longer one is none of Twilio's.
LONGEST_ID = 300

Params = Mapping[str, str]


def twilio_webhooks(*, database: Database, public_url: str, auth_token: str) -> Blueprint:
    """`/webhooks/twilio` and `/webhooks/twilio/status`. Without a token every call is refused."""
    webhooks = Blueprint("twilio_webhooks", __name__)
    signature = _Signature(public_url=public_url, auth_token=auth_token)

    @webhooks.post("/webhooks/twilio")
    def message() -> Response:
        params = signature.checked_params()
        incoming = incoming_from(params)
        if incoming is None:
            abort(400, "MessageSid and From are missing or too long.")
        take_in_alone(database, incoming)
        return Response(NOTHING_TO_SAY, mimetype="text/xml")

    @webhooks.post("/webhooks/twilio/status")
    def status() -> Response:
        params = signature.checked_params()
        outbound_id, sid = storable(request.args.get("m", "")), storable(params.get("MessageSid", ""))
        state, error = params.get("MessageStatus", ""), storable(params.get("ErrorCode", ""))
        database.retrying(
            lambda session: record_status(session, outbound_id=outbound_id, sid=sid, status=state, error=error)
        )
        return Response(status=200)

    return webhooks


class _Signature:
    """Twilio's, over the address it called: a proxy in between hides that, so it is a setting."""

    def __init__(self, *, public_url: str, auth_token: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._validator = RequestValidator(auth_token) if auth_token else None

    def checked_params(self) -> Params:
        """What the request says, once it is proved to be Twilio's; aborts with 413 or 403 otherwise."""
        request.max_content_length = LARGEST_BODY
        if (request.content_length or 0) > LARGEST_BODY:
            abort(413)
        given = request.headers.get(SIGNATURE_HEADER, "")
        if self._validator is None or not given:
            abort(403)
        query = request.environ.get("QUERY_STRING", "")
        address = self._public_url + request.path + (f"?{query}" if query else "")
        signed, params = _said(query)
        algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER))
        if signed is None or not self._validator.validate(address, signed, given, algorithm):
            log.warning("signature_refused", path=request.path)
            abort(403)
        return params


def _said(query: str) -> tuple[MultiDict[str, str] | str | None, Params]:
    """What the signature covers (None: nothing that can be verified), and the parameters by name."""
    if not request.is_json:
        return request.form, request.form
    body = request.get_data(as_text=True)
    if "bodySHA256=" not in query:
        return None, {}
    try:
        said = json.loads(body)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    return body, {key: value if isinstance(value, str) else json.dumps(value) for key, value in said.items()}


def incoming_from(params: Params) -> Incoming | None:
    """The message a webhook's parameters describe, whatever its type; None when it lacks an id or a sender.

    A payload is taken from `ButtonPayload` or `ListId` alone. All parameters are kept, the unknown ones too.
    """
    sid = params.get("MessageSid") or params.get("SmsMessageSid") or ""
    sender = params.get("From", "").removeprefix(PREFIX)
    other = params.get("ExternalUserId", "").removeprefix(PREFIX)
    if not sid or not sender or max(len(sid), len(sender)) > LONGEST_ID:
        return None
    media = _media(params)
    return Incoming(
        channel="twilio",
        sid=sid,
        sender=sender,
        also_known_as=other if other != sender and len(other) <= LONGEST_ID else "",
        profile_name=params.get("ProfileName", ""),
        kind=params.get("MessageType") or _kind(params, media),
        body=params.get("Body", ""),
        payload=params.get("ButtonPayload") or params.get("ListId") or "",
        quoted_sid=params.get("OriginalRepliedMessageSid", ""),
        forwarded="true" in (params.get("Forwarded"), params.get("FrequentlyForwarded")),
        media=media,
        raw=_raw(params),
    )


def _media(params: Params) -> tuple[Mapping[str, str], ...]:
    announced = params.get("NumMedia", "0")
    count = min(int(announced), MOST_MEDIA) if announced.isdecimal() and len(announced) < LONGEST_ID else 0
    return tuple(
        {"url": params[f"MediaUrl{number}"], "type": params.get(f"MediaContentType{number}", "")}
        for number in range(count)
        if params.get(f"MediaUrl{number}")
    )


def _kind(params: Params, media: tuple[Mapping[str, str], ...]) -> str:
    if "Latitude" in params:
        return "location"
    return (media[0]["type"].partition("/")[0] or "document") if media else "text"


def _raw(params: Params) -> dict[str, Any]:
    if not isinstance(params, MultiDict):
        return dict(params)
    return {key: values[0] if len(values) == 1 else values for key, values in params.lists()}
