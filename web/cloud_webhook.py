"""What Meta calls: its handshake, and batches of messages and statuses; verified, stored, answered, nothing else."""

import hashlib
import hmac
import json
from dataclasses import asdict
from functools import partial
from typing import Any

import structlog
from flask import Blueprint, Response, abort, request

from bot.channels.cloud_webhook import Batch, batch
from bot.intake import storable, take_in_alone
from bot.outgoing import record_status
from bot.templates import record_approval
from store.database import Database

log = structlog.get_logger()

SIGNATURE, PREFIX = "X-Hub-Signature-256", "sha256="


def cloud_webhook(*, database: Database, phone_number_id: str, app_secret: str, verify_token: str) -> Blueprint:
    """`/webhooks/cloud`. Without a secret every call is refused, without a token every handshake."""
    webhook = Blueprint("cloud_webhook", __name__)

    @webhook.get("/webhooks/cloud")
    def handshake() -> Response:
        given = request.args.get("hub.verify_token", "")
        if request.args.get("hub.mode") != "subscribe" or not _same(given, verify_token):
            abort(403)
        return Response(request.args.get("hub.challenge", ""), mimetype="text/plain")

    @webhook.post("/webhooks/cloud")
    def called() -> Response:
        body = request.get_data()
        if not _is_signed(body, app_secret):
            log.warning("signature_refused", path=request.path)
            abort(403)
        _keep(database, batch(_said(body), phone_number_id=phone_number_id, clock=database.clock))
        return Response(status=200)

    return webhook


def _keep(database: Database, brought: Batch) -> None:
    """Each on its own: when one cannot be kept Meta brings all of it again, and a repeat changes nothing."""
    for message in brought.messages:
        take_in_alone(database, message)
    for status in brought.statuses:
        said = {name: storable(value) for name, value in asdict(status).items()}
        database.retrying(partial(record_status, **said))
    for decision in brought.decisions:
        said = {name: storable(value) for name, value in asdict(decision).items()}
        database.retrying(partial(record_approval, **said))


def _same(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def _is_signed(body: bytes, app_secret: str) -> bool:
    """Over the raw bytes: the same JSON written otherwise has another signature."""
    computed = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(app_secret) and _same(request.headers.get(SIGNATURE, ""), PREFIX + computed)


def _said(body: bytes) -> dict[str, Any]:
    """The JSON object it holds; aborts with 400 for anything else."""
    try:
        # What JSON does not know (NaN, Infinity) and no number holds (1e999) cannot be stored as JSON: kept as text.
        said = json.loads(body, parse_constant=str, parse_float=str)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        abort(400, "The body is no JSON object.")
    return said
