"""News by server-sent events: each request is answered at once and closed, so that an open page holds no worker."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from web.pages.guard import May, asks, pages, transaction

blueprint = pages("live", __name__, url_prefix="/live")

RETRY_MS = 2000
PROBES = {
    # Of the latest versions alone, by their index: one that was committed after a higher one changes the sum.
    "desk": text(
        "SELECT concat_ws('-', count(*), sum(version))"
        " FROM (SELECT version FROM matters ORDER BY version DESC LIMIT 200) latest"
    ),
    "orders": text(
        "SELECT concat_ws('-', (SELECT concat_ws('-', count(*), extract(epoch FROM max(confirmed_at)),"
        " extract(epoch FROM max(posted_at)), count(*) FILTER (WHERE state = 'confirmed'),"
        " count(*) FILTER (WHERE state = 'accepted'), count(*) FILTER (WHERE state = 'held')) FROM sales_orders),"
        " (SELECT extract(epoch FROM max(touched_at)) FROM order_drafts))"
    ),
    "aliases": text("SELECT concat_ws('-', count(*), extract(epoch FROM max(changed_at))) FROM aliases"),
    "senders": text(
        "SELECT concat_ws('-', max(id), count(*), count(dismissed_at), (SELECT max(id) FROM inbound))"
        " FROM accounts WHERE person_id IS NULL"
    ),
}


@blueprint.get("/<about>")
@asks(May.LOOK)
def changed(about: str) -> ResponseReturnValue:
    """`changed` when something is new since the event id that comes back; nothing on the first call."""
    probe = PROBES.get(about)
    if probe is None:
        abort(404)
    with transaction() as session:
        version = str(session.execute(probe).scalar_one())
    return news_since(version)


def news_since(version: str) -> Response:
    """`changed` when the browser knew another version; what it saw first is no news."""
    before = request.headers.get("Last-Event-ID", "")
    events: list[tuple[str, Any]] = [("changed", {})] if before and before != version else []
    return stream(events, event_id=version, retry_ms=RETRY_MS)


def stream(events: Sequence[tuple[str, Any]], *, event_id: str, retry_ms: int) -> Response:
    """An event stream that ends at once; the browser asks again after `retry_ms` with the last event's id."""
    parts = [f"retry: {retry_ms}\nid: {event_id or '0'}\n\n"]
    parts += [f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events]
    return Response("".join(parts), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})
